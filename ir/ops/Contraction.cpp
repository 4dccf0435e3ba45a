#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/TensorValue.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

//===--- matmul -------------------------------------------------------------------------------------------------===//

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  Type lhs = adaptor.getA().getType(), rhs = adaptor.getB().getType();
  auto a = sizesOf(lhs), b = sizesOf(rhs);
  bool fits = a.size() >= 2 && a.size() == b.size() && getElementTypeOrSelf(lhs) == getElementTypeOrSelf(rhs);
  if (!fits || !std::equal(a.begin(), a.end() - 2, b.begin()))
    return emitOptionalError(
        loc, "ingot.matmul: operands must be [..., M, K] and [..., K, N] of one element type, got ",
        describe(lhs), " and ", describe(rhs));
  if (adaptor.getTransposeA())
    std::swap(a.end()[-1], a.end()[-2]);
  if (adaptor.getTransposeB())
    std::swap(b.end()[-1], b.end()[-2]);
  if (a.end()[-1] != b.end()[-2])
    return emitOptionalError(loc, "ingot.matmul: contracted sizes must be equal, got ", a.end()[-1].str(),
                             " of ", describe(lhs), " and ", b.end()[-2].str(), " of ", describe(rhs));
  a.back() = b.back();
  types.push_back(tensorOf(a, getElementTypeOrSelf(lhs)));
  return success();
}

// Domain (batch..., m, n, k).
Contraction MatmulOp::getContraction() {
  MLIRContext *context = getContext();
  auto y = sizesOf(getY().getType());
  unsigned batch = y.size() - 2;
  Contraction c;
  c.reduction.assign(y.size(), false);
  c.reduction.push_back(true);
  c.lhsSizes = sizesOf(getA().getType()), c.rhsSizes = sizesOf(getB().getType()), c.outSizes = y;
  SmallVector<AffineExpr> lhs, rhs, out;
  for (unsigned d = 0; d < batch; ++d)
    for (auto *map : {&lhs, &rhs, &out})
      map->push_back(getAffineDimExpr(d, context));
  AffineExpr m = getAffineDimExpr(batch, context), n = getAffineDimExpr(batch + 1, context),
             k = getAffineDimExpr(batch + 2, context);
  getTransposeA() ? lhs.append({k, m}) : lhs.append({m, k});
  getTransposeB() ? rhs.append({n, k}) : rhs.append({k, n});
  out.append({m, n});
  c.lhs = AffineMap::get(batch + 3, 0, lhs, context);
  c.rhs = AffineMap::get(batch + 3, 0, rhs, context);
  c.out = c.result = AffineMap::get(batch + 3, 0, out, context);
  return c;
}

// With A' and B' the operands as multiplied: dA' = g B'^T, dB' = A'^T g.
LogicalResult MatmulOp::buildVjp(OpBuilder &builder, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  TensorValue a(builder, getLoc(), getA()), b(builder, getLoc(), getB()), g(builder, getLoc(), cotangents[0]);
  bool ta = getTransposeA(), tb = getTransposeB();
  grads.push_back((ta ? matmul(b, g, tb, true) : matmul(g, b, false, !tb)).value);
  grads.push_back((tb ? matmul(g, a, true, ta) : matmul(a, g, !ta, false)).value);
  return success();
}

//===--- convolution --------------------------------------------------------------------------------------------===//

