// Distance layers; functional/Distance.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Distance.h"

namespace ingot::nn {

class CosineSimilarityImpl : public Cloneable<CosineSimilarityImpl> {
public:
  explicit CosineSimilarityImpl(const CosineSimilarityOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &x1, const Arg &x2);

  CosineSimilarityOptions options;
};
INGOT_MODULE(CosineSimilarity);

class PairwiseDistanceImpl : public Cloneable<PairwiseDistanceImpl> {
public:
  explicit PairwiseDistanceImpl(const PairwiseDistanceOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &x1, const Arg &x2);

  PairwiseDistanceOptions options;
};
INGOT_MODULE(PairwiseDistance);

} // namespace ingot::nn
