// Pointwise ops: a record is all there is to an op of this family.
//   scalar   one element, in the language of ScalarValue.h; operands are x, or a and b, or c, a and b
//   vjp      the cotangents of the operands, in the language of TensorValue.h; g is the cotangent of the result y
include "ir/ops/Base.td"

class Ingot_PointwiseOp<string mnemonic, list<string> names, string resultElement, list<Trait> traits = []>
    : Ingot_InferredOp<mnemonic, !listconcat(traits, [DeclareOpInterfaceMethods<PointwiseOpInterface>])> {
  string element = resultElement; // "same" as the operands', that of the "last" operand, "boolean"
  code scalar = ?;
  code vjp = ?;
  list<string> operandNames = names;
  string scalars = !foldl("", !range(!size(names)), text, i,
    text # "ScalarValue " # names[i] # "(builder, at, in[" # i # "]); (void)" # names[i] # "; ");
  string tensors = !foldl("", !range(!size(names)), text, i,
    text # "TensorValue " # names[i] # "(builder, at, getOperation()->getOperand(" # i # ")); (void)" # names[i] # "; ");
  let results = (outs AnyIngotTensor:$y);
  let extraClassDeclaration = "";
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return inferPointwise("}] # mnemonic # [{", loc, adaptor.getOperands(), Element::}] # element # [{, types);
    }
    ::mlir::Value $cppClass::buildScalar(::mlir::OpBuilder &builder, ::mlir::Location at, ::mlir::ValueRange in) {
      }] # scalars # [{
      return (}] # scalar # [{).value;
    }
    ::llvm::LogicalResult $cppClass::buildVjp(::mlir::OpBuilder &builder, ::mlir::ValueRange cotangents,
        ::llvm::SmallVectorImpl<::mlir::Value> &grads) {
      ::mlir::Location at = getLoc();
      }] # tensors # [{
      TensorValue g(builder, at, cotangents[0]), y(builder, at, getY());
      (void)g, (void)y;
      for (const TensorValue &cotangent : {}] # vjp # [{})
        grads.push_back(cotangent.value);
      return ::mlir::success();
    }
  }];
}

class Ingot_UnaryOp<string mnemonic, Type operand = FloatTensor, string element = "same">
    : Ingot_PointwiseOp<mnemonic, ["x"], element> {
  let arguments = (ins operand:$x);
  let assemblyFormat = "$x attr-dict `:` type($x)";
}

class Ingot_BinaryOp<string mnemonic, Type operand = NumberTensor, string element = "same", list<Trait> traits = []>
    : Ingot_PointwiseOp<mnemonic, ["a", "b"], element, traits> {
  let arguments = (ins operand:$a, operand:$b);
  let assemblyFormat = "$a `,` $b attr-dict `:` custom<SameTypes>(type($a), type($b))";
}

//===--- arithmetic ---------------------------------------------------------------------------------------------===//

