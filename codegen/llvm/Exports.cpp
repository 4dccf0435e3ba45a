#include "codegen/llvm/Exports.h"
#include "codegen/llvm/Header.h"
#include "runtime/abi/abi.h"
#include "runtime/core/DType.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include <map>

using namespace llvm;

namespace ingot::codegen {
namespace {

/// A size expression as arithmetic on i64.
struct SizeEmitter {
  IRBuilder<> &b;
  const std::map<std::string, Value *> &dims;

  Value *constant(int64_t value) { return b.getInt64(value); }
  Value *dim(const std::string &name) { return dims.at(name); }
  Value *add(Value *x, Value *y) { return b.CreateAdd(x, y); }
  Value *mul(Value *x, Value *y) { return b.CreateMul(x, y); }
  Value *min(Value *x, Value *y) { return b.CreateBinaryIntrinsic(Intrinsic::smin, x, y); }
  Value *max(Value *x, Value *y) { return b.CreateBinaryIntrinsic(Intrinsic::smax, x, y); }
  /// Rounds down: one less than C's quotient where there is a rest and the signs differ.
  Value *floordiv(Value *x, Value *y) {
    Value *quotient = b.CreateSDiv(x, y), *rest = b.CreateSRem(x, y), *zero = b.getInt64(0);
    Value *differ = b.CreateICmpSLT(b.CreateXor(rest, y), zero);
    Value *down = b.CreateAnd(b.CreateICmpNE(rest, zero), differ);
    return b.CreateSub(quotient, b.CreateZExt(down, b.getInt64Ty()));
  }
  Value *mod(Value *x, Value *y) { return b.CreateSub(x, b.CreateMul(floordiv(x, y), y)); }
};

class Exporter {
public:
  Exporter(Module &module, const ModuleInfo &info) : module(module), info(info), b(module.getContext()) {}

  void run(ArrayRef<char> block) {
    auto *version = new GlobalVariable(module, b.getInt32Ty(), true, GlobalValue::ExternalLinkage,
                                       b.getInt32(1), interfaceSymbol(info));
    version->setAlignment(Align(4));
    // The compiled functions get names that no C program can have.
    for (const FunctionInfo &function : info.functions)
      module.getFunction(function.name)->setName(info.name + "_" + function.name + ".body");
    for (const FunctionInfo &function : info.functions) {
      addFunction(function);
      addWorkspace(function);
    }
    addStateSize();
    addTable("_states", stateTable(), info.states.size());
    addTable("_sites", siteTable(), info.sites.size());
    addConversion("_prepare", "ingot.prepare");
    addConversion("_unprepare", "ingot.unprepare");
    if (info.embeddedWeights)
      addEmbeddedState(block);
  }

private:
  Function *define(const Twine &name, Type *result, ArrayRef<Type *> arguments) {
    auto *type = FunctionType::get(result, arguments, false);
    Function *function = Function::Create(type, GlobalValue::ExternalLinkage, name, module);
    function->addFnAttr(Attribute::NoUnwind);
    b.SetInsertPoint(BasicBlock::Create(module.getContext(), "", function));
    b.SetCurrentDebugLocation({});
    return function;
  }

  /// Lets a debugger show `f` at the line of `body`, which it calls.
  void takeScope(Function *f, const Function *body) {
    DISubprogram *scope = body->getSubprogram();
    if (!scope)
      return;
    f->setSubprogram(DISubprogram::getDistinct(module.getContext(), scope->getScope(), f->getName(), "",
                                               scope->getFile(), scope->getLine(), scope->getType(),
                                               scope->getLine(), nullptr, 0, 0, scope->getFlags(),
                                               scope->getSPFlags(), scope->getUnit()));
    b.SetCurrentDebugLocation(DILocation::get(module.getContext(), scope->getLine(), 0, f->getSubprogram()));
  }

  //===-- Functions -------------------------------------------------------------------------------------------===//

