// Ops that move elements: broadcast, reshape, transpose, reverse, slice, insert_slice, pad, concat.
include "ir/ops/Base.td"

def Ingot_BroadcastOp : Ingot_Op<"broadcast", [DeclareOpInterfaceMethods<IndexMapOpInterface>]> {
  let summary = "repetition along new leading dimensions and dimensions of size 1";
  let description = [{
    Trailing dimensions correspond, as in NumPy. Which dimensions repeat is decided by the types: a named dimension is
    never the broadcast 1, even when it is 1 at run time.
  }];
  let numpy = "np.broadcast_to(x, sizes)";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Ingot_ReshapeOp : Ingot_Op<"reshape", [DeclareOpInterfaceMethods<IndexMapOpInterface>,
                                           DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "the same elements in row-major order, under other sizes";
  let description = "It has an index map where it adds and removes dimensions of size 1 only.";
  let numpy = "x.reshape(sizes)";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Ingot_TransposeOp : Ingot_InferredOp<"transpose", [DeclareOpInterfaceMethods<IndexMapOpInterface>]> {
  let summary = "dimensions in another order: dimension i of the result is dimension permutation[i] of the operand";
  let numpy = "np.transpose(x, permutation)";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x $permutation attr-dict `:` type($x)";
  let hasFolder = 1;
}

def Ingot_ReverseOp : Ingot_InferredOp<"reverse", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "the elements along some dimensions in reverse order";
  let numpy = "np.flip(x, dims)";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x $dims attr-dict `:` type($x)";
}

def ScalarIndexTensor : Type<0DTensorOf<[I64]>.predicate, "0D tensor of i64", "::mlir::RankedTensorType">,
                        BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI64Type())">;

def Ingot_SliceOp : Ingot_Op<"slice", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "every step-th element from a start, along each dimension";
  let description = [{
    Element i along dimension d is element starts[d] + offsets[d] + i * steps[d] of the operand. `starts` are
    expressions over named dimensions; `offsets`, one a dimension or none, are computed at run time. Steps are positive.
    The result type gives the sizes.
  }];
  let numpy = "x[start:start + size * step:step, ...]";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x, Variadic<ScalarIndexTensor>:$offsets, Ingot_SizesListAttr:$starts,
                       DenseI64ArrayAttr:$steps);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x `from` custom<SizesList>($starts) `step` $steps (`at` $offsets^)? attr-dict `:` type($x) `to` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Ingot_InsertSliceOp : Ingot_InferredOp<"insert_slice", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "a tensor with a slice replaced; starts, offsets and steps as in slice";
  let numpy = "y = into.copy(); y[start:start + size * step:step, ...] = x";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$into, AnyIngotTensor:$x, Variadic<ScalarIndexTensor>:$offsets,
                       Ingot_SizesListAttr:$starts, DenseI64ArrayAttr:$steps);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x `into` $into `from` custom<SizesList>($starts) `step` $steps (`at` $offsets^)? attr-dict `:` type($x) `,` type($into)";
}

def Ingot_PadOp : Ingot_InferredOp<"pad", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "a border of one value around a tensor";
  let description = "`low` and `high` elements are added before and after each dimension; they are not negative.";
  let numpy = "np.pad(x, list(zip(low, high)), constant_values=value)";
  let functional = "";
  let arguments = (ins AnyIngotTensor:$x, 0DTensorOf<[AnyElement]>:$value, Ingot_SizesListAttr:$low,
                       Ingot_SizesListAttr:$high);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$x `,` $value `low` custom<SizesList>($low) `high` custom<SizesList>($high) attr-dict `:` type($x) `,` type($value)";
}

def Ingot_ConcatOp : Ingot_InferredOp<"concat", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "tensors one after another along a dimension";
  let numpy = "np.concatenate(xs, dim)";
  let functional = "";
  let arguments = (ins Variadic<AnyIngotTensor>:$xs, I64Attr:$dim);
  let results = (outs AnyIngotTensor:$y);
  let assemblyFormat = "$xs `along` $dim attr-dict `:` type($xs)";
}
