// ExportedProgram: a traced program, exported and loaded into this process, to be called with run-time sizes.
//
//   ExportedProgram f(ingot::trace("run", ..., {{"x", {T, 3}}}));
//   std::vector<Tensor> y = f({x}, {5}, {{5, 2}});     // inputs, dimensions as in the header, sizes of the results
#pragma once
#include "codegen/jit/Jit.h"
#include "ingot/core/State.h"
#include "ingot/ingot.h"
#include "runtime/core/File.h"
#include "runtime/params/State.h"
#include "test/support/TempFolder.h"
#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ingot::test {

class ExportedProgram {
public:
  /// Its one function must be called `run`.
  explicit ExportedProgram(const Program &program) : code(objectOf(program)) {
    auto states = symbol<const ingot_state_entry *(*)(int32_t *)>("P_states");
    object.name = "P";
    object.states = states(&object.stateCount);
    object.stateSize = symbol<int64_t (*)()>("P_state_size")();
    object.prepare = symbol<int32_t (*)(void *, const void *const *)>("P_prepare");
    if (object.stateCount == 0)
      return;
    ingot_rt::SafeTensors file;
    check(ingot_rt::SafeTensors::read(folder.path("P.safetensors"), file));
    check(ingot_rt::load_state(object, file, "P.safetensors", state));
  }

  /// Results of floating point (float32), of the given sizes. Throws where a check of the program fails.
  std::vector<Tensor> operator()(const std::vector<Tensor> &inputs, const std::vector<int64_t> &dims,
                                 const std::vector<std::vector<int64_t>> &sizes) {
    ingot_rt::Buffer workspace = ingot_rt::Buffer::allocate(size_t(workspaceBytes(dims)));
    ingot_error error{};
    ingot_host host{sizeof(ingot_host), nullptr, nullptr, 1, &error};
    std::vector<const void *> arguments = {state.mutable_data()};
    for (const Tensor &input : inputs)
      arguments.push_back(pointerTo(input));
    for (int64_t dim : dims)
      arguments.push_back(reinterpret_cast<const void *>(dim));
    std::vector<Tensor> results;
    for (const auto &size : sizes) {
      results.push_back(ingot::empty(size));
      arguments.push_back(results.back().data_ptr<float>());
    }
    arguments.push_back(workspace.mutable_data());
    arguments.push_back(&host);
    if (int32_t status = call(code.address("P_run"), arguments))
      throw std::runtime_error("P_run returned " + std::to_string(status) + ", value " +
                               std::to_string(error.value));
    return results;
  }

  int64_t workspaceBytes(const std::vector<int64_t> &dims) {
    std::vector<const void *> arguments;
    for (int64_t dim : dims)
      arguments.push_back(reinterpret_cast<const void *>(dim));
    arguments.push_back(reinterpret_cast<const void *>(1)); // workers
    return call<int64_t>(code.address("P_run_workspace"), arguments);
  }

private:
  std::string objectOf(const Program &program) {
    std::string path = folder.path(), flags[] = {"test", "-o", path};
    char *argv[] = {flags[0].data(), flags[1].data(), flags[2].data()};
    if (ingot::export_main(3, argv, "P", {program}) != 0)
      throw std::runtime_error("export failed");
    return readFile(folder.path("P.o"));
  }
  static const void *pointerTo(const Tensor &tensor) {
    return tensor.dtype() == kFloat32 ? tensor.const_data_ptr<float>() : tensor.data_ptr();
  }
  static void check(const ingot_rt::Status &status) {
    if (!status)
      throw std::runtime_error(status.message());
  }
  template <class F> F symbol(const char *name) const { return reinterpret_cast<F>(code.address(name)); }

  /// Sizes are passed as pointers are: all arguments are of one kind.
  template <class R, size_t... I>
  static R callCounted(void *function, const std::vector<const void *> &a, std::index_sequence<I...>) {
    return reinterpret_cast<R (*)(decltype(I, static_cast<const void *>(nullptr))...)>(function)(a[I]...);
  }
  template <class R = int32_t, size_t N = 1>
  static R call(void *function, const std::vector<const void *> &arguments) {
    if constexpr (N < 16) {
      if (arguments.size() != N)
        return call<R, N + 1>(function, arguments);
      return callCounted<R>(function, arguments, std::make_index_sequence<N>());
    }
    throw std::runtime_error("a function of " + std::to_string(arguments.size()) + " arguments");
  }

  TempFolder folder;
  codegen::JitModule code;
  ingot_rt::Object object{};
  ingot_rt::Buffer state;
};

} // namespace ingot::test
