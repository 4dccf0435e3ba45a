// The pass ingot-pack-bools.
#include "codegen/kernel/KernelDialect.h"
#include "codegen/lowering/ArenaPlan.h"
#include "codegen/lowering/Passes.h"
#include "codegen/vector/SizeArithmetic.h"
#include "codegen/vector/Target.h"
#include "ir/sizes/Typical.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/TargetParser/Triple.h"
#include <stdexcept>

namespace ingot::codegen {
#define GEN_PASS_DEF_PACKBOOLS
#include "codegen/lowering/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;

namespace {

constexpr int64_t bitsInByte = 8;

bool isWholeBytes(const sizes::Expr &bits) { return floordiv(bits, bitsInByte) * bitsInByte == bits; }

/// The element of an operand inside the body of its op.
BlockArgument argumentOf(OpOperand &operand) {
  if (auto contract =
          dyn_cast<kernel::ContractOp>(operand.getOwner())) // after lhs and rhs; the sum comes first
    return contract.getBody()->getArgument(operand.getOperandNumber() - 1);
  return cast<linalg::GenericOp>(operand.getOwner()).getMatchingBlockArgument(&operand);
}

AffineMap mapOf(OpOperand &operand) {
  if (auto contract = dyn_cast<kernel::ContractOp>(operand.getOwner()))
    return contract.getMapOf(operand);
  return cast<linalg::GenericOp>(operand.getOwner()).getMatchingIndexingMap(&operand);
}

bool isResult(OpOperand &operand) {
  return cast<DestinationStyleOpInterface>(operand.getOwner()).isDpsInit(&operand);
}

/// What a body yields for a result.
OpOperand &yieldedFor(OpOperand &result) {
  unsigned number = result.getOperandNumber() - cast<linalg::GenericOp>(result.getOwner()).getNumDpsInputs();
  return result.getOwner()->getRegion(0).front().getTerminator()->getOpOperand(number);
}

/// Whether the op asks of a byte what it is as a bool.
bool isTest(Operation *op) {
  auto compare = dyn_cast<arith::CmpIOp>(op);
  return compare && compare.getPredicate() == arith::CmpIPredicate::ne &&
         matchPattern(compare.getRhs(), m_Zero());
}

/// Whether the op computes and looks at a byte as a bool alone.
bool isBool(OpOperand &operand) {
  BlockArgument element = argumentOf(operand);
  if (!isResult(operand))
    return llvm::all_of(element.getUsers(),
                        [&](Operation *user) { return isTest(user) && user->getOperand(0) == element; });
  auto extended = yieldedFor(operand).get().getDefiningOp<arith::ExtUIOp>();
  return element.use_empty() && extended && extended.getIn().getType().isInteger(1);
}

/// Whether vectors along the rows of the operand, its last dimension, suit all operands of the op.
bool suitsRows(OpOperand &operand) {
  Operation *op = operand.getOwner();
  AffineMap map = mapOf(operand);
  if (map.getNumResults() == 0 || !map.isProjectedPermutation())
    return false;
  unsigned row = map.getDimPosition(map.getNumResults() - 1);
  AffineExpr last = getAffineDimExpr(row, op->getContext());
  if (auto contract = dyn_cast<kernel::ContractOp>(op))
    return contract.getOutMap().getResults().back() == last;
  if (isResult(operand) && cast<linalg::GenericOp>(op).getNumReductionLoops())
    return false;
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &other) {
    AffineMap otherMap = mapOf(other);
    if (!otherMap.isFunctionOfDim(row))
      return true;
    return llvm::none_of(otherMap.getResults().drop_back(),
                         [&](AffineExpr e) { return e.isFunctionOfDim(row); }) &&
           (!isResult(other) || otherMap.getResults().back() == last);
  });
}

/// Whether the op walks two neighbouring dimensions of its result as one.
bool walksAsOne(OpOperand &result, unsigned outer) {
  auto op = cast<linalg::GenericOp>(result.getOwner());
  AffineMap map = mapOf(result);
  unsigned loops[] = {map.getDimPosition(outer), map.getDimPosition(outer + 1)};
  auto depends = [&](AffineExpr expr) {
    return expr.isFunctionOfDim(loops[0]) || expr.isFunctionOfDim(loops[1]);
  };
  auto isOne = [&](OpOperand &operand) {
    ArrayRef<AffineExpr> indices = mapOf(operand).getResults();
    int64_t first = llvm::find_if(indices, depends) - indices.begin(), rank = indices.size();
    if (first == rank)
      return true;
    if (llvm::count_if(indices, depends) != 2 || first + 1 == rank ||
        indices[first] != getAffineDimExpr(loops[0], op.getContext()) ||
        indices[first + 1] != getAffineDimExpr(loops[1], op.getContext()))
      return false;
    SmallVector<ReassociationIndices> groups;
    for (int64_t dim = 0; dim < rank; ++dim)
      dim == first + 1 ? groups.back().push_back(dim) : groups.push_back({dim});
    return memref::CollapseShapeOp::isGuaranteedCollapsible(cast<MemRefType>(operand.get().getType()),
                                                            groups);
  };
  bool isIndexed = llvm::any_of(op.getBlock()->getOps<linalg::IndexOp>(), [&](linalg::IndexOp index) {
    return llvm::is_contained(loops, index.getDim());
  });
  return !isIndexed && llvm::all_of(op->getOpOperands(), isOne);
}