  void addFunction(const FunctionInfo &function) {
    std::vector<Type *> types(1 + function.inputs.size(), b.getPtrTy());
    types.insert(types.end(), function.dims.size(), b.getInt64Ty());
    types.insert(types.end(), function.outputs.size() + 2, b.getPtrTy());
    Function *f = define(info.name + "_" + function.name, b.getInt32Ty(), types);
    Function *body = module.getFunction(info.name + "_" + function.name + ".body");
    takeScope(f, body);

    Value *host = f->getArg(f->arg_size() - 1);
    for (size_t i = 0; i < function.dims.size(); ++i)
      checkDimension(f, f->getArg(1 + function.inputs.size() + i), function.dims[i], host);
    std::vector<Value *> arguments;
    for (size_t i = info.states.empty() ? 1 : 0; i + 1 < f->arg_size(); ++i) {
      f->addParamAttrs(i, {module.getContext(), body->getAttributes().getParamAttrs(arguments.size())});
      arguments.push_back(f->getArg(i));
    }
    Value *checked = b.CreateCall(body, arguments);
    if (!checked->getType()->isVoidTy())
      returnSite(f, checked, host);
    b.CreateRet(b.getInt32(INGOT_OK));
  }

  /// Returns from `f` where `value` is out of range; goes on behind it otherwise.
  void checkDimension(Function *f, Value *value, const DimInfo &dim, Value *host) {
    Value *bad = b.CreateICmpSLT(value, b.getInt64(dim.range.min));
    if (dim.range.max)
      bad = b.CreateOr(bad, b.CreateICmpSGT(value, b.getInt64(*dim.range.max)));
    returnError(
        f, bad, [&] { return b.getInt32(INGOT_ERROR_DIMENSION); }, host,
        [&] {
          return ErrorFields{b.getInt32(-1), text(dim.name), value, b.getInt64(dim.range.min),
                             b.getInt64(dim.range.max.value_or(INT64_MAX))};
        });
  }

  /// Returns from `f` where a check failed, i.e. the site, the first of what the body returned, is not -1.
  void returnSite(Function *f, Value *checked, Value *host) {
    Value *site = b.CreateExtractValue(checked, 0);
    Value *bad = b.CreateICmpSGE(site, b.getInt32(0));
    auto ofSite = [&](Value *otherwise, function_ref<Value *(const SiteInfo &)> property) {
      for (size_t i = 0; i < info.sites.size(); ++i)
        otherwise = b.CreateSelect(b.CreateICmpEQ(site, b.getInt32(i)), property(info.sites[i]), otherwise);
      return otherwise;
    };
    auto code = [&] {
      return ofSite(b.getInt32(INGOT_ERROR_INDEX), [&](const SiteInfo &site) {
        return b.getInt32(site.required.empty() ? INGOT_ERROR_INDEX : INGOT_ERROR_VALUE);
      });
    };
    returnError(f, bad, code, host, [&] {
      Value *upper = b.CreateSub(b.CreateExtractValue(checked, 2), b.getInt64(1));
      Value *name = ofSite(null(), [&](const SiteInfo &site) { return text(nameOf(site)); });
      return ErrorFields{site, name, b.CreateExtractValue(checked, 1), b.getInt64(0), upper};
    });
  }

  /// "a position of embedding in encoder.embedding at model.cpp:12", "linalg_inv at model.cpp:12: required an invertible
  /// matrix".
  static std::string nameOf(const SiteInfo &site) {
    std::string name = site.op;
    if (!site.path.empty())
      name += " in " + site.path;
    if (!site.file.empty())
      name += " at " + site.file + ":" + std::to_string(site.line);
    return site.required.empty() ? "a position of " + name : name + ": required " + site.required;
  }

  /// What an ingot_error has behind its code, in its order.
  struct ErrorFields {
    Value *site, *name, *value, *lower, *upper;
  };

