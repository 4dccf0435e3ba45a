#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/ScalarValue.h"
#include "ir/ops/TensorValue.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

namespace {

LogicalResult inferWindow(StringRef who, std::optional<Location> loc, Type x, ArrayRef<int64_t> kernel,
                          ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations, bool indices,
                          SmallVectorImpl<Type> &types) {
  auto sizes = sizesOf(x);
  int64_t spatial = int64_t(sizes.size()) - 2;
  if (spatial < 1)
    return emitOptionalError(loc, "ingot.", who, ": operand must be [N, C, spatial...], got ", describe(x));
  if (failed(checkWindow(who, loc, "kernel", kernel, spatial, 1)) ||
      failed(checkWindow(who, loc, "strides", strides, spatial, 1)) ||
      failed(checkWindow(who, loc, "dilations", dilations, spatial, 1)))
    return failure();
  for (int64_t i = 0; i < spatial; ++i) {
    sizes::Expr size = sizes[i + 2];
    if (sizes::Expr::lessEqual(windowExtent(kernel[i], dilations[i]), size, {}) == false)
      return emitOptionalError(loc, "ingot.", who, ": kernel ", kernel[i], " with dilation ", dilations[i],
                               " must fit into the padded size ", size.str(), " of dimension ", i + 2);
    sizes[i + 2] = windowPositions(size, kernel[i], strides[i], dilations[i]);
  }
  Type element = getElementTypeOrSelf(x);
  types.push_back(tensorOf(sizes, indices ? IntegerType::get(element.getContext(), 64) : element));
  return success();
}

/// What counts the elements of a window: bytes where they can.
Type elementNumberType(MLIRContext *context, ArrayRef<int64_t> kernel) {
  int64_t elements = 1;
  for (int64_t size : kernel)
    elements *= size;
  return IntegerType::get(context, elements <= 128 ? 8 : 64);
}

/// The loops of a window op: (n, c, positions..., window...), the map of the operand, of the window, of the result.
struct WindowLoops {
  WindowLoops(MLIRContext *context, ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
              ArrayRef<int64_t> dilations) {
    unsigned spatial = kernel.size(), rank = spatial + 2;
    SmallVector<AffineExpr> in = {getAffineDimExpr(0, context), getAffineDimExpr(1, context)}, window;
    for (unsigned i = 0; i < spatial; ++i) {
      window.push_back(getAffineDimExpr(rank + i, context));
      in.push_back(getAffineDimExpr(2 + i, context) * strides[i] + window.back() * dilations[i]);
    }
    maps = {AffineMap::get(rank + spatial, 0, in, context),
            AffineMap::get(rank + spatial, 0, window, context),
            AffineMap::getMultiDimIdentityMap(rank + spatial, context).getMajorSubMap(rank)};
    iterators.assign(rank, utils::IteratorType::parallel);
    iterators.append(spatial, utils::IteratorType::reduction);
  }
  SmallVector<AffineMap> maps;
  SmallVector<utils::IteratorType> iterators;
};

Value constantOf(OpBuilder &b, Location loc, Type type, double value) {
  if (isa<FloatType>(type))
    return arith::ConstantOp::create(b, loc, b.getFloatAttr(type, value));
  unsigned bits = type.getIntOrFloatBitWidth();
  APInt integer = std::isinf(value) ? APInt::getSignedMinValue(bits) : APInt(bits, int64_t(value), true);
  return arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, integer));
}

Value filled(OpBuilder &b, Location loc, Value empty, double value) {
  Value scalar = constantOf(b, loc, getElementTypeOrSelf(empty), value);
  return linalg::FillOp::create(b, loc, scalar, empty).getResult(0);
}

using Combine = function_ref<ScalarValue(ScalarValue acc, ScalarValue x)>;

