// A perfect nest of loops over strided operands: what a linalg op, a copy or a relayout is once memrefs are gone.
//
//   LoopNest      loops (parallel or reduction), operands with one stride a loop, and the computation of one point
//   Schedule      how a nest is run: which loop is vectorized, how wide, how often unrolled
//
//   for n:  for c:  for hw:   out[n, c, hw] = max(in[n, c, hw] + bias[c], 0)
//
//   loops     n, c, hw (h and w collapsed: both operands are contiguous in them)
//   in        strides C*HW, HW, 1;   bias  strides 0, 1, 0
//   schedule  vectorize hw, 16 lanes, 4 vectors a turn, masked tail
//
//   emitLoopNest(nest, k);
#pragma once
#include "codegen/vector/KernelBuilder.h"
#include "mlir/IR/AffineExpr.h"

namespace ingot::codegen {

struct Loop {
  mlir::OpFoldResult extent;
  bool reduction = false;
};

/// One operand of a nest. It lies `sum(stride[l] * index[l]) + sum(stride of rest * expression)` elements after the view's
/// base and offset.
struct Access {
  /// Memory; without a base, the operand is `scalar`.
  View view;
  mlir::Value scalar;
  /// Type of the values that the computation sees; index differs from the element in memory.
  mlir::Type type;
  /// One a loop.
  llvm::SmallVector<mlir::OpFoldResult> strides;
  /// Indices that are not linear in the loops: an expression over the loops (dims) and its stride.
  struct Rest {
    mlir::AffineExpr expr;
    mlir::OpFoldResult stride;
  };
  llvm::SmallVector<Rest, 0> rest;
  /// Points that are outside of memory, where 0 <= expr < size does not hold: read as zero, and not written.
  struct Guard {
    mlir::AffineExpr expr;
    mlir::OpFoldResult size;
    /// The sides that need a check.
    bool lower = true, upper = true;
  };
  llvm::SmallVector<Guard, 0> guards;
  /// Whether the computation looks at the value.
  bool used = true;

  bool isMemory() const { return static_cast<bool>(view.base); }
  bool isBits() const { return isMemory() && view.element.isInteger(1); }
  bool isIrregular(unsigned loop) const;
  /// The stride along a loop as a constant, nullopt if irregular or only known at run time.
  std::optional<int64_t> constantStride(unsigned loop) const;
  /// Whether all iterations of the loop meet the same element.
  bool isInvariant(unsigned loop) const {
    return !isMemory() || (constantStride(loop) == 0 && !isGuarded(loop));
  }
  bool isGuarded(unsigned loop) const;
  /// c if c iterations of the loop after each other meet the same element, and the next c the next one in memory: an index
  /// `loop floordiv c`, c small and a power of two. nullopt otherwise.
  std::optional<int64_t> repetitionsAlong(unsigned loop) const;
};

/// Inputs whose elements lie at most this many elements apart are loaded whole and sorted in registers; so are those of which
/// each element is met at most this many times.
inline constexpr int64_t maxStridedLoad = 4;

/// An affine expression without floordiv and mod: one coefficient a dimension, and a constant.
struct LinearExpr {
  llvm::SmallVector<int64_t> coefficients;
  int64_t constant = 0;
};
std::optional<LinearExpr> linearOf(mlir::AffineExpr expr, unsigned dims);

/// What the computation of one point, or of `lanes` points along the vectorized loop, may look at.
struct PointState {
  /// Index of each loop; of the vectorized one, the first lane's.
  llvm::ArrayRef<mlir::OpFoldResult> indices;
  /// The vectorized loop, or -1; lanes == 1 is a single point.
  int vectorLoop = -1;
  int64_t lanes = 1;
  /// vector<lanes x i1>: the lanes that are points, null if all are.
  mlir::Value mask;
};

/// The computation of one point.
class PointBody {
public:
  virtual ~PointBody() = default;
  /// `inputs` and `accumulators` (the outputs so far, null where not looked at) are values of the accesses' types or vectors of
  /// `lanes` of them; a scalar stands for equal lanes. Returns one value an output.
  virtual llvm::SmallVector<mlir::Value> emit(KernelBuilder &k, mlir::ValueRange inputs,
                                              llvm::ArrayRef<mlir::Value> accumulators,
                                              const PointState &state) = 0;
  /// Whether points along `loop` can be computed as vectors when the accesses that `uniform` names are equal in all lanes.
  struct Shape {
    bool vectorizable = true;
    /// Bytes of the widest element that is computed as a vector, 0 if none is.
    int64_t widest = 0;
    /// Rough number of instructions.
    int64_t cost = 0;
  };
  virtual Shape shapeAlong(unsigned loop, llvm::ArrayRef<bool> uniform) = 0;
  /// Loops whose index the computation looks at: they must stay as they are.
  virtual llvm::SmallVector<bool> indexedLoops(unsigned loops) { return llvm::SmallVector<bool>(loops); }
  /// Renames loops after collapsing: loop l of before is loop `renamed[l]`; -1 is a loop that is always at 0.
  virtual void renameLoops(llvm::ArrayRef<int> renamed) {}
  /// The associative op by which output `o` accumulates (acc = combine(acc, f(inputs))), or null.
  virtual mlir::Operation *combiner(unsigned output) { return nullptr; }
};

struct LoopNest {
  llvm::SmallVector<Loop> loops;
  /// Inputs, then outputs. An output's `used` says that its old value is looked at.
  llvm::SmallVector<Access, 0> accesses;
  unsigned inputs = 0;
  /// For each output the value that it starts from, null: what lies in memory.
  llvm::SmallVector<mlir::Value> initial;
  PointBody *body = nullptr;

  unsigned outputs() const { return accesses.size() - inputs; }
  llvm::ArrayRef<Access> outputAccesses() const { return llvm::ArrayRef(accesses).drop_front(inputs); }
  bool hasReduction() const {
    return llvm::any_of(loops, [](const Loop &loop) { return loop.reduction; });
  }
};

/// An operand of a nest whose loops are the dimensions of `map`. Reads of an unused operand are dropped.
Access makeAccess(const View &view, mlir::Type type, mlir::AffineMap map, bool used, KernelBuilder &k);

/// From an element in memory, or a vector of them, to the type of the computation, and back.
mlir::Value fromStorage(KernelBuilder &k, mlir::Value value, mlir::Type type);
mlir::Value toStorage(KernelBuilder &k, mlir::Value value, mlir::Type element);

/// Drops loops that run once and joins loops that all operands walk as one.
void simplify(LoopNest &nest, KernelBuilder &k);

/// How a nest is run.
struct Schedule {
  /// The vectorized loop, -1 if none is.
  int vectorLoop = -1;
  int64_t lanes = 1;
  /// Vectors (accumulators, where it is a reduction) in one turn of the vectorized loop.
  int64_t unroll = 1;
  /// Emit the reduction loops (a small window) point by point.
  bool flatReductions = false;
  /// A parallel loop along which inputs are contiguous that are scattered along the vectorized one: square blocks of both are
  /// read along this loop and turned in registers. -1 if there is none.
  int transposedLoop = -1;
  /// Those inputs.
  llvm::SmallVector<bool> transposed;
  /// The tail is one masked vector instead of single points.
  bool maskedTail = false;
};
Schedule schedule(const LoopNest &nest, KernelBuilder &k);

/// Simplifies, schedules and emits the loops at k's insertion point.
void emitLoopNest(LoopNest &nest, KernelBuilder &k);

} // namespace ingot::codegen