namespace {

/// Two tensors [N, C, S...] or [O, C, K...] of the same number of spatial dimensions.
LogicalResult checkConvOperands(StringRef who, std::optional<Location> loc, Type x, Type other) {
  size_t rank = sizesOf(x).size();
  if (rank >= 3 && rank <= 5 && sizesOf(other).size() == rank &&
      getElementTypeOrSelf(x) == getElementTypeOrSelf(other))
    return success();
  return emitOptionalError(loc, "ingot.", who,
                           ": operands must be tensors of rank 3, 4 or 5 of one element type, got ",
                           describe(x), " and ", describe(other));
}

LogicalResult checkConvWindow(StringRef who, std::optional<Location> loc, const sizes::Expr &channelsIn,
                              int64_t channelsOut, ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations,
                              int64_t groups, int64_t spatial) {
  if (failed(checkWindow(who, loc, "strides", strides, spatial, 1)) ||
      failed(checkWindow(who, loc, "dilations", dilations, spatial, 1)))
    return failure();
  if (groups < 1 || !channelsIn.isConstant() || channelsIn.constant() % groups || channelsOut % groups)
    return emitOptionalError(loc, "ingot.", who, ": groups must divide the channels, got ", groups,
                             " groups for ", channelsIn.str(), " input and ", channelsOut,
                             " output channels");
  return success();
}

/// The domain (n, [group], o, p..., c, k...) shared by a convolution and its weight gradient, and the maps into the three
/// tensors: with more than one group, their channels are seen as [group, channel of the group]. `flippedWindow` is the size
/// of a window that is walked backwards.
struct ConvMaps {
  ConvMaps(MLIRContext *context, int64_t groups, int64_t outPerGroup, ArrayRef<int64_t> strides,
           ArrayRef<int64_t> dilations, ArrayRef<int64_t> flippedWindow = {})
      : groups(groups), spatial(strides.size()) {
    auto dim = [&] { return getAffineDimExpr(dims++, context); };
    AffineExpr n = dim(), group = groups > 1 ? dim() : AffineExpr(), o = dim();
    SmallVector<AffineExpr> p, k;
    for (int64_t i = 0; i < spatial; ++i)
      p.push_back(dim());
    AffineExpr c = dim();
    for (int64_t i = 0; i < spatial; ++i)
      k.push_back(dim());
    image = {n}, result = {n}, plainResult = {n, group ? group * outPerGroup + o : o};
    plainWeight = {plainResult[1], c};
    if (group)
      image.push_back(group), result.push_back(group), weight.push_back(group);
    image.push_back(c), result.push_back(o), weight.append({o, c});
    for (int64_t i = 0; i < spatial; ++i) {
      AffineExpr inWindow = flippedWindow.empty() ? k[i] : flippedWindow[i] - 1 - k[i];
      image.push_back(p[i] * strides[i] + inWindow * dilations[i]);
      result.push_back(p[i]), plainResult.push_back(p[i]);
      weight.push_back(k[i]), plainWeight.push_back(k[i]);
    }
  }

  AffineMap map(ArrayRef<AffineExpr> results) const {
    return AffineMap::get(dims, 0, results, results.front().getContext());
  }
  /// Sizes with the channels, dimension `at`, split into groups.
  std::vector<sizes::Expr> split(Type type, size_t at) const {
    auto sizes = sizesOf(type);
    if (groups > 1) {
      sizes[at] = sizes[at].constant() / groups;
      sizes.insert(sizes.begin() + at, groups);
    }
    return sizes;
  }
  /// Which dimensions of the domain are summed over: those of the window, or those of image and positions.
  SmallVector<bool> reduction(bool overWindow) const {
    SmallVector<bool> result(dims, overWindow);
    int64_t next = 0;
    result[next++] = !overWindow;
    if (groups > 1)
      result[next++] = false;
    result[next++] = false;
    for (int64_t i = 0; i < spatial; ++i)
      result[next++] = !overWindow;
    return result;
  }

  int64_t groups, spatial;
  unsigned dims = 0;
  SmallVector<AffineExpr> image, weight, result, plainResult, plainWeight;
};

/// [G * O, C, K...] -> [G * C, O, K...].
TensorValue exchangeChannels(TensorValue w, int64_t groups) {
  auto sizes = w.sizes(), grouped = sizes;
  grouped[0] = sizes[0].constant() / groups;
  grouped.insert(grouped.begin(), groups);
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq<int64_t>(grouped.size()));
  std::swap(permutation[1], permutation[2]);
  if (groups == 1)
    return transpose(w, ArrayRef<int64_t>(llvm::map_to_vector(ArrayRef(permutation).drop_front(),
                                                              [](int64_t dim) { return dim - 1; })));
  TensorValue exchanged = transpose(reshape(w, grouped), permutation);
  auto flat = exchanged.sizes();
  flat[1] = flat[1] * groups;
  flat.erase(flat.begin());
  return reshape(exchanged, flat);
}

