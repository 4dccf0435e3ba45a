//===- KernelBufferize.cpp - One-shot bufferization of the kernel ops ---------===//

#include "codegen/kernel/KernelDialect.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace ingot::kernel;

namespace {

/// The op on the buffers of its operands, its region moved along.
template <typename KernelOp>
LogicalResult bufferizeInPlace(KernelOp op, RewriterBase &rewriter, const BufferizationOptions &options,
                               BufferizationState &state) {
  if (op.hasPureBufferSemantics())
    return success();
  SmallVector<Value> buffers;
  for (Value operand : op->getOperands()) {
    FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
    if (failed(buffer))
      return failure();
    buffers.push_back(*buffer);
  }
  OperationState replacement(op.getLoc(), KernelOp::getOperationName(), buffers, TypeRange(), op->getAttrs());
  for (Region &region : op->getRegions())
    replacement.addRegion()->takeBody(region);
  rewriter.setInsertionPoint(op);
  rewriter.create(replacement);
  replaceOpWithBufferizedValues(rewriter, op, buffers.back());
  return success();
}

/// `out` is written before it is read: what the destination held does not matter.
template <typename Model, typename KernelOp>
struct WriteOnlyDestination : DstBufferizableOpInterfaceExternalModel<Model, KernelOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand, const AnalysisState &) const {
    return !cast<DestinationStyleOpInterface>(op).isDpsInit(&operand);
  }
  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    return bufferizeInPlace(cast<KernelOp>(op), rewriter, options, state);
  }
};

struct ContractModel : WriteOnlyDestination<ContractModel, ContractOp> {
  /// An epilogue operand that is indexed as out is read, element by element, just before out is written there.
  bool bufferizesToElementwiseAccess(Operation *op, const AnalysisState &,
                                     ArrayRef<OpOperand *> operands) const {
    auto contract = cast<ContractOp>(op);
    auto elementOf = [](Value value) { return cast<ShapedType>(value.getType()).getElementType(); };
    return llvm::all_of(operands, [&](OpOperand *operand) {
      return operand->getOperandNumber() >= 2 && contract.getMapOf(*operand) == contract.getOutMap() &&
             elementOf(operand->get()) == elementOf(contract.getOut());
    });
  }
};

struct RelayoutModel : WriteOnlyDestination<RelayoutModel, RelayoutOp> {};

} // namespace

void ingot::kernel::registerBufferizableOpInterfaceExternalModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, KernelDialect *) {
    ContractOp::attachInterface<ContractModel>(*context);
    RelayoutOp::attachInterface<RelayoutModel>(*context);
  });
}
