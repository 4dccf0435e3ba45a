#include "frontend/nn/containers/Functional.h"
#include <ostream>

namespace ingot::nn {

void FunctionalImpl::reset() {}

void FunctionalImpl::pretty_print(std::ostream &stream) const { stream << "nn::Functional()"; }

Tensor FunctionalImpl::forward(const Arg &input) {
  ingot::detail::ModuleScope scope(node());
  return function(input);
}

} // namespace ingot::nn
