// libtorch's names for ingot: a model that was written for libtorch compiles unchanged with this folder on the include
// path.
//
//   g++ -std=c++20 model.cpp -Ifrontend/compat $(pkg-config --cflags --libs build/ingot.pc)
//
// `torch` is `ingot`; `at` and `c10` have what published code takes from them. What ingot does not have (CUDA,
// distributed training, TorchScript) is missing here, too: its use is an error of the compiler, and a device other than
// the CPU one when it is made.
#pragma once
#include "ingot/functional/aliases.h"
#include "ingot/ingot.h"
#include <cmath>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace torch = ingot;

namespace ingot::detail {
void printAsLibtorch();
/// Programs for libtorch get its text of a tensor from <<, not Python's.
inline const bool libtorchPrints = (printAsLibtorch(), true);
} // namespace ingot::detail

namespace ingot {
using IntArrayRef = Shape;
using Dtype = ingot::Dtype;
using ScalarType = ingot::Dtype;
inline constexpr auto nullopt = std::nullopt;
template <class T> using optional = std::optional<T>;
/// Owns its elements, unlike libtorch's.
template <class T> using ArrayRef = std::vector<T>;
namespace autograd {
using Variable = Tensor;
using variable_list = TensorList;
} // namespace autograd

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
using ingot::ArrayRef;
using ingot::Device;
using ingot::DeviceType;
using ingot::Error;
using ingot::IntArrayRef;
using ingot::Scalar;
using ingot::ScalarType;
using ingot::TensorOptions;
using std::get;
using std::get_if;
using std::holds_alternative;
using std::in_place;
using std::nullopt;
using std::optional;
using std::variant;
using std::visit;

/// What the arguments print, joined.
template <class... Args> std::string str(const Args &...args) {
  std::ostringstream text;
  static_cast<void>((text << ... << args));
  return text.str();
}
} // namespace c10

#define TORCH_MODULE(Name) INGOT_MODULE(Name)
#define TORCH_MODULE_IMPL(Name, Impl) INGOT_MODULE_IMPL(Name, Impl)
#define TORCH_ARG(T, name) INGOT_ARG(T, name)

/// Throws ingot::Error where the condition does not hold: with the further arguments, printed, or with the condition.
#define TORCH_CHECK(condition, ...)                                                                          \
  do {                                                                                                       \
    if (!(condition)) {                                                                                      \
      std::string text = c10::str(__VA_ARGS__);                                                              \
      throw ingot::Error(text.empty() ? "TORCH_CHECK failed: " #condition : text);                           \
    }                                                                                                        \
  } while (false)
#define TORCH_INTERNAL_ASSERT(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define AT_ASSERT(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define AT_ERROR(...) throw ingot::Error(c10::str(__VA_ARGS__))
#define TORCH_WARN(...) (std::cerr << "Warning: " << c10::str(__VA_ARGS__) << '\n')
