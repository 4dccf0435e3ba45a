// The pass ingot-assign-state-layout.
#include "codegen/kernel/KernelDialect.h"
#include "codegen/lowering/ArenaPlan.h"
#include "codegen/lowering/Passes.h"
#include "codegen/vector/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/MapVector.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_ASSIGNSTATELAYOUT
#include "codegen/lowering/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot::codegen;
using ingot::kernel::RelayoutOp;

namespace {

/// A relayout of a state, with the reshapes between them: an op chain from a to_tensor of the argument.
struct Prepared {
  SmallVector<Operation *> reshapes; // in the order of execution
  mutable RelayoutOp relayout;       // an op's accessors are not const
  int64_t offset = 0;

  MemRefType type() const {
    auto tensor = cast<RankedTensorType>(relayout.getResult().getType());
    return MemRefType::get(tensor.getShape(), tensor.getElementType());
  }
  bool sameAs(const Prepared &other) const {
    auto equal = [](Operation *a, Operation *b) {
      return a->getName() == b->getName() && a->getResultTypes() == b->getResultTypes() &&
             a->getAttrDictionary() == b->getAttrDictionary();
    };
    auto map = [](RelayoutOp op) { return op.getMap(); };
    return map(relayout) == map(other.relayout) && type() == other.type() &&
           llvm::equal(reshapes, other.reshapes, equal);
  }
};

struct State {
  MemRefType type;
  StringAttr dtype;
  bool isWritten = false, isReadCanonical = false;
  bool isWrittenInPart = false; ///< by a function that does not compute every element
  int64_t offset = -1;          // of the canonical copy
  SmallVector<Prepared> prepared;
};

int64_t bytesOf(MemRefType type) { return type.getNumElements() * elementBytes(type.getElementType()); }

/// The relayouts of `value`, seen through reshapes, go to `found`. False if it has a user of another kind.
bool collectRelayouts(Value value, SmallVector<Operation *> &reshapes, SmallVectorImpl<Prepared> &found) {
  bool onlyRelayouts = true;
  for (Operation *user : value.getUsers()) {
    if (auto relayout = dyn_cast<RelayoutOp>(user); relayout && relayout.getSource() == value) {
      found.push_back({reshapes, relayout});
    } else if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(user)) {
      reshapes.push_back(user);
      onlyRelayouts &= collectRelayouts(user->getResult(0), reshapes, found);
      reshapes.pop_back();
    } else {
      onlyRelayouts = false;
    }
  }
  return onlyRelayouts;
}

/// outer * size + inner: a dimension that is cut into panels.
struct Panels {
  unsigned outer, inner;
  int64_t size;
};
std::optional<Panels> matchPanels(AffineExpr expr) {
  auto sum = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!sum || sum.getKind() != AffineExprKind::Add)
    return std::nullopt;
  auto scaled = dyn_cast<AffineBinaryOpExpr>(sum.getLHS());
  auto inner = dyn_cast<AffineDimExpr>(sum.getRHS());
  if (!inner || !scaled || scaled.getKind() != AffineExprKind::Mul)
    return std::nullopt;
  auto outer = dyn_cast<AffineDimExpr>(scaled.getLHS());
  auto size = dyn_cast<AffineConstantExpr>(scaled.getRHS());
  if (!outer || !size)
    return std::nullopt;
  return Panels{outer.getPosition(), inner.getPosition(), size.getValue()};
}

