#include "frontend/core/Scan.h"
#include "frontend/core/Error.h"
#include "frontend/core/Generator.h"
#include "frontend/core/ScanRecorder.h"
#include "frontend/core/SymbolicSize.h"
#include "frontend/core/Value.h"
#include "ir/dialect/Sizes.h"
#include "ir/ops/Ops.h"

using namespace mlir;

namespace ingot {
namespace detail {
namespace {

/// One call of ingot::scan.
class Scan {
public:
  Scan(const Site &site, const TensorList &init, const TensorList &xs, const std::optional<Size> &steps)
      : site(site), outer(Recorder::current()), init(init), xs(xs),
        body(std::make_shared<ScanRecorder>(outer)) {
    findStepCount(steps);
  }
  ~Scan() { body->close(); }

  void recordBody(const ScanStep &step) {
    RecorderScope scope(body);
    RandomLog::Paused paused;
    TensorList carry, slices;
    for (const Tensor &each : init)
      carry.push_back(body->addArgument(site, typeOf(site, each)));
    body->addGenerator(site);
    for (const Tensor &each : xs)
      slices.push_back(body->addArgument(site, ir::sliceOf(typeOf(site, each))));
    auto [next, made] = step(carry, slices);
    check(next);
    RecordLock lock;
    Recorder::Whole whole(*body);
    for (const TensorList *each : {&next, &made})
      for (const Tensor &tensor : *each) {
        results.push_back(valueOf(site, tensor));
        holds.emplace_back(nullptr).set(body, results.back());
      }
    numMade = made.size();
    drawn = body->closeGenerator();
    if (drawn) {
      results.insert(results.begin() + init.size(), body->generatorState(site));
      holds.emplace_back(nullptr).set(body, results[init.size()]);
    }
  }

  /// The loop; its results are the last carried values, the sequences made, and the carried values of each step.
  std::pair<TensorList, TensorList> record(bool reverse) {
    RecordLock lock;
    llvm::SmallVector<Value> inits = valuesOf(init), sequences = valuesOf(xs);
    if (drawn)
      inits.push_back(RandomLog::next(site, *drawn * SizeAccess::make(steps, outer->ranges())));
    OpBuilder b(&context());
    auto op = ir::ScanOp::create(
        b, outer->location(site), inits, sequences, body->captured(), steps, reverse,
        [&](OpBuilder &inner, Location, ValueRange carries, ValueRange slices, ValueRange invariants) {
          llvm::SmallVector<Value> arguments(carries);
          llvm::append_range(arguments, slices);
          llvm::append_range(arguments, invariants);
          llvm::SmallVector<Value> yielded = body->moveTo(inner, arguments, results);
          llvm::append_range(yielded, carries);
          return yielded;
        });
    outer->append(op);
    return {wrapAll(op.getFinals().take_front(init.size())), wrapAll(op.getYs().take_front(numMade))};
  }

private:
  void findStepCount(const std::optional<Size> &given) {
    if (!given && xs.empty())
      fail(site.op, site.where, "the number of steps must be given where there are no sequences");
    if (given && given->isNumber() && *given < 0)
      fail(site.op, site.where, "the number of steps must not be negative", given->str());
    std::optional<sizes::Expr> count;
    if (given)
      count = SizeAccess::expr(*given);
    for (const Tensor &each : xs) {
      std::vector<sizes::Expr> sizes = ir::sizesOf(typeOf(site, each));
      if (sizes.empty())
        fail(site.op, site.where, "a sequence must have a leading dimension", describe(each));
      if (count && sizes.front() != *count)
        fail(site.op, site.where,
             "each sequence must have leading size " + count->str() + ", the number of steps",
             describe(each));
      count = sizes.front();
    }
    steps = *count;
  }

  void check(const TensorList &next) const {
    if (next.size() != init.size())
      fail(site.op, site.where, "the step must return the " + std::to_string(init.size()) + " carried values",
           std::to_string(next.size()));
    for (size_t i = 0; i < next.size(); ++i)
      if (typeOf(site, next[i]) != typeOf(site, init[i]))
        fail(site.op, site.where,
             "carried value " + std::to_string(i) + " must stay " + describe(init[i]) + " from step to step",
             describe(next[i]));
  }

  llvm::SmallVector<Value> valuesOf(const TensorList &tensors) const {
    llvm::SmallVector<Value> values;
    for (const Tensor &each : tensors)
      values.push_back(valueOf(site, each));
    return values;
  }

  TensorList wrapAll(ValueRange values) const {
    TensorList tensors;
    for (Value value : values)
      tensors.push_back(wrap(site, value));
    return tensors;
  }

  const Site &site;
  std::shared_ptr<Recorder> outer;
  const TensorList &init, &xs;
  std::shared_ptr<ScanRecorder> body;
  sizes::Expr steps;
  llvm::SmallVector<Value> results; ///< of the body
  std::deque<Held> holds;           ///< the results
  size_t numMade = 0;
  std::optional<Size> drawn; ///< random numbers a step
};

} // namespace
} // namespace detail

std::pair<TensorList, TensorList> scan(const ScanStep &step, const TensorList &init, const TensorList &xs,
                                       bool reverse, const std::optional<Size> &steps, const Where &at) {
  detail::Site site{"scan", at};
  detail::Scan loop(site, init, xs, steps);
  loop.recordBody(step);
  return loop.record(reverse);
}

} // namespace ingot
