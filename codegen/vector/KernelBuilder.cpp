#include "codegen/vector/KernelBuilder.h"
#include "codegen/vector/BitMemory.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace ingot::codegen {

KernelBuilder::KernelBuilder(OpBuilder &builder, Location loc, const Target &target, SizeArithmetic &sizes,
                             StringRef name, ArrayRef<View> operands)
    : b(builder), loc(loc), target(target), sizes(sizes) {
  llvm::SmallSetVector<unsigned, 4> buffers;
  for (const View &view : operands)
    if (view.base)
      buffers.insert(view.buffer);
  if (buffers.size() < 2)
    return;
  // A scope says something about one kernel only: another one may use the same memory for another buffer. Its
  // identity is a string, not a distinct attribute, which the context would keep for ever.
  auto domain = LLVM::AliasScopeDomainAttr::get(b.getContext(), b.getStringAttr("ingot"), StringAttr());
  SmallVector<Attribute> all;
  for (unsigned index = 0; index < buffers.size(); ++index)
    all.push_back(LLVM::AliasScopeAttr::get(b.getContext(), b.getStringAttr(name + "." + Twine(index)),
                                            domain, StringAttr()));
  for (auto [index, buffer] : llvm::enumerate(buffers)) {
    SmallVector<Attribute> others(all);
    others.erase(others.begin() + index);
    scopes[buffer] = {b.getArrayAttr(all[index]), b.getArrayAttr(others)};
  }
}

//===-- Index arithmetic
//----------------------------------------------------------------------------------------------===//

template <class Fold, class Emit>
OpFoldResult KernelBuilder::arithmetic(OpFoldResult x, OpFoldResult y, Fold fold, Emit emit) {
  std::optional<sizes::Expr> a = sizes.exprOf(x), c = a ? sizes.exprOf(y) : std::nullopt;
  if (a && c)
    if (std::optional<sizes::Expr> result = fold(*a, *c))
      return sizes.emit(*result);
  return emit(value(x), value(y));
}

// Found by argument-dependent lookup only, where no member hides them.
static sizes::Expr lesser(const sizes::Expr &x, const sizes::Expr &y) { return min(x, y); }
static sizes::Expr greater(const sizes::Expr &x, const sizes::Expr &y) { return max(x, y); }

static bool isValue(OpFoldResult x, int64_t value) { return getConstantIntValue(x) == value; }

OpFoldResult KernelBuilder::add(Size x, Size y) {
  if (isValue(x, 0))
    return y;
  if (isValue(y, 0))
    return x;
  return arithmetic(
      x, y, [](auto &a, auto &c) { return std::optional(a + c); },
      [&](Value a, Value c) -> Size { return arith::AddIOp::create(b, loc, a, c).getResult(); });
}

OpFoldResult KernelBuilder::sub(Size x, Size y) {
  if (isValue(y, 0))
    return x;
  return arithmetic(
      x, y, [](auto &a, auto &c) { return std::optional(a - c); },
      [&](Value a, Value c) -> Size { return arith::SubIOp::create(b, loc, a, c).getResult(); });
}

OpFoldResult KernelBuilder::mul(Size x, Size y) {
  if (isValue(x, 1) || isValue(y, 0))
    return y;
  if (isValue(y, 1) || isValue(x, 0))
    return x;
  return arithmetic(
      x, y, [](auto &a, auto &c) { return std::optional(a * c); },
      [&](Value a, Value c) -> Size { return arith::MulIOp::create(b, loc, a, c).getResult(); });
}

OpFoldResult KernelBuilder::floorDiv(Size x, Size y) {
  if (isValue(y, 1))
    return x;
  return arithmetic(
      x, y,
      [](auto &a, auto &c) { return c == sizes::Expr(0) ? std::nullopt : std::optional(floordiv(a, c)); },
      [&](Value a, Value c) -> Size { return arith::FloorDivSIOp::create(b, loc, a, c).getResult(); });
}

OpFoldResult KernelBuilder::ceilDiv(Size x, Size y) { return floorDiv(add(x, sub(y, index(1))), y); }

OpFoldResult KernelBuilder::mod(Size x, Size y) {
  if (isValue(y, 1))
    return index(0);
  return sub(x, mul(floorDiv(x, y), y));
}

