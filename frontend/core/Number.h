// A number that a function returns in libtorch, and that is computed here: reading it is left to whoever needs it.
//
//   Number norm = nn::utils::clip_grad_norm_(model->parameters(), 1.0);   // recorded
//   double n = norm;                                                      // computed and read
#pragma once
#include "ingot/core/Tensor.h"

namespace ingot {

class Number {
public:
  /// The only element of a tensor.
  explicit Number(Tensor value) : value(std::move(value)) {}
  operator double() const { return value.item().toDouble(); }
  /// As a 0-dim tensor.
  const Tensor &tensor() const { return value; }

private:
  Tensor value;
};

} // namespace ingot
