// Tensors: handles on values that are recorded and computed when they are read.
//
//   Tensor x = ingot::randn({2, 3});
//   Tensor y = (x * 2 + 1).relu().sum();     // recorded
//   std::cout << y.item<float>();            // compiles what is pending, runs it, reads
//
// Names and semantics are PyTorch's. A copy of a Tensor is the same tensor. In-place members end in _ and return *this;
// views (view, select, slice, transpose ...) share elements with their base. Errors are thrown as ingot::Error at the
// line that records the mistake. What one thread records another may read.
#pragma once
#include "ingot/core/Arg.h"
#include "ingot/core/Indexing.h"
#include "ingot/core/Options.h"
#include "ingot/core/Shape.h"
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace ingot {
namespace autograd {
class Node;
}
namespace detail {
struct TensorImpl;
/// Elements that are there, for accessors.
struct Elements {
  void *data;
  std::vector<int64_t> sizes;
};
} // namespace detail

/// Element access by index for N dimensions: `auto a = x.accessor<float, 2>(); a[1][2] = 3;`. Valid as long as the tensor.
template <class T, size_t N> class TensorAccessor {
public:
  TensorAccessor(T *data, const int64_t *sizes) : data_(data), sizes_(sizes, sizes + N) {}
  int64_t size(int64_t i) const { return sizes_[i]; }
  T *data() const { return data_; }
  decltype(auto) operator[](int64_t i) const {
    if constexpr (N == 1) {
      return (data_[i]);
    } else {
      int64_t stride = 1;
      for (size_t d = 1; d < N; ++d)
        stride *= sizes_[d];
      return TensorAccessor<T, N - 1>(data_ + i * stride, sizes_.data() + 1);
    }
  }

private:
  T *data_;
  std::vector<int64_t> sizes_;
};

class Tensor {
public:
  Tensor() = default;
  Tensor(const Tensor &) = default;
  Tensor(Tensor &&) noexcept = default;
  Tensor &operator=(const Tensor &) & = default;
  Tensor &operator=(Tensor &&) & noexcept = default;
  /// `x[i] = y`, `x.index({...}) = 0`: writes the elements.
  Tensor &operator=(const Tensor &source) &&;
  Tensor &operator=(const Scalar &value) &&;

  //===--- what it is -----------------------------------------------------------------------------------------===//

  /// Whether there is a tensor at all; a default-constructed one is not.
  bool defined() const { return static_cast<bool>(impl); }
  void reset() { impl.reset(); }
  bool is_same(const Tensor &other) const { return impl == other.impl; }
  int64_t dim() const;
  int64_t ndimension() const { return dim(); }
  /// The size of a dimension; negative ones count from the end.
  Size size(int64_t dim, const Where &at = Where::current()) const;
  /// Valid as long as the tensor.
  const Shape &sizes() const;
  Size numel() const;
  /// In elements; every tensor reads as contiguous.
  std::vector<int64_t> strides() const;
  int64_t stride(int64_t dim) const;
  bool is_contiguous(MemoryFormat = MemoryFormat::Contiguous) const { return true; }
  Dtype dtype() const;
  Dtype scalar_type() const { return dtype(); }
  int64_t element_size() const { return elementSize(dtype()); }
  int64_t itemsize() const { return element_size(); }
  bool is_floating_point() const { return isFloatingType(dtype()); }
  bool is_signed() const { return dtype() != kBool && dtype() != kUInt8; }
  bool is_complex() const { return false; }
  int64_t nbytes() const { return int64_t(numel()) * element_size(); }
  Device device() const { return {}; }
  /// -1: the CPU.
  int64_t get_device() const { return -1; }
  bool is_cpu() const { return true; }
  bool is_cuda() const { return false; }
  Layout layout() const { return kStrided; }
  bool is_sparse() const { return false; }
  bool is_same_size(const Tensor &other) const { return sizes() == other.sizes(); }
  TensorOptions options() const { return TensorOptions(dtype()); }
  bool requires_grad() const;
  Tensor &set_requires_grad(bool value, const Where &at = Where::current()) const;
  Tensor &requires_grad_(bool value = true, const Where &at = Where::current()) const {
    return set_requires_grad(value, at);
  }
  /// Made by the user, not the result of an operation that gradients pass through.
  bool is_leaf() const;
  /// The operation that this is a result of: null for a leaf, and for what no gradient passes through.
  std::shared_ptr<autograd::Node> grad_fn() const;
  /// Not defined unless a gradient was computed.
  const Tensor &grad() const;
  Tensor &mutable_grad() const;
  /// Adds the gradients of this tensor to the .grad() of the leaves that it was computed from, or of `inputs`, as values to
  /// be computed. It is <gradient, this>'s derivative; a tensor of one element needs no `gradient`. Frees the graph unless
  /// `retain_graph`; with `create_graph` the gradients can be differentiated, and it is retained.
  void backward(const Tensor &gradient = {}, std::optional<bool> retain_graph = std::nullopt,
                bool create_graph = false, std::optional<std::vector<Tensor>> inputs = std::nullopt,
                const Where &at = Where::current()) const;
  /// backward() gives the result of an operation a .grad(), too.
  void retain_grad(const Where &at = Where::current()) const;
  /// Whether it does.
  bool retains_grad() const;
  /// Calls `hook` with the gradient of this tensor, a Tensor, in each backward pass that comes to it, before it is added to
  /// .grad() or flows on. What it returns, a Tensor or nothing, replaces the gradient. The result is for remove_hook.
  template <class Hook> unsigned register_hook(Hook hook, const Where &at = Where::current()) const {
    return addHook(
        [hook = std::move(hook)](const Tensor &gradient) mutable {
          if constexpr (std::is_void_v<std::invoke_result_t<Hook &, Tensor>>)
            return hook(gradient), Tensor();
          else
            return Tensor(hook(gradient));
        },
        at);
  }
  void remove_hook(unsigned number) const;
  /// Makes this tensor, and all that share it, be `source`'s elements, sizes and type; it keeps its names.
  void set_data(const Tensor &source) const;
  Tensor data() const { return detach(); }
  Tensor variable_data() const { return detach(); }

  //===--- reading --------------------------------------------------------------------------------------------===//

  /// The only element; Error where there are more.
  Scalar item(const Where &at = Where::current()) const;
  template <class T> T item(const Where &at = Where::current()) const { return item(at).to<T>(); }
  /// The elements in row-major order, valid as long as the tensor. What is written there is seen by later uses.
  template <class T> T *data_ptr(const Where &at = Where::current()) const {
    return static_cast<T *>(pinned(detail::dtypeOf<T>(), at).data);
  }
  void *data_ptr(const Where &at = Where::current()) const { return pinned(dtype(), at).data; }
  /// To read only; valid until the tensor is written.
  template <class T> const T *const_data_ptr(const Where &at = Where::current()) const {
    return static_cast<const T *>(readable(detail::dtypeOf<T>(), at));
  }
  template <class T, size_t N> TensorAccessor<T, N> accessor(const Where &at = Where::current()) const {
    detail::Elements elements = pinned(detail::dtypeOf<T>(), at, N);
    return {static_cast<T *>(elements.data), elements.sizes.data()};
  }
  /// Whether sizes, types and all elements agree.
  bool equal(const Tensor &other, const Where &at = Where::current()) const;
  bool allclose(const Tensor &other, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false,
                const Where &at = Where::current()) const;
  bool is_nonzero(const Where &at = Where::current()) const { return item(at).toBool(); }
  /// libtorch's name of the type, "CPUFloatType"; the elements are printed by <<.
  std::string toString() const;
  /// Writes the type and the sizes to standard error, as libtorch does.
  void print() const;

  //===--- pointwise, from the op records ---------------------------------------------------------------------===//

#include "ingot_generated/PointwiseMethods.inc"
  /// `self + alpha * b`.
  Tensor add(const Arg &b, const Scalar &alpha) const;
  Tensor &add_(const Arg &b, const Scalar &alpha) const;
  Tensor sub(const Arg &b, const Scalar &alpha) const;
  Tensor &sub_(const Arg &b, const Scalar &alpha) const;
  /// rounding_mode: "trunc" or "floor".
  Tensor div(const Arg &b, const std::string &rounding_mode) const;
  Tensor &div_(const Arg &b, const std::string &rounding_mode) const;
  Tensor clamp(const Arg &low, const Arg &high) const;
  Tensor clamp(std::nullopt_t, const Arg &high) const { return clamp_max(high); }
  Tensor clamp(const Arg &low, std::nullopt_t = std::nullopt) const { return clamp_min(low); }
  Tensor clamp_min(const Arg &low) const;
  Tensor clamp_max(const Arg &high) const;
  Tensor &clamp_(const Arg &low, const Arg &high) const;
  Tensor &clamp_(std::nullopt_t, const Arg &high) const { return clamp_max_(high); }
  Tensor &clamp_(const Arg &low, std::nullopt_t = std::nullopt) const { return clamp_min_(low); }
  Tensor &clamp_min_(const Arg &low) const;
  Tensor &clamp_max_(const Arg &high) const;
  Tensor logical_and(const Arg &b) const;
  Tensor logical_or(const Arg &b) const;
  Tensor logical_xor(const Arg &b) const;
  Tensor &logical_and_(const Arg &b) const;
  Tensor &logical_or_(const Arg &b) const;
  Tensor &logical_xor_(const Arg &b) const;
  /// self * 2^b and self / 2^b rounded down, of integers.
  Tensor bitwise_left_shift(const Arg &b) const;
  Tensor bitwise_right_shift(const Arg &b) const;
  /// The greatest common divisor and the least common multiple of integers.
  Tensor gcd(const Arg &b) const;
  Tensor lcm(const Arg &b) const;
  Tensor bitwise_not(const Where &at = Where::current()) const;
  Tensor &bitwise_not_(const Where &at = Where::current()) const;
  Tensor isnan(const Where &at = Where::current()) const;
  Tensor isinf(const Where &at = Where::current()) const;
  Tensor isfinite(const Where &at = Where::current()) const;
  Tensor lerp(const Arg &end, const Arg &weight) const;
  Tensor addcmul(const Arg &a, const Arg &b, const Scalar &value = 1) const;
  Tensor addcdiv(const Arg &a, const Arg &b, const Scalar &value = 1) const;
  Tensor &lerp_(const Arg &end, const Arg &weight) const;
  Tensor &addcmul_(const Arg &a, const Arg &b, const Scalar &value = 1) const;
  Tensor &addcdiv_(const Arg &a, const Arg &b, const Scalar &value = 1) const;
  /// self where `condition` is true, `other` elsewhere.
  Tensor positive() const;
  Tensor float_power(const Arg &exponent) const;
  Tensor round(int64_t decimals, const Where &at = Where::current()) const;
  Tensor &round_(int64_t decimals, const Where &at = Where::current()) const;
  Tensor logit(const std::optional<double> &eps, const Where &at = Where::current()) const;
  Tensor nan_to_num(const std::optional<double> &nan = std::nullopt,
                    const std::optional<double> &posinf = std::nullopt,
                    const std::optional<double> &neginf = std::nullopt,
                    const Where &at = Where::current()) const;
  Tensor &nan_to_num_(const std::optional<double> &nan = std::nullopt,
                      const std::optional<double> &posinf = std::nullopt,
                      const std::optional<double> &neginf = std::nullopt,
                      const Where &at = Where::current()) const;
  Tensor isclose(const Arg &b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false) const;
  Tensor where(const Arg &condition, const Arg &other) const;
  Tensor masked_fill(const Arg &mask, const Arg &value) const;
  Tensor &masked_fill_(const Arg &mask, const Arg &value) const;

#include "ingot/core/TensorAliases.inc"

  Tensor &operator+=(const Arg &b) const { return add_(b); }
  Tensor &operator-=(const Arg &b) const { return sub_(b); }
  Tensor &operator*=(const Arg &b) const { return mul_(b); }
  Tensor &operator/=(const Arg &b) const { return div_(b); }

  //===--- writing --------------------------------------------------------------------------------------------===//

  /// Overwrites the elements with those of `source`, broadcast and converted.
  Tensor &copy_(const Arg &source) const;
  Tensor &fill_(const Arg &value) const;
  Tensor &zero_(const Where &at = Where::current()) const;
  Tensor &uniform_(double from = 0, double to = 1, const Where &at = Where::current()) const;
  Tensor &normal_(double mean = 0, double std = 1, const Where &at = Where::current()) const;
  Tensor &bernoulli_(double p = 0.5, const Where &at = Where::current()) const;
  /// With a probability for each element, broadcast.
  Tensor &bernoulli_(const Tensor &p, const Where &at = Where::current()) const;
  Tensor bernoulli(const Where &at = Where::current()) const;
  /// Uniform integers in [from, to); without bounds from 0 to what the type holds exactly.
  Tensor &random_(int64_t from, int64_t to, const Where &at = Where::current()) const;
  Tensor &random_(int64_t to, const Where &at = Where::current()) const { return random_(0, to, at); }
  Tensor &random_(const Where &at = Where::current()) const;
  Tensor &exponential_(double lambda = 1, const Where &at = Where::current()) const;
  Tensor &geometric_(double p, const Where &at = Where::current()) const;
  Tensor &log_normal_(double mean = 1, double std = 2, const Where &at = Where::current()) const;
  Tensor &cauchy_(double median = 0, double sigma = 1, const Where &at = Where::current()) const;
  /// So many positions of each row, drawn with probabilities in proportion to its elements.
  Tensor multinomial(int64_t num_samples, bool replacement = false, const Where &at = Where::current()) const;
  /// Other sizes in place, elements in row-major order; elements that there were none of are zero. Of a whole tensor outside
  /// of trace that no gradient passes through, as the four below.
  Tensor &resize_(const Shape &sizes, const Where &at = Where::current()) const;
  Tensor &resize_as_(const Tensor &other, const Where &at = Where::current()) const {
    return resize_(other.sizes(), at);
  }
  Tensor &squeeze_(const Where &at = Where::current()) const;
  Tensor &squeeze_(int64_t dim, const Where &at = Where::current()) const;
  Tensor &unsqueeze_(int64_t dim, const Where &at = Where::current()) const;
  Tensor &transpose_(int64_t a, int64_t b, const Where &at = Where::current()) const;
  Tensor &t_(const Where &at = Where::current()) const;
  Tensor &fill_diagonal_(const Arg &value, bool wrap = false) const;
  Tensor &triu_(int64_t diagonal = 0, const Where &at = Where::current()) const;
  Tensor &tril_(int64_t diagonal = 0, const Where &at = Where::current()) const;
  Tensor &cumsum_(int64_t dim, const Where &at = Where::current()) const;
  Tensor &cumprod_(int64_t dim, const Where &at = Where::current()) const;
  Tensor new_zeros(const Shape &sizes, const TensorOptions &options = {},
                   const Where &at = Where::current()) const;
  Tensor new_ones(const Shape &sizes, const TensorOptions &options = {},
                  const Where &at = Where::current()) const;
  Tensor new_empty(const Shape &sizes, const TensorOptions &options = {},
                   const Where &at = Where::current()) const {
    return new_zeros(sizes, options, at);
  }
  Tensor new_full(const Shape &sizes, const Scalar &value, const TensorOptions &options = {},
                  const Where &at = Where::current()) const;
  /// Writes the elements that `index` takes, or adds to them; of positions that occur twice the last one wins.
  Tensor &index_put_(std::initializer_list<indexing::TensorIndex> indices, const Arg &value,
                     bool accumulate = false) const {
    return index_put_(indexing::TensorIndexList(indices), value, accumulate);
  }
  Tensor &index_put_(const indexing::TensorIndexList &indices, const Arg &value,
                     bool accumulate = false) const;
  Tensor index_put(const indexing::TensorIndexList &indices, const Arg &value, bool accumulate = false) const;

  //===--- contractions ---------------------------------------------------------------------------------------===//

  Tensor matmul(const Arg &b) const;
  Tensor mm(const Arg &b) const;
  Tensor bmm(const Arg &b) const;
  Tensor mv(const Arg &b) const;
  Tensor dot(const Arg &b) const;
  Tensor outer(const Arg &b) const;
  Tensor addmm(const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1) const;
  Tensor baddbmm(const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1) const;
  Tensor addbmm(const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1) const;
  Tensor addmv(const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1) const;
  Tensor addr(const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1) const;
  Tensor &addmm_(const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1) const;
  Tensor &baddbmm_(const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1) const;
  Tensor inner(const Arg &b) const;
  Tensor kron(const Arg &b) const;
  Tensor cross(const Arg &b, std::optional<int64_t> dim = std::nullopt) const;
  Tensor det(const Where &at = Where::current()) const;
  Tensor logdet(const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> slogdet(const Where &at = Where::current()) const;
  Tensor inverse(const Where &at = Where::current()) const;
  Tensor cholesky(bool upper = false, const Where &at = Where::current()) const;
  Tensor matrix_power(int64_t n, const Where &at = Where::current()) const;

  //===--- reductions: over all dimensions, or over those that are given --------------------------------------===//

  Tensor sum(const Where &at = Where::current()) const;
  Tensor sum(Dtype type, const Where &at = Where::current()) const;
  Tensor sum(const Shape &dims, bool keepdim = false, std::optional<Dtype> type = std::nullopt,
             const Where &at = Where::current()) const;
  Tensor mean(const Where &at = Where::current()) const;
  Tensor mean(Dtype type, const Where &at = Where::current()) const;
  Tensor mean(const Shape &dims, bool keepdim = false, std::optional<Dtype> type = std::nullopt,
              const Where &at = Where::current()) const;
  Tensor prod(const Where &at = Where::current()) const;
  Tensor prod(Dtype type, const Where &at = Where::current()) const;
  Tensor prod(int64_t dim, bool keepdim = false, std::optional<Dtype> type = std::nullopt,
              const Where &at = Where::current()) const;
  Tensor amax(const Shape &dims = {}, bool keepdim = false, const Where &at = Where::current()) const;
  Tensor amin(const Shape &dims = {}, bool keepdim = false, const Where &at = Where::current()) const;
  Tensor max(const Where &at = Where::current()) const;
  Tensor min(const Where &at = Where::current()) const;
  /// Values and indices, the first of equal ones.
  std::tuple<Tensor, Tensor> max(int64_t dim, bool keepdim = false, const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> min(int64_t dim, bool keepdim = false, const Where &at = Where::current()) const;
  Tensor max(const Tensor &b, const Where &at = Where::current()) const;
  Tensor min(const Tensor &b, const Where &at = Where::current()) const;
  Tensor argmax(std::optional<int64_t> dim = std::nullopt, bool keepdim = false,
                const Where &at = Where::current()) const;
  Tensor argmin(std::optional<int64_t> dim = std::nullopt, bool keepdim = false,
                const Where &at = Where::current()) const;
  Tensor all(const Where &at = Where::current()) const;
  Tensor all(const Shape &dims, bool keepdim = false, const Where &at = Where::current()) const;
  Tensor any(const Where &at = Where::current()) const;
  Tensor any(const Shape &dims, bool keepdim = false, const Where &at = Where::current()) const;
  /// A number is a dimension, as in Python; only true and false are `unbiased`.
  template <std::same_as<bool> T = bool>
  Tensor var(T unbiased = true, const Where &at = Where::current()) const {
    return var(Shape(), unbiased, false, at);
  }
  Tensor var(const Shape &dims, bool unbiased = true, bool keepdim = false,
             const Where &at = Where::current()) const;
  template <std::same_as<bool> T = bool>
  Tensor std(T unbiased = true, const Where &at = Where::current()) const {
    return std(Shape(), unbiased, false, at);
  }
  Tensor std(const Shape &dims, bool unbiased = true, bool keepdim = false,
             const Where &at = Where::current()) const;
  /// The divisor is the number of elements minus the correction, 1 for none.
  Tensor var(const Shape &dims, const std::optional<Scalar> &correction, bool keepdim = false,
             const Where &at = Where::current()) const;
  Tensor std(const Shape &dims, const std::optional<Scalar> &correction, bool keepdim = false,
             const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> aminmax(std::optional<int64_t> dim = std::nullopt, bool keepdim = false,
                                     const Where &at = Where::current()) const;
  /// Of the elements that are not NaN.
  Tensor nansum(const Shape &dims = {}, bool keepdim = false, const Where &at = Where::current()) const;
  Tensor nanmean(const Shape &dims = {}, bool keepdim = false, const Where &at = Where::current()) const;
  /// Statistics: see functional/statistics.h.
  Tensor quantile(const Arg &q, std::optional<int64_t> dim = std::nullopt, bool keepdim = false,
                  const std::string &interpolation = "linear") const;
  Tensor nanquantile(const Arg &q, std::optional<int64_t> dim = std::nullopt, bool keepdim = false,
                     const std::string &interpolation = "linear") const;
  Tensor nanmedian(const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> nanmedian(int64_t dim, bool keepdim = false,
                                       const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> mode(int64_t dim = -1, bool keepdim = false,
                                  const Where &at = Where::current()) const;
  Tensor histc(int64_t bins = 100, const Scalar &min = 0, const Scalar &max = 0,
               const Where &at = Where::current()) const;
  Tensor bincount(const Tensor &weights = {}, int64_t minlength = 0,
                  const Where &at = Where::current()) const;
  Tensor cov(int64_t correction = 1, const Where &at = Where::current()) const;
  Tensor corrcoef(const Where &at = Where::current()) const;
  /// Sums over broadcast dimensions, to sizes that broadcast to those of this tensor.
  Tensor sum_to_size(const Shape &sizes, const Where &at = Where::current()) const;
  Tensor norm(const Scalar &p = 2, const Where &at = Where::current()) const;
  Tensor norm(const Scalar &p, Dtype type, const Where &at = Where::current()) const;
  Tensor norm(const Scalar &p, const Shape &dims, bool keepdim = false,
              std::optional<Dtype> type = std::nullopt, const Where &at = Where::current()) const;
  Tensor logsumexp(const Shape &dims, bool keepdim = false, const Where &at = Where::current()) const;
  Tensor softmax(int64_t dim, std::optional<Dtype> type = std::nullopt,
                 const Where &at = Where::current()) const;
  Tensor log_softmax(int64_t dim, std::optional<Dtype> type = std::nullopt,
                     const Where &at = Where::current()) const;

  //===--- by position, sorted, along a dimension: see functional/index_ops.h ------------------------------------===//

  Tensor gather(int64_t dim, const Arg &index) const;
  Tensor take_along_dim(const Arg &index, std::optional<int64_t> dim = std::nullopt) const;
  Tensor index_select(int64_t dim, const Arg &index) const;
  Tensor take(const Arg &index) const;
  Tensor masked_select(const Arg &mask) const;
  Tensor nonzero(const Where &at = Where::current()) const;
  Tensor count_nonzero(const Shape &dims = {}, const Where &at = Where::current()) const;
  Tensor scatter(int64_t dim, const Arg &index, const Arg &source) const;
  Tensor scatter(int64_t dim, const Arg &index, const Arg &source, const std::string &reduce) const;
  Tensor scatter_add(int64_t dim, const Arg &index, const Arg &source) const;
  Tensor scatter_reduce(int64_t dim, const Arg &index, const Arg &source, const std::string &reduce,
                        bool include_self = true) const;
  Tensor index_add(int64_t dim, const Arg &index, const Arg &source, const Scalar &alpha = 1) const;
  Tensor index_copy(int64_t dim, const Arg &index, const Arg &source) const;
  Tensor index_fill(int64_t dim, const Arg &index, const Arg &value) const;
  Tensor masked_scatter(const Arg &mask, const Arg &source) const;
  Tensor &scatter_(int64_t dim, const Arg &index, const Arg &source) const;
  Tensor &scatter_(int64_t dim, const Arg &index, const Arg &source, const std::string &reduce) const;
  Tensor &scatter_add_(int64_t dim, const Arg &index, const Arg &source) const;
  Tensor &scatter_reduce_(int64_t dim, const Arg &index, const Arg &source, const std::string &reduce,
                          bool include_self = true) const;
  Tensor &index_add_(int64_t dim, const Arg &index, const Arg &source, const Scalar &alpha = 1) const;
  Tensor &index_copy_(int64_t dim, const Arg &index, const Arg &source) const;
  Tensor &index_fill_(int64_t dim, const Arg &index, const Arg &value) const;
  Tensor &masked_scatter_(const Arg &mask, const Arg &source) const;
  std::tuple<Tensor, Tensor> sort(int64_t dim = -1, bool descending = false,
                                  const Where &at = Where::current()) const;
  Tensor argsort(int64_t dim = -1, bool descending = false, const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> topk(int64_t k, int64_t dim = -1, bool largest = true, bool sorted = true,
                                  const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> kthvalue(int64_t k, int64_t dim = -1, bool keepdim = false,
                                      const Where &at = Where::current()) const;
  Tensor median(const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> median(int64_t dim, bool keepdim = false,
                                    const Where &at = Where::current()) const;
  Tensor msort(const Where &at = Where::current()) const;
  Tensor cumsum(int64_t dim, std::optional<Dtype> type = std::nullopt,
                const Where &at = Where::current()) const;
  Tensor cumprod(int64_t dim, std::optional<Dtype> type = std::nullopt,
                 const Where &at = Where::current()) const;
  Tensor logcumsumexp(int64_t dim, const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> cummax(int64_t dim, const Where &at = Where::current()) const;
  std::tuple<Tensor, Tensor> cummin(int64_t dim, const Where &at = Where::current()) const;
  Tensor diff(int64_t n = 1, int64_t dim = -1, const Tensor &prepend = {}, const Tensor &append = {},
              const Where &at = Where::current()) const;

  //===--- sizes and order of elements; views unless said otherwise -------------------------------------------===//

  /// One size may be -1: what remains.
  Tensor view(const Shape &sizes, const Where &at = Where::current()) const;
  Tensor reshape(const Shape &sizes, const Where &at = Where::current()) const { return view(sizes, at); }
  Tensor view_as(const Tensor &other, const Where &at = Where::current()) const {
    return view(other.sizes(), at);
  }
  Tensor reshape_as(const Tensor &other, const Where &at = Where::current()) const {
    return view(other.sizes(), at);
  }
  Tensor flatten(int64_t start_dim = 0, int64_t end_dim = -1, const Where &at = Where::current()) const;
  Tensor unflatten(int64_t dim, const Shape &sizes, const Where &at = Where::current()) const;
  Tensor ravel(const Where &at = Where::current()) const { return view({-1}, at); }
  Tensor squeeze(const Where &at = Where::current()) const;
  Tensor squeeze(int64_t dim, const Where &at = Where::current()) const;
  /// Those of `dims` that have size 1.
  Tensor squeeze(const Shape &dims, const Where &at = Where::current()) const;
  Tensor unsqueeze(int64_t dim, const Where &at = Where::current()) const;
  Tensor transpose(int64_t a, int64_t b, const Where &at = Where::current()) const;
  Tensor permute(const Shape &dims, const Where &at = Where::current()) const;
  Tensor t(const Where &at = Where::current()) const;
  Tensor mT(const Where &at = Where::current()) const { return transpose(-2, -1, at); }
  Tensor movedim(int64_t source, int64_t destination, const Where &at = Where::current()) const;
  Tensor movedim(const Shape &source, const Shape &destination, const Where &at = Where::current()) const;
  Tensor diagonal(int64_t offset = 0, int64_t dim1 = 0, int64_t dim2 = 1,
                  const Where &at = Where::current()) const;
  /// -1 keeps a size.
  Tensor expand(const Shape &sizes, const Where &at = Where::current()) const;
  Tensor expand_as(const Tensor &other, const Where &at = Where::current()) const {
    return expand(other.sizes(), at);
  }
  Tensor broadcast_to(const Shape &sizes, const Where &at = Where::current()) const {
    return expand(sizes, at);
  }
  Tensor slice(int64_t dim = 0, std::optional<Size> start = std::nullopt,
               std::optional<Size> end = std::nullopt, int64_t step = 1,
               const Where &at = Where::current()) const;
  Tensor narrow(int64_t dim, const Size &start, const Size &length, const Where &at = Where::current()) const;
  /// From where an int64 tensor of one element says when it is computed. A place outside is an Error of the program then.
  Tensor narrow(int64_t dim, const Tensor &start, const Size &length,
                const Where &at = Where::current()) const;
  Tensor select(int64_t dim, const Size &index, const Where &at = Where::current()) const;
  /// A copy where one of the indices is a tensor; a mask is read then, which is an Error in trace.
  Tensor index(std::initializer_list<indexing::TensorIndex> indices,
               const Where &at = Where::current()) const {
    return index(indexing::TensorIndexList(indices), at);
  }
  Tensor index(const indexing::TensorIndexList &indices, const Where &at = Where::current()) const;
  /// What stands in brackets, which has no room for a place: a number or an int64 tensor, and where it is converted.
  struct Position {
    template <std::integral T> Position(T i, const Where &at = Where::current()) : number(i), at(at) {}
    Position(const Size &i, const Where &at = Where::current()) : number(i), at(at) {}
    Position(const Tensor &i, const Where &at = Where::current()) : tensor(&i), at(at) {}
    Size number = 0;
    const Tensor *tensor = nullptr;
    Where at;
  };
  Tensor operator[](const Position &i) const {
    return i.tensor ? index({*i.tensor}, i.at) : select(0, i.number, i.at);
  }
  std::vector<Tensor> chunk(int64_t chunks, int64_t dim = 0, const Where &at = Where::current()) const;
  std::vector<Tensor> split(int64_t size, int64_t dim = 0, const Where &at = Where::current()) const;
  /// The same for a size such as x.size(2), which must be known when it is recorded.
  std::vector<Tensor> split(const Size &size, int64_t dim = 0, const Where &at = Where::current()) const {
    return split(int64_t(size), dim, at);
  }
  std::vector<Tensor> split(const Shape &sizes, int64_t dim = 0, const Where &at = Where::current()) const;
  std::vector<Tensor> split_with_sizes(const Shape &sizes, int64_t dim = 0,
                                       const Where &at = Where::current()) const {
    return split(sizes, dim, at);
  }
  std::vector<Tensor> unbind(int64_t dim = 0, const Where &at = Where::current()) const;
  /// In so many parts, the first ones longer by one; or before the given places.
  std::vector<Tensor> tensor_split(int64_t sections, int64_t dim = 0,
                                   const Where &at = Where::current()) const;
  std::vector<Tensor> tensor_split(const Shape &places, int64_t dim = 0,
                                   const Where &at = Where::current()) const;
  /// A copy.
  Tensor repeat(const Shape &times, const Where &at = Where::current()) const;
  // Copies: see functional/index_ops.h.
  Tensor repeat_interleave(int64_t times, std::optional<int64_t> dim = std::nullopt,
                           const Where &at = Where::current()) const;
  Tensor repeat_interleave(const Tensor &times, std::optional<int64_t> dim = std::nullopt,
                           const Where &at = Where::current()) const;
  Tensor tile(const Shape &times, const Where &at = Where::current()) const;
  Tensor fliplr(const Where &at = Where::current()) const;
  Tensor flipud(const Where &at = Where::current()) const;
  Tensor rot90(int64_t k = 1, const Shape &dims = {0, 1}, const Where &at = Where::current()) const;
  Tensor diag(int64_t diagonal = 0, const Where &at = Where::current()) const;
  Tensor diag_embed(int64_t offset = 0, int64_t dim1 = -2, int64_t dim2 = -1,
                    const Where &at = Where::current()) const;
  Tensor diagflat(int64_t offset = 0, const Where &at = Where::current()) const;
  Tensor trace(const Where &at = Where::current()) const;
  /// A copy: the windows of a dimension, each in a new last one.
  Tensor unfold(int64_t dim, int64_t size, int64_t step, const Where &at = Where::current()) const;
  /// A copy.
  Tensor flip(const Shape &dims, const Where &at = Where::current()) const;
  /// A copy.
  Tensor roll(const Shape &shifts, const Shape &dims = {}, const Where &at = Where::current()) const;
  /// A copy.
  Tensor triu(int64_t diagonal = 0, const Where &at = Where::current()) const;
  /// A copy.
  Tensor tril(int64_t diagonal = 0, const Where &at = Where::current()) const;
  Tensor clone(const Where &at = Where::current()) const;
  Tensor contiguous(MemoryFormat = MemoryFormat::Contiguous) const { return *this; }
  Tensor detach() const;
  Tensor &detach_() const;
  Tensor cpu() const { return *this; }
  Tensor alias() const { return *this; }
  /// A copy of another element type, itself where it has that type.
  Tensor to(Dtype type, const Where &at = Where::current()) const;
  Tensor to(const TensorOptions &options, const Where &at = Where::current()) const {
    return to(options.dtypeOr(dtype()), at);
  }
  Tensor to(Device) const { return *this; }
  Tensor to(DeviceType type) const { return to(Device(type)); }
  Tensor to(Device, Dtype type, const Where &at = Where::current()) const { return to(type, at); }
  Tensor to(const Tensor &other, const Where &at = Where::current()) const { return to(other.dtype(), at); }
  // With libtorch's (non_blocking, copy).
  Tensor to(Dtype type, bool, bool copy = false, const Where &at = Where::current()) const {
    return copy && type == dtype() ? clone(at) : to(type, at);
  }
  Tensor to(const TensorOptions &options, bool, bool copy = false, const Where &at = Where::current()) const {
    return to(options.dtypeOr(dtype()), false, copy, at);
  }
  Tensor to(const Tensor &other, bool, bool copy = false, const Where &at = Where::current()) const {
    return to(other.dtype(), false, copy, at);
  }
  Tensor to(Device, bool, bool copy = false, const Where &at = Where::current()) const {
    return copy ? clone(at) : *this;
  }
  Tensor to(Device, Dtype type, bool, bool copy = false, const Where &at = Where::current()) const {
    return to(type, false, copy, at);
  }
  Tensor toType(Dtype type, const Where &at = Where::current()) const { return to(type, at); }
  Tensor type_as(const Tensor &other, const Where &at = Where::current()) const {
    return to(other.dtype(), at);
  }

  // For the library.
  using Impl = std::shared_ptr<detail::TensorImpl>;
  explicit Tensor(Impl impl) : impl(std::move(impl)) {}
  const Impl &unwrap() const { return impl; }

private:
  detail::Elements pinned(Dtype type, const Where &at, int64_t rank = -1) const;
  const void *readable(Dtype type, const Where &at) const;
  unsigned addHook(std::function<Tensor(const Tensor &)> hook, const Where &at) const;

  Impl impl;
};
using TensorList = std::vector<Tensor>;

/// PyTorch's text of a tensor.
std::ostream &operator<<(std::ostream &out, const Tensor &tensor);

Tensor operator+(const Arg &a, const Arg &b);
Tensor operator-(const Arg &a, const Arg &b);
Tensor operator*(const Arg &a, const Arg &b);
Tensor operator/(const Arg &a, const Arg &b);
Tensor operator%(const Arg &a, const Arg &b);
Tensor operator==(const Arg &a, const Arg &b);
Tensor operator!=(const Arg &a, const Arg &b);
Tensor operator<(const Arg &a, const Arg &b);
Tensor operator<=(const Arg &a, const Arg &b);
Tensor operator>(const Arg &a, const Arg &b);
Tensor operator>=(const Arg &a, const Arg &b);
Tensor operator&(const Arg &a, const Arg &b);
Tensor operator|(const Arg &a, const Arg &b);
Tensor operator<<(const Arg &a, const Arg &b);
Tensor operator>>(const Arg &a, const Arg &b);
Tensor operator^(const Arg &a, const Arg &b);
Tensor operator-(const Arg &a);
Tensor operator~(const Arg &a);
Tensor operator!(const Arg &a);

} // namespace ingot
