// LBFGS (Liu and Nocedal 1989), as PyTorch has it: a host loop that calls the closure several times in a step.
//
//   optim::LBFGS optimizer(model->parameters(), optim::LBFGSOptions(1).line_search_fn("strong_wolfe"));
//   optimizer.step([&] {
//     optimizer.zero_grad();
//     Tensor loss = F::mse_loss(model->forward(x), y);
//     loss.backward();
//     return loss;
//   });
//
// What it decides depends on values, so that it cannot be part of a trace. The parameters are one group.
#pragma once
#include "ingot/optim/Optimizer.h"
#include <deque>

namespace ingot::optim {

struct LBFGSOptions : OptimizerCloneableOptions<LBFGSOptions> {
  LBFGSOptions(double lr = 1) : lr_(lr) {}
  INGOT_ARG(double, lr);
  INGOT_ARG(int64_t, max_iter) = 20;
  /// Calls of the closure in a step; max_iter * 5 / 4 if there is none.
  INGOT_ARG(std::optional<int64_t>, max_eval);
  INGOT_ARG(double, tolerance_grad) = 1e-7;
  INGOT_ARG(double, tolerance_change) = 1e-9;
  INGOT_ARG(int64_t, history_size) = 100;
  /// None, or "strong_wolfe".
  INGOT_ARG(std::optional<std::string>, line_search_fn);
};

class LBFGS final : public Optimizer {
public:
  explicit LBFGS(std::vector<OptimizerParamGroup> groups, LBFGSOptions defaults = {});
  explicit LBFGS(std::vector<Tensor> params, LBFGSOptions defaults = {});

  /// Returns the loss at the start. The closure is required.
  Tensor step(LossClosure closure = nullptr) override;
  using Optimizer::step;

  /// "0.d", "0.old_dirs" [pairs kept, elements], ...; all of it is the first parameter's, and empty before the first step.
  OrderedDict<std::string, Tensor> state_dict() const override;
  void load_state_dict(const OrderedDict<std::string, Tensor> &values,
                       const Where &at = Where::current()) override;

private:
  /// A point of a line: the step from its start, loss, gradient, and the slope along the direction.
  struct Point {
    double step = 0, loss = 0;
    Tensor gradient;
    double slope = 0;
  };

  const LBFGSOptions &options() const;
  double evaluate(const LossClosure &closure) const;
  Tensor flatGradient() const;
  bool isFlat(const Tensor &gradient) const;
  /// Moves the parameters along the direction.
  void move(double step) const;
  void remember(const Tensor &gradient);
  Tensor newDirection(const Tensor &gradient) const;
  Point searchLine(const LossClosure &closure, const Point &start, int64_t &calls) const;

  // Named as in PyTorch's state.
  int64_t func_evals = 0, n_iter = 0;
  double t = 0, H_diag = 1, prev_loss = 0;
  Tensor d, prev_flat_grad;
  std::deque<Tensor> old_dirs, old_stps;
  std::deque<double> ro;
};

} // namespace ingot::optim
