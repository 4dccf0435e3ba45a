#include "frontend/functional/Attention.h"
#include "frontend/core/Context.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/Dropout.h"
#include "frontend/functional/Linear.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "mlir/IR/Builders.h"
#include <cmath>
#include <limits>

namespace F = ingot::nn::functional;

namespace ingot {
namespace {

using detail::describe;
using detail::fail;
using detail::Site;

constexpr double infinity = std::numeric_limits<double>::infinity();

//===--- scaled_dot_product_attention -----------------------------------------------------------------------===//

/// Operands of ingot.attention: of equal leading sizes; the masks of their rank, true where a key is seen.
struct Attention {
  Tensor query, key, value;
  std::vector<Tensor> masks;
  double scale = 1;
  bool causal = false;
};

Tensor record(const Site &site, const Attention &a) {
  detail::RecordLock lock;
  std::vector<mlir::Value> operands;
  for (const Tensor *tensor : {&a.query, &a.key, &a.value})
    operands.push_back(detail::valueOf(site, *tensor));
  for (const Tensor &mask : a.masks)
    operands.push_back(detail::valueOf(site, mask));
  mlir::Builder b(&detail::context());
  std::vector<mlir::NamedAttribute> attributes = {b.getNamedAttr("scale", b.getF64FloatAttr(a.scale))};
  if (a.causal)
    attributes.push_back(detail::unitAttr("causal"));
  return detail::recordOp(site, "ingot.attention", operands, attributes);
}

/// scale * query key^T + masks.
Tensor scoresOf(const Attention &a) {
  Tensor scores = ingot::matmul(a.query, a.key.transpose(-2, -1)) * Scalar::constant(a.scale);
  Scalar hidden = Scalar::constant(-infinity);
  if (a.causal) {
    Tensor query = arange(Scalar(scores.size(-2))).unsqueeze(1), key = arange(Scalar(scores.size(-1)));
    scores = ingot::where(query >= key, scores, hidden);
  }
  for (const Tensor &mask : a.masks)
    scores = mask.dtype() == kBool ? ingot::where(mask, scores, hidden) : scores + mask;
  return scores;
}

/// The same from its parts, some of the weights dropped.
Tensor withDropout(const Attention &a, double p) {
  Tensor scores = scoresOf(a);
  Tensor seesNone = scores.amax({-1}, true) == Scalar::constant(-infinity);
  Tensor weights = ingot::softmax(scores.masked_fill(seesNone, Scalar::constant(0)), -1);
  weights = weights.masked_fill(seesNone, Scalar::constant(0));
  return ingot::matmul(F::dropout(weights, F::DropoutFuncOptions().p(p)), a.value);
}

Tensor attend(const Site &site, const Attention &a, double dropout) {
  return dropout > 0 ? withDropout(a, dropout) : record(site, a);
}

[[noreturn]] void refuse(const Site &site, const std::string &required, const Attention &a) {
  fail(site.op, site.where, required,
       "query " + describe(a.query) + ", key " + describe(a.key) + ", value " + describe(a.value));
}

void checkOperands(const Site &site, const Attention &a) {
  bool fits = true;
  for (const Tensor *x : {&a.query, &a.key, &a.value}) {
    detail::typeOf(site, *x);
    fits = fits && x->dim() >= 2 && x->is_floating_point() && x->dtype() == a.query.dtype();
  }
  if (!fits)
    refuse(site, "query, key and value must have at least 2 dimensions, and one floating-point element type",
           a);
  if (Shape(a.query.size(-1)) != Shape(a.key.size(-1)))
    refuse(site, "query [..., S, E] and key [..., L, E] must have the same last size", a);
  if (Shape(a.key.size(-2)) != Shape(a.value.size(-2)))
    refuse(site, "key [..., L, E] and value [..., L, V] must have the same length", a);
}

/// Repeats the heads of key and value to those of query.
void shareHeads(const Site &site, Attention &a) {
  if (std::min({a.query.dim(), a.key.dim(), a.value.dim()}) < 3)
    refuse(site, "operands with shared heads must have at least 3 dimensions", a);
  auto repeat = [&](Tensor &x) {
    Size heads = a.query.size(-3), given = x.size(-3);
    if (!heads.isNumber() || !given.isNumber() || int64_t(given) == 0 || int64_t(heads) % int64_t(given) != 0)
      refuse(site, "the heads of query must be a multiple of those of key and value", a);
    if (int64_t(heads) != int64_t(given))
      x = x.repeat_interleave(int64_t(heads) / int64_t(given), -3);
  };
  repeat(a.key), repeat(a.value);
}

/// Repeats the operands to equal leading sizes.
void broadcastBatches(const Site &site, Attention &a) {
  auto batchOf = [](const Tensor &x) { return std::vector<Size>(x.sizes().begin(), x.sizes().end() - 2); };
  std::vector<Size> batch = detail::broadcastSizes(site, batchOf(a.query), batchOf(a.key));
  batch = detail::broadcastSizes(site, batch, batchOf(a.value));
  for (Tensor *x : {&a.query, &a.key, &a.value}) {
    std::vector<Size> sizes = batch;
    sizes.insert(sizes.end(), x->sizes().end() - 2, x->sizes().end());
    if (Shape(sizes) != x->sizes())
      *x = x->expand(sizes);
  }
}

/// A mask with as many dimensions as the scores, each of their size or 1.
Tensor fitMask(const Site &site, const Tensor &mask, const Attention &a) {
  if (mask.dtype() != kBool && mask.dtype() != a.query.dtype())
    fail(site.op, site.where,
         std::string("attn_mask must be of bool, or of the element type of query, ") +
             toString(a.query.dtype()),
         describe(mask));
  std::vector<Size> scores(a.query.sizes().begin(), a.query.sizes().end());
  scores.back() = a.key.size(-2);
  std::vector<Size> sizes(mask.sizes().begin(), mask.sizes().end());
  bool fits = sizes.size() <= scores.size();
  if (fits)
    sizes.insert(sizes.begin(), scores.size() - sizes.size(), Size(1));
  for (size_t d = 0; fits && d < sizes.size(); ++d)
    fits = Shape(sizes[d]) == Shape(1) || Shape(sizes[d]) == Shape(scores[d]);
  if (!fits)
    fail(site.op, site.where,
         "attn_mask must have the sizes of the scores, " + Shape(scores).str() +
             ", or sizes that are repeated to them",
         describe(mask));
  return mask.view(sizes);
}

} // namespace

Tensor scaled_dot_product_attention(const Arg &query, const Arg &key, const Arg &value,
                                    const std::optional<Tensor> &attn_mask, double dropout_p, bool is_causal,
                                    std::optional<double> scale, bool enable_gqa) {
  Site site{"scaled_dot_product_attention", query.where};
  detail::OpScope scope(site.op, site.where);
  Attention a{*query, *key, *value, {}, 1, is_causal};
  checkOperands(site, a);
  if (!(dropout_p >= 0 && dropout_p <= 1))
    fail(site.op, site.where, "dropout_p must be a probability, within [0, 1]", std::to_string(dropout_p));
  if (enable_gqa)
    shareHeads(site, a);
  broadcastBatches(site, a);
  if (attn_mask && attn_mask->defined()) {
    if (is_causal)
      fail(site.op, site.where, "there must be no attn_mask where is_causal is set", describe(*attn_mask));
    a.masks.push_back(fitMask(site, *attn_mask, a));
  }
  Size features = a.query.size(-1);
  if (!scale && !features.isNumber())
    refuse(site, "the scale must be given where the size of queries is known at run time only", a);
  a.scale = scale ? *scale : 1 / std::sqrt(std::max(1.0, double(int64_t(features))));
  return attend(site, a, dropout_p);
}

//===--- multi_head_attention_forward -----------------------------------------------------------------------===//

namespace nn::functional {
namespace {

using Options = MultiheadAttentionForwardFuncOptions;

/// One call: batch and length dimensions as the options say, a batch of one where there was none.
class MultiHead {
public:
  MultiHead(const Site &site, const Arg &query, const Arg &key, const Arg &value, const Options &options)
      : site(site), options(options), query(*query), key(*key), value(*value) {
    checkInputs();
    batched = this->query.dim() == 3;
    sameKeysAndValues = key->is_same(*value);
    selfAttention = sameKeysAndValues && query->is_same(*key);
    if (!batched)
      for (Tensor *x : {&this->query, &this->key, &this->value})
        *x = x->unsqueeze(batchDim());
  }

