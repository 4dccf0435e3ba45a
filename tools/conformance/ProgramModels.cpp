#include "tools/conformance/Programs.h"

namespace ingot::conformance {
namespace {

namespace F = nn::functional;

struct TinyModel final : ProgramModel {
  explicit TinyModel(const Json &o)
      : linear1(o.value("inputs", 100), o.value("hidden", 200)),
        linear2(o.value("hidden", 200), o.value("outputs", 10)) {
    register_module("linear1", linear1);
    register_module("linear2", linear2);
  }
  TensorList forward(const TensorList &inputs) override {
    return {softmax(linear2(activation(linear1(inputs[0]))))};
  }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    return F::mse_loss(outputs[0], inputs[1]);
  }

  nn::Linear linear1, linear2;
  nn::ReLU activation;
  nn::Softmax softmax{-1};
};

struct LoneLinear final : ProgramModel {
  explicit LoneLinear(const Json &o) : lin(o.value("inputs", 3), o.value("outputs", 2)) {
    register_module("lin", lin);
  }
  TensorList forward(const TensorList &inputs) override { return {lin(inputs[0])}; }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    return F::mse_loss(outputs[0], inputs[1]);
  }

  nn::Linear lin;
};

struct LeNet final : ProgramModel {
  explicit LeNet(const Json &o) : fc3(84, o.value("classes", 10)) {
    register_module("conv1", conv1);
    register_module("conv2", conv2);
    register_module("fc1", fc1);
    register_module("fc2", fc2);
    register_module("fc3", fc3);
  }
  TensorList forward(const TensorList &inputs) override {
    Tensor x = max_pool2d(relu(conv1(inputs[0])), 2);
    x = max_pool2d(relu(conv2(x)), 2);
    x = x.view({-1, 16 * 6 * 6});
    return {fc3(relu(fc2(relu(fc1(x)))))};
  }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    return F::cross_entropy(outputs[0], inputs[1]);
  }

  nn::Conv2d conv1{1, 6, 5}, conv2{6, 16, 3};
  nn::Linear fc1{16 * 6 * 6, 120}, fc2{120, 84}, fc3;
};

/// Forward only.
struct TutorialLayers final : ProgramModel {
  explicit TutorialLayers(const Json &o) : pool(o.value("pool", 2)), norm(o.value("features", 4)) {
    register_module("pool", pool);
    register_module("norm", norm);
  }
  TensorList forward(const TensorList &inputs) override {
    const Tensor &image = inputs[0], &rows = inputs[1];
    return {pool(image), norm(rows), rows.mean(), norm(rows).mean()};
  }
  Tensor loss(const TensorList &, const TensorList &) override { return {}; }

  nn::MaxPool2d pool;
  nn::BatchNorm1d norm;
};

void pushActivation(nn::Sequential &layers, const std::string &name) {
#define ACTIVATION(Layer)                                                                                    \
  if (name == #Layer)                                                                                        \
    return layers->push_back(nn::Layer());
  ACTIVATION(CELU)
  ACTIVATION(ELU)
  ACTIVATION(GELU)
  ACTIVATION(Hardshrink)
  ACTIVATION(Hardsigmoid)
  ACTIVATION(Hardswish)
  ACTIVATION(Hardtanh)
  ACTIVATION(Identity)
  ACTIVATION(LeakyReLU)
  ACTIVATION(LogSigmoid)
  ACTIVATION(Mish)
  ACTIVATION(PReLU)
  ACTIVATION(RReLU)
  ACTIVATION(ReLU)
  ACTIVATION(ReLU6)
  ACTIVATION(SELU)
  ACTIVATION(SiLU)
  ACTIVATION(Sigmoid)
  ACTIVATION(Softplus)
  ACTIVATION(Softshrink)
  ACTIVATION(Softsign)
  ACTIVATION(Tanh)
  ACTIVATION(Tanhshrink)
#undef ACTIVATION
  throw Unsupported("activation " + name);
}

struct MLP final : ProgramModel {
  explicit MLP(const Json &o) {
    auto sizes = o.at("sizes").get<std::vector<int64_t>>();
    for (size_t i = 0; i + 1 < sizes.size(); ++i) {
      net->push_back(nn::Linear(sizes[i], sizes[i + 1]));
      if (i + 2 < sizes.size())
        pushActivation(net, o.value("activation", "ReLU"));
    }
    register_module("net", net);
  }
  TensorList forward(const TensorList &inputs) override { return {net->forward(inputs[0])}; }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    return F::mse_loss(outputs[0], inputs[1]);
  }

  nn::Sequential net;
};

