// Recording inside trace. Not a public header.
//
// Tensors from outside are lifted when they are first read: named storages become state, others constants. Storages from
// outside are never changed: what the trace writes to them is kept here, so that nothing needs to be restored.
#pragma once
#include "frontend/core/Recorder.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/MapVector.h"

namespace ingot::detail {

/// A recorded program: one function in form "ingot" (state arguments first), and where its states are.
struct ProgramImpl {
  std::string name;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<std::shared_ptr<Storage>> states; // one a state argument
  std::vector<int64_t> written;                 // the state of each state result
  int64_t outputs = 0;                          // results before those of states
};

class TraceRecorder final : public Recorder {
public:
  explicit TraceRecorder(std::string name) : name(std::move(name)) {}

  Tensor addInput(const Site &site, const std::string &inputName, const Shape &sizes, Dtype type);
  /// Makes the program; nothing can be recorded afterwards.
  std::shared_ptr<ProgramImpl> finish(const Site &site, const std::vector<Tensor> &outputs,
                                      const std::vector<std::string> &outputNames);
  /// What still holds a value of this trace escaped from it. Gradients are again what they were before.
  void close();

  mlir::Value read(const Site &site, const std::shared_ptr<Storage> &storage) override;
  void write(const Site &site, const std::shared_ptr<Storage> &storage, mlir::Value value) override;
  mlir::Value number(const Site &site, const Scalar &number, Dtype type) override;
  mlir::Value randomState(const Site &site, const Size &count) override;
  void flush(const Site &site) override;
  void touchGrad(TensorImpl &tensor) override;
  bool isTrace() const override { return true; }

private:
  /// A storage from outside: its value at entry and now.
  struct Lifted {
    std::shared_ptr<Storage> storage;
    mlir::Value entry = {}; // an argument, or a constant
    mlir::Value current = {};
    bool isState = false, written = false;
  };
  Lifted &lift(const Site &site, const std::shared_ptr<Storage> &storage);
  mlir::Value constantOf(const Site &site, Storage &storage);
  void declareDims(const Size &size);
  void requireOneRoot(const Site &site);
  void buildFunction(ProgramImpl &program, const std::vector<mlir::Value> &outputs,
                     const std::vector<std::string> &outputNames);

  std::string name;
  bool closed = false;
  std::vector<std::pair<std::string, mlir::Value>> inputs;
  std::vector<std::string> dimNames; // in the order of their first use
  llvm::MapVector<Storage *, Lifted> lifted;
  std::shared_ptr<Storage> generatorStorage;
  std::vector<std::pair<std::shared_ptr<TensorImpl>, Tensor>>
      gradsBefore; ///< as they were when the trace began
};

} // namespace ingot::detail
