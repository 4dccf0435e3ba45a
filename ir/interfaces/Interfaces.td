// What passes ask of an op, instead of its name.
#ifndef INGOT_IR_INTERFACES
#define INGOT_IR_INTERFACES

include "mlir/IR/OpBase.td"

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::ingot::ir";
  let description = [{
    An op that knows its vector-Jacobian product, or says that it has none. Autodiff (passes/autodiff) calls `buildVjp`
    on the forward op, with the cotangents of its results; the ops it builds are ordinary ingot ops.
  }];
  let methods = [InterfaceMethod<[{
      Appends one cotangent an operand to `grads`; a null Value is a zero, which is never materialized. A null among
      `cotangents` is a zero, too (not all of them are). Fails, after emitting an error, if the op has no derivative.
    }],
    "::llvm::LogicalResult", "buildVjp",
    (ins "::mlir::OpBuilder &":$b, "::mlir::ValueRange":$cotangents,
         "::llvm::SmallVectorImpl<::mlir::Value> &":$grads)>];
}

def PointwiseOpInterface : OpInterface<"PointwiseOpInterface"> {
  let cppNamespace = "::ingot::ir";
  let description = [{
    An op whose result element depends on the operand elements at the same index alone. All operands and the result have
    the same sizes; element types may differ.
  }];
  let methods = [InterfaceMethod<[{
      Builds the computation of one element from `in`, one scalar an operand. bf16 and f16 arrive, and return, as f32;
      bool as i1.
    }],
    "::mlir::Value", "buildScalar",
    (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::ValueRange":$in)>];
}

def IndexMapOpInterface : OpInterface<"IndexMapOpInterface"> {
  let cppNamespace = "::ingot::ir";
  let description = [{
    An op of one operand that only moves elements: result[i] = operand[map(i)]. It costs nothing when fused into a
    consumer. `indexMapOf` (Interfaces.h) asks any op.
  }];
  let methods = [InterfaceMethod<[{
      The map from result to operand indices; null if this instance of the op has none that is simple enough.
    }],
    "::mlir::AffineMap", "getIndexMap">];
}

def ReductionOpInterface : OpInterface<"ReductionOpInterface"> {
  let cppNamespace = "::ingot::ir";
  let description = "An op that combines the elements of its operand along some dimensions.";
  let methods = [
    InterfaceMethod<"The reduced dimensions, sorted.", "::llvm::ArrayRef<int64_t>", "getReducedDims">,
    InterfaceMethod<"Whether reduced dimensions stay as size 1.", "bool", "getKeepsDims">,
    InterfaceMethod<"The identity of the combiner, of type `element` (f32 for bf16 and f16).",
      "::mlir::TypedAttr", "getIdentity", (ins "::mlir::Type":$element)>,
    InterfaceMethod<"Combines the accumulator with one element.", "::mlir::Value", "buildCombine",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::Value":$accumulator, "::mlir::Value":$x)>];
}

def ContractionOpInterface : OpInterface<"ContractionOpInterface"> {
  let cppNamespace = "::ingot::ir";
  let description = [{
    An op of two operands, out[o(i)] = sum over reduction dimensions of lhs[l(i)] * rhs[r(i)]: matmul, convolution.
  }];
  let methods = [InterfaceMethod<"Its iteration domain and indexing maps.", "::ingot::ir::Contraction", "getContraction">];
}

def ScanOpInterface : OpInterface<"ScanOpInterface"> {
  let cppNamespace = "::ingot::ir";
  let description = [{
    An op that goes along a dimension element by element, with a state of scalars. Operands and result have the same sizes;
    the element of the result is the last scalar of the state.
  }];
  let methods = [
    InterfaceMethod<"The dimension.", "int64_t", "getScannedDim">,
    InterfaceMethod<"Whether it starts at the last element.", "bool", "isReversed">,
    InterfaceMethod<"What the state is before the first element; `element` is that of the first operand (f32 for bf16 and f16).",
      "::llvm::SmallVector<::mlir::TypedAttr>", "getInitialState", (ins "::mlir::Type":$element)>,
    InterfaceMethod<"The state after one more element, at `position` (i64); bf16 and f16 arrive, and return, as f32.",
      "::llvm::SmallVector<::mlir::Value>", "buildStep",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::ValueRange":$in, "::mlir::Value":$position,
           "::mlir::ValueRange":$state)>];
}

def DecomposableOpInterface : OpInterface<"DecomposableOpInterface"> {
  let cppNamespace = "::ingot::ir";
  let description = [{
    An op that stands for a composition of others: kept whole where its derivative or a fused kernel gains by it,
    decomposed before lowering otherwise.
  }];
  let methods = [InterfaceMethod<"Builds the composition and returns its result.", "::mlir::Value", "decompose",
    (ins "::mlir::OpBuilder &":$b)>];
}

def LinalgLowerableOpInterface : OpInterface<"LinalgLowerableOpInterface"> {
  let cppNamespace = "::ingot::ir";
  let description = [{
    An op that lowers to linalg and tensor ops by a method of its own (pointwise ops, reductions, contractions and index
    maps lower by their interfaces).
  }];
  let methods = [InterfaceMethod<[{
      Builds the lowered computation. `in` are the lowered operands: tensors without encodings, bool as i8. Returns the
      lowered results.
    }],
    "::llvm::FailureOr<::llvm::SmallVector<::mlir::Value>>", "lowerToLinalg",
    (ins "::mlir::OpBuilder &":$b, "::mlir::ValueRange":$in, "::ingot::ir::SizeBuilder &":$sizes)>];
}

#endif
