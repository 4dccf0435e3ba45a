// Buffer: a 64-byte aligned block of bytes that is owned, or borrowed for reading.
#pragma once
#include "runtime/core/Span.h"
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

namespace ingot_rt {
inline namespace v1 {

/// The alignment that objects require of state and workspace.
inline constexpr std::size_t alignment = 64;

/// A block of bytes. Move-only; what it owns dies with it, what it borrows must outlive it.
class Buffer {
public:
  /// No bytes.
  Buffer() = default;
  /// `size` bytes, 64-byte aligned, with unspecified contents. On failure data() is null and size() is 0.
  static Buffer allocate(std::size_t size) {
    Buffer buffer;
    if (size > 0)
      buffer.owned_ =
          static_cast<std::byte *>(::operator new(size, std::align_val_t(alignment), std::nothrow));
    buffer.data_ = buffer.owned_;
    buffer.size_ = buffer.owned_ ? size : 0;
    return buffer;
  }
  /// A view of memory that something else keeps.
  static Buffer borrow(const void *data, std::size_t size) {
    Buffer buffer;
    buffer.data_ = static_cast<const std::byte *>(data);
    buffer.size_ = size;
    return buffer;
  }
  /// An owned copy of `bytes`; as allocate() on failure.
  static Buffer copy(Span<const std::byte> bytes) {
    Buffer buffer = allocate(bytes.size());
    if (buffer.size_ > 0)
      std::memcpy(buffer.owned_, bytes.data(), bytes.size());
    return buffer;
  }

  Buffer(Buffer &&other) noexcept { swap(other); }
  Buffer &operator=(Buffer &&other) noexcept {
    Buffer(std::move(other)).swap(*this);
    return *this;
  }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  ~Buffer() { ::operator delete(owned_, std::align_val_t(alignment)); }

  const std::byte *data() const { return data_; }
  std::size_t size() const { return size_; }
  bool owned() const { return owned_ != nullptr; }
  /// The bytes for writing; null where they are borrowed.
  std::byte *mutable_data() { return owned_; }
  /// The bytes for writing; empty where they are borrowed.
  operator Span<std::byte>() { return {owned_, owned_ ? size_ : 0}; }

private:
  void swap(Buffer &other) noexcept {
    std::swap(owned_, other.owned_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  std::byte *owned_ = nullptr;
  const std::byte *data_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace v1
} // namespace ingot_rt
