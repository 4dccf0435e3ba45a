// What all optimizers share.
//
//   Optimizer             parameters in groups, their state, and a step that updates them from their gradients
//   OptimizerParamGroup   parameters with options of their own
//   OptimizerOptions      the base of all options
//
//   optim::Adam optimizer(model->parameters(), optim::AdamOptions(1e-3).weight_decay(1e-4));
//   for (auto &[image, label] : batches) {
//     optimizer.zero_grad();
//     F::cross_entropy(model->forward(image), label).backward();
//     optimizer.step();
//   }
//
// A step is recorded code like any other: eagerly, it computes all that is pending, so that an iteration is one compiled
// function, in which options are run-time numbers; inside trace it is part of the program, where options are constants and
// the state of the optimizer is state of the program, called "fc1.weight.exp_avg" for "fc1.weight". A learning rate that the
// program's caller decides is an input:
//
//   auto train = ingot::trace("train_step", [&](Tensor image, Tensor label, Tensor lr) {
//     ...
//     optimizer.step(lr);
//     return loss;
//   }, {{"image", {N, 784}}, {"label", {N}, kInt64}, {"lr", {}}});
#pragma once
#include "ingot/core/OrderedDict.h"
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace ingot::serialize {
class InputArchive;
class OutputArchive;
} // namespace ingot::serialize

namespace ingot::optim {

class OptimizerOptions {
public:
  virtual ~OptimizerOptions() = default;
  virtual std::unique_ptr<OptimizerOptions> clone() const = 0;
  virtual double get_lr() const = 0;
  virtual void set_lr(double lr) = 0;
  /// Writes the options to an archive, or reads them: for optimizers of a program's own. Nothing here.
  virtual void serialize(serialize::InputArchive & /*archive*/) {}
  virtual void serialize(serialize::OutputArchive & /*archive*/) const {}
  /// The momentum, or the first of two betas, for schedules that cycle it; false if there is none.
  virtual bool set_momentum(double /*momentum*/) { return false; }
};

/// Options whose class is `Derived`, which has an option lr.
template <class Derived> class OptimizerCloneableOptions : public OptimizerOptions {
public:
  std::unique_ptr<OptimizerOptions> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived &>(*this));
  }
  double get_lr() const override { return static_cast<const Derived &>(*this).lr(); }
  void set_lr(double lr) override { static_cast<Derived &>(*this).lr(lr); }
};

/// Without options, those that the optimizer was made with hold.
class OptimizerParamGroup {
public:
  OptimizerParamGroup(std::vector<Tensor> params, std::unique_ptr<OptimizerOptions> options = nullptr)
      : params_(std::move(params)), options_(std::move(options)) {}
  OptimizerParamGroup(const OptimizerParamGroup &other)
      : params_(other.params_), options_(other.options_ ? other.options_->clone() : nullptr) {}
  OptimizerParamGroup &operator=(const OptimizerParamGroup &) = delete;

  bool has_options() const { return options_ != nullptr; }
  OptimizerOptions &options() { return *options_; }
  const OptimizerOptions &options() const { return *options_; }
  void set_options(std::unique_ptr<OptimizerOptions> options) { options_ = std::move(options); }
  std::vector<Tensor> &params() { return params_; }
  const std::vector<Tensor> &params() const { return params_; }

private:
  std::vector<Tensor> params_;
  std::unique_ptr<OptimizerOptions> options_;
};

namespace detail {
class Rule;
}

/// What an optimizer of a program's own keeps for a parameter: derive OptimizerCloneableParamState<State>.
class OptimizerParamState {
public:
  virtual ~OptimizerParamState() = default;
  virtual std::unique_ptr<OptimizerParamState> clone() const = 0;
  virtual void serialize(serialize::InputArchive & /*archive*/) {}
  virtual void serialize(serialize::OutputArchive & /*archive*/) const {}
};
template <class Derived> class OptimizerCloneableParamState : public OptimizerParamState {
public:
  std::unique_ptr<OptimizerParamState> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived &>(*this));
  }
};

/// A program's own optimizer derives from this class and overrides step(), which goes through param_groups_ and keeps what it
/// needs in state_, or in tensors of its own.
class Optimizer {
public:
  using LossClosure = std::function<Tensor()>;
  using ParamState = std::map<std::string, Tensor>;

  Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults);
  Optimizer(std::vector<Tensor> params, std::unique_ptr<OptimizerOptions> defaults);
  virtual ~Optimizer();
  Optimizer(const Optimizer &) = delete;
  Optimizer &operator=(const Optimizer &) = delete;

  /// Parameters must be leaves that require grad, each in one group. Makes their state; an Error inside trace.
  void add_param_group(const OptimizerParamGroup &group, const Where &at = Where::current());
  /// Forgets the gradients of all parameters: undefined, or zero without `set_to_none`.
  void zero_grad(bool set_to_none = true);
  /// Updates the parameters that have a gradient. With a closure, which computes the loss and its gradients, that is called
  /// before, and its loss returned.
  virtual Tensor step(LossClosure closure = nullptr);
  /// A step at the learning rate `lr`, a tensor of one element, instead of those of the groups.
  void step(const Tensor &lr, const Where &at = Where::current());

  std::vector<OptimizerParamGroup> &param_groups() { return param_groups_; }
  const std::vector<OptimizerParamGroup> &param_groups() const { return param_groups_; }
  OptimizerOptions &defaults() { return *defaults_; }
  const OptimizerOptions &defaults() const { return *defaults_; }
  std::vector<Tensor> parameters() const;
  /// The number of parameters.
  size_t size() const { return parameters().size(); }
  /// Adds parameters to the first group.
  void add_parameters(const std::vector<Tensor> &parameters, const Where &at = Where::current());

  /// What is kept for a parameter, by PyTorch's names ("exp_avg"). The tensors are the optimizer's own.
  const ParamState &state(const Tensor &parameter, const Where &at = Where::current()) const;
  /// All state: "fc1.weight.exp_avg" for a parameter "fc1.weight", "0.exp_avg" for the first where it has no name.
  virtual OrderedDict<std::string, Tensor> state_dict() const;
  /// Copies values into the state. Missing, mis-shaped and unexpected names are an Error; then nothing is changed.
  virtual void load_state_dict(const OrderedDict<std::string, Tensor> &values,
                               const Where &at = Where::current());
  /// Writes state_dict() to an archive, or reads it.
  virtual void save(serialize::OutputArchive &archive) const;
  virtual void load(serialize::InputArchive &archive);

protected:
  Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults,
            std::unique_ptr<detail::Rule> rule);

  /// The state of parameter number `place` is called by this name and a dot.
  std::string prefixOf(const Tensor &parameter, size_t place) const;

  std::vector<OptimizerParamGroup> param_groups_;
  std::unique_ptr<OptimizerOptions> defaults_;
  /// For optimizers of a program's own: by Tensor::unsafeGetTensorImpl(). Empty in those of this library.
  std::unordered_map<void *, std::unique_ptr<OptimizerParamState>> state_;

private:
  void update(const Tensor &lr, const Where &at);

  std::unique_ptr<detail::Rule> rule; ///< null in a program's own
  std::map<const ingot::detail::TensorImpl *, ParamState> states;
};

} // namespace ingot::optim

namespace ingot {
/// The state of an optimizer in a file; options and groups are the program's.
void save(const optim::Optimizer &optimizer, const std::string &path, const Where &at = Where::current());
void load(optim::Optimizer &optimizer, const std::string &path, const Where &at = Where::current());
} // namespace ingot
