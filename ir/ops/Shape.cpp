#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/TensorValue.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

//===--- broadcast ----------------------------------------------------------------------------------------------===//

LogicalResult BroadcastOp::verify() {
  auto from = sizesOf(getX().getType()), to = sizesOf(getY().getType());
  bool ok = from.size() <= to.size() && getElementTypeOrSelf(getX()) == getElementTypeOrSelf(getY());
  for (size_t i = 0; ok && i < from.size(); ++i)
    ok = from[i] == to[to.size() - from.size() + i] || from[i] == sizes::Expr(1);
  if (!ok)
    return emitOpError("cannot repeat ")
           << describe(getX().getType()) << " to " << describe(getY().getType());
  return success();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  return getX().getType() == getY().getType() ? getX() : Value();
}

AffineMap BroadcastOp::getIndexMap() {
  auto from = sizesOf(getX().getType()), to = sizesOf(getY().getType());
  SmallVector<AffineExpr> index;
  for (auto [i, size] : llvm::enumerate(from)) {
    size_t at = to.size() - from.size() + i;
    index.push_back(size == to[at] ? getAffineDimExpr(at, getContext())
                                   : getAffineConstantExpr(0, getContext()));
  }
  return AffineMap::get(to.size(), 0, index, getContext());
}

LogicalResult BroadcastOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  auto from = sizesOf(getX().getType()), to = sizesOf(getY().getType());
  int64_t added = to.size() - from.size();
  SmallVector<int64_t> repeated;
  for (int64_t i = 0; i < int64_t(to.size()); ++i)
    if (i < added || from[i - added] != to[i])
      repeated.push_back(i);
  grads.push_back(reshape(sum(TensorValue(b, getLoc(), cotangents[0]), repeated), from).value);
  return success();
}

//===--- reshape ------------------------------------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  Type x = getX().getType(), y = getY().getType();
  if (getElementTypeOrSelf(x) != getElementTypeOrSelf(y))
    return emitOpError("must keep the element type: operand is ")
           << describe(x) << ", result is " << describe(y);
  return checkSizes(getOperationName(), getLoc(), [&]() -> LogicalResult {
    sizes::Expr from = numElements(sizesOf(x)), to = numElements(sizesOf(y));
    if (from == to)
      return success();
    return emitOpError("must keep the number of elements: ")
           << describe(x) << " has " << from.str() << ", " << describe(y) << " has " << to.str();
  });
}

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getX().getType() == getY().getType())
    return getX();
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    getXMutable().assign(inner.getX());
    return getY();
  }
  return {};
}

LogicalResult ReshapeOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(reshape(TensorValue(b, getLoc(), cotangents[0]), sizesOf(getX().getType())).value);
  return success();
}

AffineMap ReshapeOp::getIndexMap() {
  auto from = sizesOf(getX().getType()), to = sizesOf(getY().getType());
  const sizes::Expr one = 1;
  SmallVector<AffineExpr> index;
  size_t next = 0;
  auto skipOnes = [&] {
    while (next < to.size() && to[next] == one)
      ++next;
  };
  for (const sizes::Expr &size : from) {
    if (size == one) {
      index.push_back(getAffineConstantExpr(0, getContext()));
      continue;
    }
    skipOnes();
    if (next == to.size() || to[next] != size)
      return {};
    index.push_back(getAffineDimExpr(next++, getContext()));
  }
  skipOnes();
  return next == to.size() ? AffineMap::get(to.size(), 0, index, getContext()) : AffineMap();
}

// A view where dimensions are merged or split; else two of them, through one dimension. Nothing is moved.
FailureOr<SmallVector<Value>> ReshapeOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  auto from = sizesOf(getX().getType()), to = sizesOf(getY().getType());
  auto element = cast<RankedTensorType>(in[0].getType()).getElementType();
  auto collapse = [&](Value x, ArrayRef<sizes::Expr> sizes, ArrayRef<ReassociationIndices> parts) -> Value {
    return tensor::CollapseShapeOp::create(b, getLoc(), size.lowered(tensorOf(sizes, element)), x, parts);
  };
  auto expand = [&](Value x, ArrayRef<ReassociationIndices> parts) -> Value {
    return tensor::ExpandShapeOp::create(b, getLoc(), size.lowered(getY().getType()), x, parts,
                                         size.sizes(b, getLoc(), getY().getType()));
  };
  if (from == to)
    return SmallVector<Value>{in[0]};
  if (auto parts = splitOf(to, from))
    return SmallVector<Value>{collapse(in[0], to, *parts)};
  if (auto parts = splitOf(from, to))
    return SmallVector<Value>{expand(in[0], *parts)};
  std::vector<sizes::Expr> flat = {numElements(from)};
  auto all = [](size_t rank) {
    return SmallVector<ReassociationIndices>{llvm::to_vector<2>(llvm::seq<int64_t>(rank))};
  };
  return SmallVector<Value>{expand(collapse(in[0], flat, all(from.size())), all(to.size()))};
}

