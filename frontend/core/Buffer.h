// Elements in memory. Not a public header.
//
// A buffer is never written once a storage has it, so that storages and pending functions share buffers; the exceptions
// are the memory of from_blob and buffers that a data_ptr() has been handed out to (Storage::pinned).
#pragma once
#include "frontend/core/Error.h"
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>

namespace ingot::detail {

class Buffer {
public:
  static constexpr size_t alignment = 64;
  /// Uninitialized memory.
  explicit Buffer(size_t bytes)
      : data(std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment)), bytes(bytes),
        owned(true) {
    if (!data)
      throw Error("there is no memory for a tensor of " + std::to_string(bytes) + " bytes");
  }
  /// The caller's memory.
  Buffer(void *data, size_t bytes) : data(data), bytes(bytes), owned(false) {}
  ~Buffer() {
    if (owned)
      std::free(data);
  }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;

  void *const data;
  const size_t bytes;

private:
  const bool owned;
};
using BufferRef = std::shared_ptr<Buffer>;

} // namespace ingot::detail