  std::tuple<Tensor, Tensor> operator()() {
    project();
    addBias();
    a.query = splitHeads(a.query), a.key = keysOf(a.key, options.static_k()),
    a.value = keysOf(a.value, options.static_v());
    addMasks();
    addZeros();
    a.scale = 1 / std::sqrt(double(options.embed_dim_to_check() / options.num_heads()));
    Tensor weights, heads = options.need_weights()
                                ? withWeights(weights)
                                : attend(site, a, options.training() ? options.dropout_p() : 0);
    Tensor result = F::linear(mergeHeads(heads), options.out_proj_weight(), options.out_proj_bias());
    if (batched)
      return {result, weights};
    return {result.squeeze(batchDim()), weights.defined() ? weights.squeeze(0) : weights};
  }

private:
  int64_t batchDim() const { return options.batch_first() ? 0 : 1; }
  int64_t lengthDim() const { return 1 - batchDim(); }

  void checkInputs() const {
    int64_t embed = options.embed_dim_to_check(), heads = options.num_heads();
    if (heads < 1 || embed % heads != 0)
      fail(site.op, site.where, "num_heads must divide embed_dim",
           std::to_string(heads) + " and " + std::to_string(embed));
    int64_t rank = query.dim();
    for (const Tensor *x : {&query, &key, &value})
      if (x->dim() != rank || (rank != 2 && rank != 3))
        refuseInputs("query, key and value must have 3 dimensions, or 2 without a batch");
    if (Shape(query.size(-1)) != Shape(embed))
      refuseInputs("the last size of query must be embed_dim, " + std::to_string(embed));
    Size length = key.size(rank == 2 ? 0 : lengthDim());
    if (Shape(length) != Shape(value.size(rank == 2 ? 0 : lengthDim())))
      refuseInputs("key and value must have the same length");
    if (rank == 3 && (Shape(query.size(batchDim())) != Shape(key.size(batchDim())) ||
                      Shape(query.size(batchDim())) != Shape(value.size(batchDim()))))
      refuseInputs("query, key and value must have the same batch size");
  }
  [[noreturn]] void refuseInputs(const std::string &required) const {
    fail(site.op, site.where, required,
         "query " + describe(query) + ", key " + describe(key) + ", value " + describe(value));
  }