/// The gradient with respect to the input: the transposed convolution. Along a dimension of stride 1 it is the convolution of
/// the padded g with the flipped window, channels exchanged. With a larger stride, the positions of one remainder modulo the
/// stride meet every stride-th element of the window alone: each of these phases is such a convolution of its own. Where
/// there would be too many, zeros are spread between the elements of g along some dimensions.
class ConvInputGradient {
public:
  ConvInputGradient(OpBuilder &b, ConvOp op, Value g) : ConvInputGradient(b, op.getLoc(), op.getW(), g) {
    strides = op.getStrides(), dilations = op.getDilations();
    groups = op.getGroups(), flipped = op.getFlipped();
    type = cast<RankedTensorType>(op.getX().getType());
  }
  ConvInputGradient(OpBuilder &b, ConvWeightOp op, Value w)
      : ConvInputGradient(b, op.getLoc(), w, op.getG()) {
    strides = op.getStrides(), dilations = op.getDilations();
    groups = op.getGroups();
    type = cast<RankedTensorType>(op.getX().getType());
  }

  Value build() {
    auto x = sizesOf(type);
    int64_t spatial = strides.size();
    SmallVector<int64_t> phases = choosePhases();
    if (llvm::all_of(phases, [](int64_t count) { return count == 1; }))
      return phase(SmallVector<int64_t>(spatial, 0), phases, flipped);
    if (flipped)
      w = ReverseOp::create(b, loc, w, llvm::to_vector(llvm::seq<int64_t>(2, spatial + 2)));
    Value result = fullOf(b, loc, type, 0);
    SmallVector<int64_t> first(spatial, 0), steps = {1, 1};
    steps.append(phases);
    do {
      if (llvm::any_of(llvm::seq(spatial), [&](int64_t i) { return first[i] >= window(i); }))
        continue; // no element of the window falls on these positions
      std::vector<sizes::Expr> starts = {0, 0};
      starts.insert(starts.end(), first.begin(), first.end());
      result = InsertSliceOp::create(b, loc, result, phase(first, phases, false), ValueRange{},
                                     SizesAttr::get(b.getContext(), starts), b.getDenseI64ArrayAttr(steps));
    } while (advance(first, phases));
    return result;
  }

private:
  ConvInputGradient(OpBuilder &b, Location loc, Value w, Value g) : b(b), loc(loc), w(w), g(g) {}

  int64_t window(int64_t i) const { return cast<RankedTensorType>(w.getType()).getDimSize(i + 2); }
  /// One where there is no stride, and where zeros are spread: along dilated dimensions, whose phases would meet in more than
  /// one way, and where code for so many convolutions would be larger than what they save is worth.
  SmallVector<int64_t> choosePhases() const {
    constexpr int64_t most = 16;
    SmallVector<int64_t> phases;
    int64_t count = 1;
    for (auto [stride, dilation] : llvm::zip_equal(strides, dilations)) {
      bool spread = dilation > 1 || stride > most / count;
      phases.push_back(spread ? 1 : stride);
      count *= phases.back();
    }
    return phases;
  }

  static bool advance(SmallVectorImpl<int64_t> &index, ArrayRef<int64_t> sizes) {
    for (size_t d = index.size(); d-- > 0; index[d] = 0)
      if (++index[d] < sizes[d])
        return true;
    return false;
  }

