// Pooling over windows that are given by the result: adaptive and fractional pooling.
#include "frontend/functional/Bins.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/Pooling.h"
#include "frontend/functional/Precision.h"
#include "frontend/functional/Structured.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <algorithm>
#include <cmath>

namespace ingot::nn::functional {

using ingot::detail::Bins;

namespace {

const char *const avgNames[] = {"adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"};
const char *const maxNames[] = {"adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"};
const char *const fractionalNames[] = {"", "fractional_max_pool2d", "fractional_max_pool3d"};

/// An input with a batch, and the spatial sizes of the result.
template <size_t D> struct Problem {
  Problem(const char *op, const Arg &input) : op(op), input(input) {
    if (input->dim() != int64_t(D) + 2 && input->dim() != int64_t(D) + 1)
      refuse("input must have " + std::to_string(D + 2) + " dimensions, or " + std::to_string(D + 1) +
                 " without a batch",
             input->sizes().str());
    batched = input->dim() == int64_t(D) + 2;
    x = batched ? *input : input->unsqueeze(0);
    for (size_t d = 0; d < D; ++d)
      if (Size size = in(d); size.isNumber() && size < 1)
        refuse("the spatial sizes of input must be positive", input->sizes().str());
  }
  Problem(const char *op, const Arg &input, const AdaptivePoolOptions<D> &options) : Problem(op, input) {
    for (size_t d = 0; d < D; ++d) {
      std::optional<int64_t> size = options.output_size()[d];
      if (size && *size < 0)
        refuse("output_size must not be negative", std::to_string(*size));
      out.push_back(size ? Size(*size) : in(d));
    }
  }

  Size in(size_t d) const { return x.size(int64_t(d) + 2); }
  bool keeps(size_t d) const { return Shape(in(d)) == Shape(out[d]); }
  bool becomesOne(size_t d) const { return out[d].isNumber() && out[d] == 1; }
  bool isSymbolic() const {
    return std::ranges::any_of(x.sizes().begin() + 2, x.sizes().end(),
                               [](const Size &size) { return !size.isNumber(); });
  }
  bool isEmpty() const {
    return std::ranges::any_of(out, [](const Size &size) { return size.isNumber() && size == 0; });
  }
  Tensor empty(Dtype type) const {
    std::vector<Size> sizes = {x.size(0), x.size(1)};
    sizes.insert(sizes.end(), out.begin(), out.end());
    return finish(ingot::zeros(sizes, type, input.where));
  }
  Tensor finish(const Tensor &tensor) const { return batched ? tensor : tensor.squeeze(0); }
  [[noreturn]] void refuse(const std::string &required, const std::string &got) const {
    ingot::detail::fail(op, input.where, required, got);
  }

  const char *op;
  const Arg &input;
  bool batched = true;
  Tensor x; ///< [N, C, S...]
  std::vector<Size> out;
};

/// The elements of the bins along a dimension whose size is known at run time only, [..., count, size, ...], with `fill` for
/// those that belong to others; and how many elements each bin has, [count, 1].
std::tuple<Tensor, Tensor> spreadBins(const Tensor &x, int64_t dim, int64_t count, double fill) {
  Scalar size = Scalar::constant(Scalar(x.size(dim))), bins = Scalar::constant(count);
  Tensor bin = ingot::arange(bins).unsqueeze(1), at = ingot::arange(size);
  Tensor begin = ingot::floor_divide(bin * size, bins);
  Tensor end = -ingot::floor_divide(-(bin + Scalar::constant(1)) * size, bins);
  std::vector<Size> sizes(size_t(x.dim() - dim) + 1, Size(1));
  sizes[0] = count, sizes[1] = x.size(dim);
  Tensor isInside = logical_and(at >= begin, at < end).view(sizes);
  return {ingot::where(isInside, x.unsqueeze(dim), Scalar::constant(fill)), end - begin};
}

/// A number for each bin along a dimension of x.
Tensor alongBins(const Tensor &numbers, const Tensor &x, int64_t dim) {
  std::vector<Size> sizes(size_t(x.dim() - dim), Size(1));
  sizes[0] = numbers.size(0);
  return numbers.view(sizes);
}

template <size_t D> Tensor adaptiveAvgPool(const Arg &input, const AdaptivePoolOptions<D> &options) {
  ingot::detail::OpScope scope(avgNames[D - 1], input.where);
  Problem<D> pool(avgNames[D - 1], input, options);
  if (!input->is_floating_point())
    pool.refuse("input must be floating-point", toString(input->dtype()));
  if (pool.isEmpty())
    return pool.empty(input->dtype());
  Tensor y = ingot::detail::widened(pool.x);
  Shape whole;
  for (size_t d = 0; d < D; ++d)
    if (pool.becomesOne(d) && !pool.keeps(d))
      whole.push_back(int64_t(d) + 2);
  if (!whole.empty())
    y = y.mean(whole, /*keepdim=*/true);
  for (size_t d = 0; d < D; ++d) {
    if (pool.keeps(d) || pool.becomesOne(d))
      continue;
    int64_t dim = int64_t(d) + 2, count = pool.out[d];
    if (!pool.in(d).isNumber()) {
      auto [elements, lengths] = spreadBins(y, dim, count, 0);
      y = elements.sum({dim + 1});
      y = y / alongBins(lengths, y, dim).to(y.dtype());
      continue;
    }
    int64_t size = pool.in(d);
    if (size % count == 0)
      y = y.unflatten(dim, {count, size / count}).mean({dim + 1});
    else
      y = ingot::detail::weightedSums(y, dim, ingot::detail::adaptiveBins(size, count));
  }
  return pool.finish(y.to(input->dtype()));
}

/// Elements at positions that are known to be within the size.
Tensor take(const Tensor &x, int64_t dim, const Tensor &index, const std::vector<int64_t> &dims) {
  return ingot::detail::gather({"take", {}}, x, dim, index, dims, ingot::detail::Positions::InBounds);
}

/// The maximum of each window, and its flat index in the input, where the windows lie one beside the other in `index`:
/// [P] or [N, C, P], flat indices over the spatial dimensions.
std::tuple<Tensor, Tensor> maxOfTaken(const Tensor &x, const Tensor &index, const std::vector<Size> &out,
                                      const std::vector<int64_t> &kernel) {
  std::vector<int64_t> dims = index.dim() == 1 ? std::vector<int64_t>{2} : std::vector<int64_t>{0, 1, 2};
  std::vector<Size> sizes = {x.size(0), x.size(1)};
  for (size_t d = 0; d < out.size(); ++d)
    sizes.push_back(out[d] * kernel[d]);
  Tensor taken = take(x.flatten(2), 2, index, dims).view(sizes);
  ingot::detail::Windows windows{kernel, kernel, std::vector<int64_t>(kernel.size(), 1)};
  Tensor place = ingot::detail::recordMaxPoolIndex(taken.detach(), windows);
  Tensor where =
      index.dim() == 1 ? take(index, 0, place.flatten(), {0}) : take(index, 2, place.flatten(2), dims);
  return {ingot::detail::recordMaxPool(taken, windows), where.view(place.sizes())};
}

/// Where sizes are known at run time only: from the last dimension to the first, so that of equal elements the first in
/// row-major order is taken.
template <size_t D> std::tuple<Tensor, Tensor> maxOfBins(const Problem<D> &pool) {
  if (!pool.x.is_floating_point())
    pool.refuse("input must be floating-point where its sizes are known at run time only",
                toString(pool.x.dtype()));
  Tensor y = pool.x, index;
  for (size_t d = D; d-- > 0;) {
    int64_t dim = int64_t(d) + 2;
    Tensor place;
    if (pool.keeps(d)) {
      std::vector<Size> sizes(D - d, Size(1));
      sizes[0] = pool.in(d);
      place = ingot::arange(Scalar(pool.in(d))).view(sizes).expand(y.sizes());
    } else {
      auto [most, at] = ingot::max(std::get<0>(spreadBins(y, dim, pool.out[d], -INFINITY)), dim + 1);
      y = most, place = at;
      if (index.defined())
        index = index.gather(dim, place);
    }
    Size stride = 1;
    for (size_t after = d + 1; after < D; ++after)
      stride *= pool.in(after);
    place = place * Scalar::constant(Scalar(stride));
    index = index.defined() ? index + place : place;
  }
  return {pool.finish(y), pool.finish(index)};
}

template <size_t D>
std::tuple<Tensor, Tensor> adaptiveMaxPool(const Arg &input, const AdaptivePoolOptions<D> &options) {
  ingot::detail::OpScope scope(maxNames[D - 1], input.where);
  Problem<D> pool(maxNames[D - 1], input, options);
  if (pool.isEmpty())
    return {pool.empty(input->dtype()), pool.empty(kInt64)};
  if (pool.isSymbolic())
    return maxOfBins(pool);
  bool even = true;
  std::vector<int64_t> kernel;
  for (size_t d = 0; d < D; ++d) {
    bool keeps = pool.keeps(d);
    int64_t in = keeps ? int64_t(1) : int64_t(pool.in(d)), count = keeps ? int64_t(1) : int64_t(pool.out[d]);
    even = even && in % count == 0;
    kernel.push_back(in / count);
  }
  if (even) {
    ingot::detail::Windows windows{kernel, kernel, std::vector<int64_t>(D, 1)};
    Tensor index = ingot::detail::recordMaxPoolIndex(pool.x.detach(), windows);
    return {pool.finish(ingot::detail::recordMaxPool(pool.x, windows)), pool.finish(index)};
  }
  std::vector<int64_t> index = {0};
  for (size_t d = 0; d < D; ++d) {
    Bins bins = ingot::detail::adaptiveBins(pool.in(d), pool.out[d]);
    kernel[d] = bins.longest();
    int64_t size = pool.in(d);
    std::vector<int64_t> outer;
    std::swap(outer, index);
    for (int64_t before : outer)
      for (int64_t at : bins.table())
        index.push_back(before * size + at);
  }
  auto [value, where] = maxOfTaken(pool.x, ingot::tensor(TensorData(index)), pool.out, kernel);
  return {pool.finish(value), pool.finish(where)};
}

//===--- fractional ---------------------------------------------------------------------------------------------===//

template <size_t D> class FractionalPooling {
public:
  FractionalPooling(const Arg &input, const FractionalMaxPoolOptions<D> &options)
      : pool(fractionalNames[D - 1], input), options(options) {
    if (options.output_size().has_value() == options.output_ratio().has_value())
      pool.refuse("either output_size or output_ratio must be given",
                  options.output_size() ? "both" : "neither of them");
    for (size_t d = 0; d < D; ++d) {
      int64_t in = pool.in(d), kernel = options.kernel_size()[d];
      int64_t out = options.output_size() ? (*options.output_size())[d]
                                          : int64_t(double(in) * (*options.output_ratio())[d]);
      if (kernel < 1 || out < 1 || out + kernel - 1 > in)
        pool.refuse("output_size and kernel_size must be positive and fit into the input: output_size + "
                    "kernel_size - 1 <= " +
                        std::to_string(in),
                    std::to_string(out) + " and " + std::to_string(kernel));
      pool.out.push_back(out);
    }
  }

  std::tuple<Tensor, Tensor> record() {
    const Tensor &x = pool.x;
    Tensor samples = options._random_samples();
    Shape required = {x.size(0), x.size(1), int64_t(D)};
    if (!samples.defined())
      samples = ingot::rand(required, kFloat32, pool.input.where);
    else if (samples.dim() != 3 || samples.size(0) < required[0] || samples.size(1) != required[1] ||
             samples.size(2) != required[2])
      pool.refuse("_random_samples must be " + required.str() + ", or of a larger batch",
                  samples.sizes().str());
    samples = samples.narrow(0, 0, required[0]);
    samples = samples.to(x.dtype() == kFloat64 ? kFloat64 : kFloat32);
    Tensor index;
    for (size_t d = 0; d < D; ++d) {
      // The samples of two dimensions are those of columns, then of rows.
      Tensor rows = elements(d, samples.select(2, D == 2 ? int64_t(1 - d) : int64_t(d)));
      index = index.defined() ? (index.unsqueeze(3) * pool.in(d) + rows.unsqueeze(2)).flatten(2) : rows;
    }
    auto [value, where] = maxOfTaken(x, index, pool.out, options.kernel_size().vec());
    return {pool.finish(value), pool.finish(where)};
  }

private:
  /// The indices along dimension d of the elements of all windows, [N, C, count * kernel].
  Tensor elements(size_t d, const Tensor &sample) const {
    int64_t in = pool.in(d), count = pool.out[d], kernel = options.kernel_size()[d], last = in - kernel;
    Tensor u = sample.unsqueeze(2), start = ingot::full({1}, Scalar::constant(last), kInt64);
    if (count > 1) {
      Scalar alpha = Scalar::constant(double(last) / double(count - 1));
      Tensor i = ingot::arange(Scalar::constant(count - 1), sample.options());
      Tensor begin = (((u + i) * alpha).to(kInt64) - (u * alpha).to(kInt64))
                         .clamp(Scalar::constant(0), Scalar::constant(last));
      Shape one = {sample.size(0), sample.size(1), 1};
      start = ingot::cat({begin, start.expand(one)}, 2);
    } else {
      start = start.expand({sample.size(0), sample.size(1), 1});
    }
    return (start.unsqueeze(3) + ingot::arange(Scalar::constant(kernel))).flatten(2);
  }

  Problem<D> pool;
  const FractionalMaxPoolOptions<D> &options;
};

template <size_t D>
std::tuple<Tensor, Tensor> fractionalMaxPool(const Arg &input, const FractionalMaxPoolOptions<D> &options) {
  ingot::detail::OpScope scope(fractionalNames[D - 1], input.where);
  return FractionalPooling<D>(input, options).record();
}

} // namespace

#define INGOT_ADAPTIVE(D)                                                                                    \
  Tensor adaptive_avg_pool##D##d(const Arg &input, const AdaptiveAvgPool##D##dFuncOptions &options) {        \
    return adaptiveAvgPool<D>(input, options);                                                               \
  }                                                                                                          \
  Tensor adaptive_max_pool##D##d(const Arg &input, const AdaptiveMaxPool##D##dFuncOptions &options) {        \
    return std::get<0>(adaptiveMaxPool<D>(input, options));                                                  \
  }                                                                                                          \
  std::tuple<Tensor, Tensor> adaptive_max_pool##D##d_with_indices(                                           \
      const Arg &input, const AdaptiveMaxPool##D##dFuncOptions &options) {                                   \
    return adaptiveMaxPool<D>(input, options);                                                               \
  }
INGOT_ADAPTIVE(1)
INGOT_ADAPTIVE(2)
INGOT_ADAPTIVE(3)

Tensor fractional_max_pool2d(const Arg &input, const FractionalMaxPool2dFuncOptions &options) {
  return std::get<0>(fractionalMaxPool<2>(input, options));
}
Tensor fractional_max_pool3d(const Arg &input, const FractionalMaxPool3dFuncOptions &options) {
  return std::get<0>(fractionalMaxPool<3>(input, options));
}
std::tuple<Tensor, Tensor> fractional_max_pool2d_with_indices(const Arg &input,
                                                              const FractionalMaxPool2dFuncOptions &options) {
  return fractionalMaxPool<2>(input, options);
}
std::tuple<Tensor, Tensor> fractional_max_pool3d_with_indices(const Arg &input,
                                                              const FractionalMaxPool3dFuncOptions &options) {
  return fractionalMaxPool<3>(input, options);
}

} // namespace ingot::nn::functional
