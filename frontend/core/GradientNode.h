// Where a backward pass runs code of the user. Not a public header.
//
//   GradientNode   a custom function, a checkpoint, a tensor with hooks, or a loop over a body with any of these
//   Hooks          the functions that a tensor's gradient goes through
//
// The outputs of a node are values of their own (ingot.detach), at which the gradients of all that follows end. A backward
// pass comes to a node when those are complete, runs its code, which records like any other, and goes on from what that
// returns. So hooks and the like never reach the compiler: a loop over a body with nodes is one itself.
#pragma once
#include "frontend/core/Recorder.h"
#include <functional>

namespace ingot::detail {

/// A tensor whose history a backward pass goes on into, and its gradient; undefined for none.
struct Continuation {
  Tensor tensor, gradient;
};

inline constexpr const char *freedGraph =
    "the graph was freed by an earlier backward pass, which needs retain_graph for a second one";

class GradientNode {
public:
  explicit GradientNode(TensorList inputs) : inputs(std::move(inputs)) {}
  virtual ~GradientNode() = default;
  /// `outputs` and `cotangents` are undefined where no gradient flows to an output. What is changed in the latter is what a
  /// tensor that retains its gradient gets.
  virtual std::vector<Continuation> backward(const Site &site, const TensorList &outputs,
                                             TensorList &cotangents) = 0;
  virtual size_t outputCount() const { return 1; }
  /// No backward pass comes here again.
  virtual void free() { inputs.clear(); }

  /// What the outputs depend on, as it was when they were computed. None once the node has been freed.
  TensorList inputs;
};

struct Hooks {
  using Function = std::function<Tensor(const Tensor &)>;
  std::vector<Function> functions; ///< by number; empty ones have been removed
  /// The gradient that they make of a tensor's.
  Tensor apply(const Site &site, const Tensor &gradient) const;
};

/// What a backward pass gives that goes through one step of a loop.
struct StepGradients {
  /// Of arguments of the body and the values where the pass ended, as far as gradients flow there.
  std::vector<std::pair<mlir::Value, Tensor>> ofOperands;
  /// Outputs of the nodes on the way.
  std::vector<mlir::Value> nodeOutputs;
};
/// In the body that is being recorded.
StepGradients gradientsOfStep(const Site &site, std::vector<Continuation> outputs,
                              llvm::ArrayRef<mlir::Value> ends);

/// A tensor of its own for the value that `tensor` has now, with its history.
Tensor snapshot(const Site &site, const Tensor &tensor);
/// Output number `output` of `node`, computed as `value`.
Tensor wrapOutput(const Site &site, mlir::Value value, std::shared_ptr<GradientNode> node, size_t output);

} // namespace ingot::detail
