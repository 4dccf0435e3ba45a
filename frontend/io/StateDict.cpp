#include "frontend/io/StateDict.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/State.h"
#include <algorithm>
#include <map>
#include <unordered_map>

namespace ingot {
namespace detail {
namespace {

std::string typeText(const std::string &dtype, const std::vector<int64_t> &shape) {
  return dtype + " " + Shape(shape).str();
}

/// Whether another name of this tensor is among the offered ones.
bool offeredAsAlias(const nn::Module::NamedTensors &state, const Tensor &tensor,
                    const std::unordered_map<std::string, const OfferedTensor *> &offered) {
  return std::any_of(state.begin(), state.end(), [&](const auto &item) {
    return item.value().is_same(tensor) && offered.count(item.key()) != 0;
  });
}

} // namespace

const char *shortName(Dtype type) {
  switch (type) {
  case Dtype::Bool: return "bool";
  case Dtype::UInt8: return "u8";
  case Dtype::Int8: return "i8";
  case Dtype::Int16: return "i16";
  case Dtype::Int32: return "i32";
  case Dtype::Int64: return "i64";
  case Dtype::Float16: return "f16";
  case Dtype::BFloat16: return "bf16";
  case Dtype::Float32: return "f32";
  case Dtype::Float64: return "f64";
  }
  return "";
}

std::optional<Dtype> dtypeNamed(std::string_view name) {
  for (Dtype type : {kBool, kUInt8, kInt8, kInt16, kInt32, kInt64, kFloat16, kBFloat16, kFloat32, kFloat64})
    if (name == shortName(type))
      return type;
  return std::nullopt;
}

Misfits misfits(const nn::Module::NamedTensors &state, const std::vector<OfferedTensor> &offered, bool strict,
                bool sameTypes) {
  std::unordered_map<std::string, const OfferedTensor *> byName;
  for (const OfferedTensor &tensor : offered)
    byName.emplace(tensor.name, &tensor);
  Misfits found;
  auto report = [&](bool counts, std::string problem) {
    if (counts)
      found.problems.push_back(std::move(problem));
  };
  for (const auto &item : state) {
    std::vector<int64_t> shape = item.value().sizes().vec();
    std::string required = typeText(shortName(item.value().dtype()), shape);
    auto at = byName.find(item.key());
    if (at == byName.end()) {
      if (offeredAsAlias(state, item.value(), byName))
        continue;
      found.keys.missing_keys.push_back(item.key());
      report(strict, "'" + item.key() + "' is missing: required " + required);
      continue;
    }
    const OfferedTensor &got = *at->second;
    report(got.shape != shape || (sameTypes && got.dtype != shortName(item.value().dtype())),
           "'" + item.key() + "': required " + required + ", got " + typeText(got.dtype, got.shape));
  }
  for (const OfferedTensor &tensor : offered)
    if (!state.contains(tensor.name)) {
      found.keys.unexpected_keys.push_back(tensor.name);
      report(strict, "'" + tensor.name + "' is unexpected: " + typeText(tensor.dtype, tensor.shape));
    }
  return found;
}

std::string tiedProblem(const nn::Module::NamedTensors &state,
                        const std::function<std::optional<std::string_view>(const std::string &)> &elements) {
  for (size_t i = 0; i < state.size(); ++i)
    for (size_t j = i + 1; j < state.size(); ++j) {
      if (!state[i].value().is_same(state[j].value()))
        continue;
      auto first = elements(state[i].key()), second = elements(state[j].key());
      if (first && second && *first != *second)
        return "'" + state[i].key() + "' and '" + state[j].key() +
               "' are one tensor in the module, but what is loaded for them differs";
    }
  return {};
}

std::string joined(const std::vector<std::string> &problems) {
  constexpr size_t shown = 20;
  std::string text;
  for (size_t i = 0; i < std::min(problems.size(), shown); ++i)
    text += (i ? "; " : "") + problems[i];
  if (problems.size() > shown)
    text += "; and " + std::to_string(problems.size() - shown) + " more";
  return text;
}

} // namespace detail

namespace nn {

Module::NamedTensors Module::state_dict() const {
  NamedTensors state("State");
  apply([&](const std::string &path, const Module &module) {
    for (const auto *dict : {&module.parameters_, &module.buffers_})
      for (const auto &item : *dict)
        if (item.value().defined())
          state.insert(path.empty() ? item.key() : path + "." + item.key(), item.value());
  });
  return state;
}

namespace {

/// Names of one tensor must have equal elements, in the module's type.
void checkTied(const Module::NamedTensors &own, const Module::NamedTensors &state, const Where &at) {
  std::map<std::string, Tensor> converted;
  auto elements = [&](const std::string &name) -> std::optional<std::string_view> {
    const Tensor *source = state.find(name);
    if (!source)
      return std::nullopt;
    Tensor &tensor = converted[name] = source->to(own[name].dtype());
    return std::string_view(static_cast<const char *>(ingot::detail::readBytes(tensor)),
                            size_t(int64_t(tensor.numel()) * tensor.element_size()));
  };
  if (std::string problem = ingot::detail::tiedProblem(own, elements); !problem.empty())
    throw Error("load_state_dict", {}, at, problem, {});
}

} // namespace

IncompatibleKeys Module::load_state_dict(const NamedTensors &state, bool strict, Where at) {
  std::vector<ingot::detail::OfferedTensor> offered;
  for (const auto &item : state) {
    if (!item.value().defined())
      throw Error("load_state_dict", {}, at, "tensor '" + item.key() + "' must be defined", {});
    offered.push_back(
        {item.key(), ingot::detail::shortName(item.value().dtype()), item.value().sizes().vec()});
  }
  NamedTensors own = state_dict();
  ingot::detail::Misfits found = ingot::detail::misfits(own, offered, strict, /*sameTypes=*/false);
  if (!found.problems.empty())
    throw Error("load_state_dict", {}, at,
                "the tensors do not fit " + name() + ": " + ingot::detail::joined(found.problems), {});
  AutoGradMode noGrad(false);
  checkTied(own, state, at);
  for (const auto &item : own)
    if (const Tensor *source = state.find(item.key()))
      item.value().copy_(Arg(*source, at));
  return std::move(found.keys);
}

} // namespace nn
} // namespace ingot