using Extents = SmallVector<sizes::Expr>;

/// A buffer, or the same elements under other sizes.
struct View {
  Value memref;
  Extents extents;
};

/// All that touches a buffer.
struct Uses {
  SmallVector<OpOperand *> results, inputs;
  SmallVector<View> views; ///< the buffer, then reshapes, each after its source
};

/// Where the bits of a buffer are: in rows of the same number of them, which begin at a byte.
struct Layout {
  sizes::Expr rows = 1, row = 1, stride = 1;

  bool isPadded() const { return stride != row; }
  sizes::Expr count() const { return rows * stride; }
};

sizes::Expr product(ArrayRef<sizes::Expr> extents) {
  sizes::Expr result = 1;
  for (const sizes::Expr &extent : extents)
    result = result * extent;
  return result;
}

/// The first of the dimensions that are a row.
std::optional<unsigned> firstInRow(ArrayRef<sizes::Expr> extents, const sizes::Expr &row) {
  for (unsigned first = extents.size(); first-- > 0;)
    if (product(extents.drop_front(first)) == row)
      return first;
  return std::nullopt;
}

/// Whether bits take at most half the memory of bytes, at typical sizes, and less of the arena.
bool isWorthwhile(const sizes::Expr &bools, const sizes::Expr &bytesOfBits) {
  if (bools.isConstant() && bools.constant() <= arenaAlignment)
    return false;
  return 2 * sizes::typical(bytesOfBits) <= sizes::typical(bools);
}

class BoolPacking {
public:
  explicit BoolPacking(func::FuncOp function) : entry(function.getBody().front()), arithmetic(function) {}

  void run() {
    for (memref::AllocOp alloc : llvm::to_vector(entry.getOps<memref::AllocOp>())) {
      Uses uses;
      std::optional<Extents> extents = extentsOf(alloc.getMixedSizes());
      if (!alloc.getType().getElementType().isInteger(8) || !extents || !collect({alloc, *extents}, uses))
        continue;
      if (std::optional<Layout> layout = layoutOf(uses))
        pack(alloc, uses, *layout);
    }
  }

private:
  std::optional<Extents> extentsOf(ArrayRef<OpFoldResult> sizes);
  bool collect(View view, Uses &uses);
  std::optional<Layout> layoutOf(const Uses &uses);
  void pack(memref::AllocOp alloc, const Uses &uses, const Layout &layout);
  Value castTo(OpBuilder &b, Value bits, ArrayRef<sizes::Expr> extents, const Layout &layout);

  Block &entry;
  SizeArithmetic arithmetic;
};

std::optional<Extents> BoolPacking::extentsOf(ArrayRef<OpFoldResult> sizes) {
  Extents extents;
  for (OpFoldResult size : sizes) {
    std::optional<sizes::Expr> extent = arithmetic.exprOf(size);
    if (!extent)
      return std::nullopt;
    extents.push_back(*extent);
  }
  return extents;
}

/// False if there is a use that bits do not serve.
bool BoolPacking::collect(View view, Uses &uses) {
  uses.views.push_back(view);
  return llvm::all_of(view.memref.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    if (auto expand = dyn_cast<memref::ExpandShapeOp>(user)) {
      std::optional<Extents> extents = extentsOf(expand.getMixedOutputShape());
      return extents && collect({expand, *extents}, uses);
    }
    if (auto collapse = dyn_cast<memref::CollapseShapeOp>(user)) {
      Extents extents;
      for (const ReassociationIndices &group : collapse.getReassociationIndices())
        extents.push_back(product(ArrayRef(view.extents).slice(group.front(), group.size())));
      return collect({collapse, extents}, uses);
    }
    bool isElement = isa<linalg::GenericOp>(user) ||
                     (isa<kernel::ContractOp>(user) && use.getOperandNumber() >= 2 && !isResult(use));
    if (user->getBlock() != &entry || !isElement || !isBool(use) || !suitsRows(use))
      return false;
    (isResult(use) ? uses.results : uses.inputs).push_back(&use);
    return true;
  });
}