/// A reduction over windows; accumulates halves in f32.
template <class Op>
Value reduceWindow(Op op, OpBuilder &b, Value x, SizeBuilder &size, double identity, Combine combine) {
  WindowLoops loops(op.getContext(), op.getKernel(), op.getStrides(), op.getDilations());
  Location loc = op.getLoc();
  Type stored = getElementTypeOrSelf(op.getY());
  Type wide = stored.isBF16() || stored.isF16() ? b.getF32Type() : stored;
  Value window = tensor::EmptyOp::create(b, loc, op.getKernel(), stored);
  Value init = filled(b, loc, size.empty(b, loc, op.getY().getType(), wide), identity);
  Value result = linalg::GenericOp::create(
                     b, loc, init.getType(), ValueRange{x, window}, init, loops.maps, loops.iterators,
                     [&](OpBuilder &b, Location loc, ValueRange args) {
                       ScalarValue element = convert(ScalarValue(b, loc, args[0]), wide);
                       linalg::YieldOp::create(b, loc, combine(ScalarValue(b, loc, args[2]), element).value);
                     })
                     .getResult(0);
  if (wide == stored)
    return result;
  int64_t rank = cast<RankedTensorType>(result.getType()).getRank();
  SmallVector<AffineMap> maps(2, b.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> parallel(rank, utils::IteratorType::parallel);
  Value narrow = size.empty(b, loc, op.getY().getType());
  return linalg::GenericOp::create(b, loc, narrow.getType(), result, narrow, maps, parallel,
                                   [&](OpBuilder &b, Location loc, ValueRange args) {
                                     linalg::YieldOp::create(
                                         b, loc, convert(ScalarValue(b, loc, args[0]), stored).value);
                                   })
      .getResult(0);
}

} // namespace

//===--- max_pool -----------------------------------------------------------------------------------------------===//

FailureOr<SmallVector<Value>> MaxPoolOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  return SmallVector<Value>{reduceWindow(*this, b, in[0], size, -std::numeric_limits<double>::infinity(),
                                         [](ScalarValue acc, ScalarValue x) { return max(acc, x); })};
}

LogicalResult MaxPoolOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  auto argmax =
      MaxPoolArgmaxOp::create(b, getLoc(), getX(), getKernelAttr(), getStridesAttr(), getDilationsAttr());
  return argmax.buildVjp(b, {cotangents[0], Value()}, grads);
}

LogicalResult MaxPoolIndexOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &grads) {
  grads.push_back(nullptr);
  return success();
}

namespace {

/// The number of a reduction step's element within its window, in row-major order.
Value numberInWindow(OpBuilder &b, Location loc, ArrayRef<int64_t> kernel) {
  Value number = arith::ConstantIndexOp::create(b, loc, 0);
  for (auto [i, size] : llvm::enumerate(kernel)) {
    number = arith::MulIOp::create(b, loc, number, arith::ConstantIndexOp::create(b, loc, size));
    Value k = linalg::IndexOp::create(b, loc, 2 + kernel.size() + i);
    number = arith::AddIOp::create(b, loc, number, k);
  }
  return number;
}

/// A reduction of two values at once: the maximum so far, and what `place` says of its element.
template <class Op>
SmallVector<Value> maximumAndPlace(Op op, OpBuilder &b, Value x, SizeBuilder &size, Type placeType,
                                   function_ref<Value(OpBuilder &, Location)> place) {
  Location loc = op.getLoc();
  WindowLoops loops(op.getContext(), op.getKernel(), op.getStrides(), op.getDilations());
  Type element = getElementTypeOrSelf(x), placeElement = getElementTypeOrSelf(placeType);
  Value window = tensor::EmptyOp::create(b, loc, op.getKernel(), b.getI8Type());
  Value best =
      filled(b, loc, size.empty(b, loc, placeType, element), -std::numeric_limits<double>::infinity());
  Value where = filled(b, loc, size.empty(b, loc, placeType), 0);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    Value isFirst =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, numberInWindow(b, loc, op.getKernel()),
                              arith::ConstantIndexOp::create(b, loc, 0));
    ScalarValue x(b, loc, args[0]), acc(b, loc, args[2]);
    ScalarValue take = (x > acc) | (x != x) | ScalarValue(b, loc, isFirst);
    ScalarValue here(b, loc, arith::IndexCastOp::create(b, loc, placeElement, place(b, loc)));
    linalg::YieldOp::create(
        b, loc,
        ValueRange{select(take, x, acc).value, select(take, here, ScalarValue(b, loc, args[3])).value});
  };
  SmallVector<AffineMap> maps = loops.maps;
  maps.push_back(maps.back());
  auto generic =
      linalg::GenericOp::create(b, loc, TypeRange{best.getType(), where.getType()}, ValueRange{x, window},
                                ValueRange{best, where}, maps, loops.iterators, body);
  return SmallVector<Value>(generic.getResults());
}

} // namespace

