// LeNet's training step as an object file: forward, backward and SGD in one function, beside inference on the same state.
// train.cpp is the application that links it.
#include "lenet_model.h"

int main(int argc, char **argv) {
  ingot::manual_seed(0);
  LeNet model;
  ingot::optim::SGD optimizer(model->parameters(), ingot::optim::SGDOptions(/*lr=*/0.05).momentum(0.9));

  ingot::Dim N("N");
  auto infer =
      ingot::trace("infer", [&](Tensor image) { return model->forward(image); }, {{"image", {N, 1, 32, 32}}});
  auto train = ingot::trace("train_step",
                            [&](Tensor image, Tensor label, Tensor lr) {
                              optimizer.zero_grad();
                              Tensor loss = F::cross_entropy(model->forward(image), label);
                              loss.backward();
                              optimizer.step(lr);
                              return loss;
                            },
                            {{"image", {N, 1, 32, 32}}, {"label", {N}, ingot::kInt64}, {"lr", {}}}, {"loss"});
  return ingot::export_main(argc, argv, "lenet_trainer", {infer, train});
}