//===--- transpose, reverse -------------------------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto sizes = sizesOf(adaptor.getX().getType());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  if (permutation.size() != sizes.size() || !isPermutationVector(permutation))
    return emitOptionalError(loc, "ingot.transpose: permutation must name each of the ", sizes.size(),
                             " dimensions once, got [", permutation, "]");
  std::vector<sizes::Expr> result;
  for (int64_t dim : permutation)
    result.push_back(sizes[dim]);
  types.push_back(tensorOf(result, getElementTypeOrSelf(adaptor.getX())));
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (llvm::equal(getPermutation(), llvm::seq<int64_t>(getPermutation().size())))
    return getX();
  if (auto inner = getX().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> composed;
    for (int64_t dim : getPermutation())
      composed.push_back(inner.getPermutation()[dim]);
    getXMutable().assign(inner.getX());
    setPermutation(composed);
    return getY();
  }
  return {};
}

AffineMap TransposeOp::getIndexMap() {
  return inversePermutation(AffineMap::getPermutationMap(getPermutation(), getContext()));
}

LogicalResult TransposeOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(
      transpose(TensorValue(b, getLoc(), cotangents[0]), invertPermutationVector(getPermutation())).value);
  return success();
}

LogicalResult ReverseOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getX().getType());
  types.push_back(type);
  return checkDims("reverse", loc, adaptor.getDims(), type.getRank());
}

LogicalResult ReverseOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(ReverseOp::create(b, getLoc(), cotangents[0], getDims()));
  return success();
}

FailureOr<SmallVector<Value>> ReverseOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Type type = getX().getType();
  auto rank = cast<RankedTensorType>(type).getRank();
  SmallVector<OpFoldResult> extents = size.sizes(b, getLoc(), type);
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto body = [&](OpBuilder &b, Location loc, ValueRange) {
    SmallVector<Value> index;
    for (int64_t dim = 0; dim < rank; ++dim) {
      index.push_back(linalg::IndexOp::create(b, loc, dim));
      if (!llvm::is_contained(getDims(), dim))
        continue;
      Value last = arith::SubIOp::create(b, loc, getValueOrCreateConstantIndexOp(b, loc, extents[dim]),
                                         arith::ConstantIndexOp::create(b, loc, 1));
      index.back() = arith::SubIOp::create(b, loc, last, index.back());
    }
    linalg::YieldOp::create(b, loc, tensor::ExtractOp::create(b, loc, in[0], index).getResult());
  };
  Value init = size.empty(b, getLoc(), type);
  return SmallVector<Value>{linalg::GenericOp::create(b, getLoc(), init.getType(), ValueRange{}, init,
                                                      b.getMultiDimIdentityMap(rank), loops, body)
                                .getResult(0)};
}

//===--- slice, insert_slice ------------------------------------------------------------------------------------===//

