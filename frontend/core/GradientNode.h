// Where a backward pass runs code of the user. Not a public header.
//
//   GradientNode   a custom function, a checkpoint, or a tensor with hooks
//   Hooks          the functions that a tensor's gradient goes through
//
// The outputs of a node are values of their own (ingot.detach), at which the gradients of all that follows end. A backward
// pass comes to a node when those are complete, runs its code, which records like any other, and goes on from what that
// returns. So hooks and the like never reach the compiler.
#pragma once
#include "frontend/core/Recorder.h"
#include <functional>

namespace ingot::detail {

/// A tensor whose history a backward pass goes on into, and its gradient; undefined for none.
struct Continuation {
  Tensor tensor, gradient;
};

class GradientNode {
public:
  explicit GradientNode(TensorList inputs) : inputs(std::move(inputs)) {}
  virtual ~GradientNode() = default;
  /// `outputs` and `cotangents` are undefined where no gradient flows to an output. What is changed in the latter is what a
  /// tensor that retains its gradient gets.
  virtual std::vector<Continuation> backward(const Site &site, const TensorList &outputs,
                                             TensorList &cotangents) = 0;
  virtual size_t outputCount() const { return 1; }

  /// What the outputs depend on, as it was when they were computed. None once the graph has been freed.
  TensorList inputs;
};

struct Hooks {
  using Function = std::function<Tensor(const Tensor &)>;
  std::vector<Function> functions; ///< by number; empty ones have been removed
  /// The gradient that they make of a tensor's.
  Tensor apply(const Site &site, const Tensor &gradient) const;
};

/// A tensor of its own for the value that `tensor` has now, with its history.
Tensor snapshot(const Site &site, const Tensor &tensor);
/// Output number `output` of `node`, computed as `value`.
Tensor wrapOutput(const Site &site, mlir::Value value, std::shared_ptr<GradientNode> node, size_t output);

} // namespace ingot::detail
