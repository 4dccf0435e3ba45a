#include "frontend/core/Scan.h"
#include "frontend/core/Element.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/GradientNode.h"
#include "frontend/core/ScanRecorder.h"
#include "frontend/core/SymbolicSize.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "ir/dialect/Sizes.h"
#include "ir/ops/Ops.h"

using namespace mlir;

namespace ingot {
namespace detail {
namespace {

/// A body that is closed when the last loop over it goes.
std::shared_ptr<ScanRecorder> makeBody() {
  auto recorder = std::make_shared<ScanRecorder>();
  return {recorder.get(), [recorder](ScanRecorder *body) { body->close(); }};
}

/// A loop over a body, which may have more than it takes: the loops of derivatives share the body of what they derive, and
/// may take values of it as sequences.
struct Loop {
  using Operand = ScanRecorder::Operand;

  std::shared_ptr<ScanRecorder> body;
  sizes::Expr steps;
  bool reverse = false;
  std::vector<Operand> carries, sequences, invariants;
  TensorList next, made; ///< of the body
};

/// Carries the generator's state, if a step draws from it.
void carryGenerator(const Site &site, Loop &loop, Value argument, const std::optional<Size> &drawn) {
  if (drawn)
    loop.carries.push_back(
        {argument,
         wrap(site,
              RandomLog::next(site, *drawn * SizeAccess::make(loop.steps, Recorder::current()->ranges())))});
}

/// The results of the loop: the last carried values, those that each step began with, and the sequences made.
ir::ScanOp recordLoop(const Site &site, const Loop &loop) {
  Recorder &outer = *Recorder::current();
  auto outsides = [&](const std::vector<Loop::Operand> &operands) {
    return llvm::map_to_vector(operands,
                               [&](const Loop::Operand &each) { return valueOf(site, each.outside); });
  };
  llvm::SmallVector<Value> inits = outsides(loop.carries), xs = outsides(loop.sequences),
                           invariants = outsides(loop.invariants), results;
  for (const TensorList *tensors : {&loop.next, &loop.made})
    for (const Tensor &each : *tensors)
      results.push_back(loop.body->read(site, each.unwrap()->storage));
  OpBuilder b(&context());
  auto op = ir::ScanOp::create(
      b, outer.location(site), inits, xs, invariants, loop.steps, loop.reverse,
      [&](OpBuilder &inner, Location, ValueRange carries, ValueRange slices, ValueRange with) {
        IRMapping map;
        for (auto [operands, arguments] :
             {std::pair(&loop.carries, carries), {&loop.sequences, slices}, {&loop.invariants, with}})
          for (auto [operand, argument] : llvm::zip(*operands, arguments))
            map.map(operand.inside, argument);
        llvm::SmallVector<Value> yielded = loop.body->cloneTo(inner, map, results);
        yielded.insert(yielded.begin() + int64_t(carries.size()), carries.begin(), carries.end());
        return yielded;
      });
  outer.append(op);
  return op;
}

template <class F> void forOperands(const Loop &loop, F f) {
  for (const auto *operands : {&loop.carries, &loop.sequences, &loop.invariants})
    llvm::for_each(*operands, f);
}

llvm::SmallVector<Value> operandsOf(const Loop &loop) {
  llvm::SmallVector<Value> values;
  forOperands(loop, [&](const Loop::Operand &each) { values.push_back(each.inside); });
  return values;
}

/// The results of recordLoop.
TensorList outputsOf(const Site &site, const Loop &loop);

/// The loop in the other direction that takes cotangents of the results of a loop to gradients of its operands: what a
/// backward pass through one step records in the body.
class LoopVjp {
public:
  LoopVjp(const Site &site, const Loop &forward, const TensorList &cotangents)
      : site(site), forward(forward) {
    vjp.body = forward.body;
    vjp.steps = forward.steps;
    vjp.reverse = !forward.reverse;
    vjp.invariants = forward.invariants;
    recordBody(cotangents);
  }

