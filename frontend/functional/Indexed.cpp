#include "frontend/functional/Indexed.h"
#include "frontend/core/Reading.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <cstring>
#include <numeric>

using namespace mlir;

namespace ingot::detail {
namespace {

llvm::SmallVector<NamedAttribute> placing(int64_t dim, const std::vector<int64_t> &dims,
                                          Positions positions) {
  llvm::SmallVector<NamedAttribute> attributes = {attr("dim", dim), attr("dims", dims)};
  if (positions == Positions::InBounds)
    attributes.push_back(unitAttr("inbounds"));
  return attributes;
}

} // namespace

Tensor gather(const Site &site, const Tensor &x, int64_t dim, const Tensor &index,
              const std::vector<int64_t> &dims, Positions positions) {
  RecordLock lock;
  return recordOp(site, "ingot.gather", {valueOf(site, x), valueOf(site, index)},
                  placing(dim, dims, positions));
}

Tensor scatter(const Site &site, const char *kind, const Tensor &into, int64_t dim, const Tensor &index,
               const Tensor &x, const std::vector<int64_t> &dims, Positions positions) {
  RecordLock lock;
  llvm::SmallVector<NamedAttribute> attributes = placing(dim, dims, positions);
  attributes.push_back(attr("kind", llvm::StringRef(kind)));
  return recordOp(site, "ingot.scatter", {valueOf(site, into), valueOf(site, index), valueOf(site, x)},
                  attributes);
}

Tensor argsort(const Site &site, const Tensor &x, int64_t dim, bool descending) {
  RecordLock lock;
  llvm::SmallVector<NamedAttribute> attributes = {attr("dim", dim)};
  if (descending)
    attributes.push_back(unitAttr("descending"));
  Tensor keys = x.dtype() == kUInt8 ? x.to(kInt32) : x; // the op compares signed integers
  return recordOp(site, "ingot.argsort", valueOf(site, keys), attributes);
}

Tensor cumulative(const Site &site, const char *op, const Tensor &x, int64_t dim) {
  RecordLock lock;
  return recordOp(site, op, valueOf(site, x), attr("dim", dim));
}

Tensor positionsOf(const Site &site, const Tensor &index) {
  typeOf(site, index);
  if (!isIntegralType(index.dtype()))
    fail(site.op, site.where, "positions must be int64", describe(index));
  return index.to(kInt64, site.where);
}

Tensor checkedPositions(const Site &site, const Tensor &index, const Size &size) {
  Tensor places = ingot::arange(Scalar(size), kInt64);
  return gather(site, places, 0, index.flatten(0, -1, site.where), {0}).view(index.sizes(), site.where);
}

Tensor require(const Site &site, const Tensor &x, const Tensor &holds, const char *what) {
  RecordLock lock;
  Tensor list = holds.reshape({-1});
  return recordOp(site, "ingot.require", {valueOf(site, x), valueOf(site, list)},
                  attr("what", llvm::StringRef(what)));
}

Tensor wrapPositions(const Tensor &index, const Size &size) {
  return ingot::where(index < Scalar::constant(0), index + Scalar::constant(Scalar(size)), index);
}

std::vector<int64_t> allDims(int64_t rank) {
  std::vector<int64_t> dims(static_cast<size_t>(rank));
  std::iota(dims.begin(), dims.end(), 0);
  return dims;
}

Tensor ofNumbers(const std::vector<int64_t> &numbers, const Shape &sizes) {
  auto storage = std::make_shared<Storage>(typeOf(sizes, kInt64));
  storage->buffer = std::make_shared<Buffer>(numbers.size() * sizeof(int64_t));
  if (!numbers.empty())
    std::memcpy(storage->buffer->data, numbers.data(), storage->buffer->bytes);
  auto type = storage->type;
  return Tensor(std::make_shared<TensorImpl>(std::move(storage), type));
}

std::vector<int64_t> positionsOfNonZero(const Site &site, const Tensor &x) {
  Tensor isSet = x.dtype() == kBool ? x : x != Scalar::constant(0);
  BufferRef elements = elementsOf(site, isSet);
  const char *set = static_cast<const char *>(elements->data);
  std::vector<int64_t> positions;
  for (int64_t i = 0, n = isSet.numel(); i < n; ++i)
    if (set[i])
      positions.push_back(i);
  return positions;
}

Tensor asList(const Tensor &x) { return x.dim() == 0 ? x.view({1}) : x; }

} // namespace ingot::detail
