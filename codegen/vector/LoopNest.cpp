#include "codegen/vector/LoopNest.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/AffineMap.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace ingot::codegen {

//===-- Accesses ----------------------------------------------------------------------------------===//

bool Access::isIrregular(unsigned loop) const {
  return llvm::any_of(rest, [&](const Rest &part) { return part.expr.isFunctionOfDim(loop); });
}

std::optional<int64_t> Access::constantStride(unsigned loop) const {
  return isIrregular(loop) ? std::nullopt : getConstantIntValue(strides[loop]);
}

bool Access::isGuarded(unsigned loop) const {
  return llvm::any_of(guards, [&](const Guard &guard) { return guard.expr.isFunctionOfDim(loop); });
}

std::optional<int64_t> Access::repetitionsAlong(unsigned loop) const {
  std::optional<int64_t> found;
  for (const Rest &part : rest) {
    if (!part.expr.isFunctionOfDim(loop))
      continue;
    auto quotient = dyn_cast<AffineBinaryOpExpr>(part.expr);
    auto divisor = quotient ? dyn_cast<AffineConstantExpr>(quotient.getRHS()) : AffineConstantExpr();
    if (found || !divisor || quotient.getKind() != AffineExprKind::FloorDiv ||
        quotient.getLHS() != getAffineDimExpr(loop, part.expr.getContext()) ||
        getConstantIntValue(part.stride) != 1)
      return std::nullopt;
    found = divisor.getValue();
  }
  bool fits = found && llvm::isPowerOf2_64(*found) && *found <= maxStridedLoad;
  return fits && getConstantIntValue(strides[loop]) == 0 ? found : std::nullopt;
}

/// Adds `factor * expr` to `sum`; false if it is not linear.
static bool addLinear(AffineExpr expr, int64_t factor, LinearExpr &sum) {
  if (auto number = dyn_cast<AffineConstantExpr>(expr)) {
    sum.constant += factor * number.getValue();
    return true;
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    sum.coefficients[dim.getPosition()] += factor;
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (expr.getKind() == AffineExprKind::Add)
    return addLinear(binary.getLHS(), factor, sum) && addLinear(binary.getRHS(), factor, sum);
  auto scale = dyn_cast<AffineConstantExpr>(binary.getRHS());
  return expr.getKind() == AffineExprKind::Mul && scale &&
         addLinear(binary.getLHS(), factor * scale.getValue(), sum);
}

std::optional<LinearExpr> linearOf(AffineExpr expr, unsigned dims) {
  LinearExpr result;
  result.coefficients.resize(dims);
  return addLinear(expr, 1, result) ? std::optional(result) : std::nullopt;
}

Access makeAccess(const View &view, Type type, AffineMap map, bool used, KernelBuilder &k) {
  Access access;
  access.view = view;
  access.type = type;
  access.used = used;
  access.strides.assign(map.getNumDims(), k.index(0));
  for (auto [expr, stride] : llvm::zip_equal(map.getResults(), view.strides)) {
    std::optional<LinearExpr> linear = linearOf(expr, map.getNumDims());
    if (!linear) {
      access.rest.push_back({expr, stride});
      continue;
    }
    access.view.offset = k.add(access.view.offset, k.mul(stride, k.index(linear->constant)));
    for (auto [sum, coefficient] : llvm::zip_equal(access.strides, linear->coefficients))
      sum = k.add(sum, k.mul(stride, k.index(coefficient)));
  }
  return access;
}

//===-- Simplification ----------------------------------------------------------------------------===//

namespace {
/// Removes and joins loops of one nest.
class Simplifier {
public:
  Simplifier(LoopNest &nest, KernelBuilder &k)
      : nest(nest), k(k), indexed(nest.body->indexedLoops(nest.loops.size())) {
    for (unsigned loop = 0; loop < nest.loops.size(); ++loop)
      alive.push_back(loop);
  }

  void run() {
    llvm::erase_if(alive, [&](unsigned loop) { return getConstantIntValue(nest.loops[loop].extent) == 1; });
    orderParallelLoops();
    while (joinTwo())
      ;
    rebuild();
  }

private:
  /// The parallel loops come first, in the order in which the first output lies in memory; reductions keep theirs.
  void orderParallelLoops() {
    const Access &out = nest.accesses[nest.inputs];
    auto rank = [&](unsigned loop) {
      // Run-time strides are taken to be large.
      int64_t stride = out.constantStride(loop).value_or(std::numeric_limits<int64_t>::max());
      return std::tuple(nest.loops[loop].reduction, nest.loops[loop].reduction ? 0 : -stride, loop);
    };
    llvm::sort(alive, [&](unsigned a, unsigned b) { return rank(a) < rank(b); });
  }

  /// Whether each operand walks `outer` and `inner` as one loop.
  bool canJoin(unsigned outer, unsigned inner) {
    if (nest.loops[outer].reduction != nest.loops[inner].reduction || indexed[outer] || indexed[inner])
      return false;
    return llvm::all_of(nest.accesses, [&](const Access &access) {
      bool fixed = access.isIrregular(outer) || access.isIrregular(inner) || access.isGuarded(outer) ||
                   access.isGuarded(inner);
      return !access.isMemory() ||
             (!fixed &&
              k.equal(access.strides[outer], k.mul(access.strides[inner], nest.loops[inner].extent)));
    });
  }

  bool joinTwo() {
    for (size_t a = 0; a < alive.size(); ++a)
      for (size_t b = a + 1; b < alive.size(); ++b) {
        // A reduction that is not a plain sum, maximum ... may depend on the order: only neighbours join.
        if (nest.loops[alive[a]].reduction && b != a + 1)
          break;
        if (!canJoin(alive[a], alive[b]))
          continue;
        Loop &inner = nest.loops[alive[b]];
        inner.extent = k.mul(nest.loops[alive[a]].extent, inner.extent);
        alive.erase(alive.begin() + a);
        return true;
      }
    return false;
  }

  void rebuild() {
    SmallVector<int> renamed(nest.loops.size(), -1);
    SmallVector<AffineExpr> dims(nest.loops.size(), getAffineConstantExpr(0, k.b.getContext()));
    SmallVector<Loop> loops;
    for (auto [position, loop] : llvm::enumerate(alive)) {
      renamed[loop] = position;
      dims[loop] = getAffineDimExpr(position, k.b.getContext());
      loops.push_back(nest.loops[loop]);
    }
    for (Access &access : nest.accesses) {
      if (!access.isMemory())
        continue;
      SmallVector<OpFoldResult> strides;
      for (unsigned loop : alive)
        strides.push_back(access.strides[loop]);
      access.strides = strides;
      for (Access::Rest &part : access.rest)
        part.expr = part.expr.replaceDims(dims);
      for (Access::Guard &guard : access.guards)
        guard.expr = guard.expr.replaceDims(dims);
    }
    nest.loops = loops;
    nest.body->renameLoops(renamed);
  }

  LoopNest &nest;
  KernelBuilder &k;
  SmallVector<bool> indexed;
  SmallVector<unsigned> alive;
};
} // namespace

void simplify(LoopNest &nest, KernelBuilder &k) { Simplifier(nest, k).run(); }

} // namespace ingot::codegen
