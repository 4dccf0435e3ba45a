// A network with dropout and batch normalization, and its training step at a learning rate that the caller gives.
#include <ingot/ingot.h>
using ingot::Tensor;
namespace nn = ingot::nn;
namespace F = ingot::nn::functional;

struct MlpImpl : nn::Module {
  nn::Linear fc1{2, 16}, fc2{16, 2};
  nn::BatchNorm1d norm{16};
  nn::Dropout dropout{0.1};
  MlpImpl() {
    register_module("fc1", fc1), register_module("norm", norm);
    register_module("dropout", dropout), register_module("fc2", fc2);
  }
  Tensor forward(Tensor x) { return fc2(dropout(F::relu(norm(fc1(x))))); }
};
INGOT_MODULE(Mlp);

int main(int argc, char **argv) {
  ingot::manual_seed(7);
  Mlp model;
  ingot::optim::Adam optimizer(model->parameters());
  ingot::Dim N("N", 64);

  auto train = ingot::trace("train_step",
                            [&](Tensor point, Tensor label, Tensor lr) {
                              optimizer.zero_grad();
                              Tensor loss = F::cross_entropy(model(point), label);
                              loss.backward();
                              optimizer.step(lr);
                              return loss;
                            },
                            {{"point", {N, 2}}, {"label", {N}, ingot::kInt64}, {"lr", {}}}, {"loss"});

  model->eval();
  auto infer =
      ingot::trace("infer", [&](Tensor point) { return model(point); }, {{"point", {N, 2}}}, {"scores"});
  return ingot::export_main(argc, argv, "mlp", {infer, train});
}
