// Reductions over dimensions, and what is made of them: softmax.
include "ir/ops/Base.td"

class Ingot_ReduceOp<string mnemonic, Type operand = AnyIngotTensor>
    : Ingot_InferredOp<mnemonic, [DeclareOpInterfaceMethods<ReductionOpInterface>]> {
  code combine = ?;  // acc with x, in the language of ScalarValue.h
  code identity = ?; // as a double, of the element type of `like`
  code vjp = ?;      // of x; g and y keep the reduced dimensions, as size 1, repeated to the sizes of x
  let functional = "";
  let arguments = (ins operand:$x, DenseI64ArrayAttr:$dims, UnitAttr:$keepdim);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x $dims (`keepdim` $keepdim^)? attr-dict `:` type($x)";
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return inferReduction("}] # mnemonic # [{", loc, adaptor.getX().getType(), adaptor.getDims(), adaptor.getKeepdim(),
                            types);
    }
    ::llvm::ArrayRef<int64_t> $cppClass::getReducedDims() { return getDims(); }
    bool $cppClass::getKeepsDims() { return getKeepdim(); }
    ::mlir::TypedAttr $cppClass::getIdentity(::mlir::Type element) {
      Limits limits(element);
      return limits.attr(}] # identity # [{);
    }
    ::mlir::Value $cppClass::buildCombine(::mlir::OpBuilder &builder, ::mlir::Location at, ::mlir::Value accumulator,
        ::mlir::Value element) {
      ScalarValue acc(builder, at, accumulator), x(builder, at, element);
      return (}] # combine # [{).value;
    }
    ::llvm::LogicalResult $cppClass::buildVjp(::mlir::OpBuilder &builder, ::mlir::ValueRange cotangents,
        ::llvm::SmallVectorImpl<::mlir::Value> &grads) {
      TensorValue x(builder, getLoc(), getX());
      TensorValue g = spread(TensorValue(builder, getLoc(), cotangents[0]), x, getDims());
      auto y = [&] { return spread(TensorValue(builder, getLoc(), getY()), x, getDims()); };
      (void)y;
      grads.push_back((}] # vjp # [{).value);
      return ::mlir::success();
    }
  }];
}

def Ingot_SumOp : Ingot_ReduceOp<"sum"> {
  let summary = "sum along dimensions; of bool the or";
  let numpy = "np.sum(x, dims, keepdims=keepdim)";
  let combine = [{ acc + x }];
  let identity = "0.0";
  let vjp = [{ g }];
}
def Ingot_ProdOp : Ingot_ReduceOp<"prod"> {
  let summary = "product along dimensions; of bool the and";
  let numpy = "np.prod(x, dims, keepdims=keepdim)";
  let combine = [{ acc * x }];
  let identity = "1.0";
  let vjp = [{ prodDerivative(g, x, getDims()) }];
}
def Ingot_AmaxOp : Ingot_ReduceOp<"amax"> {
  let summary = "maximum along dimensions; NaN if there is one";
  let description = "Equal maxima share the gradient evenly.";
  let numpy = "np.amax(x, dims, keepdims=keepdim)";
  let combine = [{ max(acc, x) }];
  let identity = "limits.lowest";
  let vjp = [{ shareEvenly(g, x == y(), getDims()) }];
}
def Ingot_AminOp : Ingot_ReduceOp<"amin"> {
  let summary = "minimum along dimensions; NaN if there is one";
  let description = "Equal minima share the gradient evenly.";
  let numpy = "np.amin(x, dims, keepdims=keepdim)";
  let combine = [{ min(acc, x) }];
  let identity = "limits.highest";
  let vjp = [{ shareEvenly(g, x == y(), getDims()) }];
}

class Ingot_SoftmaxLikeOp<string mnemonic>
    : Ingot_Op<mnemonic, [AllTypesMatch<["x", "y"]>, DeclareOpInterfaceMethods<DecomposableOpInterface>]> {
  let functional = "";
  let arguments = (ins FloatTensor:$x, I64Attr:$dim);
  let results = (outs FloatTensor:$y);
  let assemblyFormat = "$x `along` $dim attr-dict `:` type($x)";
  let hasVerifier = 1;
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::verify() {
      return checkDims("}] # mnemonic # [{", getLoc(), {int64_t(getDim())},
                       ::llvm::cast<::mlir::RankedTensorType>(getX().getType()).getRank());
    }
  }];
}
def Ingot_SoftmaxOp : Ingot_SoftmaxLikeOp<"softmax"> {
  let summary = "exp(x) along a dimension, scaled to sum 1; computed from x - max(x)";
  let numpy = "np.exp(x) / np.sum(np.exp(x), dim, keepdims=True)";
}
def Ingot_LogSoftmaxOp : Ingot_SoftmaxLikeOp<"log_softmax"> {
  let summary = "the logarithm of softmax, computed without forming it";
  let numpy = "x - np.log(np.sum(np.exp(x), dim, keepdims=True))";
}
