// What a Tensor is a handle of. Not a public header.
//
//   Held        a reference to a recorded value, known to its recorder
//   Storage     elements: a recorded value, a buffer, or both names of the same
//   TensorImpl  a tensor: a whole storage, or a view of another tensor
//
// Recording never aliases. A view is the recipe (ViewStep) that makes its value from its base's; writing to it computes
// the base's new value by the inverse recipe, down to the storage, which is rebound.
#pragma once
#include "frontend/core/Buffer.h"
#include "frontend/core/Scope.h"
#include "frontend/core/State.h"
#include "frontend/core/Tensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

namespace ingot::detail {
class GradientNode;
struct Hooks;
class Recorder;
struct Storage;

/// A node of the list of its recorder. Its value stays recorded until it is let go or computed.
class Held {
public:
  explicit Held(Storage *owner) : owner(owner) {}
  ~Held() { clear(); }
  Held(const Held &) = delete;
  Held &operator=(const Held &) = delete;

  void set(std::shared_ptr<Recorder> recorder, mlir::Value value);
  void clear();
  explicit operator bool() const { return recorder != nullptr; }

  /// The storage that has it; null for a cached view.
  Storage *const owner;
  std::shared_ptr<Recorder> recorder;
  /// Null after the trace that it belonged to.
  mlir::Value value;
  /// The owner's buffer has its elements: it is still held because gradients may pass through it.
  bool computed = false;
  Held *previous = nullptr, *next = nullptr;
};

struct StateName {
  std::shared_ptr<const ModuleNode> owner;
  std::string key;
  std::string path() const;
};

struct Storage {
  explicit Storage(mlir::RankedTensorType type) : type(type) {}

  mlir::RankedTensorType type;
  Held pending{this};
  /// The elements; while a value is pending, those before it.
  BufferRef buffer;
  uint64_t version = 0; ///< how often it has been given a new value
  /// The memory may be written from outside: it keeps its place, and uses copy it.
  bool pinned = false;
  std::weak_ptr<Buffer> copied; ///< of pinned memory: what the last use took
  std::vector<StateName> names;
  bool isParameter = false; ///< it has a gradient
  bool hasHistory = false;  ///< gradients may pass through its value: a result of recording with gradients
};

/// How a view is made from its base.
struct ViewStep {
  enum class Kind : uint8_t { Reshape, Transpose, Slice, Broadcast };
  explicit ViewStep(Kind kind = Kind::Reshape) : kind(kind) {}
  Kind kind;
  std::vector<int64_t> permutation; ///< Transpose
  std::vector<Size> starts;         ///< Slice
  std::vector<int64_t> steps;       ///< Slice
  int64_t varying = -1;             ///< Slice: the dimension whose start is a run-time argument outside trace
  Tensor position;                  ///< Slice: that start, where it is computed
  Composite call; ///< Slice: what made the view, which is reported where the start is out of range
};

/// Gradients: a leaf (a tensor that the user made) that requires them starts its uses from an ingot.detach of its value,
/// which is all that stands for it; the history of a value is how it was made from such. A tensor that requires none gives its
/// uses no history.
struct TensorImpl : std::enable_shared_from_this<TensorImpl> {
  TensorImpl(std::shared_ptr<Storage> storage, mlir::RankedTensorType type);

  std::shared_ptr<Storage> storage;
  mlir::RankedTensorType type;
  Shape sizes;                      ///< those of the type
  std::shared_ptr<TensorImpl> base; ///< of a view
  ViewStep step;                    ///< of a view
  Held cached{nullptr};             ///< of a view: its value, made from the base's value at that time
  BufferRef readCopy;               ///< of a view: elements that a const_data_ptr() has been handed out to
  bool requiresGrad = false;
  bool isLeaf = true;
  bool retainsGrad = false; ///< of a result: backward gives it a gradient
  bool isDetached = false;  ///< of a view: gradients of its base do not see what it is given
  Held start{nullptr};      ///< of a leaf that requires gradients, or a result with hooks: where they end
  Tensor grad;
  std::shared_ptr<Hooks> hooks;         ///< that the gradient goes through
  std::shared_ptr<GradientNode> hooked; ///< of a result with hooks: what runs them
  uint64_t hookedVersion = 0;           ///< that of the storage when it got them
};

} // namespace ingot::detail