  /// The gradient at positions first, first + step, ... along each spatial dimension.
  Value phase(ArrayRef<int64_t> first, ArrayRef<int64_t> step, bool flipped) {
    auto x = sizesOf(type), own = sizesOf(w.getType()), padded = sizesOf(g.getType());
    std::vector<sizes::Expr> starts = {0, 0}, taken = {0, 0};
    SmallVector<int64_t> spread = {1, 1}, every = {1, 1}, distances;
    for (size_t i = 0; i < strides.size(); ++i) {
      int64_t elements = llvm::divideCeil(window(i) - first[i], step[i]);
      distances.push_back(step[i] == 1 ? dilations[i] : 1);
      int64_t border = (elements - 1) * distances[i];
      padded[i + 2] = floordiv(x[i + 2] + (step[i] - 1 - first[i]), step[i]) + border;
      own[i + 2] = elements;
      taken.emplace_back(first[i]), every.push_back(step[i]);
      starts.emplace_back(border), spread.push_back(step[i] == 1 ? strides[i] : 1);
    }
    Value part =
        b.createOrFold<SliceOp>(loc, tensorOf(own, type.getElementType()), w, ValueRange{},
                                SizesAttr::get(b.getContext(), taken), b.getDenseI64ArrayAttr(every));
    Value zeros = fullOf(b, loc, tensorOf(padded, type.getElementType()), 0);
    Value wide = InsertSliceOp::create(b, loc, zeros, g, ValueRange{}, SizesAttr::get(b.getContext(), starts),
                                       b.getDenseI64ArrayAttr(spread));
    SmallVector<int64_t> ones(strides.size(), 1);
    return ConvOp::create(b, loc, wide, exchangeChannels(TensorValue(b, loc, part), groups).value, ones,
                          distances, groups, !flipped);
  }

  OpBuilder &b;
  Location loc;
  Value w, g;
  RankedTensorType type;
  ArrayRef<int64_t> strides, dilations;
  int64_t groups = 1;
  bool flipped = false;
};

} // namespace

LogicalResult ConvOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Type x = adaptor.getX().getType(), w = adaptor.getW().getType();
  if (failed(checkConvOperands("conv", loc, x, w)))
    return failure();
  auto sizes = sizesOf(x), weight = sizesOf(w);
  for (const sizes::Expr &e : weight)
    if (!e.isConstant())
      return emitOptionalError(loc, "ingot.conv: weights must have constant sizes, got ", describe(w));
  int64_t groups = adaptor.getGroups();
  if (failed(checkConvWindow("conv", loc, sizes[1], weight[0].constant(), adaptor.getStrides(),
                             adaptor.getDilations(), groups, sizes.size() - 2)))
    return failure();
  if (sizes[1] != weight[1] * groups)
    return emitOptionalError(loc, "ingot.conv: input ", describe(x), " must have ",
                             (weight[1] * groups).str(), " channels for weights ", describe(w), " in ",
                             groups, " groups, got ", sizes[1].str());
  std::vector<sizes::Expr> result = {sizes[0], weight[0]};
  for (size_t i = 2; i < sizes.size(); ++i) {
    int64_t kernel = weight[i].constant(), dilation = adaptor.getDilations()[i - 2];
    result.push_back(windowPositions(sizes[i], kernel, adaptor.getStrides()[i - 2], dilation));
    if (kernel < 1 || sizes::Expr::lessEqual(windowExtent(kernel, dilation), sizes[i], {}) == false)
      return emitOptionalError(loc, "ingot.conv: kernel ", kernel, " with dilation ", dilation,
                               " must be positive and fit into the padded size ", sizes[i].str(),
                               " of dimension ", int64_t(i));
  }
  types.push_back(tensorOf(result, getElementTypeOrSelf(x)));
  return success();
}

