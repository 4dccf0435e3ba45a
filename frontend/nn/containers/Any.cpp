#include "frontend/nn/containers/Any.h"
#include "frontend/core/Error.h"
#include "frontend/core/TypeName.h"

namespace ingot::nn {
namespace detail {
using ingot::detail::typeName;

void throwValueType(const std::type_info &required, const std::type_info &got) {
  throw Error("AnyValue", {}, {}, "the type must be that of the value, " + typeName(got), typeName(required));
}

void throwArgumentType(size_t index, const std::type_info &required, const std::type_info &got) {
  throw Error("forward", {}, {}, "argument " + std::to_string(index) + " must be a " + typeName(required),
              "a value of type " + typeName(got));
}

void throwArity(const std::string &module, size_t required, size_t got) {
  throw Error("forward", {}, {},
              module + "'s forward takes " + std::to_string(required) +
                  (required == 1 ? " argument" : " arguments"),
              std::to_string(got));
}

void throwModuleType(const std::type_info &required, const std::type_info &got) {
  throw Error("AnyModule", {}, {}, "the type must be that of the module, " + typeName(got),
              typeName(required));
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
