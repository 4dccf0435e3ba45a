#include "frontend/functional/PixelShuffle.h"

namespace ingot::nn::functional {
namespace {

/// Fails unless `size` is a multiple of `factor`.
void requireMultiple(const char *op, const Arg &input, const char *what, const Size &size, int64_t factor) {
  if (size % factor != 0)
    ingot::detail::fail(op, input.where,
                        std::string(what) + " of input must be a multiple of " + std::to_string(factor),
                        size.str() + " (input " + input->sizes().str() + ")");
}

void requirePositive(const char *op, const Arg &input, const char *option, int64_t value) {
  if (value < 1)
    ingot::detail::fail(op, input.where, std::string(option) + " must be positive", std::to_string(value));
}

void requireRank(const char *op, const Arg &input) {
  if (input->dim() < 3)
    ingot::detail::fail(op, input.where, "input must have at least 3 dimensions", input->sizes().str());
}

/// The leading sizes of input, then others.
Shape withSizes(const Arg &input, std::initializer_list<Size> sizes) {
  std::vector<Size> result(input->sizes().begin(), input->sizes().end() - 3);
  result.insert(result.end(), sizes);
  return result;
}

/// The order in which the dimensions behind the leading ones of input are `last`, counted from the first of them.
Shape withOrder(const Arg &input, std::initializer_list<int64_t> last) {
  std::vector<int64_t> order;
  int64_t lead = input->dim() - 3;
  for (int64_t d = 0; d < lead; ++d)
    order.push_back(d);
  for (int64_t d : last)
    order.push_back(lead + d);
  return order;
}

} // namespace

Tensor pixel_shuffle(const Arg &input, const PixelShuffleFuncOptions &options) {
  ingot::detail::OpScope scope("pixel_shuffle", input.where);
  int64_t r = options.upscale_factor();
  requireRank("pixel_shuffle", input);
  requirePositive("pixel_shuffle", input, "upscale_factor", r);
  Size channels = input->size(-3), height = input->size(-2), width = input->size(-1);
  requireMultiple("pixel_shuffle", input, "the channels", channels, r * r);
  channels /= r * r;
  return input->view(withSizes(input, {channels, r, r, height, width}))
      .permute(withOrder(input, {0, 3, 1, 4, 2}))
      .view(withSizes(input, {channels, height * r, width * r}));
}

Tensor pixel_unshuffle(const Arg &input, const PixelUnshuffleFuncOptions &options) {
  ingot::detail::OpScope scope("pixel_unshuffle", input.where);
  int64_t r = options.downscale_factor();
  requireRank("pixel_unshuffle", input);
  requirePositive("pixel_unshuffle", input, "downscale_factor", r);
  Size channels = input->size(-3), height = input->size(-2), width = input->size(-1);
  requireMultiple("pixel_unshuffle", input, "the height", height, r);
  requireMultiple("pixel_unshuffle", input, "the width", width, r);
  height /= r, width /= r;
  return input->view(withSizes(input, {channels, height, r, width, r}))
      .permute(withOrder(input, {0, 2, 4, 1, 3}))
      .view(withSizes(input, {channels * (r * r), height, width}));
}

Tensor channel_shuffle(const Arg &input, const ChannelShuffleFuncOptions &options) {
  ingot::detail::OpScope scope("channel_shuffle", input.where);
  int64_t groups = options.groups();
  requireRank("channel_shuffle", input);
  requirePositive("channel_shuffle", input, "groups", groups);
  Shape sizes = input->sizes();
  requireMultiple("channel_shuffle", input, "the channels", sizes[1], groups);
  std::vector<Size> split(sizes.begin(), sizes.end());
  split[1] /= groups;
  split.insert(split.begin() + 1, Size(groups));
  return input->view(split).transpose(1, 2).view(sizes);
}

} // namespace ingot::nn::functional
