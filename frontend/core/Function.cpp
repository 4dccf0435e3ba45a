// Custom functions and checkpoints: nodes of a backward pass.
#include "frontend/core/Function.h"
#include "frontend/core/Error.h"
#include "frontend/core/Generator.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/GradientNode.h"
#include "frontend/core/TypeName.h"
#include "frontend/core/Value.h"
#include "frontend/functional/factories.h"
#include "ir/ops/Ops.h"

using namespace mlir;

namespace ingot {

using detail::Site;

void IValue::refuse(const char *what) {
  throw Error("IValue", "", {}, std::string("the value must be ") + what, "one of another type");
}

namespace autograd {

//===--- the context --------------------------------------------------------------------------------------------===//

void AutogradContext::save_for_backward(const TensorList &tensors) {
  given = tensors;
  saved.clear();
  AutoGradMode history(true); // for gradients of gradients
  for (const Tensor &tensor : tensors)
    saved.push_back(tensor.defined() ? detail::snapshot({"save_for_backward", {}}, tensor) : tensor);
}

TensorList AutogradContext::get_saved_variables() const { return saved; }

void AutogradContext::mark_non_differentiable(const TensorList &results) { withoutGradient = results; }

void AutogradContext::mark_dirty(const TensorList &arguments) { dirty = arguments; }

bool AutogradContext::needs_input_grad(size_t tensor) const {
  return tensor < needed.size() && needed[tensor];
}

//===--- the call -----------------------------------------------------------------------------------------------===//

static bool contains(const TensorList &tensors, const Tensor &tensor) {
  return llvm::any_of(tensors, [&](const Tensor &each) { return each.is_same(tensor); });
}

/// The node of a call.
class FunctionNode final : public detail::GradientNode {
public:
  FunctionNode(const FunctionCall &call, std::unique_ptr<AutogradContext> context)
      : GradientNode({}), type(*call.type), userBackward(call.backward), context(std::move(context)),
        argumentCount(call.arguments.size()) {
    size_t tensors = 0;
    for (auto [i, argument] : llvm::enumerate(call.arguments))
      if (call.isTensor[i] && this->context->needed[tensors++]) {
        inputs.push_back(detail::snapshot({"apply", {}}, argument));
        places.push_back(i);
      }
  }

  /// What the function is left to know of its results: which were saved, and what their gradients look like.
  void finish(const TensorList &results) {
    for (const Tensor &result : results)
      types.emplace_back(result.sizes(), result.dtype());
    for (const Tensor &given : context->given) {
      auto result = llvm::find_if(results, [&](const Tensor &each) { return each.is_same(given); });
      savedResults.push_back(result == results.end() ? -1 : result - results.begin());
    }
    context->given.clear();
    context->withoutGradient.clear();
    context->dirty.clear();
  }

  size_t outputCount() const override { return types.size(); }

  std::vector<detail::Continuation> backward(const Site &site, const TensorList &outputs,
                                             TensorList &cotangents) override {
    AutogradContext now = *context;
    for (auto [saved, result] : llvm::zip(now.saved, savedResults))
      if (result >= 0 && outputs[result].defined())
        saved = outputs[result];
    TensorList given = cotangents;
    for (auto [gradient, type] : llvm::zip(given, types))
      if (!gradient.defined() && context->materialize)
        gradient = zeros(type.first, type.second);
    TensorList gradients = userBackward(&now, given);
    if (gradients.size() != argumentCount)
      detail::fail(site.op, site.where,
                   "the backward of " + detail::typeName(type) +
                       " must return one gradient for each of the " + std::to_string(argumentCount) +
                       " arguments of its forward",
                   std::to_string(gradients.size()));
    std::vector<detail::Continuation> further;
    for (auto [place, input] : llvm::zip(places, inputs))
      further.push_back({input, gradientOf(site, input, gradients[place], place)});
    return further;
  }

private:
  Tensor gradientOf(const Site &site, const Tensor &input, const Tensor &gradient, size_t place) const {
    if (!gradient.defined())
      return {};
    if (gradient.sizes() != input.sizes())
      detail::fail(site.op, site.where,
                   "the backward of " + detail::typeName(type) +
                       " must return a gradient of the sizes of argument " + std::to_string(place) + ", " +
                       detail::describe(input),
                   detail::describe(gradient));
    return gradient.to(input.dtype(), site.where);
  }

