//===- KernelOps.td - Contractions and relayouts as kernels ----*- tablegen -*-===//
//
// What linalg cannot say compactly about a register kernel: a contraction with its epilogue, and a change of layout.
// Both ops are in destination style, on tensors before bufferization and on memrefs after it.
//
//===--------------------------------------------------------------------------===//

#ifndef INGOT_CODEGEN_KERNEL_KERNELOPS_TD
#define INGOT_CODEGEN_KERNEL_KERNELOPS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kernel_Dialect : Dialect {
  let name = "kernel";
  let cppNamespace = "::ingot::kernel";
  let summary = "contractions and layout changes, one op a generated kernel";
}

/// A ranked tensor (before bufferization) or a memref (after it).
def Kernel_Shaped : AnyTypeOf<[AnyRankedTensor, AnyMemRef], "ranked tensor or memref">;

class Kernel_Op<string mnemonic, list<Trait> traits = []> : Op<Kernel_Dialect, mnemonic, traits>;

/// Writes a new value into `out` and reads only its other operands.
class Kernel_DestinationOp<string mnemonic, list<Trait> traits = []>
    : Kernel_Op<mnemonic, !listconcat([DestinationStyleOpInterface,
                                       DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
                                       DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>], traits)> {
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
}

def Kernel_ContractOp : Kernel_DestinationOp<"contract", [SingleBlock]> {
  let summary = "sum of products over affine maps, with an epilogue on each finished element";
  let description = [{
    For every point `p` of the parallel dimensions, with `r` over the reduction dimensions,

    ```
    acc    = sum over r of lhs[lhsMap(p, r)] * rhs[rhsMap(p, r)]
    out[outMap(p)] = epilogue(acc, e0[map0(p)], e1[map1(p)], ...)
    ```

    A dimension is parallel if the map of `out` uses it, else it is a reduction dimension. `outs` is only a destination:
    it is never read. The sum runs in f32 for f32, f16 and bf16 elements, in f64 for f64, in i64 for i64, and in i32 for
    narrower integers; an empty reduction gives zero. Products and sums are fused (`fma`) where the target can.

    `maps` holds one affine map an operand in the order lhs, rhs, out, epilogue operands; all of them range over the same
    iteration domain, without symbols.
    - lhs and rhs maps may be any affine expressions that stay in bounds, so `d2 * 2 + d5` walks a convolution's window
      over an input that is already padded.
    - Maps of packed operands use `floordiv` and `mod` by a constant. A right-hand side of K x N stored in panels of 64
      columns, `[ceil(N/64)][K][64]`, has the map `(m, n, k) -> (n floordiv 64, k, n mod 64)`; the domain speaks of the
      logical `n` only, so N need not be a multiple of 64. What a panel holds beyond N is not read as part of any result.
      `out` may be packed in the same way; its elements that no point maps to are unspecified.
    - The map of `out` is injective: each parallel dimension occurs once, plain or as one pair `d floordiv c`, `d mod c`.
    - Maps of epilogue operands use parallel dimensions only.
    - The size of a dimension is that of an operand whose map has the plain dimension as a result; there must be one.

    `out` may share memory with an epilogue operand that has the same map and element type (a residual, updated in place),
    and with no other operand.

    The epilogue yields the element to store. It may use scalars defined above the op; it has no side effects.

    Example: a linear layer with bias and relu, weights in panels.

    ```mlir
    %y = kernel.contract
        ins(%x, %w, %bias : tensor<?x400xf32>, tensor<2x400x64xf32>, tensor<120xf32>) outs(%e : tensor<?x120xf32>)
        maps [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n floordiv 64, k, n mod 64)>,
              affine_map<(m, n, k) -> (m, n)>, affine_map<(m, n, k) -> (n)>] {
    ^bb0(%acc: f32, %b: f32):
      %s = arith.addf %acc, %b : f32
      %zero = arith.constant 0.0 : f32
      %r = arith.maximumf %s, %zero : f32
      kernel.yield %r : f32
    } -> tensor<?x120xf32>
    ```
  }];

  let arguments = (ins Kernel_Shaped:$lhs, Kernel_Shaped:$rhs, Variadic<Kernel_Shaped>:$epilogueOperands,
                       Kernel_Shaped:$out, AffineMapArrayAttr:$maps);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let regions = (region SizedRegion<1>:$epilogue);
  let hasRegionVerifier = 1;

  let builders = [
    OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs, "::mlir::ValueRange":$epilogueOperands,
                   "::mlir::Value":$out, "::llvm::ArrayRef<::mlir::AffineMap>":$maps,
                   CArg<"::ingot::kernel::EpilogueFn", "nullptr">:$epilogue)>
  ];

  let assemblyFormat = [{
    `ins` `(` $lhs `,` $rhs (`,` $epilogueOperands^)? `:` type($lhs) `,` type($rhs) (`,` type($epilogueOperands)^)? `)`
    `outs` `(` $out `:` type($out) `)` `maps` $maps attr-dict-with-keyword $epilogue (`->` type($result)^)?
  }];

  let extraClassDeclaration = [{
    /// The type in which products of `element` are summed: f32 for f16, bf16 and f32; f64; i64; i32 for narrower integers.
    static ::mlir::Type accumulatorTypeOf(::mlir::Type element);

    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutMutable(); }

    ::mlir::AffineMap getMap(unsigned index) {
      return ::llvm::cast<::mlir::AffineMapAttr>(getMaps()[index]).getValue();
    }
    ::mlir::AffineMap getLhsMap() { return getMap(0); }
    ::mlir::AffineMap getRhsMap() { return getMap(1); }
    ::mlir::AffineMap getOutMap() { return getMap(2); }
    ::mlir::AffineMap getEpilogueMap(unsigned index) { return getMap(3 + index); }
    /// The map of any operand of this op.
    ::mlir::AffineMap getMapOf(::mlir::OpOperand &operand);

    unsigned getNumDims() { return getLhsMap().getNumDims(); }
    bool isParallel(unsigned dim) { return getOutMap().isFunctionOfDim(dim); }
    ::mlir::Type getAccumulatorType() { return getBody()->getArgument(0).getType(); }

    /// Where the size of an iteration dimension is found: dimension `dim` of `operand`.
    struct SizeSource { ::mlir::Value operand; unsigned dim; };
    /// The source of each dimension's size; one whose size is static wins. The operand is null where none has the plain dimension.
    ::llvm::SmallVector<SizeSource> getSizeSources();
    /// The size of each dimension, ShapedType::kDynamic where only run time knows it.
    ::llvm::SmallVector<int64_t> getStaticSizes();
    /// True if the epilogue only yields the accumulator, converted or not.
    bool hasPlainEpilogue();
  }];
}

