// Recording outside trace. Not a public header.
//
// A read computes every value that a tensor holds, as one function whose arguments are the buffers and the numbers that
// the ops start from; then the block is empty again, but for what made the values that gradients may pass through.
#pragma once
#include "frontend/core/Recorder.h"
#include "ir/ops/Ops.h"
#include <vector>

namespace ingot::detail {

class EagerRecorder final : public Recorder {
public:
  mlir::Value read(const Site &site, const std::shared_ptr<Storage> &storage) override;
  void write(const Site &site, const std::shared_ptr<Storage> &storage, mlir::Value value) override;
  mlir::Value number(const Site &site, const Scalar &number, Dtype type) override;
  mlir::Value randomState(const Site &site, const Size &count) override;
  void flush(const Site &site) override;
  void cut(const Site &site) override;
  bool isTrace() const override { return false; }
  void recorded(const Site &site) override;

private:
  mlir::Value leaf(const BufferRef &buffer, mlir::Type type);
  void dropCachedValues();
  /// The elements of a value; null if they have to be computed.
  BufferRef elementsOf(mlir::Value value);
  /// Forgets what has been computed, but for the history of values that gradients may pass through.
  void keepHistory(llvm::DenseMap<mlir::Value, BufferRef> &results);
  void startFrom(ir::DetachOp start, mlir::Value elements);
  void dropUnusedLeaves();
  /// Gives up all that is pending: storages are as they were before it was recorded.
  void abandon();

  std::vector<BufferRef> leaves; // one a block argument
  llvm::DenseMap<std::pair<Buffer *, mlir::Type>, mlir::Value> known;
  int64_t keptOps = 0; ///< how many the last flush has left
};

/// Takes the elements of a storage to memory, wherever they are pending.
void settle(const Site &site, Storage &storage);

} // namespace ingot::detail