FailureOr<SmallVector<Value>> MaxPoolIndexOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  SmallVector<OpFoldResult> extents = size.sizes(b, getLoc(), getX().getType());
  auto flatIndex = [&](OpBuilder &b, Location loc) {
    Value flat = arith::ConstantIndexOp::create(b, loc, 0);
    for (unsigned i = 0, spatial = getKernel().size(); i < spatial; ++i) {
      auto times = [&](unsigned loop, int64_t n) -> Value {
        Value index = linalg::IndexOp::create(b, loc, loop);
        return arith::MulIOp::create(b, loc, index, arith::ConstantIndexOp::create(b, loc, n));
      };
      flat = arith::MulIOp::create(b, loc, flat, getValueOrCreateConstantIndexOp(b, loc, extents[2 + i]));
      Value at = arith::AddIOp::create(b, loc, times(2 + i, getStrides()[i]),
                                       times(2 + spatial + i, getDilations()[i]));
      flat = arith::AddIOp::create(b, loc, flat, at);
    }
    return flat;
  };
  return SmallVector<Value>{maximumAndPlace(*this, b, in[0], size, getY().getType(), flatIndex)[1]};
}

//===--- max_pool_argmax ----------------------------------------------------------------------------------------===//

LogicalResult MaxPoolArgmaxOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                                Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (failed(inferWindow("max_pool_argmax", loc, adaptor.getX().getType(), adaptor.getKernel(),
                         adaptor.getStrides(), adaptor.getDilations(), false, types)))
    return failure();
  types.push_back(tensorOf(sizesOf(types[0]), elementNumberType(context, adaptor.getKernel())));
  return success();
}

LogicalResult MaxPoolArgmaxOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(cotangents[0]
                      ? WindowScatterOp::create(b, getLoc(), getX().getType(), cotangents[0], getElement(),
                                                getKernelAttr(), getStridesAttr(), getDilationsAttr())
                            .getResult()
                      : Value());
  return success();
}

FailureOr<SmallVector<Value>> MaxPoolArgmaxOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  return maximumAndPlace(*this, b, in[0], size, getElement().getType(),
                         [&](OpBuilder &b, Location loc) { return numberInWindow(b, loc, getKernel()); });
}

//===--- window_sum ---------------------------------------------------------------------------------------------===//

FailureOr<SmallVector<Value>> WindowSumOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  return SmallVector<Value>{
      reduceWindow(*this, b, in[0], size, 0, [](ScalarValue acc, ScalarValue x) { return acc + x; })};
}

// Each element is in the windows that a window over the spread gradient covers: the transposed convolution with ones.
LogicalResult WindowSumOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  auto sizes = sizesOf(getX().getType());
  std::vector<sizes::Expr> starts(2, 0);
  SmallVector<int64_t> steps = {1, 1}, ones(getKernel().size(), 1);
  for (size_t i = 0; i < getKernel().size(); ++i) {
    int64_t border = (getKernel()[i] - 1) * getDilations()[i];
    sizes[i + 2] = sizes[i + 2] + border;
    starts.emplace_back(border);
    steps.push_back(getStrides()[i]);
  }
  Value zeros = fullOf(b, getLoc(), tensorOf(sizes, getElementTypeOrSelf(getX())), 0);
  Value wide = InsertSliceOp::create(b, getLoc(), zeros, cotangents[0], ValueRange{},
                                     SizesAttr::get(getContext(), starts), b.getDenseI64ArrayAttr(steps));
  grads.push_back(WindowSumOp::create(b, getLoc(), wide, getKernelAttr(), b.getDenseI64ArrayAttr(ones),
                                      getDilationsAttr()));
  return success();
}

//===--- window_gather, window_scatter --------------------------------------------------------------------------===//

namespace {

/// `whole` is the tensor that windows slide over, `parts` has an element a window.
LogicalResult checkMove(Operation *op, Type whole, Type parts, Type element, ArrayRef<int64_t> kernel,
                        ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations) {
  SmallVector<Type> windows;
  StringRef who = op->getName().stripDialect();
  if (failed(inferWindow(who, op->getLoc(), whole, kernel, strides, dilations, false, windows)))
    return failure();
  Type number = tensorOf(sizesOf(windows[0]), elementNumberType(op->getContext(), kernel));
  if (windows[0] != parts || number != element)
    return op->emitOpError("windows of ")
           << describe(whole) << " are " << describe(windows[0]) << ", chosen by " << describe(number)
           << ", got " << describe(parts) << " and " << describe(element);
  return success();
}

} // namespace