nn::Conv2d conv3x3(int64_t in, int64_t out, int64_t stride) {
  return nn::Conv2d(nn::Conv2dOptions(in, out, 3).stride(stride).padding(1).bias(false));
}

struct BlockImpl : nn::Module {
  BlockImpl(int64_t in, int64_t out, int64_t stride)
      : conv1(conv3x3(in, out, stride)), bn1(out), conv2(conv3x3(out, out, 1)), bn2(out) {
    if (stride != 1 || in != out)
      down = nn::Sequential(nn::Conv2d(nn::Conv2dOptions(in, out, 1).stride(stride).bias(false)),
                            nn::BatchNorm2d(out));
    register_module("conv1", conv1);
    register_module("bn1", bn1);
    register_module("conv2", conv2);
    register_module("bn2", bn2);
    register_module("down", down);
  }
  Tensor forward(const Tensor &x) {
    Tensor y = bn2(conv2(relu(bn1(conv1(x)))));
    return relu(y + (down->is_empty() ? x : down->forward(x)));
  }

  nn::Conv2d conv1;
  nn::BatchNorm2d bn1;
  nn::Conv2d conv2;
  nn::BatchNorm2d bn2;
  nn::Sequential down;
};
INGOT_MODULE(Block);

struct ResNet final : ProgramModel {
  explicit ResNet(const Json &o)
      : ResNet(o.value("widths", std::vector<int64_t>{6, 10}), o.value("classes", 5)) {}
  ResNet(const std::vector<int64_t> &widths, int64_t classes)
      : stem(conv3x3(3, widths.front(), 1)), bn(widths.front()), fc(widths.back(), classes) {
    for (size_t i = 0; i < widths.size(); ++i)
      layers->push_back(Block(widths[i == 0 ? 0 : i - 1], widths[i], i == 0 ? 1 : 2));
    register_module("stem", stem);
    register_module("bn", bn);
    register_module("layers", layers);
    register_module("fc", fc);
  }
  TensorList forward(const TensorList &inputs) override {
    Tensor x = layers->forward(relu(bn(stem(inputs[0]))));
    return {fc(adaptive_avg_pool2d(x, 1).flatten(1))};
  }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    return F::cross_entropy(outputs[0], inputs[1]);
  }

  nn::Conv2d stem;
  nn::BatchNorm2d bn;
  nn::Sequential layers;
  nn::Linear fc;
};

nn::Conv2d strided(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding) {
  return nn::Conv2d(nn::Conv2dOptions(in, out, kernel).stride(stride).padding(padding).bias(false));
}
nn::ConvTranspose2d transposed(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding) {
  return nn::ConvTranspose2d(
      nn::ConvTranspose2dOptions(in, out, kernel).stride(stride).padding(padding).bias(false));
}
nn::LeakyReLU leaky() { return nn::LeakyReLU(nn::LeakyReLUOptions().negative_slope(0.2)); }

