// In-place forms, those that change sizes among them, and a few members that are made of others.
#include "frontend/core/Element.h"
#include "frontend/core/Value.h"
#include "frontend/functional/Pointwise.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"

namespace ingot {

using detail::Site;
using detail::writeResult;

//===--- other sizes --------------------------------------------------------------------------------------------===//

/// Gives a tensor the elements and sizes of another one.
static Tensor &become(const Site &site, const Tensor &self, const Tensor &result) {
  if (detail::isTracing() || self.unwrap()->base || !self.is_leaf() || self.requires_grad())
    detail::fail(
        site.op, site.where,
        "only a whole tensor outside of trace, without gradient, can change its sizes in place: use the "
        "function that returns the result",
        detail::describe(self));
  self.set_data(result);
  return const_cast<Tensor &>(self);
}

Tensor &Tensor::resize_(const Shape &sizes, const Where &at) const {
  Site site{"resize_", at};
  detail::OpScope scope(site.op, at);
  detail::typeOf(site, *this);
  if (sizes == this->sizes())
    return const_cast<Tensor &>(*this);
  int64_t count = sizes.numel(), have = numel();
  Tensor list = detach().flatten();
  if (count > have)
    list = cat({list, zeros({count - have}, dtype())});
  return become(site, *this, list.narrow(0, 0, count).view(sizes));
}
Tensor &Tensor::squeeze_(const Where &at) const {
  return become({"squeeze_", at}, *this, detach().squeeze(at));
}
Tensor &Tensor::squeeze_(int64_t dim, const Where &at) const {
  return become({"squeeze_", at}, *this, detach().squeeze(dim, at));
}
Tensor &Tensor::unsqueeze_(int64_t dim, const Where &at) const {
  return become({"unsqueeze_", at}, *this, detach().unsqueeze(dim, at));
}
Tensor &Tensor::transpose_(int64_t a, int64_t b, const Where &at) const {
  return become({"transpose_", at}, *this, detach().transpose(a, b, at));
}
Tensor &Tensor::t_(const Where &at) const { return become({"t_", at}, *this, detach().t(at)); }

//===--- the same sizes -----------------------------------------------------------------------------------------===//

Tensor &Tensor::logical_and_(const Arg &b) const {
  return writeResult({"logical_and_", b.where}, *this, logical_and(b).to(dtype()));
}
Tensor &Tensor::logical_or_(const Arg &b) const {
  return writeResult({"logical_or_", b.where}, *this, logical_or(b).to(dtype()));
}
Tensor &Tensor::logical_xor_(const Arg &b) const {
  return writeResult({"logical_xor_", b.where}, *this, logical_xor(b).to(dtype()));
}
Tensor &Tensor::div_(const Arg &b, const std::string &rounding_mode) const {
  return writeResult({"div_", b.where}, *this, div(b, rounding_mode));
}
Tensor &Tensor::clamp_min_(const Arg &low) const {
  return writeResult({"clamp_min_", low.where}, *this, clamp_min(low));
}
Tensor &Tensor::clamp_max_(const Arg &high) const {
  return writeResult({"clamp_max_", high.where}, *this, clamp_max(high));
}
Tensor &Tensor::bitwise_not_(const Where &at) const {
  return writeResult({"bitwise_not_", at}, *this, bitwise_not(at));
}
Tensor &Tensor::triu_(int64_t diagonal, const Where &at) const {
  return writeResult({"triu_", at}, *this, triu(diagonal, at));
}
Tensor &Tensor::tril_(int64_t diagonal, const Where &at) const {
  return writeResult({"tril_", at}, *this, tril(diagonal, at));
}
Tensor &Tensor::cumsum_(int64_t dim, const Where &at) const {
  return writeResult({"cumsum_", at}, *this, cumsum(dim, dtype(), at));
}
Tensor &Tensor::cumprod_(int64_t dim, const Where &at) const {
  return writeResult({"cumprod_", at}, *this, cumprod(dim, dtype(), at));
}
Tensor &Tensor::addmm_(const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha) const {
  return writeResult({"addmm_", a.where}, *this, addmm(a, b, beta, alpha));
}
Tensor &Tensor::baddbmm_(const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha) const {
  return writeResult({"baddbmm_", a.where}, *this, baddbmm(a, b, beta, alpha));
}

Tensor &Tensor::fill_diagonal_(const Arg &value, bool wrap) const {
  Site site{"fill_diagonal_", value.where};
  if (detail::typeOf(site, *this); dim() != 2)
    detail::fail(site.op, site.where, "the tensor must be a matrix", detail::describe(*this));
  int64_t rows = size(0), columns = size(1);
  Tensor row = arange(rows).unsqueeze(1);
  if (wrap && rows > columns)
    row = row.remainder(columns + 1);
  return masked_fill_(row == arange(columns), value);
}

//===--- of the same type ---------------------------------------------------------------------------------------===//

static TensorOptions typed(const TensorOptions &options, Dtype type) {
  return options.dtype(options.dtypeOr(type));
}
Tensor Tensor::new_zeros(const Shape &sizes, const TensorOptions &options, const Where &at) const {
  return zeros(sizes, typed(options, dtype()), at);
}
Tensor Tensor::new_ones(const Shape &sizes, const TensorOptions &options, const Where &at) const {
  return ones(sizes, typed(options, dtype()), at);
}
Tensor Tensor::new_full(const Shape &sizes, const Scalar &value, const TensorOptions &options,
                        const Where &at) const {
  return full(sizes, value, typed(options, dtype()), at);
}
Tensor Tensor::float_power(const Arg &exponent) const {
  return ingot::float_power(Arg(*this, exponent.where), exponent);
}
Tensor Tensor::roll(const Shape &shifts, const Shape &dims, const Where &at) const {
  return ingot::roll(Arg(*this, at), shifts, dims);
}

//===--- parts, reductions --------------------------------------------------------------------------------------===//

std::vector<Tensor> Tensor::tensor_split(int64_t sections, int64_t dim, const Where &at) const {
  if (sections < 1)
    detail::fail("tensor_split", at, "the number of sections must be positive", std::to_string(sections));
  int64_t whole = size(dim, at), rest = whole % sections;
  std::vector<int64_t> sizes(sections, whole / sections);
  for (int64_t i = 0; i < rest; ++i)
    ++sizes[i];
  return split(sizes, dim, at);
}
std::vector<Tensor> Tensor::tensor_split(const Shape &places, int64_t dim, const Where &at) const {
  std::vector<Tensor> parts;
  Size start = 0;
  for (const Size &place : places) {
    parts.push_back(slice(dim, start, place, 1, at));
    start = place;
  }
  parts.push_back(slice(dim, start, std::nullopt, 1, at));
  return parts;
}

std::tuple<Tensor, Tensor> Tensor::aminmax(std::optional<int64_t> dim, bool keepdim, const Where &at) const {
  Shape dims = dim ? Shape(*dim) : Shape();
  return {amin(dims, keepdim, at), amax(dims, keepdim, at)};
}
Tensor Tensor::nansum(const Shape &dims, bool keepdim, const Where &at) const {
  detail::OpScope scope("nansum", at);
  return masked_fill(isnan(at), 0).sum(dims, keepdim, std::nullopt, at);
}
Tensor Tensor::nanmean(const Shape &dims, bool keepdim, const Where &at) const {
  detail::OpScope scope("nanmean", at);
  return nansum(dims, keepdim, at) / isnan(at).logical_not(at).sum(dims, keepdim, std::nullopt, at);
}

Tensor Tensor::sum_to_size(const Shape &sizes, const Where &at) const {
  Site site{"sum_to_size", at};
  detail::OpScope scope(site.op, at);
  int64_t added = dim() - int64_t(sizes.size());
  std::vector<int64_t> dims;
  bool fits = added >= 0;
  for (int64_t i = 0; fits && i < dim(); ++i) {
    bool same = i >= added && Shape(sizes[i - added]) == Shape(size(i));
    fits = i < added || same || Shape(sizes[i - added]) == Shape(1);
    if (!same)
      dims.push_back(i);
  }
  if (!fits)
    detail::fail(site.op, at, "the sizes must broadcast to " + this->sizes().str(), sizes.str());
  return dims.empty() ? *this : sum(dims, true, std::nullopt, at).view(sizes, at);
}

//===--- integers -----------------------------------------------------------------------------------------------===//

// By multiplication, which drops the same bits; a right shift by all bits leaves the sign.
Tensor Tensor::bitwise_left_shift(const Arg &b) const {
  detail::OpScope scope("bitwise_left_shift", b.where);
  return mul(full({}, 2, dtype()).pow(b));
}
Tensor Tensor::bitwise_right_shift(const Arg &b) const {
  detail::OpScope scope("bitwise_right_shift", b.where);
  Dtype compute = dtype() == kUInt8 ? kInt32 : dtype();
  Tensor wide = to(compute), count = b.isTensor() ? b->to(compute) : full({}, b.number, compute);
  int64_t most = elementSize(compute) * 8 - 1;
  Tensor shifted = wide.floor_divide(full({}, 2, compute).pow(count.clamp(0, most - 1)));
  return ingot::where(count < most, shifted, wide.clamp(-1, 0)).to(dtype());
}

// Euclid's algorithm, as many steps as the type can take.
Tensor Tensor::gcd(const Arg &b) const {
  Site site{"gcd", b.where};
  detail::OpScope scope(site.op, site.where);
  if (!isIntegralType(dtype()))
    detail::fail(site.op, site.where, "integers are required", detail::describe(*this));
  Tensor x = abs(), y = b.isTensor() ? b->abs() : full({}, b.number, dtype()).abs();
  int64_t steps = elementSize(dtype()) == 8 ? 91 : elementSize(dtype()) == 4 ? 45 : 12;
  for (int64_t i = 0; i < steps; ++i) {
    Tensor rest = ingot::where(y == 0, 0, x.fmod(y));
    x = ingot::where(y == 0, x, y);
    y = rest;
  }
  return x;
}
Tensor Tensor::lcm(const Arg &b) const {
  detail::OpScope scope("lcm", b.where);
  Tensor divisor = gcd(b);
  return ingot::where(divisor == 0, 0, trunc_divide(divisor).mul(b).abs());
}

Tensor operator<<(const Arg &a, const Arg &b) { return a->bitwise_left_shift(b); }
Tensor operator>>(const Arg &a, const Arg &b) { return a->bitwise_right_shift(b); }

} // namespace ingot
