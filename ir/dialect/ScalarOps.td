// Elementary functions of one number that the math dialect lacks: bodies of pointwise ops use them as they use math.log.
// ingot-expand-math writes them out (codegen/vector/MathGamma.cpp).
//
//   %y = ingot.scalar_lgamma %x : f32
#ifndef INGOT_IR_SCALAR_OPS
#define INGOT_IR_SCALAR_OPS

include "ir/dialect/Dialect.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Ingot_ScalarFunctionOp<string function, string text>
    : Op<Ingot_Dialect, "scalar_" # function,
         !listconcat(ElementwiseMappable.traits, [Pure, SameOperandsAndResultType])> {
  let summary = text;
  let arguments = (ins FloatLike:$x);
  let results = (outs FloatLike:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
}
def Ingot_ScalarLgammaOp : Ingot_ScalarFunctionOp<"lgamma", "the logarithm of the magnitude of the gamma function">;
def Ingot_ScalarDigammaOp : Ingot_ScalarFunctionOp<"digamma", "the derivative of lgamma">;
def Ingot_ScalarPolygammaOp : Ingot_ScalarFunctionOp<"polygamma", "the n-th derivative of digamma, n > 0"> {
  let arguments = (ins FloatLike:$x, I64Attr:$n);
  let assemblyFormat = "$n `of` $x attr-dict `:` type($y)";
}
def Ingot_ScalarErfinvOp : Ingot_ScalarFunctionOp<"erfinv", "the inverse of the error function">;

#endif