  /// Rows of embed_dim of the stacked projection, from block `first`.
  Tensor linearOf(const Tensor &x, int64_t first, int64_t blocks) const {
    int64_t embed = options.embed_dim_to_check();
    const Tensor &weight = options.in_proj_weight(), &bias = options.in_proj_bias();
    auto rows = [&](const Tensor &stacked) { return stacked.narrow(0, first * embed, blocks * embed); };
    bool whole = blocks == 3;
    return F::linear(x, whole ? weight : rows(weight), bias.defined() && !whole ? rows(bias) : bias);
  }

  void project() {
    if (options.use_separate_proj_weight()) {
      separately();
    } else if (selfAttention) {
      std::vector<Tensor> parts = linearOf(query, 0, 3).chunk(3, -1);
      a.query = parts[0], a.key = parts[1], a.value = parts[2];
    } else if (sameKeysAndValues) {
      std::vector<Tensor> parts = linearOf(key, 1, 2).chunk(2, -1);
      a.query = linearOf(query, 0, 1), a.key = parts[0], a.value = parts[1];
    } else {
      a.query = linearOf(query, 0, 1), a.key = linearOf(key, 1, 1), a.value = linearOf(value, 2, 1);
    }
  }

  void separately() {
    int64_t embed = options.embed_dim_to_check();
    auto linear = [&](const Tensor &x, const Tensor &weight, int64_t block) {
      const Tensor &bias = options.in_proj_bias();
      return F::linear(x, weight, bias.defined() ? bias.narrow(0, block * embed, embed) : bias);
    };
    a.query = linear(query, options.q_proj_weight(), 0);
    a.key = linear(key, options.k_proj_weight(), 1);
    a.value = linear(value, options.v_proj_weight(), 2);
  }

  /// The learned key and value behind those that are given.
  void addBias() {
    if (!options.bias_k().defined() && !options.bias_v().defined())
      return;
    if (!options.bias_k().defined() || !options.bias_v().defined() || options.static_k().defined() ||
        options.static_v().defined())
      fail(site.op, site.where, "bias_k and bias_v must be given both, and without static keys and values");
    auto append = [&](Tensor &x, const Tensor &bias) {
      std::vector<Size> sizes(x.sizes().begin(), x.sizes().end());
      sizes[size_t(lengthDim())] = 1;
      x = ingot::cat({x, bias.expand(sizes)}, lengthDim());
    };
    append(a.key, options.bias_k()), append(a.value, options.bias_v());
    ++added;
  }

