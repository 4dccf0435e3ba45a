// The pass ingot-order-dimensions.
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/AffineMaps.h"
#include "codegen/vector/Convolution.h"
#include "codegen/vector/Passes.h"
#include "codegen/vector/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/MapVector.h"
#include <algorithm>

namespace ingot::codegen {
#define GEN_PASS_DEF_ORDERDIMENSIONS
#include "codegen/vector/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;

namespace {

/// The dimension of a reshape's group that has more than one element, or the first.
int64_t mainDimOf(const ReassociationIndices &group, ArrayRef<int64_t> sizes) {
  auto *main = llvm::find_if(group, [&](int64_t dim) { return sizes[dim] != 1; });
  return main == group.end() ? group.front() : *main;
}

//===-- Axes ------------------------------------------------------------------------------------------------===//

/// The dimensions of all tensors, in classes of those that go last together.
class Axes {
public:
  explicit Axes(func::FuncOp function) {
    function.walk([&](Operation *op) {
      for (Value result : op->getResults())
        add(result);
    });
    values.grow(numbers.size());
    axes.grow(axisCount);
    function.walk([&](Operation *op) { tieHard(op); });
    for (unsigned &number : pinnedNumbers)
      pinned.insert(values.findLeader(number));
    function.walk([&](Operation *op) { tieSoft(op); });
  }

  /// Whether the pass may change the order of the tensor's dimensions.
  bool isFree(Value value) const {
    auto it = numbers.find(value);
    return it != numbers.end() && !pinned.contains(values.findLeader(it->second.number));
  }
  unsigned classOf(Value value, unsigned dim) const {
    return axes.findLeader(numbers.find(value)->second.firstAxis + dim);
  }
  /// The dimension of the tensor that is of this class; nullopt if none, or several are.
  std::optional<unsigned> dimOf(Value value, unsigned axis) const {
    std::optional<unsigned> found;
    for (unsigned dim = 0; dim < cast<RankedTensorType>(value.getType()).getRank(); ++dim)
      if (classOf(value, dim) == axis) {
        if (found)
          return std::nullopt;
        found = dim;
      }
    return found;
  }
  auto tensors() const { return llvm::make_first_range(numbers); }

private:
  struct Number {
    unsigned number, firstAxis;
  };

  void add(Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type || type.getRank() < 3)
      return;
    numbers.insert({value, {unsigned(numbers.size()), axisCount}});
    axisCount += type.getRank();
  }

  bool knows(Value value) const { return numbers.contains(value); }
  void pin(Value value) {
    if (knows(value))
      pinnedNumbers.push_back(numbers[value].number);
  }
  void join(Value a, unsigned dimOfA, Value b, unsigned dimOfB) {
    axes.join(numbers[a].firstAxis + dimOfA, numbers[b].firstAxis + dimOfB);
  }

  /// The same order of dimensions, whatever it is.
  void tie(Value a, Value b) {
    if (!knows(a) || !knows(b) ||
        cast<ShapedType>(a.getType()).getRank() != cast<ShapedType>(b.getType()).getRank()) {
      pin(a), pin(b);
      return;
    }
    values.join(numbers[a].number, numbers[b].number);
    for (unsigned dim = 0; dim < cast<RankedTensorType>(a.getType()).getRank(); ++dim)
      join(a, dim, b, dim);
  }

  /// Dimensions of one element come or go.
  void tieReshape(Value narrow, Value wide, ArrayRef<ReassociationIndices> groups) {
    if (!knows(narrow) || !knows(wide)) {
      pin(narrow), pin(wide);
      return;
    }
    auto type = cast<RankedTensorType>(wide.getType());
    for (const ReassociationIndices &group : groups)
      if (llvm::count_if(group, [&](int64_t dim) { return type.getDimSize(dim) != 1; }) > 1) {
        pin(narrow), pin(wide);
        return;
      }
    values.join(numbers[narrow].number, numbers[wide].number);
    for (auto [dim, group] : llvm::enumerate(groups))
      join(narrow, dim, wide, mainDimOf(group, type.getShape()));
  }

