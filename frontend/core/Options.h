// How a new tensor is to be made: element type, whether it requires a gradient.
//
//   ingot::zeros({2, 3}, ingot::TensorOptions().dtype(ingot::kFloat64).requires_grad(true));
//   ingot::zeros({2, 3}, ingot::kFloat64);
#pragma once
#include "ingot/core/Dtype.h"
#include <optional>
#include <string>

namespace ingot {

enum class DeviceType : uint8_t { CPU, CUDA, MPS };
inline constexpr DeviceType kCPU = DeviceType::CPU;
/// There for programs that ask cuda::is_available() first: a Device of these kinds cannot be made.
inline constexpr DeviceType kCUDA = DeviceType::CUDA, kMPS = DeviceType::MPS;
std::ostream &operator<<(std::ostream &out, DeviceType type);

/// Tensors are row-major; these are libtorch's names for that, and for other orders, which do not change a tensor.
enum class Layout : uint8_t { Strided };
inline constexpr Layout kStrided = Layout::Strided;
enum class MemoryFormat : uint8_t { Contiguous, Preserve, ChannelsLast, ChannelsLast3d };

namespace detail {
[[noreturn]] void refuseDevice(const std::string &device);
} // namespace detail

/// Where tensors live: in the memory of the process. Making one for another device is an Error.
class Device {
public:
  using Type = DeviceType;
  Device(DeviceType type = kCPU, int64_t index = -1) : number(index) {
    if (type != kCPU)
      detail::refuseDevice(type == DeviceType::CUDA ? "CUDA" : "MPS");
  }
  /// "cpu" or "cpu:0".
  Device(const std::string &text) : number(text == "cpu:0" ? 0 : -1) {
    if (text != "cpu" && text != "cpu:0")
      detail::refuseDevice(text);
  }
  Device(const char *text) : Device(std::string(text)) {}
  DeviceType type() const { return kCPU; }
  /// -1 if it has none.
  int64_t index() const { return number; }
  bool has_index() const { return number >= 0; }
  bool is_cpu() const { return true; }
  bool is_cuda() const { return false; }
  std::string str() const { return has_index() ? "cpu:" + std::to_string(number) : "cpu"; }
  bool operator==(const Device &) const = default;

private:
  int64_t number;
};
std::ostream &operator<<(std::ostream &out, const Device &device);

class TensorOptions {
public:
  TensorOptions() = default;
  TensorOptions(Dtype type) : element(type) {}
  TensorOptions(Device) {}
  TensorOptions(DeviceType type) { (void)Device(type); }
  TensorOptions(Layout) {}

  TensorOptions dtype(Dtype type) const {
    TensorOptions result = *this;
    result.element = type;
    return result;
  }
  TensorOptions device(Device) const { return *this; }
  TensorOptions device(DeviceType type, int64_t index) const { return device(Device(type, index)); }
  TensorOptions layout(Layout) const { return *this; }
  TensorOptions memory_format(MemoryFormat) const { return *this; }
  TensorOptions pinned_memory(bool) const { return *this; }
  TensorOptions requires_grad(bool value) const {
    TensorOptions result = *this;
    result.gradient = value;
    return result;
  }
  bool has_dtype() const { return element.has_value(); }
  Dtype dtype() const { return element.value_or(get_default_dtype()); }
  Dtype dtypeOr(Dtype type) const { return element.value_or(type); }
  bool requires_grad() const { return gradient; }
  Device device() const { return {}; }
  /// -1: the CPU has none.
  int64_t device_index() const { return -1; }
  bool has_device() const { return true; }
  Layout layout() const { return kStrided; }

private:
  std::optional<Dtype> element;
  bool gradient = false;
};

inline TensorOptions dtype(Dtype type) { return type; }
inline TensorOptions requires_grad(bool value = true) { return TensorOptions().requires_grad(value); }
inline TensorOptions device(Device device) { return device; }
inline TensorOptions layout(Layout layout) { return layout; }

} // namespace ingot
