#include "codegen/pipeline/Programs.h"
#include "ir/dialect/Sizes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/core/DType.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <cstring>

using namespace mlir;

namespace ingot::codegen {
namespace {

const ingot_rt::DType *dtypeOf(Type element) {
  std::string text;
  llvm::raw_string_ostream(text) << element;
  return ingot_rt::dtype_named(text == "i1" ? "bool" : text);
}

class ProgramCheck {
public:
  explicit ProgramCheck(func::FuncOp function) : function(function) {}

  LogicalResult run(llvm::StringMap<Type> &states) {
    if (function.isExternal())
      return function.emitError() << "program '" << function.getName() << "' needs a body";
    if (auto declared = function->getAttrOfType<ArrayAttr>("ingot.dims"))
      for (Attribute dim : declared) {
        if (!isa<ir::DimAttr>(dim))
          return function.emitError()
                 << "ingot.dims: required #ingot.dim<\"N\", least, greatest>, got " << dim;
        dims.insert(cast<ir::DimAttr>(dim).getName());
      }
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      auto state = function.getArgAttrOfType<StringAttr>(i, "ingot.state");
      if (failed(checkTensor("argument", i, function.getArgumentTypes()[i], state, states)))
        return failure();
    }
    for (unsigned i = 0; i < function.getNumResults(); ++i) {
      auto state = function.getResultAttrOfType<StringAttr>(i, "ingot.state");
      if (failed(checkTensor("result", i, function.getResultTypes()[i], state, states)))
        return failure();
    }
    return success();
  }

private:
  LogicalResult checkTensor(StringRef what, unsigned index, Type type, StringAttr state,
                            llvm::StringMap<Type> &states) {
    auto report = [&] {
      return function.emitError() << what << " " << index << " of program '" << function.getName() << "' ";
    };
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !dtypeOf(tensor.getElementType()))
      return report() << "must be a tensor of numbers, got " << type;
    if (!tensor.hasStaticShape() && !isa_and_nonnull<ir::SizesAttr>(tensor.getEncoding()))
      return report() << "must have its sizes described by #ingot.sizes, got " << type;
    for (const sizes::Expr &size : ir::sizesOf(tensor))
      for (const std::string &dim : size.dims())
        if (!dims.contains(dim))
          return report() << "has a size over '" << dim << "', which ingot.dims does not declare";
    if (!state)
      return success();
    if (!tensor.hasStaticShape())
      return report() << "is a state and must have constant sizes, got " << ir::describe(type);
    auto [known, isNew] = states.try_emplace(state.getValue(), type);
    if (!isNew && known->second != type)
      return report() << "is state '" << state.getValue() << "' and must be " << ir::describe(known->second)
                      << " as elsewhere, got " << ir::describe(type);
    return success();
  }

  func::FuncOp function;
  llvm::StringSet<> dims;
};

} // namespace

LogicalResult checkPrograms(ModuleOp module) {
  llvm::StringMap<Type> states;
  bool any = false;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (failed(ProgramCheck(function).run(states)))
      return failure();
    any |= function.isPublic();
  }
  return any ? success() : LogicalResult(module.emitError("required a program, a public function; got none"));
}

ProgramStates::ProgramStates(ModuleOp module) {
  llvm::StringSet<> seen;
  for (auto function : module.getOps<func::FuncOp>())
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      auto name = function.getArgAttrOfType<StringAttr>(i, "ingot.state");
      if (!name || !seen.insert(name.getValue()).second)
        continue;
      auto type = cast<RankedTensorType>(function.getArgumentTypes()[i]);
      auto bytes = static_cast<size_t>(type.getNumElements() * dtypeOf(type.getElementType())->size);
      zeros.push_back(ingot_rt::Buffer::allocate(bytes));
      std::memset(zeros.back().mutable_data(), 0, zeros.back().size());
      states.push_back({name.str(), type, zeros.back().data(), {}});
    }
}

std::string ProgramStates::read(const std::string &path) {
  if (ingot_rt::Status status = ingot_rt::SafeTensors::read(path, file); !status)
    return status.message();
  std::string problems;
  for (detail::StateTensor &state : states) {
    const ingot_rt::DType &dtype = *dtypeOf(state.type.getElementType());
    std::vector<int64_t> shape(state.type.getShape());
    const ingot_rt::Tensor *tensor = file.find(state.name);
    std::string required = ingot_rt::type_text(dtype, shape);
    std::string got = tensor ? ingot_rt::type_text(*tensor->dtype, tensor->shape) : "none";
    if (got == required)
      state.data = tensor->data.data();
    else
      problems += (problems.empty() ? "" : "; ") + ("tensor '" + state.name + "': required " + required) +
                  ", got " + got;
  }
  return problems.empty() ? "" : path + ": " + problems;
}

} // namespace ingot::codegen
