#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/ScalarValue.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <cmath>

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

//===--- constant -----------------------------------------------------------------------------------------------===//

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getValue().getShapedType());
  return success();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult ConstantOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &) { return success(); }

FailureOr<SmallVector<Value>> ConstantOp::lowerToLinalg(OpBuilder &b, ValueRange, SizeBuilder &size) {
  RankedTensorType type = size.lowered(getY().getType());
  ElementsAttr value = getValue();
  if (auto dense = dyn_cast<DenseElementsAttr>(value);
      dense && dense.getElementType() != type.getElementType())
    value =
        dense.mapValues(type.getElementType(), [](const APInt &bits) { return bits.zext(8); }); // bool, ui8
  return SmallVector<Value>{arith::ConstantOp::create(b, getLoc(), type, cast<TypedAttr>(value))};
}

//===--- iota, size ---------------------------------------------------------------------------------------------===//

LogicalResult IotaOp::verify() {
  return checkDims("iota", getLoc(), {int64_t(getDim())}, cast<RankedTensorType>(getY().getType()).getRank());
}

LogicalResult IotaOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &) { return success(); }

namespace {

Value generate(OpBuilder &b, Location loc, Type type, SizeBuilder &size,
               function_ref<Value(OpBuilder &, Location)> element) {
  Value init = size.empty(b, loc, type);
  int64_t rank = cast<RankedTensorType>(type).getRank();
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  return linalg::GenericOp::create(b, loc, init.getType(), ValueRange{}, init, b.getMultiDimIdentityMap(rank),
                                   loops,
                                   [&](OpBuilder &b, Location loc, ValueRange) {
                                     linalg::YieldOp::create(b, loc, element(b, loc));
                                   })
      .getResult(0);
}

/// An index as a number of the stored element type.
Value numberOf(OpBuilder &b, Location loc, Value index, Type element) {
  Value wide = arith::IndexCastOp::create(b, loc, b.getI64Type(), index);
  return convert(ScalarValue(b, loc, wide), element).value;
}

} // namespace

FailureOr<SmallVector<Value>> IotaOp::lowerToLinalg(OpBuilder &b, ValueRange, SizeBuilder &size) {
  return SmallVector<Value>{generate(b, getLoc(), getY().getType(), size, [&](OpBuilder &b, Location loc) {
    return numberOf(b, loc, linalg::IndexOp::create(b, loc, getDim()), getElementTypeOrSelf(getY()));
  })};
}

LogicalResult SizeOp::verify() {
  return getSize().size() == 1 ? success()
                               : LogicalResult(emitOpError("needs one size, got ") << toString(getSize()));
}

LogicalResult SizeOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &) { return success(); }

FailureOr<SmallVector<Value>> SizeOp::lowerToLinalg(OpBuilder &b, ValueRange, SizeBuilder &size) {
  OpFoldResult n = size.size(b, getLoc(), getSize()[0]);
  return SmallVector<Value>{generate(b, getLoc(), getY().getType(), size, [&](OpBuilder &b, Location loc) {
    return numberOf(b, loc, getValueOrCreateConstantIndexOp(b, loc, n), getElementTypeOrSelf(getY()));
  })};
}

//===--- random -------------------------------------------------------------------------------------------------===//

LogicalResult RandomOp::verify() {
  auto state = sizesOf(getState().getType());
  if (state.size() != 1 || state[0] != sizes::Expr(2))
    return emitOpError("state must be i64[2], seed and offset, got ") << describe(getState().getType());
  if (getDistribution() != "uniform" && getDistribution() != "normal")
    return emitOpError("distribution must be 'uniform' or 'normal', got '") << getDistribution() << "'";
  return success();
}

LogicalResult RandomOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &grads) {
  grads.push_back(nullptr);
  return success();
}

