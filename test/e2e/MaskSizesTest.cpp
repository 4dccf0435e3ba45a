// What a backward pass keeps as bits, for sizes around those of bytes and vectors: the gradients are those of the same
// program without optimizations, which keeps everything as it is.
#include "ingot/ingot.h"
#include "tools/conformance/ExportedProgram.h"
#include <functional>
#include <gtest/gtest.h>

namespace F = ingot::nn::functional;
using ingot::Shape;
using ingot::Size;
using ingot::Tensor;
using ingot::TensorList;
using ingot::conformance::ExportedProgram;

namespace {

/// From [B, T] to the same sizes, or to one half as long.
using Step = std::function<Tensor(const Tensor &)>;

/// A loss of `step` between two layers, and its gradients: what lies between them is kept for the way back.
TensorList gradients(const Step &step, const Tensor &x, const Tensor &bias, const Tensor &weight) {
  TensorList leaves;
  for (const Tensor &each : {x, bias, weight})
    leaves.push_back(each.detach().requires_grad_());
  Tensor y = step(leaves[0] * 1.5 + leaves[1]).matmul(leaves[2]), loss = (y * y).sum();
  loss.backward();
  TensorList results = {loss};
  for (const Tensor &leaf : leaves)
    results.push_back(leaf.grad());
  return results;
}

constexpr int64_t columns = 3;

class Masks {
public:
  Masks(Step step, const Size &batch, const Size &length, int64_t halves)
      : halves(halves), plain(trace(step, batch, length), {"--O0"}), optimized(trace(step, batch, length)) {}

  void expectSame(int64_t batch, int64_t length, const std::vector<int64_t> &dims) {
    TensorList inputs = {ingot::randn({batch, length}), ingot::randn({length}),
                         ingot::randn({length / halves, columns})};
    std::vector<ExportedProgram::Result> results = {
        {}, {batch, length}, {length}, {length / halves, columns}};
    TensorList expected = plain(inputs, dims, results), got = optimized(inputs, dims, results);
    for (size_t i = 0; i < got.size(); ++i)
      EXPECT_TRUE(got[i].allclose(expected[i], 1e-4, 1e-4)) << "length " << length << ", result " << i;
    EXPECT_LE(optimized.workspaceBytes(dims), plain.workspaceBytes(dims));
  }

private:
  ingot::Program trace(const Step &step, const Size &batch, const Size &length) {
    auto run = [&](const Tensor &x, const Tensor &bias, const Tensor &weight) {
      return gradients(step, x, bias, weight);
    };
    return ingot::trace("run", run,
                        {{"x", {batch, length}}, {"bias", {length}}, {"weight", {length / halves, columns}}});
  }

  int64_t halves;
  ExportedProgram plain, optimized;
};

void expectSameForAllSizes(const Step &step, int64_t halves = 1) {
  ingot::manual_seed(1);
  const int64_t lengths[] = {1, 7, 8, 63, 64, 65, 1000};
  for (int64_t length : lengths)
    if (length >= halves)
      Masks(step, 5, length, halves).expectSame(5, length, {});
  ingot::Dim B("B"), T("T");
  Masks rows(step, B, 65, halves), all(step, B, T, halves);
  for (int64_t batch : {0, 1, 8, 33})
    rows.expectSame(batch, 65, {batch});
  for (int64_t length : lengths)
    all.expectSame(4, length, {4, length});
}

} // namespace

TEST(Masks, Dropout) {
  expectSameForAllSizes(
      [](const Tensor &x) { return F::dropout(F::relu(x), F::DropoutFuncOptions().p(0.4)); });
}
TEST(Masks, Clamp) {
  expectSameForAllSizes([](const Tensor &x) { return x.exp().clamp(0.5, 2); });
}
TEST(Masks, Where) {
  expectSameForAllSizes([](const Tensor &x) { return ingot::where(x.sin() > 0.2, x * 0.3, x.tanh()); });
}
TEST(Masks, ReluBeforePool) {
  auto step = [](const Tensor &x) {
    Tensor pooled = F::max_pool1d(F::relu(x.exp() - 1).unsqueeze(1), F::MaxPool1dFuncOptions(2));
    return pooled.squeeze(1).cos();
  };
  expectSameForAllSizes(step, 2);
}
