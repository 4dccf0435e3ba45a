// A small residual network in the style of libtorch tutorials: blocks as modules, layers as Sequentials.
#include <torch/torch.h>

#include <array>
#include <iostream>

class ResidualBlockImpl : public torch::nn::Module {
public:
  ResidualBlockImpl(int64_t in_channels, int64_t out_channels, int64_t stride = 1,
                    torch::nn::Sequential downsample = nullptr);
  torch::Tensor forward(torch::Tensor x);

private:
  torch::nn::Conv2d conv1;
  torch::nn::BatchNorm2d bn1;
  torch::nn::ReLU relu;
  torch::nn::Conv2d conv2;
  torch::nn::BatchNorm2d bn2;
  torch::nn::Sequential downsampler;
};
TORCH_MODULE(ResidualBlock);

static torch::nn::Conv2dOptions conv3x3(int64_t in_channels, int64_t out_channels, int64_t stride = 1) {
  return torch::nn::Conv2dOptions(in_channels, out_channels, 3).stride(stride).padding(1).bias(false);
}

ResidualBlockImpl::ResidualBlockImpl(int64_t in_channels, int64_t out_channels, int64_t stride,
                                     torch::nn::Sequential downsample)
    : conv1(conv3x3(in_channels, out_channels, stride)), bn1(out_channels),
      conv2(conv3x3(out_channels, out_channels)), bn2(out_channels), downsampler(downsample) {
  register_module("conv1", conv1);
  register_module("bn1", bn1);
  register_module("relu", relu);
  register_module("conv2", conv2);
  register_module("bn2", bn2);
  if (downsampler) {
    register_module("downsampler", downsampler);
  }
}

torch::Tensor ResidualBlockImpl::forward(torch::Tensor x) {
  auto out = conv1->forward(x);
  out = bn1->forward(out);
  out = relu->forward(out);
  out = conv2->forward(out);
  out = bn2->forward(out);

  auto residual = downsampler ? downsampler->forward(x) : x;
  out += residual;
  out = relu->forward(out);
  return out;
}

template <typename Block> class ResNetImpl : public torch::nn::Module {
public:
  explicit ResNetImpl(const std::array<int64_t, 3> &layers, int64_t num_classes = 10)
      : layer1(make_layer(16, layers[0])), layer2(make_layer(32, layers[1], 2)),
        layer3(make_layer(64, layers[2], 2)), fc(64, num_classes) {
    register_module("conv", conv);
    register_module("bn", bn);
    register_module("layer1", layer1);
    register_module("layer2", layer2);
    register_module("layer3", layer3);
    register_module("avg_pool", avg_pool);
    register_module("fc", fc);
  }

  torch::Tensor forward(torch::Tensor x) {
    auto out = torch::relu(bn->forward(conv->forward(x)));
    out = layer1->forward(out);
    out = layer2->forward(out);
    out = layer3->forward(out);
    out = avg_pool->forward(out);
    out = out.view({out.size(0), -1});
    return fc->forward(out);
  }

private:
  int64_t in_channels = 16;
  torch::nn::Conv2d conv{conv3x3(3, 16)};
  torch::nn::BatchNorm2d bn{16};
  torch::nn::Sequential layer1;
  torch::nn::Sequential layer2;
  torch::nn::Sequential layer3;
  torch::nn::AvgPool2d avg_pool{8};
  torch::nn::Linear fc;

  torch::nn::Sequential make_layer(int64_t out_channels, int64_t blocks, int64_t stride = 1) {
    torch::nn::Sequential layers;
    torch::nn::Sequential downsample{nullptr};
    if (stride != 1 || in_channels != out_channels) {
      downsample = torch::nn::Sequential{torch::nn::Conv2d(conv3x3(in_channels, out_channels, stride)),
                                         torch::nn::BatchNorm2d(out_channels)};
    }
    layers->push_back(Block(in_channels, out_channels, stride, downsample));
    in_channels = out_channels;
    for (int64_t i = 1; i != blocks; ++i) {
      layers->push_back(Block(out_channels, out_channels));
    }
    return layers;
  }
};

template <typename Block = ResidualBlock> class ResNet : public torch::nn::ModuleHolder<ResNetImpl<Block>> {
public:
  using torch::nn::ModuleHolder<ResNetImpl<Block>>::ModuleHolder;
};

int main() {
  torch::manual_seed(0);
  std::array<int64_t, 3> layers{2, 2, 2};
  ResNet<ResidualBlock> model(layers, 10);
  model->eval();
  auto prediction = torch::nn::functional::softmax(model->forward(torch::randn({2, 3, 32, 32})), 1);
  std::cout << prediction.sizes() << " " << (prediction.sum().item<double>() - 2 < 1e-5) << "\n";
  std::cout << model->named_parameters().size() << " parameters, " << model->named_buffers().size()
            << " buffers\n";
}