LogicalResult WindowGatherOp::verify() {
  return checkMove(*this, getX().getType(), getY().getType(), getElement().getType(), getKernel(),
                   getStrides(), getDilations());
}

LogicalResult WindowGatherOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(WindowScatterOp::create(b, getLoc(), getX().getType(), cotangents[0], getElement(),
                                          getKernelAttr(), getStridesAttr(), getDilationsAttr()));
  grads.push_back(nullptr);
  return success();
}

FailureOr<SmallVector<Value>> WindowGatherOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Type type = getY().getType();
  int64_t rank = cast<RankedTensorType>(type).getRank();
  SmallVector<AffineMap> maps(2, b.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  Value init = size.empty(b, getLoc(), type);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    auto constant = [&](int64_t v) -> Value { return arith::ConstantIndexOp::create(b, loc, v); };
    SmallVector<Value> at(rank);
    at[0] = linalg::IndexOp::create(b, loc, 0), at[1] = linalg::IndexOp::create(b, loc, 1);
    Value number = arith::IndexCastOp::create(b, loc, b.getIndexType(), args[0]);
    for (int64_t i = rank - 3; i >= 0; --i) {
      Value size = constant(getKernel()[i]), p = linalg::IndexOp::create(b, loc, 2 + i),
            k = i ? arith::RemUIOp::create(b, loc, number, size).getResult() : number;
      number = arith::DivUIOp::create(b, loc, number, size);
      at[2 + i] = arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, p, constant(getStrides()[i])),
                                        arith::MulIOp::create(b, loc, k, constant(getDilations()[i])));
    }
    linalg::YieldOp::create(b, loc, tensor::ExtractOp::create(b, loc, in[0], at).getResult());
  };
  return SmallVector<Value>{
      linalg::GenericOp::create(b, getLoc(), init.getType(), in[1], init, maps, loops, body).getResult(0)};
}

LogicalResult WindowScatterOp::verify() {
  return checkMove(*this, getY().getType(), getX().getType(), getElement().getType(), getKernel(),
                   getStrides(), getDilations());
}

LogicalResult WindowScatterOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(WindowGatherOp::create(b, getLoc(), getX().getType(), cotangents[0], getElement(),
                                         getKernelAttr(), getStridesAttr(), getDilationsAttr()));
  grads.push_back(nullptr);
  return success();
}

namespace {

/// Whether windows lie side by side and cover all of `whole`.
bool areTiles(WindowScatterOp op) {
  auto whole = sizesOf(op.getY().getType()), windows = sizesOf(op.getX().getType());
  for (auto [i, size] : llvm::enumerate(op.getKernel()))
    if ((size > 1 && op.getDilations()[i] != 1) || op.getStrides()[i] != size ||
        windows[2 + i] * size != whole[2 + i])
      return false;
  return true;
}

/// Each element is in one window, and takes what that holds or zero.
Value scatterToTiles(WindowScatterOp op, OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Location loc = op.getLoc();
  int64_t rank = op.getKernel().size() + 2;
  AffineMap identity = b.getMultiDimIdentityMap(rank);
  SmallVector<AffineExpr> window(identity.getResults());
  for (auto [i, size] : llvm::enumerate(op.getKernel()))
    window[2 + i] = window[2 + i].floorDiv(size);
  AffineMap toWindow = AffineMap::get(rank, 0, window, b.getContext());
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  Value init = size.empty(b, loc, op.getY().getType());
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    Value number = arith::ConstantIndexOp::create(b, loc, 0);
    for (auto [i, size] : llvm::enumerate(op.getKernel())) {
      Value extent = arith::ConstantIndexOp::create(b, loc, size),
            k = arith::RemUIOp::create(b, loc, linalg::IndexOp::create(b, loc, 2 + i), extent);
      number = arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, number, extent), k);
    }
    ScalarValue x(b, loc, args[0]);
    Value here = arith::IndexCastOp::create(b, loc, args[1].getType(), number);
    ScalarValue hit(b, loc, arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, args[1], here));
    ScalarValue none(b, loc, constantOf(b, loc, args[0].getType(), 0));
    linalg::YieldOp::create(b, loc, select(hit, x, none).value);
  };
  return linalg::GenericOp::create(b, loc, init.getType(), in, init, ArrayRef{toWindow, toWindow, identity},
                                   loops, body)
      .getResult(0);
}

