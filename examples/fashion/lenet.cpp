// A LeNet trained on Fashion-MNIST as an object file: running this program writes lenet.o, lenet.h and lenet.safetensors.
// classify.cpp is the application that links them.
#include "lenet_model.h"

int main(int argc, char **argv) {
  LeNet model;
  ingot::load(model, "lenet_fashion.safetensors"); // names and shapes are those of PyTorch's state_dict
  model->eval();

  ingot::Dim N("N"); // any batch size at run time
  auto infer =
      ingot::trace("infer", [&](Tensor image) { return model->forward(image); }, {{"image", {N, 1, 32, 32}}});
  return ingot::export_main(argc, argv, "lenet", {infer});
}
