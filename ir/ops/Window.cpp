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
  Value index =
      MaxPoolIndexOp::create(b, getLoc(), getX(), getKernelAttr(), getStridesAttr(), getDilationsAttr());
  grads.push_back(WindowScatterOp::create(b, getLoc(), getX().getType(), cotangents[0], index,
                                          getKernelAttr(), getStridesAttr(), getDilationsAttr()));
  return success();
}

LogicalResult MaxPoolIndexOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &grads) {
  grads.push_back(nullptr);
  return success();
}

// A reduction of two values at once: the maximum so far and where it is.
FailureOr<SmallVector<Value>> MaxPoolIndexOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Location loc = getLoc();
  WindowLoops loops(getContext(), getKernel(), getStrides(), getDilations());
  unsigned spatial = getKernel().size();
  SmallVector<OpFoldResult> extents = size.sizes(b, loc, getX().getType());
  Value window = tensor::EmptyOp::create(b, loc, getKernel(), b.getI64Type());
  Type element = getElementTypeOrSelf(in[0]);
  Value best =
      filled(b, loc, size.empty(b, loc, getY().getType(), element), -std::numeric_limits<double>::infinity());
  Value where = filled(b, loc, size.empty(b, loc, getY().getType()), 0);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    Value flat = arith::ConstantIndexOp::create(b, loc, 0), start;
    for (unsigned i = 0; i < spatial; ++i) {
      Value k = linalg::IndexOp::create(b, loc, 2 + spatial + i), p = linalg::IndexOp::create(b, loc, 2 + i);
      auto times = [&](Value v, int64_t n) -> Value {
        return arith::MulIOp::create(b, loc, v, arith::ConstantIndexOp::create(b, loc, n));
      };
      flat = arith::MulIOp::create(b, loc, flat, getValueOrCreateConstantIndexOp(b, loc, extents[2 + i]));
      Value at = arith::AddIOp::create(b, loc, times(p, getStrides()[i]), times(k, getDilations()[i]));
      flat = arith::AddIOp::create(b, loc, flat, at);
      start = start ? arith::AddIOp::create(b, loc, start, k).getResult() : k;
    }
    Value first = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, start,
                                        arith::ConstantIndexOp::create(b, loc, 0));
    ScalarValue x(b, loc, args[0]), acc(b, loc, args[2]);
    ScalarValue take = (x > acc) | (x != x) | ScalarValue(b, loc, first);
    ScalarValue index(b, loc, arith::IndexCastOp::create(b, loc, b.getI64Type(), flat));
    linalg::YieldOp::create(
        b, loc,
        ValueRange{select(take, x, acc).value, select(take, index, ScalarValue(b, loc, args[3])).value});
  };
  SmallVector<AffineMap> maps = loops.maps;
  maps.push_back(maps.back());
  return SmallVector<Value>{linalg::GenericOp::create(b, loc, TypeRange{best.getType(), where.getType()},
                                                      ValueRange{in[0], window}, ValueRange{best, where},
                                                      maps, loops.iterators, body)
                                .getResult(1)};
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
    starts.push_back(border);
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
LogicalResult checkMove(Operation *op, Type whole, Type parts, Type index, ArrayRef<int64_t> kernel,
                        ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations) {
  SmallVector<Type> windows;
  StringRef who = op->getName().stripDialect();
  if (failed(inferWindow(who, op->getLoc(), whole, kernel, strides, dilations, false, windows)))
    return failure();
  if (windows[0] != parts || sizesOf(parts) != sizesOf(index))
    return op->emitOpError("windows of ") << describe(whole) << " are " << describe(windows[0]) << ", got "
                                          << describe(parts) << " with index " << describe(index);
  return success();
}

/// Row-major strides of the spatial dimensions are divided out of a flat index one after the other, last first.
SmallVector<Value> unflatten(OpBuilder &b, Location loc, Value flat, ArrayRef<OpFoldResult> extents) {
  SmallVector<Value> index(extents.size());
  for (int64_t i = extents.size() - 1; i > 0; --i) {
    Value extent = getValueOrCreateConstantIndexOp(b, loc, extents[i]);
    index[i] = arith::RemUIOp::create(b, loc, flat, extent);
    flat = arith::DivUIOp::create(b, loc, flat, extent);
  }
  index[0] = flat;
  return index;
}

} // namespace

LogicalResult WindowGatherOp::verify() {
  return checkMove(*this, getX().getType(), getY().getType(), getIndex().getType(), getKernel(), getStrides(),
                   getDilations());
}

LogicalResult WindowGatherOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(WindowScatterOp::create(b, getLoc(), getX().getType(), cotangents[0], getIndex(),
                                          getKernelAttr(), getStridesAttr(), getDilationsAttr()));
  grads.push_back(nullptr);
  return success();
}