  /// [N, heads, length, features of a head].
  Tensor splitHeads(const Tensor &x) const {
    int64_t heads = options.num_heads(), features = options.embed_dim_to_check() / heads;
    Tensor split = x.view({x.size(0), x.size(1), heads, features});
    return options.batch_first() ? split.permute({0, 2, 1, 3}) : split.permute({1, 2, 0, 3});
  }
  Tensor mergeHeads(const Tensor &x) const {
    Tensor ordered = options.batch_first() ? x.permute({0, 2, 1, 3}) : x.permute({2, 0, 1, 3});
    return ordered.reshape({ordered.size(0), ordered.size(1), Size(options.embed_dim_to_check())});
  }
  Tensor keysOf(const Tensor &projected, const Tensor &fixed) const {
    if (!fixed.defined())
      return splitHeads(projected);
    int64_t heads = options.num_heads(), features = options.embed_dim_to_check() / heads;
    Size batch = query.size(batchDim());
    if (fixed.dim() != 3 || Shape({fixed.size(0), fixed.size(2)}) != Shape({batch * heads, Size(features)}))
      fail(site.op, site.where,
           "static_k and static_v must be [batch * num_heads, length, " + std::to_string(features) + "]",
           describe(fixed));
    return fixed.view({batch, heads, fixed.size(1), features});
  }

  void addMasks() {
    Size batch = query.size(batchDim()), queries = query.size(lengthDim()),
         keys = a.key.size(-2) - Size(added);
    int64_t heads = options.num_heads();
    if (const Tensor &mask = options.attn_mask(); mask.defined()) {
      if (mask.dim() == 3)
        addMask("attn_mask", mask, {batch * heads, queries, keys}, {batch, heads, queries, keys});
      else
        addMask("attn_mask", mask, {queries, keys}, {1, 1, queries, keys});
    }
    if (const Tensor &mask = options.key_padding_mask(); mask.defined()) {
      if (batched)
        addMask("key_padding_mask", mask, {batch, keys}, {batch, 1, 1, keys});
      else
        addMask("key_padding_mask", mask, {keys}, {1, 1, 1, keys});
    }
  }

  /// A mask of PyTorch's layers: true where a key is hidden.
  void addMask(const char *name, const Tensor &mask, const Shape &required, const Shape &sizes) {
    if (mask.dtype() != kBool && !mask.is_floating_point())
      fail(site.op, site.where, std::string(name) + " must be of bool or of a floating-point type",
           describe(mask));
    if (mask.sizes() != required)
      fail(site.op, site.where, std::string(name) + " must be " + required.str(), describe(mask));
    Tensor wide = (mask.dtype() == kBool ? mask.logical_not() : mask.to(a.query.dtype())).view(sizes);
    if (added)
      wide = append(wide, -1, mask.dtype() == kBool ? 1 : 0);
    a.masks.push_back(wide);
  }

  void addZeros() {
    if (!options.add_zero_attn())
      return;
    a.key = append(a.key, -2, 0), a.value = append(a.value, -2, 0);
    for (Tensor &mask : a.masks)
      mask = append(mask, -1, mask.dtype() == kBool ? 1 : 0);
  }

  /// A tensor with one more index along a dimension, all elements of which are `value`.
  static Tensor append(const Tensor &x, int64_t dim, double value) {
    std::vector<Size> sizes(x.sizes().begin(), x.sizes().end());
    sizes[sizes.size() + size_t(dim)] = 1;
    return ingot::cat({x, full(sizes, Scalar::constant(value), x.options())}, dim);
  }

  /// Heads and the weights that they come from.
  Tensor withWeights(Tensor &weights) const {
    weights = ingot::softmax(scoresOf(a), -1);
    weights = F::dropout(weights, DropoutFuncOptions().p(options.dropout_p()).training(options.training()));
    Tensor heads = ingot::matmul(weights, a.value);
    if (options.average_attn_weights())
      weights = weights.mean({1});
    return heads;
  }

  const Site &site;
  const Options &options;
  Tensor query, key, value;
  bool batched = true, selfAttention = false, sameKeysAndValues = false;
  int64_t added = 0; // learned keys
  Attention a;
};

} // namespace

std::tuple<Tensor, Tensor> multi_head_attention_forward(const Arg &query, const Arg &key, const Arg &value,
                                                        const Options &options) {
  Site site{"multi_head_attention_forward", query.where};
  ingot::detail::OpScope scope(site.op, site.where);
  for (const Arg *x : {&query, &key, &value})
    ingot::detail::typeOf(site, **x);
  return MultiHead(site, query, key, value, options)();
}

} // namespace nn::functional
} // namespace ingot
