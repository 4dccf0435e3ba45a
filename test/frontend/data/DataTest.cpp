// Data sets, loaders and the progress bar; parts at computed positions.
#include "test/frontend/Expect.h"
#include "test/support/TempFolder.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <numeric>
#include <sstream>
#include <thread>

using namespace ingot;
using namespace ingot::test;
using data::datasets::MNIST;
using data::samplers::RandomSampler;
using data::samplers::SequentialSampler;

namespace {

template <class Self> struct SquaresOf : data::Dataset<Self> {
  data::Example<> get(size_t i) override { return {full({1, 2}, double(i)), tensor(int64_t(i * i))}; }
  std::optional<size_t> size() const override { return 7; }
};
struct Squares : SquaresOf<Squares> {};

template <class Loader> std::vector<std::vector<int64_t>> targetsOf(Loader &loader) {
  std::vector<std::vector<int64_t>> batches;
  for (auto &batch : loader) {
    const int64_t *first = batch.target.template const_data_ptr<int64_t>();
    batches.emplace_back(first, first + int64_t(batch.target.numel()));
  }
  return batches;
}

TEST(DataLoader, InOrder) {
  auto stacked = Squares().map(data::transforms::Stack<>());
  auto loader = data::make_data_loader<SequentialSampler>(stacked, 3);
  using Batches = std::vector<std::vector<int64_t>>;
  EXPECT_EQ(targetsOf(*loader), (Batches{{0, 1, 4}, {9, 16, 25}, {36}}));
  auto full = data::make_data_loader<SequentialSampler>(
      stacked, data::DataLoaderOptions().batch_size(3).drop_last(true));
  EXPECT_EQ(targetsOf(*full), (Batches{{0, 1, 4}, {9, 16, 25}}));
  EXPECT_EQ(loader->begin()->data.sizes(), (Shape{3, 1, 2}));
  EXPECT_NE(errorOf([&] { data::make_data_loader(stacked, size_t(0)); }).find("batch_size"),
            std::string::npos);
}

TEST(DataLoader, ShufflesBySeed) {
  auto loader = data::make_data_loader<RandomSampler>(Squares().map(data::transforms::Stack<>()), 7);
  manual_seed(3);
  auto first = targetsOf(*loader), second = targetsOf(*loader);
  manual_seed(3);
  EXPECT_EQ(targetsOf(*loader), first);
  EXPECT_NE(first, second);
  std::ranges::sort(second.at(0));
  EXPECT_EQ(second.at(0), (std::vector<int64_t>{0, 1, 4, 9, 16, 25, 36}));
}

TEST(DataLoader, TransformsExamples) {
  auto set = Squares()
                 .map(data::transforms::Lambda<data::Example<>>(
                     [](data::Example<> e) { return data::Example<>(e.data.view({2, 1, 1}), e.target + 1); }))
                 .map(data::transforms::Normalize<>({1, 2}, {0.5, 4}))
                 .map(data::transforms::Stack<>());
  data::Example<> batch = set.get_batch({3, 5});
  EXPECT_TRUE(batch.data.equal(tensor({{4.0, 0.25}, {8.0, 0.75}}).view({2, 2, 1, 1})));
  EXPECT_TRUE(batch.target.equal(tensor({int64_t(10), int64_t(26)})));
  auto uneven = [] {
    return data::transforms::Stack<>().apply_batch({{zeros({2}), zeros({})}, {zeros({3}), zeros({})}});
  };
  EXPECT_NE(errorOf(uneven).find("equal sizes"), std::string::npos);
}

data::DataLoaderOptions workers(size_t count) { return data::DataLoaderOptions(2).workers(count); }

TEST(DataLoader, WorkersKeepTheOrder) {
  struct Uneven : SquaresOf<Uneven> { // later examples are ready sooner
    data::Example<> get(size_t i) override {
      std::this_thread::sleep_for(std::chrono::milliseconds(2 * (7 - i)));
      return SquaresOf::get(i);
    }
  };
  auto set = Uneven().map(data::transforms::Stack<>());
  using Batches = std::vector<std::vector<int64_t>>;
  auto loader = data::make_data_loader<SequentialSampler>(set, workers(3));
  EXPECT_EQ(loader->options().max_jobs(), 6u);
  for (int epoch = 0; epoch < 2; ++epoch)
    EXPECT_EQ(targetsOf(*loader), (Batches{{0, 1}, {4, 9}, {16, 25}, {36}}));
  EXPECT_EQ((*loader->begin()).target[1].item<int64_t>(), 1); // the rest of the epoch is dropped
  auto full = data::make_data_loader<SequentialSampler>(set, workers(2).drop_last(true).max_jobs(1));
  EXPECT_EQ(targetsOf(*full), (Batches{{0, 1}, {4, 9}, {16, 25}}));
  auto any = data::make_data_loader<SequentialSampler>(set, workers(3).enforce_ordering(false));
  Batches batches = targetsOf(*any);
  std::ranges::sort(batches);
  EXPECT_EQ(batches, (Batches{{0, 1}, {4, 9}, {16, 25}, {36}}));
  auto shuffled = data::make_data_loader<RandomSampler>(set, workers(2));
  manual_seed(3);
  auto first = targetsOf(*shuffled);
  manual_seed(3);
  EXPECT_EQ(targetsOf(*shuffled), first);
}

TEST(DataLoader, WorkersComputeBesideTraining) {
  Tensor table = arange(7, kFloat32) * 3; // recorded here, read by the workers
  struct Rows : data::Dataset<Rows> {
    explicit Rows(Tensor table) : table(std::move(table)) {}
    data::Example<> get(size_t i) override {
      return {(table[int64_t(i)] + 1).exp().log(), table[int64_t(i)]};
    }
    std::optional<size_t> size() const override { return 7; }
    Tensor table;
  };
  auto loader =
      data::make_data_loader<SequentialSampler>(Rows(table).map(data::transforms::Stack<>()), workers(3));
  Tensor weight = ones({}, requires_grad());
  for (int epoch = 0; epoch < 5; ++epoch)
    for (auto &batch : *loader) {
      Tensor loss = (weight * batch.data - batch.target).square().sum();
      loss.backward();
      EXPECT_TRUE(allclose(batch.data, batch.target + 1));
    }
}

TEST(DataLoader, WorkersReportWhatGoesWrong) {
  struct Broken : SquaresOf<Broken> {
    data::Example<> get(size_t i) override {
      if (i == 3)
        throw std::runtime_error("no example 3");
      if (i == 5)
        zeros({2}).narrow(0, tensor(int64_t(4)), 1).item(); // an error of computing
      return SquaresOf::get(i);
    }
  };
  auto loader =
      data::make_data_loader<SequentialSampler>(Broken().map(data::transforms::Stack<>()), workers(2));
  auto batch = loader->begin();
  EXPECT_NE(errorOf([&] { ++batch; }).find("no example 3"), std::string::npos);
  try {
    ++batch;
    ADD_FAILURE() << "no error";
  } catch (const data::WorkerException &error) {
    EXPECT_THROW(std::rethrow_exception(error.original_exception), Error);
  }
  EXPECT_EQ((++batch)->target[0].item<int64_t>(), 36); // the epoch goes on
  EXPECT_TRUE(++batch == loader->end());
}

TEST(DataLoader, WorkersHaveATimeLimit) {
  struct Slow : SquaresOf<Slow> {
    data::Example<> get(size_t i) override {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      return SquaresOf::get(i);
    }
  };
  auto loader = data::make_data_loader<SequentialSampler>(Slow().map(data::transforms::Stack<>()),
                                                          workers(1).timeout(std::chrono::milliseconds(10)));
  EXPECT_NE(errorOf([&] { loader->begin(); }).find("timeout of 10 ms"), std::string::npos);
  EXPECT_NE(errorOf([&] {
              data::make_data_loader<SequentialSampler>(Slow().map(data::transforms::Stack<>()),
                                                        workers(1).max_jobs(0));
            }).find("max_jobs must be positive"),
            std::string::npos);
}

TEST(DataLoader, Streams) {
  struct Counter : data::StreamDataset<Counter, Tensor> {
    Tensor get_batch(size_t count) override {
      Tensor batch = arange(int64_t(next), int64_t(next + count), kInt64);
      next += count;
      return batch;
    }
    std::optional<size_t> size() const override { return std::nullopt; }
    size_t next = 0;
  };
  for (size_t threads : {0, 1}) {
    auto loader = data::make_data_loader(Counter(), data::samplers::StreamSampler(5), workers(threads));
    std::vector<int64_t> sums;
    for (Tensor &batch : *loader)
      sums.push_back(batch.sum().item<int64_t>());
    EXPECT_EQ(sums, (std::vector<int64_t>{1, 5, 4}));
  }
}

/// The numbers below an end, which it knows itself; for several threads.
struct Numbers : data::StatefulDataset<Numbers, std::vector<int64_t>> {
  struct Position {
    std::mutex mutex;
    int64_t next = 0;
  };
  explicit Numbers(int64_t end) : end(end) {}
  std::optional<std::vector<int64_t>> get_batch(size_t count) override {
    std::lock_guard lock(position->mutex);
    std::vector<int64_t> batch;
    while (batch.size() < count && position->next < end)
      batch.push_back(position->next++);
    return batch.empty() ? std::nullopt : std::optional(batch);
  }
  std::optional<size_t> size() const override { return std::nullopt; }
  void reset() override { position->next = 0; }
  void save(serialize::OutputArchive &archive) const override {
    archive.write("next", IValue(position->next));
  }
  void load(serialize::InputArchive &archive) override {
    IValue next;
    archive.read("next", next);
    position->next = next.toInt();
  }
  int64_t end;
  std::shared_ptr<Position> position = std::make_shared<Position>();
};

TEST(DataLoader, DataSetsWithAnEnd) {
  for (size_t threads : {0, 1, 3}) {
    auto loader = data::make_data_loader(Numbers(7), workers(threads));
    for (int epoch = 0; epoch < 2; ++epoch) {
      std::vector<int64_t> seen;
      for (std::vector<int64_t> &batch : *loader)
        seen.insert(seen.end(), batch.begin(), batch.end());
      std::ranges::sort(seen);
      EXPECT_EQ(seen, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6})) << threads << " workers";
    }
  }
  struct Sum : data::transforms::BatchTransform<std::vector<int64_t>, int64_t> {
    int64_t apply_batch(std::vector<int64_t> batch) override {
      return std::accumulate(batch.begin(), batch.end(), int64_t(0));
    }
  };
  auto sums = data::make_data_loader(Numbers(5).map(Sum()), workers(0));
  std::vector<int64_t> seen;
  for (int64_t sum : *sums)
    seen.push_back(sum);
  EXPECT_EQ(seen, (std::vector<int64_t>{1, 5, 4}));
}

