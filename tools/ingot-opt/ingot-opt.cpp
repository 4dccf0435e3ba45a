// mlir-opt with the dialects, passes and pipelines of ingot: the tool of the lit tests.
#include "codegen/pipeline/Pipeline.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

using namespace mlir;

int main(int argc, char **argv) {
  DialectRegistry registry;
  ingot::codegen::registerDialects(registry);
  ingot::codegen::registerPassesAndPipelines();
  // One-shot bufferization as it is upstream, for the tests of the kernel dialect's interfaces.
  bufferization::func_ext::registerBufferizableOpInterfaceExternalModels(registry);
  bufferization::registerOneShotBufferizePass();
  return asMainReturnCode(MlirOptMain(argc, argv, "ingot's pass driver\n", registry));
}
