#include "frontend/functional/Indexed.h"
#include "frontend/functional/Pooling.h"
#include "frontend/functional/factories.h"

namespace ingot::nn::functional {
namespace {

const char *const names[] = {"max_unpool1d", "max_unpool2d", "max_unpool3d"};

template <size_t D> class Unpooling {
public:
  Unpooling(const Arg &input, const Arg &indices, const MaxUnpoolFuncOptions<D> &options)
      : input(input), indices(indices), options(options) {}

  Tensor record() const {
    ingot::detail::OpScope scope(names[D - 1], input.where);
    if (input->dim() != int64_t(D) + 2 && input->dim() != int64_t(D) + 1)
      refuse("input must have " + std::to_string(D + 2) + " dimensions, or " + std::to_string(D + 1) +
                 " without a batch",
             input->sizes().str());
    if (indices->dtype() != kInt64)
      refuse("indices must be int64", toString(indices->dtype()));
    if (indices->sizes() != input->sizes())
      refuse("indices must have the sizes of input, " + input->sizes().str(), indices->sizes().str());
    int64_t lead = input->dim() - int64_t(D);
    std::vector<Size> whole(input->sizes().begin(), input->sizes().begin() + lead), rows = whole;
    std::vector<Size> spatial = spatialSizes();
    whole.insert(whole.end(), spatial.begin(), spatial.end());
    rows.push_back(Shape(spatial).numel());
    Tensor zeros = ingot::full(rows, Scalar::constant(0), input->options(), input.where);
    Tensor result =
        ingot::detail::scatter({names[D - 1], input.where}, "set", zeros, lead, indices->flatten(lead),
                               input->flatten(lead), ingot::detail::allDims(lead + 1));
    return result.view(whole);
  }

private:
  [[noreturn]] void refuse(const std::string &required, const std::string &got) const {
    ingot::detail::fail(names[D - 1], input.where, required, got);
  }

  /// Those that the windows had, or that are given, less than a stride from them.
  std::vector<Size> spatialSizes() const {
    std::vector<Size> sizes;
    for (size_t d = 0; d < D; ++d)
      sizes.push_back((input->size(int64_t(d) - int64_t(D)) - 1) * options.stride()[d] +
                      options.kernel_size()[d] - 2 * options.padding()[d]);
    if (!options.output_size())
      return sizes;
    const std::vector<int64_t> &given = *options.output_size();
    if (given.size() != D && given.size() != size_t(input->dim()))
      refuse("output_size must have " + std::to_string(D) + " or " + std::to_string(input->dim()) + " sizes",
             Shape(given).str());
    for (size_t d = 0; d < D; ++d) {
      Size size = given[given.size() - D + d], distance = size - sizes[d];
      int64_t stride = options.stride()[d];
      if (distance.isNumber() && (distance <= -stride || distance >= stride))
        refuse("output_size must be between " + (sizes[d] - stride).str() + " and " +
                   (sizes[d] + stride).str() + " in spatial dimension " + std::to_string(d),
               Shape(given).str());
      sizes[d] = size;
    }
    return sizes;
  }

  const Arg &input, &indices;
  const MaxUnpoolFuncOptions<D> &options;
};

} // namespace

Tensor max_unpool1d(const Arg &input, const Arg &indices, const MaxUnpool1dFuncOptions &options) {
  return Unpooling<1>(input, indices, options).record();
}
Tensor max_unpool2d(const Arg &input, const Arg &indices, const MaxUnpool2dFuncOptions &options) {
  return Unpooling<2>(input, indices, options).record();
}
Tensor max_unpool3d(const Arg &input, const Arg &indices, const MaxUnpool3dFuncOptions &options) {
  return Unpooling<3>(input, indices, options).record();
}

} // namespace ingot::nn::functional
