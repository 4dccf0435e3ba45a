// Each spatial dimension is resampled on its own: to a row of elements (nearest) or to weighted sums of a few (the others),
// at places that are computed here.
#include "frontend/functional/Upsampling.h"
#include "frontend/functional/Bins.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/Pooling.h"
#include "frontend/functional/Precision.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <algorithm>
#include <cmath>
#include <numeric>

namespace ingot::nn::functional {
namespace {

using ingot::detail::Bins;

/// One spatial dimension: its sizes and, where it is to be used, the factor.
struct Axis {
  int64_t dim;
  int64_t in, out;
  std::optional<double> factor;
  bool alignCorners;

  double scale() const {
    if (alignCorners)
      return out > 1 ? double(in - 1) / double(out - 1) : 0;
    return factor && *factor > 0 ? 1 / *factor : double(in) / double(out);
  }
  /// Where element i lies in the input.
  double place(int64_t i) const {
    return alignCorners ? scale() * double(i) : scale() * (double(i) + 0.5) - 0.5;
  }
};

// PyTorch computes these places in float32 unless the elements are float64.
template <class T> std::vector<int64_t> nearest(const Axis &axis, T offset) {
  T scale = axis.factor && *axis.factor > 0 ? T(1.0 / *axis.factor) : T(axis.in) / T(axis.out);
  std::vector<int64_t> result;
  for (int64_t i = 0; i < axis.out; ++i)
    result.push_back(std::min(int64_t(std::floor((T(i) + offset) * scale)), axis.in - 1));
  return result;
}

//===--- taps ---------------------------------------------------------------------------------------------------===//

// Where taps lie and what they weigh are numbers, or, for sizes that are known at run time only, tensors of those of all
// elements of the result.
double rounded(double x) { return std::floor(x); }
Tensor rounded(const Tensor &x) { return ingot::floor(x); }
double within(double x, double least, double most) { return std::min(std::max(x, least), most); }
Tensor within(const Tensor &x, const Tensor &least, const Tensor &most) {
  return ingot::minimum(ingot::maximum(x, least), most);
}
double numberLike(double, double number) { return number; }
Tensor numberLike(const Tensor &like, double number) { return ingot::full({}, number, like.dtype()); }

template <class T> struct Tap {
  T index, weight;
};

/// The taps of an element that lies at `place` in an input whose last element is `last`.
template <class T> std::vector<Tap<T>> linearTaps(const T &place, const T &last) {
  T zero = numberLike(place, 0), one = numberLike(place, 1);
  T at = within(place, zero, numberLike(place, INFINITY)), first = within(rounded(at), zero, last);
  T share = within(at - first, zero, one);
  return {{first, one - share}, {within(first + one, zero, last), share}};
}

/// The cubic convolution kernel (Keys 1981) at a distance of at most one, and of one to two.
template <class T> T cubicInner(const T &x, double a) { return ((a + 2) * x - (a + 3)) * x * x + 1; }
template <class T> T cubicOuter(const T &x, double a) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; }

template <class T> std::vector<Tap<T>> cubicTaps(const T &place, const T &last) {
  constexpr double a = -0.75;
  T zero = numberLike(place, 0), one = numberLike(place, 1);
  T first = within(rounded(place), numberLike(place, -INFINITY), last),
    share = within(place - first, zero, one);
  const T weights[] = {cubicOuter(share + one, a), cubicInner(share, a), cubicInner(one - share, a),
                       cubicOuter(one + one - share, a)};
  std::vector<Tap<T>> taps;
  for (int k = 0; k < 4; ++k)
    taps.push_back({within(first + numberLike(place, k - 1), zero, last), weights[k]});
  return taps;
}

Bins tapped(const Axis &axis, bool cubic) {
  Bins bins;
  for (int64_t i = 0; i < axis.out; ++i) {
    double last = double(axis.in - 1), place = !cubic && axis.in == axis.out ? double(i) : axis.place(i);
    std::vector<int64_t> index;
    std::vector<double> weight;
    for (const Tap<double> &tap : cubic ? cubicTaps(place, last) : linearTaps(place, last))
      index.push_back(int64_t(tap.index)), weight.push_back(tap.weight);
    bins.add(std::move(index), std::move(weight));
  }
  return bins;
}

double cubicWeight(double distance, double a) {
  double x = std::abs(distance);
  return x < 1 ? cubicInner(x, a) : x < 2 ? cubicOuter(x, a) : 0;
}

/// A filter as wide as what an element of the result covers.
Bins antialiased(const Axis &axis, bool cubic) {
  Bins bins;
  double scale = axis.scale(), stretch = std::max(scale, 1.0), support = (cubic ? 2 : 1) * stretch;
  for (int64_t i = 0; i < axis.out; ++i) {
    double center = scale * (double(i) + 0.5);
    int64_t first = std::max<int64_t>(int64_t(center - support + 0.5), 0);
    int64_t end = std::min<int64_t>(int64_t(center + support + 0.5), axis.in);
    std::vector<int64_t> index;
    std::vector<double> weight;
    for (int64_t at = first; at < end; ++at) {
      double distance = (double(at) - center + 0.5) / stretch;
      index.push_back(at);
      weight.push_back(cubic ? cubicWeight(distance, -0.5) : std::max(1 - std::abs(distance), 0.0));
    }
    double sum = std::accumulate(weight.begin(), weight.end(), 0.0);
    for (double &each : weight)
      each /= sum == 0 ? 1 : sum;
    bins.add(std::move(index), std::move(weight));
  }
  return bins;
}

class Interpolation {
public:
  Interpolation(const Arg &input, const InterpolateFuncOptions &options) : input(input), options(options) {}