TEST(DataLoader, PositionsOfDataSetsAreSaved) {
  Numbers numbers(9), later(9);
  numbers.get_batch(4);
  std::stringstream file;
  serialize::OutputArchive out;
  numbers.save(out);
  out.save_to(file);
  serialize::InputArchive in;
  in.load_from(file);
  later.load(in);
  EXPECT_EQ(later.get_batch(2), (std::vector<int64_t>{4, 5}));
}

std::string big(uint32_t number) {
  return {char(number >> 24), char(number >> 16), char(number >> 8), char(number)};
}

TEST(Mnist, ReadsIdxFiles) {
  test::TempFolder folder;
  test::writeFile(folder.path("train-images-idx3-ubyte"),
                  big(0x803) + big(2) + big(1) + big(2) + "\x01\xff\x02\x03");
  test::writeFile(folder.path("train-labels-idx1-ubyte"), big(0x801) + big(2) + "\x07\x09");
  MNIST set(folder.path());
  EXPECT_EQ(set.size(), 2u);
  EXPECT_TRUE(set.is_train());
  EXPECT_TRUE(set.get(1).data.equal(tensor({2.0f / 255, 3.0f / 255}).view({1, 1, 2})));
  EXPECT_EQ(set.get(1).target.item<int64_t>(), 9);
  EXPECT_NE(errorOf([&] { set.get(2); }).find("below 2"), std::string::npos);
}

