// Loops over the steps of a sequence.
include "ir/ops/Base.td"
include "mlir/IR/SymbolInterfaces.td"

// Operands: the values carried from step to step as they are before the first one, the sequences, and what every step
// reads. Results: the carried values after the last step, then the sequences that are made.
class Ingot_CountedLoop<string mnemonic, list<Trait> traits, dag attributes>
    : Ingot_Op<mnemonic, !listconcat([AttrSizedOperandSegments], traits)> {
  let functional = "";
  let arguments = !con((ins Variadic<AnyIngotTensor>:$inits, Variadic<AnyIngotTensor>:$xs,
                            Variadic<AnyIngotTensor>:$invariants, Ingot_SizesListAttr:$steps, UnitAttr:$reverse),
                       attributes);
  let results = (outs Variadic<AnyIngotTensor>:$outputs);
  code loopDeclarations = [{
    /// The number of steps, which is the leading size of all sequences.
    const ::ingot::sizes::Expr &getStepCount() { return getSteps().front(); }
    ::mlir::ResultRange getFinals() { return getOutputs().take_front(getInits().size()); }
    ::mlir::ResultRange getYs() { return getOutputs().drop_front(getInits().size()); }
  }];
}

def Ingot_ScanOp : Ingot_CountedLoop<"scan", [IsolatedFromAbove, SingleBlock], (ins)> {
  let summary = "a loop over the leading dimension, with values carried from step to step";
  let description = [{
    ```mlir
    %hT, %ys = ingot.scan carry(%h = %h0 : tensor<4xf32>) over(%x = %xs : tensor<9x4xf32>) with(%w = %w0 : tensor<4x4xf32>)
               steps [9] -> (tensor<4xf32>, tensor<9x4xf32>) { ...; ingot.yield %next, %y : tensor<4xf32>, tensor<4xf32> }
    ```
    Step t computes the region from the carried values, slice t of each sequence, and the invariants; it yields the next
    carried values, then slice t of each sequence that is made. The results are the carried values after the last step (as
    they were given, if there is none), then these sequences. `reverse` goes from the last t to the first. The region uses
    nothing from outside. The derivative is a scan in the other direction over the carried values of each step, which it
    finds among the sequences made where the region yields them (a block argument), and computes again otherwise.
  }];
  let numpy = "jax.lax.scan(f, inits, xs)";
  let regions = (region SizedRegion<1>:$body);
  let builders = [
    OpBuilder<(ins "::mlir::ValueRange":$inits, "::mlir::ValueRange":$xs, "::mlir::ValueRange":$invariants,
                   "const ::ingot::sizes::Expr &":$steps, "bool":$reverse, "ScanBodyBuilder":$body)>];
  let extraClassDeclaration = loopDeclarations # [{
    ::mlir::Block::BlockArgListType getCarryArguments() {
      return getBody().getArguments().take_front(getInits().size());
    }
    ::mlir::Block::BlockArgListType getSliceArguments() {
      return getBody().getArguments().slice(getInits().size(), getXs().size());
    }
    ::mlir::Block::BlockArgListType getInvariantArguments() {
      return getBody().getArguments().take_back(getInvariants().size());
    }
    ::ingot::ir::YieldOp getYield();
    /// What the region yields as the next carried values, and as slices of the sequences made.
    ::mlir::OperandRange getYieldedCarries();
    ::mlir::OperandRange getYieldedSlices();
  }];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def Ingot_LoopOp : Ingot_CountedLoop<"loop", [DeclareOpInterfaceMethods<SymbolUserOpInterface>],
                                     (ins FlatSymbolRefAttr:$callee)> {
  let summary = "an ingot.scan whose region has become a function";
  let description = [{
    ```mlir
    %hT, %ys = ingot.loop @step carry(%h0 : tensor<4xf32>) over(%xs : tensor<9x4xf32>) with(%w0 : tensor<4x4xf32>)
               steps [9] -> tensor<4xf32>, tensor<9x4xf32>
    ```
    The function takes the carried values, the slices and the invariants, and returns the next carried values and the slices
    of the sequences that are made.
  }];
  let numpy = "jax.lax.scan(f, inits, xs)";
  let assemblyFormat = [{
    $callee (`carry` `(` $inits^ `:` type($inits) `)`)? (`over` `(` $xs^ `:` type($xs) `)`)?
    (`with` `(` $invariants^ `:` type($invariants) `)`)? `steps` custom<SizesList>($steps) (`reverse` $reverse^)?
    attr-dict (`->` type($outputs)^)?
  }];
  let extraClassDeclaration = loopDeclarations;
  let hasVerifier = 1;
}
