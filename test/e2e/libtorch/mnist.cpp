// The usual digit classifier of libtorch tutorials: convolutions, dropout of channels, two linear layers.
#include <torch/torch.h>

#include <iostream>

struct Net : torch::nn::Module {
  Net()
      : conv1(torch::nn::Conv2dOptions(1, 10, /*kernel_size=*/5)),
        conv2(torch::nn::Conv2dOptions(10, 20, /*kernel_size=*/5)), fc1(320, 50), fc2(50, 10) {
    register_module("conv1", conv1);
    register_module("conv2", conv2);
    register_module("conv2_drop", conv2_drop);
    register_module("fc1", fc1);
    register_module("fc2", fc2);
  }

  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(torch::max_pool2d(conv1->forward(x), 2));
    x = torch::relu(torch::max_pool2d(conv2_drop->forward(conv2->forward(x)), 2));
    x = x.view({-1, 320});
    x = torch::relu(fc1->forward(x));
    x = torch::dropout(x, /*p=*/0.5, /*training=*/is_training());
    x = fc2->forward(x);
    return torch::log_softmax(x, /*dim=*/1);
  }

  torch::nn::Conv2d conv1;
  torch::nn::Conv2d conv2;
  torch::nn::Dropout2d conv2_drop;
  torch::nn::Linear fc1;
  torch::nn::Linear fc2;
};

int main() {
  torch::manual_seed(1);
  torch::DeviceType device_type = torch::kCPU;
  if (torch::cuda::is_available()) {
    std::cout << "CUDA available!" << std::endl;
    device_type = torch::kCUDA;
  }
  torch::Device device(device_type);

  Net model;
  model.to(device);
  model.eval();
  torch::NoGradGuard no_grad;
  auto data = torch::rand({4, 1, 28, 28}, torch::TensorOptions().dtype(torch::kFloat32).device(device));
  auto target = torch::tensor({1, 2, 3, 4}, torch::kInt64);
  auto output = model.forward(data);
  auto loss = torch::nll_loss(output, target);
  auto pred = output.argmax(1);
  int64_t correct = pred.eq(target).sum().template item<int64_t>();
  std::cout << output.sizes() << " " << (output.exp().sum(1) - 1).abs().max().item<float>() << " "
            << (correct >= 0 && loss.item<float>() > 0) << "\n";
  int64_t count = 0;
  for (const auto &pair : model.named_parameters())
    count += pair.value().numel();
  std::cout << count << " parameters\n";
}
