#include "frontend/core/Context.h"
#include "frontend/core/Backend.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace ingot::detail {

static thread_local std::string *collector = nullptr;

MLIRContext &context() {
  static MLIRContext *instance = [] {
    auto *made = new MLIRContext;
    made->getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
      if (!collector || diagnostic.getSeverity() != DiagnosticSeverity::Error)
        return failure();
      if (collector->empty())
        *collector = diagnostic.str();
      return success();
    });
    made->loadDialect<func::FuncDialect, ir::IngotDialect>();
    backend().prepareContext(*made);
    return made;
  }();
  return *instance;
}

Diagnostics::Diagnostics() : outer(collector) { collector = &collected; }
Diagnostics::~Diagnostics() { collector = outer; }

void failWith(const Site &site, std::string diagnostic) {
  llvm::StringRef text = diagnostic;
  if (text.consume_front("'"))
    text = text.split("op ").second;
  else if (text.starts_with("ingot."))
    text = text.split(": ").second;
  auto [required, got] = text.split(", got ");
  fail(site.op, site.where, required.str(), got.str());
}

} // namespace ingot::detail
