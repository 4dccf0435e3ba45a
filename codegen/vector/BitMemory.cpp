#include "codegen/vector/BitMemory.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace ingot::codegen {

static constexpr int64_t bitsInByte = 8;

BitMemory::BitMemory(KernelBuilder &k, const View &view, Value pointer)
    : k(k), bytes(view), position(positionOf(pointer)), startsByte(isMultipleOf(position, bitsInByte)) {
  bytes.element = k.b.getI8Type();
}

OpFoldResult BitMemory::positionOf(Value pointer) {
  bool isBase = isa<LLVM::LLVMPointerType>(pointer.getType());
  return isBase ? OpFoldResult(Builder(pointer.getContext()).getIndexAttr(0)) : pointer;
}

//===-- Positions ---------------------------------------------------------------------------------===//

/// Whether x is known to be `factor` times something.
bool BitMemory::isMultipleOf(Size x, int64_t factor) {
  if (factor == 1)
    return true;
  if (std::optional<sizes::Expr> expr = k.sizes.exprOf(x))
    return floordiv(*expr, factor) * factor == *expr;
  auto value = cast<Value>(x);
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    return loop && value == loop.getInductionVar() && isMultipleOf(loop.getLowerBound(), factor) &&
           isMultipleOf(loop.getStep(), factor);
  }
  Operation *op = value.getDefiningOp();
  if (isa<arith::AddIOp>(op))
    return isMultipleOf(op->getOperand(0), factor) && isMultipleOf(op->getOperand(1), factor);
  return isa<arith::MulIOp>(op) &&
         (isMultipleOf(op->getOperand(0), factor) || isMultipleOf(op->getOperand(1), factor));
}

/// x / factor of a multiple that is not negative, term by term: what is constant becomes part of an address.
OpFoldResult BitMemory::quotient(Size x, int64_t factor) {
  if (std::optional<sizes::Expr> expr = k.sizes.exprOf(x))
    return k.sizes.emit(floordiv(*expr, factor));
  Operation *op = cast<Value>(x).getDefiningOp();
  if (isa_and_nonnull<arith::AddIOp>(op))
    return k.add(quotient(op->getOperand(0), factor), quotient(op->getOperand(1), factor));
  if (isa_and_nonnull<arith::MulIOp>(op)) {
    bool isFirst = isMultipleOf(op->getOperand(0), factor);
    return k.mul(quotient(op->getOperand(!isFirst), factor), op->getOperand(isFirst));
  }
  return arith::DivUIOp::create(k.b, k.loc, k.value(x), k.value(k.index(factor))).getResult();
}

/// A pointer to the byte that the bit is in.
Value BitMemory::byteOf(Size position) {
  Size byte = isMultipleOf(position, bitsInByte)
                  ? quotient(position, bitsInByte)
                  : Size(arith::DivUIOp::create(k.b, k.loc, k.value(position), k.value(k.index(bitsInByte)))
                             .getResult());
  return k.advance(bytes, bytes.base, byte);
}

/// How many bits of its byte come before the first one, as a number of the word's type; null for none.
Value BitMemory::shiftIn(IntegerType word) {
  if (startsByte)
    return {};
  Value rest = arith::RemUIOp::create(k.b, k.loc, k.value(position), k.value(k.index(bitsInByte)));
  return arith::IndexCastOp::create(k.b, k.loc, word, rest);
}

/// Whether that many bits lie in the bytes that they would fill.
bool BitMemory::isInBytes(int64_t count) {
  return startsByte || (llvm::isPowerOf2_64(count) && count < bitsInByte && isMultipleOf(position, count));
}

/// The bytes that so many bits fill, with one more if they may begin within a byte.
IntegerType BitMemory::wordOf(int64_t count) {
  int64_t filled = llvm::alignTo(count, bitsInByte);
  return k.b.getIntegerType(isInBytes(count) ? filled : llvm::PowerOf2Ceil(filled + bitsInByte));
}

//===-- Words -------------------------------------------------------------------------------------===//

Value BitMemory::resize(Value word, IntegerType type) {
  unsigned width = word.getType().getIntOrFloatBitWidth();
  if (width > type.getWidth())
    return arith::TruncIOp::create(k.b, k.loc, type, word);
  return width < type.getWidth() ? arith::ExtUIOp::create(k.b, k.loc, type, word).getResult() : word;
}

/// The bits where they are in a word.
Value BitMemory::placed(Value bits, IntegerType word) {
  bits = resize(bits, word);
  Value shift = shiftIn(word);
  return shift ? arith::ShLIOp::create(k.b, k.loc, bits, shift).getResult() : bits;
}

/// The first lane is the lowest bit.
Value BitMemory::bitsOf(Value lanes) {
  auto vector = dyn_cast<VectorType>(lanes.getType());
  return vector ? LLVM::BitcastOp::create(k.b, k.loc, k.b.getIntegerType(vector.getNumElements()), lanes)
                      .getResult()
                : lanes;
}

