#include "frontend/optim/lbfgs.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/State.h"
#include "frontend/core/Value.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "frontend/optim/Rule.h"
#include <algorithm>
#include <array>
#include <cmath>

namespace ingot::optim {

//===--- what is and is not of the base -------------------------------------------------------------------------===//

static void makeLBFGSState(const LBFGSOptions &options, const Tensor &, Optimizer::ParamState &) {
  if (options.line_search_fn() && *options.line_search_fn() != "strong_wolfe")
    throw Error("optim::LBFGS", "", {}, "line_search_fn must be none or strong_wolfe",
                "'" + *options.line_search_fn() + "'");
}
static void updateLBFGS(const LBFGSOptions &, detail::Update &) {
  throw Error("optim::LBFGS", "", {}, "step() needs a closure that computes the loss and its gradients", "");
}

INGOT_OPTIMIZER_RULE(LBFGS)

const LBFGSOptions &LBFGS::options() const {
  return static_cast<const LBFGSOptions &>(param_groups().front().options());
}

//===--- parameters as one vector -------------------------------------------------------------------------------===//

double LBFGS::evaluate(const LossClosure &closure) const {
  AutoGradMode history(true);
  return closure().item<double>();
}

Tensor LBFGS::flatGradient() const {
  TensorList parts;
  for (const Tensor &parameter : parameters())
    parts.push_back(parameter.grad().defined() ? parameter.grad().flatten()
                                               : zeros({parameter.numel()}, parameter.dtype()));
  return cat(parts);
}

bool LBFGS::isFlat(const Tensor &gradient) const {
  return gradient.abs().max().item<double>() <= options().tolerance_grad();
}

void LBFGS::move(double step) const {
  int64_t from = 0;
  for (const Tensor &parameter : parameters()) {
    int64_t count = parameter.numel();
    parameter.add_(d.narrow(0, from, count).view(parameter.sizes()) * step);
    from += count;
  }
}

//===--- directions ---------------------------------------------------------------------------------------------===//

void LBFGS::remember(const Tensor &gradient) {
  Tensor y = gradient - prev_flat_grad, s = d * t;
  double ys = y.dot(s).item<double>();
  if (ys <= 1e-10)
    return;
  if (int64_t(old_dirs.size()) == options().history_size())
    old_dirs.pop_front(), old_stps.pop_front(), ro.pop_front();
  old_dirs.push_back(y);
  old_stps.push_back(s);
  ro.push_back(1 / ys);
  H_diag = ys / y.dot(y).item<double>();
}

// The two loops over the pairs; each pass is a function of the same structure, that is compiled once.
Tensor LBFGS::newDirection(const Tensor &gradient) const {
  Tensor q = -gradient;
  std::vector<double> shares(ro.size());
  for (size_t i = ro.size(); i-- > 0;) {
    shares[i] = old_stps[i].dot(q).item<double>() * ro[i];
    q = q - old_dirs[i] * shares[i];
  }
  Tensor r = q * H_diag;
  for (size_t i = 0; i < ro.size(); ++i)
    r = r + old_stps[i] * (shares[i] - old_dirs[i].dot(r).item<double>() * ro[i]);
  return r;
}

//===--- line search --------------------------------------------------------------------------------------------===//

/// The minimum, within bounds, of the cubic polynomial that has the values and slopes of two points.
template <class Point> static double interpolate(const Point &a, const Point &b, double low, double high) {
  double d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.step - b.step);
  double square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0))
    return (low + high) / 2;
  double d2 = std::sqrt(square);
  double minimum = a.step <= b.step
                       ? b.step - (b.step - a.step) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
                       : a.step - (a.step - b.step) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2));
  return std::min(std::max(minimum, low), high);
}

/// Keeps steps away from the ends of a bracket that does not shrink.
class Bracket {
public:
  double awayFromEnds(double step, double low, double high) {
    double margin = 0.1 * (high - low);
    bool isNear = std::min(high - step, step - low) < margin;
    bool moves = isNear && (insufficient || step >= high || step <= low);
    insufficient = isNear && !moves;
    if (!moves)
      return step;
    return std::abs(step - high) < std::abs(step - low) ? high - margin : low + margin;
  }

private:
  bool insufficient = false;
};

