//===- KernelBufferize.cpp - One-shot bufferization of the kernel ops ---------===//

#include "codegen/kernel/KernelDialect.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace ingot::kernel;

namespace {

/// A buffer whose elements follow each other, as a body's do: a copy of one that is a part of another one.
Value contiguous(RewriterBase &rewriter, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  if (type.getLayout().isIdentity())
    return buffer;
  SmallVector<Value> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (type.isDynamicDim(dim))
      sizes.push_back(memref::DimOp::create(rewriter, loc, buffer, dim));
  auto own = MemRefType::get(type.getShape(), type.getElementType());
  Value copy = memref::AllocOp::create(rewriter, loc, own, sizes);
  memref::CopyOp::create(rewriter, loc, buffer, copy);
  return copy;
}

/// The op on the buffers of its operands, its region moved along. Destinations are the last operands.
template <typename KernelOp>
LogicalResult bufferizeInPlace(KernelOp op, RewriterBase &rewriter, const BufferizationOptions &options,
                               BufferizationState &state) {
  if (llvm::none_of(op->getOperandTypes(), llvm::IsaPred<TensorType>))
    return success();
  rewriter.setInsertionPoint(op);
  SmallVector<Value> buffers;
  for (Value operand : op->getOperands()) {
    if (!isa<TensorType>(operand.getType())) {
      buffers.push_back(operand);
      continue;
    }
    FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
    if (failed(buffer))
      return failure();
    buffers.push_back(std::is_same_v<KernelOp, LoopOp> ? contiguous(rewriter, op.getLoc(), *buffer)
                                                       : *buffer);
  }
  OperationState replacement(op.getLoc(), KernelOp::getOperationName(), buffers, TypeRange(), op->getAttrs());
  for (Region &region : op->getRegions())
    replacement.addRegion()->takeBody(region);
  rewriter.create(replacement);
  replaceOpWithBufferizedValues(rewriter, op, ArrayRef(buffers).take_back(op->getNumResults()));
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
struct ArgsortModel : WriteOnlyDestination<ArgsortModel, ArgsortOp> {};

struct ScanModel : WriteOnlyDestination<ScanModel, ScanOp> {
  /// An element is read just before the one in its place is written.
  bool bufferizesToElementwiseAccess(Operation *op, const AnalysisState &,
                                     ArrayRef<OpOperand *> operands) const {
    auto elementOf = [](Value value) { return cast<ShapedType>(value.getType()).getElementType(); };
    return llvm::all_of(operands, [&](OpOperand *operand) {
      return elementOf(operand->get()) == elementOf(cast<ScanOp>(op).getOut());
    });
  }
};

struct ScatterModel : DstBufferizableOpInterfaceExternalModel<ScatterModel, ScatterOp> {
  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    return bufferizeInPlace(cast<ScatterOp>(op), rewriter, options, state);
  }
};

struct LoopModel : WriteOnlyDestination<LoopModel, LoopOp> {};

struct CheckIndexModel : BufferizableOpInterface::ExternalModel<CheckIndexModel, CheckIndexOp> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &, const AnalysisState &) const { return true; }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &, const AnalysisState &) const { return false; }
  AliasingValueList getAliasingValues(Operation *, OpOperand &, const AnalysisState &) const { return {}; }
  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    return bufferizeInPlace(cast<CheckIndexOp>(op), rewriter, options, state);
  }
};

} // namespace

void ingot::kernel::registerBufferizableOpInterfaceExternalModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, KernelDialect *) {
    ContractOp::attachInterface<ContractModel>(*context);
    RelayoutOp::attachInterface<RelayoutModel>(*context);
    ArgsortOp::attachInterface<ArgsortModel>(*context);
    CheckIndexOp::attachInterface<CheckIndexModel>(*context);
    ScanOp::attachInterface<ScanModel>(*context);
    ScatterOp::attachInterface<ScatterModel>(*context);
    LoopOp::attachInterface<LoopModel>(*context);
  });
}