/// The map of the relayout back: from indices of the source to indices of the result. Null where the result does not hold
/// every element of the source.
AffineMap inverseOf(RelayoutOp op) {
  AffineMap map = op.getMap();
  auto source = cast<ShapedType>(op.getSource().getType()), out = cast<ShapedType>(op.getOut().getType());
  MLIRContext *context = op.getContext();
  SmallVector<AffineExpr> inverse(map.getNumDims());
  auto set = [&](unsigned dim, AffineExpr expr) {
    bool isNew = !inverse[dim];
    inverse[dim] = expr;
    return isNew;
  };
  for (auto [index, expr] : llvm::enumerate(map.getResults())) {
    AffineExpr at = getAffineDimExpr(index, context);
    int64_t held = 0;
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      if (!set(dim.getPosition(), at))
        return {};
      held = out.getDimSize(dim.getPosition());
    } else if (std::optional<Panels> panels = matchPanels(expr)) {
      if (out.getDimSize(panels->inner) != panels->size || !set(panels->outer, at.floorDiv(panels->size)) ||
          !set(panels->inner, at % panels->size))
        return {};
      held = out.getDimSize(panels->outer) * panels->size;
    }
    if (held < source.getDimSize(index))
      return {};
  }
  for (auto [dim, expr] : llvm::enumerate(inverse)) {
    if (!expr && out.getDimSize(dim) != 1)
      return {};
    if (!expr)
      expr = getAffineConstantExpr(0, context);
  }
  return AffineMap::get(map.getNumResults(), 0, inverse, context);
}

Value viewOf(OpBuilder &b, Location loc, Value block, int64_t offset, MemRefType type) {
  Value at = arith::ConstantIndexOp::create(b, loc, offset);
  return memref::ViewOp::create(b, loc, type, block, at, ValueRange{});
}

Value readTensor(OpBuilder &b, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return bufferization::ToTensorOp::create(
      b, loc, RankedTensorType::get(type.getShape(), type.getElementType()), buffer, /*restrict=*/true);
}

/// Whether all elements of a state that is written come from a computation that goes through all of them, as an optimizer's
/// do, alone or as the epilogue of the gradient: to lay them out anew, too, is of the same order. A row that is added to a
/// cache is not. ingot-lower-to-linalg writes a state by copying to it; all other users read it.
bool computesAll(BlockArgument state) {
  return llvm::all_of(state.getUsers(), [&](Operation *user) {
    auto copy = dyn_cast<memref::CopyOp>(user);
    if (!copy || copy.getTarget() != state)
      return true;
    auto buffer = copy.getSource().getDefiningOp<bufferization::ToBufferOp>();
    Operation *computation = buffer ? buffer.getTensor().getDefiningOp() : nullptr;
    while (isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(computation))
      computation = computation->getOperand(0).getDefiningOp();
    auto linalg = dyn_cast_or_null<linalg::LinalgOp>(computation);
    return isa_and_nonnull<ingot::kernel::ContractOp>(computation) ||
           (linalg && linalg.getNumReductionLoops() == 0);
  });
}

class StateLayout {
public:
  explicit StateLayout(ModuleOp module) : module(module), b(module.getContext()) {}

