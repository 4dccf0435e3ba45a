// Initialization: functions that overwrite a tensor, outside gradients, and return it.
//
//   nn::init::kaiming_normal_(conv->weight, 0, ingot::kFanOut, ingot::kReLU);
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <utility>
#include <variant>

namespace ingot::nn::init {

using NonlinearityType =
    std::variant<enumtype::kLinear, enumtype::kConv1D, enumtype::kConv2D, enumtype::kConv3D,
                 enumtype::kConvTranspose1D, enumtype::kConvTranspose2D, enumtype::kConvTranspose3D,
                 enumtype::kSigmoid, enumtype::kTanh, enumtype::kReLU, enumtype::kLeakyReLU>;
using FanModeType = std::variant<enumtype::kFanIn, enumtype::kFanOut>;

/// By what a non-linearity shrinks the standard deviation; `param` is the slope of leaky_relu.
double calculate_gain(NonlinearityType nonlinearity, double param = 0.01);

Tensor constant_(Tensor tensor, const Scalar &value, const Where &at = Where::current());
Tensor ones_(Tensor tensor, const Where &at = Where::current());
Tensor zeros_(Tensor tensor, const Where &at = Where::current());
/// The identity matrix; of two dimensions.
Tensor eye_(Tensor matrix, const Where &at = Where::current());
/// A convolution that keeps its input; of 3 to 5 dimensions.
Tensor dirac_(Tensor tensor, const Where &at = Where::current());
Tensor normal_(Tensor tensor, double mean = 0, double std = 1, const Where &at = Where::current());
Tensor uniform_(Tensor tensor, double low = 0, double high = 1, const Where &at = Where::current());
/// Normal, redrawn within [a, b].
Tensor trunc_normal_(Tensor tensor, double mean = 0, double std = 1, double a = -2, double b = 2,
                     const Where &at = Where::current());
/// Standard deviation gain / sqrt(fan), where `a` is the slope of leaky_relu (He et al. 2015); of two
/// dimensions or more.
Tensor kaiming_normal_(Tensor tensor, double a = 0, FanModeType mode = kFanIn,
                       NonlinearityType nonlinearity = kLeakyReLU, const Where &at = Where::current());
Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanModeType mode = kFanIn,
                        NonlinearityType nonlinearity = kLeakyReLU, const Where &at = Where::current());
/// Standard deviation gain * sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio 2010); of two dimensions or
/// more.
Tensor xavier_normal_(Tensor tensor, double gain = 1, const Where &at = Where::current());
Tensor xavier_uniform_(Tensor tensor, double gain = 1, const Where &at = Where::current());

/// Rows, or columns if there are fewer, that are orthogonal and of norm `gain` (Saxe et al. 2013), the later dimensions
/// as one; of two dimensions or more. Computed at once.
Tensor orthogonal_(Tensor tensor, double gain = 1, const Where &at = Where::current());
/// Normal, with a share of zeros in each column (Martens 2010); of two dimensions. Computed at once.
Tensor sparse_(Tensor tensor, double sparsity, double std = 0.01, const Where &at = Where::current());

/// How many inputs an output of a weight [out, in, kernel...] sums, and how many outputs an input reaches.
std::pair<int64_t, int64_t> _calculate_fan_in_and_fan_out(const Tensor &tensor,
                                                          const Where &at = Where::current());

} // namespace ingot::nn::init
