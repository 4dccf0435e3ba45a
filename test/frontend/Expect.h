// What tests of the public API share: elements as numbers, gradients of leaves, the text of an Error.
#pragma once
#include "ingot/ingot.h"
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace ingot::test {

using List = std::vector<double>;

/// The elements as numbers.
inline List values(const Tensor &tensor) {
  Tensor flat = tensor.to(kFloat64).flatten();
  const double *data = flat.const_data_ptr<double>();
  return {data, data + int64_t(flat.numel())};
}

inline Tensor leaf(const TensorData &data) { return tensor(data, requires_grad()); }

inline void expectClose(const Tensor &got, const TensorData &wanted) {
  ASSERT_TRUE(got.defined());
  Tensor expected = tensor(wanted, got.dtype());
  EXPECT_TRUE(got.allclose(expected)) << got << " instead of " << expected;
}

/// The text of the Error that `f` throws.
template <class F> std::string errorOf(F &&f) {
  try {
    f();
  } catch (const Error &error) {
    return error.what();
  }
  return "no error";
}

inline bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

} // namespace ingot::test

/// The statement throws an Error whose text contains `part`.
#define EXPECT_ERROR(part, ...)                                                                              \
  EXPECT_PRED2(ingot::test::contains, ingot::test::errorOf([&] { __VA_ARGS__; }), std::string(part))