def Ingot_AddOp : Ingot_BinaryOp<"add", AnyIngotTensor, "same", [Commutative]> {
  let summary = "sum; on bool the or";
  let numpy = "a + b";
  let scalar = [{ a + b }];
  let vjp = [{ g, g }];
}
def Ingot_SubOp : Ingot_BinaryOp<"sub"> {
  let summary = "difference";
  let numpy = "a - b";
  let scalar = [{ a - b }];
  let vjp = [{ g, -g }];
}
def Ingot_MulOp : Ingot_BinaryOp<"mul", AnyIngotTensor, "same", [Commutative]> {
  let summary = "product; on bool the and";
  let numpy = "a * b";
  let scalar = [{ a * b }];
  let vjp = [{ g * b, g * a }];
}
def Ingot_DivOp : Ingot_BinaryOp<"div", FloatTensor> {
  let summary = "quotient";
  let numpy = "a / b";
  let domain = "(0.5, 2)";
  let scalar = [{ a / b }];
  let vjp = [{ g / b, -(g * y / b) }];
}
def Ingot_FloorDivideOp : Ingot_BinaryOp<"floor_divide"> {
  let summary = "quotient, rounded towards minus infinity";
  let numpy = "np.floor_divide(a, b)";
  let domain = "(0.5, 2)";
  let scalar = [{ floorDivide(a, b) }];
  let vjp = [{ zero, zero }];
}
def Ingot_TruncDivideOp : Ingot_BinaryOp<"trunc_divide"> {
  let summary = "quotient, rounded towards zero";
  let numpy = "np.trunc(a / b)";
  let domain = "(0.5, 2)";
  let scalar = [{ a.isFloat() ? trunc(a / b) : a / b }];
  let vjp = [{ zero, zero }];
}
def Ingot_RemainderOp : Ingot_BinaryOp<"remainder"> {
  let summary = "remainder with the sign of the divisor";
  let numpy = "np.remainder(a, b)";
  let domain = "(0.5, 2)";
  let scalar = [{ remainder(a, b) }];
  let vjp = [{ g, -(g * floor(a / b)) }];
}
def Ingot_FmodOp : Ingot_BinaryOp<"fmod"> {
  let summary = "remainder with the sign of the dividend";
  let numpy = "np.fmod(a, b)";
  let domain = "(0.5, 2)";
  let scalar = [{ fmod(a, b) }];
  let vjp = [{ g, -(g * trunc(a / b)) }];
}
def Ingot_PowOp : Ingot_BinaryOp<"pow"> {
  let summary = "power";
  let numpy = "np.power(a, b)";
  let domain = "(0.5, 2)";
  let scalar = [{ pow(a, b) }];
  let vjp = [{
    select(b == 0.0, 0.0, g * b * pow(a, b - 1.0)),
    select((a == 0.0) & (b >= 0.0), 0.0, g * y * log(a))
  }];
}
def Ingot_MaximumOp : Ingot_BinaryOp<"maximum", AnyIngotTensor, "same", [Commutative]> {
  let summary = "the greater; NaN if either is";
  let numpy = "np.maximum(a, b)";
  let scalar = [{ max(a, b) }];
  let vjp = [{
    select(a == b, g * 0.5, select(a < b, 0.0, g)),
    select(a == b, g * 0.5, select(b < a, 0.0, g))
  }];
}
def Ingot_MinimumOp : Ingot_BinaryOp<"minimum", AnyIngotTensor, "same", [Commutative]> {
  let summary = "the lesser; NaN if either is";
  let numpy = "np.minimum(a, b)";
  let scalar = [{ min(a, b) }];
  let vjp = [{
    select(a == b, g * 0.5, select(a > b, 0.0, g)),
    select(a == b, g * 0.5, select(b > a, 0.0, g))
  }];
}
def Ingot_FmaxOp : Ingot_BinaryOp<"fmax", FloatTensor> {
  let summary = "the greater; the other one if one is NaN";
  let numpy = "np.fmax(a, b)";
  let scalar = [{ fmax(a, b) }];
  let vjp = [{
    select(a == b, g * 0.5, select((a > b) | (b != b), g, 0.0)),
    select(a == b, g * 0.5, select((a > b) | (b != b), 0.0, g))
  }];
}
def Ingot_FminOp : Ingot_BinaryOp<"fmin", FloatTensor> {
  let summary = "the lesser; the other one if one is NaN";
  let numpy = "np.fmin(a, b)";
  let scalar = [{ fmin(a, b) }];
  let vjp = [{
    select(a == b, g * 0.5, select((a < b) | (b != b), g, 0.0)),
    select(a == b, g * 0.5, select((a < b) | (b != b), 0.0, g))
  }];
}
def Ingot_Atan2Op : Ingot_BinaryOp<"atan2", FloatTensor> {
  let summary = "the angle of the point (b, a)";
  let numpy = "np.arctan2(a, b)";
  let domain = "(0.5, 2)";
  let scalar = [{ atan2(a, b) }];
  let vjp = [{ g * b / (a * a + b * b), -(g * a / (a * a + b * b)) }];
}
def Ingot_CopysignOp : Ingot_BinaryOp<"copysign", FloatTensor> {
  let summary = "the magnitude of a with the sign of b";
  let numpy = "np.copysign(a, b)";
  let domain = "(0.5, 2)";
  let scalar = [{ copysign(a, b) }];
  let vjp = [{ select(a == 0.0, 0.0, g * (y / a)), zero }];
}
def Ingot_HypotOp : Ingot_BinaryOp<"hypot", FloatTensor> {
  let summary = "the length of the hypotenuse";
  let numpy = "np.hypot(a, b)";
  let domain = "(0.5, 2)";
  let scalar = [{ hypotenuse(a, b) }];
  let vjp = [{ g * (a / y), g * (b / y) }];
}
def Ingot_LogaddexpOp : Ingot_BinaryOp<"logaddexp", FloatTensor, "same", [Commutative]> {
  let summary = "the logarithm of the sum of exponentials";
  let numpy = "np.logaddexp(a, b)";
  let scalar = [{ select(a == b, a + 0.69314718055994530942, max(a, b) + log1p(exp(-abs(a - b)))) }];
  let vjp = [{ g / (exp(b - a) + 1.0), g / (exp(a - b) + 1.0) }];
}
def Ingot_Logaddexp2Op : Ingot_BinaryOp<"logaddexp2", FloatTensor, "same", [Commutative]> {
  let summary = "the binary logarithm of the sum of powers of 2";
  let numpy = "np.logaddexp2(a, b)";
  let scalar = [{ select(a == b, a + 1.0, max(a, b) + log1p(exp2(-abs(a - b))) * 1.44269504088896340736) }];
  let vjp = [{
    g / (exp((b - a) * 0.69314718055994530942) + 1.0), g / (exp((a - b) * 0.69314718055994530942) + 1.0)
  }];
}
def Ingot_XlogyOp : Ingot_BinaryOp<"xlogy", FloatTensor> {
  let summary = "a times the logarithm of b; 0 where a is 0, unless b is NaN";
  let numpy = "scipy.special.xlogy(a, b)";
  let domain = "(0.5, 2)";
  let scalar = [{ select((a == 0.0) & (b == b), a.like(0), a * log(b)) }];
  let vjp = [{ g * select((a == 0.0) & (b == b), 0.0, log(b)), g * a / b }];
}
def Ingot_HeavisideOp : Ingot_BinaryOp<"heaviside", AnyIngotTensor> {
  let summary = "0 where a is negative, 1 where it is positive, b where it is 0";
  let numpy = "np.heaviside(a, b)";
  let domain = "(0.5, 2)";
  let scalar = [{ select(a == a.like(0), b, select(a > a.like(0), a.like(1), a.like(0))) }];
  let vjp = [{ zero, zero }];
}

