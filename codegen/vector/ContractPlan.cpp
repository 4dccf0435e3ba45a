#include "codegen/vector/ContractPlan.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <cmath>

using namespace mlir;

namespace ingot::codegen {

LaneAccess laneAccess(ContractDomain &domain, const OperandAccess &access, std::optional<unsigned> vector) {
  if (!vector || !access.dependsOn(*vector))
    return {LaneAccess::Invariant};
  if (const OperandAccess::Panel *panel = access.panelOf(*vector); panel && panel->joined) {
    if (getConstantIntValue(panel->remainder) == 1)
      return {LaneAccess::Rows, panel->width};
    return {LaneAccess::Gathered};
  }
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

/// A vector that no panel aligns straddles two lines, most of the time.
constexpr double straddling = 2;
constexpr int64_t maxTile = 14, maxVectorTile = 8;

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
    // A tile over a size that only run time knows needs kernels for its remainders.
    constexpr double remainders = 1.02;
    for (auto [dim, tile] : {std::pair(plan.rows, plan.rowTile), std::pair(plan.columns, plan.columnTile)})
      if (dim && tile > 1 && !getConstantIntValue(domain.sizes[*dim]))
        total *= remainders;
    // What is not in the tile is walked outside of it.
    for (unsigned dim : domain.parallel)
      if (plan.isOutside(dim))
        total *= domain.sizeOr(dim, guessedSize);
    return total;
  }

private:
  int64_t sizeOf(std::optional<unsigned> dim) const { return dim ? domain.sizeOr(*dim, guessedSize) : 1; }

  /// Whole tiles, then what remains.
  static void forParts(int64_t size, int64_t tile, llvm::function_ref<void(int64_t, double)> visit) {
    if (int64_t whole = size / tile)
      visit(tile, static_cast<double>(whole));
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
        return access.allowsTile(*dim, extent, domain.sizeOr(*dim, INT64_MAX)) &&
               (!panel || dim == plan.vector || panel->width >= extent);
      };
      // Narrower tails start at multiples of the lanes; joined dimensions have none.
      const OperandAccess::Panel *panel = plan.vector ? access.panelOf(*plan.vector) : nullptr;
      return fits(plan.rows, plan.rowTile) && fits(plan.columns, plan.columnTile) &&
             ((panel && panel->joined) || fits(plan.vector, plan.lanes)) && fits(plan.vector, plan.width());
    });
  }

  double loadSlots(const ContractPlan &plan, const OperandAccess &access, int64_t rows, int64_t columns,
                   int64_t vectors) const {
    double count = (plan.rows && access.dependsOn(*plan.rows) ? rows : 1) *
                   (plan.columns && access.dependsOn(*plan.columns) ? columns : 1);
    LaneAccess lanes = laneAccess(domain, access, plan.vector);
    switch (lanes.kind) {
    case LaneAccess::Invariant: return count;
    case LaneAccess::Contiguous: return count * vectors * (access.isPadded(*plan.vector) ? 1 : straddling);
    case LaneAccess::Rows: return count * partsOfRows(plan, lanes.stride, vectors) * straddling;
    case LaneAccess::Strided:
      if (target.hasMaskedMemory(access.view.element))
        return count * vectors * (3.5 * lanes.stride - 2);
      break;
    case LaneAccess::Gathered: break;
    }
    return count * vectors * 3 * plan.lanes;
  }

  /// Loads of `vectors` vectors that lie in rows of `width` elements.
  static double partsOfRows(const ContractPlan &plan, int64_t width, int64_t vectors) {
    int64_t parts = 0;
    for (int64_t vector = 0; vector < vectors; ++vector)
      parts += ((vector + 1) * plan.lanes - 1) / width - vector * plan.lanes / width + 1;
    return parts;
  }

  /// Putting the parts of a vector together takes the place of a multiply-add each.
  double blendSlots(const ContractPlan &plan, const OperandAccess &access, int64_t columns,
                    int64_t vectors) const {
    LaneAccess lanes = laneAccess(domain, access, plan.vector);
    if (lanes.kind != LaneAccess::Rows)
      return 0;
    double count = plan.columns && access.dependsOn(*plan.columns) ? columns : 1;
    return count * (partsOfRows(plan, lanes.stride, vectors) - vectors);
  }

  double stepCycles(const ContractPlan &plan, int64_t rows, int64_t columns, int64_t vectors) const {
    double fma = 0.5 * (rows * columns * vectors + blendSlots(plan, domain.lhs(), columns, vectors) +
                        blendSlots(plan, domain.rhs(), columns, vectors));
    double loads = 0.5 * (loadSlots(plan, domain.lhs(), rows, columns, vectors) +
                          loadSlots(plan, domain.rhs(), rows, columns, vectors));
    constexpr double latency = 4;
    // Loads are not all hidden behind multiply-adds: some miss the first cache.
    return std::max({fma, loads, latency}) + 0.5 * loads;
  }

  ContractDomain &domain;
  const Target &target;
};