  void tieHard(Operation *op) {
    if (auto reshape = dyn_cast<tensor::ExpandShapeOp>(op))
      return tieReshape(reshape.getSrc(), reshape.getResult(), reshape.getReassociationIndices());
    if (auto reshape = dyn_cast<tensor::CollapseShapeOp>(op))
      return tieReshape(reshape.getResult(), reshape.getSrc(), reshape.getReassociationIndices());
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
      tie(insert.getDest(), insert.getResult());
      return tie(insert.getSource(), insert.getResult());
    }
    if (auto extract = dyn_cast<tensor::ExtractSliceOp>(op))
      return tie(extract.getSource(), extract.getResult());
    if (isa<linalg::GenericOp, linalg::FillOp, kernel::ContractOp>(op)) {
      auto destination = cast<DestinationStyleOpInterface>(op);
      for (OpResult result : op->getResults())
        if (knows(result))
          tie(destination.getTiedOpOperand(result)->get(), result);
      return;
    }
    if (isa<tensor::EmptyOp>(op))
      return;
    for (Value value :
         llvm::concat<Value>(llvm::to_vector(op->getOperands()), llvm::to_vector(op->getResults())))
      pin(value);
  }

  /// Tensors that a kernel walks together better have one order.
  void tieSoft(Operation *op) {
    if (auto contract = dyn_cast<kernel::ContractOp>(op)) {
      Value out = contract.getOut();
      for (auto [index, operand] : llvm::enumerate(contract.getEpilogueOperands()))
        tieAlong(operand, contract.getEpilogueMap(index), out, contract.getOutMap());
      for (OpOperand *operand : {&contract->getOpOperand(0), &contract->getOpOperand(1)})
        if (AffineMap map = contract.getMapOf(*operand); !isPlain(map))
          tieAlong(operand->get(), map, out, contract.getOutMap());
    } else if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
      OpOperand *first = generic.getDpsInitOperand(0);
      for (OpOperand &operand : op->getOpOperands())
        if (&operand != first)
          tieAlong(operand.get(), generic.getMatchingIndexingMap(&operand), first->get(),
                   generic.getMatchingIndexingMap(first));
    }
  }

  void tieAlong(Value a, AffineMap mapOfA, Value b, AffineMap mapOfB) {
    if (!isFree(a) || !isFree(b))
      return;
    for (unsigned dim = 0; dim < mapOfA.getNumDims(); ++dim)
      if (auto inA = resultOf(mapOfA, dim), inB = resultOf(mapOfB, dim); inA && inB)
        join(a, *inA, b, *inB);
  }

  llvm::MapVector<Value, Number> numbers;
  unsigned axisCount = 0;
  llvm::IntEqClasses values, axes;
  SmallVector<unsigned> pinnedNumbers;
  llvm::DenseSet<unsigned> pinned; // by the first of those that are tied
};

//===-- The change ------------------------------------------------------------------------------------------===//

/// Puts one dimension of some tensors last, and changes all ops on them accordingly, in place.
class Reordering {
public:
  explicit Reordering(llvm::MapVector<Value, unsigned> last) : last(std::move(last)) {}

