#include "frontend/optim/Optimizer.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/Recorder.h"
#include "frontend/core/Value.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "frontend/io/io.h"
#include "frontend/optim/Rule.h"
#include <cmath>

namespace ingot {
namespace optim {
namespace detail {

//===--- one update ---------------------------------------------------------------------------------------------===//

Tensor Numbers::get(const std::string &name, double value, Dtype type) {
  Tensor &number = known[{name, type}];
  if (!number.defined())
    number = scalar_tensor(Scalar(value), type);
  return number;
}

Tensor Numbers::learningRate(Dtype type) {
  return lr.defined() ? lr.to(type) : get("lr", options.get_lr(), type);
}

Update::Update(const Tensor &parameter, Optimizer::ParamState &state, Numbers &numbers)
    : whole(parameter), states(state), numbers(numbers),
      type(parameter.dtype() == kFloat64 ? kFloat64 : kFloat32) {
  this->parameter = parameter.to(type);
  gradient = parameter.grad().to(type);
}

Tensor Update::state(const std::string &name) const {
  auto found = states.find(name);
  if (found == states.end())
    throw Error("step", "", {}, "an option that needs '" + name + "' must be on when the optimizer is made",
                "");
  return found->second.to(type);
}

Tensor Update::setState(const std::string &name, const Tensor &value) {
  states.at(name).copy_(value);
  return value;
}

void Update::setParameter(const Tensor &value) { whole.copy_(value); }

Tensor Update::countStep() { return setState("step", state("step") + number("1", 1)); }

void Update::decayWeights(double decay) {
  if (decay != 0)
    gradient = gradient + number("weight_decay", decay) * parameter;
}

Tensor Update::average(const std::string &name, double share, const Tensor &now) {
  return setState(name, state(name) * number(name + " share", share) +
                            now * number(name + " new share", 1 - share));
}

// log(share) on the host: exp and expm1 keep its precision, where a power of the rounded share would lose it.
Tensor Update::exponentOf(const std::string &name, double share, const Tensor &step) {
  return step * number("log " + name, std::log(share));
}
Tensor Update::powerOf(const std::string &name, double share, const Tensor &step) {
  return exp(exponentOf(name, share, step));
}
Tensor Update::oneMinusPowerOf(const std::string &name, double share, const Tensor &step) {
  return -expm1(exponentOf(name, share, step));
}

Tensor zerosLike(const Tensor &parameter) { return zeros(parameter.sizes(), parameter.dtype()); }
Tensor noSteps() { return zeros({}); }

} // namespace detail

//===--- the optimizer ------------------------------------------------------------------------------------------===//

using ingot::detail::Site;

Optimizer::~Optimizer() = default;

Optimizer::Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults,
                     std::unique_ptr<detail::Rule> rule)
    : defaults_(std::move(defaults)), rule(std::move(rule)) {
  for (const OptimizerParamGroup &group : groups)
    add_param_group(group, Where());
}

Optimizer::Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults)
    : Optimizer(std::move(groups), std::move(defaults), nullptr) {}
Optimizer::Optimizer(std::vector<Tensor> params, std::unique_ptr<OptimizerOptions> defaults)
    : Optimizer(std::vector<OptimizerParamGroup>{OptimizerParamGroup(std::move(params))},
                std::move(defaults)) {}

/// State is called after its parameter.
static void nameAfter(const Tensor &parameter, const std::string &key, const Tensor &state) {
  for (const ingot::detail::StateName &name : parameter.unwrap()->storage->names)
    ingot::detail::nameState(state, name.owner, name.key + "." + key, /*isParameter=*/false);
}

void Optimizer::add_param_group(const OptimizerParamGroup &group, const Where &at) {
  Site site{rule ? rule->name() : "optimizer", at};
  if (ingot::detail::isTracing())
    ingot::detail::fail(site.op, site.where,
                        "an optimizer must get its parameters before the trace that uses it");
  OptimizerParamGroup added(group);
  if (!added.has_options())
    added.set_options(defaults_->clone());
  if (added.options().get_lr() < 0)
    ingot::detail::fail(site.op, site.where, "lr must not be negative",
                        std::to_string(added.options().get_lr()));
  AutoGradMode guard(false);
  for (const Tensor &parameter : added.params()) {
    ingot::detail::typeOf(site, parameter);
    if (!parameter.is_leaf() || !parameter.is_floating_point())
      ingot::detail::fail(site.op, site.where, "a parameter must be a leaf of a floating-point type",
                          ingot::detail::describe(parameter));
    auto [entry, isNew] = states.try_emplace(parameter.unwrap().get());
    if (!isNew)
      ingot::detail::fail(site.op, site.where, "a parameter must be in one group, once",
                          ingot::detail::describe(parameter));
    if (rule)
      rule->makeState(added.options(), parameter, entry->second);
    for (auto &[key, state] : entry->second)
      nameAfter(parameter, key, state);
  }
  param_groups_.push_back(std::move(added));
  // Parameters as they were initialized are no part of the first step, which is then compiled as all others.
  ingot::detail::Recorder::current()->flush(site);
}

