// Losses with margins and of sequences, distances, and what normalizes by them: values are PyTorch's.
#include "test/frontend/nn/Expect.h"

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Tensor;
using namespace ingot::test;

namespace {

const float infinity = std::numeric_limits<float>::infinity();
Tensor classes(std::initializer_list<ingot::TensorData> list) { return ingot::tensor(list, ingot::kInt64); }

/// exp(0), exp(0.2), ... of 4 steps, one sequence and 3 classes, each step's made probabilities.
Tensor logProbabilities() { return (ingot::arange(12.0).view({4, 1, 3}) / 5).log_softmax(2); }

} // namespace

TEST(MarginLoss, Classes) {
  Tensor x = ingot::tensor({{0.1, 0.2, 0.4, 0.8}});
  expectTensor(F::multi_margin_loss(x, classes({3})), {}, {0.325});
  expectTensor(F::multilabel_margin_loss(x, classes({{3, 0, -1, 1}})), {}, {0.85});
  expectTensor(ingot::multi_margin_loss(x, classes({3}), 1, 1, {}, ingot::Reduction::None), {1}, {0.325});
  EXPECT_EQ(errorOf([&] { F::multi_margin_loss(x, classes({3, 1})); }),
            "multi_margin_loss: target must be [1], a class for each row of input, got [2] (input [1, 4])");
  EXPECT_EQ(errorOf([&] { F::multi_margin_loss(x, classes({3}), F::MultiMarginLossFuncOptions().p(3)); }),
            "multi_margin_loss: p must be 1 or 2, got 3");
  EXPECT_EQ(errorOf([&] { F::multilabel_margin_loss(x, classes({{1, 2}})); }),
            "multilabel_margin_loss: target must have the sizes of input, got [1, 2] (input [1, 4])");
  EXPECT_NE(errorOf([&] {
              F::multilabel_margin_loss(x, classes({{3, 0, -1, 4}})).item<float>();
            }).find("requires targets that are classes of input, or -1, got another at position 3"),
            std::string::npos);
}

TEST(MarginLoss, Triplets) {
  Tensor a = ingot::tensor({{0.0, 0.0}}), p = ingot::tensor({{3.0, 4.0}}), n = ingot::tensor({{0.0, 1.0}});
  auto options = F::TripletMarginLossFuncOptions().eps(0);
  expectTensor(F::triplet_margin_loss(a, p, n, options), {}, {5});
  expectTensor(F::triplet_margin_loss(a, n, p, options), {}, {0});
  nn::TripletMarginWithDistanceLoss own(nn::TripletMarginWithDistanceLossOptions().distance_function(
      [](const Tensor &x, const Tensor &y) { return (x - y).abs().sum(-1); }));
  expectTensor(own(a, p, n), {}, {7});
  EXPECT_EQ(
      errorOf([&] { F::triplet_margin_loss(a, p, a[0]); }),
      "triplet_margin_loss: all inputs must have the same number of dimensions, got [1, 2], [1, 2] and [2]");
}

TEST(MarginLoss, CosineNeedsFittingRanks) {
  Tensor x = ingot::ones({2, 3});
  expectTensor(F::cosine_embedding_loss(x, x, ingot::ones({2})), {}, {0});
  EXPECT_EQ(errorOf([&] { F::cosine_embedding_loss(x, x, ingot::ones({2, 3})); }),
            "cosine_embedding_loss: inputs must be [N, D] and target [N], or [D] and [], got [2, 3], [2, 3] "
            "and [2, 3]");
}

