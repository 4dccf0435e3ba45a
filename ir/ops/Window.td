// Pooling windows over the spatial dimensions of [N, C, S...]. Padding is a `pad` of its own.
include "ir/ops/Base.td"

class Ingot_WindowOp<string mnemonic, Type operand = NumberTensor>
    : Ingot_InferredOp<mnemonic, [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let functional = "";
  let arguments = (ins operand:$x, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations);
  let results = (outs NumberTensor:$y);
  let assemblyFormat = "$x `kernel` $kernel `strides` $strides `dilations` $dilations attr-dict `:` type($x)";
  bit indices = 0;
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return inferWindow("}] # mnemonic # [{", loc, adaptor.getX().getType(), adaptor.getKernel(), adaptor.getStrides(),
                         adaptor.getDilations(), }] # indices # [{, types);
    }
  }];
}

def Ingot_MaxPoolOp : Ingot_WindowOp<"max_pool"> {
  let summary = "the maximum of each window; NaN if there is one";
  let numpy = "np.max(windows(x, kernel, strides, dilations), window_dims)";
}
def Ingot_MaxPoolIndexOp : Ingot_WindowOp<"max_pool_index"> {
  let summary = "where the maximum of each window lies: the flat index over the spatial dimensions";
  let description = "The first of equal maxima, but the last NaN, and the first element of a window of -inf, as in PyTorch.";
  let numpy = "np.argmax(windows(x, kernel, strides, dilations), window_dims)";
  let indices = 1;
}
def Ingot_MaxPoolArgmaxOp : Ingot_InferredOp<"max_pool_argmax", [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let summary = "the maximum of each window, and which of its elements that is";
  let description = [{
    What the gradient of `max_pool` keeps: a byte for each window. Elements of a window are counted in row-major order; of
    equal ones, the choice is that of `max_pool_index`.
  }];
  let functional = "";
  let numpy = "np.max(windows(x, kernel, strides, dilations), window_dims), np.argmax(same.reshape(n, c, *positions, -1), -1)";
  let arguments = (ins NumberTensor:$x, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations);
  let results = (outs NumberTensor:$y, IntegerTensor:$element);
  let assemblyFormat = "$x `kernel` $kernel `strides` $strides `dilations` $dilations attr-dict `:` type($x)";
}
def Ingot_WindowSumOp : Ingot_WindowOp<"window_sum", FloatTensor> {
  let summary = "the sum of each window";
  let numpy = "np.sum(windows(x, kernel, strides, dilations), window_dims)";
}

class Ingot_WindowMoveOp<string mnemonic> : Ingot_Op<mnemonic, [DeclareOpInterfaceMethods<LinalgLowerableOpInterface>]> {
  let functional = "";
  let arguments = (ins NumberTensor:$x, IntegerTensor:$element, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations);
  let results = (outs NumberTensor:$y);
  let assemblyFormat = [{
    $x `,` $element `kernel` $kernel `strides` $strides `dilations` $dilations attr-dict
    `:` type($x) `,` type($element) `to` type($y)
  }];
  let hasVerifier = 1;
}
def Ingot_WindowGatherOp : Ingot_WindowMoveOp<"window_gather"> {
  let summary = "of each window the element that `element` says, counted as in max_pool_argmax";
  let numpy = "np.take_along_axis(windows(x, kernel, strides, dilations).reshape(n, c, *positions, -1), element[..., None], -1)";
}
def Ingot_WindowScatterOp : Ingot_WindowMoveOp<"window_scatter"> {
  let summary = "each element added at the place in its window that `element` says; the transpose of window_gather";
  let numpy = "np.add.at(windows(y, kernel, strides, dilations).reshape(n, c, *positions, -1), element, x)";
}
