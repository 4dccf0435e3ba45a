// Hooks: what a user does to the gradients of a tensor.
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/GradientNode.h"
#include "frontend/core/ScanRecorder.h"
#include "frontend/core/Value.h"
#include "ir/ops/Ops.h"

using namespace mlir;

namespace ingot {
namespace detail {

Tensor Hooks::apply(const Site &site, const Tensor &gradient) const {
  Tensor result = gradient;
  for (const Function &function : functions) {
    Tensor changed = function ? function(result) : Tensor();
    if (!changed.defined())
      continue;
    if (changed.sizes() != gradient.sizes())
      fail(site.op, site.where, "a hook must return a gradient of the sizes of " + describe(gradient),
           describe(changed));
    result = changed.to(gradient.dtype(), site.where);
  }
  return result;
}

namespace {

/// A result of recording whose gradients go through hooks.
class HookNode final : public GradientNode {
public:
  HookNode(Tensor value, std::shared_ptr<Hooks> hooks)
      : GradientNode({std::move(value)}), hooks(std::move(hooks)) {}
  std::vector<Continuation> backward(const Site &site, const TensorList &, TensorList &cotangents) override {
    cotangents[0] = hooks->apply(site, cotangents[0]);
    return {{inputs[0], cotangents[0]}};
  }

private:
  std::shared_ptr<Hooks> hooks;
};

/// Uses that were recorded before there were hooks take the hooked value, too, but for those of `own` storages.
void replaceEarlierUses(Value value, Value hooked, llvm::ArrayRef<const Storage *> own) {
  if (Operation *op = value.getDefiningOp())
    hooked.getDefiningOp()->moveAfter(op);
  else
    hooked.getDefiningOp()->moveBefore(&value.getParentBlock()->front());
  value.replaceUsesWithIf(hooked, [&](OpOperand &use) {
    return use.getOwner() != hooked.getDefiningOp() && !isa<ir::GradientOp>(use.getOwner());
  });
  Recorder::current()->replaceHeld(value, hooked, own);
}

} // namespace
} // namespace detail

unsigned Tensor::addHook(std::function<Tensor(const Tensor &)> hook, const Where &at) const {
  detail::Site site{"register_hook", at};
  detail::typeOf(site, *this);
  detail::RecordLock lock;
  if (!requires_grad())
    detail::fail(site.op, site.where, "a tensor with hooks must require grad", detail::describe(*this));
  if (const detail::Recorder *recorder = detail::Recorder::current().get();
      dynamic_cast<const detail::ScanRecorder *>(recorder) &&
      impl->storage->pending.recorder.get() != recorder)
    detail::fail(
        site.op, site.where,
        "in the body of a scan only what the step computes can get a hook: a tensor from outside must "
        "get it there");
  if (!impl->hooks)
    impl->hooks = std::make_shared<detail::Hooks>();
  impl->hooks->functions.push_back(std::move(hook));
  auto number = static_cast<unsigned>(impl->hooks->functions.size() - 1);
  if (impl->isLeaf || impl->hooked)
    return number;
  AutoGradMode history(true);
  Tensor value = detail::snapshot(site, *this);
  impl->hooked = std::make_shared<detail::HookNode>(value, impl->hooks);
  impl->hookedVersion = impl->storage->version;
  detail::replaceEarlierUses(detail::valueOf(site, value), detail::valueOf(site, *this),
                             {value.unwrap()->storage.get(), impl->storage.get()});
  return number;
}

void Tensor::remove_hook(unsigned number) const {
  detail::Site site{"remove_hook", {}};
  detail::typeOf(site, *this);
  if (!impl->hooks || number >= impl->hooks->functions.size())
    detail::fail(site.op, site.where, "the number of a hook of the tensor is required",
                 std::to_string(number));
  impl->hooks->functions[number] = nullptr;
}

} // namespace ingot
