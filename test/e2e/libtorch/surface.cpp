// What programs for libtorch use around their models: its headers by name, additions to its namespaces, archives, an
// optimizer of their own, attention written by hand, modules as text.
#include <ATen/ATen.h>
#include <c10/util/Optional.h>
#include <torch/nn/functional/activation.h>
#include <torch/script.h>
#include <torch/torch.h>

namespace torch {
namespace nn {

/// Single-head attention with a scale that std::sqrt takes from a size.
class TORCH_API HeadImpl : public Module {
public:
  HeadImpl(int64_t size, c10::optional<double> dropout = c10::nullopt)
      : query(register_module("query", Linear(LinearOptions(size, size).bias(false)))),
        drop(Dropout(dropout.value_or(0.0))) {
    register_module("drop", drop);
    mask = register_buffer("mask", at::ones({8, 8}, at::kBool).triu(1));
  }
  Tensor forward(const Tensor &x) {
    int64_t length = x.size(1);
    Tensor q = query(x);
    Tensor scores = torch::matmul(q, x.transpose(-2, -1)) / std::sqrt(q.size(-1));
    Tensor hidden = mask.index({indexing::Slice(0, length), indexing::Slice(indexing::None, length)});
    scores = scores.masked_fill(hidden, -std::numeric_limits<float>::infinity());
    return torch::matmul(drop(functional::softmax(scores, functional::SoftmaxFuncOptions(-1))), x);
  }

  Linear query;
  Dropout drop;
  Tensor mask;
};
TORCH_MODULE(Head);

} // namespace nn
} // namespace torch

struct SignOptions : torch::optim::OptimizerCloneableOptions<SignOptions> {
  SignOptions(double lr) : lr_(lr) {}
  TORCH_ARG(double, lr);

public:
  void serialize(torch::serialize::InputArchive &archive) override {
    _TORCH_OPTIM_DESERIALIZE_TORCH_ARG(double, lr);
  }
  void serialize(torch::serialize::OutputArchive &archive) const override {
    _TORCH_OPTIM_SERIALIZE_TORCH_ARG(lr);
  }
};

/// Steps of one length in each direction.
class SignDescent : public torch::optim::Optimizer {
public:
  SignDescent(std::vector<torch::Tensor> params, SignOptions defaults)
      : Optimizer({torch::optim::OptimizerParamGroup(std::move(params))},
                  std::make_unique<SignOptions>(defaults)) {}
  torch::Tensor step(LossClosure closure = nullptr) override {
    torch::NoGradGuard no_grad;
    torch::Tensor loss;
    if (closure) {
      at::AutoGradMode enable_grad(true);
      loss = closure();
    }
    for (auto &group : param_groups_)
      for (auto &p : group.params())
        if (p.grad().defined())
          p.data().add_(p.grad().sign(), -static_cast<SignOptions &>(group.options()).lr());
    return loss;
  }
};

int main() {
  torch::manual_seed(1);
  torch::Device device(torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
  torch::nn::Head head(4, 0.1);
  head->to(device);
  head->eval();
  std::cout << head << '\n';

  auto x = torch::randn({2, 8, 4}, torch::dtype(torch::kFloat32).device(device));
  auto y = head(x);
  // The first position sees itself alone.
  std::cout << y.sizes() << ' ' << torch::allclose(y.select(1, 0), x.select(1, 0)) << '\n';

  SignDescent optimizer(head->parameters(), SignOptions(0.01));
  auto loss = [&] {
    optimizer.zero_grad();
    auto value = torch::mse_loss(head(x), x.flip({1}));
    value.backward();
    return value;
  };
  float first = optimizer.step(loss).item<float>(), last = 0;
  for (int i = 0; i < 20; ++i)
    last = optimizer.step(loss).item<float>();
  std::cout << (last < first) << '\n';

  std::stringstream stream;
  torch::serialize::OutputArchive out;
  head->save(out);
  out.save_to(stream);
  torch::serialize::InputArchive in;
  in.load_from(stream);
  torch::nn::Head copy(4);
  copy->load(in);
  copy->eval();
  std::cout << torch::equal(copy(x), head(x)) << '\n';

  try {
    TORCH_CHECK(x.dim() == 2, "expected 2 dimensions, got ", x.dim());
  } catch (const c10::Error &error) {
    std::cout << error.what_without_backtrace() << '\n';
  }
  auto grid = torch::arange(6, torch::kInt16).view({2, 3});
  std::cout << c10::str(torch::indexing::Slice(1, 3)) << ' ' << grid.index({1, torch::indexing::Slice(1)})
            << '\n';
}
