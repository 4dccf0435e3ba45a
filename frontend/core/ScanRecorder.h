// Recording the body of a loop. Not a public header.
//
// A value from outside becomes an argument of the body when it is first used, and an operand of the loop. The state of the
// random number generator is carried from step to step, as it goes from draw to draw outside. Backward passes through nodes
// go on in the same body: the loop of a derivative takes what it needs from there, with arguments of its own.
#pragma once
#include "frontend/core/Generator.h"
#include "frontend/core/Value.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include <map>
#include <optional>

namespace ingot::detail {

class ScanRecorder final : public Recorder {
public:
  /// While one lives, this thread records into the body of a loop; what it recorded into before flushes nothing.
  class Recording {
  public:
    explicit Recording(ScanRecorder &body);
    ~Recording();
    Recording(const Recording &) = delete;
    Recording &operator=(const Recording &) = delete;

  private:
    ScanRecorder &body;
    std::optional<RecorderScope> scope;
    RandomLog::Paused paused;
  };
  /// An argument of the body, and the tensor from outside that it stands for.
  struct Operand {
    mlir::Value inside;
    Tensor outside;
  };

  /// Adds an argument, through which gradients may pass.
  mlir::Value addArgument(const Site &site, mlir::Type type);
  /// Adds the argument for the generator's state: a carried value, from which the random numbers of the body are drawn.
  mlir::Value addGenerator(const Site &site);
  /// How many numbers a step draws, and the state after it, added to `next`. If it draws none, the argument goes.
  std::optional<Size> closeGenerator(TensorList &next);
  /// What has been taken from outside since the last call, in the order of first use.
  std::vector<Operand> takeCaptured() { return std::exchange(captured, {}); }
  /// Whether gradients go through a node of the body.
  bool hasNodes() const;
  /// Whether a value of the body needs no arguments but those among `given`, its own values or arguments.
  static bool isComputedFrom(llvm::ArrayRef<mlir::Value> given, mlir::Value result);
  /// Copies what computes `results` to where `b` inserts; returns them there. `map` says what is there, all arguments that
  /// they need among it.
  llvm::SmallVector<mlir::Value> cloneTo(mlir::OpBuilder &b, mlir::IRMapping map, mlir::ValueRange results);
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

  std::shared_ptr<Recorder> outer; ///< while this records
  std::optional<Whole> whole;
  mlir::BlockArgument generatorArgument;
  Tensor generatorTensor; ///< its state so far
  std::optional<Size> drawn;
  std::vector<Operand> captured;
  /// By tensor, and whether gradients pass through.
  std::map<std::pair<std::shared_ptr<TensorImpl>, bool>, mlir::Value> arguments;
};

} // namespace ingot::detail