TEST(Mnist, RefusesBadFiles) {
  test::TempFolder folder;
  auto message = [&] { return errorOf([&] { MNIST set(folder.path(), MNIST::Mode::kTest); }); };
  EXPECT_NE(message().find("t10k-images-idx3-ubyte"), std::string::npos);
  std::string images = folder.path("t10k-images-idx3-ubyte");
  test::writeFile(images, "no");
  EXPECT_NE(message().find("an IDX file of bytes with 3 dimensions"), std::string::npos);
  test::writeFile(images, big(0x803) + big(2) + big(1) + big(2) + "\x01\x02\x03");
  EXPECT_NE(message().find("4 bytes of data"), std::string::npos);
  test::writeFile(images, big(0x803) + big(2) + big(1) + big(2) + "\x01\x02\x03\x04");
  test::writeFile(folder.path("t10k-labels-idx1-ubyte"), big(0x801) + big(1) + "\x07");
  EXPECT_NE(message().find("as many labels as images"), std::string::npos);
}

TEST(Progress, PlainLines) {
  std::FILE *file = std::tmpfile();
  data::ProgressOptions options;
  options.stream = file, options.terminal = false, options.interval = 0;
  data::Progress progress(2, 2, options);
  EXPECT_TRUE(progress.step(3, 8));
  EXPECT_FALSE(progress.step(NAN, 8));
  progress.finish("accuracy 0.5");
  progress.step(1);
  EXPECT_EQ(progress.meanLoss(), 1);
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  EXPECT_EQ(text.find("epoch 1/2 1/2  loss 3.0000"), 0u);
  EXPECT_NE(text.find("accuracy 0.5"), std::string::npos);
  EXPECT_NE(text.find("epoch 2/2 1/2  loss 1.0000"), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(Narrow, AtComputedPosition) {
  Tensor x = arange(6, kFloat32).view({3, 2}), at = tensor(int64_t(1));
  EXPECT_TRUE(x.narrow(0, at, 2).equal(tensor({{2.0, 3.0}, {4.0, 5.0}})));
  x.narrow(0, at - 2, 1).copy_(tensor({{7.0, 8.0}})); // from the end
  EXPECT_TRUE(x[2].equal(tensor({7.0, 8.0})));
  EXPECT_NE(errorOf([&] { x.narrow(0, at + 1, 2).sum().item(); }).find("must be in [0, 2), got 2"),
            std::string::npos);
}

TEST(State, IsWrittenByPrograms) {
  State cache("cache", zeros({4, 2}));
  Program put = trace("put", [&](Tensor row, Tensor at) { cache->narrow(0, at, 1).copy_(row); },
                      {{"row", {1, 2}}, {"at", {}, kInt64}});
  EXPECT_NE(put.str().find("ingot.state = \"cache\""), std::string::npos);
  EXPECT_TRUE(cache->equal(zeros({4, 2})));
  EXPECT_NE(errorOf([] { State("a..b", zeros({1})); }).find("keys joined by dots"), std::string::npos);
  EXPECT_NE(errorOf([] { State("part", zeros({2, 2})[0]); }).find("view"), std::string::npos);
}

} // namespace
