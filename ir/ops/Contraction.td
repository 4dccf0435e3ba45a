// Contractions: matmul and convolution.
include "ir/ops/Base.td"

class Ingot_ContractionOp<string mnemonic>
    : Ingot_InferredOp<mnemonic, [DeclareOpInterfaceMethods<ContractionOpInterface>]>;

def Ingot_MatmulOp : Ingot_ContractionOp<"matmul"> {
  let summary = "matrix product, over equal leading batch dimensions";
  let description = [{
    `[..., M, K] x [..., K, N] -> [..., M, N]`; an operand marked transposed has its last two dimensions exchanged.
    Accumulates in f32 (f64 for f64).
  }];
  let numpy = "a @ b";
  let functional = "";
  let arguments = (ins NumberTensor:$a, NumberTensor:$b, UnitAttr:$transpose_a, UnitAttr:$transpose_b);
  let results = (outs NumberTensor:$y);
  let assemblyFormat = [{
    $a (`transposed` $transpose_a^)? `,` $b (`transposed` $transpose_b^)? attr-dict `:` type($a) `,` type($b)
  }];
}

def Ingot_ConvOp : Ingot_ContractionOp<"conv"> {
  let summary = "convolution (cross-correlation) in 1, 2 or 3 dimensions";
  let description = [{
    `x [N, C, S...]`, `w [O, C / groups, K...]`, result `[N, O, P...]` with
    `P = floor((S - dilation * (K - 1) - 1) / stride) + 1`, as torch.nn.functional.conv2d without bias. Padding is a
    `pad` of its own. `flipped`: the window is reversed, element k of the weights meets what element K - 1 - k would, as in
    the gradient of a convolution.
  }];
  let numpy = "y[n, o, p] = sum(x[n, g*C/groups + c, p*stride + k*dilation] * w[o, c, k])";
  let functional = "";
  let arguments = (ins FloatTensor:$x, FloatTensor:$w, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       I64Attr:$groups, UnitAttr:$flipped);
  let results = (outs FloatTensor:$y);
  let assemblyFormat = [{
    $x `,` $w (`flipped` $flipped^)? `strides` $strides `dilations` $dilations `groups` $groups attr-dict
    `:` type($x) `,` type($w)
  }];
}

def Ingot_ConvWeightOp : Ingot_ContractionOp<"conv_weight"> {
  let summary = "the gradient of a convolution with respect to its weights";
  let description = [{
    `x [N, C, S...]`, `g [N, O, P...]`, result `[O, C / groups, K...]`, `K = kernel`.
  }];
  let numpy = "w[o, c, k] = sum(x[n, g*C/groups + c, p*stride + k*dilation] * g[n, o, p])";
  let functional = "";
  let arguments = (ins FloatTensor:$x, FloatTensor:$g, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations, I64Attr:$groups);
  let results = (outs FloatTensor:$y);
  let assemblyFormat = [{
    $x `,` $g `kernel` $kernel `strides` $strides `dilations` $dilations `groups` $groups attr-dict
    `:` type($x) `,` type($g)
  }];
}
