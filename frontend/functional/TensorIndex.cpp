// Tensor::index and index_put_.
//
// What is no tensor (numbers, slices, None, ...) makes a view. Of the view the dimensions that tensors index are brought
// together and flattened, and so are the tensors: what remains is one list of positions in one dimension.
#include "frontend/core/Error.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <algorithm>

namespace ingot {

using detail::Site;
using indexing::TensorIndex;
using indexing::TensorIndexList;

indexing::TensorIndex::TensorIndex(const char *ellipsis) : kind(Kind::Ellipsis) {
  if (std::string(ellipsis) != "...")
    throw Error("the only text that is an index is \"...\", got \"" + std::string(ellipsis) + "\"");
}
indexing::TensorIndex::TensorIndex(const ingot::Tensor &tensor)
    : kind(Kind::Tensor), tensor(std::make_shared<const ingot::Tensor>(tensor)) {}

namespace {

/// How many dimensions an index takes.
int64_t takenBy(const TensorIndex &index) {
  using Kind = TensorIndex::Kind;
  if (index.kind == Kind::Tensor)
    return index.tensor->defined() && index.tensor->dtype() == kBool ? index.tensor->dim() : 1;
  return index.kind == Kind::Integer || index.kind == Kind::Slice;
}

/// Tensors of positions for some dimensions of a view.
class Selection {
public:
  Selection(const Site &site, const Tensor &x, const TensorIndexList &indices) : site(site), view(x) {
    using Kind = TensorIndex::Kind;
    int64_t taken = 0;
    for (const TensorIndex &each : indices)
      taken += takenBy(each);
    if (taken > x.dim())
      detail::fail(site.op, site.where,
                   "at most one index for each of the " + std::to_string(x.dim()) + " dimensions is possible",
                   std::to_string(taken));
    int64_t next = 0, open = x.dim() - taken;
    for (const TensorIndex &each : indices)
      switch (each.kind) {
      case Kind::Integer: view = view.select(next, each.integer, site.where); break;
      case Kind::Slice:
        view = view.slice(next++, each.slice.start.size, each.slice.stop.size, each.slice.step, site.where);
        break;
      case Kind::None: view = view.unsqueeze(next++, site.where); break;
      case Kind::Ellipsis: next += std::exchange(open, 0); break; // a second one stands for nothing
      case Kind::Tensor: next = addTensor(next, *each.tensor); break;
      }
  }

  bool isView() const { return dims.empty(); }
  const Tensor &getView() const { return view; }

  /// The elements that are selected.
  Tensor take() {
    Flat flat = flatten();
    Tensor taken = detail::gather(site, flat.list, flat.dim, flat.positions, {flat.dim});
    return taken.view(selectedSizes(flat), site.where);
  }

  /// The view with these elements in the place of those that are selected, or added to them.
  Tensor put(const Tensor &value, bool accumulate) {
    Flat flat = flatten();
    Shape sizes = selectedSizes(flat), rows = flat.list.sizes();
    rows[static_cast<size_t>(flat.dim)] = flat.positions.numel();
    Tensor source = value.to(view.dtype()).expand(sizes, site.where);
    Tensor changed = detail::scatter(site, accumulate ? "add" : "set", flat.list, flat.dim, flat.positions,
                                     source.view(rows, site.where), {flat.dim});
    std::vector<int64_t> back(flat.order.size());
    for (size_t i = 0; i < back.size(); ++i)
      back[static_cast<size_t>(flat.order[i])] = int64_t(i);
    return changed.view(flat.ordered, site.where).permute(back, site.where);
  }

private:
  struct Flat {
    std::vector<int64_t> order; ///< the dimensions of the view, indexed ones side by side
    Shape ordered;              ///< their sizes
    Tensor list;                ///< the view with the indexed dimensions flattened into `dim`
    int64_t dim = 0;
    Tensor positions; ///< a list
  };

