// All parameters of a model as one vector.
#pragma once
#include "ingot/core/Tensor.h"
#include <vector>

namespace ingot::nn::utils {

/// The elements of all tensors, one tensor after the other.
Tensor parameters_to_vector(const std::vector<Tensor> &parameters, const Where &at = Where::current());
/// Overwrites the tensors with the elements of a vector, outside gradients.
void vector_to_parameters(const Tensor &vec, const std::vector<Tensor> &parameters,
                          const Where &at = Where::current());

} // namespace ingot::nn::utils