namespace {

/// Philox4x32 with ten rounds, on i64 values that hold 32 bits each.
std::array<Value, 4> philox(OpBuilder &b, Location loc, Value seed, Value block) {
  Type i64 = b.getI64Type();
  auto constant = [&](uint64_t v) -> Value {
    return arith::ConstantOp::create(b, loc, IntegerAttr::get(i64, APInt(64, v)));
  };
  Value mask = constant(0xFFFFFFFFull), shift = constant(32);
  auto low = [&](Value v) -> Value { return arith::AndIOp::create(b, loc, v, mask); };
  auto high = [&](Value v) -> Value { return arith::ShRUIOp::create(b, loc, v, shift); };
  Value zero = constant(0);
  std::array<Value, 4> c = {low(block), high(block), zero, zero};
  Value k0 = low(seed), k1 = high(seed);
  Value m0 = constant(0xD2511F53ull), m1 = constant(0xCD9E8D57ull);
  Value w0 = constant(0x9E3779B9ull), w1 = constant(0xBB67AE85ull);
  for (int round = 0; round < 10; ++round) {
    Value p0 = arith::MulIOp::create(b, loc, m0, c[0]), p1 = arith::MulIOp::create(b, loc, m1, c[2]);
    auto mix = [&](Value product, Value counter, Value key) -> Value {
      Value x = arith::XOrIOp::create(b, loc, high(product), counter);
      return arith::XOrIOp::create(b, loc, x, key);
    };
    c = {mix(p1, c[1], k0), low(p1), mix(p0, c[3], k1), low(p0)};
    k0 = low(arith::AddIOp::create(b, loc, k0, w0));
    k1 = low(arith::AddIOp::create(b, loc, k1, w1));
  }
  return c;
}

/// A number in [0, 1) from random words: as many of the high bits as `digits`, the precision of a float type of at most 32 bits;
/// 53 bits of two words for f64.
ScalarValue unit(OpBuilder &b, Location loc, Value first, Value second, Type type, int64_t digits) {
  auto constant = [&](int64_t v) -> Value { return arith::ConstantIntOp::create(b, loc, b.getI64Type(), v); };
  if (type.isF64()) {
    Value top = arith::ShLIOp::create(b, loc, first, constant(21));
    Value bits = arith::OrIOp::create(b, loc, top, arith::ShRUIOp::create(b, loc, second, constant(11)));
    return ScalarValue(b, loc, arith::SIToFPOp::create(b, loc, type, bits)) * 0x1p-53;
  }
  Value high = arith::ShRUIOp::create(b, loc, first, constant(32 - digits));
  Value bits = arith::TruncIOp::create(b, loc, b.getI32Type(), high);
  return ScalarValue(b, loc, arith::SIToFPOp::create(b, loc, type, bits)) * std::ldexp(1, -int(digits));
}

} // namespace

FailureOr<SmallVector<Value>> RandomOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Type stored = getElementTypeOrSelf(getY());
  Type type = stored.isF64() ? stored : b.getF32Type();
  SmallVector<OpFoldResult> extents = size.sizes(b, getLoc(), getY().getType());
  Value seed =
      tensor::ExtractOp::create(b, getLoc(), in[0], Value(arith::ConstantIndexOp::create(b, getLoc(), 0)));
  Value offset =
      tensor::ExtractOp::create(b, getLoc(), in[0], Value(arith::ConstantIndexOp::create(b, getLoc(), 1)));
  auto element = [&](OpBuilder &b, Location loc) {
    Value linear = arith::ConstantIndexOp::create(b, loc, 0);
    for (auto [i, extent] : llvm::enumerate(extents)) {
      linear = arith::MulIOp::create(b, loc, linear, getValueOrCreateConstantIndexOp(b, loc, extent));
      linear = arith::AddIOp::create(b, loc, linear, linalg::IndexOp::create(b, loc, i));
    }
    Value block =
        arith::AddIOp::create(b, loc, offset, arith::IndexCastOp::create(b, loc, b.getI64Type(), linear));
    std::array<Value, 4> words = philox(b, loc, seed, block);
    auto precision = [](Type type) { return int64_t(cast<FloatType>(type).getFPMantissaWidth()); };
    if (getDistribution() == "uniform") // of the bits that the result has, so that none is rounded up to 1
      return convert(unit(b, loc, words[0], words[1], type, precision(stored)), stored).value;
    ScalarValue u = unit(b, loc, words[0], words[1], type, precision(type));
    ScalarValue angle = unit(b, loc, words[2], words[3], type, precision(type)) * 6.28318530717958647693;
    return convert(sqrt(-2.0 * log(1.0 - u)) * cos(angle), stored).value;
  };
  return SmallVector<Value>{generate(b, getLoc(), getY().getType(), size, element)};
}

#define GET_OP_CLASSES
#include "ir/ops/Source.cpp.inc"

void IngotDialect::registerSourceOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Source.cpp.inc"
      >();
}
