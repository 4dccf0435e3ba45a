// A variational autoencoder in the style of libtorch tutorials: two results, a sample, a loss of two parts.
#include <torch/torch.h>

#include <cmath>
#include <iostream>
#include <utility>

struct VAEOutput {
  torch::Tensor reconstruction;
  torch::Tensor mu;
  torch::Tensor log_var;
};

class VAEImpl : public torch::nn::Module {
public:
  VAEImpl(int64_t image_size, int64_t h_dim, int64_t z_dim)
      : fc1(image_size, h_dim), fc2(h_dim, z_dim), fc3(h_dim, z_dim), fc4(z_dim, h_dim),
        fc5(h_dim, image_size) {
    register_module("fc1", fc1);
    register_module("fc2", fc2);
    register_module("fc3", fc3);
    register_module("fc4", fc4);
    register_module("fc5", fc5);
  }

  torch::Tensor decode(torch::Tensor z) {
    auto h = torch::nn::functional::relu(fc4->forward(z));
    return torch::sigmoid(fc5->forward(h));
  }

  VAEOutput forward(torch::Tensor x) {
    auto encode_output = encode(x);
    auto mu = encode_output.first;
    auto log_var = encode_output.second;
    auto z = reparameterize(mu, log_var);
    auto x_reconstructed = decode(z);
    return {x_reconstructed, mu, log_var};
  }

private:
  std::pair<torch::Tensor, torch::Tensor> encode(torch::Tensor x) {
    auto h = torch::nn::functional::relu(fc1->forward(x));
    return {fc2->forward(h), fc3->forward(h)};
  }

  torch::Tensor reparameterize(torch::Tensor mu, torch::Tensor log_var) {
    if (is_training()) {
      auto std = log_var.div(2).exp_();
      auto eps = torch::randn_like(std);
      return eps.mul(std).add_(mu);
    } else {
      return mu;
    }
  }

  torch::nn::Linear fc1;
  torch::nn::Linear fc2;
  torch::nn::Linear fc3;
  torch::nn::Linear fc4;
  torch::nn::Linear fc5;
};

TORCH_MODULE(VAE);

int main() {
  torch::manual_seed(0);
  VAE model(28 * 28, 400, 20);
  auto images = torch::rand({3, 28 * 28});
  auto output = model->forward(images);
  auto reconstruction_loss = torch::nn::functional::binary_cross_entropy(
      output.reconstruction, images,
      torch::nn::functional::BinaryCrossEntropyFuncOptions().reduction(torch::kSum));
  auto kl_divergence = -0.5 * torch::sum(1 + output.log_var - output.mu.pow(2) - output.log_var.exp());
  auto loss = reconstruction_loss + kl_divergence;
  std::cout << output.reconstruction.sizes() << " " << std::isfinite(loss.item<float>()) << "\n";
  c10::optional<torch::Tensor> none = c10::nullopt;
  std::cout << none.has_value() << at::zeros({2}).sizes() << "\n";
}
