// The pass ingot-expand-math.
#include "codegen/vector/MathFunctions.h"
#include "codegen/vector/Passes.h"
#include "codegen/vector/Target.h"
#include "ir/dialect/ScalarOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include <functional>

namespace ingot::codegen {
#define GEN_PASS_DEF_EXPANDMATH
#include "codegen/vector/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot::codegen;
namespace ir = ingot::ir;

namespace {

using Operands = ArrayRef<Num>;
using Function = std::function<SmallVector<Num>(Operands)>;

template <Num (*Formula)(Num)> SmallVector<Num> unary(Operands x) { return {Formula(x[0])}; }
template <Num (*Formula)(Num, Num)> SmallVector<Num> binary(Operands x) { return {Formula(x[0], x[1])}; }
SmallVector<Num> sincos(Operands x) { return {f32::sin(x[0]), f32::cos(x[0])}; }
SmallVector<Num> multiplyAdd(Operands x) { return {x[0] * x[1] + x[2]}; }

/// What each op becomes; ops that are not here stay.
class Formulas {
public:
  explicit Formulas(MathTarget target) {
    add<math::ExpOp>(unary<f32::exp>);
    add<math::Exp2Op>(unary<f32::exp2>);
    add<math::ExpM1Op>(unary<f32::expm1>);
    add<math::PowFOp>(binary<f32::pow>);
    add<math::LogOp>(unary<f32::log>);
    add<math::Log2Op>(unary<f32::log2>);
    add<math::Log10Op>(unary<f32::log10>);
    add<math::Log1pOp>(unary<f32::log1p>);
    add<math::SinhOp>(unary<f32::sinh>);
    add<math::CoshOp>(unary<f32::cosh>);
    add<math::TanhOp>(unary<f32::tanh>);
    add<math::AsinhOp>(unary<f32::asinh>);
    add<math::AcoshOp>(unary<f32::acosh>);
    add<math::AtanhOp>(unary<f32::atanh>);
    add<math::ErfOp>(unary<f32::erf>);
    add<math::ErfcOp>(unary<f32::erfc>);
    add<math::SinOp>(unary<f32::sin>);
    add<math::CosOp>(unary<f32::cos>);
    add<math::SincosOp>(sincos);
    add<math::TanOp>(unary<f32::tan>);
    add<math::AsinOp>(unary<f32::asin>);
    add<math::AcosOp>(unary<f32::acos>);
    add<math::AtanOp>(unary<f32::atan>);
    add<math::Atan2Op>(binary<f32::atan2>);
    add<math::RsqrtOp>(unary<f32::rsqrt>);
    add<math::CbrtOp>(unary<f32::cbrt>);
    add<arith::RemFOp>(binary<f32::fmod>);
    add<ir::ScalarLgammaOp>(unary<f32::lgamma>);
    add<ir::ScalarDigammaOp>(unary<f32::digamma>);
    add<ir::ScalarErfinvOp>(unary<f32::erfinv>);
    if (!target.rounding) {
      add<math::FloorOp>(unary<f32::floor>);
      add<math::CeilOp>(unary<f32::ceil>);
      add<math::TruncOp>(unary<f32::trunc>);
      add<math::RoundEvenOp>(unary<f32::roundEven>);
    }
    add<math::RoundOp>(unary<f32::round>);
    if (!target.fma)
      add<math::FmaOp>(multiplyAdd);
  }

  Function lookup(Operation *op) const {
    if (auto polygamma = dyn_cast<ir::ScalarPolygammaOp>(op))
      return [n = polygamma.getN()](Operands x) { return SmallVector<Num>{f32::polygamma(n, x[0])}; };
    return table.lookup(op->getName().getStringRef());
  }

private:
  template <class Op> void add(Function function) { table[Op::getOperationName()] = std::move(function); }
  llvm::StringMap<Function> table;
};

Type inF32(Type type) {
  Type f32 = Float32Type::get(type.getContext());
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(VectorType::get(vector.getShape(), f32, vector.getScalableDims())) : f32;
}

bool isHalf(Type type) { return getElementTypeOrSelf(type).isF16() || getElementTypeOrSelf(type).isBF16(); }

/// AVX-512 is what has vectors of so many bytes.
bool hasScaling(const Target &target) { return target.vectorBytes == 64; }

struct ExpandMathPass : ingot::codegen::impl::ExpandMathBase<ExpandMathPass> {
  void runOnOperation() override {
    FailureOr<Target> target = Target::of(getOperation());
    if (failed(target))
      return signalPassFailure();
    MathTarget math{target->fma, target->rounding, hasScaling(*target)};
    Formulas formulas(math);
    SmallVector<Operation *> found;
    getOperation().walk([&](Operation *op) {
      bool isMath =
          isa<arith::RemFOp>(op) || isa_and_nonnull<math::MathDialect, ir::IngotDialect>(op->getDialect());
      if (isMath && op->getNumResults() && (formulas.lookup(op) || isHalf(op->getResult(0).getType())))
        found.push_back(op);
    });
    for (Operation *op : found)
      expand(op, formulas.lookup(op), math);
  }

  static void expand(Operation *op, const Function &function, MathTarget target) {
    Type type = op->getResult(0).getType();
    // A multiply-add in f64 would be a call, too, where the target has none.
    // The functions of this dialect have no other form.
    bool alsoF64 = isa<math::FmaOp>(op) || isa<ir::IngotDialect>(op->getDialect());
    if (!isHalf(type) && !getElementTypeOrSelf(type).isF32() &&
        !(alsoF64 && getElementTypeOrSelf(type).isF64()))
      return;
    OpBuilder builder(op);
    MathBuilder m(builder, op->getLoc(), target);
    SmallVector<Num> operands;
    for (Value operand : op->getOperands())
      operands.push_back(
          m.wrap(isHalf(type) && isHalf(operand.getType())
                     ? arith::ExtFOp::create(builder, op->getLoc(), inF32(operand.getType()), operand)
                     : operand));
    SmallVector<Num> results;
    if (function) {
      results = function(operands);
    } else {
      // Only computed in f32.
      IRMapping mapping;
      for (auto [from, to] : llvm::zip_equal(op->getOperands(), operands))
        mapping.map(from, to.value);
      Operation *wide = builder.clone(*op, mapping);
      for (Value result : wide->getResults()) {
        result.setType(inF32(result.getType()));
        results.push_back(m.wrap(result));
      }
    }
    for (auto [result, replacement] : llvm::zip_equal(op->getResults(), results))
      result.replaceAllUsesWith(isHalf(type)
                                    ? arith::TruncFOp::create(builder, op->getLoc(), type, replacement.value)
                                    : replacement.value);
    op->erase();
  }
};

} // namespace
