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

def AnyElement : AnyTypeOf<[F32, F64, BF16, F16, I64, I32, I8, I1]>;
def FloatElement : AnyTypeOf<[F32, F64, BF16, F16]>;
def NumberElement : AnyTypeOf<[F32, F64, BF16, F16, I64, I32, I8]>;
def IntegerElement : AnyTypeOf<[I64, I32, I8, I1]>;

def AnyIngotTensor : RankedTensorOf<[AnyElement]>;
def FloatTensor : RankedTensorOf<[FloatElement]>;
def NumberTensor : RankedTensorOf<[NumberElement]>;
def IntegerTensor : RankedTensorOf<[IntegerElement]>;
def BoolTensor : RankedTensorOf<[I1]>;

class Ingot_Op<string mnemonic, list<Trait> traits = []>
    : Op<Ingot_Dialect, mnemonic, !listconcat([Pure, DeclareOpInterfaceMethods<DifferentiableOpInterface>], traits)> {
  string numpy = ?;          // the result in NumPy's words
  string domain = "(-2, 2)"; // where tests sample floating-point operands
  string functional = mnemonic; // its name as a public function; "" if it has none
}

// An op whose result type follows from operands and attributes, by `inferReturnTypes` in the family's source file.
class Ingot_InferredOp<string mnemonic, list<Trait> traits = []>
    : Ingot_Op<mnemonic, !listconcat([InferTypeOpAdaptor], traits)>;

#endif
