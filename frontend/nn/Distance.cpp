#include "frontend/nn/Distance.h"
#include "frontend/functional/Distance.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

CosineSimilarityImpl::CosineSimilarityImpl(const CosineSimilarityOptions &options) : options(options) {}
void CosineSimilarityImpl::reset() {}
void CosineSimilarityImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::CosineSimilarity(dim=" << options.dim() << ", eps=" << options.eps() << ")";
}
Tensor CosineSimilarityImpl::forward(const Arg &x1, const Arg &x2) {
  ModuleScope scope(node());
  return F::cosine_similarity(x1, x2, options);
}

PairwiseDistanceImpl::PairwiseDistanceImpl(const PairwiseDistanceOptions &options) : options(options) {}
void PairwiseDistanceImpl::reset() {}
void PairwiseDistanceImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::PairwiseDistance(p=" << options.p() << ", eps=" << options.eps()
         << ", keepdim=" << detail::yesNo(options.keepdim()) << ")";
}
Tensor PairwiseDistanceImpl::forward(const Arg &x1, const Arg &x2) {
  ModuleScope scope(node());
  return F::pairwise_distance(x1, x2, options);
}

} // namespace ingot::nn
