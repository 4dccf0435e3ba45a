// Gradients.
//
//   Tensor w = ingot::randn({3}, ingot::requires_grad());
//   Tensor loss = (w * x).sum();
//   loss.backward();                                   // w.grad() is to be computed
//   Tensor g = ingot::autograd::grad({loss}, {w})[0];  // the same, and w.grad() stays as it was
//
// Gradients are recorded like all else: what w.grad() holds is computed when it, or anything after it, is read. That every
// operation on the way has a derivative is checked at once; the Error names the operation and the line that recorded it.
#pragma once
#include "ingot/core/Tensor.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ingot::autograd {

/// The operation that made a tensor, see Tensor::grad_fn.
class Node {
public:
  explicit Node(std::string name) : name_(std::move(name)) {}
  /// As libtorch calls it: "AddBackward0". What is composed of several operations has the name of the last one.
  const std::string &name() const { return name_; }

private:
  std::string name_;
};

/// Adds the gradients of sum_k <grad_tensors[k], tensors[k]> to the .grad() of the leaves, as Tensor::backward does for one.
void backward(const TensorList &tensors, const TensorList &grad_tensors = {},
              std::optional<bool> retain_graph = std::nullopt, bool create_graph = false,
              const TensorList &inputs = {}, const Where &at = Where::current());

/// The gradients of sum_k <grad_outputs[k], outputs[k]> with respect to `inputs`, which may be leaves or results. Without
/// grad_outputs each output must have one element. An input that no output depends on is an Error; with `allow_unused` its
/// gradient is undefined. `retain_graph` and `create_graph` as of Tensor::backward.
TensorList grad(const TensorList &outputs, const TensorList &inputs, const TensorList &grad_outputs = {},
                std::optional<bool> retain_graph = std::nullopt, bool create_graph = false,
                bool allow_unused = false, const Where &at = Where::current());

} // namespace ingot::autograd
