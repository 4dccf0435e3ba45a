// Ops whose element positions depend on data: gather, scatter, argsort; and those that go along a dimension element by
// element: cumulative sums and the like.
include "ir/ops/Base.td"

//===--- by index -----------------------------------------------------------------------------------------------===//

def Ingot_GatherOp : Ingot_InferredOp<"gather", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "elements of a tensor at positions that another tensor gives, along one dimension";
  let description = [{
    y[i] = x[i with i[dim] replaced by index[i[dims]]]: `index` has a dimension for each of `dims`, which contain `dim`;
    along the other ones it has the size of x. With dims = [dim] whole slices are taken (index_select, embedding), with
    all dimensions each element has an index of its own (take_along_dim).

    An index outside [0, size of dim) makes the function fail before it writes any state; `inbounds` says that there is
    none.
  }];
  let numpy = "np.take_along_axis(x, np.broadcast_to(index, ...), dim)";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x, Int64Tensor:$index, I64Attr:$dim, DenseI64ArrayAttr:$dims, UnitAttr:$inbounds);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = [{
    $x `at` $index `along` $dim `dims` $dims (`inbounds` $inbounds^)? attr-dict `:` type($x) `,` type($index)
  }];
}

def Ingot_ScatterOp : Ingot_InferredOp<"scatter"> {
  let summary = "a tensor with elements put, added, multiplied, or kept as maximum or minimum, at given positions";
  let description = [{
    For each element i of x in row-major order, y[i with i[dim] replaced by index[i[dims]]] is replaced by `kind` of it
    and x[i]; y starts as `into`. `index` and `dims` are as in gather, for a tensor of the sizes of x. The last of equal
    positions wins where `kind` is "set".
  }];
  let numpy = "y = into.copy(); ufunc.at(y, (..., index, ...), x)";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$into, Int64Tensor:$index, AnyIngotTensor:$x, StrAttr:$kind, I64Attr:$dim,
                       DenseI64ArrayAttr:$dims, UnitAttr:$inbounds);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = [{
    $kind $x `into` $into `at` $index `along` $dim `dims` $dims (`inbounds` $inbounds^)? attr-dict
    `:` type($x) `,` type($into) `,` type($index)
  }];
  let extraClassDeclaration = [{
    /// What an element becomes: in the types of ScalarValue, halves as f32.
    ::mlir::Value buildCombine(::mlir::OpBuilder &b, ::mlir::Location loc, ::mlir::Value old, ::mlir::Value x);
  }];
}

def Ingot_ArgsortOp : Ingot_InferredOp<"argsort"> {
  let summary = "for each position along a dimension the index of the element that sorting puts there";
  let description = "Stable: equal elements keep their order. NaN is larger than all numbers.";
  let numpy = "np.argsort(x, dim, kind='stable')";
  let functional = "";
  bit indices = 1;
  let arguments = (ins AnyIngotTensor:$x, I64Attr:$dim, UnitAttr:$descending);
  let results = (outs Int64Tensor:$y);
  let assemblyFormat = "$x `along` $dim (`descending` $descending^)? attr-dict `:` type($x)";
}

//===--- along a dimension --------------------------------------------------------------------------------------===//

// The state starts as `initial` and becomes `step`, element by element; the element of the result is the state.
class Ingot_ScanOp<string mnemonic, Type operand, list<string> names = ["x"]>
    : Ingot_InferredOp<mnemonic, [DeclareOpInterfaceMethods<ScanOpInterface>]> {
  code initial = ?; // a double
  code step = ?;    // in the language of ScalarValue.h: `acc` with the elements of the operands
  code vjp = ?;     // in the language of TensorValue.h; g is the cotangent of the result y
  string scalars = !foldl("", !range(!size(names)), text, i,
    text # "ScalarValue " # names[i] # "(builder, at, in[" # i # "]); (void)" # names[i] # "; ");
  string tensors = !foldl("", !range(!size(names)), text, i,
    text # "TensorValue " # names[i] # "(builder, at, getOperation()->getOperand(" # i # ")); (void)" # names[i] # "; ");
  let functional = "";
  let results = (outs operand:$y);
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return inferScan("}] # mnemonic # [{", loc, adaptor.getOperands(), adaptor.getDim(), {}, types);
    }
    int64_t $cppClass::getScannedDim() { return getDim(); }
    bool $cppClass::isReversed() { return getReverse(); }
    ::llvm::SmallVector<::mlir::TypedAttr> $cppClass::getInitialState(::mlir::Type element) {
      return {stateOf(element, }] # initial # [{)};
    }
    ::llvm::SmallVector<::mlir::Value> $cppClass::buildStep(::mlir::OpBuilder &builder, ::mlir::Location at,
        ::mlir::ValueRange in, ::mlir::Value, ::mlir::ValueRange state) {
      }] # scalars # [{
      ScalarValue acc(builder, at, state[0]);
      return {(}] # step # [{).value};
    }
    ::llvm::LogicalResult $cppClass::buildVjp(::mlir::OpBuilder &builder, ::mlir::ValueRange cotangents,
        ::llvm::SmallVectorImpl<::mlir::Value> &grads) {
      ::mlir::Location at = getLoc();
      }] # tensors # [{
      TensorValue g(builder, at, cotangents[0]), y(builder, at, getY());
      (void)y;
      Scanned along{int64_t(getDim()), getReverse()};
      for (const TensorValue &cotangent : {}] # vjp # [{})
        grads.push_back(cotangent.value);
      return ::mlir::success();
    }
  }];
}

