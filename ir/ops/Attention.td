// Attention.
include "ir/ops/Base.td"

def Ingot_AttentionOp : Ingot_InferredOp<"attention", [DeclareOpInterfaceMethods<DecomposableOpInterface>]> {
  let summary = "scaled dot-product attention";
  let description = [{
    `softmax(scale * q k^T + masks) v` with q `[..., S, E]`, k `[..., L, E]`, v `[..., L, V]` of equal leading sizes, result
    `[..., S, V]`. A mask has the sizes of the scores `[..., S, L]`, or 1 where it is the same along a dimension: one of
    floating point is added, one of bool says which keys a query sees. Where `causal`, query i sees the keys up to i. A
    query that sees no key gives zeros.
  }];
  let numpy = "softmax(scale * q @ np.swapaxes(k, -1, -2) + masks) @ v";
  let functional = "";
  let arguments = (ins FloatTensor:$q, FloatTensor:$k, FloatTensor:$v, Variadic<AnyIngotTensor>:$masks, F64Attr:$scale,
                       UnitAttr:$causal);
  let results = (outs FloatTensor:$y);
  let assemblyFormat = [{
    $q `,` $k `,` $v (`masks` `(` $masks^ `:` type($masks) `)`)? `scale` $scale (`causal` $causal^)? attr-dict
    `:` type($q) `,` type($k) `,` type($v)
  }];
}
