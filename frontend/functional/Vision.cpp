#include "frontend/functional/Vision.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/Precision.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"

namespace ingot::nn::functional {

//===--- affine_grid --------------------------------------------------------------------------------------------===//

/// The places of the elements of a dimension, from -1 to 1.
static Tensor places(const Size &size, bool alignCorners, Dtype type) {
  int64_t count = size;
  if (count == 1)
    return ingot::zeros({1}, type);
  double end = alignCorners ? 1 : double(count - 1) / double(count);
  return ingot::linspace(Scalar::constant(-end), Scalar::constant(end), count, type);
}

Tensor affine_grid(const Arg &theta, const Shape &size, bool align_corners) {
  ingot::detail::OpScope scope("affine_grid", theta.where);
  auto refuse = [&](const std::string &required, const std::string &got) {
    ingot::detail::fail("affine_grid", theta.where, required, got);
  };
  if (!theta->is_floating_point())
    refuse("theta must be floating-point", toString(theta->dtype()));
  if (size.size() != 4 && size.size() != 5)
    refuse("size must be {N, C, H, W} or {N, C, D, H, W}", size.str());
  size_t spatial = size.size() - 2;
  Shape required = {size[0], Size(spatial), Size(spatial + 1)};
  if (theta->sizes() != required)
    refuse("theta must be " + required.str() + " for size " + size.str(), theta->sizes().str());
  for (size_t d = 2; d < size.size(); ++d)
    if (size[d] < 1)
      refuse("size must be positive", size.str());
  // Columns of x, y (, z) and one: the last dimension is x.
  std::vector<Size> sizes(size.begin() + 2, size.end());
  TensorList columns;
  Tensor map = ingot::detail::widened(*theta);
  for (size_t d = spatial; d-- > 0;) {
    std::vector<Size> along(spatial, Size(1));
    along[d] = sizes[d];
    columns.push_back(places(sizes[d], align_corners, map.dtype()).view(along).expand(sizes));
  }
  columns.push_back(ingot::full({1}, Scalar::constant(1), map.options()).expand(sizes));
  Tensor base = ingot::stack(columns, -1).view({Shape(sizes).numel(), Size(spatial + 1)});
  std::vector<Size> result = {size[0]};
  result.insert(result.end(), sizes.begin(), sizes.end());
  result.push_back(spatial);
  return ingot::matmul(base, map.transpose(1, 2)).view(result).to(theta->dtype());
}

//===--- grid_sample --------------------------------------------------------------------------------------------===//

namespace {

class GridSample {
public:
  GridSample(const Arg &input, const Arg &grid, const GridSampleFuncOptions &options)
      : input(input), grid(grid), options(options), alignCorners(options.align_corners().value_or(false)) {}

  Tensor record() {
    ingot::detail::OpScope scope("grid_sample", input.where);
    check();
    flat = input->flatten(2);
    Tensor at = ingot::detail::widened(*grid).flatten(1, -2);
    std::vector<Tensor> center;
    for (size_t d = 0; d < spatial; ++d) // the last dimension comes first
      center.push_back(unnormalized(at.select(2, int64_t(spatial - 1 - d)), d));
    Tensor y = is<enumtype::kNearest>()    ? nearest(center)
               : is<enumtype::kBilinear>() ? linear(center)
                                           : cubic(center);
    std::vector<Size> sizes = {input->size(0), input->size(1)};
    sizes.insert(sizes.end(), grid->sizes().begin() + 1, grid->sizes().end() - 1);
    return y.view(sizes).to(input->dtype());
  }

private:
  [[noreturn]] void refuse(const std::string &required, const std::string &got) const {
    ingot::detail::fail("grid_sample", input.where, required, got);
  }
  template <class Choice> bool is() const { return std::holds_alternative<Choice>(options.mode()); }
  template <class Choice> bool outside() const {
    return std::holds_alternative<Choice>(options.padding_mode());
  }

  void check() {
    if (input->dim() != 4 && input->dim() != 5)
      refuse("input must have 4 or 5 dimensions", input->sizes().str());
    spatial = size_t(input->dim()) - 2;
    if (!input->is_floating_point() || grid->dtype() != input->dtype())
      refuse("input and grid must be of one floating-point type",
             std::string(toString(input->dtype())) + " and " + toString(grid->dtype()));
    if (grid->dim() != input->dim() || Shape(grid->size(0)) != Shape(input->size(0)) ||
        Shape(grid->size(-1)) != Shape(Size(spatial)))
      refuse("grid must be [" + input->size(0).str() + ", " + (spatial == 3 ? "O, P, Q, 3" : "P, Q, 2") + "]",
             grid->sizes().str());
    if (spatial == 3 && is<enumtype::kBicubic>())
      refuse("input must have 4 dimensions in mode kBicubic", input->sizes().str());
    for (size_t d = 0; d < spatial; ++d)
      if (size(d) < 1)
        refuse("the spatial sizes of input must be positive", input->sizes().str());
  }

  int64_t size(size_t d) const { return input->size(int64_t(d) + 2); }
  static Scalar number(double value) { return Scalar::constant(value); }

