// Ops that make tensors from nothing: constants, indices, sizes, random numbers.
include "ir/ops/Base.td"

def Ingot_ConstantOp : Ingot_InferredOp<"constant", [ConstantLike, DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "a constant tensor of static sizes";
  let numpy = "value";
  let functional = "";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Ingot_IotaOp : Ingot_Op<"iota", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "the index along a dimension";
  let numpy = "np.indices(sizes)[dim]";
  let functional = "";
  let arguments = (ins I64Attr:$dim);
  let results = (outs NumberTensor:$y);
  let assemblyFormat = "$dim attr-dict `:` type($y)";
  let hasVerifier = 1;
}

def Ingot_SizeOp : Ingot_Op<"size", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "a size that is known at run time, as a number";
  let description = "`ingot.size [N*2] : tensor<f32>`";
  let numpy = "size";
  let functional = "";
  let arguments = (ins Ingot_SizesListAttr:$size);
  let results = (outs 0DTensorOf<[NumberElement]>:$y);
  let assemblyFormat = "custom<SizesList>($size) attr-dict `:` type($y)";
  let hasVerifier = 1;
}

def Ingot_RandomOp : Ingot_Op<"random", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "random numbers: uniform in [0, 1), or standard normal";
  let description = [{
    `state` is the pair (seed, offset). Element i in row-major order is computed from block offset + i of Philox4x32-10
    (Salmon et al. 2011) under the key `seed`: the same numbers on every machine, in any order. Uniform: the high 24
    bits of the first word (53 bits of two words for f64, 11 for f16, 8 for bf16), so that all are less than 1. Normal:
    Box and Muller (1958) of two uniform numbers.
  }];
  let numpy = "rng.random(sizes) or rng.standard_normal(sizes)";
  let functional = "";
  let arguments = (ins Int64Tensor:$state, StrAttr:$distribution);
  let results = (outs FloatTensor:$y);
  let assemblyFormat = "$distribution $state attr-dict `:` type($state) `to` type($y)";
  let hasVerifier = 1;
}