  /// Returns the dimension after those that the tensor indexes.
  int64_t addTensor(int64_t dim, const Tensor &index) {
    detail::typeOf(site, index);
    if (index.dtype() != kBool) {
      dims.push_back(dim);
      positions.push_back(detail::positionsOf(site, index));
      return dim + 1;
    }
    for (int64_t i = 0; i < index.dim(); ++i)
      if (Shape(index.sizes()[i]) != Shape(view.sizes()[dim + i]))
        detail::fail(site.op, site.where, "the mask must have the sizes of the dimensions that it is for",
                     index.sizes().str() + " for " + view.sizes().str());
    Tensor rows = nonzero(Arg(index, site.where));
    for (int64_t i = 0; i < index.dim(); ++i) {
      dims.push_back(dim + i);
      positions.push_back(rows.select(1, i, site.where));
    }
    return dim + index.dim();
  }

  Flat flatten() {
    std::vector<Arg> operands;
    for (const Tensor &each : positions)
      operands.emplace_back(each, site.where);
    common = detail::broadcastSizes(site, operands);
    Flat flat;
    bool adjacent = dims.back() - dims.front() + 1 == int64_t(dims.size());
    flat.dim = adjacent ? dims.front() : 0;
    for (int64_t i = 0; i < view.dim(); ++i)
      if (std::ranges::find(dims, i) == dims.end())
        flat.order.push_back(i);
    flat.order.insert(flat.order.begin() + flat.dim, dims.begin(), dims.end());
    Tensor ordered = view.permute(flat.order, site.where);
    flat.ordered = ordered.sizes();
    std::vector<Size> sizes(flat.ordered.begin(), flat.ordered.end());
    auto first = sizes.begin() + flat.dim, last = first + int64_t(dims.size());
    std::vector<Size> indexed(first, last);
    *first = Shape(indexed).numel();
    sizes.erase(first + 1, last);
    flat.list = ordered.view(sizes, site.where);
    flat.positions = linear(indexed).expand(common, site.where).flatten(0, -1, site.where);
    return flat;
  }

  /// One position instead of one a dimension; -1 where one of them is out of range.
  Tensor linear(const std::vector<Size> &indexed) {
    Tensor result = detail::wrapPositions(positions[0], indexed[0]);
    if (positions.size() == 1)
      return result;
    auto inside = [](const Tensor &index, const Size &size) {
      return logical_and(ge(index, Scalar::constant(0)), lt(index, Scalar::constant(Scalar(size))));
    };
    Tensor ok = inside(result, indexed[0]);
    for (size_t i = 1; i < positions.size(); ++i) {
      Tensor next = detail::wrapPositions(positions[i], indexed[i]);
      ok = logical_and(ok, inside(next, indexed[i]));
      result = result * Scalar::constant(Scalar(indexed[i])) + next;
    }
    return where(ok, result, Scalar::constant(-1));
  }

  /// The sizes of what is selected: those of the positions in the place of the indexed dimensions.
  Shape selectedSizes(const Flat &flat) const {
    std::vector<Size> sizes(flat.list.sizes().begin(), flat.list.sizes().end());
    sizes.erase(sizes.begin() + flat.dim);
    sizes.insert(sizes.begin() + flat.dim, common.begin(), common.end());
    return sizes;
  }

  Site site;
  Tensor view;
  std::vector<int64_t> dims;
  TensorList positions;
  Shape common;
};

} // namespace

Tensor Tensor::index(const TensorIndexList &indices, const Where &at) const {
  detail::OpScope scope("index", at);
  Site site{"index", at};
  detail::typeOf(site, *this);
  Selection selection(site, *this, indices);
  return selection.isView() ? selection.getView() : selection.take();
}

Tensor &Tensor::index_put_(const TensorIndexList &indices, const Arg &value, bool accumulate) const {
  detail::OpScope scope("index_put_", value.where);
  Site site{"index_put_", value.where};
  detail::typeOf(site, *this);
  Selection selection(site, *this, indices);
  const Tensor &view = selection.getView();
  if (selection.isView() && accumulate)
    view.add_(value);
  else if (selection.isView())
    view.copy_(value);
  else
    view.copy_(selection.put(value.isTensor() ? *value : full({}, value.number, dtype()), accumulate));
  return const_cast<Tensor &>(*this);
}

Tensor Tensor::index_put(const TensorIndexList &indices, const Arg &value, bool accumulate) const {
  detail::OpScope scope("index_put", value.where);
  return clone(value.where).index_put_(indices, value, accumulate);
}

} // namespace ingot