  const std::type_info &type;
  std::function<TensorList(AutogradContext *, TensorList)> userBackward;
  std::unique_ptr<AutogradContext> context;
  size_t argumentCount;
  std::vector<size_t> places;                 ///< the argument of each input
  std::vector<std::pair<Shape, Dtype>> types; ///< of the results
  std::vector<int64_t> savedResults;          ///< of each saved tensor: which result it is, or -1
};

/// What is marked as dirty must be an argument that can be changed, and a result.
static void checkDirty(const Site &site, const FunctionCall &call, const TensorList &dirty,
                       const TensorList &results) {
  for (const Tensor &tensor : dirty) {
    if (!contains(call.arguments, tensor) || !contains(results, tensor))
      detail::fail(site.op, site.where, "mark_dirty takes arguments of forward that are among its results");
    if (GradMode::is_enabled() && tensor.requires_grad() && tensor.is_leaf())
      detail::fail(site.op, site.where, "a leaf that requires grad must not be changed in place",
                   detail::describe(tensor));
  }
}

TensorList FunctionCall::run() const {
  std::string name = detail::typeName(*type) + "::apply";
  Site site{name.c_str(), {}};
  detail::RecordLock lock;
  auto context = std::make_unique<AutogradContext>();
  bool any = false;
  for (auto [argument, counts] : llvm::zip(arguments, isTensor))
    if (counts) {
      context->needed.push_back(GradMode::is_enabled() && argument.defined() && argument.requires_grad());
      any |= context->needed.back();
    }
  AutogradContext &left = *context;
  auto node = any ? std::make_shared<FunctionNode>(*this, std::move(context)) : nullptr;
  TensorList results;
  {
    AutoGradMode noHistory(false);
    results = forward(&left);
  }
  for (const Tensor &result : results)
    detail::typeOf(site, result);
  checkDirty(site, *this, left.dirty, results);
  if (!node)
    return results;
  TensorList outputs;
  for (auto [i, result] : llvm::enumerate(results)) {
    if (!result.is_floating_point() || contains(left.withoutGradient, result)) {
      outputs.push_back(result);
      continue;
    }
    AutoGradMode noHistory(false);
    Value value = detail::valueOf(site, result);
    AutoGradMode history(true);
    outputs.push_back(detail::wrapOutput(site, value, node, i));
    if (contains(left.dirty, result)) {
      detail::assign(site, result, outputs.back());
      outputs.back() = result;
    }
  }
  node->finish(results);
  return outputs;
}

} // namespace autograd

//===--- checkpoints --------------------------------------------------------------------------------------------===//

namespace {

using CheckpointFunction = std::function<TensorList(const TensorList &)>;

class CheckpointNode final : public detail::GradientNode {
public:
  CheckpointNode(const Site &site, CheckpointFunction function, const TensorList &inputs)
      : GradientNode({}), site(site), function(std::move(function)) {
    for (const Tensor &input : inputs)
      this->inputs.push_back(detail::snapshot(site, input));
  }

  /// The first time.
  TensorList compute(const TensorList &from) {
    detail::RandomLog::Recording recording(random);
    return function(from);
  }

  size_t count = 0;
  size_t outputCount() const override { return count; }

  // The barriers keep what is computed again from being taken for what was computed before.
  std::vector<detail::Continuation> backward(const Site &, const TensorList &,
                                             TensorList &cotangents) override {
    AutoGradMode history(true);
    TensorList from;
    for (const Tensor &input : inputs)
      from.push_back(behind(cotangents, input));
    detail::RandomLog::Replay replay(random);
    TensorList results = function(from);
    std::vector<detail::Continuation> further;
    for (auto [result, cotangent] : llvm::zip(results, cotangents))
      further.push_back({result, cotangent});
    return further;
  }

private:
  Tensor behind(const TensorList &cotangents, const Tensor &input) const {
    llvm::SmallVector<Value> operands = {detail::valueOf(site, input)};
    for (const Tensor &cotangent : cotangents)
      if (cotangent.defined())
        operands.push_back(detail::valueOf(site, cotangent));
    return detail::recordOp(site, "ingot.barrier", operands, {}, operands[0].getType());
  }

  Site site;
  CheckpointFunction function;
  detail::RandomLog random;
};

} // namespace

TensorList checkpoint(const std::function<TensorList(const TensorList &)> &function, const TensorList &inputs,
                      const Where &at) {
  Site site{"checkpoint", at};
  detail::RecordLock lock;
  for (const Tensor &input : inputs)
    detail::typeOf(site, input);
  if (!GradMode::is_enabled())
    return function(inputs);
  auto node = std::make_shared<CheckpointNode>(site, function, inputs);
  TensorList results = node->compute(inputs), outputs;
  node->count = results.size();
  for (auto [i, result] : llvm::enumerate(results)) {
    detail::typeOf(site, result);
    outputs.push_back(
        result.requires_grad() ? detail::wrapOutput(site, detail::valueOf(site, result), node, i) : result);
  }
  return outputs;
}

Tensor checkpoint(const std::function<Tensor(const Tensor &)> &function, const Tensor &input,
                  const Where &at) {
  return checkpoint([function](const TensorList &inputs) { return TensorList{function(inputs[0])}; },
                    TensorList{input}, at)[0];
}

} // namespace ingot
