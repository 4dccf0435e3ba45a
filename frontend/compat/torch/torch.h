// libtorch's names for ingot: a model that was written for libtorch compiles unchanged with this folder on the include
// path.
//
//   g++ -std=c++20 model.cpp -Ifrontend/compat $(pkg-config --cflags --libs build/ingot.pc)
//
// `torch` is `ingot`; `at` and `c10` have what published code takes from them. libtorch's other headers are here, too, and
// all mean this one. What ingot does not have (CUDA, distributed training, TorchScript) is missing: its use is an error of
// the compiler, and a device other than the CPU one when it is made.
#pragma once
#include "ingot/functional/aliases.h"
#include "ingot/ingot.h"
// What programs use without including it, because libtorch does.
#include <algorithm>
#include <cassert>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <list>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

// An alias of the namespace would do but for the many programs that add to it: `namespace torch { namespace nn { ... } }`.
#define torch ingot

namespace ingot::detail {
void printAsLibtorch();
/// Programs for libtorch get its text of a tensor from <<, not Python's.
inline const bool libtorchPrints = (printAsLibtorch(), true);

/// Elements that it owns, unlike libtorch's.
template <class T> class List : public std::vector<T> {
public:
  using std::vector<T>::vector;
  List() = default;
  List(const std::vector<T> &elements) : std::vector<T>(elements) {}
  List(const T &element) : std::vector<T>{element} {}
  List(const T *elements, size_t count) : std::vector<T>(elements, elements + count) {}
  List slice(size_t first, size_t count) const { return List(this->data() + first, count); }
  List slice(size_t first) const { return slice(first, this->size() - first); }
  bool equals(const List &other) const { return *this == other; }
  const std::vector<T> &vec() const { return *this; }
};
} // namespace ingot::detail

namespace ingot {
inline constexpr auto nullopt = std::nullopt;
template <class T> using optional = std::optional<T>;
template <class T> using ArrayRef = std::conditional_t<std::is_same_v<T, int64_t>, Shape, detail::List<T>>;
using SymInt = Size;
using SymIntArrayRef = Shape;

// An element type is its own description.
inline Dtype typeMetaToScalarType(Dtype type) { return type; }
inline Dtype scalarTypeToTypeMeta(Dtype type) { return type; }

/// What the arguments print, joined.
template <class... Args> std::string str(const Args &...args) {
  std::ostringstream text;
  static_cast<void>((text << ... << args));
  return text.str();
}

// One thread a call.
inline void set_num_threads(int) {}
inline void set_num_interop_threads(int) {}
inline void init_num_threads() {}
inline int get_num_threads() { return 1; }
inline int get_num_interop_threads() { return 1; }

namespace autograd {
using Variable = Tensor;
} // namespace autograd

inline bool hasCUDA() { return false; }
inline bool hasMPS() { return false; }
inline size_t getNumGPUs() { return 0; }
namespace cuda {
/// Always false.
inline bool is_available() { return false; }
inline bool cudnn_is_available() { return false; }
inline size_t device_count() { return 0; }
inline void manual_seed(uint64_t) {}
inline void manual_seed_all(uint64_t) {}
inline void synchronize(int64_t = -1) {}
} // namespace cuda
namespace mps {
/// Always false.
inline bool is_available() { return false; }
inline void manual_seed(uint64_t) {}
inline void synchronize() {}
} // namespace mps

/// libtorch's switches, which change no results here.
class Context {
public:
  void setBenchmarkCuDNN(bool) {}
  void setDeterministicCuDNN(bool) {}
  void setDeterministicAlgorithms(bool, bool = false) {}
  void setUserEnabledCuDNN(bool) {}
  void setAllowTF32CuBLAS(bool) {}
  void setAllowTF32CuDNN(bool) {}
  bool hasCUDA() const { return false; }
  bool hasMPS() const { return false; }
};
inline Context &globalContext() {
  static Context context;
  return context;
}
} // namespace ingot

namespace at {
using namespace ingot;
} // namespace at

namespace c10 {
using ingot::ArrayRef;
using ingot::BFloat16;
using ingot::Device;
using ingot::DeviceType;
using ingot::Error;
using ingot::Half;
using ingot::IntArrayRef;
using ingot::IValue;
using ingot::kCPU;
using ingot::kCUDA;
using ingot::kStrided;
using ingot::Layout;
using ingot::MemoryFormat;
using ingot::Scalar;
using ingot::ScalarType;
using ingot::str;
using ingot::SymInt;
using ingot::SymIntArrayRef;
using ingot::TensorOptions;
using ingot::toString;
using ingot::typeMetaToScalarType;
using ingot::enumtype::get_enum_name;
using std::get;
using std::get_if;
using std::holds_alternative;
using std::in_place;
using std::make_optional;
using std::nullopt;
using std::nullopt_t;
using std::optional;
using std::variant;
using std::visit;
} // namespace c10

