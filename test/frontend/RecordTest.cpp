// Recording and reading, with a backend that only keeps the IR.
#include "ingot/ingot.h"
#include "test/frontend/FakeBackend.h"
#include <gtest/gtest.h>
#include <thread>

using namespace ingot;
using ingot::test::fakeBackend;

namespace {

int64_t countOf(const std::string &text, const std::string &part) {
  int64_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}
const std::string &lastModule() { return fakeBackend().modules.back(); }

/// The IR that reading `tensor` compiles.
std::string irOf(const Tensor &tensor) {
  tensor.const_data_ptr<float>();
  return lastModule();
}

TEST(Record, OneOpAFunctionWithItsPromotionsAndBroadcasts) {
  Tensor a = tensor({{1, 2}, {3, 4}}), b = tensor({0.5, 1.5});
  std::string ir = irOf(a * b);
  EXPECT_EQ(countOf(ir, "ingot.cast %"), 1) << ir;
  EXPECT_EQ(countOf(ir, "ingot.broadcast %"), 1) << ir;
  EXPECT_EQ(countOf(ir, "ingot.mul %"), 1) << ir;
}

TEST(Record, PromotesAsPyTorch) {
  Tensor i = tensor({1, 2}), f = tensor({1.0, 2.0}), d0 = tensor(2.0, kFloat64), b = tensor({true, false});
  Tensor h = f.to(kFloat16), bf = f.to(kBFloat16);
  EXPECT_EQ((i + f).dtype(), kFloat32);
  EXPECT_EQ((f + d0).dtype(), kFloat32); // a tensor without dimensions does not widen
  EXPECT_EQ((i + d0).dtype(), kFloat64);
  EXPECT_EQ((i + 1.5).dtype(), kFloat32);
  EXPECT_EQ((f + 1).dtype(), kFloat32);
  EXPECT_EQ((h + 1.5).dtype(), kFloat16);
  EXPECT_EQ((h + bf).dtype(), kFloat32);
  EXPECT_EQ((b + b).dtype(), kBool);
  EXPECT_EQ((b + 1).dtype(), kInt64);
  EXPECT_EQ((i / i).dtype(), kFloat32);
  EXPECT_EQ((i.exp()).dtype(), kFloat32);
  EXPECT_EQ((i.floor()).dtype(), kInt64);
  EXPECT_EQ((i > 1).dtype(), kBool);
  EXPECT_EQ(b.sum().dtype(), kInt64);
  EXPECT_EQ(i.pow(2).dtype(), kInt64);
}

TEST(Record, ErasesWhatNobodyReaches) {
  Tensor x = tensor({1.0, 2.0});
  Tensor y = x + 1;
  {
    Tensor dropped = (x * 3).exp();
  }
  std::string ir = irOf(y);
  EXPECT_EQ(countOf(ir, "ingot.exp"), 0) << ir;
  EXPECT_EQ(countOf(ir, "ingot.mul"), 0) << ir;
}

TEST(Record, ErasesSharedOperandsOnce) {
  Tensor x = tensor({1.0, 2.0});
  {
    Tensor b = x.exp(), a = b.relu(), d = b + a;
    b = a = Tensor();
  }
  Tensor y = x + 1;
  EXPECT_EQ(countOf(irOf(y), "ingot.exp"), 0) << lastModule();
}

TEST(Record, ComputesAllLiveValuesInOneFunction) {
  Tensor x = tensor({1.0, 2.0});
  Tensor y = x + 1, z = y * 2;
  int calls = fakeBackend().calls;
  z.const_data_ptr<float>();
  y.const_data_ptr<float>();
  EXPECT_EQ(fakeBackend().calls, calls + 1);
}

TEST(Record, CompilesOnceForAllNumbersAndPlaces) {
  Tensor x = tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}, {7.0, 8.0, 9.0}});
  auto step = [&](int64_t row, double rate) { (x[row] * rate + rand({3})).sum().item<float>(); };
  step(0, 0.1);
  size_t compiled = fakeBackend().modules.size();
  for (int64_t i = 0; i < 6; ++i)
    step(i % 3, 0.5 * static_cast<double>(i));
  EXPECT_EQ(fakeBackend().modules.size(), compiled);
}

