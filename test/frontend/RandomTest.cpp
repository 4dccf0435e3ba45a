// Random numbers: those of Philox4x32-10, element by element; that draws have the distributions they claim (Kolmogorov and
// Smirnov's test, chi-square tests, moments) and successive calls have nothing to do with each other. Seeds are fixed, so a
// test passes always or never; limits are those of a significance of 0.1 % or less.
#include "ingot/functional/aliases.h"
#include "test/frontend/Expect.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <numbers>
#include <set>

using namespace ingot;
using namespace ingot::test;
namespace nn = ingot::nn;
namespace F = ingot::nn::functional;

namespace {

//===--- the generator ------------------------------------------------------------------------------------------===//

using Block = std::array<uint32_t, 4>;

/// Salmon, Moraes, Dror, Shaw (2011): Parallel random numbers: as easy as 1, 2, 3.
Block philox(Block c, uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = uint64_t(0xD2511F53) * c[0], p1 = uint64_t(0xCD9E8D57) * c[2];
    c = {uint32_t(p1 >> 32) ^ c[1] ^ k0, uint32_t(p1), uint32_t(p0 >> 32) ^ c[3] ^ k1, uint32_t(p0)};
    k0 += 0x9E3779B9, k1 += 0xBB67AE85;
  }
  return c;
}

Block blockAt(uint64_t seed, uint64_t offset) {
  return philox({uint32_t(offset), uint32_t(offset >> 32), 0, 0}, uint32_t(seed), uint32_t(seed >> 32));
}

double unit24(uint32_t word) { return double(word >> 8) * 0x1p-24; }
double unit53(uint32_t first, uint32_t second) {
  return double(uint64_t(first) << 21 | second >> 11) * 0x1p-53;
}

//===--- tests of distributions ---------------------------------------------------------------------------------===//

using Distribution = std::function<double(double)>;

double normalCdf(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

Distribution uniform(double low, double high) {
  return [=](double x) { return std::clamp((x - low) / (high - low), 0.0, 1.0); };
}
Distribution gaussian(double mean, double std) {
  return [=](double x) { return normalCdf((x - mean) / std); };
}

/// Kolmogorov and Smirnov's test: the largest distance between the empirical and the claimed distribution function.
void expectDistribution(List x, const Distribution &cdf, const char *what) {
  std::sort(x.begin(), x.end());
  double distance = 0, n = double(x.size());
  for (size_t i = 0; i < x.size(); ++i)
    distance = std::max({distance, cdf(x[i]) - double(i) / n, double(i + 1) / n - cdf(x[i])});
  EXPECT_LT(distance * std::sqrt(n), 1.95) << what; // exceeded once in 1000
}
void expectDistribution(const Tensor &tensor, const Distribution &cdf, const char *what) {
  expectDistribution(values(tensor), cdf, what);
}

/// Pearson's test of how often each of the categories was drawn; those of probability 0 must not be.
void expectCounts(const List &drawn, const List &probabilities, const char *what) {
  List counts(probabilities.size());
  for (double x : drawn) {
    ASSERT_TRUE(x >= 0 && x < double(counts.size()) && x == std::floor(x)) << what << ": " << x;
    ++counts[size_t(x)];
  }
  double statistic = 0, freedom = -1;
  for (size_t i = 0; i < counts.size(); ++i) {
    double expected = probabilities[i] * double(drawn.size());
    if (expected == 0) {
      EXPECT_EQ(counts[i], 0) << what << ": category " << i;
      continue;
    }
    statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
    ++freedom;
  }
  // Wilson and Hilferty's approximation of its distribution by a normal one.
  double scale = 2 / (9 * freedom), z = (std::cbrt(statistic / freedom) - (1 - scale)) / std::sqrt(scale);
  EXPECT_LT(z, 3.1) << what;
}

/// The share of true elements among n draws.
void expectShare(double count, double n, double p, const char *what) {
  EXPECT_LT(std::abs(count - n * p), 3.5 * std::sqrt(n * p * (1 - p)) + 1e-9) << what;
}

double correlation(const List &x, const List &y) {
  double mx = 0, my = 0, xx = 0, yy = 0, xy = 0, n = double(x.size());
  for (size_t i = 0; i < x.size(); ++i)
    mx += x[i] / n, my += y[i] / n;
  for (size_t i = 0; i < x.size(); ++i)
    xx += (x[i] - mx) * (x[i] - mx), yy += (y[i] - my) * (y[i] - my), xy += (x[i] - mx) * (y[i] - my);
  return xy / std::sqrt(xx * yy);
}

/// Neither neighbours within a call nor elements of two calls are correlated.
void expectIndependent(const std::function<Tensor()> &draw, const char *what) {
  List x = values(draw()), y = values(draw());
  double limit = 3.5 / std::sqrt(double(x.size()));
  EXPECT_LT(std::abs(correlation(x, y)), limit) << what << ": two calls";
  for (size_t lag : {1, 2, 3, 4, 8, 16, 64})
    EXPECT_LT(
        std::abs(correlation(List(x.begin(), x.end() - long(lag)), List(x.begin() + long(lag), x.end()))),
        limit)
        << what << ": lag " << lag;
  manual_seed(5);
  Tensor again = draw().clone(), other = draw().clone();
  manual_seed(5);
  EXPECT_TRUE(draw().equal(again)) << what;
  EXPECT_TRUE(draw().equal(other)) << what;
  EXPECT_FALSE(again.equal(other)) << what;
}

} // namespace