OpFoldResult KernelBuilder::min(Size x, Size y) {
  return arithmetic(
      x, y, [](auto &a, auto &c) { return std::optional(lesser(a, c)); },
      [&](Value a, Value c) -> Size { return arith::MinSIOp::create(b, loc, a, c).getResult(); });
}

OpFoldResult KernelBuilder::max(Size x, Size y) {
  return arithmetic(
      x, y, [](auto &a, auto &c) { return std::optional(greater(a, c)); },
      [&](Value a, Value c) -> Size { return arith::MaxSIOp::create(b, loc, a, c).getResult(); });
}

OpFoldResult KernelBuilder::alignDown(Size x, int64_t step) { return sub(x, mod(x, index(step))); }

Value KernelBuilder::value(Size x) {
  if (auto attribute = dyn_cast<Attribute>(x))
    return arith::ConstantIndexOp::create(b, loc, cast<IntegerAttr>(attribute).getInt());
  return cast<Value>(x);
}

bool KernelBuilder::isRowMajor(const View &view) {
  Size expected = index(1);
  for (int64_t d = view.rank() - 1; d >= 0; --d) {
    if (!isValue(view.sizes[d], 1) && !equal(view.strides[d], expected))
      return false;
    expected = mul(expected, view.sizes[d]);
  }
  return true;
}

OpFoldResult KernelBuilder::elements(const View &view) {
  Size product = index(1);
  for (Size size : view.sizes)
    product = mul(product, size);
  return product;
}

//===-- Memory
//--------------------------------------------------------------------------------------------------------===//

static bool isBits(const View &view) { return view.element.isInteger(1); }

Value KernelBuilder::advance(const View &view, Value pointer, Size elements) {
  if (isValue(elements, 0))
    return pointer;
  if (isBits(view))
    return value(add(BitMemory::positionOf(pointer), elements));
  auto ptr = LLVM::LLVMPointerType::get(b.getContext());
  if (std::optional<int64_t> constant = getConstantIntValue(elements); constant && llvm::isInt<31>(*constant))
    return LLVM::GEPOp::create(b, loc, ptr, view.element, pointer,
                               LLVM::GEPArg(static_cast<int32_t>(*constant)));
  Value offset = arith::IndexCastOp::create(b, loc, b.getI64Type(), value(elements));
  return LLVM::GEPOp::create(b, loc, ptr, view.element, pointer, ValueRange{offset});
}

Value KernelBuilder::address(const View &view, Sizes indices) {
  assert(static_cast<int64_t>(indices.size()) == view.rank() && "one index a dimension");
  Size offset = view.offset;
  for (auto [index, stride] : llvm::zip_equal(indices, view.strides))
    offset = add(offset, mul(index, stride));
  return advance(view, view.base, offset);
}

template <class Op> void KernelBuilder::setAccess(Op op, const View &view) {
  op.setAlignment(elementBytes(view.element));
  if (auto it = scopes.find(view.buffer); it != scopes.end()) {
    op.setAliasScopesAttr(it->second.own);
    op.setNoaliasScopesAttr(it->second.others);
  }
}

Value KernelBuilder::load(const View &view, Value pointer, Type type) {
  if (isBits(view))
    return BitMemory(*this, view, pointer).load(type);
  auto op = LLVM::LoadOp::create(b, loc, type, pointer);
  setAccess(op, view);
  return op;
}

void KernelBuilder::store(const View &view, Value pointer, Value value) {
  if (isBits(view))
    return BitMemory(*this, view, pointer).store(value);
  setAccess(LLVM::StoreOp::create(b, loc, value, pointer), view);
}

Value KernelBuilder::load(const View &view, Sizes indices, int64_t lanes) {
  Type type = lanes == 1 ? view.element : VectorType::get(lanes, view.element);
  return load(view, address(view, indices), type);
}

void KernelBuilder::store(const View &view, Sizes indices, Value value) {
  store(view, address(view, indices), value);
}