/// Walks all tiles and keeps the cheapest.
class Search {
public:
  Search(const Target &target, Type accumulator) : target(target), lanes(target.lanes(accumulator)) {}

  /// What the domain offers as it is, or with two of its dimensions joined.
  void visit(ContractDomain &domain, std::optional<std::pair<unsigned, unsigned>> joined, bool vectorize) {
    this->joined = joined;
    if (!joined)
      tryVector(domain, std::nullopt);
    if (!vectorize || lanes <= 1)
      return;
    for (unsigned dim : domain.parallel)
      if ((!joined || dim == joined->second) && getConstantIntValue(domain.sizes[dim]) != 0)
        tryVector(domain, dim);
  }

  ContractPlan best;

private:
  void tryVector(ContractDomain &domain, std::optional<unsigned> vector) {
    ContractPlan plan;
    plan.joined = joined;
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
    SmallVector<std::optional<unsigned>> rowDims = candidates(rowSide, columnSide),
                                         columnDims = candidates(columnSide, rowSide);
    for (auto [index, rows] : llvm::enumerate(rowDims)) {
      plan.rows = rows;
      SmallVector<std::optional<unsigned>> second(columnDims);
      if (rows) // two dimensions of the same side: the window of a gradient
        second.append(rowDims.begin() + index + 1, rowDims.end());
      for (std::optional<unsigned> columns : second) {
        plan.columns = columns;
        tryTiles(domain, plan);
      }
    }
  }

  void tryTiles(ContractDomain &domain, ContractPlan plan) {
    CostModel cost(domain, target);
    auto limit = [&](std::optional<unsigned> dim) {
      return dim ? std::min(maxTile, std::max<int64_t>(domain.sizeOr(*dim, maxTile), 1)) : 1;
    };
    int64_t maxVectors = plan.vector ? maxVectorTile : 1;
    for (plan.rowTile = 1; plan.rowTile <= limit(plan.rows); ++plan.rowTile)
      for (plan.columnTile = 1; plan.columnTile <= limit(plan.columns); ++plan.columnTile)
        for (plan.vectors = 1; plan.vectors <= maxVectors; ++plan.vectors)
          if (double cycles = cost(plan); cycles < bestCycles) {
            best = plan;
            bestCycles = cycles;
          }
  }

  const Target &target;
  int64_t lanes;
  std::optional<std::pair<unsigned, unsigned>> joined;
  double bestCycles = INFINITY;
};

/// Bytes of `access` that the summed dimensions and one step of the others move through.
int64_t bytesOfSum(const ContractDomain &domain, const OperandAccess &access) {
  int64_t bytes = elementBytes(access.view.element);
  for (unsigned dim : domain.reduction)
    if (access.dependsOn(dim))
      bytes *= domain.sizeOr(dim, guessedSize);
  return bytes;
}

/// A block of rows that stays in cache while all columns pass by, if not all rows do and columns are many.
int64_t chooseRowBlock(const ContractDomain &domain, const ContractPlan &plan, const Target &target) {
  if (!plan.rows || !plan.vector || domain.sizeOr(*plan.vector, guessedSize) < 4 * plan.width())
    return 0;
  const OperandAccess &moved = domain.lhs().dependsOn(*plan.rows) ? domain.lhs() : domain.rhs();
  int64_t tiles = target.cacheBytes / std::max<int64_t>(bytesOfSum(domain, moved), 1) / plan.rowTile;
  // Every block reads all panels again: below this many tiles that costs more than to read all rows for each panel.
  constexpr int64_t enoughTiles = 16;
  if (tiles < enoughTiles)
    return 0;
  int64_t rows = tiles * plan.rowTile;
  // A remainder that is no block of its own is not worth its code.
  return domain.sizeOr(*plan.rows, INT64_MAX) >= 2 * rows ? rows : 0;
}

/// Bytes that an operand takes in memory.
int64_t bytesOf(const OperandAccess &access) {
  int64_t bytes = elementBytes(access.view.element);
  for (OpFoldResult size : access.view.sizes)
    bytes *= getConstantIntValue(size).value_or(guessedSize);
  return bytes;
}

