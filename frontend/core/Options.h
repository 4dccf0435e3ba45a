// How a new tensor is to be made: element type, whether it requires a gradient.
//
//   ingot::zeros({2, 3}, ingot::TensorOptions().dtype(ingot::kFloat64).requires_grad(true));
//   ingot::zeros({2, 3}, ingot::kFloat64);
#pragma once
#include "ingot/core/Dtype.h"
#include <optional>

namespace ingot {

enum class DeviceType : uint8_t { CPU, CUDA };
inline constexpr DeviceType kCPU = DeviceType::CPU;
/// There for programs that ask cuda::is_available() first: a Device of this kind cannot be made.
inline constexpr DeviceType kCUDA = DeviceType::CUDA;

namespace detail {
[[noreturn]] void refuseDevice(DeviceType type);
} // namespace detail

/// Where tensors live: in the memory of the process. Making one for another device is an Error.
class Device {
public:
  Device(DeviceType type = kCPU, int64_t /*index*/ = -1) : kind(type) {
    if (type != kCPU)
      detail::refuseDevice(type);
  }
  DeviceType type() const { return kind; }
  bool is_cpu() const { return true; }
  bool is_cuda() const { return false; }
  bool operator==(const Device &) const = default;

private:
  DeviceType kind;
};

class TensorOptions {
public:
  TensorOptions() = default;
  TensorOptions(Dtype type) : element(type) {}
  TensorOptions(Device) {}
  TensorOptions(DeviceType type) { (void)Device(type); }

  TensorOptions dtype(Dtype type) const {
    TensorOptions result = *this;
    result.element = type;
    return result;
  }
  TensorOptions device(Device) const { return *this; }
  TensorOptions requires_grad(bool value) const {
    TensorOptions result = *this;
    result.gradient = value;
    return result;
  }
  bool has_dtype() const { return element.has_value(); }
  Dtype dtype() const { return element.value_or(kFloat32); }
  Dtype dtypeOr(Dtype type) const { return element.value_or(type); }
  bool requires_grad() const { return gradient; }
  Device device() const { return {}; }

private:
  std::optional<Dtype> element;
  bool gradient = false;
};

inline TensorOptions dtype(Dtype type) { return type; }
inline TensorOptions requires_grad(bool value = true) { return TensorOptions().requires_grad(value); }
inline TensorOptions device(Device device) { return device; }

} // namespace ingot
