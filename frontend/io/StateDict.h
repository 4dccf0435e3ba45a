// Whether named tensors fit a module. Not a public header.
#pragma once
#include "frontend/core/Module.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::detail {

/// A tensor that is offered for a module's state.
struct OfferedTensor {
  std::string name;
  std::string dtype; ///< "f32"; a name that no Dtype has fits nothing
  std::vector<int64_t> shape;
};

/// Names of safetensors' types: "f32".
const char *shortName(Dtype type);
/// The element type of this name, if tensors may have it.
std::optional<Dtype> dtypeNamed(std::string_view shortName);

/// How offered tensors differ from a module's state.
struct Misfits {
  /// Names that are missing and names that the state has not. A state that is offered under one of several names of the same
  /// tensor (tied weights) is there.
  nn::IncompatibleKeys keys;
  /// Why they do not fit, one text a tensor, in the order of the state; empty if they do. Without `strict` only types and
  /// sizes count.
  std::vector<std::string> problems;
};

/// Compares. With `sameTypes` element types must be equal.
Misfits misfits(const nn::Module::NamedTensors &state, const std::vector<OfferedTensor> &offered, bool strict,
                bool sameTypes);

/// Why names of one tensor (tied weights) cannot have what is offered for them: it differs. `elements` are the bytes that are
/// offered for a name, if any. Empty if nothing differs.
std::string
tiedProblem(const nn::Module::NamedTensors &state,
            const std::function<std::optional<std::string_view>(const std::string &name)> &elements);

/// Texts as one, of bounded length.
std::string joined(const std::vector<std::string> &problems);

} // namespace ingot::detail