def Kernel_RelayoutOp : Kernel_DestinationOp<"relayout"> {
  let summary = "copy into another layout, zero where the source has no element";
  let description = [{
    `out[i] = source[map(i)]`, or zero where `map(i)` lies outside the source, for every index `i` of `out`. The map is
    affine, with `floordiv` and `mod` by constants allowed. One op serves transposing, zero padding, packing into
    panels and unpacking them. `outs` is only a destination; it shares no memory with the source.

    Example: 400 x 120 weights into panels of 64 columns; the second panel ends with 8 columns of zeros.

    ```mlir
    %p = kernel.relayout ins(%w : tensor<400x120xf32>) outs(%e : tensor<2x400x64xf32>)
        map affine_map<(p, k, r) -> (k, p * 64 + r)> -> tensor<2x400x64xf32>
    ```
  }];

  let arguments = (ins Kernel_Shaped:$source, Kernel_Shaped:$out, AffineMapAttr:$map);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$source, "::mlir::Value":$out, "::mlir::AffineMap":$map)>];

  let assemblyFormat = [{
    `ins` `(` $source `:` type($source) `)` `outs` `(` $out `:` type($out) `)` `map` $map attr-dict (`->` type($result)^)?
  }];

  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutMutable(); }
  }];
}

def Kernel_ScanOp : Kernel_DestinationOp<"scan", [SingleBlock]> {
  let summary = "one dimension, element by element, with a state of scalars";
  let description = [{
    For every index of the other dimensions, the state starts as `initial`; for each position along `dim`, in order or
    `reverse`, the body gets the elements of the inputs, the position (i64) and the state, and yields the next state and
    the element of `outs`. All operands have the same sizes. `outs` is only a destination; it may share memory with an
    input of its element type.

    Example: the sum up to each element.

    ```mlir
    %y = kernel.scan ins(%x : tensor<4x?xf32>) outs(%e : tensor<4x?xf32>) along 1 from [0.0 : f32] {
    ^bb0(%a: f32, %i: i64, %acc: f32):
      %s = arith.addf %acc, %a : f32
      kernel.yield %s, %s : f32, f32
    } -> tensor<4x?xf32>
    ```
  }];
  let arguments = (ins Variadic<Kernel_Shaped>:$inputs, Kernel_Shaped:$out, I64Attr:$dim, UnitAttr:$reverse,
                       ArrayAttr:$initial);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let regions = (region SizedRegion<1>:$body);
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$inputs, "::mlir::Value":$out, "int64_t":$dim, "bool":$reverse,
                                 "::llvm::ArrayRef<::mlir::TypedAttr>":$initial, "::ingot::kernel::BodyFn":$body)>];
  let assemblyFormat = [{
    `ins` `(` $inputs `:` type($inputs) `)` `outs` `(` $out `:` type($out) `)` `along` $dim (`reverse` $reverse^)?
    `from` $initial attr-dict-with-keyword $body (`->` type($result)^)?
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutMutable(); }
  }];
}

