// Which loop of a nest is vectorized, and how: the cheapest by a rough count of instructions.
#include "codegen/vector/LoopNest.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace ingot::codegen {

namespace {
/// Compares the loops of one nest by what a point costs when they are vectorized.
class Scheduler {
public:
  Scheduler(const LoopNest &nest, KernelBuilder &k) : nest(nest), k(k) {}

  Schedule run() {
    Schedule best;
    double bestCost = costOfPoint(best);
    int loops = nest.loops.size();
    for (int loop = 0; loop < loops; ++loop)
      for (int other = -1; other < loops; ++other) {
        Schedule candidate = vectorizedAlong(loop, other);
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

  /// The input is read along loop `other` of a schedule with transposed blocks.
  bool isTransposed(const Access &access, unsigned loop, int other) const {
    if (other < 0 || !access.isMemory() || access.isBits())
      return false;
    std::optional<int64_t> stride = access.constantStride(loop);
    bool cheap =
        !access.used || (stride && *stride >= -1 && *stride <= maxStridedLoad && !access.isIrregular(loop));
    return !cheap && access.rest.empty() && access.constantStride(other) == 1 && canMaskGuards(access, other);
  }

  /// Whether blocks of the two loops can be read along `other` and written along `loop`.
  bool canTranspose(unsigned loop, unsigned other, int64_t bodyCost) const {
    bool any = false;
    for (const Access &access : llvm::ArrayRef(nest.accesses).take_front(nest.inputs))
      any |= isTransposed(access, loop, other);
    return any && loop != other && !nest.hasReduction() && bodyCost <= maxTransposedBody &&
           llvm::all_of(nest.outputAccesses(),
                        [&](const Access &access) { return access.constantStride(loop) == 1; });
  }

  Schedule vectorizedAlong(unsigned loop, int other) const {
    Schedule result;
    bool reduction = nest.loops[loop].reduction;
    std::optional<int64_t> extent = getConstantIntValue(nest.loops[loop].extent);
    PointBody::Shape shape = nest.body->shapeAlong(loop, uniformAlong(loop));
    if (!shape.vectorizable || (reduction && !canReduceAlong()) || (extent && *extent < 2) ||
        (other >= 0 && !canTranspose(loop, other, shape.cost)) ||
        !llvm::all_of(nest.accesses, [&](const Access &access) {
          return isTransposed(access, loop, other) || canMaskGuards(access, loop);
        }))
      return result;
    int64_t widest = shape.widest;
    for (const Access &access : nest.accesses)
      if (access.isMemory() && access.used && !access.isInvariant(loop))
        widest = std::max(widest, elementBytes(access.view.element));
    for (const Access &access : nest.outputAccesses())
      widest = std::max(widest, elementBytes(access.view.element));
    result.vectorLoop = loop;
    result.transposedLoop = other;
    for (const Access &access : llvm::ArrayRef(nest.accesses).take_front(nest.inputs))
      result.transposed.push_back(isTransposed(access, loop, other));
    result.lanes = std::min<int64_t>(other < 0 ? 64 : 16, k.target.vectorBytes / widest);
    // Bits are written a byte at a time: several registers make a vector where one has fewer lanes. The order of a sum is not
    // a matter of how its bools are kept.
    if (!reduction && llvm::any_of(nest.accesses, [&](const Access &access) {
          return access.isBits() && !access.isInvariant(loop);
        }))
      result.lanes = std::max<int64_t>(result.lanes, 8);
    result.maskedTail = canMaskTail(loop, other);
    if (extent && *extent < result.lanes)
      result.lanes = result.maskedTail ? llvm::PowerOf2Ceil(*extent) : llvm::bit_floor<uint64_t>(*extent);
    result.unroll = other < 0 ? unrollOf(loop, result.lanes, shape.cost) : 1;
    return result;
  }

  /// Whether each guard of the access holds for all lanes or none, or becomes a mask of contiguous lanes.
  bool canMaskGuards(const Access &access, unsigned loop) const {
    return llvm::all_of(access.guards, [&](const Access::Guard &guard) {
      if (!guard.expr.isFunctionOfDim(loop))
        return true;
      std::optional<LinearExpr> linear = linearOf(guard.expr, nest.loops.size());
      return linear && linear->coefficients[loop] == 1 && access.constantStride(loop) == 1 &&
             k.target.hasMaskedMemory(access.view.element);
    });
  }

  /// Whether the access can be masked; that of a bit where a byte could, if the order of a sum depends on it.
  bool canMask(const Access &access, unsigned loop) const {
    bool isOrdered = access.isBits() && nest.loops[loop].reduction;
    return k.target.hasMaskedMemory(isOrdered ? k.b.getI8Type() : access.view.element);
  }

  /// Whether every access along the loop can be masked: contiguous, or read from equal or a few steps apart.
  bool canMaskTail(unsigned loop, int other) const {
    for (auto [index, access] : llvm::enumerate(nest.accesses)) {
      bool isOutput = index >= nest.inputs;
      if (access.isInvariant(loop) || (!isOutput && !access.used))
        continue;
      std::optional<int64_t> stride = access.constantStride(loop);
      bool strided = (stride && *stride >= 1 && *stride <= (isOutput ? 1 : maxStridedLoad)) ||
                     (!isOutput && access.repetitionsAlong(loop));
      if ((!strided && !isTransposed(access, loop, other)) || !canMask(access, loop))
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
    if (!isOutput && isTransposed(access, loop, schedule.transposedLoop))
      return 1 + llvm::Log2_64(schedule.lanes);
    std::optional<int64_t> stride = access.constantStride(loop);
    if (stride == 0)
      return 0.25;
    if (stride == 1)
      return 1;
    if (stride == -1 || (!isOutput && access.repetitionsAlong(loop)))
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
    // Lanes that are not points. A run-time size, such as that of a batch, may well be small.
    if (!extent)
      points /= 2;
    else if (schedule.maskedTail)
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

  /// A block has as many copies of the body as a vector has lanes.
  static constexpr int64_t maxTransposedBody = 32;

  const LoopNest &nest;
  KernelBuilder &k;
};
} // namespace

Schedule schedule(const LoopNest &nest, KernelBuilder &k) { return Scheduler(nest, k).run(); }

} // namespace ingot::codegen
