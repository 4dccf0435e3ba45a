#include "frontend/functional/aliases.h"
#include "frontend/core/Promotion.h"
#include "frontend/core/Value.h"
#include "frontend/functional/Activation.h"
#include "frontend/functional/Embedding.h"
#include "frontend/functional/Fold.h"
#include "frontend/functional/Linear.h"
#include "frontend/functional/Padding.h"
#include "frontend/functional/Pointwise.h"
#include "frontend/functional/Upsampling.h"
#include "frontend/functional/Vision.h"
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace ingot {

namespace F = nn::functional;
using detail::OpScope;
using detail::Site;

Tensor &detail::writeOut(const Tensor &out, const Tensor &result, const Where &at) {
  if (out.sizes() != result.sizes())
    out.resize_(result.sizes(), at);
  return out.copy_(Arg(result, at));
}

Dtype promote_types(Dtype a, Dtype b) { return detail::promote(a, b); }
Dtype result_type(const Arg &a, const Arg &b) { return detail::promote({a, b}); }

//===--- sizes and order of elements ----------------------------------------------------------------------------===//

std::vector<Tensor> hsplit(const Arg &x, int64_t sections) {
  return x->tensor_split(sections, x->dim() == 1 ? 0 : 1, x.where);
}
std::vector<Tensor> vsplit(const Arg &x, int64_t sections) { return x->tensor_split(sections, 0, x.where); }
std::vector<Tensor> dsplit(const Arg &x, int64_t sections) { return x->tensor_split(sections, 2, x.where); }

Tensor atleast_1d(const Arg &x) { return x->dim() == 0 ? x->view({1}, x.where) : *x; }
Tensor atleast_2d(const Arg &x) { return x->dim() < 2 ? atleast_1d(x).unsqueeze(0, x.where) : *x; }
Tensor atleast_3d(const Arg &x) { return x->dim() < 3 ? atleast_2d(x).unsqueeze(-1, x.where) : *x; }

Tensor block_diag(const TensorList &tensors, const Where &at) {
  OpScope scope("block_diag", at);
  Size columns = 0;
  for (const Tensor &each : tensors)
    columns += atleast_2d(each).size(1, at);
  TensorList rows;
  Size before = 0;
  for (const Tensor &each : tensors) {
    Tensor block = atleast_2d(each);
    Size height = block.size(0, at), width = block.size(1, at);
    rows.push_back(cat({zeros({height, before}, block.options()), block,
                        zeros({height, columns - before - width}, block.options())},
                       1, at));
    before += width;
  }
  return cat(rows, 0, at);
}

Tensor cartesian_prod(const TensorList &tensors, const Where &at) {
  OpScope scope("cartesian_prod", at);
  if (tensors.size() == 1)
    return tensors[0];
  TensorList columns;
  for (const Tensor &each : meshgrid(tensors, "ij", at))
    columns.push_back(each.flatten(0, -1, at));
  return stack(columns, 1, at);
}

Tensor combinations(const Arg &x, int64_t r, bool with_replacement) {
  OpScope scope("combinations", x.where);
  int64_t n = x->size(0, x.where), choices = 0;
  std::vector<int64_t> places, choice(static_cast<size_t>(std::max<int64_t>(r, 0)));
  auto choose = [&](auto &self, size_t at, int64_t first) -> void {
    if (at == choice.size()) {
      places.insert(places.end(), choice.begin(), choice.end());
      ++choices;
      return;
    }
    for (int64_t i = first; i < n; ++i) {
      choice[at] = i;
      self(self, at + 1, with_replacement ? i : i + 1);
    }
  };
  choose(choose, 0, 0);
  return index_select(x, 0, tensor(places)).view({choices, r});
}

std::tuple<Tensor, Tensor, Tensor> unique_dim(const Arg &x, int64_t dim, bool, bool return_inverse,
                                              bool return_counts) {
  Site site{"unique_dim", x.where};
  OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  Tensor rows = x->transpose(0, dim).flatten(1).to(x->is_floating_point() ? kFloat64 : kInt64);
  int64_t count = rows.size(0), length = rows.size(1);
  std::vector<int64_t> order(static_cast<size_t>(count)), first, inverse(order.size()), counts;
  std::iota(order.begin(), order.end(), 0);
  auto sortRows = [&](const auto *elements) {
    auto less = [&](int64_t a, int64_t b) {
      return std::lexicographical_compare(elements + a * length, elements + (a + 1) * length,
                                          elements + b * length, elements + (b + 1) * length);
    };
    std::stable_sort(order.begin(), order.end(), less);
    for (size_t i = 0; i < order.size(); ++i) {
      if (i == 0 || less(order[i - 1], order[i]))
        first.push_back(order[i]), counts.push_back(0);
      inverse[static_cast<size_t>(order[i])] = static_cast<int64_t>(first.size()) - 1;
      ++counts.back();
    }
  };
  if (rows.dtype() == kFloat64)
    sortRows(rows.const_data_ptr<double>(site.where));
  else
    sortRows(rows.const_data_ptr<int64_t>(site.where));
  return {index_select(x, dim, tensor(first)), return_inverse ? tensor(inverse) : Tensor(),
          return_counts ? tensor(counts) : Tensor()};
}

Tensor Tensor::numpy_T(const Where &at) const {
  std::vector<int64_t> reversed(static_cast<size_t>(dim()));
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  return permute(reversed, at);
}

Tensor &Tensor::put_(const Arg &index, const Arg &source, bool accumulate) const {
  OpScope scope("put_", source.where);
  return copy_(flatten().index_put({index->flatten()}, source->flatten(), accumulate).view(sizes()));
}
Tensor Tensor::diagonal_scatter(const Arg &source, int64_t offset, int64_t dim1, int64_t dim2) const {
  return ingot::diagonal_scatter(Arg(*this, source.where), source, offset, dim1, dim2);
}
Tensor Tensor::select_scatter(const Arg &source, int64_t dim, const Size &index) const {
  return ingot::select_scatter(Arg(*this, source.where), source, dim, index);
}
Tensor Tensor::slice_scatter(const Arg &source, int64_t dim, std::optional<Size> start,
                             std::optional<Size> end, int64_t step) const {
  return ingot::slice_scatter(Arg(*this, source.where), source, dim, std::move(start), std::move(end), step);
}

//===--- pointwise and along a dimension ------------------------------------------------------------------------===//

Tensor isposinf(const Arg &x) { return eq(x, Arg(Scalar::constant(INFINITY), x.where)); }
Tensor isneginf(const Arg &x) { return eq(x, Arg(Scalar::constant(-INFINITY), x.where)); }

Tensor Tensor::prelu(const Arg &weight) const { return ingot::prelu(Arg(*this, weight.where), weight); }
Tensor Tensor::hardshrink(const Scalar &lambda, const Where &at) const {
  return ingot::hardshrink(Arg(*this, at), lambda);
}
Tensor Tensor::polygamma(int64_t n, const Where &at) const { return ingot::polygamma(n, Arg(*this, at)); }

Tensor Tensor::renorm(const Scalar &p, int64_t dim, const Scalar &maxnorm, const Where &at) const {
  Site site{"renorm", at};
  OpScope scope(site.op, at);
  dim = detail::wrapDim(site, dim, this->dim());
  std::vector<int64_t> others;
  for (int64_t i = 0; i < this->dim(); ++i)
    if (i != dim)
      others.push_back(i);
  Tensor norms = norm(p, others, true, std::nullopt, at);
  Tensor scale = maxnorm / (norms + Scalar::constant(1e-7));
  return *this * ingot::where(norms > maxnorm, scale, Scalar::constant(1));
}

Tensor trapezoid(const Arg &y, double dx, int64_t dim) {
  OpScope scope("trapezoid", y.where);
  Size last = y->size(dim, y.where) - 1;
  return (y->narrow(dim, 0, last) + y->narrow(dim, 1, last)).sum({dim}) * (dx / 2);
}
Tensor trapezoid(const Arg &y, const Tensor &x, int64_t dim) {
  Site site{"trapezoid", y.where};
  OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, y->dim());
  Tensor widths = diff(x, 1, x.dim() == 1 ? 0 : dim);
  if (x.dim() == 1) {
    std::vector<Size> sizes(static_cast<size_t>(y->dim()), Size(1));
    sizes[static_cast<size_t>(dim)] = widths.size(0);
    widths = widths.view(sizes);
  }
  Size last = y->size(dim) - 1;
  return ((y->narrow(dim, 0, last) + y->narrow(dim, 1, last)) * widths).sum({dim}) / 2;
}

