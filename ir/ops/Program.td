// Ops about programs: gradients, fused groups.
include "ir/ops/Base.td"

def Ingot_GradientOp : Ingot_Op<"gradient", [AttrSizedOperandSegments]> {
  let summary = "the gradient of values with respect to others";
  let description = [{
    `ingot.gradient %loss seeds(%cotangent) of(%w, %b)`: the sum over the values y_k of <seed_k, dy_k/dx_i> for each x_i. A value
    without a seed must have one element; then all values go without, and each is seeded with one. Autodiff (passes/autodiff)
    replaces this op.
  }];
  let numpy = "jax.vjp(f, *xs)[1](seeds)";
  let functional = "";
  let arguments = (ins Variadic<AnyIngotTensor>:$ys, Variadic<AnyIngotTensor>:$seeds, Variadic<AnyIngotTensor>:$xs);
  let results = (outs Variadic<AnyIngotTensor>:$grads);
  let assemblyFormat = [{
    $ys (`seeds` `(` $seeds^ `:` type($seeds) `)`)? `of` `(` $xs `)` attr-dict `:` type($ys) `->` type($grads)
    custom<SameAsTypes>(type($xs), ref(type($grads)))
  }];
  let hasVerifier = 1;
}

def Ingot_DetachOp : Ingot_Op<"detach", [AllTypesMatch<["x", "y"]>]> {
  let summary = "a value without its history";
  let description = [{
    The operand, for gradients a value of its own: none flows to the operand. What `ingot.gradient` differentiates with
    respect to is the result of one, so that two parameters which start from one value stay apart. Autodiff replaces it by its
    operand.
  }];
  let numpy = "x";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x)";
}

def Ingot_BarrierOp : Ingot_Op<"barrier", [AllTypesMatch<["x", "y"]>,
                                         DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "a value that is not known to be another one";
  let description = [{
    The operand, which nothing that simplifies or fuses sees: what is computed from the result is computed, even if the same has
    been computed from the operand, and not before the operands of `after` are there. A checkpoint computes values again from
    such, instead of keeping them.
  }];
  let numpy = "x";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x, Variadic<AnyIngotTensor>:$after);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x (`after` `(` $after^ `:` type($after) `)`)? attr-dict `:` type($x)";
}

def Ingot_RequireOp : Ingot_Op<"require", [AllTypesMatch<["x", "y"]>,
                                         DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "a value that the function fails without";
  let description = [{
    The operand. Where an element of `holds` is false, the function fails, before it writes any state; `what` says what was
    required there ("an invertible matrix"), and the last position that is false is reported.

    ```mlir
    %1 = ingot.require %pivots if %holds : tensor<8xi1> is "an invertible matrix" : tensor<8x3xf32>
    ```
  }];
  let numpy = "x";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x, BoolTensor:$holds, StrAttr:$what);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x `if` $holds `:` type($holds) `is` $what attr-dict `:` type($x)";
  let hasVerifier = 1;
}

def Ingot_FusionOp : Op<Ingot_Dialect, "fusion", [Pure, IsolatedFromAbove, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "a group of ops that becomes one kernel";
  let description = [{
    Formed by passes/fusion. The region computes the results from its arguments, one an operand; it holds pointwise ops
    and index maps, after a contraction or before a reduction where the group has one.
  }];
  let arguments = (ins Variadic<AnyIngotTensor>:$inputs);
  let results = (outs Variadic<AnyIngotTensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
}

def Ingot_YieldOp : Op<Ingot_Dialect, "yield", [Pure, Terminator, ReturnLike, ParentOneOf<["FusionOp", "ScanOp"]>]> {
  let summary = "the results of a region";
  let arguments = (ins Variadic<AnyIngotTensor>:$values);
  let builders = [OpBuilder<(ins), "build($_builder, $_state, ::mlir::ValueRange{});">];
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}
