// What the kernels need to know of the machine that they will run on.
//
//   Target     widths, registers, cache and masked memory, derived from LLVM's subtarget features
//
//   auto target = Target::get("x86_64-unknown-linux-gnu", "x86-64-v3");   // FailureOr<Target>
//   target->lanes(builder.getF32Type()) == 8;
//
// A module names its target by the string attributes `ingot.triple`, `ingot.cpu` and `ingot.features`; an
// absent triple is the host's, an absent cpu is the triple's baseline ("native" is the host's cpu).
#pragma once
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Types.h"
#include "llvm/Support/LogicalResult.h"
#include <cstdint>
#include <string>

namespace llvm {
class MCSubtargetInfo;
class TargetMachine;
class Triple;
} // namespace llvm

namespace ingot::codegen {

/// A value type; equal triple, cpu and features give equal fields on every host.
struct Target {
  std::string triple, cpu, features;
  /// Bytes of the widest vector register that kernels use: 64 (AVX-512), 32 (AVX2), 16 otherwise.
  int64_t vectorBytes = 16;
  /// Architectural vector registers.
  int64_t registers = 16;
  /// A load or store under a mask is about as cheap as a whole one, for elements of 4 and 8 bytes.
  bool maskedMemory = false;
  /// The same for elements of 1 and 2 bytes.
  bool maskedBytes = false;
  /// Fused multiply-add of vectors.
  bool fma = false;
  /// Rounding to an integer (floor, ceil, trunc, to even) in one instruction, for vectors, too.
  bool rounding = false;
  /// Conversion of vectors between f16 and f32.
  bool halfConversions = false;
  /// LLVM turns the bits of an integer into a mask of lanes in few instructions by itself.
  bool bitsToMask = false;
  /// What a second-level cache holds beside the streams that pass through it.
  int64_t cacheBytes = 512 << 10;
  /// Register tile of f32 contractions: `mr` rows by `nr` columns, nr a multiple of lanes(f32).
  int64_t mr = 4, nr = 8;

  /// Elements of `type` in one vector register. i1 counts as a byte, index as eight.
  int64_t lanes(mlir::Type type) const;
  /// Whether maskedMemory or maskedBytes holds for elements of this type. Bits are masked by arithmetic.
  bool hasMaskedMemory(mlir::Type type) const;

  /// Looked up in LLVM's registry, which this fills once. `triple` "" is the host; `cpu` "" is the baseline,
  /// "native" the host. An unknown triple or cpu is reported on `error` (who, what).
  static llvm::FailureOr<Target> get(llvm::StringRef triple, llvm::StringRef cpu,
                                     llvm::StringRef features = "", std::string *error = nullptr);
  static Target of(const llvm::TargetMachine &machine);
  /// The target that the attributes of `module` name; an unknown one is a diagnostic on it.
  static llvm::FailureOr<Target> of(mlir::ModuleOp module);
};

/// A size that only run time knows, such as that of a batch, is taken to be this one: a multiple of most tiles' rows.
constexpr int64_t guessedSize = 60;

/// Bytes that an element takes in memory: 1 for i8, 8 for index; 1 for a bit, which takes a part of it.
int64_t elementBytes(mlir::Type type);

} // namespace ingot::codegen