/// Panels that do not all stay in cache are read from memory for each index outside of the tile, if they are not the outer loop;
/// if they are, each of them meets the whole other operand.
bool choosePanelsOutside(const ContractDomain &domain, const ContractPlan &plan, const Target &target) {
  if (!plan.vector || domain.lhs().dependsOn(*plan.vector) == domain.rhs().dependsOn(*plan.vector))
    return false;
  const OperandAccess &panels = plan.vectorSide(domain), &other = plan.otherSide(domain);
  if (bytesOf(panels) <= target.cacheBytes)
    return false;
  double times = 1, turns = llvm::divideCeil(domain.sizeOr(*plan.vector, guessedSize), plan.width());
  for (unsigned dim : domain.parallel)
    if (plan.isOutside(dim) && !panels.dependsOn(dim))
      times *= domain.sizeOr(dim, guessedSize);
  double otherBytes = bytesOf(other);
  return (otherBytes > target.cacheBytes ? turns : 1) * otherBytes < (times - 1) * bytesOf(panels);
}

/// Panels that do not all stay in cache are fetched before their turn, if tiles of rows are there to spread the fetch over.
int64_t chooseFetchTiles(const ContractDomain &domain, const ContractPlan &plan, const Target &target) {
  if (!plan.rows || !plan.vector)
    return 0;
  const OperandAccess &access = plan.vectorSide(domain);
  const OperandAccess::Panel *panel = access.panelOf(*plan.vector);
  bool stepsEvenly = llvm::all_of(domain.reduction, [&](unsigned dim) {
    return getConstantIntValue(access.strides[dim]) && !access.panelOf(dim) && !access.isIrregular(dim);
  });
  if (!access.isPadded(*plan.vector) || panel->width != plan.width() || !stepsEvenly ||
      bytesOfSum(domain, access) * domain.sizeOr(*plan.vector, guessedSize) <= target.cacheBytes)
    return 0;
  constexpr int64_t enoughTiles = 4, guessedTiles = 8, manyTiles = 64;
  int64_t rows = plan.rowBlock ? plan.rowBlock : domain.sizeOr(*plan.rows, guessedTiles * plan.rowTile),
          tiles = rows / plan.rowTile;
  for (unsigned dim : domain.parallel)
    if (plan.isOutside(dim) && plan.isInsidePanel(domain, dim))
      tiles *= domain.sizeOr(dim, guessedTiles);
  // Beside many tiles a panel's first use weighs little.
  return tiles >= enoughTiles && tiles <= manyTiles ? tiles : 0;
}

/// Where a sum is so long that a panel does not stay in cache from one tile of rows to the next: parts of the sum, for which it
/// does, together with what it is multiplied with.
int64_t chooseSumBlock(const ContractDomain &domain, const ContractPlan &plan, const Target &target) {
  if (!plan.vector || domain.reduction.empty())
    return 0;
  const OperandAccess &panels = plan.vectorSide(domain), &other = plan.otherSide(domain);
  unsigned dim = domain.reduction.front();
  std::optional<int64_t> steps = getConstantIntValue(domain.sizes[dim]);
  int64_t panel = bytesOfSum(domain, panels) * plan.width();
  if (!steps || panel <= 2 * target.cacheBytes || !panels.dependsOn(dim) || !other.dependsOn(dim))
    return 0;
  double all = panel + bytesOf(other);
  int64_t block = std::max<int64_t>(1, *steps * target.cacheBytes / all);
  return block < *steps ? block : 0;
}

} // namespace

const OperandAccess &ContractPlan::vectorSide(const ContractDomain &domain) const {
  return domain.lhs().dependsOn(*vector) ? domain.lhs() : domain.rhs();
}
const OperandAccess &ContractPlan::otherSide(const ContractDomain &domain) const {
  return domain.lhs().dependsOn(*vector) ? domain.rhs() : domain.lhs();
}

bool ContractPlan::isInsidePanel(const ContractDomain &domain, unsigned dim) const {
  return panelsOutside && !vectorSide(domain).dependsOn(dim);
}

ContractPlan planContraction(ContractDomain &domain, const Target &target, Type accumulator, bool vectorize,
                             bool resumable) {
  bool masks = llvm::all_of(domain.accesses, [&](const OperandAccess &access) {
    return target.hasMaskedMemory(access.view.element);
  });
  Search search(target, accumulator);
  search.visit(domain, std::nullopt, vectorize);
  // Parts of rows are put together under masks.
  if (masks)
    for (unsigned inner : domain.parallel)
      for (unsigned outer : domain.parallel)
        if (ContractDomain joined = domain; inner != outer && joined.join(outer, inner))
          search.visit(joined, std::pair(outer, inner), vectorize);
  ContractPlan plan = search.best;
  if (plan.joined)
    domain.join(plan.joined->first, plan.joined->second);
  plan.maskedTails = plan.vector && masks;
  if (resumable)
    plan.sumBlock = chooseSumBlock(domain, plan, target);
  if (plan.sumBlock)
    return plan;
  plan.rowBlock = chooseRowBlock(domain, plan, target);
  plan.panelsOutside = choosePanelsOutside(domain, plan, target);
  plan.fetchTiles = chooseFetchTiles(domain, plan, target);
  return plan;
}

} // namespace ingot::codegen
