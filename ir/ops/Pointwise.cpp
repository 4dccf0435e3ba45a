#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/ScalarValue.h"
#include "ir/ops/TensorValue.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

namespace {

/// The element type of a pointwise result.
enum class Element { same, last, boolean };

LogicalResult inferPointwise(StringRef who, std::optional<Location> loc, ValueRange operands, Element element,
                             SmallVectorImpl<Type> &types) {
  auto first = cast<RankedTensorType>(operands.front().getType());
  auto last = cast<RankedTensorType>(operands.back().getType());
  for (auto [i, operand] : llvm::enumerate(operands)) {
    Type required =
        element == Element::last && i == 0 ? withElement(last, first.getElementType()) : Type(last);
    if (operand.getType() != required)
      return emitOptionalError(loc, "ingot.", who, ": operand ", i, " must be ", describe(required),
                               ", as the others, got ", describe(operand.getType()));
  }
  types.push_back(element == Element::boolean ? withElement(first, IntegerType::get(first.getContext(), 1))
                                              : last);
  return success();
}

// `tensor<...>` once where the operands agree, which is always so in valid IR.
ParseResult parseSameTypes(OpAsmParser &p, Type &a, Type &b) {
  if (p.parseType(a))
    return failure();
  b = a;
  return succeeded(p.parseOptionalComma()) ? p.parseType(b) : success();
}
void printSameTypes(OpAsmPrinter &p, Operation *, Type a, Type b) {
  p << a;
  if (a != b)
    p << ", " << b;
}
ParseResult parseSameTypes3(OpAsmParser &p, Type &a, Type &b, Type &c) {
  if (p.parseType(a))
    return failure();
  b = c = a;
  if (failed(p.parseOptionalComma()))
    return success();
  return failure(p.parseType(b) || p.parseComma() || p.parseType(c));
}
void printSameTypes3(OpAsmPrinter &p, Operation *, Type a, Type b, Type c) {
  p << a;
  if (a != b || a != c)
    p << ", " << b << ", " << c;
}

ScalarValue floorDivide(ScalarValue a, ScalarValue b) {
  if (!a.isFloat()) {
    ScalarValue quotient = a / b, rest = fmod(a, b);
    return select((rest != 0.0) & (b != 0.0) & ((rest ^ b) < 0.0), quotient - 1.0, quotient);
  }
  // As Python's: exact where the quotient would round up to the next integer. The remainder is that of truncation, which is
  // finite where b is infinite.
  ScalarValue rest = fmod(a, b), towardsZero = (a - rest) / b;
  ScalarValue quotient = select((rest != 0.0) & ((rest < 0.0) ^ (b < 0.0)), towardsZero - 1.0, towardsZero);
  ScalarValue down = floor(quotient);
  ScalarValue near = select(compare(Relation::gt, quotient - down, quotient.like(0.5)), down + 1.0, down);
  ScalarValue exact = select(quotient != 0.0, near, copysign(quotient.like(0), a / b));
  return select(b == 0.0, a / b, exact);
}

/// No square overflows or vanishes: those of f32 are taken in f64, those of f64 after division by the greater side.
ScalarValue hypotenuse(ScalarValue a, ScalarValue b) {
  a = abs(a), b = abs(b);
  ScalarValue infinity = a.like(std::numeric_limits<double>::infinity());
  ScalarValue length = infinity;
  if (!a.type().isF64()) {
    Type f64 = a.builder->getF64Type();
    ScalarValue wideA = convert(a, f64), wideB = convert(b, f64);
    length = convert(sqrt(wideA * wideA + wideB * wideB), a.type());
  } else {
    ScalarValue most = max(a, b), ratio = min(a, b) / most;
    length = select(most == 0.0, most, most * sqrt(ratio * ratio + 1.0));
  }
  return select((a == infinity) | (b == infinity), infinity, length);
}

constexpr double pi = 3.14159265358979323846;

ScalarValue sinc(ScalarValue x) {
  ScalarValue angle = x * pi;
  return select(x == 0.0, x.like(1), sin(angle) / angle);
}
TensorValue sincDerivative(TensorValue x) {
  TensorValue angle = x * pi;
  return select(x == 0.0, 0.0, (cos(angle) * angle - sin(angle)) / (angle * x));
}

/// d/dx of 0.5 x (1 + tanh(k (x + c x^3))).
TensorValue geluTanhDerivative(TensorValue x) {
  constexpr double k = 0.79788456080286535588, c = 0.044715;
  TensorValue cube = x * x * x;
  TensorValue t = tanh((x + cube * c) * k);
  TensorValue inner = (x * x * (3 * c) + 1.0) * k;
  return (t + 1.0) * 0.5 + x * 0.5 * ((1.0 - t * t) * inner);
}

} // namespace

LogicalResult CastOp::verify() {
  if (sizesOf(getX().getType()) != sizesOf(getY().getType()))
    return emitOpError("must keep the sizes: operand is ")
           << describe(getX().getType()) << ", result is " << describe(getY().getType());
  return success();
}

OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  // A half that was widened, and back: nothing is lost.
  auto inner = getX().getDefiningOp<CastOp>();
  if (!inner || inner.getX().getType() != getY().getType())
    return {};
  Type half = getElementTypeOrSelf(getY().getType()), wide = getElementTypeOrSelf(getX().getType());
  bool isExact = (half.isBF16() || half.isF16()) && (wide.isF32() || wide.isF64());
  return isExact ? inner.getX() : Value();
}

Value CastOp::buildScalar(OpBuilder &b, Location loc, ValueRange in) {
  Type to = cast<RankedTensorType>(getY().getType()).getElementType();
  // Halves are computed in f32, ui8 in i32: rounding to the stored type happens on leaving the element.
  Type computed = to.isBF16() || to.isF16() ? Type(b.getF32Type())
                  : to.isUnsignedInteger()  ? Type(b.getI32Type())
                                            : to;
  return convert(ScalarValue(b, loc, in[0]), computed).value;
}

LogicalResult CastOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  auto from = cast<RankedTensorType>(getX().getType()).getElementType();
  auto to = cast<RankedTensorType>(getY().getType()).getElementType();
  bool flows = isa<FloatType>(from) && isa<FloatType>(to);
  grads.push_back(flows ? convert(TensorValue(b, getLoc(), cotangents[0]), from).value : Value());
  return success();
}

OpFoldResult SelectOp::fold(FoldAdaptor) { return getA() == getB() ? getA() : Value(); }

#define GET_OP_CLASSES
#include "ir/ops/Pointwise.cpp.inc"

void IngotDialect::registerPointwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Pointwise.cpp.inc"
      >();
}
