#include "frontend/core/Autograd.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/GradientNode.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "ir/dialect/Origin.h"
#include "ir/ops/Ops.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace ingot {
namespace detail {
namespace {

Tensor cotangentOf(const Site &site, const Tensor &tensor, const Tensor &cotangent) {
  if (!cotangent.defined()) {
    if (tensor.numel() != 1)
      fail(site.op, site.where, "a tensor of other than one element needs a gradient of its sizes",
           describe(tensor));
    return {};
  }
  if (cotangent.sizes() != tensor.sizes())
    fail(site.op, site.where, "the gradient given for " + describe(tensor) + " must have its sizes",
         describe(cotangent));
  return cotangent.to(tensor.dtype(), site.where);
}

void addTo(const Site &site, Tensor &sum, const Tensor &part) {
  if (part.defined())
    sum = sum.defined() ? add(Arg(sum, site.where), Arg(part, site.where)) : part;
}

/// A leaf's gradient goes through its hooks; those of other tensors have run as nodes.
Tensor hooked(const Site &site, const TensorImpl &tensor, const Tensor &gradient) {
  return tensor.isLeaf && tensor.hooks ? tensor.hooks->apply(site, gradient) : gradient;
}

/// What is differentiated: tensors, each with the gradient given for it or none for one of one element.
std::vector<Continuation> outputsOf(const Site &site, const TensorList &tensors,
                                    const TensorList &cotangents) {
  if (!cotangents.empty() && cotangents.size() != tensors.size())
    fail(site.op, site.where,
         "one gradient for each of the " + std::to_string(tensors.size()) + " tensors is required",
         std::to_string(cotangents.size()));
  AutoGradMode history(true);
  std::vector<Continuation> outputs;
  for (size_t i = 0; i < tensors.size(); ++i) {
    typeOf(site, tensors[i]);
    outputs.push_back(
        {tensors[i], cotangentOf(site, tensors[i], i < cotangents.size() ? cotangents[i] : Tensor())});
    if (!Recorder::current()->historyOf(valueOf(site, tensors[i])))
      fail(site.op, site.where,
           tensors[i].requires_grad()
               ? "the graph of the tensor was freed by an earlier backward pass: use retain_graph there"
               : "the tensor must depend on one that requires grad",
           describe(tensors[i]));
  }
  return outputs;
}

/// What gradients pass through, in an order that the structure alone decides.
class Path {
public:
  /// Gradients end at `ends`.
  Path(const Site &site, const llvm::DenseSet<Value> &ends) : site(site), ends(ends) {}

  /// Adds the history of `starts`, also what lies before nodes, and checks that gradients can go there.
  void add(llvm::ArrayRef<Value> starts) {
    walk(starts, reached, [&](History &history, llvm::SmallVectorImpl<Value> &work) {
      AutoGradMode mode(true);
      if (history.node)
        for (const Tensor &input : history.node->inputs)
          work.push_back(valueOf(site, input));
    });
  }
  /// The part of the history of `starts` up to leaves and nodes.
  llvm::SetVector<Value> segment(llvm::ArrayRef<Value> starts) const {
    llvm::SetVector<Value> values;
    walk(starts, values, [](History &, llvm::SmallVectorImpl<Value> &) {});
    return values;
  }
  llvm::ArrayRef<Value> values() const { return reached.getArrayRef(); }
  void free() {
    for (Value value : reached)
      if (History &history = *Recorder::current()->historyOf(value);
          history.node || !value.getDefiningOp<ir::DetachOp>()) {
        history.freed = true;
        if (history.node)
          history.node->free();
      }
  }

private:
  template <class AtEnd>
  void walk(llvm::ArrayRef<Value> starts, llvm::SetVector<Value> &values, AtEnd atEnd) const {
    llvm::SmallVector<Value> work(starts.rbegin(), starts.rend());
    while (!work.empty()) {
      Value value = work.pop_back_val();
      History *history = Recorder::current()->historyOf(value);
      if (!history || !values.insert(value))
        continue;
      Operation *op = value.getDefiningOp();
      if (!op || ends.contains(value)) // of the body of a loop
        continue;
      check(*op, *history);
      if (isa<ir::DetachOp>(op))
        atEnd(*history, work);
      else if (auto barrier = dyn_cast<ir::BarrierOp>(op))
        work.push_back(barrier.getX());
      else
        work.append(op->operand_begin(), op->operand_end());
    }
  }

