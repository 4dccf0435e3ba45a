// The pass ingot-add-debug-info.
#include "codegen/llvm/Passes.h"
#include "ir/dialect/Origin.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Location.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include <map>
#include <optional>

namespace ingot::codegen {
#define GEN_PASS_DEF_ADDDEBUGINFO
#include "codegen/llvm/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using ingot::ir::Origin;

namespace {

/// Where an op comes from, if its location tells a line.
std::optional<Origin> originOf(Location location) {
  Origin origin = Origin::of(location);
  return origin.line ? std::optional(origin) : std::nullopt;
}

class DebugInfo {
public:
  explicit DebugInfo(ModuleOp module) : context(module.getContext()) {
    if (std::optional<Origin> origin = firstOrigin(module))
      unit = LLVM::DICompileUnitAttr::get(distinct(), llvm::dwarf::DW_LANG_C_plus_plus, fileOf(*origin),
                                          StringAttr::get(context, "ingot"), /*isOptimized=*/true,
                                          LLVM::DIEmissionKind::LineTablesOnly, LLVM::DINameTableKind::None);
  }

  /// Gives `function` and its ops their scopes, unless nothing in it tells where it comes from.
  void add(LLVM::LLVMFuncOp function) {
    std::optional<Origin> origin = firstOrigin(function);
    if (!origin)
      return;
    scope = makeSubprogram(function.getNameAttr(), fileOf(*origin), origin->line.getLine());
    modules.clear();
    function->setLoc(FusedLoc::get(context, {origin->line}, scope));
    Location own = FusedLoc::get(context, {FileLineColLoc::get(origin->line.getFilename(), 0, 0)}, scope);
    function.getBody().walk([&](Operation *op) {
      std::optional<Origin> ofOp = originOf(op->getLoc());
      op->setLoc(ofOp ? locationOf(*ofOp) : own);
    });
  }

private:
  DistinctAttr distinct() { return DistinctAttr::create(UnitAttr::get(context)); }

  /// Of an op or, where it has none, of what it contains.
  static std::optional<Origin> firstOrigin(Operation *root) {
    std::optional<Origin> origin;
    root->walk<WalkOrder::PreOrder>([&](Operation *op) {
      origin = originOf(op->getLoc());
      return origin ? WalkResult::interrupt() : WalkResult::advance();
    });
    return origin;
  }

  LLVM::DIFileAttr fileOf(const Origin &origin) {
    return LLVM::DIFileAttr::get(context, origin.line.getFilename(), "");
  }

  LLVM::DISubprogramAttr makeSubprogram(StringAttr name, LLVM::DIFileAttr file, unsigned line) {
    auto type = LLVM::DISubroutineTypeAttr::get(context, ArrayRef<LLVM::DITypeAttr>{});
    auto flags = LLVM::DISubprogramFlags::Definition | LLVM::DISubprogramFlags::Optimized;
    return LLVM::DISubprogramAttr::get(context, distinct(), unit, file, name, /*linkageName=*/{}, file, line,
                                       line, flags, type, /*retainedNodes=*/{}, /*annotations=*/{});
  }

  /// In the function, or where the op belongs to a module, in a function of the module's path that was inlined there.
  Location locationOf(const Origin &origin) {
    LLVM::DIFileAttr file = fileOf(origin);
    Attribute where = scope;
    if (file != scope.getFile())
      where = LLVM::DILexicalBlockFileAttr::get(context, scope, file, /*discriminator=*/0);
    Location outer = FusedLoc::get(context, {origin.line}, where);
    if (!origin.path || origin.path.empty())
      return outer;
    LLVM::DISubprogramAttr &module = modules[{origin.path.getAsOpaquePointer(), file.getAsOpaquePointer()}];
    if (!module)
      module = makeSubprogram(origin.path, file, origin.line.getLine());
    return CallSiteLoc::get(FusedLoc::get(context, {origin.line}, module), outer);
  }

  MLIRContext *context;
  LLVM::DICompileUnitAttr unit;
  LLVM::DISubprogramAttr scope; ///< of the function at hand
  std::map<std::pair<const void *, const void *>, LLVM::DISubprogramAttr> modules;
};

struct AddDebugInfoPass : ingot::codegen::impl::AddDebugInfoBase<AddDebugInfoPass> {
  void runOnOperation() override {
    DebugInfo info(getOperation());
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal())
        info.add(function);
  }
};

} // namespace