/// The window that contains a target with a certain offset, which is a loop of its own: position p covers i with offset k when
/// p * stride + k * dilation = i.
struct Cover {
  Value position; ///< valid even where there is none
  Value exists;
};

Cover coverOf(WindowScatterOp op, unsigned dim, OpBuilder &b, Location loc, Value positions) {
  auto constant = [&](int64_t v) -> Value { return arith::ConstantIndexOp::create(b, loc, v); };
  unsigned rank = op.getKernel().size() + 2;
  Value target = linalg::IndexOp::create(b, loc, 2 + dim), k = linalg::IndexOp::create(b, loc, rank + dim);
  Value reach = arith::SubIOp::create(b, loc, target,
                                      arith::MulIOp::create(b, loc, k, constant(op.getDilations()[dim])));
  Value stride = constant(op.getStrides()[dim]), p = arith::DivSIOp::create(b, loc, reach, stride), exists;
  auto require = [&](arith::CmpIPredicate predicate, Value x, Value y) {
    Value holds = arith::CmpIOp::create(b, loc, predicate, x, y);
    exists = exists ? arith::AndIOp::create(b, loc, exists, holds).getResult() : holds;
  };
  require(arith::CmpIPredicate::sge, reach, constant(0));
  require(arith::CmpIPredicate::eq, arith::MulIOp::create(b, loc, p, stride), reach);
  require(arith::CmpIPredicate::slt, p, positions);
  return {arith::SelectOp::create(b, loc, exists, p, constant(0)), exists};
}

/// Each target sums over the windows that contain it.
Value sumOverWindows(WindowScatterOp op, OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Location loc = op.getLoc();
  unsigned spatial = op.getKernel().size(), rank = spatial + 2;
  SmallVector<OpFoldResult> sources = size.sizes(b, loc, op.getX().getType());
  MLIRContext *context = op.getContext();
  SmallVector<AffineExpr> windowDims;
  for (unsigned i = 0; i < spatial; ++i)
    windowDims.push_back(getAffineDimExpr(rank + i, context));
  SmallVector<AffineMap> maps = {
      AffineMap::get(rank + spatial, 0, windowDims, context),
      AffineMap::getMultiDimIdentityMap(rank + spatial, context).getMajorSubMap(rank)};
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  loops.append(spatial, utils::IteratorType::reduction);
  Value window = tensor::EmptyOp::create(b, loc, op.getKernel(), b.getI8Type());
  Value init = filled(b, loc, size.empty(b, loc, op.getY().getType()), 0);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    Value inside = arith::ConstantIntOp::create(b, loc, b.getI1Type(), 1);
    SmallVector<Value> at = {linalg::IndexOp::create(b, loc, 0), linalg::IndexOp::create(b, loc, 1)};
    for (unsigned i = 0; i < spatial; ++i) {
      Cover cover = coverOf(op, i, b, loc, getValueOrCreateConstantIndexOp(b, loc, sources[2 + i]));
      inside = arith::AndIOp::create(b, loc, inside, cover.exists);
      at.push_back(cover.position);
    }
    Value chosen = tensor::ExtractOp::create(b, loc, in[1], at);
    Value here = arith::IndexCastOp::create(b, loc, chosen.getType(), numberInWindow(b, loc, op.getKernel()));
    Value hit = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, chosen, here);
    ScalarValue take(b, loc, arith::AndIOp::create(b, loc, inside, hit));
    ScalarValue x(b, loc, tensor::ExtractOp::create(b, loc, in[0], at)), acc(b, loc, args[1]);
    linalg::YieldOp::create(b, loc, select(take, acc + x, acc).value);
  };
  return linalg::GenericOp::create(b, loc, init.getType(), window, init, maps, loops, body).getResult(0);
}

} // namespace

FailureOr<SmallVector<Value>> WindowScatterOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  return SmallVector<Value>{areTiles(*this) ? scatterToTiles(*this, b, in, size)
                                            : sumOverWindows(*this, b, in, size)};
}

#define GET_OP_CLASSES
#include "ir/ops/Window.cpp.inc"

void IngotDialect::registerWindowOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Window.cpp.inc"
      >();
}