/// A row is what all kernels that write walk as one: they write whole bytes then, but for the end of one.
std::optional<Layout> BoolPacking::layoutOf(const Uses &uses) {
  const View &buffer = uses.views.front();
  ArrayRef<sizes::Expr> extents = buffer.extents;
  bool isWritten =
      llvm::all_of(uses.results, [&](OpOperand *result) { return result->get() == buffer.memref; });
  unsigned first = extents.size() - 1;
  while (isWritten && first > 0 &&
         llvm::all_of(uses.results, [&](OpOperand *result) { return walksAsOne(*result, first - 1); }))
    --first;
  Layout layout;
  layout.rows = product(extents.take_front(first));
  layout.row = layout.stride = product(extents.drop_front(first));
  if (first > 0 && !isWholeBytes(layout.row))
    layout.stride = floordiv(layout.row + (bitsInByte - 1), bitsInByte) * bitsInByte;
  bool fits = !layout.isPadded() || (isWritten && llvm::all_of(uses.views, [&](const View &view) {
                                       return firstInRow(view.extents, layout.row);
                                     }));
  Type bit = IntegerType::get(entry.getParentOp()->getContext(), 1);
  if (uses.results.empty() || !fits || !isWorthwhile(product(extents), bytesOf(layout.count(), bit)))
    return std::nullopt;
  return layout;
}

/// Makes the body compute with a bit.
void packElement(OpOperand &operand) {
  BlockArgument element = argumentOf(operand);
  element.setType(IntegerType::get(element.getContext(), 1));
  if (!isResult(operand)) {
    for (Operation *test : llvm::make_early_inc_range(element.getUsers())) {
      test->getResult(0).replaceAllUsesWith(element);
      test->erase();
    }
    return;
  }
  OpOperand &yielded = yieldedFor(operand);
  auto extended = yielded.get().getDefiningOp<arith::ExtUIOp>();
  yielded.set(extended.getIn());
  if (extended.use_empty())
    extended.erase();
}

/// The rows of `bits`, a list, under these sizes.
Value BoolPacking::castTo(OpBuilder &b, Value bits, ArrayRef<sizes::Expr> extents, const Layout &layout) {
  SmallVector<OpFoldResult> sizes, strides(extents.size());
  for (const sizes::Expr &extent : extents)
    sizes.push_back(arithmetic.emit(extent));
  unsigned first = *firstInRow(extents, layout.row);
  sizes::Expr stride = 1;
  for (unsigned dim = extents.size(); dim-- > 0; stride = stride * extents[dim]) {
    if (dim + 1 == first)
      stride = layout.stride;
    strides[dim] = arithmetic.emit(stride);
  }
  return memref::ReinterpretCastOp::create(b, bits.getLoc(), bits, b.getIndexAttr(0), sizes, strides);
}

void BoolPacking::pack(memref::AllocOp alloc, const Uses &uses, const Layout &layout) {
  OpBuilder b(alloc);
  for (OpOperand *use : llvm::concat<OpOperand *const>(uses.results, uses.inputs))
    packElement(*use);
  if (!layout.isPadded()) {
    for (const View &view : uses.views) {
      Value memref = view.memref;
      memref.setType(cast<MemRefType>(memref.getType()).clone(b.getI1Type()));
    }
    return;
  }
  SmallVector<Value> dynamicSizes;
  SmallVector<int64_t> staticSizes;
  dispatchIndexOpFoldResult(arithmetic.emit(layout.count()), dynamicSizes, staticSizes);
  Value bits =
      memref::AllocOp::create(b, alloc.getLoc(), MemRefType::get(staticSizes, b.getI1Type()), dynamicSizes);
  for (const View &view : llvm::reverse(uses.views)) {
    b.setInsertionPointAfterValue(view.memref);
    Value memref = view.memref;
    memref.replaceAllUsesWith(castTo(b, bits, view.extents, layout));
    memref.getDefiningOp()->erase();
  }
}

struct PackBoolsPass : ingot::codegen::impl::PackBoolsBase<PackBoolsPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    FailureOr<Target> target = Target::of(function->getParentOfType<ModuleOp>());
    if (failed(target))
      return signalPassFailure();
    // Elsewhere the bits of a word are in another order than those of its bytes.
    if (!llvm::Triple(target->triple).isLittleEndian())
      return;
    try {
      BoolPacking(function).run();
    } catch (const std::overflow_error &) { // an error of ingot-plan-arena
    }
  }
};

} // namespace
