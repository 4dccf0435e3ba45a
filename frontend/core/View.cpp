#include "frontend/core/View.h"
#include "frontend/core/Value.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace ingot::detail {

namespace {
/// Where a slice starts: as constants of the program, or as run-time offsets.
struct SliceOperands {
  SliceOperands(const Site &site, const ViewStep &step) : starts(step.starts) {
    std::shared_ptr<Recorder> recorder = Recorder::current();
    bool isComputed = step.position.defined();
    if (step.varying < 0 || (recorder->isTrace() && !isComputed))
      return;
    Value zero = recorder->constant(site, 0, kInt64);
    offsets.assign(starts.size(), zero);
    offsets[step.varying] = isComputed ? valueOf(site, step.position)
                                       : recorder->number(site, int64_t(starts[step.varying]), kInt64);
    starts[step.varying] = 0;
  }
  std::vector<Size> starts;
  llvm::SmallVector<Value> offsets;
};
} // namespace

Value applyView(const Site &site, const ViewStep &step, Value base, RankedTensorType type) {
  std::shared_ptr<Recorder> recorder = Recorder::current();
  switch (step.kind) {
  case ViewStep::Kind::Reshape:
    return base.getType() == type ? base : recorder->record(site, "ingot.reshape", base, {}, type);
  case ViewStep::Kind::Broadcast:
    return base.getType() == type ? base : recorder->record(site, "ingot.broadcast", base, {}, type);
  case ViewStep::Kind::Transpose:
    return recorder->record(site, "ingot.transpose", base, attr("permutation", step.permutation));
  case ViewStep::Kind::Slice: break;
  }
  CompositeScope scope(step.call);
  SliceOperands slice(site, step);
  llvm::SmallVector<Value> operands = {base};
  operands.append(slice.offsets);
  return recorder->record(site, "ingot.slice", operands,
                          {attr("starts", slice.starts), attr("steps", step.steps)}, type);
}

Value writeView(const Site &site, const ViewStep &step, Value base, Value value) {
  std::shared_ptr<Recorder> recorder = Recorder::current();
  switch (step.kind) {
  case ViewStep::Kind::Reshape:
    return base.getType() == value.getType()
               ? value
               : recorder->record(site, "ingot.reshape", value, {}, base.getType());
  case ViewStep::Kind::Broadcast:
    if (base.getType() != value.getType())
      fail(site.op, site.where,
           "an expanded tensor cannot be written: several elements share one place; clone() it");
    return value;
  case ViewStep::Kind::Transpose:
    return recorder->record(site, "ingot.transpose", value,
                            attr("permutation", invertPermutationVector(step.permutation)));
  case ViewStep::Kind::Slice: break;
  }
  SliceOperands slice(site, step);
  llvm::SmallVector<Value> operands = {base, value};
  operands.append(slice.offsets);
  return recorder->record(site, "ingot.insert_slice", operands,
                          {attr("starts", slice.starts), attr("steps", step.steps)});
}

} // namespace ingot::detail
