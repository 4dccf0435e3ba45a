// libtorch's names for ingot: a model that was written for libtorch compiles unchanged with this folder on the include
// path.
//
//   g++ -std=c++20 model.cpp -Ifrontend/compat $(pkg-config --cflags --libs build/ingot.pc)
//
// `torch` is `ingot`; `at` and `c10` have what published code takes from them. What ingot does not have (CUDA,
// distributed training, TorchScript) is missing here, too: its use is an error of the compiler, and a device other than
// the CPU one when it is made.
#pragma once
#include "ingot/ingot.h"
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace torch = ingot;

namespace ingot {
using IntArrayRef = Shape;
using Dtype = ingot::Dtype;
using ScalarType = ingot::Dtype;
inline constexpr auto nullopt = std::nullopt;
template <class T> using optional = std::optional<T>;

namespace cuda {
/// Always false.
inline bool is_available() { return false; }
inline int device_count() { return 0; }
} // namespace cuda
} // namespace ingot

namespace at {
using namespace ingot;
} // namespace at

namespace c10 {
using ingot::Device;
using ingot::DeviceType;
using ingot::IntArrayRef;
using ingot::Scalar;
using ingot::ScalarType;
using ingot::TensorOptions;
using std::in_place;
using std::nullopt;
using std::optional;
} // namespace c10

#define TORCH_MODULE(Name) INGOT_MODULE(Name)
#define TORCH_MODULE_IMPL(Name, Impl) INGOT_MODULE_IMPL(Name, Impl)
#define TORCH_ARG(T, name) INGOT_ARG(T, name)

/// Throws ingot::Error with the condition where it does not hold; further arguments are for libtorch's message.
#define TORCH_CHECK(condition, ...)                                                                          \
  do {                                                                                                       \
    if (!(condition))                                                                                        \
      throw ingot::Error("TORCH_CHECK failed: " #condition);                                                 \
  } while (false)
#define TORCH_INTERNAL_ASSERT(condition, ...) TORCH_CHECK(condition)
#define AT_ASSERT(condition) TORCH_CHECK(condition)
