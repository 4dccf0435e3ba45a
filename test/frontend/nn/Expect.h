// What the tests of nn share: comparing elements, and the text of an Error.
#pragma once
#include "ingot/ingot.h"
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

namespace ingot::test {

inline std::vector<float> elements(const Tensor &tensor) {
  Tensor floats = tensor.to(kFloat32);
  const float *data = floats.const_data_ptr<float>();
  return {data, data + int64_t(floats.numel())};
}

/// 0, 1, 2 ... in these sizes.
inline Tensor counting(const Shape &sizes) { return arange(Scalar(sizes.numel()), kFloat32).view(sizes); }

/// Sizes and elements, the latter within 1e-5 of what is expected.
inline void expectTensor(const Tensor &tensor, const std::vector<int64_t> &sizes,
                         const std::vector<float> &expected, float tolerance = 1e-5f) {
  EXPECT_EQ(tensor.sizes().vec(), sizes);
  std::vector<float> got = elements(tensor);
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i)
    if (std::isnan(expected[i]))
      EXPECT_TRUE(std::isnan(got[i])) << "at " << i << ": " << got[i];
    else if (got[i] != expected[i]) // infinities have no distance
      EXPECT_NEAR(got[i], expected[i], tolerance) << "at " << i;
}

/// What a call that must throw ingot::Error says, without the place.
inline std::string errorOf(const std::function<void()> &call) {
  try {
    call();
  } catch (const Error &error) {
    std::string text = error.what();
    if (error.line() != 0)
      text = text.substr(text.find(": ") + 2);
    return text;
  }
  return "no error";
}

/// Where a call that must throw ingot::Error says the mistake is, relative to `line`.
inline int errorLine(const std::function<void()> &call) {
  try {
    call();
  } catch (const Error &error) {
    return error.line();
  }
  return -1;
}

template <class T> std::string textOf(const T &value) {
  std::ostringstream stream;
  stream << value;
  return stream.str();
}

} // namespace ingot::test