TEST(Record, KeepsStructureApart) {
  Tensor x = tensor({{1.0, 2.0}, {3.0, 4.0}});
  x.sum(0).const_data_ptr<float>();
  size_t compiled = fakeBackend().modules.size();
  x.sum(1).const_data_ptr<float>();
  EXPECT_EQ(fakeBackend().modules.size(), compiled + 1);
  x.pow(2).const_data_ptr<float>();
  x.pow(3).const_data_ptr<float>();
  EXPECT_EQ(fakeBackend().modules.size(), compiled + 3);
}

TEST(Record, WritesThroughViews) {
  Tensor x = tensor({{1.0, 2.0}, {3.0, 4.0}});
  x.t().select(0, 1).view({2, 1}).mul_(10);
  std::string ir = irOf(x);
  EXPECT_EQ(countOf(ir, "ingot.insert_slice"), 1) << ir;
  EXPECT_EQ(countOf(ir, "ingot.transpose"), 2) << ir;
  x[0] = 7;
  x.index_put_({indexing::Slice(), 1}, tensor({5.0, 6.0}));
  EXPECT_EQ(countOf(irOf(x), "ingot.insert_slice"), 2) << lastModule();
}

TEST(Record, RefusesToWriteExpandedTensors) {
  EXPECT_THROW(tensor({1.0}).expand({3}).add_(1), Error);
  EXPECT_NO_THROW(tensor({1.0}).expand({1}).add_(1));
}

TEST(Record, SeesNewerValuesOfTheBase) {
  Tensor x = tensor({1.0, 2.0});
  Tensor view = x.narrow(0, 0, 1), before = view + 0;
  x.fill_(5);
  std::string ir = irOf(view * 2);
  EXPECT_EQ(countOf(ir, "ingot.slice"), 2) << ir; // of the old elements for `before`, of the new ones
  EXPECT_TRUE(before.defined());
}

TEST(Record, PinsWhatADataPointerWasHandedOutFor) {
  Tensor x = tensor({1.0, 2.0, 3.0}), copy = x.clone();
  float *data = x.data_ptr<float>();
  data[1] = 20;
  EXPECT_EQ(x.select(0, 1).data_ptr<float>(), data + 1);
  EXPECT_EQ((x.accessor<float, 1>()[1]), 20);
  EXPECT_EQ(copy.const_data_ptr<float>()[1], 2);
  Tensor y = x + 1; // what was there now
  data[0] = 100;
  x.zero_(); // written at once
  EXPECT_EQ(x.data_ptr<float>(), data);
  EXPECT_EQ(data[0], 0);
  EXPECT_THROW(x.data_ptr<int64_t>(), Error);
  EXPECT_THROW(tensor({{1.0, 2.0}, {3.0, 4.0}}).t().data_ptr<float>(), Error);
}

TEST(Record, WrapsTheCallersMemory) {
  float memory[] = {1, 2, 3, 4};
  Tensor x = from_blob(memory, {2, 2});
  EXPECT_EQ(x.data_ptr<float>(), memory);
  x.fill_(9);
  EXPECT_EQ(memory[3], 0); // by the function of this backend
}

TEST(Record, ReadsFromOtherThreads) {
  Tensor x = tensor({1.0, 2.0}), y;
  std::thread([&] { y = x + 1; }).join();
  EXPECT_EQ(y.const_data_ptr<float>()[0], 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int step = 0; step < 50; ++step)
        (y * i + x).sum().item<float>();
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(Record, LeavesStoragesAsTheyWereWhenComputingFails) {
  Tensor x = tensor({1.0, 2.0});
  x.add_(1);
  Tensor y = x * 2;
  fakeBackend().status = 3;
  EXPECT_THROW(y.item(), Error); // two elements
  EXPECT_THROW(y.const_data_ptr<float>(), Error);
  fakeBackend().status = 0;
  EXPECT_EQ(x.const_data_ptr<float>()[1], 2);
  EXPECT_THROW(y.const_data_ptr<float>(), Error);
}

TEST(Record, SkipsValuesThatAreOverwrittenBeforeAnyoneReads) {
  Tensor x = zeros({4});
  x.uniform_(-1, 1);
  float elements[] = {1, 2, 3, 4};
  detail::writeBytes(x, elements, sizeof elements);
  int calls = fakeBackend().calls;
  EXPECT_EQ(x.const_data_ptr<float>()[2], 3);
  EXPECT_EQ(fakeBackend().calls, calls);
}

TEST(Record, BoundsWhatIsPending) {
  Tensor x = tensor({1.0});
  int calls = fakeBackend().calls;
  for (int i = 0; i < 3000; ++i)
    x = x + 1;
  EXPECT_GT(fakeBackend().calls, calls);
}

} // namespace