struct DCGAN final : ProgramModel {
  explicit DCGAN(const Json &o) : DCGAN(o.value("z", 5), o.value("width", 4), o.value("channels", 1)) {}
  DCGAN(int64_t z, int64_t width, int64_t channels)
      : generator(transposed(z, width * 2, 4, 1, 0), nn::BatchNorm2d(width * 2), nn::ReLU(),
                  transposed(width * 2, width, 3, 2, 1), nn::BatchNorm2d(width), nn::ReLU(),
                  transposed(width, channels, 4, 2, 1), nn::Tanh()),
        discriminator(strided(channels, width, 4, 2, 1), leaky(), strided(width, width * 2, 4, 2, 1),
                      nn::BatchNorm2d(width * 2), leaky(), strided(width * 2, 1, 3, 1, 0), nn::Sigmoid()) {
    register_module("generator", generator);
    register_module("discriminator", discriminator);
  }
  TensorList forward(const TensorList &inputs) override { return {judge(generator->forward(inputs[0]))}; }
  Tensor loss(const TensorList &outputs, const TensorList &) override { return against(outputs[0], 1); }

  Optimizers makeOptimizers(const OptimizerMaker &make) override {
    Optimizers optimizers;
    optimizers.push_back(make(discriminator->parameters()));
    optimizers.push_back(make(generator->parameters()));
    return optimizers;
  }
  TensorList step(const Optimizers &optimizers, const TensorList &inputs) override {
    optimizers[0]->zero_grad();
    Tensor real = against(judge(inputs[1]), 0.9);
    Tensor fake = generator->forward(inputs[0]);
    Tensor told = real + against(judge(fake.detach()), 0);
    told.backward();
    optimizers[0]->step();
    optimizers[1]->zero_grad();
    Tensor fooled = against(judge(fake), 1);
    fooled.backward();
    optimizers[1]->step();
    return {told, fooled};
  }

  Tensor judge(const Tensor &images) { return discriminator->forward(images).flatten(); }
  static Tensor against(const Tensor &verdicts, double label) {
    return F::binary_cross_entropy(verdicts, full_like(verdicts, label));
  }

  nn::Sequential generator, discriminator;
};

struct VAE final : ProgramModel {
  explicit VAE(const Json &o) : VAE(o.value("image", 20), o.value("hidden", 16), o.value("latent", 4)) {}
  VAE(int64_t image, int64_t hidden, int64_t latent)
      : fc1(image, hidden), fc2(hidden, latent), fc3(hidden, latent), fc4(latent, hidden),
        fc5(hidden, image) {
    register_module("fc1", fc1);
    register_module("fc2", fc2);
    register_module("fc3", fc3);
    register_module("fc4", fc4);
    register_module("fc5", fc5);
  }
  TensorList forward(const TensorList &inputs) override {
    Tensor h = relu(fc1(inputs[0]));
    Tensor mu = fc2(h), logVar = fc3(h);
    Tensor z = mu + inputs[1] * exp(logVar / 2);
    return {sigmoid(fc5(relu(fc4(z)))), mu, logVar};
  }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    const Tensor &mu = outputs[1], &logVar = outputs[2];
    return F::binary_cross_entropy(outputs[0], inputs[0],
                                   F::BinaryCrossEntropyFuncOptions().reduction(kSum)) -
           0.5 * sum(1 + logVar - mu.pow(2) - logVar.exp());
  }

  nn::Linear fc1, fc2, fc3, fc4, fc5;
};

} // namespace

void addFeedForwardPrograms(ProgramTable &table) {
#define PROGRAM(name, Model)                                                                                 \
  table[name] = [](const Json &options) { return std::make_shared<Model>(options); };
  PROGRAM("TinyModel", TinyModel)
  PROGRAM("Linear", LoneLinear)
  PROGRAM("LeNet", LeNet)
  PROGRAM("TutorialLayers", TutorialLayers)
  PROGRAM("MLP", MLP)
  PROGRAM("ResNet", ResNet)
  PROGRAM("DCGAN", DCGAN)
  PROGRAM("VAE", VAE)
#undef PROGRAM
}

} // namespace ingot::conformance
