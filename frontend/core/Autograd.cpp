#include "frontend/core/Autograd.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "ir/ops/Ops.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace ingot {
namespace detail {
namespace {

/// The tensors that are differentiated, as values, and their cotangents: none, or one each.
struct Outputs {
  Outputs(const Site &site, const TensorList &tensors, const TensorList &cotangents);
  llvm::SmallVector<Value> values, seeds;
};

Tensor cotangentOf(const Site &site, const Tensor &tensor, const Tensor &cotangent) {
  if (!cotangent.defined()) {
    if (tensor.numel() != 1)
      fail(site.op, site.where, "a tensor of other than one element needs a gradient of its sizes",
           describe(tensor));
    return ones_like(Arg(tensor, site.where));
  }
  if (cotangent.sizes() != tensor.sizes())
    fail(site.op, site.where, "the gradient given for " + describe(tensor) + " must have its sizes",
         describe(cotangent));
  return cotangent.to(tensor.dtype(), site.where);
}

Outputs::Outputs(const Site &site, const TensorList &tensors, const TensorList &cotangents) {
  if (!cotangents.empty() && cotangents.size() != tensors.size())
    fail(site.op, site.where,
         "one gradient for each of the " + std::to_string(tensors.size()) + " tensors is required",
         std::to_string(cotangents.size()));
  bool seeded = llvm::any_of(cotangents, [](const Tensor &each) { return each.defined(); });
  AutoGradMode history(true);
  for (size_t i = 0; i < tensors.size(); ++i) {
    typeOf(site, tensors[i]);
    Tensor cotangent = cotangentOf(site, tensors[i], i < cotangents.size() ? cotangents[i] : Tensor());
    Value value = valueOf(site, tensors[i]);
    if (!Recorder::current()->historyOf(value))
      fail(site.op, site.where,
           tensors[i].requires_grad()
               ? "the graph of the tensor was freed by an earlier backward pass: use retain_graph there"
               : "the tensor must depend on one that requires grad",
           describe(tensors[i]));
    values.push_back(value);
    if (seeded)
      seeds.push_back(valueOf(site, cotangent));
  }
}

/// The history of `values`: what gradients pass through, in an order that the structure alone decides.
class Path {
public:
  Path(const Site &site, llvm::ArrayRef<Value> values) : site(site) {
    llvm::SmallVector<Value> work(values.rbegin(), values.rend());
    while (!work.empty()) {
      Value value = work.pop_back_val();
      if (!reached.insert(value))
        continue;
      Operation *op = value.getDefiningOp();
      check(*op, value);
      if (!isa<ir::DetachOp>(op)) // a leaf
        for (Value operand : op->getOperands())
          if (Recorder::current()->historyOf(operand))
            work.push_back(operand);
    }
  }

  llvm::ArrayRef<Value> values() const { return reached.getArrayRef(); }
  bool contains(Value value) const { return reached.contains(value); }
  void free() {
    for (Value value : reached)
      if (!value.getDefiningOp<ir::DetachOp>())
        Recorder::current()->historyOf(value)->freed = true;
  }

private:
  void check(Operation &op, Value value) const {
    if (Recorder::current()->historyOf(value)->freed)
      fail(site.op, site.where,
           "the graph was freed by an earlier backward pass, which needs retain_graph for a second one");
    if (isa<ir::DifferentiableOpInterface>(op))
      return;
    std::string path, line;
    Location loc = op.getLoc();
    if (auto named = dyn_cast<NameLoc>(loc))
      path = named.getName().str(), loc = named.getChildLoc();
    if (auto place = dyn_cast<FileLineColLoc>(loc))
      line = " at " + place.getFilename().str() + ":" + std::to_string(place.getLine());
    throw Error(site.op, path, site.where, "every operation on the way must have a derivative",
                op.getName().stripDialect().str() + line);
  }

  const Site &site;
  llvm::SetVector<Value> reached;
};

/// Records the gradient of `outputs` with respect to `xs`.
ValueRange recordGradient(const Site &site, const Outputs &outputs, llvm::ArrayRef<Value> xs) {
  Recorder &recorder = *Recorder::current();
  OpBuilder b(&context());
  auto op = ir::GradientOp::create(b, recorder.location(site), ValueRange(xs).getTypes(), outputs.values,
                                   outputs.seeds, xs);
  recorder.append(op);
  return op.getGrads();
}

void accumulate(const Site &site, Tensor &sum, const Tensor &grad) {
  if (!sum.defined())
    sum = grad;
  else if (GradMode::is_enabled())
    sum = add(Arg(sum, site.where), Arg(grad, site.where));
  else
    assign(site, sum, add(Arg(sum, site.where), Arg(grad, site.where)));
}

} // namespace
} // namespace detail