class Ingot_CumulativeOp<string mnemonic, Type operand = NumberTensor> : Ingot_ScanOp<mnemonic, operand> {
  let arguments = (ins operand:$x, I64Attr:$dim, UnitAttr:$reverse);
  let assemblyFormat = "$x `along` $dim (`reverse` $reverse^)? attr-dict `:` type($x)";
}

def Ingot_CumsumOp : Ingot_CumulativeOp<"cumsum"> {
  let summary = "the sum of the elements up to each one; `reverse`: from it on";
  let numpy = "np.cumsum(x, dim)";
  let initial = "0.0";
  let step = [{ acc + x }];
  let vjp = [{ along.back().cumsum(g) }];
}
def Ingot_CumprodOp : Ingot_CumulativeOp<"cumprod"> {
  let summary = "the product of the elements up to each one; `reverse`: from it on";
  let description = "The derivative is right where elements are zero, too: it divides by none.";
  let numpy = "np.cumprod(x, dim)";
  let initial = "1.0";
  let step = [{ acc * x }];
  let vjp = [{ along.previous(y, 1) * along.back().recurrence(along.next(x), g) }];
}
def Ingot_LogcumsumexpOp : Ingot_CumulativeOp<"logcumsumexp", FloatTensor> {
  let summary = "the logarithm of the sum of the exponentials of the elements up to each one; `reverse`: from it on";
  let numpy = "np.logaddexp.accumulate(x, dim)";
  let initial = "-std::numeric_limits<double>::infinity()";
  let step = [{ logAddExp(acc, x) }];
  let vjp = [{ logcumsumexpDerivative(along, x, y, g) }];
}
def Ingot_LinearRecurrenceOp : Ingot_ScanOp<"linear_recurrence", FloatTensor, ["a", "x"]> {
  let summary = "y[i] = a[i] * y[i-1] + x[i], from y[-1] = 0; `reverse`: y[i] = a[i] * y[i+1] + x[i]";
  let numpy = "lfilter along dim, with a coefficient an element";
  let arguments = (ins FloatTensor:$a, FloatTensor:$x, I64Attr:$dim, UnitAttr:$reverse);
  let assemblyFormat = "$a `,` $x `along` $dim (`reverse` $reverse^)? attr-dict `:` type($a) `,` type($x)";
  let initial = "0.0";
  let step = [{ a * acc + x }];
  let vjp = [{ along.back().recurrence(along.next(a), g) * along.previous(y, 0),
               along.back().recurrence(along.next(a), g) }];
}

class Ingot_ExtremumIndexOp<string mnemonic> : Ingot_InferredOp<mnemonic, [DeclareOpInterfaceMethods<ScanOpInterface>]> {
  code better = ?; // whether x replaces `acc`
  code initial = ?;
  bit indices = 1;
  let functional = "";
  let arguments = (ins NumberTensor:$x, I64Attr:$dim);
  let results = (outs Int64Tensor:$y);
  let assemblyFormat = "$x `along` $dim attr-dict `:` type($x)";
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context, std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return inferScan("}] # mnemonic # [{", loc, adaptor.getX(), adaptor.getDim(),
                       ::mlir::IntegerType::get(context, 64), types);
    }
    int64_t $cppClass::getScannedDim() { return getDim(); }
    bool $cppClass::isReversed() { return false; }
    ::llvm::SmallVector<::mlir::TypedAttr> $cppClass::getInitialState(::mlir::Type element) {
      return {stateOf(element, }] # initial # [{), stateOf(::mlir::IntegerType::get(getContext(), 64), 0)};
    }
    ::llvm::SmallVector<::mlir::Value> $cppClass::buildStep(::mlir::OpBuilder &builder, ::mlir::Location at,
        ::mlir::ValueRange in, ::mlir::Value position, ::mlir::ValueRange state) {
      ScalarValue x(builder, at, in[0]), acc(builder, at, state[0]), where(builder, at, state[1]);
      ScalarValue better = (}] # better # [{) | (x != x);
      return {select(better, x, acc).value, select(better, ScalarValue(builder, at, position), where).value};
    }
    ::llvm::LogicalResult $cppClass::buildVjp(::mlir::OpBuilder &, ::mlir::ValueRange,
        ::llvm::SmallVectorImpl<::mlir::Value> &grads) {
      grads.push_back(nullptr);
      return ::mlir::success();
    }
  }];
}
def Ingot_CummaxIndexOp : Ingot_ExtremumIndexOp<"cummax_index"> {
  let summary = "where the maximum of the elements up to each one lies: the last of equal ones, or of NaN";
  let numpy = "the last i with x[i] == np.maximum.accumulate(x, dim)";
  let better = [{ x >= acc }];
  let initial = "-std::numeric_limits<double>::infinity()";
}
def Ingot_CumminIndexOp : Ingot_ExtremumIndexOp<"cummin_index"> {
  let summary = "where the minimum of the elements up to each one lies: the last of equal ones, or of NaN";
  let numpy = "the last i with x[i] == np.minimum.accumulate(x, dim)";
  let better = [{ x <= acc }];
  let initial = "std::numeric_limits<double>::infinity()";
}
