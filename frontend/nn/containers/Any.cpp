#include "frontend/nn/containers/Any.h"
#include "frontend/core/Error.h"
#include "llvm/Demangle/Demangle.h"

namespace ingot::nn {
namespace detail {
namespace {
std::string nameOf(const std::type_info &type) { return llvm::demangle(type.name()); }
} // namespace

void throwValueType(const std::type_info &required, const std::type_info &got) {
  throw Error("AnyValue", {}, {}, "the type must be that of the value, " + nameOf(got), nameOf(required));
}

void throwArgumentType(size_t index, const std::type_info &required, const std::type_info &got) {
  throw Error("forward", {}, {}, "argument " + std::to_string(index) + " must be a " + nameOf(required),
              "a value of type " + nameOf(got));
}

void throwArity(const std::string &module, size_t required, size_t got) {
  throw Error("forward", {}, {},
              module + "'s forward takes " + std::to_string(required) +
                  (required == 1 ? " argument" : " arguments"),
              std::to_string(got));
}

void throwModuleType(const std::type_info &required, const std::type_info &got) {
  throw Error("AnyModule", {}, {}, "the type must be that of the module, " + nameOf(got), nameOf(required));
}

void throwEmptyModule() {
  throw Error("AnyModule", {}, {}, "an empty AnyModule must be given a module before it is used", {});
}

} // namespace detail

AnyModule AnyModule::clone(const std::optional<Device> &device) const {
  AnyModule copy;
  if (content)
    copy.content = content->with(content->module->clone(device));
  return copy;
}

AnyValue AnyModule::forwardAny(std::vector<AnyValue> arguments, const Where &at) const {
  if (!content)
    detail::throwEmptyModule();
  return content->forward(std::move(arguments), at);
}

std::shared_ptr<Module> AnyModule::ptr() const {
  if (!content)
    detail::throwEmptyModule();
  return content->module;
}

const std::type_info &AnyModule::type_info() const {
  if (!content)
    detail::throwEmptyModule();
  return content->type();
}

} // namespace ingot::nn