  void check(Operation &op, const History &history) const {
    if (history.freed)
      fail(site.op, site.where, freedGraph);
    if (isa<ir::DifferentiableOpInterface>(op))
      return;
    ir::Origin origin = ir::Origin::of(op.getLoc());
    std::string who = origin.nameOr(op.getName().stripDialect()).str();
    if (auto line = origin.line)
      who += " at " + line.getFilename().str() + ":" + std::to_string(line.getLine());
    throw Error(site.op, origin.path ? origin.path.str() : "", site.where,
                "every operation on the way must have a derivative", who);
  }

  const Site &site;
  const llvm::DenseSet<Value> &ends;
  llvm::SetVector<Value> reached;
};

void eraseWithoutHistory(const Site &site, std::vector<Continuation> &from) {
  AutoGradMode history(true);
  llvm::erase_if(from, [&](const Continuation &each) {
    return !each.gradient.defined() || !Recorder::current()->historyOf(valueOf(site, each.tensor));
  });
}

/// A backward pass: gradients of outputs with respect to all values that `isAsked` accepts, one segment between nodes after
/// the other.
class Propagation {
public:
  Propagation(const Site &site, std::vector<Continuation> outputs, bool createGraph,
              llvm::function_ref<bool(Value, const History &)> isAsked, llvm::DenseSet<Value> ends = {})
      : site(site), isAsked(isAsked), ends(std::move(ends)), path(site, this->ends) {
    AutoGradMode mode(createGraph);
    propagate(outputs);
    while (!nodes.empty())
      runNode();
  }

  Tensor gradient(Value value) const {
    auto found = gradients.find(value);
    return found == gradients.end() ? Tensor() : found->second;
  }
  /// All values on the way.
  Path &way() { return path; }

private:
  struct PendingNode {
    std::shared_ptr<GradientNode> node;
    llvm::SmallVector<Value> outputs;
    Operation *first; ///< of the outputs in program order, reached or not
  };

  void propagate(const std::vector<Continuation> &from) {
    Recorder &recorder = *Recorder::current();
    Recorder::Whole whole(recorder);
    llvm::SmallVector<Value> ys, seeds, xs;
    bool seeded = llvm::any_of(from, [](const Continuation &each) { return each.gradient.defined(); });
    TensorList given;
    for (const Continuation &each : from) {
      {
        AutoGradMode history(true);
        ys.push_back(valueOf(site, each.tensor));
      }
      if (seeded)
        given.push_back(each.gradient.defined() ? each.gradient : ones_like(Arg(each.tensor, site.where)));
    }
    for (const Tensor &each : given)
      seeds.push_back(valueOf(site, each));
    path.add(ys);
    for (Value value : path.segment(ys))
      if (History *history = recorder.historyOf(value); history->node || isAsked(value, *history))
        xs.push_back(value), note(value, *history);
    if (xs.empty())
      return;
    OpBuilder b(&context());
    auto op = ir::GradientOp::create(b, recorder.location(site), ValueRange(xs).getTypes(), ys, seeds, xs);
    recorder.append(op);
    TensorList parts;
    for (Value part : op.getGrads())
      parts.push_back(wrap(site, part));
    for (auto [x, part] : llvm::zip(xs, parts))
      addTo(site, gradients[x], part);
  }

  /// Remembers the node of an output.
  void note(Value output, const History &history) {
    if (!history.node || ends.contains(output))
      return;
    auto pending = llvm::find_if(nodes, [&](const PendingNode &each) { return each.node == history.node; });
    if (pending == nodes.end())
      pending = nodes.insert(nodes.end(), {history.node, {}, firstOutput(output, *history.node)});
    if (!llvm::is_contained(pending->outputs, output))
      pending->outputs.push_back(output);
  }

