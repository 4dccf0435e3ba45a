// Memory for what kernels read and write, whose end is the end of what may be read.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace ingot::test {

/// `bytes` of memory; behind it begins a page that nobody may touch, and what lies before it belongs to nobody.
class GuardedBuffer {
public:
  explicit GuardedBuffer(size_t bytes) : bytes(bytes) {
    size_t page = sysconf(_SC_PAGESIZE);
    mapped = (bytes + guarded + page - 1) / page * page + page;
    base = static_cast<char *>(
        mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + mapped - page, page, PROT_NONE);
    start = base + mapped - page - bytes;
    std::memset(base, 0x5a, mapped - page);
  }
  GuardedBuffer(const GuardedBuffer &) = delete;
  ~GuardedBuffer() { munmap(base, mapped); }

  template <class T = char> T *data() { return reinterpret_cast<T *>(start); }
  /// Whether nothing was written before it.
  bool guardIntact() const {
    return std::all_of(start - guarded, start, [](char byte) { return byte == 0x5a; });
  }
  const size_t bytes;

private:
  static constexpr size_t guarded = 64;
  size_t mapped;
  char *base, *start;
};

} // namespace ingot::test
