// The dialect and its attributes: sizes on a tensor type, the declared range of a dimension.
#ifndef INGOT_IR_DIALECT
#define INGOT_IR_DIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/TensorEncoding.td"
include "mlir/IR/OpBase.td"

def Ingot_Dialect : Dialect {
  let name = "ingot";
  let cppNamespace = "::ingot::ir";
  let summary = "neural networks as values";
  let description = [{
    Operations on tensors with value semantics: what the frontend records, autodiff differentiates and fusion groups.
    A tensor with sizes that are known at run time only carries them as expressions over named dimensions
    (`#ingot.sizes`); equal sizes have equal types.

    Attributes on a function of a program:
      - argument `ingot.input = "image"`, argument and result `ingot.state = "conv1.weight"`, result `ingot.output = "output"`
      - function `ingot.dims = [#ingot.dim<"N", 0, 512>]`: its named dimensions in the order of the C signature
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = [{
    // One a family, in the file of its ops: the classes of all ops in one source file would take minutes to compile.
    void registerAttentionOps();
    void registerContractionOps();
    void registerIndexOps();
    void registerLoopOps();
    void registerPointwiseOps();
    void registerProgramOps();
    void registerReduceOps();
    void registerScalarOps();
    void registerShapeOps();
    void registerSourceOps();
    void registerWindowOps();
  }];
}

def Ingot_SizesAttr : AttrDef<Ingot_Dialect, "Sizes", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "sizes";
  let summary = "the sizes of a tensor with run-time dimensions";
  let description = [{
    One canonical expression a dimension (ir/sizes): `tensor<?x10xf32, #ingot.sizes<[N*2 + 1, 10]>>`. Constant where the
    type is static, an expression where it says `?`. Tensors that are static throughout have no encoding.
  }];
  let parameters = (ins "std::vector<::ingot::sizes::Expr>":$sizes);
  let genStorageClass = 0;
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
  let genAccessors = 0;
  let extraClassDeclaration = [{
    static SizesAttr get(::mlir::MLIRContext *context, std::vector<::ingot::sizes::Expr> sizes);
    const std::vector<::ingot::sizes::Expr> &getSizes() const;
  }];
}

// The same list where it is an attribute of an op: starts, paddings. Constants alone are allowed here.
def Ingot_SizesListAttr : Attr<CPred<"::llvm::isa<::ingot::ir::SizesAttr>($_self)">, "list of sizes"> {
  let storageType = "::ingot::ir::SizesAttr";
  let returnType = "const std::vector<::ingot::sizes::Expr> &";
  let convertFromStorage = "$_self.getSizes()";
  let constBuilderCall = "::ingot::ir::SizesAttr::get($_builder.getContext(), $0)";
}

def Ingot_DimAttr : AttrDef<Ingot_Dialect, "Dim"> {
  let mnemonic = "dim";
  let summary = "a named dimension of a function and its declared range";
  let description = "`#ingot.dim<\"N\", 0, 512>`: name, least value, greatest value; -1 says that there is no greatest.";
  let parameters = (ins StringRefParameter<>:$name, "int64_t":$min, "int64_t":$max);
  let assemblyFormat = "`<` $name `,` $min `,` $max `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::ingot::sizes::Range getRange() const {
      return {getMin(), getMax() < 0 ? std::nullopt : std::optional<int64_t>(getMax())};
    }
  }];
}

#endif