  Tensor record() {
    ingot::detail::OpScope scope("interpolate", input.where);
    check();
    placeSizes();
    if (is<enumtype::kArea>())
      return byArea();
    if (!input->is_floating_point() && !isNearest())
      refuse("input must be floating-point in mode " + mode(), toString(input->dtype()));
    Tensor x = isNearest() ? *input : ingot::detail::widened(*input);
    for (size_t d = 0; d < sizes.size(); ++d)
      x = along(d, x);
    return x.to(input->dtype());
  }

private:
  [[noreturn]] void refuse(const std::string &required, const std::string &got) const {
    ingot::detail::fail("interpolate", input.where, required, got);
  }
  template <class Choice> bool is() const { return std::holds_alternative<Choice>(options.mode()); }
  bool isNearest() const { return is<enumtype::kNearest>() || is<enumtype::kNearestExact>(); }
  std::string mode() const { return enumtype::get_enum_name(options.mode()); }

  void check() const {
    int64_t spatial = input->dim() - 2;
    if (spatial < 1 || spatial > 3)
      refuse("input must have 3, 4 or 5 dimensions", input->sizes().str());
    int64_t required = is<enumtype::kLinear>()                                 ? 1
                       : is<enumtype::kBilinear>() || is<enumtype::kBicubic>() ? 2
                       : is<enumtype::kTrilinear>()                            ? 3
                                                                               : spatial;
    if (spatial != required)
      refuse("input must have " + std::to_string(required + 2) + " dimensions in mode " + mode(),
             input->sizes().str());
    if (options.size().has_value() == options.scale_factor().has_value())
      refuse("either size or scale_factor must be given", options.size() ? "both" : "neither of them");
    size_t given = options.size() ? options.size()->size() : options.scale_factor()->size();
    if (given != size_t(spatial))
      refuse(std::string(options.size() ? "size" : "scale_factor") + " must have " + std::to_string(spatial) +
                 " values, one a spatial dimension",
             std::to_string(given));
    for (double factor : options.scale_factor().value_or(std::vector<double>()))
      if (!(factor > 0 && std::isfinite(factor)))
        refuse("scale_factor must be positive and finite", std::to_string(factor));
    if (options.align_corners() && (isNearest() || is<enumtype::kArea>()))
      refuse("align_corners must not be given in mode " + mode(),
             *options.align_corners() ? "true" : "false");
    if (options.antialias() && !is<enumtype::kBilinear>() && !is<enumtype::kBicubic>())
      refuse("antialias is for the modes kBilinear and kBicubic", mode());
    if (options.recompute_scale_factor().value_or(false) && options.size())
      refuse("recompute_scale_factor is for a scale_factor", "size");
  }

  void placeSizes() {
    for (int64_t d = 0; d < input->dim() - 2; ++d) {
      if (options.size()) {
        sizes.push_back(options.size()->at(size_t(d)));
      } else {
        double factor = options.scale_factor()->at(size_t(d));
        sizes.push_back(std::floor(factor) == factor ? input->size(d + 2) * int64_t(factor)
                                                     : scaled(d, factor));
      }
      if (sizes.back().isNumber() && sizes.back() < 1)
        refuse("the result must have positive sizes",
               sizes.back().str() + " for input " + input->sizes().str());
    }
  }

