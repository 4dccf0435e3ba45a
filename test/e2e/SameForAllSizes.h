// One exported program for all sizes agrees with what is compiled for each of them.
//
//   nn::LSTM lstm(3, 4);
//   auto f = [&](const TensorList &x) { return TensorList{std::get<0>(lstm(x[0]))}; };
//   expectSameForAllSizes(withGradients(lstm.ptr(), f),
//                         [](const Size &T, const Size &B) { return std::vector<Shape>{{T, B, 3}}; });
#pragma once
#include "ingot/ingot.h"
#include "tools/conformance/ExportedProgram.h"
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

namespace ingot::test {

/// From tensors to tensors, all of float32.
using Function = std::function<TensorList(const TensorList &)>;
/// The sizes of its inputs, for a length and a batch. T stands before B: a program's dimensions are in the order of their
/// first use.
using SizesOfInputs = std::function<std::vector<Shape>(const Size &T, const Size &B)>;
/// A length and a batch.
using SizesOfCall = std::vector<std::pair<int64_t, int64_t>>;

inline void expectSame(const Tensor &got, const Tensor &expected, int64_t length) {
  ASSERT_EQ(got.sizes(), expected.sizes()) << "length " << length;
  if (int64_t(got.numel()) == 0)
    return;
  float most = (got - expected).abs().max().item<float>();
  EXPECT_LT(most, 2e-5f * (1 + expected.abs().max().item<float>())) << "length " << length;
}

/// `f`, and the gradients of a weighted sum of its results with respect to its inputs and the parameters of `module`.
inline Function withGradients(std::shared_ptr<nn::Module> module, Function f) {
  return [module = std::move(module), f = std::move(f)](const TensorList &inputs) {
    TensorList leaves;
    for (const Tensor &input : inputs)
      leaves.push_back(input.detach().requires_grad_());
    module->zero_grad();
    TensorList results = f(leaves);
    Tensor loss = zeros({});
    for (const Tensor &y : results)
      loss = loss + (y * (arange(y.numel(), kFloat32) * 0.37).sin().view(y.sizes())).sum();
    loss.backward();
    for (const TensorList &each : {leaves, module->parameters()})
      for (const Tensor &leaf : each)
        if (leaf.grad().defined())
          results.push_back(leaf.grad());
    return results;
  };
}

/// Nothing, one, two, odd and long.
inline const SizesOfCall allSizes = {{0, 5}, {1, 1}, {2, 5}, {7, 1}, {100, 3}};

inline void expectSameForAllSizes(const Function &f, const SizesOfInputs &sizesOf,
                                  const SizesOfCall &calls = allSizes) {
  Dim T("T"), B("B");
  std::vector<TensorSpec> specs;
  for (const Shape &sizes : sizesOf(T, B))
    specs.emplace_back("x" + std::to_string(specs.size()), sizes);
  auto traced = [&](const auto &...x) { return f({x...}); };
  conformance::ExportedProgram exported(trace("run", traced, specs));
  for (auto [length, batch] : calls) {
    TensorList inputs;
    for (const Shape &sizes : sizesOf(length, batch))
      inputs.push_back(randn(sizes));
    TensorList expected = f(inputs);
    std::vector<conformance::ExportedProgram::Result> results;
    for (const Tensor &each : expected)
      results.emplace_back(each.sizes().vec(), kFloat32);
    TensorList got = exported(inputs, {length, batch}, results);
    for (size_t i = 0; i < expected.size(); ++i)
      expectSame(got[i], expected[i], length);
  }
}

} // namespace ingot::test
