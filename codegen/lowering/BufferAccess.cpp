#include "codegen/lowering/BufferAccess.h"
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/Target.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include <map>

using namespace mlir;

namespace ingot::codegen {

Value rootOf(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>()) {
    if (isa<memref::ViewOp>(view))
      break;
    memref = view.getViewSource();
  }
  return memref;
}

bool Access::writes() const {
  if (auto copy = dyn_cast<memref::CopyOp>(op))
    return copy.getTarget() == memref;
  if (isa<memref::LoadOp>(op))
    return false;
  auto destination = dyn_cast<DestinationStyleOpInterface>(op);
  return !destination || llvm::is_contained(destination.getDpsInits(), memref);
}

bool mayFail(Operation *op) {
  if (auto loop = dyn_cast<kernel::LoopOp>(op))
    return loop.getMayFail();
  return !isPure(op) &&
         !isa<DestinationStyleOpInterface, memref::AllocOp, memref::CopyOp, memref::LoadOp>(op);
}

static bool isDefinedBefore(Value value, Operation *op) {
  Operation *definition = value.getDefiningOp();
  return !definition || definition->isBeforeInBlock(op);
}

bool canMove(Value value, Operation *op) {
  if (isDefinedBefore(value, op))
    return true;
  Operation *definition = value.getDefiningOp();
  return (isa<memref::AllocOp>(definition) || isPure(definition)) &&
         llvm::all_of(definition->getOperands(), [&](Value operand) { return canMove(operand, op); });
}

void move(Value value, Operation *op) {
  if (isDefinedBefore(value, op))
    return;
  for (Value operand : value.getDefiningOp()->getOperands())
    move(operand, op);
  value.getDefiningOp()->moveBefore(op);
}

BufferAccess::BufferAccess(func::FuncOp function) : entry(function.getBody().front()), arithmetic(function) {}

bool BufferAccess::rootsAreDisjoint() {
  llvm::DenseMap<Value, std::map<int64_t, int64_t>> ends; // block of bytes -> begin -> end
  for (auto view : entry.getOps<memref::ViewOp>()) {
    std::optional<int64_t> begin = getConstantIntValue(view.getByteShift());
    MemRefType type = view.getType();
    if (!begin || !type.hasStaticShape())
      return false;
    int64_t end = *begin + type.getNumElements() * elementBytes(type.getElementType());
    if (!ends[view.getSource()].emplace(*begin, end).second)
      return false;
  }
  return llvm::all_of(ends, [](auto &block) {
    int64_t last = 0;
    return llvm::all_of(block.second,
                        [&](auto range) { return std::exchange(last, range.second) <= range.first; });
  });
}

void BufferAccess::collect(Value memref, SmallVectorImpl<Access> &accesses) {
  for (Operation *user : memref.getUsers()) {
    if (isa<ViewLikeOpInterface>(user))
      collect(user->getResult(0), accesses);
    else
      accesses.push_back({entry.findAncestorOpInBlock(*user), memref});
  }
}

SmallVector<Access> BufferAccess::of(Value root) {
  SmallVector<Access> accesses;
  collect(root, accesses);
  return accesses;
}

bool BufferAccess::mayOverlap(Value a, Value b) {
  auto x = a.getDefiningOp<memref::SubViewOp>(), y = b.getDefiningOp<memref::SubViewOp>();
  if (!x || !y || x.getSource() != y.getSource())
    return true;
  auto ends = [&](memref::SubViewOp view, unsigned dim, memref::SubViewOp other) {
    std::optional<sizes::Expr> offset = arithmetic.exprOf(view.getMixedOffsets()[dim]),
                               size = arithmetic.exprOf(view.getMixedSizes()[dim]),
                               next = arithmetic.exprOf(other.getMixedOffsets()[dim]);
    return offset && size && next && isConstantIntValue(view.getMixedStrides()[dim], 1) &&
           sizes::Expr::lessEqual(*offset + *size, *next, {}) == true;
  };
  for (unsigned dim = 0; dim < x.getMixedOffsets().size(); ++dim)
    if (ends(x, dim, y) || ends(y, dim, x))
      return false;
  return true;
}

} // namespace ingot::codegen