  /// Other outputs than the first come after hooks of that, which must have run before the node.
  static Operation *firstOutput(Value output, const GradientNode &node) {
    if (node.outputCount() == 1)
      return output.getDefiningOp();
    for (Operation &op : *output.getParentBlock())
      if (const History *history =
              isa<ir::DetachOp>(op) ? Recorder::current()->historyOf(op.getResult(0)) : nullptr;
          history && history->node.get() == &node)
        return &op;
    return output.getDefiningOp();
  }

  /// Of the nodes that have been reached, the last in program order has its gradients complete.
  void runNode() {
    auto last = llvm::max_element(nodes, [](const PendingNode &a, const PendingNode &b) {
      return a.first != b.first && a.first->isBeforeInBlock(b.first);
    });
    PendingNode pending = *last;
    nodes.erase(last);
    TensorList outputs(pending.node->outputCount()), cotangents(outputs.size());
    auto numberOf = [](Value output) { return Recorder::current()->historyOf(output)->output; };
    for (Value output : pending.outputs) {
      AutoGradMode history(true);
      outputs[numberOf(output)] = wrap(site, output);
    }
    for (Value output : pending.outputs)
      addTo(site, cotangents[numberOf(output)], gradient(output));
    std::vector<Continuation> further = pending.node->backward(site, outputs, cotangents);
    for (Value output : pending.outputs)
      gradients[output] = cotangents[numberOf(output)];
    eraseWithoutHistory(site, further);
    if (!further.empty())
      propagate(further);
    keptAlive.insert(keptAlive.end(), further.begin(), further.end());
  }

  const Site &site;
  llvm::function_ref<bool(Value, const History &)> isAsked;
  llvm::DenseSet<Value> ends;
  Path path;
  std::vector<PendingNode> nodes;
  llvm::MapVector<Value, Tensor> gradients;
  std::vector<Continuation> keptAlive; ///< what `path` goes through
};

void accumulate(const Site &site, Tensor &sum, const Tensor &grad) {
  if (!sum.defined())
    sum = grad;
  else if (GradMode::is_enabled())
    sum = add(Arg(sum, site.where), Arg(grad, site.where));
  else
    assign(site, sum, add(Arg(sum, site.where), Arg(grad, site.where)));
}

} // namespace

StepGradients gradientsOfStep(const Site &site, std::vector<Continuation> outputs,
                              llvm::ArrayRef<Value> ends) {
  eraseWithoutHistory(site, outputs);
  StepGradients gradients;
  if (outputs.empty())
    return gradients;
  llvm::DenseSet<Value> own(ends.begin(), ends.end());
  auto isOperand = [&](Value value) { return isa<BlockArgument>(value) || own.contains(value); };
  Propagation pass(
      site, std::move(outputs), GradMode::is_enabled(),
      [&](Value value, const History &) { return isOperand(value); }, own);
  for (Value value : pass.way().values())
    if (Tensor gradient = pass.gradient(value); isOperand(value) && gradient.defined())
      gradients.ofOperands.emplace_back(value, gradient);
    else if (!isOperand(value) && Recorder::current()->historyOf(value)->node)
      gradients.nodeOutputs.push_back(value);
  return gradients;
}

} // namespace detail

using detail::Site;

