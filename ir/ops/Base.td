// The classes that op records derive from. A record holds all that is to know of an op: summary, type rule, scalar
// body or lowering, derivative, a NumPy formula (documentation) and the range that tests sample its operands from.
#ifndef INGOT_IR_OPS_BASE
#define INGOT_IR_OPS_BASE

include "ir/dialect/Dialect.td"
include "ir/interfaces/Interfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def AnyElement : AnyTypeOf<[F32, F64, BF16, F16, I64, I32, I16, I8, UI8, I1]>;
def FloatElement : AnyTypeOf<[F32, F64, BF16, F16]>;
def NumberElement : AnyTypeOf<[F32, F64, BF16, F16, I64, I32, I16, I8, UI8]>;
def IntegerElement : AnyTypeOf<[I64, I32, I16, I8, UI8, I1]>;

// A ranked tensor whose run-time sizes are described by an encoding.
class IngotTensorOf<list<Type> elements>
    : Type<And<[RankedTensorOf<elements>.predicate, CPred<"::ingot::ir::isDescribed($_self)">]>,
           RankedTensorOf<elements>.summary # ", run-time sizes in #ingot.sizes", "::mlir::RankedTensorType">;

def AnyIngotTensor : IngotTensorOf<[AnyElement]>;
def FloatTensor : IngotTensorOf<[FloatElement]>;
def NumberTensor : IngotTensorOf<[NumberElement]>;
def IntegerTensor : IngotTensorOf<[IntegerElement]>;
def Int64Tensor : IngotTensorOf<[I64]>;
def BoolTensor : IngotTensorOf<[I1]>;

class Ingot_Op<string mnemonic, list<Trait> traits = []>
    : Op<Ingot_Dialect, mnemonic, !listconcat([Pure, DeclareOpInterfaceMethods<DifferentiableOpInterface>], traits)> {
  string numpy = ?;          // the result in NumPy's words
  string domain = "(-2, 2)"; // where tests sample floating-point operands
  string functional = mnemonic; // its name as a public function; "" if it has none
}

// MLIR's InferTypeOpAdaptor, with what every type rule requires checked before: the parser infers before it verifies.
def InferIngotTypes : TraitList<[
  DeclareOpInterfaceMethods<InferTypeOpInterface>,
  NativeOpTrait<"InferTypeOpAdaptor", [], [{
    static ::llvm::LogicalResult inferReturnTypes(::mlir::MLIRContext *context, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types);
  }], [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context,
        std::optional<::mlir::Location> location, ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      Adaptor adaptor(operands, attributes, properties, regions);
      return inferChecked(getOperationName(), location, operands,
                          [&] { return inferReturnTypes(context, location, adaptor, types); });
    }
  }]>
]>;

// An op whose result type follows from operands and attributes, by `inferReturnTypes` in the family's source file.
class Ingot_InferredOp<string mnemonic, list<Trait> traits = []>
    : Ingot_Op<mnemonic, !listconcat([InferIngotTypes], traits)>;

#endif
