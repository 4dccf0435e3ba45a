// Random tensors and the generator.
#include "frontend/core/Element.h"
#include "frontend/core/Generator.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/Pointwise.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"

using namespace mlir;

namespace ingot {

using detail::Site;

detail::GeneratorState &detail::generator() {
  static GeneratorState state;
  return state;
}

static thread_local detail::RandomLog *randomLog = nullptr;

detail::RandomLog::Recording::Recording(RandomLog &log, bool isReplay) {
  log.outer = randomLog;
  log.isReplay = isReplay;
  log.used = 0;
  randomLog = &log;
}
detail::RandomLog::Recording::~Recording() { randomLog = randomLog->outer; }

detail::RandomLog::Paused::Paused() : outer(std::exchange(randomLog, nullptr)) {}
detail::RandomLog::Paused::~Paused() { randomLog = outer; }

static Value nextState(const Site &site, detail::RandomLog *log, const Size &count) {
  return log ? log->take(site, count) : detail::Recorder::current()->randomState(site, count);
}

// Code that draws more numbers the second time, as its user lets it, gets new ones.
Value detail::RandomLog::take(const Site &site, const Size &count) {
  if (isReplay && used < states.size())
    return valueOf(site, states[used++]);
  Value state = nextState(site, outer, count);
  if (isReplay)
    return state;
  states.push_back(wrap(site, state));
  return valueOf(site, states.back());
}

Value detail::RandomLog::next(const Site &site, const Size &count) {
  return nextState(site, randomLog, count);
}

Value detail::advancedState(Recorder &recorder, const Site &site, Value state, const Size &count) {
  Builder b(state.getContext());
  auto one = RankedTensorType::get({1}, elementType(kInt64));
  auto zeroAttr = b.getNamedAttr("value", DenseElementsAttr::get(one, int64_t(0)));
  Value zero = recorder.record(site, "ingot.constant", {}, zeroAttr);
  Value used = recorder.record(site, "ingot.broadcast", recorder.constant(site, count, kInt64), {}, one);
  Value step = recorder.record(site, "ingot.concat", {zero, used}, attr("dim", int64_t(0)));
  return recorder.record(site, "ingot.add", {state, step});
}

void manual_seed(uint64_t seed) {
  detail::RecordLock lock;
  detail::generator() = {static_cast<int64_t>(seed), 0};
}

/// Floating-point random numbers of the op's own type, or a narrower one.
static Tensor random(const Site &site, const char *distribution, const Shape &sizes, Dtype type) {
  for (const Size &size : sizes)
    if (size.isNumber() && size < 0)
      detail::fail(site.op, site.where, "sizes must not be negative", sizes.str());
  if (!isFloatingType(type))
    detail::fail(site.op, site.where, "random numbers must be floating-point", toString(type));
  detail::RecordLock lock;
  Value state = detail::RandomLog::next(site, sizes.numel());
  return detail::recordOp(site, "ingot.random", state,
                          detail::attr("distribution", llvm::StringRef(distribution)),
                          detail::typeOf(sizes, type));
}

static Tensor finished(Tensor tensor, const TensorOptions &options) {
  return options.requires_grad() ? tensor.set_requires_grad(true) : tensor;
}

Tensor rand(const Shape &sizes, const TensorOptions &options, const Where &at) {
  return finished(random({"rand", at}, "uniform", sizes, options.dtype()), options);
}
Tensor randn(const Shape &sizes, const TensorOptions &options, const Where &at) {
  return finished(random({"randn", at}, "normal", sizes, options.dtype()), options);
}
Tensor rand_like(const Arg &x, const TensorOptions &options) {
  return finished(random({"rand_like", x.where}, "uniform", x->sizes(), options.dtypeOr(x->dtype())),
                  options);
}
Tensor randn_like(const Arg &x, const TensorOptions &options) {
  return finished(random({"randn_like", x.where}, "normal", x->sizes(), options.dtypeOr(x->dtype())),
                  options);
}

// Of 53 random bits: exact for ranges below 2^53.
Tensor randint(int64_t low, int64_t high, const Shape &sizes, const TensorOptions &options, const Where &at) {
  Site site{"randint", at};
  detail::OpScope scope(site.op, site.where);
  if (low >= high)
    detail::fail(site.op, site.where, "low must be less than high",
                 std::to_string(low) + " and " + std::to_string(high));
  Tensor unit = random(site, "uniform", sizes, kFloat64);
  Tensor number = floor(unit * static_cast<double>(high - low)).to(kInt64) + low;
  return finished(number.to(options.dtypeOr(kInt64)), options);
}
Tensor randint(int64_t high, const Shape &sizes, const TensorOptions &options, const Where &at) {
  return randint(0, high, sizes, options, at);
}

/// Uniform numbers to compare probabilities with, which halves are too coarse for.
static Tensor fineUniform(const Arg &x) { return rand_like(x, x->dtype() == kFloat64 ? kFloat64 : kFloat32); }

Tensor bernoulli(const Arg &p) {
  detail::OpScope scope("bernoulli", p.where);
  return lt(fineUniform(p), p).to(p->dtype());
}
Tensor bernoulli(const Arg &x, double p) {
  detail::OpScope scope("bernoulli", x.where);
  return lt(fineUniform(x), p).to(x->dtype());
}

//===--- in place -----------------------------------------------------------------------------------------------===//

Tensor &Tensor::uniform_(double from, double to, const Where &at) const {
  detail::OpScope scope("uniform_", at);
  return detail::writeResult({"uniform_", at}, *this, rand_like(*this) * (to - from) + from);
}
Tensor &Tensor::normal_(double mean, double std, const Where &at) const {
  detail::OpScope scope("normal_", at);
  return detail::writeResult({"normal_", at}, *this, randn_like(*this) * std + mean);
}
Tensor &Tensor::bernoulli_(double p, const Where &at) const {
  detail::OpScope scope("bernoulli_", at);
  return detail::writeResult({"bernoulli_", at}, *this, ingot::bernoulli(Arg(*this, at), p));
}
Tensor &Tensor::bernoulli_(const Tensor &p, const Where &at) const {
  detail::OpScope scope("bernoulli_", at);
  Tensor draws = ingot::bernoulli(Arg(p.expand(sizes(), at), at)).to(dtype());
  return detail::writeResult({"bernoulli_", at}, *this, draws);
}

} // namespace ingot
