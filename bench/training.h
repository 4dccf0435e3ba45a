// What the exporters of the workloads share.
#pragma once
#include <ingot/ingot.h>
#include <vector>

/// A whole step, traced: gradients from zero, the loss of `loss(x, label)`, backward, update. `inputs` are x and the int64
/// labels.
template <class Loss, class Optimizer>
ingot::Program training_step(const char *name, Loss loss, Optimizer &optimizer,
                             const std::vector<ingot::TensorSpec> &inputs) {
  return ingot::trace(name,
                      [&optimizer, loss](ingot::Tensor x, ingot::Tensor label) mutable {
                        optimizer.zero_grad();
                        ingot::Tensor value = loss(x, label);
                        value.backward();
                        optimizer.step();
                        return value;
                      },
                      inputs, {"loss"});
}