def Kernel_ScatterOp : Kernel_DestinationOp<"scatter", [SingleBlock]> {
  let summary = "elements combined with those at given positions";
  let description = [{
    For each index i of the source, in row-major order, outs[i with i[dim] replaced by index[i[dims]]] becomes what the body
    yields of it and source[i]. The positions lie within `outs`, which is read and written.

    ```mlir
    %y = kernel.scatter ins(%i, %x : tensor<8xi64>, tensor<8x4xf32>) outs(%t : tensor<100x4xf32>) along 0 dims [0] {
    ^bb0(%old: f32, %new: f32):
      %s = arith.addf %old, %new : f32
      kernel.yield %s : f32
    } -> tensor<100x4xf32>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$index, Kernel_Shaped:$source, Kernel_Shaped:$out, I64Attr:$dim,
                       DenseI64ArrayAttr:$dims);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let regions = (region SizedRegion<1>:$body);
  let builders = [OpBuilder<(ins "::mlir::Value":$index, "::mlir::Value":$source, "::mlir::Value":$out, "int64_t":$dim,
                                 "::llvm::ArrayRef<int64_t>":$dims, "::ingot::kernel::BodyFn":$body)>];
  let assemblyFormat = [{
    `ins` `(` $index `,` $source `:` type($index) `,` type($source) `)` `outs` `(` $out `:` type($out) `)` `along` $dim
    `dims` $dims attr-dict-with-keyword $body (`->` type($result)^)?
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutMutable(); }
  }];
}

def Kernel_ArgsortOp : Kernel_DestinationOp<"argsort"> {
  let summary = "the stable order of the elements along one dimension";
  let description = [{
    For every index of the other dimensions, outs[.., i, ..] is the position along `dim` of the i-th smallest element of the
    source, or of the i-th largest where `descending`. Equal elements keep their order; NaN is larger than all numbers.
    `scratch` holds two lists of positions, [2, size of dim]; it is only written by others before.

    ```mlir
    %p:2 = kernel.argsort ins(%x : tensor<4x9xf32>) outs(%e, %s : tensor<4x9xi64>, tensor<2x9xi64>) along 1
        -> tensor<4x9xi64>, tensor<2x9xi64>
    ```
  }];
  let arguments = (ins Kernel_Shaped:$source, Kernel_Shaped:$out, Kernel_Shaped:$scratch, I64Attr:$dim,
                       UnitAttr:$descending);
  let results = (outs Variadic<AnyRankedTensor>:$result);
  let builders = [OpBuilder<(ins "::mlir::Value":$source, "::mlir::Value":$out, "::mlir::Value":$scratch, "int64_t":$dim,
                                 "bool":$descending)>];
  let assemblyFormat = [{
    `ins` `(` $source `:` type($source) `)` `outs` `(` $out `,` $scratch `:` type($out) `,` type($scratch) `)` `along` $dim
    (`descending` $descending^)? attr-dict (`->` type($result)^)?
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return ::mlir::MutableOperandRange(getOperation(), 1, 2);
    }
  }];
}

def Kernel_LoopOp : Kernel_DestinationOp<"loop", [AttrSizedOperandSegments,
                                                  DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "calls of a function, one a step, with values carried from step to step";
  let description = [{
    Step t (`steps` of them, from the last to the first where `reverse`) calls the function `body` with the carried values,
    slice t of each sequence `xs`, the invariants, the dimensions, and as destinations: the next carried values, slice t of
    each sequence `ys`. The carried values start as `inits` and end in `finals`; `scratch` has a buffer for each of them, in
    turn with which `finals` holds those between two steps, so that none is copied. Without a step, `finals` get a copy of
    `inits`. `workspace` is the arena of the function, once it has one (ingot-plan-arena). `may_fail`: the function has
    checks. The steps end at the first one that fails.

    ```mlir
    kernel.loop @step steps %t carry(%h0 : memref<4xf32>) over(%xs : memref<?x4xf32>) with(%w : memref<4x4xf32>) dims(%t)
        finals(%h : memref<4xf32>) stacked(%ys : memref<?x4xf32>) scratch(%s : memref<4xf32>)
    ```
    calls
    ```mlir
    func.func private @step(%h: memref<4xf32>, %x: memref<4xf32>, %w: memref<4x4xf32>, %t: index,
                            %next: memref<4xf32>, %y: memref<4xf32>, %arena: memref<?xi8>) attributes {ingot.body}
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$body, Index:$steps, Variadic<Kernel_Shaped>:$inits, Variadic<Kernel_Shaped>:$xs,
                       Variadic<Kernel_Shaped>:$invariants, Variadic<Index>:$dims, Variadic<Kernel_Shaped>:$finals,
                       Variadic<Kernel_Shaped>:$ys, Variadic<Kernel_Shaped>:$scratch, Optional<AnyMemRef>:$workspace,
                       UnitAttr:$reverse, UnitAttr:$may_fail);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let builders = [OpBuilder<(ins "::mlir::FlatSymbolRefAttr":$body, "::mlir::Value":$steps, "bool":$reverse,
                                 "const ::ingot::kernel::LoopOperands &":$operands)>];
  let assemblyFormat = [{
    $body `steps` $steps (`reverse` $reverse^)? (`may_fail` $may_fail^)? (`carry` `(` $inits^ `:` type($inits) `)`)?
    (`over` `(` $xs^ `:` type($xs) `)`)? (`with` `(` $invariants^ `:` type($invariants) `)`)? (`dims` `(` $dims^ `)`)?
    (`finals` `(` $finals^ `:` type($finals) `)`)? (`stacked` `(` $ys^ `:` type($ys) `)`)?
    (`scratch` `(` $scratch^ `:` type($scratch) `)`)? (`workspace` `(` $workspace^ `:` type($workspace) `)`)?
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    /// Finals, sequences, scratch.
    ::mlir::MutableOperandRange getDpsInitsMutable();
    /// What each step takes, as far as it is memory that the caller chose: carried values, slices, invariants; and, behind
    /// the dimensions, the next carried values and slices.
    ::llvm::SmallVector<::mlir::Type> getStepInputs();
    ::llvm::SmallVector<::mlir::Type> getStepOutputs();
  }];
}

def Kernel_CheckIndexOp : Kernel_Op<"check_index"> {
  let summary = "makes the function fail if a position is outside [0, size)";
  let description = [{
    The function returns at once, with the number of the check and a position that is outside. What comes after the op may
    rely on the positions. `who` is the op that needs them, for the message. With `required` they are not positions: element
    i is `size` + i where data is not what the op requires, as `required` says, and i is what the function returns.
  }];
  let arguments = (ins Kernel_Shaped:$index, Index:$size, StrAttr:$who, OptionalAttr<StrAttr>:$required);
  let assemblyFormat = "$who $index `below` $size (`requires` $required^)? attr-dict `:` type($index)";
}

def Kernel_YieldOp : Kernel_Op<"yield", [Pure, ReturnLike, Terminator,
                                         ParentOneOf<["ContractOp", "ScanOp", "ScatterOp"]>]> {
  let summary = "what a region computes: the element that an epilogue or a scatter stores, the state and element of a scan";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
  let extraClassDeclaration = [{
    /// The only one.
    ::mlir::Value getValue() { return getOperand(0); }
  }];
}

#endif // INGOT_CODEGEN_KERNEL_KERNELOPS_TD
