#include "codegen/llvm/Describe.h"
#include "ir/dialect/Dialect.h"
#include "ir/dialect/Origin.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace ingot::codegen {
namespace {

std::string dtypeOf(Type element, StringAttr dtype) {
  if (dtype)
    return dtype.str();
  std::string text;
  llvm::raw_string_ostream(text) << element;
  return text;
}

TensorInfo describeArgument(func::FuncOp function, unsigned index, StringAttr name) {
  auto type = cast<MemRefType>(function.getArgument(index).getType());
  TensorInfo tensor{
      name.str(),
      dtypeOf(type.getElementType(), function.getArgAttrOfType<StringAttr>(index, "ingot.dtype")),
      {}};
  if (auto sizes = function.getArgAttrOfType<ir::SizesAttr>(index, "ingot.sizes"))
    tensor.shape = sizes.getSizes();
  else
    tensor.shape.assign(type.getShape().begin(), type.getShape().end());
  return tensor;
}

FunctionInfo describeFunction(func::FuncOp function) {
  FunctionInfo info;
  info.name = function.getName().str();
  for (unsigned index = 0; index < function.getNumArguments(); ++index) {
    if (auto name = function.getArgAttrOfType<StringAttr>(index, "ingot.input"))
      info.inputs.push_back(describeArgument(function, index, name));
    else if (auto name = function.getArgAttrOfType<StringAttr>(index, "ingot.output"))
      info.outputs.push_back(describeArgument(function, index, name));
  }
  if (auto dims = function->getAttrOfType<ArrayAttr>("ingot.dims"))
    for (auto dim : dims.getAsRange<ir::DimAttr>())
      info.dims.push_back({dim.getName().str(), dim.getRange()});
  info.writesState = function->hasAttr("ingot.writes_state");
  if (auto text = function->getAttrOfType<StringAttr>("ingot.workspace"))
    info.workspace = *sizes::Expr::parse(text.strref());
  return info;
}

StateInfo describeState(DictionaryAttr row) {
  auto type = cast<RankedTensorType>(row.getAs<TypeAttr>("type").getValue());
  StateInfo state;
  state.tensor = {row.getAs<StringAttr>("name").str(),
                  dtypeOf(type.getElementType(), row.getAs<StringAttr>("dtype")),
                  {type.getShape().begin(), type.getShape().end()}};
  state.offset = row.getAs<IntegerAttr>("offset").getInt();
  return state;
}

SiteInfo describeSite(DictionaryAttr row) {
  SiteInfo site;
  ir::Origin origin = ir::Origin::of(row.getAs<LocationAttr>("loc"));
  site.op = origin.nameOr(row.getAs<StringAttr>("op")).str();
  // What only the call tells comes with the error.
  if (int64_t size = row.getAs<IntegerAttr>("size").getInt(); size != INT64_MAX)
    site.upper = size - 1;
  if (auto required = row.getAs<StringAttr>("required"))
    site.required = required.str();
  if (origin.path)
    site.path = origin.path.str();
  if (origin.line)
    site.file = origin.line.getFilename().str(), site.line = origin.line.getLine();
  return site;
}

} // namespace

ModuleInfo describe(ModuleOp module, StringRef name) {
  ModuleInfo info;
  info.name = name.str();
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic())
      info.functions.push_back(describeFunction(function));
  if (auto states = module->getAttrOfType<ArrayAttr>("ingot.states"))
    for (auto row : states.getAsRange<DictionaryAttr>())
      info.states.push_back(describeState(row));
  if (auto bytes = module->getAttrOfType<IntegerAttr>("ingot.state_bytes"))
    info.stateBytes = bytes.getInt();
  return info;
}

std::vector<SiteInfo> describeSites(ModuleOp module) {
  std::vector<SiteInfo> sites;
  if (auto rows = module->getAttrOfType<ArrayAttr>("ingot.sites"))
    for (auto row : rows.getAsRange<DictionaryAttr>())
      sites.push_back(describeSite(row));
  return sites;
}

} // namespace ingot::codegen