Contraction ConvOp::getContraction() {
  int64_t groups = getGroups(), channels = sizesOf(getW().getType())[0].constant();
  ArrayRef<int64_t> window = cast<RankedTensorType>(getW().getType()).getShape().drop_front(2);
  ConvMaps maps(getContext(), groups, channels / groups, getStrides(), getDilations(),
                getFlipped() ? window : ArrayRef<int64_t>());
  Contraction c;
  c.reduction = maps.reduction(/*overWindow=*/true);
  c.lhs = maps.map(maps.image), c.rhs = maps.map(maps.weight), c.out = maps.map(maps.result);
  c.lhsSizes = maps.split(getX().getType(), 1), c.rhsSizes = maps.split(getW().getType(), 0);
  c.outSizes = maps.split(getY().getType(), 1), c.result = maps.map(maps.plainResult);
  return c;
}

LogicalResult ConvOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  auto w = cast<RankedTensorType>(getW().getType());
  grads.push_back(ConvInputGradient(b, *this, cotangents[0]).build());
  Value weight = ConvWeightOp::create(b, getLoc(), getX(), cotangents[0],
                                      b.getDenseI64ArrayAttr(w.getShape().drop_front(2)), getStridesAttr(),
                                      getDilationsAttr(), getGroupsAttr());
  if (getFlipped())
    weight = ReverseOp::create(b, getLoc(), weight, llvm::to_vector(llvm::seq<int64_t>(2, w.getRank())));
  grads.push_back(weight);
  return success();
}

LogicalResult ConvWeightOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  Type x = adaptor.getX().getType(), g = adaptor.getG().getType();
  if (failed(checkConvOperands("conv_weight", loc, x, g)))
    return failure();
  auto sizes = sizesOf(x), gradient = sizesOf(g);
  int64_t groups = adaptor.getGroups();
  if (!gradient[1].isConstant())
    return emitOptionalError(loc, "ingot.conv_weight: gradient must have a constant number of channels, got ",
                             describe(g));
  if (failed(checkConvWindow("conv_weight", loc, sizes[1], gradient[1].constant(), adaptor.getStrides(),
                             adaptor.getDilations(), groups, sizes.size() - 2)) ||
      failed(checkWindow("conv_weight", loc, "kernel", adaptor.getKernel(), sizes.size() - 2, 1)))
    return failure();
  std::vector<sizes::Expr> result = {gradient[1], sizes[1].constant() / groups};
  for (size_t i = 2; i < sizes.size(); ++i) {
    int64_t kernel = adaptor.getKernel()[i - 2];
    sizes::Expr positions =
        windowPositions(sizes[i], kernel, adaptor.getStrides()[i - 2], adaptor.getDilations()[i - 2]);
    if (positions != gradient[i] || gradient[0] != sizes[0])
      return emitOptionalError(loc, "ingot.conv_weight: gradient must be that of a convolution of ",
                               describe(x), ", got ", describe(g));
    result.emplace_back(kernel);
  }
  types.push_back(tensorOf(result, getElementTypeOrSelf(x)));
  return success();
}

// The domain of the convolution, with the roles of result and weights exchanged.
Contraction ConvWeightOp::getContraction() {
  int64_t groups = getGroups(), channels = sizesOf(getY().getType())[0].constant();
  ConvMaps maps(getContext(), groups, channels / groups, getStrides(), getDilations());
  Contraction c;
  c.reduction = maps.reduction(/*overWindow=*/false);
  c.lhs = maps.map(maps.image), c.rhs = maps.map(maps.result), c.out = maps.map(maps.weight);
  c.lhsSizes = maps.split(getX().getType(), 1), c.rhsSizes = maps.split(getG().getType(), 1);
  c.outSizes = maps.split(getY().getType(), 0), c.result = maps.map(maps.plainWeight);
  return c;
}

LogicalResult ConvWeightOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(ConvInputGradient(b, *this, cotangents[0]).build());
  grads.push_back(ConvOp::create(b, getLoc(), getX(), cotangents[0], getStridesAttr(), getDilationsAttr(),
                                 getGroupsAttr()));
  return success();
}

#define GET_OP_CLASSES
#include "ir/ops/Contraction.cpp.inc"

void IngotDialect::registerContractionOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Contraction.cpp.inc"
      >();
}
