// The pass ingot-legalize.
#include "codegen/vector/MathBuilder.h"
#include "codegen/vector/Passes.h"
#include "codegen/vector/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_LEGALIZE
#include "codegen/vector/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot::codegen;

namespace {

bool isHalf(Type type) { return getElementTypeOrSelf(type).isF16() || getElementTypeOrSelf(type).isBF16(); }

Type withElement(Type like, Type element) {
  auto vector = dyn_cast<VectorType>(like);
  return vector ? Type(VectorType::get(vector.getShape(), element, vector.getScalableDims())) : element;
}

//===-- Halves ------------------------------------------------------------------------------------===//

Num asHalf(Num bits, Type half) {
  MathBuilder &m = *bits.m;
  Num narrow = resizeInt(bits, 16);
  return m.wrap(arith::BitcastOp::create(m.b, m.loc, withElement(bits.type(), half), narrow.value));
}

Num zeroExtended(Num bits) {
  MathBuilder &m = *bits.m;
  return m.wrap(arith::ExtUIOp::create(m.b, m.loc, withElement(bits.type(), m.b.getI32Type()), bits.value));
}

Num shiftedRight(Num x, int64_t count) {
  return x.m->wrap(arith::ShRUIOp::create(x.m->b, x.m->loc, x.value, literal(x, count).value));
}

Num bf16ToF32(Num x) { return fromBits(zeroExtended(bitsOf(x)) << 16); }

/// Rounds to nearest, ties to even; NaN stays NaN.
Num f32ToBF16(Num x) {
  Num bits = bitsOf(x), odd = shiftedRight(bits, 16) & literal(bits, 1);
  Num rounded = shiftedRight(bits + literal(bits, 0x7fff) + odd, 16);
  Num quiet = shiftedRight(bits, 16) | literal(bits, 0x40);
  return asHalf(select(x != x, quiet, rounded), x.m->b.getBF16Type());
}

Num f16ToF32(Num x) {
  Num bits = zeroExtended(bitsOf(x)), magnitude = (bits & literal(bits, 0x7fff)) << 13;
  // The exponents are biased by 15 and by 127; the product is exact for subnormals, too.
  Num scaled = bitsOf(fromBits(magnitude) * 0x1p112);
  Num infinite = magnitude | literal(bits, 0x7f800000);
  Num sign = (bits & literal(bits, 0x8000)) << 16;
  return fromBits(select(magnitude >= literal(bits, 0x0f800000), infinite, scaled) | sign);
}

/// Rounds to nearest, ties to even; NaN stays NaN, and what is too large becomes infinity.
Num f32ToF16(Num x) {
  Num bits = bitsOf(x), magnitude = bits & literal(bits, 0x7fffffff);
  Num odd = shiftedRight(magnitude, 13) & literal(bits, 1);
  // A carry of the rounding moves into the exponent and up to infinity.
  Num normal = shiftedRight(magnitude - literal(bits, (127 - 15) << 23) + literal(bits, 0xfff) + odd, 13);
  // The last place of 0.5 is that of f16's subnormals: the addition rounds.
  Num subnormal = bitsOf(fromBits(magnitude) + 0.5) - literal(bits, 0x3f000000);
  Num large = select(magnitude > literal(bits, 0x7f800000), literal(bits, 0x7e00), literal(bits, 0x7c00));
  Num result = select(magnitude < literal(bits, 0x38800000), subnormal, normal);
  result = select(magnitude >= literal(bits, 0x47800000), large, result);
  return asHalf(result | shiftedRight(bits & literal(bits, 0x80000000), 16), x.m->b.getF16Type());
}

//===-- Rounding of f64 and integer powers ----------------------------------------------------------===//

/// The nearest whole number to |x|, ties to even; for |x| < 2^52, beyond which every f64 is one.
Num nearest(Num magnitude) { return (magnitude + 0x1p52) - 0x1p52; }
Num whereFractional(Num x, Num rounded) { return select(abs(x) < 0x1p52, copySign(rounded, x), x); }

Num roundEvenF64(Num x) { return whereFractional(x, nearest(abs(x))); }
Num floorF64(Num x) {
  Num near = roundEvenF64(x);
  return whereFractional(x, select(near > x, near - 1.0, near));
}
Num ceilF64(Num x) {
  Num near = roundEvenF64(x);
  return whereFractional(x, select(near < x, near + 1.0, near));
}
Num wholePart(Num magnitude) {
  Num near = nearest(magnitude);
  return select(near > magnitude, near - 1.0, near);
}
Num truncF64(Num x) { return whereFractional(x, wholePart(abs(x))); }
Num roundF64(Num x) {
  Num whole = wholePart(abs(x));
  return whereFractional(x, select(abs(x) - whole >= 0.5, whole + 1.0, whole));
}

/// By squaring; a negative exponent gives 0, but for the bases 1 and -1.
Num power(Num base, Num exponent) {
  MathBuilder &m = *base.m;
  Num zero = literal(base, 0), one = literal(base, 1);
  auto atLoop = [&](OpBuilder &builder, auto body) {
    OpBuilder::InsertionGuard guard(m.b);
    m.b.setInsertionPoint(builder.getInsertionBlock(), builder.getInsertionPoint());
    body();
  };
  Num positive = select(exponent > zero, exponent, zero);
  auto loop = scf::WhileOp::create(
      m.b, m.loc, TypeRange{base.type(), base.type(), base.type()},
      ValueRange{one.value, base.value, positive.value},
      [&](OpBuilder &builder, Location loc, ValueRange args) {
        atLoop(builder, [&] { scf::ConditionOp::create(m.b, loc, anyLane(m.wrap(args[2]) != zero), args); });
      },
      [&](OpBuilder &builder, Location loc, ValueRange args) {
        atLoop(builder, [&] {
          Num product = m.wrap(args[0]), square = m.wrap(args[1]), rest = m.wrap(args[2]);
          Num next = select((rest & one) != zero, product * square, product);
          scf::YieldOp::create(m.b, loc, ValueRange{next.value, (square * square).value, (rest >> 1).value});
        });
      });
  Num sign = select((exponent & one) != zero, base, one);
  Num reciprocal = select(base == one, one, select(base == literal(base, -1), sign, zero));
  return select(exponent < zero, reciprocal, m.wrap(loop.getResult(0)));
}

//===-- The pass ------------------------------------------------------------------------------------===//

/// b where it is NaN, else the larger (smaller) of the two, a if they are equal or a is NaN: two comparisons.
Num extremum(Num a, Num b, bool largest) {
  if (matchPattern(a.value, m_Constant()))
    std::swap(a, b);
  Num best = select(largest ? b > a : b < a, b, a);
  FloatAttr constant;
  SplatElementsAttr splat;
  bool isNumber = (matchPattern(b.value, m_Constant(&constant)) && !constant.getValue().isNaN()) ||
                  (matchPattern(b.value, m_Constant(&splat)) && !splat.getSplatValue<APFloat>().isNaN());
  return isNumber ? best : select(b != b, b, best);
}

/// The larger (smaller) of the two, the other one where one is NaN.
Num extremumOfNumbers(Num a, Num b, bool largest) {
  return select(a != a, b, select(largest ? b > a : b < a, b, a));
}

class Legalizer {
public:
  explicit Legalizer(const Target &target) : target(target), math{target.fma, target.rounding} {}

