// "Building Models with PyTorch", the tutorial's snippets as one program: modules, parameters, and the layers
// that models are made of. Nothing is exported: what is printed is compiled and computed when it is read.
//
//   building_models [SEED]
#include <cstdlib>
#include <ingot/ingot.h>
#include <iostream>
using ingot::Tensor;
namespace nn = ingot::nn;

struct TinyModelImpl : nn::Module {
  nn::Linear linear1{100, 200};
  nn::ReLU activation;
  nn::Linear linear2{200, 10};
  nn::Softmax softmax{1};

  TinyModelImpl() {
    register_module("linear1", linear1);
    register_module("activation", activation);
    register_module("linear2", linear2);
    register_module("softmax", softmax);
  }
  /// x: N x 100; returns probabilities of 10 classes, N x 10.
  Tensor forward(Tensor x) {
    x = linear1(x);
    x = activation(x);
    x = linear2(x);
    return softmax(x);
  }
};
INGOT_MODULE(TinyModel);

void printParameters(const nn::Module &module) {
  for (const Tensor &parameter : module.parameters())
    std::cout << "Parameter containing:\n" << parameter << '\n';
}

void models() {
  TinyModel tinymodel;
  std::cout << "The model:\n" << tinymodel << '\n';
  std::cout << "\n\nJust one layer:\n" << tinymodel->linear2 << '\n';
  std::cout << "\n\nModel params:\n";
  printParameters(*tinymodel);
  std::cout << "\n\nLayer params:\n";
  printParameters(*tinymodel->linear2);
}

void linearLayers() {
  nn::Linear lin(3, 2);
  Tensor x = ingot::rand({1, 3});
  std::cout << "\n\nInput:\n" << x << '\n';
  std::cout << "\n\nWeight and Bias parameters:\n";
  printParameters(*lin);
  Tensor y = lin(x);
  std::cout << "\n\nOutput:\n" << y << '\n';
}

void dataManipulationLayers() {
  Tensor myTensor = ingot::rand({1, 6, 6});
  std::cout << "\n\nMax pooling:\n" << myTensor << '\n';
  nn::MaxPool2d maxpoolLayer(3);
  std::cout << maxpoolLayer(myTensor) << '\n';

  myTensor = ingot::rand({1, 4, 4}) * 20 + 5;
  std::cout << "\n\nBatch normalization:\n" << myTensor << '\n';
  std::cout << myTensor.mean() << '\n';
  nn::BatchNorm1d normLayer(4);
  Tensor normedTensor = normLayer(myTensor);
  std::cout << normedTensor << '\n';
  std::cout << normedTensor.mean() << '\n';

  myTensor = ingot::rand({1, 4, 4});
  nn::Dropout dropout(0.4);
  std::cout << "\n\nDropout:\n" << dropout(myTensor) << '\n';
  std::cout << dropout(myTensor) << '\n';
}

int main(int argc, char **argv) {
  ingot::manual_seed(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0);
  models();
  linearLayers();
  dataManipulationLayers();
}