  /// Outputs of nodes that the forward loop computes.
  llvm::ArrayRef<Loop::Operand> shared() const { return nodeOutputs; }

  /// `starts`: the carried values that each step began with; `made`: the outputs of nodes, if they are to be taken from the
  /// forward loop.
  std::vector<Continuation> gradients(const TensorList &starts, const TensorList &made) {
    for (auto [carry, start] : llvm::zip(forward.carries, starts))
      vjp.sequences.push_back({carry.inside, start});
    for (auto [output, sequence] : llvm::zip(nodeOutputs, made))
      vjp.sequences.push_back({output.inside, sequence});
    llvm::append_range(vjp.sequences, forward.sequences);
    TensorList outputs = outputsOf(site, vjp);
    std::vector<Continuation> result;
    for (auto [i, tensor] : llvm::enumerate(carried))
      result.push_back({tensor, outputs[i]});
    for (auto [i, tensor] : llvm::enumerate(sliced))
      result.push_back({tensor, outputs[2 * vjp.carries.size() + i]});
    return result;
  }

private:
  void recordBody(const TensorList &cotangents) {
    std::optional<Size> drawn;
    Value generator;
    {
      ScanRecorder::Recording recording(*vjp.body);
      generator = vjp.body->addGenerator(site);
      StepGradients step = gradientsOfStep(site, seed(cotangents), operandsOf(forward));
      for (auto &[value, gradient] : step.ofOperands)
        ofOperands[value] = gradient;
      llvm::append_range(vjp.invariants, vjp.body->takeCaptured()); // by code of the user
      yield();
      drawn = vjp.body->closeGenerator(vjp.next);
      keep(step.nodeOutputs);
    }
    for (Loop::Operand &carry : vjp.carries)
      if (!carry.outside.defined())
        carry.outside = zerosLike(carry.inside);
    carryGenerator(site, vjp, generator, drawn);
  }

  /// The results of a step that have cotangents, with these.
  std::vector<Continuation> seed(const TensorList &cotangents) {
    AutoGradMode history(true);
    std::vector<Continuation> seeded;
    auto add = [&](std::vector<Loop::Operand> &operands, const Tensor &result, const Tensor &cotangent) {
      operands.push_back({vjp.body->addArgument(site, typeOf(site, result)), cotangent});
      seeded.push_back({result, wrap(site, operands.back().inside)});
    };
    ArrayRef<Tensor> ofFinals(cotangents), ofStarts = ofFinals.drop_front(forward.carries.size()),
                                           ofMade = ofStarts.drop_front(forward.carries.size());
    for (auto [next, cotangent] : llvm::zip(forward.next, ofFinals))
      if (next.is_floating_point())
        add(vjp.carries, next, cotangent);
    for (auto [carry, cotangent] : llvm::zip(forward.carries, ofStarts))
      if (cotangent.defined())
        add(vjp.sequences, wrap(site, carry.inside), cotangent);
    for (auto [made, cotangent] : llvm::zip(forward.made, ofMade))
      if (cotangent.defined())
        add(vjp.sequences, made, cotangent);
    return seeded;
  }

  /// Gradients of carried values go from step to step, those of invariants add up, those of slices are made.
  void yield() {
    for (const Loop::Operand &each : forward.carries)
      if (each.outside.is_floating_point()) {
        Tensor gradient = ofOperands.lookup(each.inside);
        vjp.next.push_back(gradient.defined() ? gradient : zerosLike(each.inside));
        carried.push_back(each.outside);
      }
    for (const Loop::Operand &each : vjp.invariants)
      if (Tensor gradient = ofOperands.lookup(each.inside); gradient.defined()) {
        vjp.carries.push_back({vjp.body->addArgument(site, each.inside.getType()), Tensor()});
        vjp.next.push_back(
            add(Arg(wrap(site, vjp.carries.back().inside), site.where), Arg(gradient, site.where)));
        carried.push_back(each.outside);
      }
    for (const Loop::Operand &each : forward.sequences)
      if (Tensor gradient = ofOperands.lookup(each.inside); gradient.defined()) {
        vjp.made.push_back(gradient);
        sliced.push_back(each.outside);
      }
  }

