// Losses against values computed by hand.
#include "test/frontend/nn/Expect.h"

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Tensor;
using namespace ingot::test;

namespace {
const float notANumber = std::nanf("");
Tensor classes(std::initializer_list<ingot::TensorData> list) { return ingot::tensor(list, ingot::kInt64); }
} // namespace

TEST(Loss, Regression) {
  Tensor x = ingot::tensor({1.0, 2.0, -1.0}), y = ingot::tensor({0.0, 2.0, 1.0});
  expectTensor(F::mse_loss(x, y), {}, {5.0f / 3});
  expectTensor(F::mse_loss(x, y, F::MSELossFuncOptions(ingot::kSum)), {}, {5});
  expectTensor(F::l1_loss(x, y, F::L1LossFuncOptions(ingot::kNone)), {3}, {1, 0, 2});
  expectTensor(F::smooth_l1_loss(x, y, F::SmoothL1LossFuncOptions(ingot::kNone).beta(2)), {3}, {0.25, 0, 1});
  expectTensor(F::huber_loss(x, y, F::HuberLossFuncOptions(ingot::kNone).delta(1)), {3}, {0.5, 0, 1.5});
  expectTensor(nn::MSELoss()(x, y), {}, {5.0f / 3});
  EXPECT_EQ(errorOf([&] { F::huber_loss(x, y, F::HuberLossFuncOptions().delta(0)); }).substr(0, 40),
            "huber_loss: delta must be positive, got ");
}

TEST(Loss, KlDiv) {
  Tensor x = ingot::tensor({std::log(0.5), std::log(0.5)}), y = ingot::tensor({1.0, 0.0});
  expectTensor(F::kl_div(x, y, F::KLDivFuncOptions(ingot::kNone)), {2}, {std::log(2.0f), 0});
  expectTensor(F::kl_div(x, y, F::KLDivFuncOptions(ingot::kBatchMean)), {}, {std::log(2.0f) / 2});
  expectTensor(F::kl_div(x, x, F::KLDivFuncOptions(ingot::kSum).log_target(true)), {}, {0});
}

TEST(Loss, BinaryCrossEntropy) {
  Tensor p = ingot::tensor({0.25, 0.5, 0.0}), y = ingot::tensor({1.0, 0.0, 1.0});
  expectTensor(F::binary_cross_entropy(p, y, F::BinaryCrossEntropyFuncOptions().reduction(ingot::kNone)), {3},
               {std::log(4.0f), std::log(2.0f), 100});
  Tensor x = ingot::tensor({0.0, 2.0, -100.0}), t = ingot::tensor({1.0, 0.0, 1.0});
  expectTensor(F::binary_cross_entropy_with_logits(
                   x, t, F::BinaryCrossEntropyWithLogitsFuncOptions().reduction(ingot::kNone)),
               {3}, {std::log(2.0f), 2 + std::log1p(std::exp(-2.0f)), 100}, 1e-4f);
  nn::BCEWithLogitsLoss weighted(
      nn::BCEWithLogitsLossOptions().pos_weight(ingot::tensor({3.0})).reduction(ingot::kSum));
  expectTensor(weighted(ingot::tensor({0.0}), ingot::tensor({1.0})), {}, {3 * std::log(2.0f)});
  EXPECT_EQ(weighted->named_buffers().keys(), std::vector<std::string>{"pos_weight"});
}

TEST(Loss, Nll) {
  Tensor x = ingot::tensor({{-1.0, -2.0, -3.0}, {-4.0, -5.0, -6.0}});
  expectTensor(F::nll_loss(x, classes({0, 2})), {}, {3.5});
  auto options = F::NLLLossFuncOptions().weight(ingot::tensor({1.0, 2.0, 3.0}));
  expectTensor(F::nll_loss(x, classes({0, 2}), options), {}, {19.0f / 4});
  expectTensor(F::nll_loss(x, classes({0, 2}), options.reduction(ingot::kNone)), {2}, {1, 18});
  expectTensor(F::nll_loss(x, classes({0, -100})), {}, {1});
  expectTensor(F::nll_loss(x, classes({-100, -100})), {}, {notANumber});
  expectTensor(F::nll_loss(ingot::tensor({-1.0, -2.0}), ingot::tensor(1, ingot::kInt64)), {}, {2});
  EXPECT_EQ(errorOf([&] { F::nll_loss(x, classes({0, 1, 2})); }),
            "nll_loss: target must be [2], the sizes of input without classes, got [3] (input [2, 3])");
  EXPECT_EQ(errorOf([&] { F::nll_loss(x, ingot::ones({2})); }),
            "nll_loss: target must hold int64 classes, got float32");
}

TEST(Loss, CrossEntropy) {
  Tensor x = ingot::zeros({2, 4});
  float log4 = std::log(4.0f);
  expectTensor(F::cross_entropy(x, classes({0, 3})), {}, {log4});
  expectTensor(F::cross_entropy(x, ingot::full({2, 4}, 0.25)), {}, {log4});
  expectTensor(nn::CrossEntropyLoss(nn::CrossEntropyLossOptions().label_smoothing(0.5))(x, classes({0, 3})),
               {}, {log4});
  Tensor pixels = ingot::zeros({1, 2, 3});
  expectTensor(F::cross_entropy(pixels, classes({{0, 1, 0}})), {}, {std::log(2.0f)});
  Tensor y = ingot::tensor({{2.0, 0.0}});
  float sum = std::log(std::exp(2.0f) + 1);
  expectTensor(F::cross_entropy(y, classes({1})), {}, {sum});
  expectTensor(F::cross_entropy(y, classes({1}), F::CrossEntropyFuncOptions().label_smoothing(0.2)), {},
               {0.8f * sum + 0.1f * (sum + sum - 2)});
  EXPECT_EQ(
      errorOf([&] { F::cross_entropy(x, ingot::ones({2, 3})); }),
      "cross_entropy: a target of probabilities must have the sizes of input, got [2, 3] (input [2, 4])");
}