  void run(Operation *op) {
    // New ops are legal, or legalized by the same rules where they are made.
    if (op->getNumResults() == 1 && op->getNumRegions() == 0)
      if (Value replacement = replacementOf(op)) {
        op->getResult(0).replaceAllUsesWith(replacement);
        op->erase();
      }
  }

private:
  Value replacementOf(Operation *op) {
    OpBuilder builder(op);
    MathBuilder m(builder, op->getLoc(), math);
    Type type = op->getResult(0).getType();
    auto operand = [&](unsigned number) { return m.wrap(op->getOperand(number)); };
    bool fromHalf = op->getNumOperands() && isHalf(op->getOperand(0).getType());
    if (isa<arith::ExtFOp>(op) && fromHalf)
      return extended(operand(0), type).value;
    if (isa<arith::TruncFOp>(op) && isHalf(type))
      return truncated(operand(0), getElementTypeOrSelf(type)).value;
    // Two instructions less than a conversion, and none that waits for the old value of its register.
    if (isa<arith::UIToFPOp>(op) && getElementTypeOrSelf(operand(0).type()).isInteger(1))
      return select(operand(0), m.real(type, 1), m.real(type, 0)).value;
    if (isa<arith::ArithDialect>(op->getDialect()) && OpTrait::hasElementwiseMappableTraits(op) &&
        !isa<arith::SelectOp, arith::BitcastOp>(op) && (fromHalf || isHalf(type)))
      return inF32(op, m);
    if (isa<arith::MaximumFOp, arith::MinimumFOp>(op))
      return extremum(operand(0), operand(1), isa<arith::MaximumFOp>(op)).value;
    if (isa<arith::MaxNumFOp, arith::MinNumFOp>(op))
      return extremumOfNumbers(operand(0), operand(1), isa<arith::MaxNumFOp>(op)).value;
    if (isa<math::IPowIOp>(op))
      return power(operand(0), operand(1)).value;
    return getElementTypeOrSelf(type).isF64() ? roundingOf(op, operand) : Value();
  }