TEST(Loss, Likelihoods) {
  Tensor x = ingot::tensor({{1.0, 2.0}, {0.5, -1.0}}), y = ingot::tensor({{0.5, 2.5}, {0.0, 1.0}});
  Tensor variance = ingot::tensor({{0.5, 1.0}, {2.0, 0.0}});
  auto full = F::GaussianNLLLossFuncOptions().full(true).reduction(ingot::kNone);
  expectTensor(F::gaussian_nll_loss(x, y, variance, full), {2, 2}, {0.82236f, 1.0439f, 1.3280f, 1999994.0f},
               1.0f);
  expectTensor(nn::GaussianNLLLoss()(x, y, ingot::tensor({0.5, 2.0})), {}, {0.390625f});
  EXPECT_EQ(errorOf([&] { F::gaussian_nll_loss(x, y, ingot::ones({3})); }),
            "gaussian_nll_loss: var must have the sizes of input, the last of them also 1 or missing, got "
            "[3] (input "
            "[2, 2])");
  auto options = F::PoissonNLLLossFuncOptions().full(true).reduction(ingot::kNone);
  expectTensor(F::poisson_nll_loss(ingot::tensor({0.0, 1.0}), ingot::tensor({1.0, 2.0}), options), {2},
               {1.0f, 1.37009f});
}

TEST(Loss, HalvesAreRoundedOnce) {
  Tensor p = ingot::full({1000}, 0.999, ingot::kBFloat16), y = ingot::ones({1000}, ingot::kBFloat16);
  Tensor loss = F::binary_cross_entropy(p * 0.5, y);
  EXPECT_EQ(loss.dtype(), ingot::kBFloat16);
  expectTensor(loss, {}, {std::log(2.0f)}, 4e-3f);
  EXPECT_EQ(F::mse_loss(p, y.to(ingot::kFloat32)).dtype(), ingot::kFloat32);
}

TEST(Ctc, OfNoTargetsIsThatOfBlanks) {
  Tensor logs = ingot::randn({4, 3, 5}, ingot::requires_grad()).log_softmax(2);
  Tensor none = ingot::zeros({3}, ingot::kInt64), blanks = -logs.select(2, 0).sum(0);
  for (const ingot::Shape &sizes : {ingot::Shape(0), ingot::Shape{3, 0}}) {
    Tensor loss = F::ctc_loss(logs, ingot::zeros(sizes, ingot::kInt64), ingot::full({3}, 4, ingot::kInt64),
                              none, F::CTCLossFuncOptions().reduction(ingot::kNone));
    EXPECT_TRUE(loss.allclose(blanks)) << loss << blanks;
  }
}

TEST(Ctc, Lengths) {
  auto loss = [](Tensor targets, int64_t steps, int64_t length) {
    return F::ctc_loss(logProbabilities(), targets, classes({steps}), classes({length}),
                       F::CTCLossFuncOptions().reduction(ingot::kNone));
  };
  expectTensor(loss(classes({{1, 2}}), 4, 2), {1}, {1.6680f}, 1e-4f);
  expectTensor(loss(classes({{1, 1}}), 2, 2), {1}, {infinity}); // a blank must lie between equal labels
  expectTensor(loss(classes({{1, 1}}), 0, 0), {1}, {0});
  expectTensor(ingot::ctc_loss(logProbabilities(), classes({1, 2}), {4}, {2}, 0, ingot::Reduction::Sum), {},
               {1.6680f}, 1e-4f);
  EXPECT_EQ(errorOf([&] { F::ctc_loss(logProbabilities(), classes({{1}}), classes({4, 4}), classes({1})); }),
            "ctc_loss: lengths must be integers [N], one for each sequence, got int64 [2]");
  auto refuses = [&](Tensor targets, int64_t steps, int64_t length, const char *text) {
    std::string error = errorOf([&] { loss(targets, steps, length).item<float>(); });
    EXPECT_NE(error.find(text), std::string::npos) << error;
  };
  refuses(classes({{1, 2}}), 5, 2, "requires input_lengths within the time steps of log_probs");
  refuses(classes({{1, 2}}), 4, 3, "requires target_lengths within the sizes of targets");
  refuses(classes({{1, 99}}), 4, 2, "requires targets that are classes of log_probs");
  expectTensor(loss(classes({{1, 99}}), 4, 1), {1}, {loss(classes({{1, 2}}), 4, 1).item<float>()});
}

