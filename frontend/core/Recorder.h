// Where ops go. Not a public header.
//
//   Recorder        a block that a thread records into, and what there is to know of its values
//   EagerRecorder   outside trace: leaves are buffers and numbers; flush() computes (EagerRecorder.h)
//   TraceRecorder   inside trace: leaves are inputs, states and constants (TraceRecorder.h)
//   ScanRecorder    the body of a loop inside one of these: leaves are arguments (ScanRecorder.h)
//
// One lock, held by each entry, guards recorders and storages: any thread may read or drop what another recorded.
#pragma once
#include "frontend/core/Context.h"
#include "frontend/core/Storage.h"
#include "ir/sizes/Expr.h"
#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"
#include <mutex>

namespace ingot::detail {

/// What gradients need to know of a value that depends on a leaf which requires them.
struct History {
  /// The tensors whose gradient is that of the value: a leaf, and what retains its gradient.
  llvm::SmallVector<std::weak_ptr<TensorImpl>, 1> targets;
  /// A backward pass has been here, and was not told to retain the graph.
  bool freed = false;
  /// The elements, if they have been computed.
  BufferRef buffer;
  /// Of what it is an output, and which: gradients end here, too.
  std::shared_ptr<GradientNode> node;
  size_t output = 0;
};

/// The lock over all that is recorded.
class RecordLock {
public:
  RecordLock() : guard(mutex()) {}

private:
  static std::recursive_mutex &mutex();
  std::lock_guard<std::recursive_mutex> guard;
};

class Recorder : public std::enable_shared_from_this<Recorder> {
public:
  virtual ~Recorder();
  /// The innermost trace of this thread, or its eager recorder.
  static const std::shared_ptr<Recorder> &current();

  /// Records `name` ("ingot.add"). Without a result type it is inferred. Throws Error where the op refuses.
  mlir::Value record(const Site &site, llvm::StringRef name, mlir::ValueRange operands,
                     llvm::ArrayRef<mlir::NamedAttribute> attributes = {}, mlir::Type result = {});

  /// In the body of a loop, the argument that stands for a tensor from outside; null for its own, and for views that are
  /// made again there.
  virtual mlir::Value capture(const Site &site, const std::shared_ptr<TensorImpl> &tensor, bool history) {
    return nullptr;
  }
  /// The value of a storage here and now; lifts it into this block if it comes from elsewhere.
  virtual mlir::Value read(const Site &site, const std::shared_ptr<Storage> &storage) = 0;
  /// Rebinds a storage to a new value of its type.
  virtual void write(const Site &site, const std::shared_ptr<Storage> &storage, mlir::Value value) = 0;
  /// A number as a 0-dim tensor.
  virtual mlir::Value number(const Site &site, const Scalar &number, Dtype type) = 0;
  /// The pair (seed, offset) of the generator, for `count` random numbers that no other op gets.
  virtual mlir::Value randomState(const Site &site, const Size &count) = 0;
  /// Computes all pending values; an Error in a trace.
  virtual void flush(const Site &site) = 0;
  /// A place to compute what is pending, outside trace.
  virtual void cut(const Site &site) {}
  /// Whether numbers are part of the program.
  virtual bool isTrace() const = 0;
  /// While one lives, nothing is flushed for the length of the block: values without tensors are in use.
  struct Whole {
    explicit Whole(Recorder &recorder) : recorder(recorder) { ++recorder.whole; }
    ~Whole() { --recorder.whole; }
    Recorder &recorder;
  };
  /// Called when a result has been given to a tensor: the place to flush a block that has grown too long.
  virtual void recorded(const Site &site) {}
  /// The declared ranges of the dimensions in sizes.
  const sizes::Ranges &ranges() const { return dimRanges; }

  /// Adds an op that was made for this block; of no history of its own unless it is the start of one.
  void append(mlir::Operation *op);
  /// `value` without its history.
  mlir::Value detach(const Site &site, mlir::Value value);
  /// `value` as the start of the history of `leaf`.
  mlir::Value startHistory(const Site &site, const std::shared_ptr<TensorImpl> &leaf, mlir::Value value);
  /// `value` as output number `output` of `node`.
  mlir::Value startHistory(const Site &site, std::shared_ptr<GradientNode> node, size_t output,
                           mlir::Value value);
  /// Null if the value has none.
  History *historyOf(mlir::Value value);
  /// Called before the gradient of a tensor is looked at or changed.
  virtual void touchGrad(TensorImpl &tensor) {}

  /// A constant tensor of one element.
  mlir::Value constant(const Site &site, const Scalar &number, Dtype type);
  /// The location of `site` in the current module, and in the composite function that is being recorded; of an op, which the
  /// function that records it may not be named for.
  mlir::Location location(const Site &site, llvm::StringRef op = {});

  /// Storages that hold `from` with its history hold `to`, but for `except`.
  void replaceHeld(mlir::Value from, mlir::Value to, llvm::ArrayRef<const Storage *> except);

protected:
  friend class Held;
  void hold(mlir::Value value);
  void release(mlir::Value value);
  /// Erases an op without uses and holders, then its operands' likewise.
  void eraseDead(mlir::Operation *op);
  /// Erases all ops.
  void clearBlock();
  /// Lets go the nodes whose outputs have been erased, which may hold values themselves.
  void dropRetired();

  mlir::Block block;
  sizes::Ranges dimRanges;
  Held *held = nullptr;
  llvm::DenseMap<mlir::Operation *, unsigned> holders;
  llvm::DenseMap<mlir::Value, History> histories;
  std::vector<std::shared_ptr<GradientNode>> retired;
  int64_t opCount = 0;
  int whole = 0;
};

/// Makes a recorder the current one of this thread while it lives.
class RecorderScope {
public:
  explicit RecorderScope(std::shared_ptr<Recorder> recorder);
  ~RecorderScope();

private:
  std::shared_ptr<Recorder> outer;
};

} // namespace ingot::detail