Value BitMemory::lanesOf(Value bits, Type type) {
  auto vector = dyn_cast<VectorType>(type);
  int64_t count = vector ? vector.getNumElements() : 1;
  constexpr int64_t tableBits = 32;
  if (!vector || k.target.bitsToMask || count > tableBits) {
    bits = resize(bits, k.b.getIntegerType(count));
    return vector ? LLVM::BitcastOp::create(k.b, k.loc, type, bits).getResult() : bits;
  }
  // All bits in each lane, of which it looks at its own.
  SmallVector<Attribute> own;
  for (int64_t lane = 0; lane < count; ++lane)
    own.push_back(k.b.getIntegerAttr(k.b.getI32Type(), APInt::getOneBitSet(tableBits, lane)));
  auto lanes = VectorType::get(count, k.b.getI32Type());
  Value all = vector::BroadcastOp::create(k.b, k.loc, lanes, resize(bits, k.b.getI32Type()));
  Value table = arith::ConstantOp::create(k.b, k.loc, DenseElementsAttr::get(lanes, own));
  return arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::ne,
                               arith::AndIOp::create(k.b, k.loc, all, table), k.zero(lanes));
}

/// If a mask selects the first lanes, and how many is known now, their number.
static std::optional<int64_t> firstLanes(Value mask) {
  DenseElementsAttr attribute;
  if (!matchPattern(mask, m_Constant(&attribute)))
    return std::nullopt;
  auto values = llvm::to_vector(attribute.getValues<bool>());
  int64_t count = llvm::find(values, false) - values.begin();
  return llvm::is_contained(ArrayRef(values).drop_front(count), true) ? std::nullopt : std::optional(count);
}

static Value allOnes(KernelBuilder &k, Type type) {
  APInt ones = APInt::getAllOnes(type.getIntOrFloatBitWidth());
  return arith::ConstantOp::create(k.b, k.loc, k.b.getIntegerAttr(type, ones));
}

//===-- Access ------------------------------------------------------------------------------------===//

/// A word that begins with the first of `count` bits.
Value BitMemory::loadWord(int64_t count) {
  IntegerType word = wordOf(count);
  Value loaded;
  if (isInBytes(count)) {
    loaded = k.load(bytes, byteOf(position), word);
  } else {
    // The bytes that they would fill, if they began one, and the one that the last of them is in.
    IntegerType filled = k.b.getIntegerType(llvm::alignTo(count, bitsInByte));
    Value low = resize(k.load(bytes, byteOf(position), filled), word);
    Value high = k.load(bytes, byteOf(k.add(position, k.index(count - 1))), bytes.element);
    Value behind = arith::ConstantOp::create(k.b, k.loc, k.b.getIntegerAttr(word, filled.getWidth()));
    high = arith::ShLIOp::create(k.b, k.loc, resize(high, word), behind);
    loaded = arith::OrIOp::create(k.b, k.loc, low, high);
  }
  Value shift = shiftIn(word);
  return shift ? arith::ShRUIOp::create(k.b, k.loc, loaded, shift).getResult() : loaded;
}

/// The bytes of a word in which bits are selected.
static std::pair<VectorType, Value> bytesWith(Value selected, KernelBuilder &k) {
  auto type = VectorType::get(selected.getType().getIntOrFloatBitWidth() / bitsInByte, k.b.getI8Type());
  Value bytes = LLVM::BitcastOp::create(k.b, k.loc, type, selected);
  return {type, arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::ne, bytes, k.zero(type))};
}

/// The word at the first bit, of which only bytes in which bits are selected are read.
Value BitMemory::loadBytes(Value selected) {
  if (selected.getType() == bytes.element)
    return k.load(bytes, byteOf(position), bytes.element);
  auto [type, mask] = bytesWith(selected, k);
  return LLVM::BitcastOp::create(k.b, k.loc, selected.getType(),
                                 k.loadMasked(bytes, byteOf(position), type, mask));
}

Value BitMemory::load(Type type, Value mask) {
  auto vector = dyn_cast<VectorType>(type);
  int64_t lanes = vector ? vector.getNumElements() : 1;
  std::optional<int64_t> known = mask ? firstLanes(mask) : lanes;
  if (known == 0)
    return k.zero(type);
  Value word;
  if (known) {
    word = loadWord(*known);
  } else {
    IntegerType field = wordOf(lanes);
    word = loadBytes(placed(bitsOf(mask), field));
    if (Value shift = shiftIn(field))
      word = arith::ShRUIOp::create(k.b, k.loc, word, shift);
  }
  Value result = lanesOf(word, type);
  return mask ? arith::AndIOp::create(k.b, k.loc, result, mask).getResult() : result;
}

void BitMemory::store(Value value, Value mask) {
  Value bits = bitsOf(value);
  int64_t lanes = bits.getType().getIntOrFloatBitWidth();
  std::optional<int64_t> known = mask ? firstLanes(mask) : lanes;
  if (known == 0)
    return;
  int64_t count = known.value_or(lanes);
  IntegerType word = wordOf(count);
  if (known && startsByte && count % bitsInByte == 0) {
    k.store(bytes, byteOf(position), resize(bits, word));
    return;
  }
  // What lies around them stays.
  Value selected = mask ? bitsOf(mask) : allOnes(k, bits.getType()), place = byteOf(position);
  bits = placed(arith::AndIOp::create(k.b, k.loc, bits, selected), word);
  selected = placed(selected, word);
  bool isWhole = known && isInBytes(count);
  Value old = isWhole ? k.load(bytes, place, word) : loadBytes(selected);
  Value others = arith::XOrIOp::create(k.b, k.loc, selected, allOnes(k, word));
  Value changed = arith::OrIOp::create(k.b, k.loc, arith::AndIOp::create(k.b, k.loc, old, others), bits);
  if (isWhole || word == bytes.element)
    return k.store(bytes, place, changed);
  auto [type, written] = bytesWith(selected, k);
  k.storeMasked(bytes, place, LLVM::BitcastOp::create(k.b, k.loc, type, changed), written);
}

} // namespace ingot::codegen
