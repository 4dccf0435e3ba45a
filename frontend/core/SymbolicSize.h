// The expressions behind ingot::Size. Not a public header.
//
//   SizeAccess::make(Expr::dim("N") * 2, ranges)   a Size
//   SizeAccess::expr(size)                         back
#pragma once
#include "frontend/core/Shape.h"
#include "ir/sizes/Expr.h"

namespace ingot::detail {

/// An expression that is not constant, and the declared ranges of its dimensions.
struct SymbolicSize {
  sizes::Expr expr;
  sizes::Ranges ranges;
};

struct SizeAccess {
  /// `ranges` may describe further dimensions.
  static Size make(const sizes::Expr &expr, const sizes::Ranges &ranges);
  static sizes::Expr expr(const Size &size) {
    return size.symbol ? size.symbol->expr : sizes::Expr(size.number);
  }
  static const sizes::Ranges &ranges(const Size &size);
};

/// The expressions of all sizes.
std::vector<sizes::Expr> exprsOf(const Shape &shape);

} // namespace ingot::detail