  /// Returns the status of `code` from `f` where `bad`, after filling host->error, if there is one, with what `describe` gives
  /// there; goes on behind it otherwise.
  void returnError(Function *f, Value *bad, function_ref<Value *()> code, Value *host,
                   function_ref<ErrorFields()> describe) {
    auto block = [&](const char *name) { return BasicBlock::Create(module.getContext(), name, f); };
    BasicBlock *fail = block("bad"), *withHost = block("host"), *withField = block("field"),
               *withError = block("error"), *leave = block("leave"), *ok = block("ok");
    b.CreateCondBr(bad, fail, ok, MDBuilder(module.getContext()).createUnlikelyBranchWeights());
    b.SetInsertPoint(fail);
    Value *status = code();
    b.CreateCondBr(b.CreateIsNull(host), leave, withHost);
    // A program may offer a shorter ingot_host.
    b.SetInsertPoint(withHost);
    Value *size = b.CreateLoad(b.getInt64Ty(), b.CreateStructGEP(hostType(), host, 0));
    uint64_t needed = module.getDataLayout().getTypeStoreSize(b.getPtrTy()) +
                      module.getDataLayout().getStructLayout(hostType())->getElementOffset(hostError);
    b.CreateCondBr(b.CreateICmpSGE(size, b.getInt64(needed)), withField, leave);
    b.SetInsertPoint(withField);
    Value *error = b.CreateLoad(b.getPtrTy(), b.CreateStructGEP(hostType(), host, hostError));
    b.CreateCondBr(b.CreateIsNull(error), leave, withError);
    b.SetInsertPoint(withError);
    auto [site, name, value, lower, upper] = describe();
    Value *const fields[] = {status, site, name, value, lower, upper};
    for (auto [index, field] : enumerate(fields))
      b.CreateStore(field, b.CreateStructGEP(errorType(), error, index));
    b.CreateBr(leave);
    b.SetInsertPoint(leave);
    b.CreateRet(status);
    b.SetInsertPoint(ok);
  }

  // The structs of abi.h as the target lays them out.
  StructType *hostType() {
    return StructType::get(b.getInt64Ty(), b.getPtrTy(), b.getPtrTy(), b.getInt32Ty(), b.getPtrTy());
  }
  static constexpr unsigned hostError = 4; ///< the field `error`
  StructType *errorType() {
    return StructType::get(b.getInt32Ty(), b.getInt32Ty(), b.getPtrTy(), b.getInt64Ty(), b.getInt64Ty(),
                           b.getInt64Ty());
  }

  void addWorkspace(const FunctionInfo &function) {
    std::vector<Type *> types(function.dims.size(), b.getInt64Ty());
    types.push_back(b.getInt32Ty());
    Function *f = define(info.name + "_" + function.name + "_workspace", b.getInt64Ty(), types);
    std::map<std::string, Value *> dims;
    for (size_t i = 0; i < function.dims.size(); ++i)
      dims[function.dims[i].name] = f->getArg(i);
    dims["workers"] = b.CreateSExt(f->getArg(function.dims.size()), b.getInt64Ty());
    b.CreateRet(function.workspace.visit<Value *>(SizeEmitter{b, dims}));
  }

  //===-- State -----------------------------------------------------------------------------------------------===//

  void addStateSize() {
    define(info.name + "_state_size", b.getInt64Ty(), {});
    b.CreateRet(b.getInt64(info.stateBytes));
  }

  /// P_prepare and P_unprepare: the canonical tensors come as an array of pointers.
  void addConversion(const char *suffix, const char *bodyName) {
    Function *f = define(info.name + suffix, b.getInt32Ty(), {b.getPtrTy(), b.getPtrTy()});
    if (Function *body = module.getFunction(bodyName)) {
      takeScope(f, body);
      std::vector<Value *> arguments = {f->getArg(0)};
      for (size_t i = 0; i < info.states.size(); ++i) {
        Value *slot = b.CreateConstGEP1_64(b.getPtrTy(), f->getArg(1), i);
        arguments.push_back(b.CreateLoad(b.getPtrTy(), slot));
      }
      arguments.push_back(f->getArg(0)); // an arena of no bytes
      b.CreateCall(body, arguments);
    }
    b.CreateRet(b.getInt32(INGOT_OK));
  }

  void addEmbeddedState(ArrayRef<char> block) {
    Constant *bytes =
        ConstantDataArray::getRaw(StringRef(block.data(), block.size()), block.size(), b.getInt8Ty());
    auto *data = new GlobalVariable(module, bytes->getType(), true, GlobalValue::PrivateLinkage, bytes,
                                    info.name + ".state");
    data->setAlignment(Align(64));
    define(info.name + "_embedded_state", b.getPtrTy(), {});
    b.CreateRet(data);
  }

