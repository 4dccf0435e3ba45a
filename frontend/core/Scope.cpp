// What a thread is doing: the module, the composite function, the grad mode.
#include "frontend/core/Scope.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/State.h"
#include "frontend/core/Tensor.h"

namespace ingot {
namespace detail {

void refuseDevice(const std::string &device) {
  throw Error("tensors live in the memory of the process: required the CPU device, got " + device);
}

static thread_local const ModuleNode *module = nullptr;
static thread_local Composite composite;
static thread_local bool gradEnabled = true;

std::string pathOf(const ModuleNode *node) {
  if (!node || !node->parent)
    return "";
  std::string outer = pathOf(node->parent.get());
  return outer.empty() ? node->key : outer + "." + node->key;
}

ModuleScope::ModuleScope(const ModuleNode *node) : outer(module) { module = node; }
ModuleScope::~ModuleScope() { module = outer; }
const ModuleNode *currentModule() { return module; }

OpScope::OpScope(const char *op, const Where &where) : outermost(!composite.op) {
  if (outermost)
    composite = {op, where};
}
OpScope::~OpScope() {
  if (outermost)
    composite = {};
}
const Composite &currentComposite() { return composite; }

CompositeScope::CompositeScope(const Composite &inner) : outer(composite) { composite = inner; }
CompositeScope::~CompositeScope() { composite = outer; }

void fail(const char *op, const Where &where, std::string required, std::string got) {
  bool inside = composite.op != nullptr;
  throw Error(inside ? composite.op : op, pathOf(module), inside ? composite.where : where,
              std::move(required), std::move(got));
}

} // namespace detail

const Tensor &Arg::refuseNumber() const { detail::fail("", where, "a tensor is required", "a number"); }

bool GradMode::is_enabled() { return detail::gradEnabled; }
void GradMode::set_enabled(bool enabled) { detail::gradEnabled = enabled; }

} // namespace ingot
