// Channels as pixels, and back; functional/PixelShuffle.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/PixelShuffle.h"

namespace ingot::nn {

/// [..., C * r * r, H, W] -> [..., C, H * r, W * r].
class PixelShuffleImpl : public Cloneable<PixelShuffleImpl> {
public:
  explicit PixelShuffleImpl(const PixelShuffleOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  PixelShuffleOptions options;
};
INGOT_MODULE(PixelShuffle);

/// [..., C, H * r, W * r] -> [..., C * r * r, H, W].
class PixelUnshuffleImpl : public Cloneable<PixelUnshuffleImpl> {
public:
  explicit PixelUnshuffleImpl(const PixelUnshuffleOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  PixelUnshuffleOptions options;
};
INGOT_MODULE(PixelUnshuffle);

/// [N, C, ...]: the channels of the groups by turns.
class ChannelShuffleImpl : public Cloneable<ChannelShuffleImpl> {
public:
  explicit ChannelShuffleImpl(const ChannelShuffleOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  ChannelShuffleOptions options;
};
INGOT_MODULE(ChannelShuffle);

} // namespace ingot::nn
