#include "frontend/nn/PixelShuffle.h"
#include "frontend/functional/PixelShuffle.h"
#include "frontend/nn/Layer.h"

namespace ingot::nn {
using ingot::detail::ModuleScope;

PixelShuffleImpl::PixelShuffleImpl(const PixelShuffleOptions &options) : options(options) {
  PixelShuffleImpl::reset();
}

void PixelShuffleImpl::reset() {
  detail::requirePositive("PixelShuffle", "upscale_factor", options.upscale_factor());
}

void PixelShuffleImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::PixelShuffle(upscale_factor=" << options.upscale_factor() << ")";
}

Tensor PixelShuffleImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return functional::pixel_shuffle(input, options);
}

PixelUnshuffleImpl::PixelUnshuffleImpl(const PixelUnshuffleOptions &options) : options(options) {
  PixelUnshuffleImpl::reset();
}

void PixelUnshuffleImpl::reset() {
  detail::requirePositive("PixelUnshuffle", "downscale_factor", options.downscale_factor());
}

void PixelUnshuffleImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::PixelUnshuffle(downscale_factor=" << options.downscale_factor() << ")";
}

Tensor PixelUnshuffleImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return functional::pixel_unshuffle(input, options);
}

ChannelShuffleImpl::ChannelShuffleImpl(const ChannelShuffleOptions &options) : options(options) {
  ChannelShuffleImpl::reset();
}

void ChannelShuffleImpl::reset() { detail::requirePositive("ChannelShuffle", "groups", options.groups()); }

void ChannelShuffleImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::ChannelShuffle(groups=" << options.groups() << ")";
}

Tensor ChannelShuffleImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return functional::channel_shuffle(input, options);
}

} // namespace ingot::nn
