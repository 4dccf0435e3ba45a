// Operands that know the user's line.
//
//   Where   a place in the user's source
//   Arg     a tensor, or a number where one is allowed, and the place where it was given
//
//   Tensor relu(const Arg &x);
//   relu(y);     // x.tensor == &y, x.where is this line
//
// An Arg borrows its tensor: it is a parameter type, never a member or a result. Library code passes an Arg on as it is,
// and `x.where` to members: `x->view({-1}, x.where)`.
#pragma once
#include "ingot/core/Scalar.h"
#include <source_location>

namespace ingot {
class Tensor;
using Where = std::source_location;

struct Arg {
  Arg(const Tensor &tensor, const Where &where = Where::current()) : tensor(&tensor), where(where) {}
  Arg(const Scalar &number, const Where &where = Where::current()) : number(number), where(where) {}
  Arg(const Size &number, const Where &where = Where::current()) : number(number), where(where) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  Arg(T number, const Where &where = Where::current()) : number(number), where(where) {}

  bool isTensor() const { return tensor != nullptr; }
  /// The tensor; Error if a number was given.
  const Tensor &operator*() const { return tensor ? *tensor : refuseNumber(); }
  const Tensor *operator->() const { return &**this; }

  const Tensor *tensor = nullptr; ///< null: a number
  Scalar number;
  Where where;

private:
  const Tensor &refuseNumber() const;
};

namespace detail {
/// While the outermost of these lives, what this thread records is reported as the operation `op` (a literal) used at
/// `where`: a composite function makes one first, and its parts name it and the user's line.
class OpScope {
public:
  OpScope(const char *op, const Where &where);
  ~OpScope();
  OpScope(const OpScope &) = delete;
  OpScope &operator=(const OpScope &) = delete;

private:
  bool outermost;
};
/// Throws the Error of the current operation (or `op` at `where`) in the current module.
[[noreturn]] void fail(const char *op, const Where &where, std::string required, std::string got = "");
} // namespace detail
} // namespace ingot