  //===-- Tables ----------------------------------------------------------------------------------------------===//

  Constant *text(StringRef string) {
    Constant *&global = texts[string.str()];
    if (!global)
      global = constantArray(ConstantDataArray::getString(module.getContext(), string), 1);
    return global;
  }

  Constant *constantArray(Constant *data, uint64_t alignment) {
    auto *global = new GlobalVariable(module, data->getType(), true, GlobalValue::PrivateLinkage, data);
    global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    global->setAlignment(Align(alignment));
    return global;
  }

  Constant *null() { return ConstantPointerNull::get(b.getPtrTy()); }

  /// An array of struct constants, or null.
  Constant *table(ArrayRef<Constant *> rows) {
    if (rows.empty())
      return null();
    return constantArray(ConstantArray::get(ArrayType::get(rows[0]->getType(), rows.size()), rows), 8);
  }

  Constant *stateTable() {
    SmallVector<Constant *> rows;
    for (const StateInfo &state : info.states) {
      SmallVector<uint64_t> shape;
      for (const sizes::Expr &size : state.tensor.shape)
        shape.push_back(size.constant());
      SmallVector<Constant *> aliases;
      for (const std::string &alias : state.aliases)
        aliases.push_back(text(alias));
      if (!aliases.empty())
        aliases.push_back(null());
      rows.push_back(ConstantStruct::getAnon(
          {text(state.tensor.name), b.getInt32(ingot_rt::dtype_named(state.tensor.dtype)->abi),
           b.getInt32(shape.size()),
           shape.empty() ? null() : constantArray(ConstantDataArray::get(module.getContext(), shape), 8),
           b.getInt64(state.offset),
           aliases.empty()
               ? null()
               : constantArray(ConstantArray::get(ArrayType::get(b.getPtrTy(), aliases.size()), aliases),
                               8)}));
    }
    return table(rows);
  }

  Constant *siteTable() {
    SmallVector<Constant *> rows;
    for (const SiteInfo &site : info.sites)
      rows.push_back(
          ConstantStruct::getAnon({text(site.op), text(site.path), text(site.file), b.getInt32(site.line),
                                   b.getInt64(site.lower), b.getInt64(site.upper)}));
    return table(rows);
  }

  void addTable(const char *suffix, Constant *rows, size_t count) {
    Function *f = define(info.name + suffix, b.getPtrTy(), {b.getPtrTy()});
    b.CreateStore(b.getInt32(count), f->getArg(0));
    b.CreateRet(rows);
  }

  Module &module;
  const ModuleInfo &info;
  IRBuilder<> b;
  std::map<std::string, Constant *> texts;
};

} // namespace

void addExports(Module &module, const ModuleInfo &info, ArrayRef<char> block) {
  Exporter(module, info).run(block);
}

void addSlotsEntry(Module &module, StringRef function, StringRef name) {
  IRBuilder<> b(module.getContext());
  Function *body = module.getFunction(function);
  auto *type = FunctionType::get(b.getInt32Ty(), {b.getPtrTy()}, false);
  Function *entry = Function::Create(type, GlobalValue::ExternalLinkage, name, module);
  b.SetInsertPoint(BasicBlock::Create(module.getContext(), "", entry));
  std::vector<Value *> arguments;
  for (size_t i = 0; i < body->arg_size(); ++i)
    arguments.push_back(b.CreateLoad(b.getPtrTy(), b.CreateConstGEP1_64(b.getPtrTy(), entry->getArg(0), i)));
  Value *checked = b.CreateCall(body, arguments);
  if (checked->getType()->isVoidTy()) {
    b.CreateRet(b.getInt32(0));
    return;
  }
  // One slot more receives the value that a check found.
  Value *value =
      b.CreateLoad(b.getPtrTy(), b.CreateConstGEP1_64(b.getPtrTy(), entry->getArg(0), body->arg_size()));
  b.CreateStore(b.CreateExtractValue(checked, 1), value);
  b.CreateRet(b.CreateAdd(b.CreateExtractValue(checked, 0), b.getInt32(1)));
}

} // namespace ingot::codegen
