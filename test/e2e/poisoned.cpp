// Calls an exported LeNet with memory that shows every misuse: a workspace full of NaN, arrays that end, or begin, at a
// page that cannot be touched. Built with sanitizers for the header's own code. usage: poisoned lenet.safetensors
#include "lenet.h"
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

static int failures = 0;

static void expect(bool condition, const char *what, long long n) {
  if (!condition) {
    std::fprintf(stderr, "N = %lld: %s\n", n, what);
    ++failures;
  }
}

/// Bytes with a page that cannot be touched before and behind; against which of them they lie is `atEnd`.
class Guarded {
public:
  Guarded(std::size_t bytes, std::size_t alignment, bool atEnd) {
    std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    std::size_t inner = (bytes + page - 1) / page * page;
    total = inner + 2 * page;
    base = static_cast<char *>(mmap(nullptr, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base == MAP_FAILED || (inner && mprotect(base + page, inner, PROT_READ | PROT_WRITE) != 0))
      std::abort();
    std::size_t offset = atEnd ? (inner - bytes) / alignment * alignment : 0;
    data = base + page + offset;
    slack = inner - offset - bytes;
    std::memset(base + page, 0xFF, inner); // every float is NaN
  }
  Guarded(const Guarded &) = delete;
  ~Guarded() { munmap(base, total); }

  template <class T> T *as() { return reinterpret_cast<T *>(data); }
  char *data;
  std::size_t slack; ///< bytes between the end and the page behind it

private:
  char *base;
  std::size_t total;
};

static std::vector<float> randomImages(std::int64_t count) {
  std::vector<float> images(static_cast<std::size_t>(count) * 32 * 32);
  std::uint32_t state = 12345;
  for (float &pixel : images) {
    state = state * 1664525u + 1013904223u;
    pixel = static_cast<float>(state >> 8) / static_cast<float>(1 << 24);
  }
  return images;
}

/// The scores of the first n images, computed in guarded memory.
static std::vector<float> infer(const lenet::Model &model, const std::vector<float> &images, std::int64_t n,
                                bool atEnd, int fill) {
  auto count = static_cast<std::size_t>(n);
  auto bytes = static_cast<std::size_t>(lenet::Model::infer_workspace(n));
  Guarded input(count * 1024 * sizeof(float), alignof(float), atEnd);
  Guarded output(count * 10 * sizeof(float), alignof(float), atEnd);
  Guarded workspace(bytes, 64, atEnd);
  if (n > 0)
    std::memcpy(input.data, images.data(), count * 1024 * sizeof(float));
  if (bytes > 0)
    std::memset(workspace.data, fill, bytes);
  lenet::Status status = model.infer({input.as<const float>(), count * 1024}, n,
                                     {output.as<float>(), count * 10}, {workspace.as<std::byte>(), bytes});
  expect(status.ok(), status.message().c_str(), n);
  for (std::size_t i = 0; i < workspace.slack; ++i)
    expect(workspace.data[bytes + i] == '\xFF', "wrote behind the workspace", n);
  for (std::size_t i = 0; i < output.slack; ++i)
    expect(output.data[count * 10 * sizeof(float) + i] == '\xFF', "wrote behind the output", n);
  std::vector<float> scores(output.as<float>(), output.as<float>() + count * 10);
  return scores;
}

static void checkErrors(const lenet::Model &model) {
  std::vector<float> image(1024), scores(10);
  auto bytes = static_cast<std::size_t>(lenet::Model::infer_workspace(1));
  Guarded workspace(bytes + 64, 64, false);
  auto code = [&](std::int64_t n, std::size_t offset, std::size_t size) {
    return model.infer(image, n, scores, {workspace.as<std::byte>() + offset, size}).code();
  };
  expect(code(1, 0, bytes) == lenet::Code::ok, "expected success", 1);
  expect(code(-1, 0, bytes) == lenet::Code::dimension, "expected an error for a negative dimension", -1);
  expect(code(2, 0, bytes) == lenet::Code::buffer_too_small, "expected an error for too small arrays", 2);
  expect(bytes == 0 || code(1, 0, bytes - 1) == lenet::Code::buffer_too_small,
         "expected an error for too small a workspace", 1);
  expect(bytes == 0 || code(1, 4, bytes) == lenet::Code::misaligned,
         "expected an error for a misaligned workspace", 1);
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  lenet::Model model = lenet::Model::load(argv[1]);
  if (!model) {
    std::fprintf(stderr, "%s\n", model.status().message().c_str());
    return 1;
  }
  std::vector<float> images = randomImages(64);
  std::vector<float> all = infer(model, images, 64, true, 0);
  for (std::int64_t n : {0, 1, 2, 7, 15, 16, 17, 64})
    for (bool atEnd : {true, false}) {
      std::vector<float> clean = infer(model, images, n, atEnd, 0),
                         poisoned = infer(model, images, n, atEnd, 0xFF);
      expect(clean.empty() || std::memcmp(clean.data(), poisoned.data(), clean.size() * sizeof(float)) == 0,
             "the result depends on what the workspace held", n);
      for (std::size_t i = 0; i < poisoned.size(); ++i)
        expect(std::fabs(poisoned[i] - all[i]) <= 1e-5f, "the result depends on the batch size", n);
    }
  checkErrors(model);
  return failures == 0 ? 0 : 1;
}