using detail::Site;

namespace autograd {

void backward(const TensorList &tensors, const TensorList &grad_tensors, std::optional<bool> retain_graph,
              bool create_graph, const TensorList &inputs, const Where &at) {
  Site site{"backward", at};
  detail::RecordLock lock;
  detail::Recorder::Whole whole(*detail::Recorder::current());
  detail::Outputs outputs(site, tensors, grad_tensors);
  detail::Path path(site, outputs.values);
  auto isAsked = [&](const std::shared_ptr<detail::TensorImpl> &impl) {
    return inputs.empty() ||
           llvm::any_of(inputs, [&](const Tensor &input) { return input.unwrap() == impl; });
  };
  std::vector<std::shared_ptr<detail::TensorImpl>> targets;
  llvm::SmallVector<Value> xs;
  for (Value value : path.values())
    for (const std::weak_ptr<detail::TensorImpl> &target :
         detail::Recorder::current()->historyOf(value)->targets)
      if (auto impl = target.lock(); impl && impl->requiresGrad && isAsked(impl))
        targets.push_back(impl), xs.push_back(value);
  if (xs.empty())
    detail::fail(site.op, site.where, "a leaf that requires grad must be reached");
  AutoGradMode mode(create_graph);
  TensorList grads;
  for (Value grad : detail::recordGradient(site, outputs, xs))
    grads.push_back(detail::wrap(site, grad));
  if (!retain_graph.value_or(create_graph))
    path.free();
  for (auto [impl, grad] : llvm::zip(targets, grads))
    detail::accumulate(site, Tensor(impl).mutable_grad(), grad);
}

TensorList grad(const TensorList &outputs, const TensorList &inputs, const TensorList &grad_outputs,
                std::optional<bool> retain_graph, bool create_graph, bool allow_unused, const Where &at) {
  Site site{"grad", at};
  detail::RecordLock lock;
  detail::Recorder::Whole whole(*detail::Recorder::current());
  detail::Outputs ys(site, outputs, grad_outputs);
  detail::Path path(site, ys.values);
  llvm::SmallVector<Value> xs;
  std::vector<size_t> places; // the input of each x
  for (size_t i = 0; i < inputs.size(); ++i) {
    size_t before = xs.size();
    detail::typeOf(site, inputs[i]);
    AutoGradMode history(true);
    Value own = detail::valueOf(site, inputs[i]);
    for (Value value : path.values())
      if (value == own ||
          llvm::any_of(detail::Recorder::current()->historyOf(value)->targets,
                       [&](const auto &target) { return target.lock() == inputs[i].unwrap(); }))
        xs.push_back(value), places.push_back(i);
    if (xs.size() == before && !allow_unused)
      detail::fail(site.op, site.where, "each input must be one that the outputs depend on, or allow_unused",
                   "input " + std::to_string(i));
  }
  AutoGradMode mode(create_graph);
  TensorList result(inputs.size()), parts;
  if (!xs.empty())
    for (Value part : detail::recordGradient(site, ys, xs))
      parts.push_back(detail::wrap(site, part));
  if (!retain_graph.value_or(create_graph))
    path.free();
  for (auto [place, part] : llvm::zip(places, parts))
    result[place] = result[place].defined() ? add(Arg(result[place], at), Arg(part, at)) : part;
  return result;
}

} // namespace autograd

void Tensor::backward(const Tensor &gradient, std::optional<bool> retain_graph, bool create_graph,
                      std::optional<std::vector<Tensor>> inputs, const Where &at) const {
  detail::typeOf({"backward", at}, *this);
  autograd::backward({*this}, {gradient}, retain_graph, create_graph, inputs.value_or(TensorList()), at);
}

void Tensor::retain_grad(const Where &at) const {
  Site site{"retain_grad", at};
  detail::typeOf(site, *this);
  detail::RecordLock lock;
  if (is_leaf())
    return;
  AutoGradMode history(true);
  Value value = detail::valueOf(site, *this);
  if (detail::History *known = detail::Recorder::current()->historyOf(value))
    known->targets.push_back(impl);
}

} // namespace ingot
