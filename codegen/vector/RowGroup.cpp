#include "codegen/vector/RowGroup.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace ingot::codegen {
namespace {

/// The leading dimensions that the op goes through in parallel, and from which alone no index is computed.
size_t leadingRows(linalg::LinalgOp op) {
  auto iterators = op.getIteratorTypesArray();
  size_t count = llvm::find(iterators, utils::IteratorType::reduction) - iterators.begin();
  for (AffineMap map : op.getIndexingMapsArray())
    for (AffineExpr expr : map.getResults())
      for (size_t dim = 0; dim < count && !isa<AffineDimExpr>(expr); ++dim)
        if (expr.isFunctionOfDim(dim))
          count = dim;
  op.getBlock()->walk([&](Operation *inner) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner))
      count = std::min<size_t>(count, index.getDim());
    else if (isa<memref::LoadOp>(inner))
      count = 0;
  });
  return count;
}

bool writes(linalg::LinalgOp op, Value memref) { return llvm::is_contained(op.getDpsInits(), memref); }

} // namespace

/// Whether all of the op's operands that are `memref` have the rows as their first dimensions.
bool RowGroup::meetsRows(linalg::LinalgOp op, Value memref, size_t count) const {
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    if (!views.knows(operand.get()) || !views.same(operand.get(), memref))
      return true;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (size_t dim = 0; dim < count; ++dim)
      if (dim >= map.getNumResults() || map.getResult(dim) != getAffineDimExpr(dim, map.getContext()))
        return false;
    return true;
  });
}

bool RowGroup::isIndependent(linalg::LinalgOp op, linalg::LinalgOp earlier, size_t count) const {
  for (Value x : op->getOperands())
    for (Value y : earlier->getOperands()) {
      if (!views.knows(x) || !views.knows(y) || !(writes(op, x) || writes(earlier, y)) ||
          !views.mayOverlap(x, y))
        continue;
      if (!views.same(x, y) || !meetsRows(op, x, count) || !meetsRows(earlier, y, count))
        return false;
    }
  return true;
}

bool RowGroup::add(Member member) {
  size_t count = leadingRows(member.op);
  if (!list.empty())
    count = std::min(count, rows.size());
  SmallVector<OpFoldResult> extents(count);
  for (OpOperand &operand : member.op->getOpOperands()) {
    if (!views.knows(operand.get()))
      continue;
    View view = views.of(operand.get()).front();
    AffineMap map = member.op.getMatchingIndexingMap(&operand);
    for (auto [expr, size] : llvm::zip_equal(map.getResults(), view.sizes))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        if (dim.getPosition() < count && (!extents[dim.getPosition()] || isa<Attribute>(size)))
          extents[dim.getPosition()] = size;
  }
  for (size_t dim = 0; dim < count; ++dim)
    if (!extents[dim] || (!list.empty() && !sizes.equal(extents[dim], rows[dim])))
      count = dim;
  bool fits = count > 0 && llvm::all_of(list, [&](const Member &earlier) {
                return isIndependent(member.op, earlier.op, count);
              });
  if (!fits)
    return false;
  extents.truncate(count);
  rows = extents;
  list.push_back(std::move(member));
  return true;
}

/// A row that is long enough for loops of its own, of memory so large that it is gone when the next op comes.
bool RowGroup::isWorthKeeping(Value memref) const {
  constexpr int64_t longRow = 64, mostRowBytes = 128 << 10;
  const int64_t cachedBytes = target.cacheBytes / 2; // the rest is for what else the ops touch
  View view = views.of(memref).front();
  int64_t row = 1, bytes = elementBytes(view.element);
  std::optional<int64_t> all = 1;
  for (auto [dim, size] : llvm::enumerate(view.sizes)) {
    std::optional<int64_t> extent = getConstantIntValue(size);
    if (dim >= rows.size() && !extent)
      return false;
    if (dim >= rows.size())
      row *= *extent;
    all = all && extent ? std::optional(*all * *extent) : std::nullopt;
  }
  return row >= longRow && row * bytes <= mostRowBytes && (!all || *all * bytes > cachedBytes);
}

bool RowGroup::pays() const {
  auto ops = llvm::map_to_vector(list, [](const Member &member) { return member.op; });
  if (llvm::none_of(ops, [](linalg::LinalgOp op) { return op.getNumReductionLoops() > 0; }))
    return false;
  for (size_t i = 0; i < ops.size(); ++i)
    for (size_t j = i + 1; j < ops.size(); ++j)
      for (Value x : ops[i]->getOperands())
        for (Value y : ops[j]->getOperands())
          if (views.knows(x) && views.knows(y) && views.same(x, y) && isWorthKeeping(x) &&
              meetsRows(ops[i], x, rows.size()) && meetsRows(ops[j], y, rows.size()))
            return true;
  return false;
}

} // namespace ingot::codegen