FailureOr<SmallVector<Value>> WindowGatherOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Type type = getY().getType();
  int64_t rank = cast<RankedTensorType>(type).getRank();
  SmallVector<OpFoldResult> extents = size.sizes(b, getLoc(), getX().getType());
  SmallVector<AffineMap> maps(2, b.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  Value init = size.empty(b, getLoc(), type);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    SmallVector<Value> at = {linalg::IndexOp::create(b, loc, 0), linalg::IndexOp::create(b, loc, 1)};
    Value flat = arith::IndexCastOp::create(b, loc, b.getIndexType(), args[0]);
    at.append(unflatten(b, loc, flat, ArrayRef(extents).drop_front(2)));
    linalg::YieldOp::create(b, loc, tensor::ExtractOp::create(b, loc, in[0], at).getResult());
  };
  return SmallVector<Value>{
      linalg::GenericOp::create(b, getLoc(), init.getType(), in[1], init, maps, loops, body).getResult(0)};
}

LogicalResult WindowScatterOp::verify() {
  return checkMove(*this, getY().getType(), getX().getType(), getIndex().getType(), getKernel(), getStrides(),
                   getDilations());
}

LogicalResult WindowScatterOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(WindowGatherOp::create(b, getLoc(), getX().getType(), cotangents[0], getIndex(),
                                         getKernelAttr(), getStridesAttr(), getDilationsAttr()));
  grads.push_back(nullptr);
  return success();
}

// Each target sums over the windows that contain it: position p covers i with offset k when p * stride + k * dilation = i.
FailureOr<SmallVector<Value>> WindowScatterOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Location loc = getLoc();
  unsigned spatial = getKernel().size(), rank = spatial + 2;
  SmallVector<OpFoldResult> targets = size.sizes(b, loc, getY().getType()),
                            sources = size.sizes(b, loc, getX().getType());
  MLIRContext *context = getContext();
  SmallVector<AffineExpr> windowDims;
  for (unsigned i = 0; i < spatial; ++i)
    windowDims.push_back(getAffineDimExpr(rank + i, context));
  SmallVector<AffineMap> maps = {
      AffineMap::get(rank + spatial, 0, windowDims, context),
      AffineMap::getMultiDimIdentityMap(rank + spatial, context).getMajorSubMap(rank)};
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  loops.append(spatial, utils::IteratorType::reduction);
  Type element = getElementTypeOrSelf(in[0]);
  Value window = tensor::EmptyOp::create(b, loc, getKernel(), element);
  Value init = filled(b, loc, size.empty(b, loc, getY().getType()), 0);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    auto constant = [&](int64_t v) -> Value { return arith::ConstantIndexOp::create(b, loc, v); };
    Value zero = constant(0), inside = arith::ConstantIntOp::create(b, loc, b.getI1Type(), 1), flat = zero;
    SmallVector<Value> at = {linalg::IndexOp::create(b, loc, 0), linalg::IndexOp::create(b, loc, 1)};
    for (unsigned i = 0; i < spatial; ++i) {
      Value target = linalg::IndexOp::create(b, loc, 2 + i), k = linalg::IndexOp::create(b, loc, rank + i);
      flat = arith::MulIOp::create(b, loc, flat, getValueOrCreateConstantIndexOp(b, loc, targets[2 + i]));
      flat = arith::AddIOp::create(b, loc, flat, target);
      Value reach = arith::SubIOp::create(b, loc, target,
                                          arith::MulIOp::create(b, loc, k, constant(getDilations()[i])));
      Value stride = constant(getStrides()[i]), p = arith::DivSIOp::create(b, loc, reach, stride);
      auto require = [&](arith::CmpIPredicate predicate, Value x, Value y) {
        inside = arith::AndIOp::create(b, loc, inside, arith::CmpIOp::create(b, loc, predicate, x, y));
      };
      Value last = getValueOrCreateConstantIndexOp(b, loc, sources[2 + i]);
      require(arith::CmpIPredicate::sge, reach, zero);
      require(arith::CmpIPredicate::eq, arith::MulIOp::create(b, loc, p, stride), reach);
      require(arith::CmpIPredicate::slt, p, last);
      at.push_back(
          arith::SelectOp::create(b, loc, inside, p, zero)); // a valid index even where it is not used
    }
    Value flat64 = arith::IndexCastOp::create(b, loc, b.getI64Type(), flat);
    Value chosen = tensor::ExtractOp::create(b, loc, in[1], at);
    Value hit = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, chosen, flat64);
    ScalarValue take(b, loc, arith::AndIOp::create(b, loc, inside, hit));
    ScalarValue x(b, loc, tensor::ExtractOp::create(b, loc, in[0], at)), acc(b, loc, args[1]);
    linalg::YieldOp::create(b, loc, select(take, acc + x, acc).value);
  };
  return SmallVector<Value>{
      linalg::GenericOp::create(b, loc, init.getType(), window, init, maps, loops, body).getResult(0)};
}

#define GET_OP_CLASSES
#include "ir/ops/Window.cpp.inc"

void IngotDialect::registerWindowOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Window.cpp.inc"
      >();
}