  void run(func::FuncOp function) {
    function.walk([&](Operation *op) {
      if (llvm::any_of(op->getOperands(), [&](Value v) { return last.contains(v); }) ||
          llvm::any_of(op->getResults(), [&](Value v) { return last.contains(v); }))
        change(op);
    });
    for (auto [value, dim] : last) {
      auto type = cast<RankedTensorType>(value.getType());
      value.setType(type.clone(ordered(type.getShape(), value)));
    }
  }

private:
  /// The old dimensions of a tensor in their new order.
  SmallVector<int64_t> orderOf(Value value) const {
    SmallVector<int64_t> order =
        llvm::to_vector(llvm::seq(cast<RankedTensorType>(value.getType()).getRank()));
    if (auto it = last.find(value); it != last.end())
      std::rotate(order.begin() + it->second, order.begin() + it->second + 1, order.end());
    return order;
  }
  template <class T> SmallVector<T> ordered(ArrayRef<T> ofDims, Value value) const {
    return llvm::map_to_vector(orderOf(value), [&](int64_t dim) { return ofDims[dim]; });
  }
  AffineMap ordered(AffineMap map, Value value) const {
    return AffineMap::get(map.getNumDims(), 0, ordered(map.getResults(), value), map.getContext());
  }

  void change(Operation *op) {
    if (auto generic = dyn_cast<linalg::GenericOp>(op))
      return changeMaps(generic);
    if (auto contract = dyn_cast<kernel::ContractOp>(op))
      return changeMaps(contract);
    if (auto empty = dyn_cast<tensor::EmptyOp>(op))
      return changeSizes(empty);
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
      return changeSlice(insert, insert.getSource());
    if (auto extract = dyn_cast<tensor::ExtractSliceOp>(op))
      return changeSlice(extract, extract.getSource());
    if (auto reshape = dyn_cast<tensor::CollapseShapeOp>(op))
      reshape.setReassociationAttr(reassociation(reshape.getSrc(), reshape.getReassociationIndices()));
    if (auto reshape = dyn_cast<tensor::ExpandShapeOp>(op)) {
      SmallVector<OpFoldResult> sizes =
          ordered<OpFoldResult>(reshape.getMixedOutputShape(), reshape.getResult());
      reshape.setReassociationAttr(reassociation(reshape.getResult(), reshape.getReassociationIndices()));
      setList(sizes, reshape.getOutputShapeMutable(),
              [&](ArrayRef<int64_t> numbers) { reshape.setStaticOutputShape(numbers); });
    }
  }

  void changeMaps(linalg::GenericOp op) {
    SmallVector<AffineMap> maps;
    for (OpOperand &operand : op->getOpOperands()) {
      AffineMap map = op.getMatchingIndexingMap(&operand);
      maps.push_back(last.contains(operand.get()) ? ordered(map, operand.get()) : map);
    }
    op.setIndexingMapsAttr(Builder(op).getAffineMapArrayAttr(maps));
  }

  void changeMaps(kernel::ContractOp op) {
    SmallVector<AffineMap> maps = {op.getLhsMap(), op.getRhsMap(), op.getOutMap()};
    SmallVector<Value> operands = {op.getLhs(), op.getRhs(), op.getOut()};
    llvm::append_range(operands, op.getEpilogueOperands());
    for (unsigned index = 0; index < op.getEpilogueOperands().size(); ++index)
      maps.push_back(op.getEpilogueMap(index));
    for (auto [map, operand] : llvm::zip_equal(maps, operands))
      if (last.contains(operand))
        map = ordered(map, operand);
    op.setMapsAttr(Builder(op).getAffineMapArrayAttr(maps));
  }

  void changeSizes(tensor::EmptyOp op) {
    SmallVector<Value> dynamic;
    for (OpFoldResult size : ordered<OpFoldResult>(op.getMixedSizes(), op.getResult()))
      if (auto value = dyn_cast<Value>(size))
        dynamic.push_back(value);
    op->setOperands(dynamic);
  }

  template <class Slice> void changeSlice(Slice op, Value value) {
    SmallVector<OpFoldResult> offsets = ordered<OpFoldResult>(op.getMixedOffsets(), value),
                              sizes = ordered<OpFoldResult>(op.getMixedSizes(), value),
                              strides = ordered<OpFoldResult>(op.getMixedStrides(), value);
    setList(offsets, op.getOffsetsMutable(),
            [&](ArrayRef<int64_t> numbers) { op.setStaticOffsets(numbers); });
    setList(sizes, op.getSizesMutable(), [&](ArrayRef<int64_t> numbers) { op.setStaticSizes(numbers); });
    setList(strides, op.getStridesMutable(),
            [&](ArrayRef<int64_t> numbers) { op.setStaticStrides(numbers); });
  }

