#include <iomanip> // first: its std::quoted would be taken for a function of that name of ours

#include "runtime/params/State.h"
#include "test/runtime/params/TestFiles.h"
#include "test/support/TempFolder.h"
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace ingot_rt;
using namespace ingot::test;

namespace {

// A model with the state: w, f32 [2, 2], tied to head.w, kept transposed; mask, bool [3]; step, i64 [].
const int64_t shapeW[] = {2, 2}, shapeMask[] = {3};
const char *const aliasesW[] = {"head.w", nullptr};
const ingot_state_entry entries[] = {{"w", INGOT_F32, 2, shapeW, -1, aliasesW},
                                     {"mask", INGOT_BOOL, 1, shapeMask, 16, nullptr},
                                     {"step", INGOT_I64, 0, nullptr, 24, nullptr}};

int32_t prepare(void *state, const void *const canonical[]) {
  auto *w = static_cast<float *>(state);
  auto *from = static_cast<const float *>(canonical[0]);
  for (int i = 0; i < 4; ++i)
    w[i] = from[i % 2 * 2 + i / 2];
  std::memcpy(w + 4, canonical[1], 3);
  std::memcpy(w + 6, static_cast<const int64_t *>(canonical[2]), 8);
  return INGOT_OK;
}

int32_t unprepare(const void *state, void *const canonical[]) {
  auto *w = static_cast<const float *>(state);
  for (int i = 0; i < 4; ++i)
    static_cast<float *>(canonical[0])[i % 2 * 2 + i / 2] = w[i];
  std::memcpy(canonical[1], w + 4, 3);
  std::memcpy(canonical[2], w + 6, 8);
  return INGOT_OK;
}

const Object object = {"tiny", 64, entries, 3, prepare, unprepare};

struct Weights {
  std::vector<float> w = {1, 2, 3, 4};
  std::string mask = std::string("\1\0\1", 3);
  std::vector<int64_t> step = {7};

  Tensor tensorW(const std::string &name) const {
    return {name, dtype_named("f32"), {2, 2}, {reinterpret_cast<const std::byte *>(w.data()), 16}};
  }
  Tensor tensorMask() const {
    return {"mask", dtype_named("bool"), {3}, {reinterpret_cast<const std::byte *>(mask.data()), 3}};
  }
  Tensor tensorStep() const {
    return {"step", dtype_named("i64"), {}, {reinterpret_cast<const std::byte *>(step.data()), 8}};
  }
};

/// Writes tensors as a file, loads that as state.
Status load(const std::vector<Tensor> &tensors, Buffer &state) {
  TempFolder folder;
  SafeTensors file;
  Status status = write_safetensors(folder.path("w"), tensors);
  if (status)
    status = SafeTensors::read(folder.path("w"), file);
  EXPECT_TRUE(status) << status.message();
  return load_state(object, file, "w.safetensors", state);
}

std::string errorOf(const std::vector<Tensor> &tensors) {
  Buffer state;
  Status status = load(tensors, state);
  EXPECT_EQ(status.code(), Code::tensor);
  EXPECT_EQ(state.size(), 0u);
  return status.message();
}

TEST(State, GoesFromFileToBlockAndBack) {
  Weights weights;
  Tensor unexpected = weights.tensorStep();
  unexpected.name = "optimizer";
  Buffer state;
  Status status =
      load({weights.tensorW("head.w"), weights.tensorMask(), weights.tensorStep(), unexpected}, state);
  ASSERT_TRUE(status) << status.message();
  ASSERT_EQ(state.size(), 64u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(state.data()) % alignment, 0u);
  float block[4];
  std::memcpy(block, state.data(), sizeof block);
  EXPECT_EQ(std::vector<float>(block, block + 4), (std::vector<float>{1, 3, 2, 4}));

  TempFolder folder;
  ASSERT_TRUE(save_state(object, state.data(), folder.path("saved")));
  ASSERT_TRUE(write_safetensors(folder.path("expected"), {weights.tensorW("w"), weights.tensorW("head.w"),
                                                          weights.tensorMask(), weights.tensorStep()}));
  EXPECT_EQ(readFile(folder.path("saved")), readFile(folder.path("expected")));
}

TEST(State, NamesEveryTensorThatDoesNotFit) {
  Weights weights;
  EXPECT_EQ(errorOf({weights.tensorW("w"), weights.tensorMask()}),
            "w.safetensors: does not fit model 'tiny': tensor 'step' is missing: required i64 []");
  Tensor wrong = weights.tensorW("w");
  wrong.shape = {4};
  EXPECT_EQ(errorOf({wrong, weights.tensorMask()}), "w.safetensors: does not fit model 'tiny': tensor 'w': "
                                                    "required f32 [2, 2], got f32 [4]; tensor 'step' is "
                                                    "missing: required i64 []");
  Tensor integers = weights.tensorW("w");
  integers.dtype = dtype_named("i32");
  EXPECT_EQ(errorOf({integers, weights.tensorMask(), weights.tensorStep()}),
            "w.safetensors: does not fit model 'tiny': tensor 'w': required f32 [2, 2], got i32 [2, 2]");
}

TEST(State, ChecksTiedTensorsAndBooleans) {
  Weights weights, other;
  other.w[3] = 5;
  EXPECT_EQ(
      errorOf({weights.tensorW("w"), other.tensorW("head.w"), weights.tensorMask(), weights.tensorStep()}),
      "w.safetensors: does not fit model 'tiny': tensors 'w' and 'head.w' are tied in the model but differ");
  other.mask[1] = 2;
  EXPECT_EQ(errorOf({weights.tensorW("w"), other.tensorMask(), weights.tensorStep()}),
            "w.safetensors: does not fit model 'tiny': tensor 'mask': required bytes 0 or 1, got 2");
}

TEST(State, CountsTheProblemsThatItDoesNotList) {
  std::vector<std::string> names;
  std::vector<ingot_state_entry> many;
  for (int i = 0; i < 20; ++i)
    names.push_back("p" + std::to_string(i));
  for (const std::string &name : names)
    many.push_back({name.c_str(), INGOT_F32, 0, nullptr, -1, nullptr});
  Object large = object;
  large.states = many.data();
  large.stateCount = 20;
  Buffer state;
  std::string message = load_state(large, SafeTensors(), "w", state).message();
  EXPECT_NE(message.find("'p7' is missing"), std::string::npos);
  EXPECT_EQ(message.find("'p8'"), std::string::npos);
  EXPECT_EQ(message.substr(message.size() - 13), "; and 12 more");
}

TEST(State, AlignsTensorsThatLieOddlyInTheirFile) {
  std::string data = std::string("\1\0\1", 3) + std::string(24, '\0');
  float one = 1;
  std::memcpy(data.data() + 3 + 4, &one, 4); // w[0][1]
  std::string bytes = fileOf(R"({"mask":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]},)"
                             R"("w":{"dtype":"F32","shape":[2,2],"data_offsets":[3,19]},)"
                             R"("step":{"dtype":"I64","shape":[],"data_offsets":[19,27]}})",
                             data);
  SafeTensors file;
  ASSERT_TRUE(SafeTensors::parse(Buffer::borrow(bytes.data(), bytes.size()), "w", file));
  Buffer state;
  ASSERT_TRUE(load_state(object, file, "w",
                         state)); // prepare() reads floats and int64_t: UBSan sees a misaligned one
  float block[4];
  std::memcpy(block, state.data(), sizeof block);
  EXPECT_EQ(block[2], 1);
}

} // namespace