  Size scaled(int64_t d, double factor) const {
    Size in = input->size(d + 2);
    if (double shrink = 1 / factor; !in.isNumber() && std::floor(shrink) == shrink)
      return in / int64_t(shrink);
    if (!in.isNumber())
      refuse("scale_factor must be a whole number, or one over one, where sizes are known at run time only",
             std::to_string(factor));
    return int64_t(std::floor(double(int64_t(in)) * factor));
  }

  Tensor byArea() const {
    std::vector<int64_t> out;
    for (const Size &size : sizes)
      out.push_back(size);
    switch (out.size()) {
    case 1: return adaptive_avg_pool1d(input, ExpandingArray<1>(out));
    case 2: return adaptive_avg_pool2d(input, ExpandingArrayWithOptionalElem<2>(out));
    default: return adaptive_avg_pool3d(input, ExpandingArrayWithOptionalElem<3>(out));
    }
  }

  /// x with spatial dimension d resampled.
  Tensor along(size_t d, const Tensor &x) const {
    auto dim = int64_t(d) + 2;
    std::optional<double> factor;
    if (options.scale_factor() && !options.recompute_scale_factor().value_or(false))
      factor = options.scale_factor()->at(d);
    // By a whole factor every element is repeated: for sizes that are known at run time only, too.
    if (isNearest() && factor && std::floor(*factor) == *factor)
      return *factor == 1 ? x : ingot::repeat_interleave(x, int64_t(*factor), dim);
    if (!x.size(dim).isNumber() || !sizes[d].isNumber())
      return alongRunTimeSize(x, dim, sizes[d], factor);
    Axis axis{dim, x.size(dim), sizes[d], factor, options.align_corners().value_or(false)};
    if (isNearest()) {
      bool exact = is<enumtype::kNearestExact>();
      if (axis.in == axis.out)
        return x;
      return ingot::detail::takeElements(x, dim,
                                         x.dtype() == kFloat64 ? nearest<double>(axis, exact ? 0.5 : 0)
                                                               : nearest<float>(axis, exact ? 0.5F : 0));
    }
    bool isCubic = is<enumtype::kBicubic>();
    Bins bins = options.antialias() ? antialiased(axis, isCubic) : tapped(axis, isCubic);
    return ingot::detail::weightedSums(x, dim, bins);
  }

  /// The same with places that the program computes.
  Tensor alongRunTimeSize(const Tensor &x, int64_t dim, const Size &out, std::optional<double> factor) const {
    if (options.antialias())
      refuse("with antialias the sizes must be known when it is recorded", input->sizes().str());
    Dtype type = isNearest() && x.dtype() != kFloat64 ? kFloat32 : kFloat64;
    auto number = [&](const Size &size) { return ingot::full({}, Scalar::constant(Scalar(size)), type); };
    Tensor last = number(x.size(dim) - 1), at = ingot::arange(Scalar(out), type);
    bool corners = options.align_corners().value_or(false);
    Tensor scale = corners                 ? last / number(max(out - 1, 1))
                   : factor && *factor > 0 ? ingot::full({}, 1 / *factor, type)
                                           : number(x.size(dim)) / number(out);
    auto take = [&](const Tensor &index) {
      return ingot::detail::gather({"interpolate", input.where}, x, dim, index.to(kInt64), {dim});
    };
    if (isNearest()) {
      double offset = is<enumtype::kNearestExact>() ? 0.5 : 0;
      return take(ingot::minimum(ingot::floor((at + offset) * scale), last));
    }
    Tensor place = corners ? at * scale : (at + 0.5) * scale - 0.5, sum;
    std::vector<Size> sizes(size_t(x.dim() - dim), Size(1));
    sizes[0] = out;
    for (const Tap<Tensor> &tap :
         is<enumtype::kBicubic>() ? cubicTaps(place, last) : linearTaps(place, last)) {
      Tensor part = take(tap.index) * tap.weight.to(x.dtype()).view(sizes);
      sum = sum.defined() ? sum + part : part;
    }
    return sum;
  }

  const Arg &input;
  const InterpolateFuncOptions &options;
  std::vector<Size> sizes; ///< spatial, of the result
};

} // namespace

Tensor interpolate(const Arg &input, const InterpolateFuncOptions &options) {
  return Interpolation(input, options).record();
}

} // namespace ingot::nn::functional
