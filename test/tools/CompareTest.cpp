// What the conformance runner takes for a difference.
#include "tools/conformance/Compare.h"
#include <cstring>
#include <deque>
#include <gtest/gtest.h>

using namespace ingot;
using namespace ingot::conformance;

namespace {

/// A case whose tensors are put in one by one.
class MadeCase : public Case {
public:
  MadeCase(const char *kind, const char *target) { this->kind = kind, this->target = target; }

  template <class T> void put(const std::string &role, std::vector<int64_t> shape, std::vector<T> elements) {
    auto &bytes = memory.emplace_back(elements.size() * sizeof(T));
    std::memcpy(bytes.data(), elements.data(), bytes.size());
    const char *type = std::is_same_v<T, float> ? "F32" : "I64";
    stored.push_back({role, ingot_rt::dtype_in_file(type), std::move(shape), {bytes.data(), bytes.size()}});
    tensors[role] = &stored.back();
  }

private:
  std::deque<std::vector<std::byte>> memory;
  std::deque<Stored> stored;
};

std::string failureOf(const Case &c, const Run &run, bool exported = false) {
  try {
    compare(c, run, exported);
  } catch (const Failure &failure) {
    return failure.what();
  }
  return "no failure";
}

/// Of 2 x 3, the two largest of each column.
std::string failureOfTopk(const std::vector<int64_t> &indices) {
  MadeCase c("tensor", "topk");
  c.args = Json::array({Json{{"tensor", 0}}, 2, 0});
  c.argNames = {"self", "k", "dim"};
  c.put<float>("in.0", {3, 2}, {1, 5, 1, 4, 1, 5});
  c.put<float>("out.0", {2, 2}, {1, 5, 1, 5});
  c.put<int64_t>("out.1", {2, 2}, {0, 0, 1, 2});
  Run run;
  run.outputs = {tensor({{1.0, 5.0}, {1.0, 5.0}}), tensor(indices, kInt64).view({2, 2})};
  return failureOf(c, run);
}

TEST(Compare, IndicesOfTopkAreAnyOfEqualElements) {
  EXPECT_EQ(failureOfTopk({0, 0, 1, 2}), "no failure");
  EXPECT_EQ(failureOfTopk({2, 2, 0, 0}), "no failure");
  const std::string right = ": expected the index of an element that is as large and not taken, got ";
  EXPECT_EQ(failureOfTopk({1, 0, 1, 2}), "out.1: element 2" + right + "1"); // taken
  EXPECT_EQ(failureOfTopk({0, 0, 1, 1}), "out.1: element 3" + right + "1"); // 4
  EXPECT_EQ(failureOfTopk({0, 0, 3, 2}), "out.1: element 2" + right + "3");
  EXPECT_EQ(failureOfTopk({0, 0, -1, 2}), "out.1: element 2" + right + "-1");
}

TEST(Compare, WhatIsStoredIsCompared) {
  MadeCase c("tensor", "relu");
  c.gradients = true;
  c.put<float>("in.0", {2}, {-1, 2});
  c.put<float>("out.0", {2}, {0, 2});
  c.put<float>("cotangent.0", {2}, {3, 4});
  c.put<float>("grad.in.0", {2}, {0, 4});
  Tensor x = tensor({-1.0, 2.0}, requires_grad());
  conformance::Run run;
  run.outputs = {x.relu()};
  EXPECT_EQ(failureOf(c, run), "nothing was compared with 'grad.in.0'");
  run.outputs = {x.relu()};
  run.leaves["in.0"] = x;
  x.mutable_grad().reset();
  EXPECT_EQ(failureOf(c, run), "no failure");

  // Of an export, the gradients are results.
  EXPECT_EQ(failureOf(c, run, /*exported=*/true), "nothing was compared with 'grad.in.0'");
  run.after["grad.in.0"] = tensor({0.0, 4.0});
  EXPECT_EQ(failureOf(c, run, /*exported=*/true), "no failure");

  c.put<float>("buffer_after.mean", {}, {1});
  EXPECT_EQ(failureOf(c, run, /*exported=*/true), "nothing was compared with 'buffer_after.mean'");
}

} // namespace
