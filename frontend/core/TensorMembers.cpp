// What a tensor is, its names, and the members that are free functions elsewhere.
#include "frontend/core/Element.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/Promotion.h"
#include "frontend/core/View.h"
#include "frontend/functional/Pointwise.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/linalg.h"
#include "frontend/functional/ops.h"

namespace ingot {

using detail::Site;
using detail::typeOf;
using detail::writeResult;

//===--- what it is ---------------------------------------------------------------------------------------------===//

int64_t Tensor::dim() const { return typeOf({"dim", {}}, *this).getRank(); }
const Shape &Tensor::sizes() const {
  typeOf({"sizes", {}}, *this);
  return impl->sizes;
}
Size Tensor::numel() const { return sizes().numel(); }
Dtype Tensor::dtype() const { return detail::dtypeOf(typeOf({"dtype", {}}, *this)); }

Size Tensor::size(int64_t dim, const Where &at) const {
  Site site{"size", at};
  int64_t rank = typeOf(site, *this).getRank();
  if (rank == 0)
    detail::fail(site.op, site.where, "the tensor must have at least one dimension", detail::describe(*this));
  return sizes()[detail::wrapDim(site, dim, rank)];
}

std::vector<int64_t> Tensor::strides() const {
  std::vector<int64_t> result(dim(), 1), extents = sizes().vec();
  for (int64_t i = dim() - 2; i >= 0; --i)
    result[i] = result[i + 1] * extents[i + 1];
  return result;
}
int64_t Tensor::stride(int64_t dim) const {
  return strides()[detail::wrapDim({"stride", {}}, dim, this->dim())];
}

bool Tensor::requires_grad() const {
  if (impl)
    detail::followBase(*impl);
  return impl && impl->requiresGrad;
}
bool Tensor::is_leaf() const {
  typeOf({"is_leaf", {}}, *this);
  detail::followBase(*impl);
  return impl->isLeaf;
}

Tensor &Tensor::set_requires_grad(bool value, const Where &at) const {
  Site site{"requires_grad_", at};
  typeOf(site, *this);
  if (value && !is_floating_point())
    detail::fail(site.op, site.where, "only floating-point tensors have gradients", detail::describe(*this));
  if (!impl->isLeaf && !value)
    detail::fail(site.op, site.where,
                 "the result of an operation requires grad with its operands: use detach()",
                 detail::describe(*this));
  impl->requiresGrad = value;
  if (!impl->base)
    impl->storage->isParameter = value;
  return const_cast<Tensor &>(*this);
}

const Tensor &Tensor::grad() const { return mutable_grad(); }
Tensor &Tensor::mutable_grad() const {
  typeOf({"grad", {}}, *this);
  detail::Recorder::current()->touchGrad(*impl);
  return impl->grad;
}

Tensor Tensor::detach() const {
  typeOf({"detach", {}}, *this);
  detail::RecordLock lock;
  AutoGradMode guard(false);
  Tensor view = detail::makeView(*this, detail::ViewStep(detail::ViewStep::Kind::Reshape), impl->type);
  view.impl->isDetached = true;
  return view;
}

Tensor &Tensor::detach_() const {
  typeOf({"detach_", {}}, *this);
  impl->isLeaf = true;
  impl->storage->hasHistory &= impl->base != nullptr;
  return set_requires_grad(false);
}

void Tensor::set_data(const Tensor &source) const {
  Site site{"set_data", {}};
  typeOf(site, *this), typeOf(site, source);
  if (detail::isTracing() || impl->base)
    detail::fail(site.op, site.where, "only a whole tensor outside of trace can be given other data");
  detail::RecordLock lock;
  AutoGradMode guard(false);
  Tensor copy = source.clone();
  detail::Storage &from = *copy.impl->storage;
  from.names = std::move(impl->storage->names);
  from.isParameter = impl->storage->isParameter;
  impl->storage = copy.impl->storage;
  impl->type = copy.impl->type;
  impl->sizes = copy.impl->sizes;
}

//===--- names of states ----------------------------------------------------------------------------------------===//

namespace detail {

void nameState(const Tensor &tensor, std::shared_ptr<const ModuleNode> owner, std::string key,
               bool isParameter) {
  typeOf({"register", {}}, tensor);
  if (tensor.unwrap()->base)
    throw Error("register", pathOf(owner.get()), {},
                "a view of another tensor cannot be '" + key + "': clone() it", "");
  RecordLock lock;
  Storage &storage = *tensor.unwrap()->storage;
  storage.names.push_back({std::move(owner), std::move(key)});
  storage.isParameter |= isParameter;
}

void unnameState(const Tensor &tensor, const ModuleNode *owner, const std::string &key) {
  RecordLock lock;
  if (tensor.defined())
    std::erase_if(tensor.unwrap()->storage->names,
                  [&](const StateName &name) { return name.owner.get() == owner && name.key == key; });
}

} // namespace detail

//===--- writing ------------------------------------------------------------------------------------------------===//

Tensor &Tensor::operator=(const Tensor &source) && { return copy_(source); }
Tensor &Tensor::operator=(const Scalar &value) && { return fill_(value); }

Tensor &Tensor::copy_(const Arg &source) const {
  Site site{"copy_", source.where};
  detail::OpScope scope(site.op, site.where);
  typeOf(site, *this);
  detail::RecordLock lock;
  Shape sizes = this->sizes();
  Shape common = detail::broadcastSizes(site, {Arg(*this, site.where), source});
  if (common != sizes)
    detail::fail(site.op, site.where, "the source must fit into " + sizes.str(), source->sizes().str());
  mlir::Value value = detail::operandAs(site, source, dtype(), sizes);
  detail::assign(site, *this, detail::wrap(site, detail::copyOf(site, value)));
  return const_cast<Tensor &>(*this);
}

Tensor &Tensor::fill_(const Arg &value) const {
  if (value.isTensor() && value->dim() != 0)
    detail::fail("fill_", value.where, "the value must be a number or a tensor without dimensions",
                 detail::describe(*value));
  detail::OpScope scope("fill_", value.where);
  return copy_(value);
}
Tensor &Tensor::zero_(const Where &at) const {
  detail::OpScope scope("zero_", at);
  return copy_(Arg(Scalar::constant(0), at));
}

#define INGOT_IN_PLACE(name, parameters, where, call)                                                        \
  Tensor &Tensor::name##_ parameters const { return writeResult({#name "_", where}, *this, call); }
INGOT_IN_PLACE(add, (const Arg &b, const Scalar &alpha), b.where, add(b, alpha))
INGOT_IN_PLACE(sub, (const Arg &b, const Scalar &alpha), b.where, sub(b, alpha))
INGOT_IN_PLACE(round, (int64_t decimals, const Where &at), at, round(decimals, at))
INGOT_IN_PLACE(nan_to_num,
               (const std::optional<double> &nan, const std::optional<double> &posinf,
                const std::optional<double> &neginf, const Where &at),
               at, nan_to_num(nan, posinf, neginf, at))
INGOT_IN_PLACE(clamp, (const Arg &low, const Arg &high), low.where, clamp(low, high))
INGOT_IN_PLACE(lerp, (const Arg &end, const Arg &weight), end.where, lerp(end, weight))
INGOT_IN_PLACE(addcmul, (const Arg &a, const Arg &b, const Scalar &value), a.where, addcmul(a, b, value))
INGOT_IN_PLACE(addcdiv, (const Arg &a, const Arg &b, const Scalar &value), a.where, addcdiv(a, b, value))
INGOT_IN_PLACE(masked_fill, (const Arg &mask, const Arg &value), mask.where, masked_fill(mask, value))
#undef INGOT_IN_PLACE

//===--- members that are free functions ------------------------------------------------------------------------===//

// `where` is a place, given or that of another operand; the first operand of `call` is x.
#define INGOT_MEMBER(result, name, parameters, where, call)                                                  \
  result Tensor::name parameters const {                                                                     \
    Arg x(*this, where);                                                                                     \
    return ingot::name call;                                                                                 \
  }
#define INGOT_SHAPE const Shape &dims
#define INGOT_AT const Where &at
INGOT_MEMBER(Tensor, add, (const Arg &b, const Scalar &alpha), b.where, (x, b, alpha))
INGOT_MEMBER(Tensor, sub, (const Arg &b, const Scalar &alpha), b.where, (x, b, alpha))
INGOT_MEMBER(Tensor, div, (const Arg &b, const std::string &mode), b.where, (x, b, mode))
INGOT_MEMBER(Tensor, clamp, (const Arg &low, const Arg &high), low.where, (x, low, high))
INGOT_MEMBER(Tensor, clamp_min, (const Arg &low), low.where, (x, low))
INGOT_MEMBER(Tensor, clamp_max, (const Arg &high), high.where, (x, high))
INGOT_MEMBER(Tensor, logical_and, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, logical_or, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, logical_xor, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, bitwise_not, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, isnan, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, isinf, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, isfinite, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, lerp, (const Arg &end, const Arg &weight), end.where, (x, end, weight))
INGOT_MEMBER(Tensor, addcmul, (const Arg &a, const Arg &b, const Scalar &value), a.where, (x, a, b, value))
INGOT_MEMBER(Tensor, addcdiv, (const Arg &a, const Arg &b, const Scalar &value), a.where, (x, a, b, value))
INGOT_MEMBER(Tensor, where, (const Arg &condition, const Arg &other), condition.where, (condition, x, other))
INGOT_MEMBER(Tensor, masked_fill, (const Arg &mask, const Arg &value), mask.where, (x, mask, value))
INGOT_MEMBER(Tensor, matmul, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, mm, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, bmm, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, mv, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, dot, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, outer, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, addmm, (const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha), a.where,
             (x, a, b, beta, alpha))
INGOT_MEMBER(Tensor, baddbmm, (const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha), a.where,
             (x, a, b, beta, alpha))
INGOT_MEMBER(Tensor, addbmm, (const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha), a.where,
             (x, a, b, beta, alpha))
INGOT_MEMBER(Tensor, addmv, (const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha), a.where,
             (x, a, b, beta, alpha))
INGOT_MEMBER(Tensor, addr, (const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha), a.where,
             (x, a, b, beta, alpha))
INGOT_MEMBER(Tensor, inner, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, kron, (const Arg &b), b.where, (x, b))
INGOT_MEMBER(Tensor, cross, (const Arg &b, std::optional<int64_t> dim), b.where, (x, b, dim))
INGOT_MEMBER(Tensor, det, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, logdet, (INGOT_AT), at, (x))
using TwoTensors = std::tuple<Tensor, Tensor>;
INGOT_MEMBER(TwoTensors, slogdet, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, inverse, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, cholesky, (bool upper, INGOT_AT), at, (x, upper))
INGOT_MEMBER(Tensor, matrix_power, (int64_t n, INGOT_AT), at, (x, n))
INGOT_MEMBER(Tensor, positive, (), Where(), (x))
INGOT_MEMBER(Tensor, round, (int64_t decimals, INGOT_AT), at, (x, decimals))
INGOT_MEMBER(Tensor, logit, (const std::optional<double> &eps, INGOT_AT), at, (x, eps))
#define INGOT_REPLACEMENTS                                                                                   \
  const std::optional<double> &nan, const std::optional<double> &posinf, const std::optional<double> &neginf
INGOT_MEMBER(Tensor, nan_to_num, (INGOT_REPLACEMENTS, INGOT_AT), at, (x, nan, posinf, neginf))
INGOT_MEMBER(Tensor, isclose, (const Arg &b, double rtol, double atol, bool equal_nan), b.where,
             (x, b, rtol, atol, equal_nan))
INGOT_MEMBER(Tensor, sum, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, sum, (Dtype type, INGOT_AT), at, (x, type))
INGOT_MEMBER(Tensor, sum, (INGOT_SHAPE, bool keepdim, std::optional<Dtype> type, INGOT_AT), at,
             (x, dims, keepdim, type))
INGOT_MEMBER(Tensor, mean, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, mean, (Dtype type, INGOT_AT), at, (x, type))
INGOT_MEMBER(Tensor, mean, (INGOT_SHAPE, bool keepdim, std::optional<Dtype> type, INGOT_AT), at,
             (x, dims, keepdim, type))
INGOT_MEMBER(Tensor, prod, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, prod, (Dtype type, INGOT_AT), at, (x, type))
INGOT_MEMBER(Tensor, prod, (int64_t dim, bool keepdim, std::optional<Dtype> type, INGOT_AT), at,
             (x, dim, keepdim, type))
INGOT_MEMBER(Tensor, amax, (INGOT_SHAPE, bool keepdim, INGOT_AT), at, (x, dims, keepdim))
INGOT_MEMBER(Tensor, amin, (INGOT_SHAPE, bool keepdim, INGOT_AT), at, (x, dims, keepdim))
INGOT_MEMBER(Tensor, max, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, min, (INGOT_AT), at, (x))
INGOT_MEMBER(TwoTensors, max, (int64_t dim, bool keepdim, INGOT_AT), at, (x, dim, keepdim))
INGOT_MEMBER(TwoTensors, min, (int64_t dim, bool keepdim, INGOT_AT), at, (x, dim, keepdim))
INGOT_MEMBER(Tensor, max, (const Tensor &b, INGOT_AT), at, (x, b))
INGOT_MEMBER(Tensor, min, (const Tensor &b, INGOT_AT), at, (x, b))
INGOT_MEMBER(Tensor, argmax, (std::optional<int64_t> dim, bool keepdim, INGOT_AT), at, (x, dim, keepdim))
INGOT_MEMBER(Tensor, argmin, (std::optional<int64_t> dim, bool keepdim, INGOT_AT), at, (x, dim, keepdim))
INGOT_MEMBER(Tensor, all, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, all, (INGOT_SHAPE, bool keepdim, INGOT_AT), at, (x, dims, keepdim))
INGOT_MEMBER(Tensor, any, (INGOT_AT), at, (x))
INGOT_MEMBER(Tensor, any, (INGOT_SHAPE, bool keepdim, INGOT_AT), at, (x, dims, keepdim))
INGOT_MEMBER(Tensor, var, (INGOT_SHAPE, bool unbiased, bool keepdim, INGOT_AT), at,
             (x, dims, unbiased, keepdim))
INGOT_MEMBER(Tensor, std, (INGOT_SHAPE, bool unbiased, bool keepdim, INGOT_AT), at,
             (x, dims, unbiased, keepdim))
INGOT_MEMBER(Tensor, var, (INGOT_SHAPE, const std::optional<Scalar> &correction, bool keepdim, INGOT_AT), at,
             (x, dims, correction, keepdim))
INGOT_MEMBER(Tensor, std, (INGOT_SHAPE, const std::optional<Scalar> &correction, bool keepdim, INGOT_AT), at,
             (x, dims, correction, keepdim))
INGOT_MEMBER(Tensor, norm, (const Scalar &p, INGOT_AT), at, (x, p))
INGOT_MEMBER(Tensor, norm, (const Scalar &p, Dtype type, INGOT_AT), at, (x, p, type))
INGOT_MEMBER(Tensor, norm, (const Scalar &p, INGOT_SHAPE, bool keepdim, std::optional<Dtype> type, INGOT_AT),
             at, (x, p, dims, keepdim, type))
INGOT_MEMBER(Tensor, logsumexp, (INGOT_SHAPE, bool keepdim, INGOT_AT), at, (x, dims, keepdim))
INGOT_MEMBER(Tensor, softmax, (int64_t dim, std::optional<Dtype> type, INGOT_AT), at, (x, dim, type))
INGOT_MEMBER(Tensor, log_softmax, (int64_t dim, std::optional<Dtype> type, INGOT_AT), at, (x, dim, type))
INGOT_MEMBER(Tensor, flip, (INGOT_SHAPE, INGOT_AT), at, (x, dims))
INGOT_MEMBER(Tensor, triu, (int64_t diagonal, INGOT_AT), at, (x, diagonal))
INGOT_MEMBER(Tensor, tril, (int64_t diagonal, INGOT_AT), at, (x, diagonal))
INGOT_MEMBER(Tensor, clone, (INGOT_AT), at, (x))
#undef INGOT_REPLACEMENTS
#undef INGOT_AT
#undef INGOT_SHAPE
#undef INGOT_MEMBER

} // namespace ingot