Tensor vander(const Arg &x, std::optional<int64_t> n, bool increasing) {
  OpScope scope("vander", x.where);
  Tensor powers = arange(n ? Scalar(*n) : Scalar(x->size(0)), x->options());
  return x->unsqueeze(1).pow(increasing ? powers : powers.flip({0}));
}

//===--- made anew ----------------------------------------------------------------------------------------------===//

Tensor logspace(const Scalar &start, const Scalar &end, int64_t steps, double base,
                const TensorOptions &options, const Where &at) {
  OpScope scope("logspace", at);
  return ingot::pow(full({}, base, options.dtype()), linspace(start, end, steps, options, at));
}
Tensor range(const Scalar &start, const Scalar &end, const Scalar &step, const TensorOptions &options,
             const Where &at) {
  double count = std::floor((end.toDouble() - start.toDouble()) / step.toDouble()) + 1;
  TensorOptions typed = options.dtype(options.dtype());
  double past = start.toDouble() + (count - 0.5) * step.toDouble();
  return arange(start, past, step, typed, at);
}
Tensor randint_like(const Arg &x, int64_t low, int64_t high, const TensorOptions &options) {
  return randint(low, high, x->sizes(), options.dtype(options.dtypeOr(x->dtype())), x.where);
}

namespace {
/// a0 - a1 cos(t) + a2 cos(2 t) with t from 0 to 2 pi.
Tensor cosineWindow(int64_t length, bool periodic, double a0, double a1, double a2,
                    const TensorOptions &options, const Where &at) {
  if (length == 1)
    return ones({1}, options, at);
  double step = 2 * std::numbers::pi / double(periodic ? length : length - 1);
  Tensor angle = arange(length, options.dtype(options.dtype()), at) * step;
  Tensor window = a0 - a1 * cos(angle);
  return a2 == 0 ? window : window + a2 * cos(angle * 2);
}
} // namespace

