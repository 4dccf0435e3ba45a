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

indexing::Slice::Slice(Bound start, Bound stop, Bound step)
    : first(std::move(start.size)), end(std::move(stop.size)), stride(step.size.value_or(1)) {
  if (stride == 0)
    throw Error("the step of a slice must not be zero");
}
indexing::TensorIndex::TensorIndex(const char *ellipsis) : kind_(Kind::Ellipsis) {
  if (std::string(ellipsis) != "...")
    throw Error("Expected \"...\" to represent an ellipsis index, but got \"" + std::string(ellipsis) + "\"");
}
indexing::TensorIndex::TensorIndex(const ingot::Tensor &tensor)
    : kind_(Kind::Tensor), tensor_(std::make_shared<const ingot::Tensor>(tensor)) {}

std::ostream &indexing::operator<<(std::ostream &out, const Slice &slice) {
  auto put = [&](const Size &bound) -> std::ostream & {
    return bound.isNumber() ? out << int64_t(bound) : out << bound;
  };
  put(slice.start()) << ':';
  return put(slice.stop()) << ':' << slice.step();
}
std::ostream &indexing::operator<<(std::ostream &out, const TensorIndex &index) {
  using Kind = TensorIndex::Kind;
  switch (index.kind()) {
  case Kind::None: return out << "None";
  case Kind::Ellipsis: return out << "...";
  case Kind::Integer: return out << index.integer();
  case Kind::Boolean: return out << (index.boolean() ? "true" : "false");
  case Kind::Slice: return out << index.slice();
  case Kind::Tensor: break;
  }
  return out << index.tensor();
}
std::ostream &indexing::operator<<(std::ostream &out, const TensorIndexList &indices) {
  out << '(';
  for (size_t i = 0; i < indices.size(); ++i)
    out << (i ? ", " : "") << indices[i];
  return out << ')';
}

namespace {

/// What is written may have more dimensions than there is room for, of size 1.
Tensor withoutLeadingOnes(Tensor source) {
  while (source.dim() > 0 && Shape(source.size(0)) == Shape(1))
    source = source.squeeze(0);
  return source;
}

void checkGiven(const Site &site, const TensorIndexList &indices) {
  if (indices.empty())
    detail::fail(site.op, site.where,
                 std::string("Passing an empty index list to Tensor::") + site.op + "() is not valid syntax");
}

/// A mask of bytes is one, too, as in PyTorch.
bool isMask(const Tensor &index) {
  return index.defined() && (index.dtype() == kBool || index.dtype() == kUInt8);
}

/// How many dimensions an index takes.
int64_t takenBy(const TensorIndex &index) {
  if (index.is_tensor())
    return isMask(index.tensor()) ? index.tensor().dim() : 1;
  return index.is_integer() || index.is_slice();
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
      switch (each.kind()) {
      case Kind::Integer: view = view.select(next, each.integer(), site.where); break;
      case Kind::Slice:
        view = view.slice(next++, each.slice().givenStart(), each.slice().givenStop(), each.slice().step(),
                          site.where);
        break;
      case Kind::Boolean: next = addBool(next, each.boolean()); break;
      case Kind::None: view = view.unsqueeze(next++, site.where); break;
      case Kind::Ellipsis: next += std::exchange(open, 0); break; // a second one stands for nothing
      case Kind::Tensor: next = addTensor(next, each.tensor()); break;
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

  /// All bools add one dimension: a slice of one element, or of none.
  int64_t addBool(int64_t dim, bool taken) {
    bool isFirst = boolDim < 0;
    if (isFirst) {
      boolDim = dim;
      view = view.unsqueeze(dim, site.where);
    }
    if (!taken)
      view = view.slice(boolDim, 0, 0, 1, site.where);
    return isFirst ? dim + 1 : dim;
  }

  /// Returns the dimension after those that the tensor indexes.
  int64_t addTensor(int64_t dim, const Tensor &index) {
    detail::typeOf(site, index);
    if (isMask(index) && index.dim() == 0)
      return addBool(dim, index.item(site.where).toBool());
    if (!isMask(index)) {
      dims.push_back(dim);
      positions.push_back(detail::positionsOf(site, index));
      return dim + 1;
    }
    if (index.dim() == 0) { // a dimension of one element, which is taken or not
      view = view.unsqueeze(dim, site.where);
      return addTensor(dim, index.view({1}, site.where));
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
    for (const Size &size : indexed)
      if (Shape(size) == Shape(0) && Shape(common.numel()) != Shape(0))
        detail::fail(site.op, site.where, "the index must lie within the size of its dimension, which is 0",
                     "indices of sizes " + common.str());
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
  int64_t boolDim = -1;
};

} // namespace

Tensor Tensor::index(const TensorIndexList &indices, const Where &at) const {
  detail::OpScope scope("index", at);
  Site site{"index", at};
  detail::typeOf(site, *this);
  checkGiven(site, indices);
  Selection selection(site, *this, indices);
  if (!selection.isView())
    return selection.take();
  const Tensor &whole = selection.getView();
  return whole.is_same(*this) ? view(sizes(), at) : whole;
}

Tensor &Tensor::index_put_(const TensorIndexList &indices, const Arg &value, bool accumulate) const {
  detail::OpScope scope("index_put_", value.where);
  Site site{"index_put_", value.where};
  detail::typeOf(site, *this);
  checkGiven(site, indices);
  Selection selection(site, *this, indices);
  const Tensor &view = selection.getView();
  Tensor source = value.isTensor() ? withoutLeadingOnes(*value) : full({}, value.number, dtype());
  if (selection.isView() && accumulate)
    view.add_(Arg(source, site.where));
  else if (selection.isView())
    view.copy_(Arg(source, site.where));
  else
    view.copy_(selection.put(source, accumulate));
  return const_cast<Tensor &>(*this);
}

Tensor Tensor::index_put(const TensorIndexList &indices, const Arg &value, bool accumulate) const {
  detail::OpScope scope("index_put", value.where);
  return clone(value.where).index_put_(indices, value, accumulate);
}

} // namespace ingot
