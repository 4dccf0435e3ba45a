#include "codegen/vector/ContractPlan.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <cmath>

using namespace mlir;

namespace ingot::codegen {

LaneAccess laneAccess(ContractDomain &domain, const OperandAccess &access, std::optional<unsigned> vector) {
  if (!vector || !access.dependsOn(*vector))
    return {LaneAccess::Invariant};
  std::optional<int64_t> stride = getConstantIntValue(domain.stride(access, *vector));
  if (stride == 1)
    return {LaneAccess::Contiguous, 1};
  if (stride && *stride > 1 && *stride <= maxLaneStride)
    return {LaneAccess::Strided, *stride};
  return {LaneAccess::Gathered};
}

int64_t accumulatorBudget(const Target &target) { return target.registers - target.registers / 8 - 2; }

int64_t panelVectors(const Target &target) { return target.nr * 4 / target.vectorBytes; }

namespace {

/// A size that only run time knows is taken to be this one.
constexpr int64_t guessedSize = 60;
constexpr int64_t maxTile = 14;

/// Estimates the cycles of a plan on a core that loads two vectors and starts two multiply-adds a cycle.
class CostModel {
public:
  CostModel(ContractDomain &domain, const Target &target) : domain(domain), target(target) {}

  /// Infinite where the plan does not fit the registers or breaks a panel.
  double operator()(const ContractPlan &plan) const {
    if (!isLegal(plan))
      return INFINITY;
    double total = 0;
    forParts(sizeOf(plan.rows), plan.rowTile, [&](int64_t rows, double rowTiles) {
      forParts(sizeOf(plan.columns), plan.columnTile, [&](int64_t columns, double columnTiles) {
        int64_t vectors = llvm::divideCeil(sizeOf(plan.vector), plan.lanes);
        forParts(vectors, plan.vectors, [&](int64_t width, double vectorTiles) {
          total += rowTiles * columnTiles * vectorTiles * stepCycles(plan, rows, columns, width);
        });
      });
    });
    // What is not in the tile is walked outside of it.
    for (unsigned dim : domain.parallel)
      if (plan.rows != dim && plan.columns != dim && plan.vector != dim)
        total *= domain.sizeOr(dim, guessedSize);
    return total;
  }

private:
  int64_t sizeOf(std::optional<unsigned> dim) const { return dim ? domain.sizeOr(*dim, guessedSize) : 1; }

  /// Whole tiles, then what remains.
  static void forParts(int64_t size, int64_t tile, llvm::function_ref<void(int64_t, double)> visit) {
    if (size / tile)
      visit(tile, size / tile);
    if (size % tile)
      visit(size % tile, 1);
  }

  bool isLegal(const ContractPlan &plan) const {
    int64_t accumulators = plan.rowTile * plan.columnTile * plan.vectors;
    int64_t held = std::min(plan.columnTile * plan.vectors, plan.rowTile * plan.vectors);
    if (accumulators > accumulatorBudget(target) || accumulators + held + 1 >= target.registers)
      return false;
    return llvm::all_of(domain.accesses, [&](const OperandAccess &access) {
      auto fits = [&](std::optional<unsigned> dim, int64_t extent) {
        if (!dim)
          return true;
        const OperandAccess::Panel *panel = access.panelOf(*dim);
        return access.allowsTile(*dim, extent) && (!panel || dim == plan.vector || panel->width >= extent);
      };
      // Narrower tails start at multiples of the lanes.
      return fits(plan.rows, plan.rowTile) && fits(plan.columns, plan.columnTile) &&
             fits(plan.vector, plan.lanes) && fits(plan.vector, plan.width());
    });
  }

  double loadSlots(const ContractPlan &plan, const OperandAccess &access, int64_t rows, int64_t columns,
                   int64_t vectors) const {
    double count = (plan.rows && access.dependsOn(*plan.rows) ? rows : 1) *
                   (plan.columns && access.dependsOn(*plan.columns) ? columns : 1);
    LaneAccess lanes = laneAccess(domain, access, plan.vector);
    switch (lanes.kind) {
    case LaneAccess::Invariant: return count;
    case LaneAccess::Contiguous:
      // A vector that no panel aligns straddles two lines, most of the time.
      return count * vectors * (access.isPadded(*plan.vector) ? 1 : 1.5);
    case LaneAccess::Strided:
      if (target.hasMaskedMemory(access.view.element))
        return count * vectors * (3.5 * lanes.stride - 2);
      break;
    case LaneAccess::Gathered: break;
    }
    return count * vectors * 3 * plan.lanes;
  }

