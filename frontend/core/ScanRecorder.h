// Recording the body of a loop. Not a public header.
//
// A value from outside becomes an argument of the body when it is first used, and an operand of the loop. The state of the
// random number generator is carried from step to step, as it goes from draw to draw outside.
#pragma once
#include "frontend/core/Recorder.h"
#include "frontend/core/Value.h"
#include "mlir/IR/Builders.h"
#include <deque>
#include <map>

namespace ingot::detail {

class ScanRecorder final : public Recorder {
public:
  /// The body of a loop that is recorded by `outer`, which flushes nothing meanwhile.
  explicit ScanRecorder(std::shared_ptr<Recorder> outer);

  /// Adds an argument, through which gradients may pass.
  Tensor addArgument(const Site &site, mlir::Type type);
  /// Adds the argument for the generator's state: a carried value, from which the random numbers of the body are drawn.
  void addGenerator(const Site &site);
  /// How many numbers a step draws; if it draws none, the argument goes.
  std::optional<Size> closeGenerator();
  /// The generator's state after a step.
  mlir::Value generatorState(const Site &site) const { return valueOf(site, generatorTensor); }
  /// The values from outside, in the order of the arguments that were made for them.
  llvm::ArrayRef<mlir::Value> captured() const { return capturedValues; }
  /// Moves what `results` need to the block of `b`, with other arguments; returns the results there.
  llvm::SmallVector<mlir::Value> moveTo(mlir::OpBuilder &b, mlir::ValueRange arguments,
                                        mlir::ValueRange results);
  /// What still holds a value of this body escaped from it.
  void close();

  mlir::Value capture(const Site &site, const std::shared_ptr<TensorImpl> &tensor, bool history) override;
  mlir::Value read(const Site &site, const std::shared_ptr<Storage> &storage) override;
  void write(const Site &site, const std::shared_ptr<Storage> &storage, mlir::Value value) override;
  mlir::Value number(const Site &site, const Scalar &number, Dtype type) override;
  mlir::Value randomState(const Site &site, const Size &count) override;
  void flush(const Site &site) override;
  bool isTrace() const override { return true; }

private:
  mlir::Value argumentFor(const Site &site, mlir::Value outside);

  std::shared_ptr<Recorder> outer;
  std::optional<Whole> whole;
  bool closed = false;
  mlir::BlockArgument generatorArgument;
  Tensor generatorTensor; ///< its state so far
  std::optional<Size> drawn;
  llvm::SmallVector<mlir::Value> capturedValues;
  std::deque<Held> captures; ///< hold them
  /// By tensor, and whether gradients pass through.
  std::map<std::pair<std::shared_ptr<TensorImpl>, bool>, mlir::Value> arguments;
};

} // namespace ingot::detail
