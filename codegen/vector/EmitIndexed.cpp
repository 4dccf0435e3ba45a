#include "codegen/vector/EmitIndexed.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace ingot::codegen {
namespace {

using Size = OpFoldResult;
using Sizes = SmallVector<OpFoldResult>;

bool isVectorizable(Block &body) {
  return llvm::all_of(body.without_terminator(), [](Operation &inner) {
    return isa<arith::ConstantOp>(inner) || OpTrait::hasElementwiseMappableTraits(&inner);
  });
}

/// Clones a body on scalars, or on vectors of `lanes`; returns what it yields.
SmallVector<Value> emitBody(KernelBuilder &k, Block &body, ValueRange arguments, int64_t lanes) {
  IRMapping mapping;
  mapping.map(body.getArguments(), arguments);
  auto resolve = [&](Value operand) { // scalars from outside of the op
    if (!mapping.contains(operand))
      mapping.map(operand, k.splat(operand, lanes));
    return mapping.lookup(operand);
  };
  for (Operation &inner : body.without_terminator()) {
    llvm::for_each(inner.getOperands(), resolve);
    Operation *copy = k.b.clone(inner, mapping);
    if (lanes == 1)
      continue;
    for (OpResult result : copy->getResults())
      result.setType(VectorType::get(lanes, result.getType()));
    if (auto constant = dyn_cast<arith::ConstantOp>(copy))
      constant.setValueAttr(
          SplatElementsAttr::get(cast<VectorType>(constant.getType()), Attribute(constant.getValue())));
  }
  return llvm::map_to_vector(body.getTerminator()->getOperands(), resolve);
}

/// The lanes that the last dimension can be walked in: 1 unless all views are contiguous there.
int64_t lanesOf(Block &body, ArrayRef<const View *> views, KernelBuilder &k) {
  if (!isVectorizable(body))
    return 1;
  int64_t lanes = 64;
  for (const View *view : views) {
    if (view->rank() == 0 || getConstantIntValue(view->strides.back()) != 1)
      return 1;
    lanes = std::min(lanes, k.target.lanes(view->element));
  }
  return lanes;
}

/// Loops over the dimensions from `first` on but `skipped`; the last one in steps of `lanes`, and what is left one by one.
/// `enter(dim)` is called inside of the loop of each dimension.
class Loops {
public:
  Loops(Sizes sizes, std::optional<int64_t> skipped, int64_t lanes, KernelBuilder &k)
      : sizes(std::move(sizes)), skipped(skipped), lanes(lanes), k(k), at(this->sizes.size(), k.index(0)) {}

  using Body = llvm::function_ref<void(Sizes &at, int64_t lanes)>;
  using Enter = llvm::function_ref<void(int64_t dim, const Sizes &at)>;
  void run(Enter enter, Body body) { nest(0, enter, body); }

private:
  void nest(size_t dim, Enter enter, Body body) {
    if (dim == sizes.size())
      return body(at, 1);
    if (skipped == int64_t(dim))
      return nest(dim + 1, enter, body);
    auto loop = [&](Size lower, Size upper, int64_t step) {
      k.forLoop(lower, upper, k.index(step), [&](Size iv) {
        at[dim] = iv;
        enter(dim, at);
        step == 1 ? nest(dim + 1, enter, body) : body(at, step);
      });
    };
    bool isLast = dim + 1 == sizes.size();
    Size split = isLast && lanes > 1 ? k.alignDown(sizes[dim], lanes) : k.index(0);
    if (isLast && lanes > 1)
      loop(k.index(0), split, lanes);
    loop(split, sizes[dim], 1);
  }

  Sizes sizes;
  std::optional<int64_t> skipped;
  int64_t lanes;
  KernelBuilder &k;
  Sizes at;
};

/// Runs one line of a scan, or `lanes` of them side by side.
void scanLine(kernel::ScanOp op, ArrayRef<View> operands, Sizes &at, int64_t lanes, KernelBuilder &k) {
  const View &out = operands.back();
  int64_t dim = op.getDim();
  Size extent = out.sizes[dim];
  SmallVector<Value> initial;
  for (Attribute value : op.getInitial())
    initial.push_back(k.splat(arith::ConstantOp::create(k.b, k.loc, cast<TypedAttr>(value)), lanes));
  k.forLoop(k.index(0), extent, k.index(1), initial, [&](Size step, ValueRange state) {
    at[dim] = op.getReverse() ? k.sub(k.sub(extent, k.index(1)), step) : step;
    SmallVector<Value> arguments;
    for (const View &input : operands.drop_back())
      arguments.push_back(k.load(input, at, lanes));
    Value position = arith::IndexCastOp::create(k.b, k.loc, k.b.getI64Type(), k.value(at[dim]));
    arguments.push_back(k.splat(position, lanes));
    llvm::append_range(arguments, state);
    SmallVector<Value> results = emitBody(k, op.getBody().front(), arguments, lanes);
    k.store(out, at, results.pop_back_val());
    return results;
  });
}

} // namespace

LogicalResult emitScan(kernel::ScanOp op, ArrayRef<View> operands, KernelBuilder &k) {
  const View &out = operands.back();
  bool alongLast = op.getDim() + 1 == uint64_t(out.rank());
  int64_t lanes = alongLast ? 1
                            : lanesOf(op.getBody().front(),
                                      llvm::map_to_vector(operands, [](const View &v) { return &v; }), k);
  Loops(out.sizes, op.getDim(), lanes, k)
      .run([](int64_t, const Sizes &) {},
           [&](Sizes &at, int64_t lanes) { scanLine(op, operands, at, lanes, k); });
  return success();
}

LogicalResult emitScatter(kernel::ScatterOp op, ArrayRef<View> operands, KernelBuilder &k) {
  const View &index = operands[0], &source = operands[1], &out = operands[2];
  ArrayRef<int64_t> dims = op.getDims();
  int64_t innermost = *llvm::max_element(dims);
  Block &body = op.getBody().front();
  int64_t lanes = innermost + 1 < source.rank() ? lanesOf(body, {&source, &out}, k) : 1;
  Value position;
  auto enter = [&](int64_t dim, const Sizes &at) {
    if (dim != innermost)
      return;
    Sizes place = llvm::map_to_vector(dims, [&](int64_t dim) { return at[dim]; });
    position = arith::IndexCastOp::create(k.b, k.loc, k.b.getIndexType(), k.load(index, place));
  };
  Loops(source.sizes, std::nullopt, lanes, k).run(enter, [&](Sizes &at, int64_t lanes) {
    Sizes target = at;
    target[op.getDim()] = position;
    Value old = k.load(out, target, lanes), x = k.load(source, at, lanes);
    k.store(out, target, emitBody(k, body, {old, x}, lanes).front());
  });
  return success();
}

Value emitGreatestPosition(const View &positions, KernelBuilder &k) {
  Value greatest = k.zero(k.b.getI64Type());
  Sizes at(positions.rank(), k.index(0));
  std::function<Value(int64_t, Value)> loop = [&](int64_t dim, Value found) -> Value {
    if (dim == positions.rank())
      return arith::MaxUIOp::create(k.b, k.loc, found, k.load(positions, at));
    return k.forLoop(k.index(0), positions.sizes[dim], k.index(1), found, [&](Size iv, ValueRange carried) {
      at[dim] = iv;
      return SmallVector<Value>{loop(dim + 1, carried[0])};
    })[0];
  };
  return loop(0, greatest);
}

} // namespace ingot::codegen