  Value roundingOf(Operation *op, llvm::function_ref<Num(unsigned)> operand) {
    if (isa<math::RoundOp>(op))
      return roundF64(operand(0)).value;
    if (target.rounding)
      return {};
    return isa<math::FloorOp>(op)       ? floorF64(operand(0)).value
           : isa<math::CeilOp>(op)      ? ceilF64(operand(0)).value
           : isa<math::TruncOp>(op)     ? truncF64(operand(0)).value
           : isa<math::RoundEvenOp>(op) ? roundEvenF64(operand(0)).value
                                        : Value();
  }

  /// The op on f32 in place of halves.
  Value inF32(Operation *op, MathBuilder &m) {
    IRMapping mapping;
    for (Value value : op->getOperands())
      mapping.map(value, isHalf(value.getType())
                             ? extended(m.wrap(value), withElement(value.getType(), m.b.getF32Type())).value
                             : value);
    Operation *wide = m.b.clone(*op, mapping);
    Value result = wide->getResult(0);
    Type half = result.getType();
    if (isHalf(half))
      result.setType(withElement(half, m.b.getF32Type()));
    if (Value replacement = replacementOf(wide)) {
      wide->erase();
      result = replacement;
    }
    return isHalf(half) ? truncated(m.wrap(result), getElementTypeOrSelf(half)).value : result;
  }

  Num extended(Num x, Type type) {
    MathBuilder &m = *x.m;
    Num wide = x.element().isBF16() ? bf16ToF32(x)
               : target.halfConversions
                   ? m.wrap(arith::ExtFOp::create(m.b, m.loc, withElement(type, m.b.getF32Type()), x.value))
                   : f16ToF32(x);
    return getElementTypeOrSelf(type).isF64() ? toF64(wide) : wide;
  }

  Num truncated(Num x, Type half) {
    // By way of f32, as PyTorch does.
    if (x.element().isF64())
      x = toF32(x);
    if (half.isBF16())
      return f32ToBF16(x);
    if (!target.halfConversions)
      return f32ToF16(x);
    MathBuilder &m = *x.m;
    return m.wrap(arith::TruncFOp::create(m.b, m.loc, withElement(x.type(), half), x.value));
  }

  const Target &target;
  MathTarget math;
};

/// Halves that the target has no instructions for are only moved when all else is legal. They move as integers: LLVM takes
/// vectors of them apart, and puts them together by calls.
class HalvesAsIntegers {
public:
  explicit HalvesAsIntegers(const Target &target) : target(target) {}

  void run(func::FuncOp function) {
    auto converted = [&](TypeRange types) {
      return llvm::map_to_vector(types, [&](Type t) { return moved(t); });
    };
    function.setType(FunctionType::get(function.getContext(), converted(function.getArgumentTypes()),
                                       converted(function.getResultTypes())));
    function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      for (Region &region : op->getRegions())
        for (BlockArgument argument : region.getArguments())
          argument.setType(moved(argument.getType()));
      for (Value result : op->getResults())
        result.setType(moved(result.getType()));
      if (auto constant = dyn_cast<arith::ConstantOp>(op))
        constant.setValueAttr(moved(constant.getValue()));
      auto cast = dyn_cast<arith::BitcastOp>(op);
      if (!cast || cast.getIn().getType() != cast.getType())
        return WalkResult::advance();
      cast.replaceAllUsesWith(cast.getIn());
      cast.erase();
      return WalkResult::skip();
    });
  }

private:
  Type moved(Type type) {
    Type element = getElementTypeOrSelf(type);
    return element.isBF16() || (element.isF16() && !target.halfConversions)
               ? withElement(type, IntegerType::get(type.getContext(), 16))
               : type;
  }

  TypedAttr moved(TypedAttr value) {
    Type type = moved(value.getType());
    if (type == value.getType())
      return value;
    if (auto elements = dyn_cast<DenseElementsAttr>(value))
      return elements.bitcast(getElementTypeOrSelf(type));
    return IntegerAttr::get(type, cast<FloatAttr>(value).getValue().bitcastToAPInt());
  }

  const Target &target;
};

struct LegalizePass : ingot::codegen::impl::LegalizeBase<LegalizePass> {
  void runOnOperation() override {
    FailureOr<Target> target = Target::of(getOperation());
    if (failed(target))
      return signalPassFailure();
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa_and_nonnull<arith::ArithDialect, math::MathDialect>(op->getDialect()))
        ops.push_back(op);
    });
    Legalizer legalizer(*target);
    for (Operation *op : ops)
      legalizer.run(op);
    for (auto function : getOperation().getOps<func::FuncOp>())
      HalvesAsIntegers(*target).run(function);
  }
};

} // namespace