// In libtorch a size is an int64_t, which these functions take; overloads for Size let an expression such as
// `std::sqrt(x.size(-1))` stand. Those in ingot are templates, so that both namespaces may be used at once.
#define INGOT_OF_SIZE(name)                                                                                  \
  namespace std {                                                                                            \
  inline double name(const ingot::Size &size) { return name(static_cast<double>(int64_t(size))); }           \
  }                                                                                                          \
  namespace ingot {                                                                                          \
  template <std::same_as<Size> T> double name(const T &size) { return std::name(size); }                     \
  }
INGOT_OF_SIZE(ceil)
INGOT_OF_SIZE(exp)
INGOT_OF_SIZE(floor)
INGOT_OF_SIZE(log)
INGOT_OF_SIZE(log10)
INGOT_OF_SIZE(log2)
INGOT_OF_SIZE(round)
INGOT_OF_SIZE(sqrt)
#undef INGOT_OF_SIZE
namespace std {
inline double pow(const ingot::Size &base, int64_t exponent) {
  return pow(static_cast<double>(int64_t(base)), static_cast<double>(exponent));
}
inline int64_t min(const int64_t &a, const ingot::Size &b) { return min<int64_t>(a, b); }
inline int64_t min(const ingot::Size &a, const int64_t &b) { return min<int64_t>(a, b); }
inline int64_t max(const int64_t &a, const ingot::Size &b) { return max<int64_t>(a, b); }
inline int64_t max(const ingot::Size &a, const int64_t &b) { return max<int64_t>(a, b); }
} // namespace std

#define TORCH_API
#define TORCH_VERSION_MAJOR 2
#define TORCH_VERSION_MINOR 9
#define TORCH_VERSION_PATCH 0
#define TORCH_VERSION "2.9.0"

#define TORCH_MODULE(Name) INGOT_MODULE(Name)
#define TORCH_MODULE_IMPL(Name, Impl) INGOT_MODULE_IMPL(Name, Impl)
#define TORCH_ARG(T, name) INGOT_ARG(T, name)
#define _TORCH_OPTIM_SERIALIZE_TORCH_ARG(name) archive.write(#name, ingot::IValue(name()))
#define _TORCH_OPTIM_DESERIALIZE_TORCH_ARG(T, name)                                                          \
  do {                                                                                                       \
    if (ingot::IValue value; archive.try_read(#name, value))                                                 \
      name(value.to<T>());                                                                                   \
  } while (false)
#define FORWARD_HAS_DEFAULT_ARGS(...) INGOT_FORWARD_DEFAULTS(__VA_ARGS__)

/// Throws ingot::Error where the condition does not hold: with the further arguments, printed, or with the condition.
#define TORCH_CHECK(condition, ...)                                                                          \
  do {                                                                                                       \
    if (!(condition)) {                                                                                      \
      std::string text = c10::str(__VA_ARGS__);                                                              \
      throw ingot::Error(text.empty() ? "TORCH_CHECK failed: " #condition : text);                           \
    }                                                                                                        \
  } while (false)
#define TORCH_CHECK_EQ(a, b) TORCH_CHECK((a) == (b), #a " == " #b)
#define TORCH_CHECK_NE(a, b) TORCH_CHECK((a) != (b), #a " != " #b)
#define TORCH_CHECK_LT(a, b) TORCH_CHECK((a) < (b), #a " < " #b)
#define TORCH_CHECK_LE(a, b) TORCH_CHECK((a) <= (b), #a " <= " #b)
#define TORCH_CHECK_GT(a, b) TORCH_CHECK((a) > (b), #a " > " #b)
#define TORCH_CHECK_GE(a, b) TORCH_CHECK((a) >= (b), #a " >= " #b)
#define TORCH_CHECK_VALUE(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define TORCH_CHECK_INDEX(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define TORCH_CHECK_NOT_IMPLEMENTED(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define TORCH_INTERNAL_ASSERT(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define AT_ASSERT(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define AT_ERROR(...) throw ingot::Error(c10::str(__VA_ARGS__))
#define TORCH_WARN(...) (std::cerr << "Warning: " << c10::str(__VA_ARGS__) << '\n')
#define TORCH_WARN_ONCE(...)                                                                                 \
  do {                                                                                                       \
    static const bool warned = (TORCH_WARN(__VA_ARGS__), true);                                              \
    static_cast<void>(warned);                                                                               \
  } while (false)