TEST(EmbeddingBag, Offsets) {
  auto refuses = [](Tensor offsets, const char *position) {
    std::string error = errorOf([&] {
      Tensor table = ingot::ones({3, 2});
      F::embedding_bag(classes({0, 1, 2}), table, F::EmbeddingBagFuncOptions().offsets(offsets))
          .sum()
          .item<float>();
    });
    EXPECT_NE(
        error.find(std::string("requires offsets that begin with 0 and increase up to the length of input, "
                               "got another at position ") +
                   position),
        std::string::npos)
        << error;
  };
  refuses(classes({1, 2}), "0");
  refuses(classes({0, 4}), "1");
  refuses(classes({0, 2, 1}), "2");
}

TEST(Distance, Values) {
  Tensor x = ingot::tensor({{0.0, 0.0}, {3.0, 4.0}, {6.0, 8.0}});
  expectTensor(F::pdist(x), {3}, {5, 10, 5});
  expectTensor(F::pdist(x[0].unsqueeze(0)), {0}, {});
  expectTensor(ingot::cdist(x, x.narrow(0, 1, 1), 1), {3, 1}, {7, 0, 7});
  expectTensor(F::cosine_similarity(ingot::tensor({{1.0, 0.0}, {1.0, 1.0}}), ingot::tensor({{1.0, 1.0}})),
               {2}, {0.70711f, 1});
  expectTensor(nn::PairwiseDistance(nn::PairwiseDistanceOptions().keepdim(true).eps(0))(x, x.flip({0})),
               {3, 1}, {10, 0, 10});
  EXPECT_EQ(errorOf([&] { ingot::cdist(x, ingot::ones({2, 3})); }),
            "cdist: inputs must be [..., P, M] and [..., R, M], got [3, 2] and [2, 3]");
}

TEST(Normalization, OfVectorsChannelsAndInstances) {
  expectTensor(F::normalize(ingot::tensor({{3.0, 4.0}})), {1, 2}, {0.6f, 0.8f});
  expectTensor(F::rms_norm(ingot::tensor({{3.0, 4.0}}), F::RMSNormFuncOptions({2})), {1, 2},
               {0.84853f, 1.13137f});
  expectTensor(F::local_response_norm(ingot::tensor({{{1.0}, {2.0}, {3.0}}}),
                                      F::LocalResponseNormFuncOptions(2).alpha(1).beta(1)),
               {1, 3, 1}, {0.66667f, 0.57143f, 0.4f});
  expectTensor(
      F::instance_norm(ingot::tensor({{{1.0, 3.0}, {0.0, 4.0}}}), F::InstanceNormFuncOptions().eps(0)),
      {1, 2, 2}, {-1, 1, -1, 1});
  EXPECT_EQ(errorOf([] { F::instance_norm(ingot::ones({2, 3, 1})); }),
            "instance_norm: more than one element a channel is needed, got input [2, 3, 1]");
}

TEST(Activation, GumbelSoftmaxDrawsByTheLogits) {
  ingot::manual_seed(3);
  Tensor logits = ingot::tensor({{0.0, std::log(3.0)}}).expand({4000, 2});
  Tensor hard = F::gumbel_softmax(logits, F::GumbelSoftmaxFuncOptions().hard(true));
  expectTensor(hard.sum(1).mean(), {}, {1});
  expectTensor(hard.mean(0), {2}, {0.25f, 0.75f}, 0.03f);
  expectTensor(F::gumbel_softmax(logits).sum(1).amin(), {}, {1});
}

TEST(Utils, Gradients) {
  Tensor a = ingot::zeros({2}), b = ingot::zeros({1}), none = ingot::zeros({1});
  a.mutable_grad() = ingot::tensor({3.0, 0.0});
  b.mutable_grad() = ingot::tensor({4.0});
  double norm = nn::utils::clip_grad_norm_({a, b, none}, 1);
  EXPECT_FLOAT_EQ(norm, 5);
  expectTensor(a.grad(), {2}, {0.6f, 0});
  expectTensor(b.grad(), {1}, {0.8f});
  nn::utils::clip_grad_value_(a, 0.5);
  expectTensor(a.grad(), {2}, {0.5f, 0});
}