namespace {

LogicalResult checkSlice(StringRef who, std::optional<Location> loc, Type whole, Type part, size_t offsets,
                         ArrayRef<sizes::Expr> starts, ArrayRef<int64_t> steps) {
  size_t rank = cast<RankedTensorType>(whole).getRank();
  if (size_t(cast<RankedTensorType>(part).getRank()) != rank || starts.size() != rank ||
      steps.size() != rank || (offsets && offsets != rank))
    return emitOptionalError(loc, "ingot.", who,
                             ": needs one start and one step, and one offset or none, for each of the ", rank,
                             " dimensions of ", describe(whole));
  if (getElementTypeOrSelf(whole) != getElementTypeOrSelf(part))
    return emitOptionalError(loc, "ingot.", who, ": element types must agree: ", describe(whole), ", ",
                             describe(part));
  auto extents = sizesOf(whole), taken = sizesOf(part);
  for (size_t i = 0; i < rank; ++i) {
    const sizes::Expr &first = starts[i], last = first + (taken[i] - 1) * steps[i];
    bool decided = offsets == 0 && taken[i] != sizes::Expr(0);
    bool outside = decided && (sizes::Expr::lessEqual(first, -1, {}).value_or(false) ||
                               sizes::Expr::lessEqual(extents[i], last, {}).value_or(false));
    if (steps[i] < 1 || outside)
      return emitOptionalError(loc, "ingot.", who, ": dimension ", i, " must lie within size ",
                               extents[i].str(), ", got start ", first.str(), ", size ", taken[i].str(),
                               ", step ", steps[i]);
  }
  return success();
}

/// starts[i] + offsets[i] as index values or attributes; `lowered` are the lowered offsets.
SmallVector<OpFoldResult> sliceStarts(OpBuilder &b, Location loc, ArrayRef<sizes::Expr> starts,
                                      ValueRange offsets, ValueRange lowered, SizeBuilder &size) {
  SmallVector<OpFoldResult> result;
  for (auto [i, start] : llvm::enumerate(starts)) {
    if (DenseElementsAttr known; !offsets.empty() && matchPattern(offsets[i], m_Constant(&known))) {
      result.push_back(size.size(b, loc, start + known.getSplatValue<int64_t>()));
      continue;
    }
    result.push_back(size.size(b, loc, start));
    if (offsets.empty())
      continue;
    Value offset = tensor::ExtractOp::create(b, loc, lowered[i], ValueRange{});
    offset = arith::IndexCastOp::create(b, loc, b.getIndexType(), offset);
    result.back() =
        arith::AddIOp::create(b, loc, getValueOrCreateConstantIndexOp(b, loc, result.back()), offset)
            .getResult();
  }
  return result;
}

SmallVector<OpFoldResult> steps(OpBuilder &b, ArrayRef<int64_t> steps) {
  return getAsIndexOpFoldResult(b.getContext(), steps);
}

/// A tensor of the lowered type filled with one scalar value.
Value filled(OpBuilder &b, Location loc, Type type, Value scalar, SizeBuilder &size) {
  return linalg::FillOp::create(b, loc, scalar, size.empty(b, loc, type)).getResult(0);
}

} // namespace

LogicalResult SliceOp::verify() {
  return checkSizes(getOperationName(), getLoc(), [&] {
    return checkSlice("slice", getLoc(), getX().getType(), getY().getType(), getOffsets().size(), getStarts(),
                      getSteps());
  });
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  bool whole = getX().getType() == getY().getType() && getOffsets().empty() &&
               llvm::all_of(getStarts(), [](const sizes::Expr &e) { return e == sizes::Expr(0); });
  return whole ? getX() : Value();
}

LogicalResult SliceOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  Value zeros = fullOf(b, getLoc(), cast<RankedTensorType>(getX().getType()), 0);
  grads.push_back(InsertSliceOp::create(b, getLoc(), zeros, cotangents[0], getOffsets(), getStartsAttr(),
                                        getStepsAttr()));
  grads.append(getOffsets().size(), Value());
  return success();
}

FailureOr<SmallVector<Value>> SliceOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  SmallVector<OpFoldResult> starts =
      sliceStarts(b, getLoc(), getStarts(), getOffsets(), in.drop_front(), size);
  RankedTensorType type = size.lowered(getY().getType());
  return SmallVector<Value>{tensor::ExtractSliceOp::create(
      b, getLoc(), type, in[0], starts, size.sizes(b, getLoc(), getY().getType()), steps(b, getSteps()))};
}

LogicalResult InsertSliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInto().getType());
  return checkSlice("insert_slice", loc, adaptor.getInto().getType(), adaptor.getX().getType(),
                    adaptor.getOffsets().size(), adaptor.getStarts(), adaptor.getSteps());
}

LogicalResult InsertSliceOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  Value zeros = fullOf(b, getLoc(), cast<RankedTensorType>(getX().getType()), 0);
  grads.push_back(InsertSliceOp::create(b, getLoc(), cotangents[0], zeros, getOffsets(), getStartsAttr(),
                                        getStepsAttr()));
  grads.push_back(SliceOp::create(b, getLoc(), getX().getType(), cotangents[0], getOffsets(), getStartsAttr(),
                                  getStepsAttr()));
  grads.append(getOffsets().size(), Value());
  return success();
}

FailureOr<SmallVector<Value>> InsertSliceOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  SmallVector<OpFoldResult> starts =
      sliceStarts(b, getLoc(), getStarts(), getOffsets(), in.drop_front(2), size);
  return SmallVector<Value>{tensor::InsertSliceOp::create(
      b, getLoc(), in[1], in[0], starts, size.sizes(b, getLoc(), getX().getType()), steps(b, getSteps()))};
}