TEST(Random, PhiloxHasItsKnownAnswers) { // the vectors of the authors' library
  EXPECT_EQ(philox({0, 0, 0, 0}, 0, 0), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, ~0u, ~0u), (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, NumbersAreThoseOfPhilox) {
  for (uint64_t seed : {uint64_t(0), uint64_t(1), uint64_t(0xfedcba9876543210)}) {
    manual_seed(seed);
    List single = values(rand({3, 7})), wide = values(rand({5}, kFloat64)),
         normal = values(randn({4}, kFloat64));
    uint64_t offset = 0;
    for (double x : single)
      EXPECT_EQ(x, unit24(blockAt(seed, offset++)[0]));
    for (double x : wide) {
      Block block = blockAt(seed, offset++);
      EXPECT_EQ(x, unit53(block[0], block[1]));
    }
    for (double x : normal) { // Box and Muller
      Block block = blockAt(seed, offset++);
      double radius = std::sqrt(-2 * std::log(1 - unit53(block[0], block[1])));
      EXPECT_NEAR(x, radius * std::cos(2 * std::numbers::pi * unit53(block[2], block[3])), 1e-13);
    }
  }
  manual_seed(0);
  EXPECT_EQ(values(rand({1}))[0], double(0x6627e8) * 0x1p-24);
}

TEST(Random, UniformNumbers) {
  manual_seed(1);
  for (Dtype type : {kFloat32, kFloat64}) {
    List x = values(rand({40000}, type));
    EXPECT_GE(*std::min_element(x.begin(), x.end()), 0);
    EXPECT_LT(*std::max_element(x.begin(), x.end()), 1);
    expectDistribution(x, uniform(0, 1), "rand");
  }
  expectDistribution(zeros({20000}).uniform_(-3, 5), uniform(-3, 5), "uniform_");
  expectDistribution(rand_like(zeros({20000})), uniform(0, 1), "rand_like");
  expectIndependent([] { return rand({20000}); }, "rand");
}

// Of the bits that the type has, so that none is rounded up to 1.
TEST(Random, HalfNumbersAreBelowOne) {
  manual_seed(2);
  for (auto [type, steps] : {std::pair(kBFloat16, 256), {kFloat16, 2048}}) {
    Tensor x = rand({100000}, type);
    EXPECT_LT(x.max().item<double>(), 1);
    List steady = values((x.to(kFloat64) * steps).floor());
    expectCounts(steady, List(size_t(steps), 1.0 / steps), toString(type));
    EXPECT_TRUE((x.to(kFloat64) * steps).equal((x.to(kFloat64) * steps).floor()));
  }
}

TEST(Random, NormalNumbers) {
  manual_seed(3);
  for (Dtype type : {kFloat32, kFloat64}) {
    List x = values(randn({40000}, type));
    expectDistribution(x, gaussian(0, 1), "randn");
    double tail = double(std::count_if(x.begin(), x.end(), [](double v) { return std::abs(v) > 3; }));
    expectShare(tail, double(x.size()), 2 * normalCdf(-3), "beyond three deviations");
  }
  expectDistribution(zeros({20000}).normal_(2, 0.5), gaussian(2, 0.5), "normal_");
  expectDistribution(normal(-1, 3, {20000}), gaussian(-1, 3), "normal");
  expectDistribution(randn({20000}, kBFloat16).to(kFloat32) + (rand({20000}) - 0.5) * 0x1p-9, gaussian(0, 1),
                     "bfloat16, its rounding blurred");
  expectIndependent([] { return randn({20000}); }, "randn");
}

TEST(Random, Integers) {
  manual_seed(4);
  expectCounts(values(randint(7, {20000})), List(7, 1.0 / 7), "randint");
  expectCounts(values(randint(-3, 5, {20000}) + 3), List(8, 1.0 / 8), "randint from below zero");
  expectCounts(values(zeros({20000}, kInt32).random_(0, 100)), List(100, 0.01), "random_");
  expectCounts(values(zeros({50000}, kUInt8).random_()), List(256, 1.0 / 256), "random_ of uint8");
  List wide = values(randint(0, int64_t(1) << 40, {20000}));
  expectDistribution(wide, uniform(0, 0x1p40), "randint of many");
  expectIndependent([] { return randint(1000, {20000}); }, "randint");
}

TEST(Random, Permutations) {
  manual_seed(5);
  List sorted = values(std::get<0>(randperm(1000).sort()));
  EXPECT_EQ(sorted, values(arange(1000)));
  // Each of the 24 orders of four is as likely as the others.
  std::map<List, double> numbers;
  List orders;
  for (int i = 0; i < 2400; ++i) {
    List order = values(randperm(4));
    orders.push_back(numbers.try_emplace(order, double(numbers.size())).first->second);
  }
  EXPECT_EQ(numbers.size(), 24u);
  expectCounts(orders, List(24, 1.0 / 24), "randperm");
  EXPECT_EQ(randperm(0).numel(), 0);
  expectIndependent([] { return randperm(20000); }, "randperm");
}

TEST(Random, Bernoulli) {
  manual_seed(6);
  constexpr int64_t n = 20000;
  for (double p : {0.0, 0.001, 0.3, 0.999, 1.0}) {
    for (Dtype type : {kFloat32, kFloat64, kBFloat16, kFloat16}) {
      double ones = bernoulli(full({n}, p, kFloat64).to(type)).to(kFloat64).sum().item<double>();
      double rounded = full({}, p, kFloat64).to(type).item<double>();
      expectShare(ones, n, rounded, toString(type));
      expectShare(bernoulli(zeros({n}, type), p).to(kFloat64).sum().item<double>(), n, p, toString(type));
    }
    expectShare(zeros({n}, kBool).bernoulli_(p).sum().item<double>(), n, p, "bernoulli_");
  }
  EXPECT_EQ(bernoulli(tensor({0.0, 1.0, 0.0, 1.0})).sum().item<double>(), 2);
  expectIndependent([] { return bernoulli(full({n}, 0.4)); }, "bernoulli");
}

TEST(Random, Multinomial) {
  manual_seed(7);
  List p = {0.1, 0, 0.4, 0.2, 0.3, 0};
  Tensor weights = tensor(p) * 5.0; // need not sum to one
  expectCounts(values(weights.multinomial(20000, true)), p, "with replacement");
  Tensor rows = weights.expand({5000, 6});
  expectCounts(values(rows.multinomial(4, true)), p, "rows with replacement");
  // Without replacement, the first is drawn as if it were the only one, and none is drawn twice.
  Tensor drawn = rows.multinomial(4, false);
  expectCounts(values(drawn.select(1, 0)), p, "without replacement");
  List all = values(drawn);
  for (size_t i = 0; i < all.size(); i += 4)
    ASSERT_EQ(std::set<double>(all.begin() + long(i), all.begin() + long(i) + 4),
              (std::set<double>{0, 2, 3, 4}));
  // The second: the sum over what the first was of p[first] * p[i] / (1 - p[first]).
  List second(p.size());
  for (size_t first = 0; first < p.size(); ++first)
    for (size_t i = 0; i < p.size(); ++i)
      second[i] += i == first ? 0 : p[first] * p[i] / (1 - p[first]);
  expectCounts(values(drawn.select(1, 1)), second, "the second without replacement");
}

TEST(Random, FurtherDistributions) {
  manual_seed(8);
  Tensor like = zeros({20000}, kFloat64);
  expectDistribution(
      like.clone().exponential_(2), [](double x) { return 1 - std::exp(-2 * x); }, "exponential_");
  expectDistribution(
      like.clone().log_normal_(0.5, 2), [](double x) { return normalCdf((std::log(x) - 0.5) / 2); },
      "log_normal_");
  expectDistribution(
      like.clone().cauchy_(1, 2), [](double x) { return std::atan((x - 1) / 2) / std::numbers::pi + 0.5; },
      "cauchy_");
  List geometric(40);
  for (size_t k = 0; k < geometric.size(); ++k)
    geometric[k] = 0.3 * std::pow(0.7, double(k));
  geometric.back() /= 0.3; // and all that are greater
  expectCounts(values((like.clone().geometric_(0.3) - 1).clamp_max(39)), geometric, "geometric_");
}

//===--- dropout ------------------------------------------------------------------------------------------------===//

TEST(Random, DropoutOfElements) {
  manual_seed(9);
  constexpr int64_t n = 40000;
  for (double p : {0.001, 0.3, 0.9})
    for (Dtype type : {kFloat32, kBFloat16}) {
      Tensor y = F::dropout(ones({n}, type), F::DropoutFuncOptions().p(p)).to(kFloat64);
      expectShare((y == 0).sum().item<double>(), n, p, "dropout");
      EXPECT_TRUE(
          ((y == 0) | ((y - 1 / (1 - p)).abs() < (type == kFloat32 ? 1e-5 : 0.05))).all().item<bool>());
    }
  EXPECT_EQ(F::dropout(ones({n}), F::DropoutFuncOptions().p(1)).abs().sum().item<double>(), 0);
  EXPECT_TRUE(F::dropout(ones({n}), F::DropoutFuncOptions().p(0)).equal(ones({n})));
  EXPECT_TRUE(F::dropout(ones({n}), F::DropoutFuncOptions().p(0.5).training(false)).equal(ones({n})));
  expectIndependent([] { return F::dropout(ones({20000}), F::DropoutFuncOptions().p(0.3)); }, "dropout");
}

/// Whole channels are dropped, each for itself.
void expectChannels(const Tensor &y, double dropped, double p, const char *what) {
  int64_t channels = y.size(0) * y.size(1);
  Tensor flat = y.reshape({channels, -1}), first = flat.slice(1, 0, 1);
  EXPECT_TRUE(flat.equal(first.expand(flat.sizes()))) << what;
  Tensor isDropped = (first - dropped).abs() < 1e-4;
  expectShare(isDropped.sum().item<double>(), double(channels), p, what);
  List list = values(isDropped);
  double lag = correlation(List(list.begin(), list.end() - 1), List(list.begin() + 1, list.end()));
  EXPECT_LT(std::abs(lag), 3.5 / std::sqrt(double(channels))) << what;
}

TEST(Random, DropoutOfChannels) {
  manual_seed(10);
  expectChannels(F::dropout2d(ones({50, 100, 3, 2}), F::Dropout2dFuncOptions().p(0.3)), 0, 0.3, "dropout2d");
  expectChannels(F::dropout3d(ones({50, 100, 2, 1, 2}), F::Dropout3dFuncOptions().p(0.6)), 0, 0.6,
                 "dropout3d");
  // What is dropped, of ones: a * alpha' + b (Klambauer et al. 2017).
  double p = 0.4, limit = -1.7580993408473766, a = 1 / std::sqrt((1 - p) * (1 + p * limit * limit));
  expectChannels(
      F::feature_alpha_dropout(ones({50, 100, 3}), F::FeatureAlphaDropoutFuncOptions().p(p).training(true)),
      a * limit * (1 - p), p, "feature_alpha_dropout");
}

TEST(Random, AlphaDropoutKeepsMeanAndVariance) {
  manual_seed(11);
  constexpr int64_t n = 100000;
  Tensor y = F::alpha_dropout(randn({n}), F::AlphaDropoutFuncOptions().p(0.3).training(true));
  EXPECT_NEAR(y.mean().item<double>(), 0, 4 / std::sqrt(double(n)));
  EXPECT_NEAR(y.var().item<double>(), 1, 0.03);
  // What is dropped is one number.
  double p = 0.3, limit = -1.7580993408473766, a = 1 / std::sqrt((1 - p) * (1 + p * limit * limit));
  expectShare(((y - a * limit * (1 - p)).abs() < 1e-5).sum().item<double>(), n, p, "alpha_dropout");
}

//===--- initializers -------------------------------------------------------------------------------------------===//

TEST(Random, Initializers) {
  namespace init = nn::init;
  manual_seed(12);
  Tensor matrix = empty({200, 100}), kernel = empty({40, 20, 5, 5});
  auto bound = [](double std) { return uniform(-std * std::sqrt(3.0), std * std::sqrt(3.0)); };
  expectDistribution(init::uniform_(matrix, -1, 2), uniform(-1, 2), "uniform_");
  expectDistribution(init::normal_(matrix, 1, 2), gaussian(1, 2), "normal_");
  expectDistribution(init::xavier_uniform_(matrix, 2), bound(2 * std::sqrt(2.0 / 300)), "xavier_uniform_");
  expectDistribution(init::xavier_normal_(kernel), gaussian(0, std::sqrt(2.0 / (60 * 25))), "xavier_normal_");
  expectDistribution(init::kaiming_uniform_(kernel, std::sqrt(5.0)), bound(std::sqrt(2.0 / 6 / 500)),
                     "kaiming_uniform_");
  expectDistribution(init::kaiming_normal_(kernel, 0, kFanOut, kReLU), gaussian(0, std::sqrt(2.0 / 1000)),
                     "kaiming_normal_");
  double low = normalCdf(-0.5), high = normalCdf(1.5);
  Distribution truncated = [=](double x) {
    return std::clamp((normalCdf((x - 1) / 2) - low) / (high - low), 0.0, 1.0);
  };
  expectDistribution(init::trunc_normal_(matrix, 1, 2, 0, 4), truncated, "trunc_normal_");
  expectIndependent([&] { return init::kaiming_uniform_(matrix); }, "kaiming_uniform_");
}