//===--- comparison and logic -----------------------------------------------------------------------------------===//

class Ingot_CompareOp<string mnemonic, string relation> : Ingot_BinaryOp<mnemonic, AnyIngotTensor, "boolean"> {
  let scalar = [{ compare(Relation::}] # mnemonic # [{, a, b) }];
  let vjp = [{ zero, zero }];
  let numpy = "a " # relation # " b";
  let summary = "whether a " # relation # " b";
}
def Ingot_EqOp : Ingot_CompareOp<"eq", "==">;
def Ingot_NeOp : Ingot_CompareOp<"ne", "!=">;
def Ingot_LtOp : Ingot_CompareOp<"lt", "<">;
def Ingot_LeOp : Ingot_CompareOp<"le", "<=">;
def Ingot_GtOp : Ingot_CompareOp<"gt", ">">;
def Ingot_GeOp : Ingot_CompareOp<"ge", ">=">;

def Ingot_BitwiseAndOp : Ingot_BinaryOp<"bitwise_and", IntegerTensor, "same", [Commutative]> {
  let summary = "the and of the bits; of bool the logical and";
  let numpy = "a & b";
  let scalar = [{ a & b }];
  let vjp = [{ zero, zero }];
}
def Ingot_BitwiseOrOp : Ingot_BinaryOp<"bitwise_or", IntegerTensor, "same", [Commutative]> {
  let summary = "the or of the bits; of bool the logical or";
  let numpy = "a | b";
  let scalar = [{ a | b }];
  let vjp = [{ zero, zero }];
}
def Ingot_BitwiseXorOp : Ingot_BinaryOp<"bitwise_xor", IntegerTensor, "same", [Commutative]> {
  let summary = "the exclusive or of the bits; of bool the logical one";
  let numpy = "a ^ b";
  let scalar = [{ a ^ b }];
  let vjp = [{ zero, zero }];
}
def Ingot_LogicalNotOp : Ingot_UnaryOp<"logical_not", AnyIngotTensor, "boolean"> {
  let summary = "whether x is zero";
  let numpy = "np.logical_not(x)";
  let scalar = [{ logical_not(x) }];
  let vjp = [{ zero }];
}
def Ingot_SignbitOp : Ingot_UnaryOp<"signbit", AnyIngotTensor, "boolean"> {
  let summary = "whether the sign bit is set: x < 0, or the float -0.0";
  let numpy = "np.signbit(x)";
  let scalar = [{ x.isFloat() ? copysign(x.like(1), x) < 0.0 : x < x.like(0) }];
  let vjp = [{ zero }];
}
def Ingot_SelectOp : Ingot_PointwiseOp<"select", ["c", "a", "b"], "last"> {
  let summary = "a where c is true, b elsewhere";
  let numpy = "np.where(c, a, b)";
  let functional = "";
  let arguments = (ins BoolTensor:$c, AnyIngotTensor:$a, AnyIngotTensor:$b);
  let assemblyFormat = "$c `,` $a `,` $b attr-dict `:` type($c) `,` custom<SameTypes>(type($a), type($b))";
  let hasFolder = 1;
  let scalar = [{ select(c, a, b) }];
  let vjp = [{ zero, select(c, g, 0.0), select(c, 0.0, g) }];
}
def Ingot_ClampOp : Ingot_PointwiseOp<"clamp", ["x", "low", "high"], "same"> {
  let summary = "x, but at least low and at most high; high where low > high";
  let description = "The derivative is zero at a bound, as PyTorch's is where bounds are numbers.";
  let numpy = "np.minimum(np.maximum(x, low), high)";
  let functional = "";
  let arguments = (ins NumberTensor:$x, NumberTensor:$low, NumberTensor:$high);
  let assemblyFormat = "$x `,` $low `,` $high attr-dict `:` custom<SameTypes3>(type($x), type($low), type($high))";
  let scalar = [{ min(max(x, low), high) }];
  let vjp = [{
    select((x > low) & (x < high), g, 0.0),
    select((x < low) & (low < high), g, 0.0),
    select(max(x, low) > high, g, 0.0)
  }];
}
def Ingot_LerpOp : Ingot_PointwiseOp<"lerp", ["a", "b", "w"], "same"> {
  let summary = "a + w (b - a), which is exactly a for w = 0 and b for w = 1";
  let numpy = "a + w * (b - a)";
  let functional = "";
  let arguments = (ins FloatTensor:$a, FloatTensor:$b, FloatTensor:$w);
  let assemblyFormat = "$a `,` $b `,` $w attr-dict `:` custom<SameTypes3>(type($a), type($b), type($w))";
  let scalar = [{ select(abs(w) < 0.5, a + w * (b - a), b - (b - a) * (1.0 - w)) }];
  let vjp = [{ g * (1.0 - w), g * w, g * (b - a) }];
}
def Ingot_CastOp : Ingot_Op<"cast", [DeclareOpInterfaceMethods<PointwiseOpInterface>]> {
  let summary = "conversion to another element type";
  let description = "Float to integer truncates, anything to bool tests for non-zero, as in PyTorch.";
  let numpy = "x.astype(dtype)";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

//===--- elementary functions -----------------------------------------------------------------------------------===//

def Ingot_NegOp : Ingot_UnaryOp<"neg", NumberTensor> {
  let summary = "the negative";
  let numpy = "-x";
  let scalar = [{ -x }];
  let vjp = [{ -g }];
}
def Ingot_AbsOp : Ingot_UnaryOp<"abs", NumberTensor> {
  let summary = "the magnitude";
  let numpy = "np.abs(x)";
  let scalar = [{ abs(x) }];
  let vjp = [{ g * sign(x) }];
}
def Ingot_SignOp : Ingot_UnaryOp<"sign", NumberTensor> {
  let summary = "-1, 0 or 1; 0 of NaN";
  let numpy = "np.sign(x)";
  let scalar = [{ sign(x) }];
  let vjp = [{ zero }];
}
def Ingot_ExpOp : Ingot_UnaryOp<"exp"> {
  let summary = "e to the x";
  let numpy = "np.exp(x)";
  let scalar = [{ exp(x) }];
  let vjp = [{ g * y }];
}
def Ingot_Exp2Op : Ingot_UnaryOp<"exp2"> {
  let summary = "2 to the x";
  let numpy = "np.exp2(x)";
  let scalar = [{ exp2(x) }];
  let vjp = [{ g * y * 0.69314718055994530942 }];
}
def Ingot_Expm1Op : Ingot_UnaryOp<"expm1"> {
  let summary = "e to the x, minus 1, accurate near 0";
  let numpy = "np.expm1(x)";
  let scalar = [{ expm1(x) }];
  let vjp = [{ g * exp(x) }];
}
def Ingot_LogOp : Ingot_UnaryOp<"log"> {
  let summary = "the natural logarithm";
  let numpy = "np.log(x)";
  let domain = "(0.5, 2)";
  let scalar = [{ log(x) }];
  let vjp = [{ g / x }];
}
def Ingot_Log2Op : Ingot_UnaryOp<"log2"> {
  let summary = "the binary logarithm";
  let numpy = "np.log2(x)";
  let domain = "(0.5, 2)";
  let scalar = [{ log2(x) }];
  let vjp = [{ g / (x * 0.69314718055994530942) }];
}
def Ingot_Log10Op : Ingot_UnaryOp<"log10"> {
  let summary = "the decimal logarithm";
  let numpy = "np.log10(x)";
  let domain = "(0.5, 2)";
  let scalar = [{ log10(x) }];
  let vjp = [{ g / (x * 2.30258509299404568402) }];
}
def Ingot_Log1pOp : Ingot_UnaryOp<"log1p"> {
  let summary = "the logarithm of 1 + x, accurate near 0";
  let numpy = "np.log1p(x)";
  let domain = "(-0.5, 2)";
  let scalar = [{ log1p(x) }];
  let vjp = [{ g / (x + 1.0) }];
}
def Ingot_SqrtOp : Ingot_UnaryOp<"sqrt"> {
  let summary = "the square root";
  let numpy = "np.sqrt(x)";
  let domain = "(0.5, 2)";
  let scalar = [{ sqrt(x) }];
  let vjp = [{ g / (y * 2.0) }];
}
def Ingot_RsqrtOp : Ingot_UnaryOp<"rsqrt"> {
  let summary = "one over the square root";
  let numpy = "1 / np.sqrt(x)";
  let domain = "(0.5, 2)";
  let scalar = [{ rsqrt(x) }];
  let vjp = [{ g * -0.5 * (y * y * y) }];
}
def Ingot_ReciprocalOp : Ingot_UnaryOp<"reciprocal"> {
  let summary = "one over x";
  let numpy = "1 / x";
  let domain = "(0.5, 2)";
  let scalar = [{ 1.0 / x }];
  let vjp = [{ -(g * y * y) }];
}
def Ingot_SquareOp : Ingot_UnaryOp<"square", NumberTensor> {
  let summary = "x times x";
  let numpy = "x * x";
  let scalar = [{ x * x }];
  let vjp = [{ g * (x * 2.0) }];
}
def Ingot_SinOp : Ingot_UnaryOp<"sin"> {
  let summary = "the sine";
  let numpy = "np.sin(x)";
  let scalar = [{ sin(x) }];
  let vjp = [{ g * cos(x) }];
}
def Ingot_CosOp : Ingot_UnaryOp<"cos"> {
  let summary = "the cosine";
  let numpy = "np.cos(x)";
  let scalar = [{ cos(x) }];
  let vjp = [{ -(g * sin(x)) }];
}
def Ingot_TanOp : Ingot_UnaryOp<"tan"> {
  let summary = "the tangent";
  let numpy = "np.tan(x)";
  let domain = "(-1, 1)";
  let scalar = [{ tan(x) }];
  let vjp = [{ g * (y * y + 1.0) }];
}
def Ingot_AsinOp : Ingot_UnaryOp<"asin"> {
  let summary = "the inverse sine";
  let numpy = "np.arcsin(x)";
  let domain = "(-0.9, 0.9)";
  let scalar = [{ asin(x) }];
  let vjp = [{ g * rsqrt(1.0 - x * x) }];
}
def Ingot_AcosOp : Ingot_UnaryOp<"acos"> {
  let summary = "the inverse cosine";
  let numpy = "np.arccos(x)";
  let domain = "(-0.9, 0.9)";
  let scalar = [{ acos(x) }];
  let vjp = [{ -(g * rsqrt(1.0 - x * x)) }];
}
def Ingot_AtanOp : Ingot_UnaryOp<"atan"> {
  let summary = "the inverse tangent";
  let numpy = "np.arctan(x)";
  let scalar = [{ atan(x) }];
  let vjp = [{ g / (x * x + 1.0) }];
}
def Ingot_SinhOp : Ingot_UnaryOp<"sinh"> {
  let summary = "the hyperbolic sine";
  let numpy = "np.sinh(x)";
  let scalar = [{ sinh(x) }];
  let vjp = [{ g * cosh(x) }];
}
def Ingot_CoshOp : Ingot_UnaryOp<"cosh"> {
  let summary = "the hyperbolic cosine";
  let numpy = "np.cosh(x)";
  let scalar = [{ cosh(x) }];
  let vjp = [{ g * sinh(x) }];
}
def Ingot_TanhOp : Ingot_UnaryOp<"tanh"> {
  let summary = "the hyperbolic tangent";
  let numpy = "np.tanh(x)";
  let scalar = [{ tanh(x) }];
  let vjp = [{ g * (1.0 - y * y) }];
}
def Ingot_AsinhOp : Ingot_UnaryOp<"asinh"> {
  let summary = "the inverse hyperbolic sine";
  let numpy = "np.arcsinh(x)";
  let scalar = [{ asinh(x) }];
  let vjp = [{ g * rsqrt(x * x + 1.0) }];
}
def Ingot_AcoshOp : Ingot_UnaryOp<"acosh"> {
  let summary = "the inverse hyperbolic cosine";
  let numpy = "np.arccosh(x)";
  let domain = "(1.1, 2)";
  let scalar = [{ acosh(x) }];
  let vjp = [{ g * rsqrt(x * x - 1.0) }];
}
def Ingot_AtanhOp : Ingot_UnaryOp<"atanh"> {
  let summary = "the inverse hyperbolic tangent";
  let numpy = "np.arctanh(x)";
  let domain = "(-0.9, 0.9)";
  let scalar = [{ atanh(x) }];
  let vjp = [{ g / (1.0 - x * x) }];
}
def Ingot_ErfOp : Ingot_UnaryOp<"erf"> {
  let summary = "the error function";
  let numpy = "scipy.special.erf(x)";
  let scalar = [{ erf(x) }];
  let vjp = [{ g * (exp(-(x * x)) * 1.12837916709551257390) }];
}
def Ingot_ErfcOp : Ingot_UnaryOp<"erfc"> {
  let summary = "one minus the error function, accurate for large x";
  let numpy = "scipy.special.erfc(x)";
  let scalar = [{ erfc(x) }];
  let vjp = [{ g * (exp(-(x * x)) * -1.12837916709551257390) }];
}
def Ingot_ErfinvOp : Ingot_UnaryOp<"erfinv"> {
  let summary = "the inverse of the error function";
  let numpy = "scipy.special.erfinv(x)";
  let domain = "(-0.9, 0.9)";
  let scalar = [{ erfinv(x) }];
  let vjp = [{ g * (exp(y * y) * 0.88622692545275801365) }];
}
def Ingot_LgammaOp : Ingot_UnaryOp<"lgamma"> {
  let summary = "the logarithm of the magnitude of the gamma function";
  let numpy = "scipy.special.gammaln(x)";
  let domain = "(0.5, 2)";
  let scalar = [{ lgamma(x) }];
  let vjp = [{ g * digamma(x) }];
}
def Ingot_DigammaOp : Ingot_UnaryOp<"digamma"> {
  let summary = "the derivative of lgamma";
  let numpy = "scipy.special.digamma(x)";
  let domain = "(0.5, 2)";
  let scalar = [{ digamma(x) }];
  let vjp = [{ g * polygamma(1, x) }];
}
def Ingot_PolygammaOp : Ingot_UnaryOp<"polygamma"> {
  let summary = "the n-th derivative of digamma, n > 0";
  let numpy = "scipy.special.polygamma(n, x)";
  let functional = ""; // its first argument is n
  let domain = "(0.5, 2)";
  let arguments = (ins FloatTensor:$x, DefaultValuedAttr<I64Attr, "1">:$n);
  let scalar = [{ polygamma(getN(), x) }];
  let vjp = [{ g * polygamma(getN() + 1, x) }];
}
def Ingot_SincOp : Ingot_UnaryOp<"sinc"> {
  let summary = "sin(pi x) / (pi x), 1 at 0";
  let numpy = "np.sinc(x)";
  let domain = "(0.2, 2)";
  let scalar = [{ sinc(x) }];
  let vjp = [{ g * sincDerivative(x) }];
}
def Ingot_LogitOp : Ingot_UnaryOp<"logit"> {
  let summary = "the inverse of the logistic function";
  let numpy = "np.log(x / (1 - x))";
  let domain = "(0.1, 0.9)";
  let scalar = [{ log(x / (1.0 - x)) }];
  let vjp = [{ select((x >= 0.0) & (x <= 1.0), g / (x * (1.0 - x)), std::numeric_limits<double>::quiet_NaN()) }];
}
def Ingot_Deg2radOp : Ingot_UnaryOp<"deg2rad"> {
  let summary = "degrees as radians";
  let numpy = "np.deg2rad(x)";
  let scalar = [{ x * 0.017453292519943295769 }];
  let vjp = [{ g * 0.017453292519943295769 }];
}
def Ingot_Rad2degOp : Ingot_UnaryOp<"rad2deg"> {
  let summary = "radians as degrees";
  let numpy = "np.rad2deg(x)";
  let scalar = [{ x * 57.295779513082320877 }];
  let vjp = [{ g * 57.295779513082320877 }];
}

//===--- rounding -----------------------------------------------------------------------------------------------===//

class Ingot_RoundingOp<string mnemonic> : Ingot_UnaryOp<mnemonic> {
  let scalar = mnemonic # "(x)";
  let vjp = [{ zero }];
}
def Ingot_FloorOp : Ingot_RoundingOp<"floor"> {
  let summary = "the greatest integer not above x";
  let numpy = "np.floor(x)";
}
def Ingot_CeilOp : Ingot_RoundingOp<"ceil"> {
  let summary = "the least integer not below x";
  let numpy = "np.ceil(x)";
}
def Ingot_RoundOp : Ingot_RoundingOp<"round"> {
  let summary = "the nearest integer, halves to even";
  let numpy = "np.round(x)";
}
def Ingot_TruncOp : Ingot_RoundingOp<"trunc"> {
  let summary = "x without its fraction";
  let numpy = "np.trunc(x)";
}
def Ingot_FracOp : Ingot_UnaryOp<"frac"> {
  let summary = "the fraction of x, with the sign of x";
  let numpy = "x - np.trunc(x)";
  let scalar = [{ x - trunc(x) }];
  let vjp = [{ g }];
}

//===--- activations --------------------------------------------------------------------------------------------===//

def Ingot_ReluOp : Ingot_UnaryOp<"relu", NumberTensor> {
  let summary = "x where positive, else 0";
  let numpy = "np.maximum(x, 0)";
  let scalar = [{ max(x, 0.0) }];
  let vjp = [{ select(y <= 0.0, 0.0, g) }];
}
def Ingot_SigmoidOp : Ingot_UnaryOp<"sigmoid"> {
  let summary = "the logistic function";
  let numpy = "1 / (1 + np.exp(-x))";
  let scalar = [{ sigmoid(x) }];
  let vjp = [{ g * ((1.0 - y) * y) }];
}
def Ingot_LogSigmoidOp : Ingot_UnaryOp<"logsigmoid"> {
  let summary = "the logarithm of the logistic function";
  let numpy = "np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))";
  let scalar = [{ min(x, 0.0) - log1p(exp(-abs(x))) }];
  let vjp = [{ g * sigmoid(-x) }];
}
def Ingot_SiluOp : Ingot_UnaryOp<"silu"> {
  let summary = "x times its logistic function (Elfwing et al. 2018; also called swish)";
  let numpy = "x / (1 + np.exp(-x))";
  let scalar = [{ x * sigmoid(x) }];
  let vjp = [{ g * (sigmoid(x) * (x * (1.0 - sigmoid(x)) + 1.0)) }];
}
def Ingot_GeluOp : Ingot_UnaryOp<"gelu"> {
  let summary = "x times the normal distribution function (Hendrycks and Gimpel 2016)";
  let numpy = "x * 0.5 * (1 + scipy.special.erf(x / np.sqrt(2)))";
  let functional = "";
  let scalar = [{ x * (0.5 * (1.0 + erf(x * 0.70710678118654752440))) }];
  let vjp = [{
    g * (0.5 * (erf(x * 0.70710678118654752440) + 1.0) + x * (exp(x * x * -0.5) * 0.39894228040143267794))
  }];
}
def Ingot_GeluTanhOp : Ingot_UnaryOp<"gelu_tanh"> {
  let summary = "gelu, approximated with tanh";
  let numpy = "0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))";
  let functional = "";
  let scalar = [{ 0.5 * x * (1.0 + tanh(0.79788456080286535588 * (x + 0.044715 * (x * x * x)))) }];
  let vjp = [{ g * geluTanhDerivative(x) }];
}
def Ingot_SoftsignOp : Ingot_UnaryOp<"softsign"> {
  let summary = "x / (1 + |x|)";
  let numpy = "x / (1 + np.abs(x))";
  let scalar = [{ x / (1.0 + abs(x)) }];
  let vjp = [{ g / ((abs(x) + 1.0) * (abs(x) + 1.0)) }];
}
def Ingot_HardswishOp : Ingot_UnaryOp<"hardswish"> {
  let summary = "x * relu6(x + 3) / 6 (Howard et al. 2019)";
  let numpy = "x * np.clip(x + 3, 0, 6) / 6";
  let scalar = [{ x * min(max(x + 3.0, 0.0), 6.0) / 6.0 }];
  let vjp = [{ select(x <= -3.0, 0.0, select(x < 3.0, g * (x / 3.0 + 0.5), g)) }];
}
def Ingot_HardsigmoidOp : Ingot_UnaryOp<"hardsigmoid"> {
  let summary = "relu6(x + 3) / 6";
  let numpy = "np.clip(x + 3, 0, 6) / 6";
  let scalar = [{ min(max(x + 3.0, 0.0), 6.0) / 6.0 }];
  let vjp = [{ select((x > -3.0) & (x < 3.0), g / 6.0, 0.0) }];
}
