// Options of dropout.
#pragma once
#include "ingot/nn/options/Common.h"

namespace ingot::nn {

struct DropoutOptions {
  DropoutOptions(double p = 0.5) : p_(p) {}
  /// The probability of an element (a channel) to become zero.
  INGOT_ARG(double, p);
  INGOT_ARG(bool, inplace) = false;
};
using Dropout2dOptions = DropoutOptions;
using Dropout3dOptions = DropoutOptions;
using AlphaDropoutOptions = DropoutOptions;
using FeatureAlphaDropoutOptions = DropoutOptions;

namespace functional {

struct DropoutFuncOptions {
  INGOT_ARG(double, p) = 0.5;
  INGOT_ARG(bool, training) = true;
  INGOT_ARG(bool, inplace) = false;
};
using Dropout2dFuncOptions = DropoutFuncOptions;
using Dropout3dFuncOptions = DropoutFuncOptions;

struct AlphaDropoutFuncOptions {
  INGOT_ARG(double, p) = 0.5;
  INGOT_ARG(bool, training) = false;
  INGOT_ARG(bool, inplace) = false;
};
using FeatureAlphaDropoutFuncOptions = AlphaDropoutFuncOptions;

} // namespace functional
} // namespace ingot::nn