//===--- pad, concat --------------------------------------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto sizes = sizesOf(adaptor.getX().getType());
  const auto &low = adaptor.getLow(), &high = adaptor.getHigh();
  if (low.size() != sizes.size() || high.size() != sizes.size())
    return emitOptionalError(loc, "ingot.pad: needs a padding for each of the ", sizes.size(),
                             " dimensions, got ", low.size(), " low and ", high.size(), " high ones");
  if (getElementTypeOrSelf(adaptor.getX()) != getElementTypeOrSelf(adaptor.getValue()))
    return emitOptionalError(loc, "ingot.pad: value must be of the operand's type ",
                             describe(adaptor.getX().getType()), ", got ",
                             describe(adaptor.getValue().getType()));
  for (size_t i = 0; i < sizes.size(); ++i) {
    for (const sizes::Expr &e : {low[i], high[i]})
      if (e.isConstant() && e.constant() < 0)
        return emitOptionalError(loc, "ingot.pad: paddings must not be negative, got ", e.str(),
                                 " in dimension ", i);
    sizes[i] = sizes[i] + low[i] + high[i];
  }
  types.push_back(tensorOf(sizes, getElementTypeOrSelf(adaptor.getX())));
  return success();
}

// The value is a number in PyTorch: no gradient flows to it.
LogicalResult PadOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  SmallVector<int64_t> ones(getLow().size(), 1);
  grads.push_back(SliceOp::create(b, getLoc(), getX().getType(), cotangents[0], ValueRange{}, getLowAttr(),
                                  b.getDenseI64ArrayAttr(ones)));
  grads.push_back(nullptr);
  return success();
}

FailureOr<SmallVector<Value>> PadOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Value value = tensor::ExtractOp::create(b, getLoc(), in[1], ValueRange{});
  SmallVector<int64_t> ones(getLow().size(), 1);
  return SmallVector<Value>{
      tensor::InsertSliceOp::create(b, getLoc(), in[0], filled(b, getLoc(), getY().getType(), value, size),
                                    sliceStarts(b, getLoc(), getLow(), {}, {}, size),
                                    size.sizes(b, getLoc(), getX().getType()), steps(b, ones))};
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  if (adaptor.getXs().empty())
    return emitOptionalError(loc, "ingot.concat: needs at least one operand");
  Type first = adaptor.getXs()[0].getType();
  auto sizes = sizesOf(first);
  size_t dim = adaptor.getDim();
  if (dim >= sizes.size())
    return emitOptionalError(loc, "ingot.concat: dimension must be within [0, ", sizes.size(), "), got ",
                             int64_t(dim));
  for (auto [i, x] : llvm::drop_begin(llvm::enumerate(adaptor.getXs()))) {
    auto other = sizesOf(x.getType());
    bool fits = other.size() == sizes.size() && getElementTypeOrSelf(x) == getElementTypeOrSelf(first);
    for (size_t d = 0; fits && d < sizes.size(); ++d)
      fits = d == dim || other[d] == sizes[d];
    if (!fits)
      return emitOptionalError(loc, "ingot.concat: operands must agree but in dimension ", int64_t(dim),
                               ": operand 0 is ", describe(first), ", operand ", i, " is ",
                               describe(x.getType()));
    sizes[dim] = sizes[dim] + other[dim];
  }
  types.push_back(tensorOf(sizes, getElementTypeOrSelf(first)));
  return success();
}

LogicalResult ConcatOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  std::vector<sizes::Expr> starts(cast<RankedTensorType>(getY().getType()).getRank(), 0);
  SmallVector<int64_t> ones(starts.size(), 1);
  for (Value x : getXs()) {
    grads.push_back(SliceOp::create(b, getLoc(), x.getType(), cotangents[0], ValueRange{},
                                    SizesAttr::get(getContext(), starts), b.getDenseI64ArrayAttr(ones)));
    starts[getDim()] = starts[getDim()] + sizesOf(x.getType())[getDim()];
  }
  return success();
}

FailureOr<SmallVector<Value>> ConcatOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Value result = size.empty(b, getLoc(), getY().getType());
  std::vector<sizes::Expr> starts(cast<RankedTensorType>(getY().getType()).getRank(), 0);
  SmallVector<int64_t> ones(starts.size(), 1);
  for (auto [x, lowered] : llvm::zip(getXs(), in)) {
    result = tensor::InsertSliceOp::create(b, getLoc(), lowered, result,
                                           sliceStarts(b, getLoc(), starts, {}, {}, size),
                                           size.sizes(b, getLoc(), x.getType()), steps(b, ones));
    starts[getDim()] = starts[getDim()] + sizesOf(x.getType())[getDim()];
  }
  return SmallVector<Value>{result};
}

#define GET_OP_CLASSES
#include "ir/ops/Shape.cpp.inc"

void IngotDialect::registerShapeOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Shape.cpp.inc"
      >();
}
