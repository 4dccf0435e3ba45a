// Windows of an image as columns, and back; functional/Fold.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Fold.h"

namespace ingot::nn {

/// Columns added up to an image: [N, C * K, L] -> [N, C, H, W].
class FoldImpl : public Cloneable<FoldImpl> {
public:
  FoldImpl(ExpandingArray<2> output_size, ExpandingArray<2> kernel_size);
  explicit FoldImpl(const FoldOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  FoldOptions options;
};
INGOT_MODULE(Fold);

/// The windows of an image as columns: [N, C, H, W] -> [N, C * K, L].
class UnfoldImpl : public Cloneable<UnfoldImpl> {
public:
  explicit UnfoldImpl(ExpandingArray<2> kernel_size);
  explicit UnfoldImpl(const UnfoldOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  UnfoldOptions options;
};
INGOT_MODULE(Unfold);

} // namespace ingot::nn
