#include "tools/conformance/Compare.h"
#include "ingot/core/State.h"
#include <bit>
#include <cstring>
#include <set>
#include <sstream>
#include <utility>

namespace ingot::conformance {
namespace {

/// Element i of raw elements, as a double; integers up to 2^53 exactly.
double element(Dtype type, const void *data, int64_t i) {
  auto at = [&]<class T>(T) {
    T value;
    std::memcpy(&value, static_cast<const char *>(data) + i * int64_t(sizeof(T)), sizeof(T));
    return value;
  };
  switch (type) {
  case kBool:
  case kUInt8: return at(uint8_t());
  case kInt8: return at(int8_t());
  case kInt16: return at(int16_t());
  case kInt32: return at(int32_t());
  case kInt64: return double(at(int64_t()));
  case kBFloat16: return std::bit_cast<float>(uint32_t(at(uint16_t())) << 16);
  case kFloat16: {
    uint16_t bits = at(uint16_t());
    int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    double magnitude = exponent == 31 ? (mantissa ? std::numeric_limits<double>::quiet_NaN()
                                                  : std::numeric_limits<double>::infinity())
                       : exponent     ? std::ldexp(mantissa + 1024, exponent - 25)
                                      : std::ldexp(mantissa, -24);
    return bits >> 15 ? -magnitude : magnitude;
  }
  case kFloat32: return at(float());
  default: return at(double());
  }
}

struct Tolerance {
  double relative = 0, absolute = 0;
};

Tolerance toleranceOf(const Case &c, const std::string &role) {
  auto found = c.tolerances.find(role);
  return found == c.tolerances.end() ? Tolerance()
                                     : Tolerance{found->at(0).get<double>(), found->at(1).get<double>()};
}

/// The error of one element as a share of the tolerance; infinite where it is not a number of the right kind.
double errorOf(double got, double wanted, Tolerance tolerance) {
  if (std::isnan(wanted) || std::isnan(got))
    return std::isnan(wanted) == std::isnan(got) ? 0 : std::numeric_limits<double>::infinity();
  if (got == wanted)
    return 0;
  double allowed = tolerance.absolute + tolerance.relative * std::abs(wanted);
  return std::isinf(wanted) ? std::numeric_limits<double>::infinity() : std::abs(got - wanted) / allowed;
}

double compareTensor(const Case &c, const std::string &role, const Tensor &got, const Stored &wanted) {
  auto fail = [&](const auto &...parts) {
    std::ostringstream text;
    text.precision(9);
    text << role << ": ";
    (text << ... << parts);
    throw Failure(text.str());
  };
  if (!got.defined())
    fail("expected a tensor, got none");
  if (got.sizes() != Shape(wanted.shape))
    fail("expected sizes ", Shape(wanted.shape), ", got ", got.sizes());
  Dtype type = dtypeOf(wanted);
  if (got.dtype() != type)
    fail("expected ", toString(type), ", got ", toString(got.dtype()));
  const void *data = ingot::detail::readBytes(got);
  int64_t count = int64_t(wanted.data.size()) / elementSize(type);
  if (!isFloatingType(type)) { // exactly, and beyond 2^53
    for (int64_t i = 0; i < count; ++i)
      if (std::memcmp(static_cast<const char *>(data) + i * elementSize(type),
                      wanted.data.data() + i * elementSize(type), size_t(elementSize(type))) != 0)
        fail("element ", i, " of ", count, ": expected ", element(type, wanted.data.data(), i), ", got ",
             element(type, data, i));
    return 0;
  }
  Tolerance tolerance = toleranceOf(c, role);
  double worst = 0;
  int64_t where = 0;
  for (int64_t i = 0; i < count; ++i) {
    double error = errorOf(element(type, data, i), element(type, wanted.data.data(), i), tolerance);
    if (error > worst)
      worst = error, where = i;
  }
  if (worst > 1)
    fail("element ", where, " of ", count, ": expected ", element(type, wanted.data.data(), where), ", got ",
         element(type, data, where), " (", worst, " times the tolerance)");
  return worst;
}

/// The indices of topk, of equal elements any: "The indices of tied elements are not guaranteed to be stable and may vary
/// across different invocations" (torch.topk). They must differ along the dimension, and be those of the values.
double compareTopkIndices(const Case &c, const std::string &role, const Tensor &got, const Stored &values) {
  const Stored &x = *c.find("in.0");
  Inputs in(c);
  auto rank = int64_t(x.shape.size()), dim = in.get<int64_t>("dim", -1);
  dim += dim < 0 ? rank : 0;
  int64_t inner = 1, size = rank ? x.shape[size_t(dim)] : 1, count = rank ? values.shape[size_t(dim)] : 1;
  for (int64_t d = dim + 1; d < rank; ++d)
    inner *= x.shape[size_t(d)];
  const void *indices = ingot::detail::readBytes(got);
  std::set<std::pair<int64_t, int64_t>> taken; ///< row, index
  for (int64_t i = 0; i < int64_t(got.numel()); ++i) {
    int64_t row = i / (count * inner) * inner + i % inner;
    auto index = int64_t(element(kInt64, indices, i));
    bool isRight = index >= 0 && index < size && taken.emplace(row, index).second;
    if (isRight) {
      double value = element(dtypeOf(x), x.data.data(), (row / inner * size + index) * inner + row % inner);
      isRight = errorOf(value, element(dtypeOf(x), values.data.data(), i), {}) == 0;
    }
    if (!isRight)
      throw Failure(role + ": element " + std::to_string(i) +
                    ": expected the index of an element that is as large and not taken, got " +
                    std::to_string(index));
  }
  return 0;
}

double compareOutput(const Case &c, size_t k, const Run &run, const Stored &wanted) {
  std::string role = "out." + std::to_string(k);
  const Tensor &got = run.outputs[k];
  if (c.kind == "tensor" && c.target == "topk" && k == 1 && got.defined() && got.dtype() == kInt64 &&
      got.sizes() == Shape(wanted.shape))
    return compareTopkIndices(c, role, got, *c.find("out.0"));
  return compareTensor(c, role, got, wanted);
}

/// The gradients of sum_k <out.k, cotangent.k>; adds the roles of those that are compared.
double compareGradients(const Case &c, const Run &run, std::set<std::string> &compared) {
  TensorList outputs, cotangents;
  for (size_t k = 0; k < run.outputs.size(); ++k)
    if (const Stored *cotangent = c.find("cotangent." + std::to_string(k));
        cotangent && run.outputs[k].requires_grad())
      outputs.push_back(run.outputs[k]), cotangents.push_back(load(*cotangent));
  if (!outputs.empty())
    autograd::backward(outputs, cotangents);
  double worst = 0;
  for (const auto &[role, leaf] : run.leaves)
    if (const Stored *wanted = c.find("grad." + role)) {
      Tensor grad = leaf.grad().defined() ? leaf.grad() : zeros_like(leaf);
      worst = std::max(worst, compareTensor(c, "grad." + role, grad, *wanted));
      compared.insert("grad." + role);
    }
  return worst;
}

/// Whether the elements may be drawn from a distribution: bounds, and mean and deviation within five standard errors. Returns
/// the larger error as a share of that.
double compareDistribution(const std::string &role, const Tensor &got, const Json &expected) {
  const void *data = ingot::detail::readBytes(got);
  int64_t count = got.numel();
  double mean = 0, square = 0, low = std::numeric_limits<double>::infinity(), high = -low;
  for (int64_t i = 0; i < count; ++i) {
    double x = element(got.dtype(), data, i);
    mean += x / double(count), square += x * x / double(count);
    low = std::min(low, x), high = std::max(high, x);
  }
  double deviation = std::sqrt(std::max(0.0, square - mean * mean));
  auto require = [&](bool holds, const char *what, double got) {
    if (!holds)
      throw Failure(role + ": expected " + expected.dump() + ", got " + what + " " + std::to_string(got));
  };
  if (expected.contains("value")) {
    double value = expected["value"].get<double>();
    if (got.dtype() == kFloat32)
      value = double(float(value));
    require(low == value && high == value, "elements down to", low);
    return 0;
  }
  constexpr double rounding = 1e-6;
  require(low >= expected.value("low", low) - rounding, "least element", low);
  require(high <= expected.value("high", high) + rounding, "greatest element", high);
  double wantedMean = expected.at("mean").get<double>(), wanted = expected.at("std").get<double>();
  double meanError = std::abs(mean - wantedMean) / (5 * wanted / std::sqrt(double(count)));
  double deviationError = std::abs(deviation - wanted) / (5 * wanted / std::sqrt(2.0 * double(count)));
  require(meanError <= 1, "mean", mean);
  require(deviationError <= 1, "standard deviation", deviation);
  return std::max(meanError, deviationError);
}

/// A matrix whose rows, or columns if there are fewer, are orthogonal and of norm `gain`. Returns the worst error as a
/// share of what is allowed.
double compareOrthogonal(const std::string &role, const Tensor &got, const Json &expected) {
  double square = std::pow(expected.at("gain").get<double>(), 2);
  Tensor rows = got.flatten(1).to(kFloat64);
  if (rows.size(0) > rows.size(1))
    rows = rows.t();
  Tensor off = rows.matmul(rows.t()) - eye(rows.size(0), kFloat64) * square;
  double error = off.abs().max().item<double>(), allowed = 1e-5 * square;
  if (error > allowed)
    throw Failure(role + ": expected " + expected.dump() + ", got products off by " + std::to_string(error));
  return error / allowed;
}

/// Normal numbers with so many zeros in each column.
double compareSparse(const std::string &role, const Tensor &got, const Json &expected) {
  Tensor zeros = (got == 0).sum(0);
  auto wanted = expected.at("zeros_per_column").get<int64_t>();
  if (!(zeros == wanted).all().item<bool>())
    throw Failure(role + ": expected " + expected.dump() + ", got other numbers of zeros");
  double count = double(int64_t(got.numel()) - zeros.sum().item<int64_t>());
  double wantedStd = expected.at("std").get<double>(),
         deviation = std::sqrt(got.square().sum().item<double>() / count);
  double error = std::abs(deviation - wantedStd) / (5 * wantedStd / std::sqrt(2 * count));
  if (error > 1)
    throw Failure(role + ": expected " + expected.dump() + ", got deviation " + std::to_string(deviation));
  return error;
}

double compareRandom(const Case &c, const Run &run) {
  static const std::set<std::string> known = {"uniform", "normal", "truncated normal", "constant"};
  auto check = [&](const std::string &role, const Tensor &got, const Json &expected) {
    std::string distribution = expected.value("distribution", "");
    if (distribution == "orthogonal")
      return compareOrthogonal(role, got, expected);
    if (distribution == "sparse")
      return compareSparse(role, got, expected);
    if (!known.count(distribution))
      throw Unsupported("distribution " + expected.dump());
    return compareDistribution(role, got, expected);
  };
  if (!c.expected.contains("parameters"))
    return check("out.0", run.outputs.at(0), c.expected);
  double worst = 0;
  for (const auto &item : c.expected["parameters"].items()) {
    auto leaf = run.leaves.find("param." + item.key());
    if (leaf == run.leaves.end())
      throw Failure("the module has no parameter '" + item.key() + "'");
    worst = std::max(worst, check(leaf->first, leaf->second, item.value()));
  }
  return worst;
}

/// Whether a stored tensor is what a run must give; an export has no training on the host.
bool isResult(const std::string &role, bool exported) {
  bool isOfStep = role.starts_with("step.");
  if (isOfStep && (exported || role.find(".grad.") != std::string::npos)) // which a step is given
    return false;
  return isOfStep || role == "loss" || role.starts_with("out.") || role.starts_with("grad.") ||
         role.starts_with("buffer_after.");
}

} // namespace

double compare(const Case &c, const Run &run, bool exported) {
  if (c.random)
    return compareRandom(c, run);
  double worst = 0;
  std::set<std::string> compared; ///< roles
  for (size_t k = 0; k < run.outputs.size(); ++k) {
    std::string role = "out." + std::to_string(k);
    const Stored *wanted = c.find(role);
    if (!wanted)
      throw Failure("expected " + std::to_string(k) + " results, got " + std::to_string(run.outputs.size()));
    worst = std::max(worst, compareOutput(c, k, run, *wanted));
    compared.insert(role);
  }
  for (const auto &[role, tensor] : run.after)
    if (const Stored *wanted = c.find(role)) {
      worst = std::max(worst, compareTensor(c, role, tensor, *wanted));
      compared.insert(role);
    }
  if (c.gradients && !exported)
    worst = std::max(worst, compareGradients(c, run, compared));
  for (const auto &[role, stored] : c.tensors)
    if (isResult(role, exported) && !compared.count(role))
      throw Failure("nothing was compared with '" + role + "'");
  return worst;
}

} // namespace ingot::conformance