// Nocedal and Wright, algorithms 3.5 and 3.6: bracket a point that satisfies the strong Wolfe conditions, then zoom in.
LBFGS::Point LBFGS::searchLine(const LossClosure &closure, const Point &start, int64_t &calls) const {
  constexpr double c1 = 1e-4, c2 = 0.9;
  constexpr int64_t mostCalls = 25;
  TensorList before;
  for (const Tensor &parameter : parameters())
    before.push_back(parameter.clone());
  auto at = [&](double step) {
    move(step);
    Point point{step, evaluate(closure), flatGradient()};
    point.slope = point.gradient.dot(d).item<double>();
    for (size_t i = 0; const Tensor &parameter : parameters())
      parameter.copy_(before[i++]);
    ++calls;
    return point;
  };
  auto isHigh = [&](const Point &p) { return p.loss > start.loss + c1 * p.step * start.slope; };
  auto isSlow = [&](const Point &p) { return std::abs(p.slope) <= -c2 * start.slope; };

  Point previous = start, point = at(t);
  std::array<Point, 2> ends;
  int64_t passes = 0;
  for (;; ++passes) {
    if (passes == mostCalls) {
      ends = {start, point};
      break;
    }
    bool high = isHigh(point) || (passes > 1 && point.loss >= previous.loss);
    if (!high && isSlow(point))
      return point;
    if (high || point.slope >= 0) {
      ends = {previous, point};
      break;
    }
    double next =
        interpolate(previous, point, point.step + 0.01 * (point.step - previous.step), point.step * 10);
    previous = point;
    point = at(next);
  }

  int low = ends[0].loss <= ends[1].loss ? 0 : 1;
  double extent = d.abs().max().item<double>();
  Bracket bracket;
  for (; passes < mostCalls && std::abs(ends[1].step - ends[0].step) * extent >= options().tolerance_change();
       ++passes) {
    auto [least, most] = std::minmax(ends[0].step, ends[1].step);
    point = at(bracket.awayFromEnds(interpolate(ends[0], ends[1], least, most), least, most));
    if (isHigh(point) || point.loss >= ends[low].loss) {
      ends[1 - low] = point;
      low = ends[0].loss <= ends[1].loss ? 0 : 1;
      continue;
    }
    bool done = isSlow(point);
    if (!done && point.slope * (ends[1 - low].step - ends[low].step) >= 0)
      ends[1 - low] = ends[low];
    ends[low] = point;
    if (done)
      break;
  }
  return ends[low];
}

//===--- the step -----------------------------------------------------------------------------------------------===//

Tensor LBFGS::step(LossClosure closure) {
  if (ingot::detail::isTracing())
    throw Error("optim::LBFGS", "", {}, "its steps depend on values, which a trace does not have", "");
  if (!closure)
    throw Error("optim::LBFGS", "", {}, "step() needs a closure that computes the loss and its gradients",
                "");
  AutoGradMode noHistory(false);
  Tensor first;
  Point now{.loss = evaluate([&] { return first = closure(); })};
  now.gradient = flatGradient();
  ++func_evals;
  if (isFlat(now.gradient))
    return first;
  int64_t calls = 1, mostCalls = options().max_eval().value_or(options().max_iter() * 5 / 4);
  for (int64_t i = 1; i <= options().max_iter(); ++i) {
    if (++n_iter == 1) {
      d = -now.gradient;
      old_dirs.clear(), old_stps.clear(), ro.clear();
      H_diag = 1;
    } else {
      remember(now.gradient);
      d = newDirection(now.gradient);
    }
    prev_flat_grad = now.gradient;
    prev_loss = now.loss;
    t = options().lr() * (n_iter == 1 ? std::min(1.0, 1 / now.gradient.abs().sum().item<double>()) : 1.0);
    now.step = 0;
    now.slope = now.gradient.dot(d).item<double>();
    if (now.slope > -options().tolerance_change())
      break;
    int64_t before = calls;
    if (options().line_search_fn()) {
      now = searchLine(closure, now, calls);
      t = now.step;
      move(t);
    } else {
      move(t);
      if (i != options().max_iter()) {
        now.loss = evaluate(closure);
        now.gradient = flatGradient();
        ++calls;
      }
    }
    func_evals += calls - before;
    if (calls >= mostCalls || isFlat(now.gradient) ||
        (d * t).abs().max().item<double>() <= options().tolerance_change() ||
        std::abs(now.loss - prev_loss) < options().tolerance_change())
      break;
  }
  return first;
}

