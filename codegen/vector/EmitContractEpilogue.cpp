#include "codegen/vector/EmitContract.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace ingot::codegen {

static Block &bodyOf(kernel::ContractOp op) { return op.getEpilogue().front(); }

bool hasVectorizableEpilogue(kernel::ContractOp op) {
  return llvm::all_of(bodyOf(op).without_terminator(), [](Operation &inner) {
    return isa<arith::ConstantOp>(inner) || OpTrait::hasElementwiseMappableTraits(&inner);
  });
}

Value emitEpilogue(KernelBuilder &k, kernel::ContractOp op, ValueRange arguments, int64_t lanes) {
  IRMapping mapping;
  mapping.map(bodyOf(op).getArguments(), arguments);
  for (Operation &inner : bodyOf(op)) {
    // Scalars from outside of the op.
    for (Value operand : inner.getOperands())
      if (!mapping.contains(operand))
        mapping.map(operand, k.splat(operand, lanes));
    if (inner.hasTrait<OpTrait::IsTerminator>())
      return mapping.lookup(inner.getOperand(0));
    Operation *copy = k.b.clone(inner, mapping);
    if (lanes == 1)
      continue;
    for (OpResult result : copy->getResults())
      result.setType(VectorType::get(lanes, result.getType()));
    if (auto constant = dyn_cast<arith::ConstantOp>(copy))
      constant.setValueAttr(
          SplatElementsAttr::get(cast<VectorType>(constant.getType()), Attribute(constant.getValue())));
  }
  llvm_unreachable("a region ends with its terminator");
}

} // namespace ingot::codegen