  LogicalResult run() {
    for (auto function : module.getOps<func::FuncOp>())
      if (failed(collect(function)))
        return failure();
    if (states.empty())
      return success();
    assignOffsets();
    makePrepare();
    makeUnprepare();
    for (func::FuncOp function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      if (!function->hasAttr(made) && !function->hasAttr("ingot.body"))
        rewrite(function);
    for (auto function : module.getOps<func::FuncOp>())
      function->removeAttr(made);
    setAttributes();
    return success();
  }

private:
  static constexpr llvm::StringLiteral made = "ingot.made";

  LogicalResult collect(func::FuncOp function) {
    for (BlockArgument argument : function.getArguments()) {
      auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "ingot.state");
      if (!name)
        continue;
      auto type = cast<MemRefType>(argument.getType());
      auto dtype = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "ingot.dtype");
      State &state = states[name];
      if (state.type && state.type != type)
        return function.emitError() << "state '" << name.getValue()
                                    << "' must have one type in all functions, got " << state.type << " and "
                                    << type;
      if (!type.hasStaticShape())
        return function.emitError() << "state '" << name.getValue() << "' must have constant sizes, got "
                                    << type;
      state.type = type;
      state.dtype = dtype;
      bool isWritten(function.getArgAttr(argument.getArgNumber(), "ingot.written"));
      state.isWritten |= isWritten;
      state.isWrittenInPart |= isWritten && !computesAll(argument);
      for (Operation *user : argument.getUsers()) {
        SmallVector<Operation *> reshapes;
        SmallVector<Prepared> found;
        bool onlyRelayouts =
            isa<bufferization::ToTensorOp>(user) && collectRelayouts(user->getResult(0), reshapes, found);
        state.isReadCanonical |= !onlyRelayouts;
        for (Prepared &prepared : found)
          if (llvm::none_of(state.prepared, [&](const Prepared &other) { return other.sameAs(prepared); }))
            state.prepared.push_back(prepared);
      }
    }
    return success();
  }

  int64_t allocate(MemRefType type) {
    int64_t offset = bytes;
    bytes += (bytesOf(type) + arenaAlignment - 1) / arenaAlignment * arenaAlignment;
    return offset;
  }

  void assignOffsets() {
    for (auto &[name, state] : states) {
      if (state.isWrittenInPart)
        state.prepared.clear();
      bool isRecoverable =
          llvm::any_of(state.prepared, [](const Prepared &p) { return bool(inverseOf(p.relayout)); });
      if (state.isReadCanonical || state.isWritten || !isRecoverable)
        state.offset = allocate(state.type);
      for (Prepared &prepared : state.prepared)
        prepared.offset = allocate(prepared.type());
    }
  }

  /// A private function of the block and all canonical tensors, with its return.
  func::FuncOp makeFunction(StringRef name) {
    SmallVector<Type> types = {MemRefType::get({ShapedType::kDynamic}, b.getI8Type())};
    for (auto &[state, description] : states)
      types.push_back(description.type);
    b.setInsertionPointToEnd(module.getBody());
    auto function = func::FuncOp::create(b, module.getLoc(), name, b.getFunctionType(types, {}));
    function.setPrivate();
    function->setAttr(made, b.getUnitAttr());
    function.setArgAttr(0, "ingot.state_block", b.getUnitAttr());
    for (auto [index, entry] : llvm::enumerate(states))
      function.setArgAttr(index + 1, "ingot.canonical", entry.first);
    b.setInsertionPointToStart(function.addEntryBlock());
    func::ReturnOp::create(b, module.getLoc());
    b.setInsertionPointToStart(&function.getBody().front());
    return function;
  }

  void makePrepare() {
    func::FuncOp function = makeFunction("ingot.prepare");
    Location loc = module.getLoc();
    Value block = function.getArgument(0);
    for (auto [index, entry] : llvm::enumerate(states)) {
      State &state = entry.second;
      Value canonical = function.getArgument(index + 1);
      if (state.offset >= 0)
        memref::CopyOp::create(b, loc, canonical, viewOf(b, loc, block, state.offset, state.type));
      prepare(b, canonical, block, state);
    }
  }

  /// Lays `canonical` out in all forms in which functions read the state.
  void prepare(OpBuilder &b, Value canonical, Value block, const State &state) {
    Location loc = module.getLoc();
    for (const Prepared &prepared : state.prepared) {
      Value source = canonical;
      for (Operation *reshape : prepared.reshapes)
        source = reshaped(b, source, reshape);
      Value packed = viewOf(b, loc, block, prepared.offset, prepared.type());
      RelayoutOp::create(b, loc, source, packed, prepared.relayout.getMap());
    }
  }

  void makeUnprepare() {
    func::FuncOp function = makeFunction("ingot.unprepare");
    Location loc = module.getLoc();
    Value block = function.getArgument(0);
    for (auto [index, entry] : llvm::enumerate(states)) {
      State &state = entry.second;
      Value canonical = function.getArgument(index + 1);
      if (state.offset >= 0) {
        memref::CopyOp::create(b, loc, viewOf(b, loc, block, state.offset, state.type), canonical);
        continue;
      }
      const Prepared *prepared =
          llvm::find_if(state.prepared, [](const Prepared &p) { return bool(inverseOf(p.relayout)); });
      for (Operation *reshape : prepared->reshapes)
        canonical = reshaped(b, canonical, reshape);
      Value packed = viewOf(b, loc, block, prepared->offset, prepared->type());
      RelayoutOp::create(b, loc, packed, canonical, inverseOf(prepared->relayout));
    }
  }

  /// The buffer under the sizes that `reshape` gives a tensor.
  Value reshaped(OpBuilder &b, Value buffer, Operation *reshape) {
    if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(reshape))
      return memref::CollapseShapeOp::create(b, module.getLoc(), buffer, collapse.getReassociationIndices());
    auto expand = cast<tensor::ExpandShapeOp>(reshape);
    return memref::ExpandShapeOp::create(b, module.getLoc(), expand.getStaticOutputShape(), buffer,
                                         expand.getReassociationIndices());
  }

  void rewrite(func::FuncOp function) {
    auto blockType = MemRefType::get({ShapedType::kDynamic}, b.getI8Type());
    auto attributes = b.getDictionaryAttr(b.getNamedAttr("ingot.state_block", b.getUnitAttr()));
    (void)function.insertArgument(0, blockType, attributes, function.getLoc());
    Value block = function.getArgument(0);
    b.setInsertionPointToStart(&function.getBody().front());
    OpBuilder atEnd(function.getBody().front().getTerminator());
    BitVector isState(function.getNumArguments());
    for (unsigned index = 1; index < function.getNumArguments(); ++index) {
      auto name = function.getArgAttrOfType<StringAttr>(index, "ingot.state");
      if (!name)
        continue;
      State &state = states[name];
      Value canonical = replaceUses(function.getArgument(index), block, state);
      if (function.getArgAttr(index, "ingot.written")) {
        function->setAttr("ingot.writes_state", b.getUnitAttr());
        prepare(atEnd, canonical, block, state);
      }
      isState.set(index);
    }
    (void)function.eraseArguments(isState);
  }

  /// Returns what stands for the canonical copy.
  Value replaceUses(BlockArgument argument, Value block, State &state) {
    Location loc = argument.getLoc();
    for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
      SmallVector<Operation *> reshapes;
      SmallVector<Prepared> found;
      if (!state.prepared.empty() && isa<bufferization::ToTensorOp>(user))
        collectRelayouts(user->getResult(0), reshapes, found);
      for (Prepared &read : found) {
        const Prepared *stored =
            llvm::find_if(state.prepared, [&](const Prepared &p) { return p.sameAs(read); });
        Value tensor = readTensor(b, loc, viewOf(b, loc, block, stored->offset, stored->type()));
        read.relayout.getResult().replaceAllUsesWith(tensor);
        retired.push_back(read.relayout);
      }
    }
    // Reads of a state that is only stored packed have no use any more; the view is dropped with them.
    Value canonical = viewOf(b, loc, block, std::max<int64_t>(state.offset, 0), state.type);
    argument.replaceAllUsesWith(canonical);
    return canonical;
  }

  void setAttributes() {
    // Prepared copies refer to the relayouts of the first function that has them: they go last.
    for (RelayoutOp op : retired)
      op.erase();
    SmallVector<Attribute> table;
    for (auto &[name, state] : states) {
      SmallVector<NamedAttribute> row = {
          b.getNamedAttr("name", name),
          b.getNamedAttr("type", TypeAttr::get(RankedTensorType::get(state.type.getShape(),
                                                                     state.type.getElementType()))),
          b.getNamedAttr("offset", b.getI64IntegerAttr(state.offset))};
      if (state.dtype)
        row.push_back(b.getNamedAttr("dtype", state.dtype));
      table.push_back(b.getDictionaryAttr(row));
    }
    module->setAttr("ingot.states", b.getArrayAttr(table));
    module->setAttr("ingot.state_bytes", b.getI64IntegerAttr(bytes));
  }

  ModuleOp module;
  OpBuilder b;
  llvm::MapVector<StringAttr, State> states;
  SmallVector<RelayoutOp> retired;
  int64_t bytes = 0;
};

struct AssignStateLayoutPass : ingot::codegen::impl::AssignStateLayoutBase<AssignStateLayoutPass> {
  void runOnOperation() override {
    if (failed(StateLayout(getOperation()).run()))
      signalPassFailure();
  }
};

} // namespace