  static void setList(ArrayRef<OpFoldResult> list, MutableOperandRange dynamic,
                      llvm::function_ref<void(ArrayRef<int64_t>)> setStatic) {
    SmallVector<Value> values;
    SmallVector<int64_t> numbers;
    dispatchIndexOpFoldResults(list, values, numbers);
    dynamic.assign(values);
    setStatic(numbers);
  }

  /// The groups of a reshape in the new orders: one for each dimension that is more than one element, or the first of a group
  /// without such. The others join what comes before.
  ArrayAttr reassociation(Value wide, ArrayRef<ReassociationIndices> groups) const {
    ArrayRef<int64_t> sizes = cast<RankedTensorType>(wide.getType()).getShape();
    llvm::SmallDenseSet<int64_t> main;
    for (const ReassociationIndices &group : groups)
      main.insert(mainDimOf(group, sizes));
    SmallVector<ReassociationIndices> result(1);
    bool full = false;
    for (auto [position, dim] : llvm::enumerate(orderOf(wide))) {
      if (main.contains(dim) && full)
        result.emplace_back();
      full |= main.contains(dim);
      result.back().push_back(position);
    }
    Builder b(wide.getContext());
    return b.getArrayAttr(llvm::map_to_vector(
        result, [&](const ReassociationIndices &group) -> Attribute { return b.getI64ArrayAttr(group); }));
  }

  llvm::MapVector<Value, unsigned> last;
};

//===-- The choice ------------------------------------------------------------------------------------------===//

/// A layer that saves fewer cycles is not worth another order.
constexpr double fewCycles = 1 << 12;

/// Which dimension of which tensor goes last, or is and stays last.
llvm::MapVector<Value, unsigned> chooseOrders(func::FuncOp function, const Axes &axes, const Target &target) {
  llvm::MapVector<unsigned, double> gains; // cycles, by class of axes
  function.walk([&](kernel::ContractOp op) {
    if (!Convolution::is(op) || !axes.isFree(op.getOut()))
      return;
    auto [dim, cycles] = Convolution(op, target).best();
    if (dim)
      gains[axes.classOf(op.getOut(), *resultOf(op.getOutMap(), *dim))] += cycles;
  });
  auto ranked = llvm::to_vector(gains);
  llvm::sort(ranked, [](const auto &a, const auto &b) {
    return std::pair(-a.second, a.first) < std::pair(-b.second, b.first);
  });
  llvm::MapVector<Value, unsigned> last;
  for (auto [axis, cycles] : ranked)
    for (Value tensor : axes.tensors()) {
      if (cycles < fewCycles || !axes.isFree(tensor) || last.contains(tensor))
        continue;
      if (std::optional<unsigned> dim = axes.dimOf(tensor, axis))
        last[tensor] = *dim;
    }
  return last;
}

/// A contraction whose epilogue has become an op of its own: the sums can then have another order of dimensions than the
/// result. The contraction as it was stays, without a reader, until one of the two is dropped.
class Split {
public:
  explicit Split(kernel::ContractOp op);

  Value sums() { return contraction.getResult(); }
  void keep() { whole.erase(); }
  void undo(llvm::MapVector<Value, unsigned> &last) {
    epilogue.getResult(0).replaceAllUsesWith(whole.getResult());
    Operation *empty = contraction.getOut().getDefiningOp();
    for (Operation *op : {epilogue.getOperation(), contraction.getOperation(), empty}) {
      last.erase(op->getResult(0));
      op->erase();
    }
  }

private:
  kernel::ContractOp whole, contraction;
  linalg::GenericOp epilogue;
};

