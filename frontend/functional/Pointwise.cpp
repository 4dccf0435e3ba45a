#include "frontend/functional/Pointwise.h"
#include "frontend/core/Element.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;

namespace ingot {
namespace detail {

static std::string describeAll(llvm::ArrayRef<Arg> operands) {
  std::string text;
  for (const Arg &operand : operands)
    text += (text.empty() ? "" : " and ") + (operand.isTensor() ? describe(*operand) : "a number");
  return text;
}

/// The type that the operands of an op are converted to.
static Dtype computeType(const Site &site, Operands domain, llvm::ArrayRef<Arg> operands) {
  Dtype type = promote(operands);
  switch (domain) {
  case Operands::Any: return type;
  case Operands::Number: return type == kBool ? kInt64 : type;
  case Operands::Float: return isFloatingType(type) ? type : get_default_dtype();
  case Operands::Integer:
    if (isFloatingType(type))
      fail(site.op, site.where, "operands must be integers or bool", describeAll(operands));
    return type;
  case Operands::Bool: return kBool;
  }
  return type;
}

/// PyTorch's functions that leave integers as they are, where the op's record has floats only.
static const char *integerForm(llvm::StringRef op) {
  return llvm::StringSwitch<const char *>(op)
      .Cases({"ingot.floor", "ingot.ceil", "ingot.round", "ingot.trunc"}, "")
      .Case("ingot.fmax", "ingot.maximum")
      .Case("ingot.fmin", "ingot.minimum")
      .Default(nullptr);
}

/// Powers with an exponent that is a small integer, or 0.5, are part of the structure.
static std::optional<Tensor> simplePower(const Site &site, const Arg &base, const Arg &exponent) {
  if (!base.isTensor() || exponent.isTensor() || exponent.number.kind() == Scalar::Kind::Size)
    return std::nullopt;
  double power = exponent.number.toDouble();
  bool isFloat = base->is_floating_point();
  if (!isFloat && (exponent.number.isFloatingPoint() || base->dtype() == kBool))
    return std::nullopt;
  if (power == 1)
    return clone(base);
  if (power == 2)
    return pointwise(site, "ingot.square", Operands::Number, {base});
  if (power == 3)
    return pointwise(site, "ingot.mul", Operands::Number,
                     {pointwise(site, "ingot.square", Operands::Number, {base}), base});
  if (isFloat && power == 0.5)
    return pointwise(site, "ingot.sqrt", Operands::Float, {base});
  if (isFloat && power == -1)
    return pointwise(site, "ingot.reciprocal", Operands::Float, {base});
  if (isFloat && power == -0.5)
    return pointwise(site, "ingot.rsqrt", Operands::Float, {base});
  return std::nullopt;
}

/// What PyTorch refuses although elements could be computed.
static void requireMeaning(const Site &site, llvm::StringRef op, llvm::ArrayRef<Arg> operands) {
  Dtype type = promote(operands);
  if (type == kBool && (op == "ingot.neg" || op == "ingot.sub"))
    fail(site.op, site.where, "the elements must be numbers: of bool there are logical_not and logical_xor",
         describeAll(operands));
  if (op != "ingot.pow" || isFloatingType(type) || operands[1].isTensor())
    return;
  if (const Scalar &power = operands[1].number; power.kind() != Scalar::Kind::Size && power.toDouble() < 0)
    fail(site.op, site.where, "integers have no negative powers: convert them to floating-point numbers",
         describeAll(operands));
}

Tensor pointwise(const Site &site, const char *op, Operands domain, llvm::ArrayRef<Arg> operands) {
  for (const Arg &operand : operands)
    if (operand.isTensor())
      typeOf(site, *operand);
  requireMeaning(site, op, operands);
  if (llvm::StringRef(op) == "ingot.pow")
    if (std::optional<Tensor> power = simplePower(site, operands[0], operands[1]))
      return *power;
  if (domain == Operands::Float && isIntegralType(promote(operands), true))
    if (const char *other = integerForm(op)) {
      if (!*other)
        return clone(operands[0]);
      op = other, domain = Operands::Any;
    }
  if (llvm::StringRef(op) == "ingot.sign" && promote(operands) == kBool)
    return clone(operands[0]); // the sign of a truth value is itself
  RecordLock lock;
  Dtype type = computeType(site, domain, operands);
  Shape sizes = broadcastSizes(site, operands);
  llvm::SmallVector<Value, 3> values;
  for (const Arg &operand : operands)
    values.push_back(operandAs(site, operand, type, sizes));
  return recordOp(site, op, values);
}

Tensor &writeResult(const Site &site, const Tensor &self, const Tensor &result) {
  Dtype to = self.dtype(), from = result.dtype();
  if (isFloatingType(from) && !isFloatingType(to))
    fail(site.op, site.where, "the result must fit the tensor that it is written to, " + describe(self),
         describe(result));
  if (self.sizes() != result.sizes())
    fail(site.op, site.where,
         "the result must have the sizes of the tensor that it is written to, " + self.sizes().str(),
         result.sizes().str());
  assign(site, self, result.to(to, site.where));
  return const_cast<Tensor &>(self); // as libtorch: a handle, whose constness says nothing about the elements
}

} // namespace detail

using detail::Operands;
using detail::pointwise;
using detail::Site;
using detail::writeResult;

//===--- from the op records ------------------------------------------------------------------------------------===//

#define INGOT_POINTWISE_UNARY(function, mnemonic, elements)                                                  \
  Tensor function(const Arg &x) {                                                                            \
    return pointwise({#function, x.where}, "ingot." #mnemonic, Operands::elements, {x});                     \
  }                                                                                                          \
  Tensor Tensor::function(const Where &at) const { return ingot::function(Arg(*this, at)); }                 \
  Tensor &Tensor::function##_(const Where &at) const {                                                       \
    return writeResult({#function "_", at}, *this, function(at));                                            \
  }
#define INGOT_POINTWISE_BINARY(function, mnemonic, elements)                                                 \
  Tensor function(const Arg &a, const Arg &b) {                                                              \
    return pointwise({#function, a.where}, "ingot." #mnemonic, Operands::elements, {a, b});                  \
  }                                                                                                          \
  Tensor Tensor::function(const Arg &b) const { return ingot::function(Arg(*this, b.where), b); }            \
  Tensor &Tensor::function##_(const Arg &b) const {                                                          \
    return writeResult({#function "_", b.where}, *this, function(b));                                        \
  }
#include "ingot_generated/PointwiseTable.inc"

//===--- composites and other signatures ------------------------------------------------------------------------===//

Tensor add(const Arg &a, const Arg &b, const Scalar &alpha) { return add(a, mul(b, Arg(alpha, b.where))); }
Tensor sub(const Arg &a, const Arg &b, const Scalar &alpha) { return sub(a, mul(b, Arg(alpha, b.where))); }

Tensor div(const Arg &a, const Arg &b, const std::string &mode) {
  if (mode == "floor")
    return floor_divide(a, b);
  if (mode == "trunc")
    return pointwise({"div", a.where}, "ingot.trunc_divide", Operands::Number, {a, b});
  detail::fail("div", a.where, "rounding_mode must be 'trunc' or 'floor'", "'" + mode + "'");
}

// Numbers as bounds make one op, whose derivative is zero at a bound; tensors two, whose derivative flows to the bounds.
Tensor clamp(const Arg &x, const Arg &low, const Arg &high) {
  if (low.isTensor() || high.isTensor())
    return minimum(maximum(x, low), high);
  return pointwise({"clamp", x.where}, "ingot.clamp", Operands::Number, {x, low, high});
}
Tensor clamp_min(const Arg &x, const Arg &low) {
  detail::OpScope scope("clamp_min", x.where);
  if (low.isTensor() || !x.isTensor() || !x->is_floating_point())
    return maximum(x, low);
  return clamp(x, low, Arg(Scalar::constant(INFINITY), low.where));
}
Tensor clamp_max(const Arg &x, const Arg &high) {
  detail::OpScope scope("clamp_max", x.where);
  if (high.isTensor() || !x.isTensor() || !x->is_floating_point())
    return minimum(x, high);
  return clamp(x, Arg(Scalar::constant(-INFINITY), high.where), high);
}

Tensor where(const Arg &c, const Arg &a, const Arg &b) {
  Site site{"where", c.where};
  if (detail::typeOf(site, *c); c->dtype() != kBool && c->dtype() != kUInt8)
    detail::fail(site.op, site.where, "the condition must be bool", detail::describe(*c));
  detail::RecordLock lock;
  Dtype type = detail::promote({a, b});
  Shape sizes = detail::broadcastSizes(site, {c, a, b});
  Value condition = detail::operandAs(site, c, kBool, sizes);
  Value first = detail::operandAs(site, a, type, sizes);
  return detail::recordOp(site, "ingot.select", {condition, first, detail::operandAs(site, b, type, sizes)});
}

// The result keeps the type of x, whatever the value is.
Tensor masked_fill(const Arg &x, const Arg &mask, const Arg &value) {
  detail::OpScope scope("masked_fill", x.where);
  Tensor filler = value.isTensor() ? value->to(x->dtype()) : full({}, value.number, x->dtype());
  return where(Arg(*mask, x.where), filler, x);
}

Tensor logical_and(const Arg &a, const Arg &b) {
  return a->to(kBool, a.where).bitwise_and(b->to(kBool, b.where));
}
Tensor logical_or(const Arg &a, const Arg &b) {
  return a->to(kBool, a.where).bitwise_or(b->to(kBool, b.where));
}
Tensor logical_xor(const Arg &a, const Arg &b) {
  return a->to(kBool, a.where).bitwise_xor(b->to(kBool, b.where));
}

Tensor bitwise_not(const Arg &x) {
  if (x->dtype() == kBool)
    return logical_not(x);
  return bitwise_xor(x, Arg(Scalar::constant(-1), x.where));
}

Tensor isnan(const Arg &x) { return ne(x, x); }
Tensor isinf(const Arg &x) { return eq(abs(x), Arg(Scalar::constant(INFINITY), x.where)); }
Tensor isfinite(const Arg &x) {
  if (!x->is_floating_point())
    return eq(x, x);
  return lt(abs(x), Arg(Scalar::constant(INFINITY), x.where));
}

Tensor lerp(const Arg &start, const Arg &end, const Arg &weight) {
  return pointwise({"lerp", start.where}, "ingot.lerp", Operands::Float, {start, end, weight});
}
Tensor addcmul(const Arg &x, const Arg &a, const Arg &b, const Scalar &value) {
  return add(x, mul(a, b), value);
}
Tensor addcdiv(const Arg &x, const Arg &a, const Arg &b, const Scalar &value) {
  return add(x, div(a, b), value);
}

Tensor rsub(const Arg &x, const Arg &other, const Scalar &alpha) {
  detail::OpScope scope("rsub", x.where);
  return sub(other, x, alpha);
}

Tensor positive(const Arg &x) {
  if (x->dtype() == kBool)
    detail::fail("positive", x.where, "the elements must be numbers", detail::describe(*x));
  return *x;
}

Tensor round(const Arg &x, int64_t decimals) {
  detail::OpScope scope("round", x.where);
  if (decimals == 0 || !x->is_floating_point())
    return round(x);
  Arg power(Scalar::constant(std::pow(10.0, static_cast<double>(std::abs(decimals)))), x.where);
  return decimals < 0 ? mul(round(div(x, power)), power) : div(round(mul(x, power)), power);
}

Tensor logit(const Arg &x, const std::optional<double> &eps) {
  detail::OpScope scope("logit", x.where);
  return eps ? logit(clamp(x, *eps, 1 - *eps)) : logit(x);
}

static double greatestOf(Dtype type) {
  switch (type) {
  case kFloat64: return std::numeric_limits<double>::max();
  case kFloat16: return 65504;
  case kBFloat16: return 0x1.fep127;
  default: return std::numeric_limits<float>::max();
  }
}

Tensor nan_to_num(const Arg &x, const std::optional<double> &nan, const std::optional<double> &posinf,
                  const std::optional<double> &neginf) {
  detail::OpScope scope("nan_to_num", x.where);
  if (!x->is_floating_point())
    return clone(x);
  double greatest = greatestOf(x->dtype());
  Tensor numbers = where(isnan(x), Scalar::constant(nan.value_or(0)), x);
  numbers = where(eq(x, Scalar::constant(INFINITY)), Scalar::constant(posinf.value_or(greatest)), numbers);
  return where(eq(x, Scalar::constant(-INFINITY)), Scalar::constant(neginf.value_or(-greatest)), numbers);
}

Tensor isclose(const Arg &a, const Arg &b, double rtol, double atol, bool equal_nan) {
  Site site{"isclose", a.where};
  detail::OpScope scope(site.op, site.where);
  if (a->dtype() != b->dtype())
    detail::fail(site.op, site.where, "both tensors must have one element type",
                 detail::describe(*a) + " and " + detail::describe(*b));
  Tensor close = eq(a, b);
  if (equal_nan && a->is_floating_point())
    close = logical_or(close, logical_and(isnan(a), isnan(b)));
  if (rtol == 0 && atol == 0)
    return close;
  Tensor distance = a->dtype() == kBool ? logical_xor(a, b).to(kFloat32) : abs(sub(a, b));
  Tensor allowed = add(abs(mul(b, rtol)), atol);
  return logical_or(close, logical_and(isfinite(distance), le(distance, allowed)));
}

Tensor polygamma(int64_t n, const Arg &x) {
  Site site{"polygamma", x.where};
  detail::typeOf(site, *x);
  if (n < 0 || n > 20)
    detail::fail(site.op, site.where, "the order must lie between 0 and 20", std::to_string(n));
  if (n == 0)
    return digamma(x);
  detail::RecordLock lock;
  Dtype type = x->is_floating_point() ? x->dtype() : kFloat32;
  return detail::recordOp(site, "ingot.polygamma", detail::operandAs(site, x, type), detail::attr("n", n));
}

Tensor float_power(const Arg &a, const Arg &b) {
  auto wide = [](const Arg &x) {
    return x.isTensor() ? x->to(kFloat64, x.where) : scalar_tensor(x.number, kFloat64);
  };
  return pow(wide(a), b.isTensor() ? Arg(wide(b), a.where) : b);
}

Tensor ldexp(const Arg &a, const Arg &b) {
  detail::OpScope scope("ldexp", a.where);
  return mul(a, pow(2.0, b));
}

} // namespace ingot