void Optimizer::add_parameters(const std::vector<Tensor> &parameters, const Where &at) {
  add_param_group(OptimizerParamGroup(parameters), at);
  OptimizerParamGroup added = std::move(param_groups_.back());
  param_groups_.pop_back();
  if (param_groups_.empty())
    param_groups_.push_back(std::move(added));
  else
    for (const Tensor &parameter : added.params())
      param_groups_.front().params().push_back(parameter);
}

void Optimizer::zero_grad(bool set_to_none) {
  for (const Tensor &parameter : parameters())
    if (!parameter.grad().defined())
      continue;
    else if (set_to_none)
      parameter.mutable_grad().reset();
    else
      parameter.mutable_grad().detach_().zero_();
}

Tensor Optimizer::step(LossClosure closure) {
  Tensor loss;
  if (closure) {
    AutoGradMode history(true);
    loss = closure();
  }
  update({}, Where());
  return loss;
}

void Optimizer::step(const Tensor &lr, const Where &at) {
  if (ingot::detail::typeOf({"step", at}, lr); lr.numel() != 1)
    ingot::detail::fail("step", at, "lr must have one element", ingot::detail::describe(lr));
  update(lr.view(Shape(), at), at);
}

void Optimizer::update(const Tensor &lr, const Where &at) {
  Site site{"step", at};
  if (!rule)
    ingot::detail::fail(site.op, site.where, "an optimizer of a program's own must override step()");
  AutoGradMode guard(false);
  ingot::detail::OpScope scope(site.op, at);
  for (OptimizerParamGroup &group : param_groups_) {
    detail::Numbers numbers(group.options(), lr);
    for (const Tensor &parameter : group.params())
      if (parameter.grad().defined()) {
        if (parameter.grad().sizes() != parameter.sizes())
          ingot::detail::fail(site.op, site.where,
                              "the gradient of " + ingot::detail::describe(parameter) +
                                  " must have its sizes",
                              ingot::detail::describe(parameter.grad()));
        detail::Update update(parameter, states.at(parameter.unwrap().get()), numbers);
        rule->update(group.options(), update);
      }
  }
  if (!ingot::detail::isTracing())
    ingot::detail::Recorder::current()->flush(site);
}

std::vector<Tensor> Optimizer::parameters() const {
  std::vector<Tensor> all;
  for (const OptimizerParamGroup &group : param_groups_)
    all.insert(all.end(), group.params().begin(), group.params().end());
  return all;
}

const Optimizer::ParamState &Optimizer::state(const Tensor &parameter, const Where &at) const {
  auto found = states.find(parameter.unwrap().get());
  if (found == states.end())
    ingot::detail::fail("state", at, "a parameter of the optimizer is required",
                        ingot::detail::describe(parameter));
  return found->second;
}

std::string Optimizer::prefixOf(const Tensor &parameter, size_t place) const {
  const auto &names = parameter.unwrap()->storage->names;
  return names.empty() ? std::to_string(place) : names.front().path();
}

OrderedDict<std::string, Tensor> Optimizer::state_dict() const {
  OrderedDict<std::string, Tensor> all("State");
  size_t place = 0;
  for (const Tensor &parameter : parameters()) {
    std::string prefix = prefixOf(parameter, place++);
    for (const auto &[key, tensor] : state(parameter))
      all.insert(prefix + "." + key, tensor);
  }
  return all;
}

void Optimizer::load_state_dict(const OrderedDict<std::string, Tensor> &values, const Where &at) {
  OrderedDict<std::string, Tensor> own = state_dict();
  std::string problems;
  for (const auto &item : own)
    if (const Tensor *value = values.find(item.key()); !value || value->sizes() != item.value().sizes())
      problems += (problems.empty() ? "'" : ", '") + item.key() + "' " +
                  (value ? value->sizes().str() + " instead of " + item.value().sizes().str() : "missing");
  for (const auto &item : values)
    if (!own.contains(item.key()))
      problems += (problems.empty() ? "'" : ", '") + item.key() + "' unexpected";
  if (!problems.empty())
    throw Error("load_state_dict", "", at, "the state must be that of the optimizer", problems);
  AutoGradMode guard(false);
  for (const auto &item : own)
    item.value().copy_(*values.find(item.key()));
}

} // namespace optim

void save(const optim::Optimizer &optimizer, const std::string &path, const Where &at) {
  save_tensors(optimizer.state_dict(), path, at);
}
void load(optim::Optimizer &optimizer, const std::string &path, const Where &at) {
  optimizer.load_state_dict(load_tensors(path, "", at), at);
}

} // namespace ingot
