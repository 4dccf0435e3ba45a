#include "frontend/optim/schedulers.h"
#include "frontend/core/Error.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numbers>

namespace ingot::optim {

static void refuse(const std::string &op, const std::string &required, const std::string &got) {
  throw Error("optim::" + op, "", std::source_location(), required, got);
}

//===--- the base -----------------------------------------------------------------------------------------------===//

LRScheduler::LRScheduler(Optimizer &optimizer) : optimizer(optimizer) { bases = get_current_lrs(); }

std::vector<double> LRScheduler::get_current_lrs() const {
  std::vector<double> rates;
  for (const OptimizerParamGroup &group : optimizer.param_groups())
    rates.push_back(group.options().get_lr());
  return rates;
}

double LRScheduler::momentumAt(int64_t) const { return std::numeric_limits<double>::quiet_NaN(); }

double LRScheduler::rateAt(int64_t, double base, size_t) const { return base; }

std::vector<double> LRScheduler::ratesAt(int64_t step) const {
  std::vector<double> rates;
  for (size_t i = 0; i < bases.size(); ++i)
    rates.push_back(rateAt(step, bases[i], i));
  return rates;
}

std::vector<double> LRScheduler::get_lrs() { return ratesAt(int64_t(step_count_) + 1); }

void LRScheduler::set(const std::vector<double> &rates, double momentum) {
  if (rates.size() != bases.size())
    refuse("LRScheduler",
           "get_lrs must return one rate for each of the " + std::to_string(bases.size()) + " groups",
           std::to_string(rates.size()));
  for (size_t i = 0; i < rates.size(); ++i) {
    OptimizerOptions &options = optimizer.param_groups()[i].options();
    options.set_lr(rates[i]);
    if (!std::isnan(momentum) && !options.set_momentum(momentum))
      throw Error(
          "step", "", std::source_location(),
          "a schedule that cycles the momentum needs an optimizer that has one: turn cycle_momentum off", "");
  }
}

void LRScheduler::apply() { set(ratesAt(step_count_), momentumAt(step_count_)); }

void LRScheduler::step() {
  std::vector<double> rates = get_lrs();
  ++step_count_;
  set(rates, momentumAt(step_count_));
}

void LRScheduler::requirePositive(const char *op, const char *option, double value) {
  if (!(value > 0))
    refuse(op, std::string(option) + " must be positive", std::to_string(value));
}

void LRScheduler::requireShare(const char *op, const char *option, double value) {
  if (!(value >= 0 && value <= 1))
    refuse(op, std::string(option) + " must lie within [0, 1]", std::to_string(value));
}

//===--- powers and lines ---------------------------------------------------------------------------------------===//

StepLR::StepLR(Optimizer &optimizer, int64_t step_size, double gamma)
    : LRScheduler(optimizer), stepSize(step_size), gamma(gamma) {
  requirePositive("StepLR", "step_size", double(step_size));
}
double StepLR::rateAt(int64_t step, double base, size_t) const {
  return base * std::pow(gamma, double(step / stepSize));
}

MultiStepLR::MultiStepLR(Optimizer &optimizer, std::vector<int64_t> milestones, double gamma)
    : LRScheduler(optimizer), milestones(std::move(milestones)), gamma(gamma) {}
double MultiStepLR::rateAt(int64_t step, double base, size_t) const {
  auto passed = std::ranges::count_if(milestones, [&](int64_t each) { return each <= step; });
  return base * std::pow(gamma, double(passed));
}

ExponentialLR::ExponentialLR(Optimizer &optimizer, double gamma) : LRScheduler(optimizer), gamma(gamma) {}
double ExponentialLR::rateAt(int64_t step, double base, size_t) const {
  return base * std::pow(gamma, double(step));
}

LinearLR::LinearLR(Optimizer &optimizer, double start_factor, double end_factor, int64_t total_iters)
    : LRScheduler(optimizer), start(start_factor), end(end_factor), iterations(total_iters) {
  requirePositive("LinearLR", "start_factor", start);
  requireShare("LinearLR", "start_factor", start);
  requireShare("LinearLR", "end_factor", end);
  requirePositive("LinearLR", "total_iters", double(iterations));
  apply();
}
double LinearLR::rateAt(int64_t step, double base, size_t) const {
  return base * (start + (end - start) * double(std::min(step, iterations)) / double(iterations));
}

CosineAnnealingLR::CosineAnnealingLR(Optimizer &optimizer, int64_t T_max, double eta_min)
    : LRScheduler(optimizer), period(T_max), least(eta_min) {
  requirePositive("CosineAnnealingLR", "T_max", double(T_max));
}
double CosineAnnealingLR::rateAt(int64_t step, double base, size_t) const {
  return least + (base - least) * (1 + std::cos(std::numbers::pi * double(step) / double(period))) / 2;
}

//===--- cycles -------------------------------------------------------------------------------------------------===//

OneCycleLR::OneCycleLR(Optimizer &optimizer, OneCycleLROptions options)
    : LRScheduler(optimizer), options(std::move(options)) {
  requirePositive("OneCycleLR", "total_steps", double(this->options.total_steps()));
  requireShare("OneCycleLR", "pct_start", this->options.pct_start());
  if (const std::string &strategy = this->options.anneal_strategy();
      strategy != "cos" && strategy != "linear")
    refuse("OneCycleLR", "anneal_strategy must be 'cos' or 'linear'", "'" + strategy + "'");
  size_t groups = optimizer.param_groups().size();
  if (size_t rates = this->options.max_lr().size(); rates != 1 && rates != groups)
    refuse("OneCycleLR", "max_lr must be one for all groups, or one for each of " + std::to_string(groups),
           std::to_string(rates));
  apply();
}

double OneCycleLR::between(int64_t step, double first, double peak, double last) const {
  double end = double(options.total_steps() - 1),
         top = options.pct_start() * double(options.total_steps()) - 1;
  double at = double(step);
  if (at > end)
    refuse("OneCycleLR",
           "at most total_steps = " + std::to_string(options.total_steps()) + " steps can be made",
           std::to_string(step + 1));
  auto anneal = [&](double from, double to, double start, double stop) {
    double share = stop > start ? (at - start) / (stop - start) : 1;
    if (options.anneal_strategy() == "linear")
      return from + (to - from) * share;
    return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * share));
  };
  if (at <= top)
    return anneal(first, peak, 0, top);
  if (!options.three_phase())
    return anneal(peak, last, top, end);
  double back = 2 * top;
  return at <= back ? anneal(peak, first, top, back) : anneal(first, last, back, end);
}