Tensor hann_window(int64_t length, bool periodic, const TensorOptions &options, const Where &at) {
  return cosineWindow(length, periodic, 0.5, 0.5, 0, options, at);
}
Tensor hamming_window(int64_t length, bool periodic, double alpha, double beta, const TensorOptions &options,
                      const Where &at) {
  return cosineWindow(length, periodic, alpha, beta, 0, options, at);
}
Tensor blackman_window(int64_t length, bool periodic, const TensorOptions &options, const Where &at) {
  return cosineWindow(length, periodic, 0.42, 0.5, 0.08, options, at);
}
Tensor bartlett_window(int64_t length, bool periodic, const TensorOptions &options, const Where &at) {
  if (length == 1)
    return ones({1}, options, at);
  Tensor place =
      arange(length, options.dtype(options.dtype()), at) * (2.0 / double(periodic ? length : length - 1));
  return 1.0 - abs(place - 1.0);
}

//===--- layers -------------------------------------------------------------------------------------------------===//

Tensor mish(const Arg &x) { return F::mish(x); }
Tensor linear(const Arg &input, const Arg &weight, const OptionalTensor &bias) {
  return F::linear(input, weight, Arg(bias.value_or(Tensor()), input.where));
}
Tensor bilinear(const Arg &input1, const Arg &input2, const Arg &weight, const OptionalTensor &bias) {
  return F::bilinear(input1, input2, weight, Arg(bias.value_or(Tensor()), input1.where));
}

Tensor embedding(const Arg &weight, const Arg &indices, int64_t padding_idx, bool scale_grad_by_freq, bool) {
  auto options = F::EmbeddingFuncOptions().scale_grad_by_freq(scale_grad_by_freq);
  if (padding_idx >= 0)
    options.padding_idx(padding_idx);
  return F::embedding(indices, weight, options);
}

std::tuple<Tensor, Tensor, Tensor, Tensor>
embedding_bag(const Arg &weight, const Arg &indices, const Arg &offsets, bool scale_grad_by_freq,
              int64_t mode, bool, const OptionalTensor &per_sample_weights, bool include_last_offset,
              std::optional<int64_t> padding_idx) {
  Site site{"embedding_bag", indices.where};
  if (mode < 0 || mode > 2)
    detail::fail(site.op, site.where, "mode must be 0, 1 or 2", std::to_string(mode));
  auto options = F::EmbeddingBagFuncOptions()
                     .offsets(*offsets)
                     .scale_grad_by_freq(scale_grad_by_freq)
                     .per_sample_weights(per_sample_weights.value_or(Tensor()))
                     .include_last_offset(include_last_offset)
                     .padding_idx(padding_idx);
  if (mode == 0)
    options.mode(kSum);
  else if (mode == 2)
    options.mode(kMax);
  Tensor result = F::embedding_bag(indices, weight, options);
  Tensor first = offsets->to(kInt64).narrow(0, 0, result.size(0));
  Tensor bag =
      searchsorted(first, arange(Scalar(indices->size(0))), false, /*right=*/true) - Scalar::constant(1);
  Tensor counts = ones(bag.sizes(), kInt64);
  if (padding_idx)
    counts = ne(indices, Scalar::constant(*padding_idx)).to(kInt64);
  Tensor sizes = scatter_add(zeros({result.size(0)}, kInt64), 0, bag, counts);
  return {result, bag, sizes, Tensor()};
}

Tensor pad(const Arg &input, const Shape &pad, const std::string &mode, std::optional<double> value) {
  F::PadFuncOptions options(pad.vec());
  if (value)
    options.value(*value);
  if (mode == "reflect")
    options.mode(kReflect);
  else if (mode == "replicate")
    options.mode(kReplicate);
  else if (mode == "circular")
    options.mode(kCircular);
  else if (mode != "constant")
    detail::fail("pad", input.where, "mode must be constant, reflect, replicate or circular",
                 '"' + mode + '"');
  return F::pad(input, options);
}