namespace autograd {

void backward(const TensorList &tensors, const TensorList &grad_tensors, std::optional<bool> retain_graph,
              bool create_graph, const TensorList &inputs, const Where &at) {
  Site site{"backward", at};
  detail::RecordLock lock;
  auto isAsked = [&](const std::shared_ptr<detail::TensorImpl> &impl) {
    return impl && impl->requiresGrad && (inputs.empty() || llvm::any_of(inputs, [&](const Tensor &input) {
                                            return input.unwrap() == impl;
                                          }));
  };
  detail::Propagation pass(site, detail::outputsOf(site, tensors, grad_tensors), create_graph,
                           [&](Value, const detail::History &history) {
                             return llvm::any_of(history.targets,
                                                 [&](const auto &each) { return isAsked(each.lock()); });
                           });
  std::vector<std::pair<std::shared_ptr<detail::TensorImpl>, Tensor>> grads;
  for (Value value : pass.way().values())
    for (const std::weak_ptr<detail::TensorImpl> &target :
         detail::Recorder::current()->historyOf(value)->targets)
      if (auto impl = target.lock(); isAsked(impl))
        if (Tensor grad = pass.gradient(value); grad.defined())
          grads.emplace_back(impl, grad);
  if (grads.empty())
    detail::fail(site.op, site.where, "a leaf that requires grad must be reached");
  if (!retain_graph.value_or(create_graph))
    pass.way().free();
  AutoGradMode mode(create_graph);
  for (auto &[impl, grad] : grads)
    detail::accumulate(site, Tensor(impl).mutable_grad(), detail::hooked(site, *impl, grad));
}

TensorList grad(const TensorList &outputs, const TensorList &inputs, const TensorList &grad_outputs,
                std::optional<bool> retain_graph, bool create_graph, bool allow_unused, const Where &at) {
  Site site{"grad", at};
  detail::RecordLock lock;
  TensorList now; // what the inputs are
  llvm::SmallVector<Value> own;
  for (const Tensor &input : inputs) {
    detail::typeOf(site, input);
    AutoGradMode history(true);
    now.push_back(detail::snapshot(site, input));
    own.push_back(now.back().requires_grad() ? detail::valueOf(site, now.back()) : Value());
  }
  auto isInput = [&](size_t i, Value value, const detail::History &history) {
    return value == own[i] || llvm::any_of(history.targets, [&](const auto &target) {
             return target.lock() == inputs[i].unwrap();
           });
  };
  detail::Propagation pass(site, detail::outputsOf(site, outputs, grad_outputs), create_graph,
                           [&](Value value, const detail::History &history) {
                             return llvm::any_of(llvm::seq(inputs.size()),
                                                 [&](size_t i) { return isInput(i, value, history); });
                           });
  AutoGradMode mode(create_graph);
  TensorList result(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (Value value : pass.way().values())
      if (isInput(i, value, *detail::Recorder::current()->historyOf(value)))
        detail::addTo(site, result[i], pass.gradient(value));
    if (!result[i].defined() && !allow_unused)
      detail::fail(site.op, site.where, "each input must be one that the outputs depend on, or allow_unused",
                   "input " + std::to_string(i));
    if (result[i].defined())
      result[i] = detail::hooked(site, *inputs[i].unwrap(), result[i]);
  }
  if (!retain_graph.value_or(create_graph))
    pass.way().free();
  return result;
}

} // namespace autograd

void Tensor::backward(const Tensor &gradient, std::optional<bool> retain_graph, bool create_graph,
                      std::optional<std::vector<Tensor>> inputs, const Where &at) const {
  detail::typeOf({"backward", at}, *this);
  autograd::backward({*this}, {gradient}, retain_graph, create_graph, inputs.value_or(TensorList()), at);
}

std::shared_ptr<autograd::Node> Tensor::grad_fn() const {
  Site site{"grad_fn", {}};
  detail::typeOf(site, *this);
  if (!requires_grad() || is_leaf())
    return nullptr;
  detail::RecordLock lock;
  AutoGradMode history(true);
  Operation *op = detail::valueOf(site, *this).getDefiningOp();
  std::string name = op ? op->getName().stripDialect().str() : "";
  return std::make_shared<autograd::Node>(llvm::convertToCamelFromSnakeCase(name, true) + "Backward0");
}

void Tensor::retain_grad(const Where &at) const {
  Site site{"retain_grad", at};
  detail::typeOf(site, *this);
  detail::RecordLock lock;
  if (!requires_grad())
    detail::fail(site.op, site.where, "a tensor that retains its gradient must require grad",
                 detail::describe(*this));
  if (is_leaf() || impl->retainsGrad)
    return;
  impl->retainsGrad = true;
  AutoGradMode history(true);
  Value value = detail::valueOf(site, *this);
  if (detail::History *known = detail::Recorder::current()->historyOf(value))
    known->targets.push_back(impl);
}

bool Tensor::retains_grad() const {
  detail::typeOf({"retains_grad", {}}, *this);
  return impl->retainsGrad;
}

} // namespace ingot