Value KernelBuilder::loadMasked(const View &view, Value pointer, VectorType type, Value mask,
                                Value passthru) {
  if (isBits(view)) {
    Value bits = BitMemory(*this, view, pointer).load(type, mask);
    return passthru ? arith::SelectOp::create(b, loc, mask, bits, passthru).getResult() : bits;
  }
  return LLVM::MaskedLoadOp::create(b, loc, type, pointer, mask, passthru ? passthru : zero(type),
                                    b.getI32IntegerAttr(elementBytes(view.element)), UnitAttr());
}

void KernelBuilder::storeMasked(const View &view, Value pointer, Value value, Value mask) {
  if (isBits(view))
    return BitMemory(*this, view, pointer).store(value, mask);
  LLVM::MaskedStoreOp::create(b, loc, value, pointer, mask, b.getI32IntegerAttr(elementBytes(view.element)));
}

//===-- Values
//--------------------------------------------------------------------------------------------------------===//

Value KernelBuilder::constant(Type type, double value) {
  Type element = getElementTypeOrSelf(type);
  TypedAttr attribute;
  if (auto floating = dyn_cast<FloatType>(element))
    attribute = b.getFloatAttr(floating, value);
  else
    attribute = b.getIntegerAttr(element, static_cast<int64_t>(value));
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = SplatElementsAttr::get(vector, attribute);
  return arith::ConstantOp::create(b, loc, attribute);
}

Value KernelBuilder::splat(Value scalar, int64_t lanes) {
  if (lanes == 1)
    return scalar;
  return vector::BroadcastOp::create(b, loc, VectorType::get(lanes, scalar.getType()), scalar);
}

Value KernelBuilder::iota(Type element, int64_t lanes) {
  SmallVector<Attribute> values;
  for (int64_t lane = 0; lane < lanes; ++lane)
    values.push_back(isa<FloatType>(element) ? Attribute(b.getFloatAttr(element, lane))
                                             : Attribute(b.getIntegerAttr(element, lane)));
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(VectorType::get(lanes, element), values));
}

Value KernelBuilder::mask(int64_t lanes, Size count) {
  if (std::optional<int64_t> constant = getConstantIntValue(count)) {
    SmallVector<bool> bits;
    for (int64_t lane = 0; lane < lanes; ++lane)
      bits.push_back(lane < *constant);
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(VectorType::get(lanes, b.getI1Type()), ArrayRef<bool>(bits)));
  }
  // 32-bit lanes: a register of them covers a mask for 4-byte elements, the commonest. Counts beyond `lanes`
  // are cut off first.
  Value rest = arith::MinSIOp::create(b, loc, value(count), value(index(lanes)));
  rest = arith::IndexCastOp::create(b, loc, b.getI32Type(), rest);
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, iota(b.getI32Type(), lanes),
                               splat(rest, lanes));
}

//===-- Loops
//---------------------------------------------------------------------------------------------------------===//

void KernelBuilder::forLoop(Size lower, Size upper, Size step, Body body) {
  forLoop(lower, upper, step, {}, [&](Size iv, ValueRange) {
    body(iv);
    return SmallVector<Value>();
  });
}

SmallVector<Value> KernelBuilder::forLoop(Size lower, Size upper, Size step, ValueRange init,
                                          CarryingBody body, int64_t unroll) {
  std::optional<int64_t> first = getConstantIntValue(lower), last = getConstantIntValue(upper),
                         stride = getConstantIntValue(step);
  SmallVector<Value> carried(init);
  if (first && last && stride) {
    int64_t trips = *last <= *first ? 0 : (*last - *first + *stride - 1) / *stride;
    if (trips <= std::max<int64_t>(1, unroll)) {
      for (int64_t iv = *first; iv < *last; iv += *stride)
        carried = body(index(iv), carried);
      return carried;
    }
  }
  auto loop = scf::ForOp::create(b, loc, value(lower), value(upper), value(step), init);
  OpBuilder::InsertionGuard guard(b);
  // Without carried values the loop has been built with its terminator.
  if (init.empty())
    b.setInsertionPoint(loop.getBody()->getTerminator());
  else
    b.setInsertionPointToEnd(loop.getBody());
  carried = body(Size(loop.getInductionVar()), loop.getRegionIterArgs());
  if (!init.empty())
    scf::YieldOp::create(b, loc, carried);
  return llvm::to_vector_of<Value>(loop.getResults());
}

} // namespace ingot::codegen
