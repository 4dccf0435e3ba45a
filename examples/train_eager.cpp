// A training loop written eagerly: the first pass compiles one function, the others are calls of it.
//
// usage: train_eager [STEPS]
#include <cstdio>
#include <cstdlib>
#include <ingot/ingot.h>
using ingot::Tensor;
namespace nn = ingot::nn;
namespace F = ingot::nn::functional;

int main(int argc, char **argv) {
  ingot::manual_seed(0);
  nn::Sequential model(nn::Linear(1, 32), nn::Tanh(), nn::Linear(32, 32), nn::Tanh(), nn::Linear(32, 1));
  ingot::optim::Adam optimizer(model->parameters(), 1e-2);
  ingot::optim::StepLR schedule(optimizer, /*step_size=*/500, /*gamma=*/0.5);

  int steps = argc > 1 ? std::atoi(argv[1]) : 2000;
  for (int step = 0; step < steps; ++step) {
    Tensor x = ingot::rand({64, 1}) * 6 - 3, y = ingot::sin(x * 2);
    optimizer.zero_grad();
    Tensor loss = F::mse_loss(model->forward(x), y);
    loss.backward();
    nn::utils::clip_grad_norm_(model->parameters(), 1.0);
    optimizer.step();
    schedule.step();
    if (step % 250 == 0 || step + 1 == steps)
      std::printf("step %5d  loss %.6f\n", step, loss.item<double>());
  }
}
