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

//===-- Schedules ---------------------------------------------------------------------------------===//

namespace {
/// Compares the loops of one nest by what a point costs when they are vectorized.
class Scheduler {
public:
  Scheduler(const LoopNest &nest, KernelBuilder &k) : nest(nest), k(k) {}

  Schedule run() {
    Schedule best;
    double bestCost = costOfPoint(best);
    for (unsigned loop = 0; loop < nest.loops.size(); ++loop) {
      Schedule candidate = vectorizedAlong(loop);
      if (candidate.lanes == 1)
        continue;
      // Ties go to the inner loop.
      if (double cost = costOfPoint(candidate); cost <= bestCost) {
        best = candidate;
        bestCost = cost;
      }
    }
    // Single points still run along the innermost loop of the kind that is carried in registers.
    if (best.vectorLoop < 0)
      best.vectorLoop = innermostParallel();
    best.flatReductions = hasSmallWindow(best);
    return best;
  }

private:
  /// Whether all iterations of the reduction loops are few instructions.
  bool hasSmallWindow(const Schedule &schedule) const {
    int64_t points = schedule.unroll;
    for (auto [loop, properties] : llvm::enumerate(nest.loops)) {
      if (!properties.reduction || static_cast<int>(loop) == schedule.vectorLoop)
        continue;
      std::optional<int64_t> extent = getConstantIntValue(properties.extent);
      if (!extent || *extent > 16)
        return false;
      points *= *extent;
    }
    return points * (nest.body->shapeAlong(0, SmallVector<bool>(nest.accesses.size())).cost + 1) <= 64;
  }

  int innermostParallel() const {
    int result = -1;
    for (auto [loop, properties] : llvm::enumerate(nest.loops))
      if (!properties.reduction)
        result = loop;
    return result;
  }

  bool canReduceAlong() const {
    for (unsigned output = 0; output < nest.outputs(); ++output)
      if (!nest.body->combiner(output))
        return false;
    return true;
  }

  SmallVector<bool> uniformAlong(unsigned loop) const {
    SmallVector<bool> uniform;
    for (auto [index, access] : llvm::enumerate(nest.accesses))
      uniform.push_back(index < nest.inputs && access.isInvariant(loop));
    return uniform;
  }

  Schedule vectorizedAlong(unsigned loop) const {
    Schedule result;
    bool reduction = nest.loops[loop].reduction;
    std::optional<int64_t> extent = getConstantIntValue(nest.loops[loop].extent);
    PointBody::Shape shape = nest.body->shapeAlong(loop, uniformAlong(loop));
    if (!shape.vectorizable || !canMaskGuards(loop) || (reduction && !canReduceAlong()) ||
        (extent && *extent < 2))
      return result;
    int64_t widest = shape.widest;
    for (const Access &access : nest.accesses)
      if (access.isMemory() && access.used && !access.isInvariant(loop))
        widest = std::max(widest, elementBytes(access.view.element));
    for (const Access &access : nest.outputAccesses())
      widest = std::max(widest, elementBytes(access.view.element));
    result.vectorLoop = loop;
    result.lanes = std::min<int64_t>(64, k.target.vectorBytes / widest);
    result.maskedTail = canMaskTail(loop);
    if (extent && *extent < result.lanes)
      result.lanes = result.maskedTail ? llvm::PowerOf2Ceil(*extent) : llvm::bit_floor<uint64_t>(*extent);
    result.unroll = unrollOf(loop, result.lanes, shape.cost);
    return result;
  }

  /// Whether each guard holds for all lanes or none, or becomes a mask of a contiguous access.
  bool canMaskGuards(unsigned loop) const {
    for (const Access &access : nest.accesses)
      for (const Access::Guard &guard : access.guards) {
        if (!guard.expr.isFunctionOfDim(loop))
          continue;
        std::optional<LinearExpr> linear = linearOf(guard.expr, nest.loops.size());
        if (!linear || linear->coefficients[loop] != 1 || access.constantStride(loop) != 1 ||
            !k.target.hasMaskedMemory(access.view.element))
          return false;
      }
    return true;
  }

