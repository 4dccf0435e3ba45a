// Options of activations.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <optional>
#include <string>

namespace ingot::nn {

struct ELUOptions {
  INGOT_ARG(double, alpha) = 1;
  INGOT_ARG(bool, inplace) = false;
};

struct SELUOptions {
  SELUOptions(bool inplace = false) : inplace_(inplace) {}
  INGOT_ARG(bool, inplace);
};

struct CELUOptions {
  INGOT_ARG(double, alpha) = 1;
  INGOT_ARG(bool, inplace) = false;
};

struct GLUOptions {
  GLUOptions(int64_t dim = -1) : dim_(dim) {}
  INGOT_ARG(int64_t, dim);
};

struct GELUOptions {
  /// "none", or "tanh" for the approximation with tanh.
  INGOT_ARG(std::string, approximate) = "none";
};

struct HardshrinkOptions {
  HardshrinkOptions(double lambda = 0.5) : lambda_(lambda) {}
  INGOT_ARG(double, lambda);
};

struct SoftshrinkOptions {
  SoftshrinkOptions(double lambda = 0.5) : lambda_(lambda) {}
  INGOT_ARG(double, lambda);
};

struct HardtanhOptions {
  INGOT_ARG(double, min_val) = -1;
  INGOT_ARG(double, max_val) = 1;
  INGOT_ARG(bool, inplace) = false;
};

struct LeakyReLUOptions {
  INGOT_ARG(double, negative_slope) = 0.01;
  INGOT_ARG(bool, inplace) = false;
};

struct ReLUOptions {
  ReLUOptions(bool inplace = false) : inplace_(inplace) {}
  INGOT_ARG(bool, inplace);
};

struct ReLU6Options {
  ReLU6Options(bool inplace = false) : inplace_(inplace) {}
  INGOT_ARG(bool, inplace);
};

struct RReLUOptions {
  INGOT_ARG(double, lower) = 1.0 / 8;
  INGOT_ARG(double, upper) = 1.0 / 3;
  INGOT_ARG(bool, inplace) = false;
};

struct PReLUOptions {
  /// 1, or the number of channels.
  INGOT_ARG(int64_t, num_parameters) = 1;
  INGOT_ARG(double, init) = 0.25;
};

struct SoftplusOptions {
  INGOT_ARG(double, beta) = 1;
  /// Above it the function is the identity.
  INGOT_ARG(double, threshold) = 20;
};

struct ThresholdOptions {
  ThresholdOptions(double threshold, double value) : threshold_(threshold), value_(value) {}
  INGOT_ARG(double, threshold);
  INGOT_ARG(double, value);
  INGOT_ARG(bool, inplace) = false;
};

struct SoftmaxOptions {
  SoftmaxOptions(int64_t dim) : dim_(dim) {}
  INGOT_ARG(int64_t, dim);
};

struct SoftminOptions {
  SoftminOptions(int64_t dim) : dim_(dim) {}
  INGOT_ARG(int64_t, dim);
};

struct LogSoftmaxOptions {
  LogSoftmaxOptions(int64_t dim) : dim_(dim) {}
  INGOT_ARG(int64_t, dim);
};

namespace functional {

struct GumbelSoftmaxFuncOptions {
  /// The temperature.
  INGOT_ARG(double, tau) = 1;
  /// Whether samples are one-hot, with the gradient of the soft ones.
  INGOT_ARG(bool, hard) = false;
  INGOT_ARG(int64_t, dim) = -1;
};

using ELUFuncOptions = ELUOptions;
using SELUFuncOptions = SELUOptions;
using CELUFuncOptions = CELUOptions;
using GLUFuncOptions = GLUOptions;
using GELUFuncOptions = GELUOptions;
using HardshrinkFuncOptions = HardshrinkOptions;
using SoftshrinkFuncOptions = SoftshrinkOptions;
using HardtanhFuncOptions = HardtanhOptions;
using LeakyReLUFuncOptions = LeakyReLUOptions;
using ReLUFuncOptions = ReLUOptions;
using ReLU6FuncOptions = ReLU6Options;
using SoftplusFuncOptions = SoftplusOptions;
using ThresholdFuncOptions = ThresholdOptions;

struct RReLUFuncOptions {
  INGOT_ARG(double, lower) = 1.0 / 8;
  INGOT_ARG(double, upper) = 1.0 / 3;
  /// Whether slopes are drawn at random; else each is the mean of the bounds.
  INGOT_ARG(bool, training) = false;
  INGOT_ARG(bool, inplace) = false;
};

struct SoftmaxFuncOptions {
  SoftmaxFuncOptions(int64_t dim) : dim_(dim) {}
  INGOT_ARG(int64_t, dim);
  /// The type to convert the input to first.
  INGOT_ARG(std::optional<Dtype>, dtype);
};

struct SoftminFuncOptions {
  SoftminFuncOptions(int64_t dim) : dim_(dim) {}
  INGOT_ARG(int64_t, dim);
  INGOT_ARG(std::optional<Dtype>, dtype);
};

struct LogSoftmaxFuncOptions {
  LogSoftmaxFuncOptions(int64_t dim) : dim_(dim) {}
  INGOT_ARG(int64_t, dim);
  INGOT_ARG(std::optional<Dtype>, dtype);
};

} // namespace functional
} // namespace ingot::nn