  void keep(llvm::ArrayRef<Value> outputs) {
    AutoGradMode history(true);
    llvm::SmallVector<Value> given = operandsOf(forward);
    for (Value value : outputs)
      if (ScanRecorder::isComputedFrom(given, value))
        nodeOutputs.push_back({value, wrap(site, value)});
  }

  Tensor zerosLike(Value value) const {
    auto type = cast<RankedTensorType>(value.getType());
    return zeros(shapeOf(type), dtypeOf(type), site.where);
  }

  const Site &site;
  const Loop &forward;
  Loop vjp;
  llvm::DenseMap<Value, Tensor> ofOperands;
  TensorList carried, sliced; ///< whose gradients the loop carries, and makes
  std::vector<Loop::Operand> nodeOutputs;
};

/// A loop over a body with nodes. What has none is left to the compiler.
class LoopNode final : public GradientNode, public std::enable_shared_from_this<LoopNode> {
public:
  LoopNode(const Loop &loop, TensorList starts) : GradientNode({}), loop(loop), starts(std::move(starts)) {
    forOperands(loop, [&](const Loop::Operand &each) { inputs.push_back(each.outside); });
  }

  size_t outputCount() const override { return 2 * loop.carries.size() + loop.made.size(); }

  // Gradients of gradients come to a node of the body from the loop of its derivative and from all uses of this one, and its
  // code must see their sum: that loop takes the node's outputs, as what steps began with, from this one, whose further
  // results they become.
  std::vector<Continuation> backward(const Site &site, const TensorList &, TensorList &cotangents) override {
    if (inputs.empty())
      fail(site.op, site.where, freedGraph);
    LoopVjp vjp(site, loop, cotangents);
    if (!GradMode::is_enabled())
      return vjp.gradients(starts, {});
    size_t made = loop.made.size();
    for (const Loop::Operand &each : vjp.shared())
      loop.made.push_back(each.outside);
    TensorList again = outputsAgain(site);
    auto ofCarries = again.begin() + int64_t(loop.carries.size()),
         ofMade = ofCarries + int64_t(loop.carries.size() + made);
    return vjp.gradients({ofCarries, ofMade - int64_t(made)}, {ofMade, again.end()});
  }

  void free() override {
    GradientNode::free();
    loop = {};
    starts.clear();
  }

private:
  TensorList outputsAgain(const Site &site) {
    Recorder &outer = *Recorder::current();
    Recorder::Whole whole(outer);
    AutoGradMode noHistory(false);
    ir::ScanOp op = recordLoop(site, loop);
    TensorList outputs;
    for (auto [i, value] : llvm::enumerate(op.getResults())) {
      AutoGradMode history(true);
      outputs.push_back(outer.historyOf(value) ? wrapOutput(site, value, shared_from_this(), i)
                                               : wrap(site, value));
    }
    return outputs;
  }

  Loop loop;
  TensorList starts; ///< the carried values that each step began with, without their history
};

TensorList outputsOf(const Site &site, const Loop &loop) {
  Recorder &outer = *Recorder::current();
  Recorder::Whole whole(outer);
  ir::ScanOp op = recordLoop(site, loop);
  auto hasHistory = [&](Value value) { return GradMode::is_enabled() && outer.historyOf(value); };
  std::shared_ptr<LoopNode> node;
  if (loop.body->hasNodes() && llvm::any_of(op.getResults(), hasHistory)) {
    AutoGradMode noHistory(false);
    TensorList starts;
    for (Value value : op.getYs().take_front(loop.carries.size()))
      starts.push_back(wrap(site, value));
    node = std::make_shared<LoopNode>(loop, std::move(starts));
  }
  TensorList outputs;
  for (auto [i, value] : llvm::enumerate(op.getResults()))
    outputs.push_back(node && hasHistory(value) ? wrapOutput(site, value, node, i) : wrap(site, value));
  return outputs;
}

/// One call of ingot::scan.
class Scan {
public:
  Scan(const Site &site, const TensorList &init, const TensorList &xs, const std::optional<Size> &steps)
      : site(site), init(init), xs(xs) {
    loop.body = makeBody();
    findStepCount(steps);
  }