  /// A place in [-1, 1] in elements.
  Tensor unnormalized(const Tensor &at, size_t d) const {
    auto n = double(size(d));
    return alignCorners ? (at + number(1)) * number((n - 1) / 2)
                        : ((at + number(1)) * number(n) - number(1)) * number(0.5);
  }

  /// The distance from `low`, there and back between `low` and `low + span`.
  static Tensor reflected(const Tensor &at, double low, double span) {
    if (span == 0)
      return at * number(0);
    Tensor distance = ingot::abs(at - number(low)), rest = ingot::fmod(distance, number(span));
    Tensor turns = ingot::remainder(ingot::floor(distance * number(1 / span)), number(2));
    return ingot::where(ingot::eq(turns, number(0)), rest + number(low), -rest + number(low + span));
  }

  /// What a place outside the input stands for.
  Tensor inside(const Tensor &at, size_t d) const {
    auto n = double(size(d));
    if (outside<enumtype::kZeros>())
      return at;
    Tensor folded = at;
    if (outside<enumtype::kReflection>())
      folded = alignCorners ? reflected(at, 0, n - 1) : reflected(at, -0.5, n);
    return ingot::clamp(folded, number(0), number(n - 1));
  }

  /// The elements at whole places, [N, C, P]; zeros outside.
  Tensor elements(const std::vector<Tensor> &at) const {
    Tensor index, valid;
    for (size_t d = 0; d < spatial; ++d) {
      Tensor whole = ingot::clamp(at[d].to(kInt64), Scalar::constant(0), Scalar::constant(size(d) - 1));
      index = index.defined() ? index * Scalar::constant(size(d)) + whole : whole;
      if (!outside<enumtype::kZeros>())
        continue;
      Tensor within =
          ingot::logical_and(ingot::ge(at[d], number(0)), ingot::le(at[d], number(double(size(d) - 1))));
      valid = valid.defined() ? ingot::logical_and(valid, within) : within;
    }
    Tensor taken = ingot::detail::widened(ingot::detail::gather({"grid_sample", input.where}, flat, 2, index,
                                                                {0, 2}, ingot::detail::Positions::InBounds));
    return valid.defined() ? ingot::where(valid.unsqueeze(1), taken, number(0)) : taken;
  }

  Tensor nearest(std::vector<Tensor> at) const {
    for (size_t d = 0; d < spatial; ++d)
      at[d] = ingot::round(inside(at[d], d));
    return elements(at);
  }

  Tensor linear(std::vector<Tensor> at) const {
    std::vector<Tensor> first;
    for (size_t d = 0; d < spatial; ++d) {
      at[d] = inside(at[d], d);
      first.push_back(ingot::floor(at[d]));
    }
    Tensor sum;
    for (size_t corner = 0; corner < size_t(1) << spatial; ++corner) {
      std::vector<Tensor> place = first;
      Tensor weight;
      for (size_t d = 0; d < spatial; ++d) {
        Tensor share = at[d] - first[d];
        if (corner >> d & 1)
          place[d] = first[d] + number(1);
        else
          share = number(1) - share;
        weight = weight.defined() ? weight * share : share;
      }
      Tensor term = elements(place) * weight.unsqueeze(1);
      sum = sum.defined() ? sum + term : term;
    }
    return sum;
  }

  /// The weights of the elements before, at and after a place that is `t` after the second of four.
  static std::vector<Tensor> cubicWeights(const Tensor &t) {
    const double a = -0.75;
    auto near = [&](const Tensor &x) { return ((x * number(a + 2)) - number(a + 3)) * x * x + number(1); };
    auto far = [&](const Tensor &x) {
      return ((x * number(a) - number(5 * a)) * x + number(8 * a)) * x - number(4 * a);
    };
    Tensor rest = number(1) - t;
    return {far(t + number(1)), near(t), near(rest), far(rest + number(1))};
  }

  // Elements outside are looked up one by one.
  Tensor cubic(const std::vector<Tensor> &at) const {
    std::vector<Tensor> weights[2], places[2];
    for (size_t d = 0; d < 2; ++d) {
      Tensor whole = ingot::floor(at[d]);
      weights[d] = cubicWeights(at[d] - whole);
      for (int k = -1; k <= 2; ++k)
        places[d].push_back(inside(whole + number(k), d));
    }
    Tensor sum;
    for (size_t i = 0; i < 4; ++i) {
      Tensor row;
      for (size_t j = 0; j < 4; ++j) {
        Tensor term = elements({places[0][i], places[1][j]}) * weights[1][j].unsqueeze(1);
        row = row.defined() ? row + term : term;
      }
      Tensor term = row * weights[0][i].unsqueeze(1);
      sum = sum.defined() ? sum + term : term;
    }
    return sum;
  }

  const Arg &input, &grid;
  const GridSampleFuncOptions &options;
  bool alignCorners;
  size_t spatial = 2;
  Tensor flat; ///< [N, C, elements]
};

} // namespace

Tensor grid_sample(const Arg &input, const Arg &grid, const GridSampleFuncOptions &options) {
  return GridSample(input, grid, options).record();
}

} // namespace ingot::nn::functional
