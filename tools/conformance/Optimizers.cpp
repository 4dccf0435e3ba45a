#include "tools/conformance/Options.h"
#include "tools/conformance/Targets.h"
#include <set>

namespace ingot::conformance {
namespace {

using optim::OptimizerParamGroup;

/// Sets what `values` has, but for what constructors and groups take.
template <class Options> Options withOptions(Options options, Inputs &in, const Json &values) {
  static const std::set<std::string> others = {"params", "base_lr", "max_lr", "total_steps"};
  for (const auto &item : values.items())
    if (!others.count(item.key()) && !setOption(options, item.key(), Value(in, item.value())))
      throw Unsupported("option " + item.key());
  return options;
}

/// The loss that the case's text states, of the parameter w.
Tensor problemLoss(Inputs &in, const Tensor &w) {
  if (in.size() == 2)
    return 0.5 * (in[0].tensor().mv(w) - in[1].tensor()).square().sum() + 0.05 * w.pow(4).sum();
  Tensor here = w.slice(0, 0, w.size(0) - 1), next = w.slice(0, 1);
  return 0.05 * (100 * (next - here.square()).square() + (1 - here).square()).sum();
}

/// The parameters of a case, and the groups that they are in.
template <class Options> struct Parameters {
  Parameters(Inputs &in, const Options &defaults) {
    const Case &c = in.theCase();
    for (const auto &[role, stored] : c.tensors)
      if (role.starts_with("param."))
        byName[role.substr(6)] = load(*stored).requires_grad_();
    std::vector<Tensor> all;
    for (const Json &group : c.groups) {
      std::vector<Tensor> members;
      for (const Json &name : group["params"])
        members.push_back(byName.at(name.get<std::string>()));
      groups.emplace_back(members, withOptions(defaults, in, group).clone());
    }
    for (const auto &[name, parameter] : byName)
      all.push_back(parameter);
    if (groups.empty())
      groups.emplace_back(all);
  }
  std::map<std::string, Tensor> byName;
  std::vector<OptimizerParamGroup> groups;
};

template <class Optimizer, class Options> Run runOptimizer(Inputs &in, Options defaults) {
  const Case &c = in.theCase();
  defaults = withOptions(defaults, in, c.options);
  Parameters<Options> parameters(in, defaults);
  Optimizer optimizer(parameters.groups, defaults);
  Run run;
  auto closure = [&] {
    optimizer.zero_grad();
    Tensor loss = problemLoss(in, parameters.byName.at("w"));
    loss.backward();
    return loss;
  };
  for (int64_t s = 1; s <= c.steps; ++s) {
    std::string prefix = "step." + std::to_string(s) + ".";
    if (c.find(prefix + "loss")) {
      run.after[prefix + "loss"] = optimizer.step(closure).detach();
    } else {
      for (auto &[name, parameter] : parameters.byName)
        parameter.mutable_grad() = load(*c.find(prefix + "grad." + name));
      optimizer.step();
    }
    for (const auto &[name, parameter] : parameters.byName)
      run.after[prefix + "param." + name] = parameter.detach().clone();
  }
  return run;
}

/// Rates as a schedule sets them: a row at the start, and one after each step.
template <class Schedule>
Run runSchedule(Inputs &in, const std::function<Schedule(optim::Optimizer &)> &make) {
  const Case &c = in.theCase();
  std::vector<OptimizerParamGroup> groups;
  auto options = withOptions(optim::SGDOptions(0.1), in, c.optimizer.at("options"));
  for (const Json &lr : c.optimizer.at("lrs"))
    groups.emplace_back(std::vector<Tensor>{zeros({1}, requires_grad())},
                        optim::SGDOptions(options).lr(lr.get<double>()).clone());
  optim::SGD optimizer(groups, options);
  Schedule schedule = make(optimizer);
  std::vector<double> rows;
  auto note = [&] {
    for (const OptimizerParamGroup &group : optimizer.param_groups())
      rows.push_back(group.options().get_lr());
  };
  note();
  for (int64_t s = 0; s < c.steps; ++s) {
    optimizer.step();
    if constexpr (requires { schedule.step(1.0); })
      schedule.step(in[0].tensor()[s].template item<double>());
    else
      schedule.step();
    note();
  }
  return runOf(tensor(rows, kFloat64).view({c.steps + 1, int64_t(groups.size())}));
}

/// The numbers of a list, or of one for all groups.
std::vector<double> oneOrMore(const Json &numbers) {
  return numbers.is_array() ? numbers.get<std::vector<double>>() : std::vector{numbers.get<double>()};
}

optim::ReduceLROnPlateauScheduler makePlateau(Inputs &in, optim::Optimizer &optimizer) {
  using S = optim::ReduceLROnPlateauScheduler;
  const Json &o = in.theCase().options;
  return S(optimizer, o.value("mode", "min") == "max" ? S::max : S::min, o.value("factor", 0.1),
           o.value("patience", int64_t(10)), o.value("threshold", 1e-4),
           o.value("threshold_mode", "rel") == "abs" ? S::abs : S::rel, o.value("cooldown", int64_t(0)),
           oneOrMore(o.value("min_lr", Json(0.0))), o.value("eps", 1e-8));
}

/// The optimizers, and the arguments of their options' constructors.
#define FOR_OPTIMIZERS(OPTIMIZER)                                                                            \
  OPTIMIZER(Adadelta)                                                                                        \
  OPTIMIZER(Adagrad)                                                                                         \
  OPTIMIZER(Adam)                                                                                            \
  OPTIMIZER(AdamW)                                                                                           \
  OPTIMIZER(Adamax)                                                                                          \
  OPTIMIZER(NAdam)                                                                                           \
  OPTIMIZER(RAdam)                                                                                           \
  OPTIMIZER(RMSprop)                                                                                         \
  OPTIMIZER(SGD, 0.1)

TargetTable makeTable() {
  TargetTable table;
#define OPTIMIZER(X, ...)                                                                                    \
  table["optim::" #X] = [](Inputs &in) { return runOptimizer<optim::X>(in, optim::X##Options(__VA_ARGS__)); };
  FOR_OPTIMIZERS(OPTIMIZER)
  OPTIMIZER(LBFGS)
#undef OPTIMIZER
// A schedule: the arguments of its constructor behind the optimizer.
#define SCHEDULE(X, ...)                                                                                     \
  table["optim::" #X] = [](Inputs &in) {                                                                     \
    return runSchedule<optim::X>(in, [&](optim::Optimizer &optimizer) {                                      \
      const Json &o = in.theCase().options;                                                                  \
      return optim::X(optimizer, __VA_ARGS__);                                                               \
    });                                                                                                      \
  };
  SCHEDULE(CosineAnnealingLR, o.at("T_max").get<int64_t>(), o.value("eta_min", 0.0))
  SCHEDULE(ExponentialLR, o.at("gamma").get<double>())
  SCHEDULE(LinearLR, o.value("start_factor", 1.0 / 3), o.value("end_factor", 1.0),
           o.value("total_iters", int64_t(5)))
  SCHEDULE(MultiStepLR, o.at("milestones").get<std::vector<int64_t>>(), o.value("gamma", 0.1))
  SCHEDULE(
      CyclicLR,
      withOptions(optim::CyclicLROptions(o.at("base_lr").get<double>(), o.at("max_lr").get<double>()), in, o))
  SCHEDULE(OneCycleLR, withOptions(optim::OneCycleLROptions(oneOrMore(o.at("max_lr")),
                                                            o.at("total_steps").get<int64_t>()),
                                   in, o))
  SCHEDULE(StepLR, o.at("step_size").get<int64_t>(), o.value("gamma", 0.1))
#undef SCHEDULE
  table["optim::ReduceLROnPlateauScheduler"] = [](Inputs &in) {
    return runSchedule<optim::ReduceLROnPlateauScheduler>(
        in, [&](optim::Optimizer &optimizer) { return makePlateau(in, optimizer); });
  };
  return table;
}

} // namespace

std::unique_ptr<optim::Optimizer> makeOptimizer(Inputs &in, const Json &description,
                                                const TensorList &parameters) {
  std::string target = description.at("target").get<std::string>();
#define OPTIMIZER(X, ...)                                                                                    \
  if (target == "optim::" #X)                                                                                \
    return std::make_unique<optim::X>(                                                                       \
        parameters, withOptions(optim::X##Options(__VA_ARGS__), in, description.at("options")));
  FOR_OPTIMIZERS(OPTIMIZER)
#undef OPTIMIZER
  throw Unsupported("optimizer " + target);
}

const TargetTable &optimizerTargets() {
  static const TargetTable table = makeTable();
  return table;
}

} // namespace ingot::conformance