Split::Split(kernel::ContractOp op) : whole(op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(op.getOut().getType());
  Value empty = tensor::EmptyOp::create(b, loc, type.getShape(), op.getAccumulatorType());
  contraction = kernel::ContractOp::create(b, loc, op.getLhs(), op.getRhs(), ValueRange(), empty,
                                           {op.getLhsMap(), op.getRhsMap(), op.getOutMap()});
  // From the dimensions of the contraction to those of its result.
  SmallVector<AffineExpr> positions(op.getNumDims(), b.getAffineConstantExpr(0));
  for (auto [position, expr] : llvm::enumerate(op.getOutMap().getResults()))
    positions[cast<AffineDimExpr>(expr).getPosition()] = b.getAffineDimExpr(position);
  AffineMap identity = b.getMultiDimIdentityMap(type.getRank());
  SmallVector<AffineMap> maps = {identity};
  SmallVector<Value> inputs = {sums()};
  for (auto [index, operand] : llvm::enumerate(op.getEpilogueOperands())) {
    inputs.push_back(operand);
    maps.push_back(op.getEpilogueMap(index).replaceDimsAndSymbols(positions, {}, type.getRank(), 0));
  }
  maps.push_back(identity);
  SmallVector<utils::IteratorType> loops(type.getRank(), utils::IteratorType::parallel);
  auto body = [&](OpBuilder &b, Location loc, ValueRange arguments) {
    IRMapping mapping;
    mapping.map(op.getBody()->getArguments(), arguments.drop_back());
    for (Operation &inner : op.getBody()->without_terminator())
      b.clone(inner, mapping);
    Value stored = mapping.lookupOrDefault(cast<kernel::YieldOp>(op.getBody()->getTerminator()).getValue());
    linalg::YieldOp::create(b, loc, stored);
  };
  epilogue = linalg::GenericOp::create(b, loc, TypeRange(type), inputs, op.getOut(), maps, loops, body);
  op.getResult().replaceAllUsesWith(epilogue.getResult(0));
}

/// Splits convolutions into what has a fixed order, where they save more than the epilogue's way through memory costs.
SmallVector<Split> splitEpilogues(func::FuncOp function, const Axes &axes, const Target &target) {
  SmallVector<kernel::ContractOp> ops;
  function.walk([&](kernel::ContractOp op) {
    auto type = dyn_cast<RankedTensorType>(op.getOut().getType());
    if (!type || !type.hasStaticShape() || !Convolution::is(op) || axes.isFree(op.getOut()))
      return;
    auto [dim, cycles] = Convolution(op, target).best();
    constexpr double cyclesOfElement = 2;
    if (dim && cycles > fewCycles + cyclesOfElement * type.getNumElements() &&
        op.getOutMap().isProjectedPermutation())
      ops.push_back(op);
  });
  return llvm::map_to_vector(ops, [](kernel::ContractOp op) { return Split(op); });
}

/// Whether the tensor's dimensions get another order.
bool isReordered(Value tensor, const llvm::MapVector<Value, unsigned> &last) {
  auto found = last.find(tensor);
  return found != last.end() && found->second + 1 < cast<RankedTensorType>(tensor.getType()).getRank();
}

struct OrderDimensionsPass : ingot::codegen::impl::OrderDimensionsBase<OrderDimensionsPass> {
  void runOnOperation() override {
    FailureOr<Target> target = Target::of(getOperation());
    if (failed(target))
      return signalPassFailure();
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      bool convolves = false;
      function.walk([&](kernel::ContractOp op) { convolves |= Convolution::is(op); });
      if (!convolves)
        continue;
      SmallVector<Split> splits = splitEpilogues(function, Axes(function), *target);
      llvm::MapVector<Value, unsigned> last = chooseOrders(function, Axes(function), *target);
      for (Split &split : splits)
        isReordered(split.sums(), last) ? split.keep() : split.undo(last);
      Reordering(std::move(last)).run(function);
    }
  }
};

} // namespace
