#include "frontend/functional/Linear.h"
#include "frontend/functional/ops.h"

namespace ingot::nn::functional {
namespace {

/// The last size of an input and that of a weight must agree.
void requireFeatures(const char *op, const char *input, const Arg &x, const Tensor &weight, int64_t dim) {
  if (x->dim() == 0)
    ingot::detail::fail(op, x.where, std::string(input) + " must have at least one dimension", "none");
  if (x->size(-1) != weight.size(dim))
    ingot::detail::fail(
        op, x.where, "the last size of " + std::string(input) + " must be " + weight.size(dim).str(),
        x->size(-1).str() + " (" + input + " " + x->sizes().str() + ", weight " + weight.sizes().str() + ")");
}

} // namespace

Tensor linear(const Arg &input, const Arg &weight, const Arg &bias) {
  ingot::detail::OpScope scope("linear", input.where);
  if (weight->dim() != 2 && weight->dim() != 1)
    ingot::detail::fail("linear", input.where, "weight must have 2 dimensions, or 1 for one output",
                        weight->sizes().str());
  requireFeatures("linear", "input", input, *weight, -1);
  Tensor product = ingot::matmul(input, weight->dim() == 2 ? weight->t() : *weight);
  return bias->defined() ? product + bias : product;
}

Tensor bilinear(const Arg &input1, const Arg &input2, const Arg &weight, const Arg &bias) {
  ingot::detail::OpScope scope("bilinear", input1.where);
  if (weight->dim() != 3)
    ingot::detail::fail("bilinear", input1.where, "weight must have 3 dimensions", weight->sizes().str());
  requireFeatures("bilinear", "input1", input1, *weight, 1);
  requireFeatures("bilinear", "input2", input2, *weight, 2);
  Shape sizes = input1->sizes();
  sizes[sizes.size() - 1] = input2->size(-1);
  if (sizes != input2->sizes())
    ingot::detail::fail("bilinear", input1.where,
                        "input1 and input2 must have equal sizes, but for the last one",
                        input1->sizes().str() + " and " + input2->sizes().str());
  // x1 [n, i] times weight as [i, o * j] gives [n, o, j], and that times x2 [n, j, 1] the result [n, o].
  Size outputs = weight->size(0), in1 = weight->size(1), in2 = weight->size(2);
  Tensor x1 = input1->reshape({-1, in1}), x2 = input2->reshape({-1, in2, 1});
  Tensor map = weight->permute({1, 0, 2}).reshape({in1, outputs * in2});
  Tensor product = ingot::matmul(ingot::matmul(x1, map).reshape({-1, outputs, in2}), x2);
  sizes[sizes.size() - 1] = outputs;
  product = product.reshape(sizes);
  return bias->defined() ? product + bias : product;
}

} // namespace ingot::nn::functional
