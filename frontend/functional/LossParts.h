// What the sources of losses share. Not a public header.
#pragma once
#include "frontend/functional/Precision.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "frontend/nn/options/Loss.h"

namespace ingot::detail {

/// An option: a number that is compiled in.
inline Scalar constant(double number) { return Scalar::constant(number); }

/// One loss an element, their mean or their sum.
template <class Variant> Tensor reduceLoss(const Tensor &loss, const Variant &reduction) {
  if (std::holds_alternative<enumtype::kMean>(reduction))
    return loss.mean();
  return std::holds_alternative<enumtype::kSum>(reduction) ? loss.sum() : loss;
}

inline Tensor positivePart(const Tensor &x) { return ingot::clamp_min(x, constant(0)); }

} // namespace ingot::detail
