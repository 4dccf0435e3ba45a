// Schedules of learning rates, on the host: each sets the rates of an optimizer's groups, starting when it is made, after
// each step(). The compiled step takes rates as numbers, so no schedule compiles anything again.
//
//   StepLR MultiStepLR ExponentialLR LinearLR CosineAnnealingLR OneCycleLR CyclicLR ReduceLROnPlateauScheduler
//
//   optim::StepLR schedule(optimizer, /*step_size=*/30, /*gamma=*/0.1);
//   for (int epoch = 0; epoch < epochs; ++epoch) {
//     train(optimizer);
//     schedule.step();
//   }
//
// An exported training step has the rate as an input: `optimizer.step(lr)`, see Optimizer.h.
#pragma once
#include "ingot/optim/Optimizer.h"
#include <optional>
#include <string>
#include <vector>

namespace ingot::optim {

/// A schedule; borrows the optimizer. One of a program's own overrides get_lrs, as in libtorch, or rateAt.
class LRScheduler {
public:
  explicit LRScheduler(Optimizer &optimizer);
  virtual ~LRScheduler() = default;
  void step();
  std::vector<double> get_current_lrs() const;

protected:
  /// The rates that step() is to set, one a group; by default those of rateAt.
  virtual std::vector<double> get_lrs();
  /// The rate of a group, which began with `base`, after `step` steps.
  virtual double rateAt(int64_t step, double base, size_t group) const;
  /// The momentum after `step` steps; not a number where it is not the schedule's.
  virtual double momentumAt(int64_t step) const;
  /// Sets the rates of this moment; constructors end with it where the first rate is not that of the group.
  void apply();
  static void requirePositive(const char *op, const char *option, double value);
  static void requireShare(const char *op, const char *option, double value);

  unsigned step_count_ = 0; ///< steps before this one

private:
  std::vector<double> ratesAt(int64_t step) const;
  void set(const std::vector<double> &rates, double momentum);

  Optimizer &optimizer;
  std::vector<double> bases;
};

/// The rate times gamma every step_size steps.
class StepLR final : public LRScheduler {
public:
  StepLR(Optimizer &optimizer, int64_t step_size, double gamma = 0.1);

private:
  double rateAt(int64_t step, double base, size_t group) const override;
  int64_t stepSize;
  double gamma;
};

/// The rate times gamma at each milestone.
class MultiStepLR final : public LRScheduler {
public:
  MultiStepLR(Optimizer &optimizer, std::vector<int64_t> milestones, double gamma = 0.1);

private:
  double rateAt(int64_t step, double base, size_t group) const override;
  std::vector<int64_t> milestones;
  double gamma;
};

/// The rate times gamma every step.
class ExponentialLR final : public LRScheduler {
public:
  ExponentialLR(Optimizer &optimizer, double gamma);

private:
  double rateAt(int64_t step, double base, size_t group) const override;
  double gamma;
};

/// A share of the rate that goes linearly from start_factor to end_factor in total_iters steps.
class LinearLR final : public LRScheduler {
public:
  LinearLR(Optimizer &optimizer, double start_factor = 1.0 / 3, double end_factor = 1,
           int64_t total_iters = 5);

private:
  double rateAt(int64_t step, double base, size_t group) const override;
  double start, end;
  int64_t iterations;
};

/// From the rate to eta_min by half a cosine in T_max steps, and back in as many (Loshchilov and Hutter 2017).
class CosineAnnealingLR final : public LRScheduler {
public:
  CosineAnnealingLR(Optimizer &optimizer, int64_t T_max, double eta_min = 0);

private:
  double rateAt(int64_t step, double base, size_t group) const override;
  int64_t period;
  double least;
};

/// "cos" or "linear" between the points of a OneCycleLR.
struct OneCycleLROptions {
  OneCycleLROptions(double max_lr, int64_t total_steps)
      : OneCycleLROptions(std::vector<double>{max_lr}, total_steps) {}
  OneCycleLROptions(std::vector<double> max_lr, int64_t total_steps)
      : max_lr_(std::move(max_lr)), total_steps_(total_steps) {}
  /// One for all groups, or one for each.
  INGOT_ARG(std::vector<double>, max_lr);
  INGOT_ARG(int64_t, total_steps);
  INGOT_ARG(double, pct_start) = 0.3;
  INGOT_ARG(std::string, anneal_strategy) = "cos";
  INGOT_ARG(bool, cycle_momentum) = true;
  INGOT_ARG(double, base_momentum) = 0.85;
  INGOT_ARG(double, max_momentum) = 0.95;
  INGOT_ARG(double, div_factor) = 25;
  INGOT_ARG(double, final_div_factor) = 1e4;
  INGOT_ARG(bool, three_phase) = false;
};
/// From max_lr / div_factor up to max_lr in a share pct_start of all steps, then down to the first rate / final_div_factor; the
/// momentum the other way round (Smith and Topin 2018). With three_phase down to the first rate as it went up, then on.
class OneCycleLR final : public LRScheduler {
public:
  OneCycleLR(Optimizer &optimizer, OneCycleLROptions options);

private:
  double rateAt(int64_t step, double base, size_t group) const override;
  double momentumAt(int64_t step) const override;
  /// Between values: at the start, at the peak, at the end.
  double between(int64_t step, double first, double peak, double last) const;
  OneCycleLROptions options;
};

/// mode: "triangular", "triangular2" (half the amplitude each cycle), "exp_range" (gamma to the step).
struct CyclicLROptions {
  CyclicLROptions(double base_lr, double max_lr) : base_lr_(base_lr), max_lr_(max_lr) {}
  INGOT_ARG(double, base_lr);
  INGOT_ARG(double, max_lr);
  INGOT_ARG(int64_t, step_size_up) = 2000;
  INGOT_ARG(std::optional<int64_t>, step_size_down);
  INGOT_ARG(std::string, mode) = "triangular";
  INGOT_ARG(double, gamma) = 1;
  INGOT_ARG(bool, cycle_momentum) = true;
  INGOT_ARG(double, base_momentum) = 0.8;
  INGOT_ARG(double, max_momentum) = 0.9;
};
/// Up from base_lr to max_lr and down again, over and over; the momentum the other way round (Smith 2017).
class CyclicLR final : public LRScheduler {
public:
  CyclicLR(Optimizer &optimizer, CyclicLROptions options);

private:
  double rateAt(int64_t step, double base, size_t group) const override;
  double momentumAt(int64_t step) const override;
  /// The place between the ends, 0 to 1, scaled by the mode.
  double heightAt(int64_t step) const;
  CyclicLROptions options;
};

/// The rate times factor when the metric given to step() has not got better for more than `patience` steps.
class ReduceLROnPlateauScheduler {
public:
  enum SchedulerMode { min, max };
  enum ThresholdMode { rel, abs };
  ReduceLROnPlateauScheduler(Optimizer &optimizer, SchedulerMode mode = min, double factor = 0.1,
                             int64_t patience = 10, double threshold = 1e-4,
                             ThresholdMode threshold_mode = rel, int64_t cooldown = 0,
                             const std::vector<double> &min_lr = {}, double eps = 1e-8, bool verbose = false);
  void step(double metric);

private:
  bool isBetter(double metric) const;
  void reduce();

  Optimizer &optimizer;
  SchedulerMode mode;
  double factor, threshold, eps;
  int64_t patience, cooldown, bad = 0, resting = 0, steps = 0;
  ThresholdMode thresholdMode;
  std::vector<double> least;
  bool verbose;
  double best;
};

} // namespace ingot::optim
