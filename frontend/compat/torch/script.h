// There is no TorchScript. Many programs include this header without need; what uses jit is an error of the compiler that
// says what to do instead.
#pragma once
#include <torch/torch.h>

namespace ingot::jit {

template <class Any> struct ScriptModule {
  static_assert(sizeof(Any *) == 0,
                "TorchScript is not supported: write the model with nn modules, and load its weights "
                "from a state dict (torch.save(model.state_dict(), path)) by torch::load");
};
using Module = ScriptModule<void>;
namespace script {
using Module = jit::Module;
} // namespace script
template <class... Args> jit::Module load(const Args &...);
using ingot::IValue;

} // namespace ingot::jit