  double stepCycles(const ContractPlan &plan, int64_t rows, int64_t columns, int64_t vectors) const {
    double fma = rows * columns * vectors * 0.5;
    double loads = 0.5 * (loadSlots(plan, domain.lhs(), rows, columns, vectors) +
                          loadSlots(plan, domain.rhs(), rows, columns, vectors));
    constexpr double latency = 4;
    // Among tiles that are bound by multiply-adds, the one that loads less is better.
    return std::max({fma, loads, latency}) + 0.1 * loads;
  }

  ContractDomain &domain;
  const Target &target;
};

/// Walks all tiles and keeps the cheapest.
class Search {
public:
  Search(ContractDomain &domain, const Target &target, Type accumulator)
      : domain(domain), cost(domain, target), target(target), lanes(target.lanes(accumulator)) {}

  ContractPlan run(bool vectorize) {
    tryVector(std::nullopt);
    if (vectorize && lanes > 1)
      for (unsigned dim : domain.parallel)
        if (domain.sizes[dim] != OpFoldResult(domain.k.index(0)))
          tryVector(dim);
    return best;
  }

private:
  void tryVector(std::optional<unsigned> vector) {
    ContractPlan plan;
    plan.vector = vector;
    plan.lanes = vector ? lanes : 1;
    // Elements of out that are apart are stored one by one.
    if (vector && laneAccess(domain, domain.out(), vector).kind != LaneAccess::Contiguous)
      return;
    bool fromLhs = vector && domain.lhs().dependsOn(*vector);
    const OperandAccess &columnSide = fromLhs ? domain.lhs() : domain.rhs();
    const OperandAccess &rowSide = fromLhs ? domain.rhs() : domain.lhs();
    auto candidates = [&](const OperandAccess &moved, const OperandAccess &kept) {
      SmallVector<std::optional<unsigned>> dims = {std::nullopt};
      for (unsigned dim : domain.parallel)
        if (dim != vector && moved.dependsOn(dim) && !kept.dependsOn(dim))
          dims.push_back(dim);
      return dims;
    };
    for (std::optional<unsigned> rows : candidates(rowSide, columnSide))
      for (std::optional<unsigned> columns : candidates(columnSide, rowSide)) {
        plan.rows = rows;
        plan.columns = columns;
        tryTiles(plan);
      }
  }

  void tryTiles(ContractPlan plan) {
    auto limit = [&](std::optional<unsigned> dim) {
      return dim ? std::min(maxTile, std::max<int64_t>(domain.sizeOr(*dim, maxTile), 1)) : 1;
    };
    int64_t maxVectors = plan.vector ? panelVectors(target) : 1;
    for (plan.rowTile = 1; plan.rowTile <= limit(plan.rows); ++plan.rowTile)
      for (plan.columnTile = 1; plan.columnTile <= limit(plan.columns); ++plan.columnTile)
        for (plan.vectors = 1; plan.vectors <= maxVectors; ++plan.vectors)
          if (double cycles = cost(plan); cycles < bestCycles) {
            best = plan;
            bestCycles = cycles;
          }
  }

  ContractDomain &domain;
  CostModel cost;
  const Target &target;
  int64_t lanes;
  ContractPlan best;
  double bestCycles = INFINITY;
};

/// Elements that one pass over the tiled and the summed dimensions reads.
double footprint(const ContractDomain &domain, const ContractPlan &plan, const OperandAccess &access) {
  double elements = 1;
  for (unsigned dim : domain.reduction)
    if (access.dependsOn(dim))
      elements *= domain.sizeOr(dim, guessedSize);
  for (std::optional<unsigned> dim : {plan.rows, plan.columns, plan.vector})
    if (dim && access.dependsOn(*dim))
      elements *= domain.sizeOr(*dim, guessedSize);
  return elements * elementBytes(access.view.element);
}

} // namespace

ContractPlan planContraction(ContractDomain &domain, const Target &target, Type accumulator, bool vectorize) {
  ContractPlan plan = Search(domain, target, accumulator).run(vectorize);
  plan.maskedTails = plan.vector && llvm::all_of(domain.accesses, [&](const OperandAccess &access) {
                       return target.hasMaskedMemory(access.view.element);
                     });
  if (plan.rows && (plan.columns || plan.vector)) {
    constexpr double cache = 512 << 10;
    bool lhsMoves = domain.lhs().dependsOn(*plan.rows);
    double rows = footprint(domain, plan, lhsMoves ? domain.lhs() : domain.rhs()),
           columns = footprint(domain, plan, lhsMoves ? domain.rhs() : domain.lhs());
    plan.rowsOutside = rows > cache && columns <= cache;
  }
  return plan;
}

} // namespace ingot::codegen
