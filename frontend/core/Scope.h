// The composite function that a thread is in. Not a public header.
#pragma once
#include "frontend/core/Arg.h"

namespace ingot::detail {

/// Set by the outermost OpScope; `op` is null outside.
struct Composite {
  const char *op = nullptr;
  Where where;
};
const Composite &currentComposite();

/// Makes another one current while it lives: what is recorded late belongs to the function that asked for it.
class CompositeScope {
public:
  explicit CompositeScope(const Composite &composite);
  ~CompositeScope();
  CompositeScope(const CompositeScope &) = delete;
  CompositeScope &operator=(const CompositeScope &) = delete;

private:
  Composite outer;
};

} // namespace ingot::detail