  void recordBody(const ScanStep &step) {
    for (const Tensor &each : init)
      loop.carries.push_back({{}, snapshot(site, each)});
    for (const Tensor &each : xs)
      loop.sequences.push_back({{}, snapshot(site, each)});
    std::optional<Size> drawn;
    Value generator;
    {
      ScanRecorder::Recording recording(*loop.body);
      TensorList carry = addArguments(loop.carries, [](RankedTensorType type) { return type; });
      generator = loop.body->addGenerator(site);
      TensorList slices =
          addArguments(loop.sequences, [](RankedTensorType type) { return ir::sliceOf(type); });
      auto [next, made] = step(carry, slices);
      check(next);
      for (const Tensor &each : next)
        loop.next.push_back(snapshot(site, each));
      for (const Tensor &each : made)
        loop.made.push_back(snapshot(site, each));
      drawn = loop.body->closeGenerator(loop.next);
      loop.invariants = loop.body->takeCaptured();
    }
    carryGenerator(site, loop, generator, drawn);
  }

  std::pair<TensorList, TensorList> record(bool reverse) {
    RecordLock lock;
    loop.reverse = reverse;
    TensorList outputs = outputsOf(site, loop);
    return {{outputs.begin(), outputs.begin() + int64_t(init.size())},
            {outputs.end() - int64_t(loop.made.size()), outputs.end()}};
  }

private:
  void findStepCount(const std::optional<Size> &given) {
    if (!given && xs.empty())
      fail(site.op, site.where, "the number of steps must be given where there are no sequences");
    if (given && given->isNumber() && *given < 0)
      fail(site.op, site.where, "the number of steps must not be negative", given->str());
    std::optional<sizes::Expr> count;
    if (given)
      count = SizeAccess::expr(*given);
    for (const Tensor &each : xs) {
      std::vector<sizes::Expr> sizes = ir::sizesOf(typeOf(site, each));
      if (sizes.empty())
        fail(site.op, site.where, "a sequence must have a leading dimension", describe(each));
      if (count && sizes.front() != *count)
        fail(site.op, site.where,
             "each sequence must have leading size " + count->str() + ", the number of steps",
             describe(each));
      count = sizes.front();
    }
    loop.steps = *count;
  }

  void check(const TensorList &next) const {
    if (next.size() != init.size())
      fail(site.op, site.where, "the step must return the " + std::to_string(init.size()) + " carried values",
           std::to_string(next.size()));
    for (size_t i = 0; i < next.size(); ++i)
      if (typeOf(site, next[i]) != typeOf(site, init[i]))
        fail(site.op, site.where,
             "carried value " + std::to_string(i) + " must stay " + describe(init[i]) + " from step to step",
             describe(next[i]));
  }

  template <class TypeOf> TensorList addArguments(std::vector<Loop::Operand> &operands, TypeOf typeIn) {
    TensorList tensors;
    for (Loop::Operand &each : operands) {
      each.inside = loop.body->addArgument(site, typeIn(typeOf(site, each.outside)));
      tensors.push_back(wrap(site, each.inside));
    }
    return tensors;
  }

  const Site &site;
  const TensorList &init, &xs;
  Loop loop;
};

} // namespace
} // namespace detail

std::pair<TensorList, TensorList> scan(const ScanStep &step, const TensorList &init, const TensorList &xs,
                                       bool reverse, const std::optional<Size> &steps, const Where &at) {
  detail::Site site{"scan", at};
  detail::Scan loop(site, init, xs, steps);
  loop.recordBody(step);
  return loop.record(reverse);
}

} // namespace ingot
