// The training loop of libtorch's MNIST example, on Fashion-MNIST.
#include <cmath>
#include <iostream>
#include <torch/torch.h>
struct Net : torch::nn::Module {
  Net() : fc1(784, 32), fc2(32, 10) {
    register_module("fc1", fc1);
    register_module("fc2", fc2);
  }
  torch::Tensor forward(torch::Tensor x) {
    return torch::log_softmax(fc2->forward(torch::relu(fc1->forward(x.view({-1, 784})))), 1);
  }
  torch::nn::Linear fc1, fc2;
};
template <typename DataLoader>
void train(size_t epoch, Net &model, torch::Device device, DataLoader &data_loader,
           torch::optim::Optimizer &optimizer, size_t dataset_size) {
  model.train();
  size_t batch_idx = 0;
  for (auto &batch : data_loader) {
    auto data = batch.data.to(device), targets = batch.target.to(device);
    optimizer.zero_grad();
    auto output = model.forward(data);
    auto loss = torch::nll_loss(output, targets);
    AT_ASSERT(!std::isnan(loss.template item<float>()));
    loss.backward();
    optimizer.step();
    if (batch_idx++ % 300 == 0)
      std::cout << epoch << " " << batch_idx * batch.data.size(0) << "/" << dataset_size << " "
                << loss.template item<float>() << "\n";
  }
}
template <typename DataLoader>
void test(Net &model, torch::Device device, DataLoader &data_loader, size_t dataset_size) {
  torch::NoGradGuard no_grad;
  model.eval();
  double test_loss = 0;
  int32_t correct = 0;
  for (const auto &batch : data_loader) {
    auto data = batch.data.to(device), targets = batch.target.to(device);
    auto output = model.forward(data);
    test_loss +=
        torch::nll_loss(output, targets, /*weight=*/{}, torch::Reduction::Sum).template item<float>();
    auto pred = output.argmax(1);
    correct += pred.eq(targets).sum().template item<int64_t>();
  }
  std::cout << test_loss / dataset_size << " " << double(correct) / dataset_size << "\n";
}
int main() {
  torch::manual_seed(1);
  torch::Device device(torch::kCPU);
  Net model;
  model.to(device);
  auto train_dataset = torch::data::datasets::MNIST("/usr/share/datasets/fashion-mnist")
                           .map(torch::data::transforms::Normalize<>(0.1307, 0.3081))
                           .map(torch::data::transforms::Stack<>());
  const size_t train_dataset_size = train_dataset.size().value();
  auto train_loader =
      torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(std::move(train_dataset), 64);
  auto test_dataset = torch::data::datasets::MNIST("/usr/share/datasets/fashion-mnist",
                                                   torch::data::datasets::MNIST::Mode::kTest)
                          .map(torch::data::transforms::Normalize<>(0.1307, 0.3081))
                          .map(torch::data::transforms::Stack<>());
  const size_t test_dataset_size = test_dataset.size().value();
  auto test_loader = torch::data::make_data_loader(std::move(test_dataset), 1000);
  torch::optim::SGD optimizer(model.parameters(), torch::optim::SGDOptions(0.01).momentum(0.5));
  for (size_t epoch = 1; epoch <= 1; ++epoch) {
    train(epoch, model, device, *train_loader, optimizer, train_dataset_size);
    test(model, device, *test_loader, test_dataset_size);
  }
}
