// The one MLIR context of the process, and its diagnostics as text. Not a public header.
//
//   Diagnostics diagnostics;
//   if (failed(verify(op)))
//     fail(site, diagnostics.text());      // the handler has kept it from the terminal
#pragma once
#include "frontend/core/Arg.h"
#include "mlir/IR/MLIRContext.h"
#include <string>

namespace ingot::detail {

/// Made on first use, prepared by the backend, never destroyed.
mlir::MLIRContext &context();

/// Collects the errors that this thread reports while it lives.
class Diagnostics {
public:
  Diagnostics();
  ~Diagnostics();
  Diagnostics(const Diagnostics &) = delete;
  Diagnostics &operator=(const Diagnostics &) = delete;
  const std::string &text() const { return collected; }

private:
  std::string collected;
  std::string *outer;
};

/// A use of an operation in the user's source.
struct Site {
  const char *op; ///< public name
  Where where;
};

/// Throws an Error made of a diagnostic "'ingot.op' op requirement, got this".
[[noreturn]] void failWith(const Site &site, std::string diagnostic);

} // namespace ingot::detail
