#include "runtime/params/Model.h"
#include <gtest/gtest.h>

using namespace ingot_rt;

namespace {

const Object object = {"tiny", 0, nullptr, 0, nullptr, nullptr};

/// As an emitted header has it: one function, without state.
struct Tiny : ModelBase {
  Tiny() : ModelBase(Buffer()) {}
  explicit Tiny(ModelBase base) : ModelBase(std::move(base)) {}
  static Tiny failed() { return Tiny(load_model(object, "/no/such")); }

  Status infer() {
    return Call(*this, "tiny::Model::infer").run([&](const ingot_host *) {
      return ++ran, int32_t(INGOT_OK);
    });
  }
  Status save() const { return save_model(object, "/no/such/file"); }
  Tiny clone() const { return Tiny(clone_model(object)); }
  int ran = 0;
};

TEST(Model, WhatWasMovedFromCannotBeCalled) {
  Tiny first;
  EXPECT_TRUE(first.infer());
  Tiny second = std::move(first);
  EXPECT_TRUE(second);
  EXPECT_TRUE(second.infer());
  EXPECT_EQ(second.ran, 2);

  EXPECT_FALSE(first);
  for (const Status &status : {first.infer(), first.save(), first.clone().status()}) {
    EXPECT_EQ(status.code(), Code::not_loaded);
    EXPECT_EQ(status.message(), "the model was moved to another one");
  }
  EXPECT_EQ(first.ran, 1);

  first = std::move(second); // again one that can be called
  EXPECT_TRUE(first.infer());
  EXPECT_FALSE(second);
  EXPECT_FALSE(second.infer());
}

TEST(Model, KeepsWhyItWasNotLoaded) {
  Tiny first = Tiny::failed(), second = std::move(first);
  EXPECT_FALSE(second);
  for (const Status &status : {second.status(), second.infer(), second.save(), second.clone().status()})
    EXPECT_EQ(status.message(), "/no/such: cannot be opened: No such file or directory");
  EXPECT_EQ(first.infer().message(), "the model was moved to another one");
}

} // namespace
