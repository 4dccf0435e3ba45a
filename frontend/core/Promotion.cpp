#include "frontend/core/Promotion.h"
#include "frontend/core/Element.h"
#include "ir/dialect/Sizes.h"
#include <algorithm>

using namespace mlir;

namespace ingot::detail {

Dtype promote(Dtype a, Dtype b) {
  if (a == b)
    return a;
  bool halves = (a == kFloat16 && b == kBFloat16) || (a == kBFloat16 && b == kFloat16);
  bool bytes = (a == kUInt8 && b == kInt8) || (a == kInt8 && b == kUInt8);
  return halves ? kFloat32 : bytes ? kInt16 : std::max(a, b);
}

static int kindOf(Dtype type) { return isFloatingType(type) ? 2 : type == kBool ? 0 : 1; }

static Dtype typeOfNumber(const Scalar &number) {
  return number.isFloatingPoint() ? get_default_dtype() : number.isBoolean() ? kBool : kInt64;
}

Dtype promote(llvm::ArrayRef<Arg> operands) {
  std::optional<Dtype> ranks[3]; // tensors with dimensions, 0-dim tensors, numbers
  for (const Arg &operand : operands) {
    Dtype type = operand.isTensor() ? operand->dtype() : typeOfNumber(operand.number);
    std::optional<Dtype> &rank = ranks[!operand.isTensor() ? 2 : operand->dim() == 0 ? 1 : 0];
    rank = rank ? promote(*rank, type) : type;
  }
  std::optional<Dtype> result;
  for (const std::optional<Dtype> &rank : ranks)
    if (rank && (!result || kindOf(*rank) > kindOf(*result)))
      result = rank;
  return result.value_or(get_default_dtype());
}

std::vector<Size> broadcastSizes(const Site &site, const std::vector<Size> &a, const std::vector<Size> &b) {
  if (a.size() < b.size())
    return broadcastSizes(site, b, a);
  std::vector<Size> result = a;
  size_t added = a.size() - b.size();
  for (size_t i = 0; i < b.size(); ++i) {
    sizes::Expr have = SizeAccess::expr(a[added + i]), next = SizeAccess::expr(b[i]);
    if (have == sizes::Expr(1))
      result[added + i] = b[i];
    else if (next != sizes::Expr(1) && have != next)
      fail(site.op, site.where,
           "the sizes of operands must be equal, or the number 1, in each dimension from the last",
           Shape(a).str() + " and " + Shape(b).str());
  }
  return result;
}

Shape broadcastSizes(const Site &site, llvm::ArrayRef<Arg> operands) {
  std::vector<Size> result;
  for (const Arg &operand : operands)
    if (operand.isTensor()) {
      Shape sizes = operand->sizes();
      result = broadcastSizes(site, result, std::vector<Size>(sizes.begin(), sizes.end()));
    }
  return result;
}

Value castTo(const Site &site, Value value, Dtype type) {
  if (dtypeOf(value.getType()) == type)
    return value;
  Type to = ir::withElement(value.getType(), elementType(type));
  return Recorder::current()->record(site, "ingot.cast", value, {}, to);
}

Value broadcastTo(const Site &site, Value value, const Shape &sizes) {
  Type to = ir::tensorOf(exprsOf(sizes), getElementTypeOrSelf(value.getType()));
  return value.getType() == to ? value : Recorder::current()->record(site, "ingot.broadcast", value, {}, to);
}

Value operandAs(const Site &site, const Arg &operand, Dtype type) {
  if (!operand.isTensor())
    return Recorder::current()->number(site, operand.number, type);
  return castTo(site, valueOf(site, *operand), type);
}

Value operandAs(const Site &site, const Arg &operand, Dtype type, const Shape &sizes) {
  return broadcastTo(site, operandAs(site, operand, type), sizes);
}

} // namespace ingot::detail