//===--- state --------------------------------------------------------------------------------------------------===//

static Tensor stacked(const std::deque<Tensor> &rows) { return stack(TensorList(rows.begin(), rows.end())); }

OrderedDict<std::string, Tensor> LBFGS::state_dict() const {
  OrderedDict<std::string, Tensor> all("State");
  if (n_iter == 0)
    return all;
  AutoGradMode noHistory(false);
  std::string prefix = prefixOf(parameters().front(), 0) + ".";
  auto number = [](auto value, Dtype type) { return full({}, Scalar(value), type); };
  all.insert(prefix + "H_diag", number(H_diag, kFloat64));
  all.insert(prefix + "d", d);
  all.insert(prefix + "func_evals", number(func_evals, kInt64));
  all.insert(prefix + "n_iter", number(n_iter, kInt64));
  if (!ro.empty()) {
    all.insert(prefix + "old_dirs", stacked(old_dirs));
    all.insert(prefix + "old_stps", stacked(old_stps));
    all.insert(prefix + "ro", tensor(std::vector<double>(ro.begin(), ro.end()), kFloat64));
  }
  all.insert(prefix + "prev_flat_grad", prev_flat_grad);
  all.insert(prefix + "prev_loss", number(prev_loss, kFloat64));
  all.insert(prefix + "t", number(t, kFloat64));
  return all;
}

void LBFGS::load_state_dict(const OrderedDict<std::string, Tensor> &values, const Where &at) {
  AutoGradMode noHistory(false);
  std::string prefix = prefixOf(parameters().front(), 0) + ".";
  int64_t elements = 0;
  for (const Tensor &parameter : parameters())
    elements += int64_t(parameter.numel());
  size_t taken = 0;
  auto take = [&](const char *name, const Shape &sizes) {
    const Tensor *value = values.find(prefix + name);
    if (!value || value->sizes() != sizes)
      throw Error("load_state_dict", "", at,
                  "the state must have '" + prefix + name + "' of sizes " + sizes.str(),
                  value ? value->sizes().str() : "none");
    ++taken;
    return value->clone();
  };
  LBFGS read(param_groups(), options());
  if (!values.is_empty()) {
    read.func_evals = take("func_evals", {}).item<int64_t>();
    read.n_iter = take("n_iter", {}).item<int64_t>();
    read.H_diag = take("H_diag", {}).item<double>();
    read.prev_loss = take("prev_loss", {}).item<double>();
    read.t = take("t", {}).item<double>();
    read.d = take("d", {elements});
    read.prev_flat_grad = take("prev_flat_grad", {elements});
    const Tensor *shares = values.find(prefix + "ro");
    int64_t pairs = shares && shares->dim() == 1 ? int64_t(shares->size(0)) : 0;
    if (pairs > 0) {
      Tensor dirs = take("old_dirs", {pairs, elements}), steps = take("old_stps", {pairs, elements}),
             share = take("ro", {pairs});
      for (int64_t i = 0; i < pairs; ++i) {
        read.old_dirs.push_back(dirs[i].clone());
        read.old_stps.push_back(steps[i].clone());
        read.ro.push_back(share[i].item<double>());
      }
    }
  }
  if (taken != values.size())
    throw Error("load_state_dict", "", at, "the state must be that of the optimizer",
                std::to_string(values.size() - taken) + " unexpected names");
  std::tie(func_evals, n_iter, t, H_diag, prev_loss) =
      std::tie(read.func_evals, read.n_iter, read.t, read.H_diag, read.prev_loss);
  std::tie(d, prev_flat_grad, old_dirs, old_stps, ro) =
      std::tie(read.d, read.prev_flat_grad, read.old_dirs, read.old_stps, read.ro);
}

} // namespace ingot::optim