double OneCycleLR::rateAt(int64_t step, double, size_t group) const {
  double peak = options.max_lr()[options.max_lr().size() == 1 ? 0 : group];
  double first = peak / options.div_factor();
  return between(step, first, peak, first / options.final_div_factor());
}
double OneCycleLR::momentumAt(int64_t step) const {
  return options.cycle_momentum()
             ? between(step, options.max_momentum(), options.base_momentum(), options.max_momentum())
             : LRScheduler::momentumAt(step);
}

CyclicLR::CyclicLR(Optimizer &optimizer, CyclicLROptions options)
    : LRScheduler(optimizer), options(std::move(options)) {
  requirePositive("CyclicLR", "step_size_up", double(this->options.step_size_up()));
  if (const std::string &mode = this->options.mode();
      mode != "triangular" && mode != "triangular2" && mode != "exp_range")
    refuse("CyclicLR", "mode must be 'triangular', 'triangular2' or 'exp_range'", "'" + mode + "'");
  apply();
}

double CyclicLR::heightAt(int64_t step) const {
  int64_t up = options.step_size_up(), total = up + options.step_size_down().value_or(up);
  int64_t cycle = step / total, within = step % total;
  double height = within <= up ? double(within) / double(up) : double(total - within) / double(total - up);
  if (options.mode() == "triangular2")
    return height * std::pow(2, -double(cycle));
  return options.mode() == "exp_range" ? height * std::pow(options.gamma(), double(step)) : height;
}
double CyclicLR::rateAt(int64_t step, double, size_t) const {
  return options.base_lr() + (options.max_lr() - options.base_lr()) * heightAt(step);
}
double CyclicLR::momentumAt(int64_t step) const {
  return options.cycle_momentum()
             ? options.max_momentum() - (options.max_momentum() - options.base_momentum()) * heightAt(step)
             : LRScheduler::momentumAt(step);
}

//===--- plateaus -----------------------------------------------------------------------------------------------===//

ReduceLROnPlateauScheduler::ReduceLROnPlateauScheduler(Optimizer &optimizer, SchedulerMode mode,
                                                       double factor, int64_t patience, double threshold,
                                                       ThresholdMode threshold_mode, int64_t cooldown,
                                                       const std::vector<double> &min_lr, double eps,
                                                       bool verbose)
    : optimizer(optimizer), mode(mode), factor(factor), threshold(threshold), eps(eps), patience(patience),
      cooldown(cooldown), thresholdMode(threshold_mode), least(min_lr), verbose(verbose),
      best(mode == min ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity()) {
  if (factor >= 1)
    refuse("ReduceLROnPlateauScheduler", "factor must be less than 1", std::to_string(factor));
  size_t groups = optimizer.param_groups().size();
  if (least.size() > 1 && least.size() != groups)
    refuse("ReduceLROnPlateauScheduler",
           "min_lr must be one number, or one for each of " + std::to_string(groups) + " groups",
           std::to_string(least.size()));
  least.resize(groups, least.empty() ? 0 : least.front());
}

bool ReduceLROnPlateauScheduler::isBetter(double metric) const {
  double sign = mode == min ? -1 : 1;
  double goal = thresholdMode == rel ? best * (1 + sign * threshold) : best + sign * threshold;
  return mode == min ? metric < goal : metric > goal;
}

void ReduceLROnPlateauScheduler::step(double metric) {
  ++steps;
  if (isBetter(metric))
    best = metric, bad = 0;
  else
    ++bad;
  if (resting > 0)
    --resting, bad = 0;
  if (bad <= patience)
    return;
  reduce();
  resting = cooldown, bad = 0;
}

void ReduceLROnPlateauScheduler::reduce() {
  for (size_t i = 0; i < optimizer.param_groups().size(); ++i) {
    OptimizerOptions &options = optimizer.param_groups()[i].options();
    double before = options.get_lr(), after = std::max(before * factor, least.at(i));
    if (before - after <= eps)
      continue;
    options.set_lr(after);
    if (verbose)
      std::printf("step %lld: learning rate of group %zu reduced to %.4e\n", static_cast<long long>(steps), i,
                  after);
  }
}

} // namespace ingot::optim