  /// Whether every access along the loop can be masked: contiguous, or read from equal or a few steps apart.
  bool canMaskTail(unsigned loop) const {
    for (auto [index, access] : llvm::enumerate(nest.accesses)) {
      bool isOutput = index >= nest.inputs;
      if (access.isInvariant(loop) || (!isOutput && !access.used))
        continue;
      std::optional<int64_t> stride = access.constantStride(loop);
      bool strided = stride && *stride >= 1 && *stride <= (isOutput ? 1 : maxStridedLoad);
      if (!strided || !k.target.hasMaskedMemory(access.view.element))
        return false;
    }
    return true;
  }

  int64_t unrollOf(unsigned loop, int64_t lanes, int64_t bodyCost) const {
    int64_t unroll = bodyCost <= 8 ? 4 : bodyCost <= 24 ? 2 : 1;
    std::optional<int64_t> extent = getConstantIntValue(nest.loops[loop].extent);
    if (nest.loops[loop].reduction) {
      // A sum along the loop is a chain of additions: several of them run side by side.
      unroll = std::max<int64_t>(unroll, nest.outputs() == 1 ? 4 : 2);
      return extent ? std::min(unroll, std::max<int64_t>(1, *extent / lanes)) : unroll;
    }
    // So are the chains of the accumulators, one a vector.
    if (nest.hasReduction() && bodyCost <= 8)
      unroll = std::max<int64_t>(1, (k.target.registers >= 32 ? 8 : 4) / nest.outputs());
    if (!extent)
      return unroll;
    // Turns of equal length.
    int64_t vectors = llvm::divideCeil(*extent, lanes), turns = llvm::divideCeil(vectors, unroll);
    return llvm::divideCeil(vectors, turns);
  }

  /// Instructions for one vector of an access, roughly.
  double costOf(const Access &access, bool isOutput, const Schedule &schedule) const {
    if (!isOutput && (!access.isMemory() || !access.used))
      return 0;
    if (schedule.lanes == 1)
      return 1;
    unsigned loop = schedule.vectorLoop;
    if (isOutput && nest.loops[loop].reduction)
      return 0;
    std::optional<int64_t> stride = access.constantStride(loop);
    if (stride == 0)
      return 0.25;
    if (stride == 1)
      return 1;
    if (stride == -1)
      return 2;
    if (!isOutput && stride && *stride > 1 && *stride <= maxStridedLoad)
      return 2 * *stride;
    return 2 * schedule.lanes;
  }

  double costOfPoint(const Schedule &schedule) const {
    double cost = 0, points = schedule.lanes;
    for (auto [index, access] : llvm::enumerate(nest.accesses))
      cost += costOf(access, index >= nest.inputs, schedule);
    if (schedule.lanes == 1)
      return cost + nest.body->shapeAlong(0, SmallVector<bool>(nest.accesses.size())).cost;
    const Loop &loop = nest.loops[schedule.vectorLoop];
    cost += nest.body->shapeAlong(schedule.vectorLoop, uniformAlong(schedule.vectorLoop)).cost;
    std::optional<int64_t> extent = getConstantIntValue(loop.extent);
    // Lanes that are not points, and points of a tail that are no vectors.
    if (extent && schedule.maskedTail)
      points *= double(*extent) / llvm::alignTo(*extent, schedule.lanes);
    if (!loop.reduction)
      return cost / points;
    // Adding up the lanes comes once for all reduced points.
    double reduced = 1;
    for (const Loop &other : nest.loops)
      if (other.reduction)
        reduced *= getConstantIntValue(other.extent).value_or(64);
    return cost / points + nest.outputs() * 2 * llvm::Log2_64(schedule.lanes) / std::max(reduced, 1.0);
  }

  const LoopNest &nest;
  KernelBuilder &k;
};
} // namespace

Schedule schedule(const LoopNest &nest, KernelBuilder &k) { return Scheduler(nest, k).run(); }

} // namespace ingot::codegen