#define INGOT_PAD(D)                                                                                         \
  Tensor reflection_pad##D##d(const Arg &input, const Shape &padding) {                                      \
    return pad(input, padding, "reflect");                                                                   \
  }                                                                                                          \
  Tensor replication_pad##D##d(const Arg &input, const Shape &padding) {                                     \
    return pad(input, padding, "replicate");                                                                 \
  }
INGOT_PAD(1)
INGOT_PAD(2)
INGOT_PAD(3)
#undef INGOT_PAD

Tensor grid_sampler(const Arg &input, const Arg &grid, int64_t interpolation_mode, int64_t padding_mode,
                    bool align_corners) {
  if (interpolation_mode < 0 || interpolation_mode > 2 || padding_mode < 0 || padding_mode > 2)
    detail::fail("grid_sampler", input.where, "modes must be 0, 1 or 2",
                 std::to_string(interpolation_mode) + " and " + std::to_string(padding_mode));
  auto options = F::GridSampleFuncOptions().align_corners(align_corners);
  if (interpolation_mode == 1)
    options.mode(kNearest);
  else if (interpolation_mode == 2)
    options.mode(kBicubic);
  if (padding_mode == 1)
    options.padding_mode(kBorder);
  else if (padding_mode == 2)
    options.padding_mode(kReflection);
  return F::grid_sample(input, grid, options);
}

Tensor im2col(const Arg &input, const ExpandingArray<2> &kernel_size, const ExpandingArray<2> &dilation,
              const ExpandingArray<2> &padding, const ExpandingArray<2> &stride) {
  return F::unfold(input,
                   F::UnfoldFuncOptions(kernel_size).dilation(dilation).padding(padding).stride(stride));
}
Tensor col2im(const Arg &input, const ExpandingArray<2> &output_size, const ExpandingArray<2> &kernel_size,
              const ExpandingArray<2> &dilation, const ExpandingArray<2> &padding,
              const ExpandingArray<2> &stride) {
  return F::fold(
      input, F::FoldFuncOptions(output_size, kernel_size).dilation(dilation).padding(padding).stride(stride));
}

namespace {
Tensor upsample(const char *op, const Arg &input, const Shape &size, std::initializer_list<Factor> factors,
                F::InterpolateFuncOptions options) {
  std::vector<double> given;
  for (const Factor &factor : factors)
    if (factor)
      given.push_back(*factor);
  if (given.size() == factors.size())
    options.scale_factor(given);
  else
    options.size(size.vec());
  Tensor result = F::interpolate(input, options);
  if (Shape spatial = result.sizes().slice(2); spatial != size)
    detail::fail(op, input.where, "the factors must give the output size " + size.str(), spatial.str());
  return result;
}
F::InterpolateFuncOptions smooth(F::InterpolateFuncOptions::Mode mode, bool align_corners) {
  return F::InterpolateFuncOptions().mode(mode).align_corners(align_corners);
}
} // namespace

Tensor upsample_nearest1d(const Arg &input, const Shape &output_size, Factor scale) {
  return upsample("upsample_nearest1d", input, output_size, {scale}, {});
}
Tensor upsample_nearest2d(const Arg &input, const Shape &output_size, Factor scale_h, Factor scale_w) {
  return upsample("upsample_nearest2d", input, output_size, {scale_h, scale_w}, {});
}
Tensor upsample_nearest3d(const Arg &input, const Shape &output_size, Factor scale_d, Factor scale_h,
                          Factor scale_w) {
  return upsample("upsample_nearest3d", input, output_size, {scale_d, scale_h, scale_w}, {});
}
Tensor upsample_linear1d(const Arg &input, const Shape &output_size, bool align_corners, Factor scale) {
  return upsample("upsample_linear1d", input, output_size, {scale}, smooth(kLinear, align_corners));
}
Tensor upsample_bilinear2d(const Arg &input, const Shape &output_size, bool align_corners, Factor scale_h,
                           Factor scale_w) {
  return upsample("upsample_bilinear2d", input, output_size, {scale_h, scale_w},
                  smooth(kBilinear, align_corners));
}
Tensor upsample_bicubic2d(const Arg &input, const Shape &output_size, bool align_corners, Factor scale_h,
                          Factor scale_w) {
  return upsample("upsample_bicubic2d", input, output_size, {scale_h, scale_w},
                  smooth(kBicubic, align_corners));
}
Tensor upsample_trilinear3d(const Arg &input, const Shape &output_size, bool align_corners, Factor scale_d,
                            Factor scale_h, Factor scale_w) {
  return upsample("upsample_trilinear3d", input, output_size, {scale_d, scale_h, scale_w},
                  smooth(kTrilinear, align_corners));
}

} // namespace ingot
