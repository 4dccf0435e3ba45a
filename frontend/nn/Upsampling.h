// Resampling to other sizes; functional/Upsampling.h says what it computes.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Upsampling.h"

namespace ingot::nn {

/// [N, C, S...] to other spatial sizes.
class UpsampleImpl : public Cloneable<UpsampleImpl> {
public:
  explicit UpsampleImpl(const UpsampleOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  UpsampleOptions options;
};
INGOT_MODULE(Upsample);

} // namespace ingot::nn