TEST(Utils, ParametersAsAVector) {
  Tensor a = ingot::ones({2, 1}), b = ingot::zeros({1});
  expectTensor(nn::utils::parameters_to_vector({a, b}), {3}, {1, 1, 0});
  nn::utils::vector_to_parameters(ingot::tensor({5.0, 6.0, 7.0}), {a, b});
  expectTensor(a, {2, 1}, {5, 6});
  expectTensor(b, {1}, {7});
  EXPECT_EQ(errorOf([&] { nn::utils::vector_to_parameters(ingot::ones({2}), {a, b}); }),
            "vector_to_parameters: the vector must be [3], an element for each of the parameters', got [2]");
}

TEST(Adaptive, ProbabilitiesSumToOne) {
  nn::AdaptiveLogSoftmaxWithLoss model(8, 10, std::vector<int64_t>{2, 5});
  Tensor x = ingot::randn({3, 8});
  expectTensor(model->log_prob(x).exp().sum(1), {3}, {1, 1, 1});
  nn::ASMoutput result = model(x, classes({0, 3, 9}));
  expectTensor(result.output.mean() + result.loss.tensor(), {}, {0});
  EXPECT_EQ(errorOf([] { nn::AdaptiveLogSoftmaxWithLoss(8, 10, std::vector<int64_t>{5, 2}); }),
            "nn::AdaptiveLogSoftmaxWithLoss: cutoffs must be increasing numbers within [1, 9], got [5, 2]");
}

TEST(Print, LossesDistancesAndNormalizations) {
  EXPECT_EQ(textOf(nn::TripletMarginLoss()), "nn::TripletMarginLoss(margin=1, p=2, eps=1e-06, swap=false)");
  EXPECT_EQ(textOf(nn::TripletMarginWithDistanceLoss()),
            "nn::TripletMarginWithDistanceLoss(margin=1, swap=false)");
  EXPECT_EQ(textOf(nn::MultiMarginLoss()), "nn::MultiMarginLoss(p=1, margin=1, weight=, reduction=kMean)");
  EXPECT_EQ(textOf(nn::HingeEmbeddingLoss(nn::HingeEmbeddingLossOptions().margin(0.5))),
            "nn::HingeEmbeddingLoss(margin=0.5)");
  EXPECT_EQ(textOf(nn::CosineSimilarity()), "nn::CosineSimilarity(dim=1, eps=1e-08)");
  EXPECT_EQ(textOf(nn::PairwiseDistance()), "nn::PairwiseDistance(p=2, eps=1e-06, keepdim=false)");
  EXPECT_EQ(textOf(nn::InstanceNorm2d(5)),
            "nn::InstanceNorm2d(5, eps=1e-05, momentum=0.1, affine=false, track_running_stats=false)");
  EXPECT_EQ(textOf(nn::LocalResponseNorm(2)), "nn::LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1)");
  EXPECT_EQ(textOf(nn::RMSNorm(std::vector<int64_t>{4})),
            "nn::RMSNorm([4], eps=None, elementwise_affine=true)");
}

TEST(Init, OrthogonalAndSparse) {
  Tensor q = nn::init::orthogonal_(ingot::empty({3, 2, 4}), 2).view({3, 8});
  expectTensor(q.matmul(q.t()), {3, 3}, {4, 0, 0, 0, 4, 0, 0, 0, 4});
  Tensor tall = nn::init::orthogonal_(ingot::empty({5, 2}));
  expectTensor(tall.t().matmul(tall), {2, 2}, {1, 0, 0, 1});
  expectTensor((nn::init::sparse_(ingot::empty({10, 3}), 0.25) == 0).sum(0), {3}, {3, 3, 3});
  EXPECT_EQ(errorOf([] { nn::init::sparse_(ingot::empty({2}), 0.5); }),
            "sparse_: a tensor must have 2 dimensions, got [2]");
}
