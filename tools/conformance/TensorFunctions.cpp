#include "ingot/functional/factories.h"
#include "ingot/functional/ops.h"
#include "tools/conformance/Rows.h"
#include <numeric>

namespace ingot::conformance {
namespace {

/// The dimensions of a reduction: none, a number or a list.
std::optional<Shape> dimsOf(Inputs &in) {
  if (!in.has("dim"))
    return std::nullopt;
  return in["dim"].as<Shape>();
}

/// The pointwise functions and their in-place members, from the op records.
void addPointwise(TargetTable &table) {
  // Further arguments than operands (alpha, rounding_mode) are of other rows.
  auto require = [](Inputs &in, size_t count) {
    if (in.size() != count)
      throw Unsupported("a call with " + std::to_string(in.size()) + " arguments");
  };
#define INGOT_POINTWISE_UNARY(name, mnemonic, elements)                                                      \
  table[#name] = [=](Inputs &in) { return require(in, 1), runOf(ingot::name(in[0].operand())); };            \
  table[#name "_"] = [=](Inputs &in) { return require(in, 1), runOf(in[0].tensor().name##_()); };
#define INGOT_POINTWISE_BINARY(name, mnemonic, elements)                                                     \
  table[#name] = [=](Inputs &in) {                                                                           \
    return require(in, 2), runOf(ingot::name(in[0].operand(), in[1].operand()));                             \
  };                                                                                                         \
  table[#name "_"] = [=](Inputs &in) {                                                                       \
    return require(in, 2), runOf(in[0].tensor().name##_(in[1].operand()));                                   \
  };
#define INGOT_POINTWISE_TERNARY(name, mnemonic, elements)                                                    \
  table[#name] = [=](Inputs &in) {                                                                           \
    return require(in, 3), runOf(ingot::name(in[0].operand(), in[1].operand(), in[2].operand()));            \
  };
#include "ingot_generated/PointwiseTable.inc"
#undef INGOT_POINTWISE_UNARY
#undef INGOT_POINTWISE_BINARY
#undef INGOT_POINTWISE_TERNARY
}

void addArithmetic(TargetTable &table) {
  ROW("add", in.has("alpha") ? add(in[0].operand(), in[1].operand(), in["alpha"].as<Scalar>())
                             : add(in[0].operand(), in[1].operand()));
  ROW("sub", in.has("alpha") ? sub(in[0].operand(), in[1].operand(), in["alpha"].as<Scalar>())
                             : sub(in[0].operand(), in[1].operand()));
  ROW("div", in.has("rounding_mode")
                 ? div(in[0].operand(), in[1].operand(), in["rounding_mode"].as<std::string>())
                 : div(in[0].operand(), in[1].operand()));
  ROW("true_divide", div(in[0].operand(), in[1].operand()));
  ROW("clamp", !in.has("min")   ? clamp_max(in[0].tensor(), in["max"].operand())
               : !in.has("max") ? clamp_min(in[0].tensor(), in["min"].operand())
                                : clamp(in[0].tensor(), in["min"].operand(), in["max"].operand()));
  ROW("clamp_min", clamp_min(in[0].tensor(), in[1].operand()));
  ROW("clamp_max", clamp_max(in[0].tensor(), in[1].operand()));
  // PyTorch's own cases are calls of the method: its object comes first.
  ROW_CHOICE("where", {
    bool isMethod = in[1].isTensor() && in[1].tensor().dtype() == kBool && in[0].tensor().dtype() != kBool;
    return runOf(where(in[isMethod ? 1 : 0].tensor(), in[isMethod ? 0 : 1].operand(), in[2].operand()));
  });
  ROW("masked_fill", masked_fill(in[0].tensor(), in[1].tensor(), in[2].operand()));
  ROW("logical_and", logical_and(in[0].operand(), in[1].operand()));
  ROW("logical_or", logical_or(in[0].operand(), in[1].operand()));
  ROW("logical_xor", logical_xor(in[0].operand(), in[1].operand()));
  ROW("bitwise_not", bitwise_not(in[0].tensor()));
  ROW("isnan", isnan(in[0].tensor()));
  ROW("isinf", isinf(in[0].tensor()));
  ROW("isfinite", isfinite(in[0].tensor()));
  ROW("lerp", lerp(in[0].tensor(), in[1].operand(), in[2].operand()));
  ROW("addcmul", addcmul(in[0].tensor(), in[1].tensor(), in[2].tensor(), in.get("value", Scalar(1))));
  ROW("addcdiv", addcdiv(in[0].tensor(), in[1].tensor(), in[2].tensor(), in.get("value", Scalar(1))));
}

void addContractions(TargetTable &table) {
  ROW("matmul", matmul(in[0].tensor(), in[1].tensor()));
  ROW("mm", mm(in[0].tensor(), in[1].tensor()));
  ROW("bmm", bmm(in[0].tensor(), in[1].tensor()));
  ROW("mv", mv(in[0].tensor(), in[1].tensor()));
  ROW("dot", dot(in[0].tensor(), in[1].tensor()));
  ROW("outer", outer(in[0].tensor(), in[1].tensor()));
}

/// Reductions over several dimensions; all of them for none.
#define ROW_DIMS(name, ...)                                                                                  \
  ROW_CHOICE(#name, {                                                                                        \
    Shape none;                                                                                              \
    return runOf(name(in[0].tensor(), dimsOf(in).value_or(none),                                             \
                      in.get("keepdim", false) __VA_OPT__(, ) __VA_ARGS__));                                 \
  })
/// The dimensions of a reduction, which may be none; all of them where the case names none.
Shape dimsOrAll(Inputs &in) {
  std::vector<int64_t> all(size_t(in[0].tensor().dim()));
  std::iota(all.begin(), all.end(), 0);
  return dimsOf(in).value_or(Shape(all));
}
/// Of all elements, or over dimensions.
#define ROW_TRUTH(name)                                                                                      \
  ROW_CHOICE(#name, {                                                                                        \
    bool keepdim = in.get("keepdim", false);                                                                 \
    bool isOfAll = !in.has("dim") && !keepdim;                                                               \
    return runOf(isOfAll ? name(in[0].tensor()) : name(in[0].tensor(), dimsOrAll(in), keepdim));             \
  })
/// max and min: of all, along a dimension with indices, of two tensors.
#define ROW_EXTREME(name)                                                                                    \
  ROW_CHOICE(#name, {                                                                                        \
    if (in.size() > 1 && in[1].isTensor())                                                                   \
      return runOf(name(in[0].tensor(), in[1].tensor()));                                                    \
    if (!in.has("dim"))                                                                                      \
      return runOf(name(in[0].tensor()));                                                                    \
    return runOf(name(in[0].tensor(), in["dim"].as<int64_t>(), in.get("keepdim", false)));                   \
  })
void addReductions(TargetTable &table) {
  ROW_DIMS(sum, typeOf(in));
  ROW_DIMS(mean, typeOf(in));
  ROW_TRUTH(all);
  ROW_TRUTH(any);
  ROW_CHOICE("prod", {
    if (in.has("dim"))
      return runOf(prod(in[0].tensor(), in["dim"].as<int64_t>(), in.get("keepdim", false), typeOf(in)));
    return runOf(typeOf(in) ? prod(in[0].tensor(), *typeOf(in)) : prod(in[0].tensor()));
  });
  ROW_EXTREME(max);
  ROW_EXTREME(min);
  ROW("amax", amax(in[0].tensor(), in.get("dim", Shape()), in.get("keepdim", false)));
  ROW("amin", amin(in[0].tensor(), in.get("dim", Shape()), in.get("keepdim", false)));
  ROW("argmax",
      argmax(in[0].tensor(), in.get<std::optional<int64_t>>("dim", std::nullopt), in.get("keepdim", false)));
  ROW("argmin",
      argmin(in[0].tensor(), in.get<std::optional<int64_t>>("dim", std::nullopt), in.get("keepdim", false)));
  ROW_CHOICE("norm", {
    Scalar p = in.get("p", Scalar(2));
    auto dims = dimsOf(in);
    Shape all;
    return runOf(norm(in[0].tensor(), p, dims.value_or(all), in.get("keepdim", false), typeOf(in)));
  });
  ROW("cdist", cdist(in[0].tensor(), in[1].tensor(), in.get("p", 2.0),
                     in.get("compute_mode", std::optional<int64_t>())));
  ROW("dist", dist(in[0].tensor(), in[1].tensor(), in.get("p", Scalar(2))));
  ROW("logsumexp", logsumexp(in[0].tensor(), in["dim"].as<Shape>(), in.get("keepdim", false)));
  ROW("softmax", softmax(in[0].tensor(), in["dim"].as<int64_t>(), typeOf(in)));
  ROW("log_softmax", log_softmax(in[0].tensor(), in["dim"].as<int64_t>(), typeOf(in)));
}

void addViews(TargetTable &table) {
  ROW("view", in[0].tensor().view(in[1].as<Shape>()));
  ROW("view_as", in[0].tensor().view_as(in[1].tensor()));
  ROW("reshape", reshape(in[0].tensor(), in[1].as<Shape>()));
  ROW("flatten", flatten(in[0].tensor(), in.get<int64_t>("start_dim", 0), in.get<int64_t>("end_dim", -1)));
  ROW("unflatten", in[0].tensor().unflatten(in[1].as<int64_t>(), in[2].as<Shape>()));
  ROW("unsqueeze", unsqueeze(in[0].tensor(), in[1].as<int64_t>()));
  ROW("transpose", transpose(in[0].tensor(), in[1].as<int64_t>(), in[2].as<int64_t>()));
  ROW("permute", permute(in[0].tensor(), in[1].as<Shape>()));
  ROW("t", t(in[0].tensor()));
  ROW_CHOICE("expand", {
    in.get("implicit", false); // says that autograd made the call
    return runOf(in[0].tensor().expand(in[1].as<Shape>()));
  });
  ROW("expand_as", in[0].tensor().expand_as(in[1].tensor()));
  ROW("broadcast_to", in[0].tensor().broadcast_to(in[1].as<Shape>()));
  ROW("slice",
      in[0].tensor().slice(in.get<int64_t>("dim", 0), in.get<std::optional<int64_t>>("start", std::nullopt),
                           in.get<std::optional<int64_t>>("end", std::nullopt), in.get<int64_t>("step", 1)));
  ROW("select", select(in[0].tensor(), in[1].as<int64_t>(), in[2].as<int64_t>()));
  ROW("chunk", chunk(in[0].tensor(), in[1].as<int64_t>(), in.get<int64_t>("dim", 0)));
  ROW("split", in[1].isList() ? split(in[0].tensor(), in[1].as<Shape>(), in.get<int64_t>("dim", 0))
                              : split(in[0].tensor(), in[1].as<int64_t>(), in.get<int64_t>("dim", 0)));
  ROW("split_with_sizes", split(in[0].tensor(), in[1].as<Shape>(), in.get<int64_t>("dim", 0)));
  ROW("unbind", unbind(in[0].tensor(), in.get<int64_t>("dim", 0)));
}

void addCopies(TargetTable &table) {
  ROW("repeat", in[0].tensor().repeat(in[1].as<Shape>()));
  ROW("cat", cat(in[0].tensors(), in.get<int64_t>("dim", 0)));
  ROW("stack", stack(in[0].tensors(), in.get<int64_t>("dim", 0)));
  ROW("flip", flip(in[0].tensor(), in[1].as<Shape>()));
  ROW("roll", roll(in[0].tensor(), in[1].as<Shape>(), in.get("dims", Shape())));
  ROW("triu", triu(in[0].tensor(), in.get<int64_t>("diagonal", 0)));
  ROW("tril", tril(in[0].tensor(), in.get<int64_t>("diagonal", 0)));
  ROW("clone", clone(in[0].tensor()));
  ROW_CHOICE("to", {
    bool nonBlocking = in.get("non_blocking", false), copy = in.get("copy", false);
    if (in[1].isTensor())
      return runOf(in[0].tensor().to(in[1].tensor(), nonBlocking, copy));
    return runOf(in[0].tensor().to(in[1].as<Dtype>(), nonBlocking, copy));
  });
}

void addFactories(TargetTable &table) {
  // A type may stand last without a name.
  ROW_CHOICE("arange", {
    std::vector<Scalar> numbers;
    TensorOptions options;
    for (size_t i = 0; i < in.size(); ++i)
      if (in[i].text().is_object())
        options = in[i].as<Dtype>();
      else if (!in[i].isNull())
        numbers.push_back(in[i].as<Scalar>());
    switch (numbers.size()) {
    case 1: return runOf(arange(numbers[0], options));
    case 2: return runOf(arange(numbers[0], numbers[1], options));
    default: return runOf(arange(numbers.at(0), numbers.at(1), numbers.at(2), options));
    }
  });
  ROW("linspace", linspace(in[0].as<Scalar>(), in[1].as<Scalar>(), in[2].as<int64_t>(), optionsOf(in)));
  ROW("eye", in.size() > 1 && in[1].text().is_number()
                 ? eye(in[0].as<int64_t>(), in[1].as<int64_t>(), optionsOf(in))
                 : eye(in[0].as<int64_t>(), optionsOf(in)));
  ROW("zeros", zeros(in[0].as<Shape>(), optionsOf(in)));
  ROW("ones", ones(in[0].as<Shape>(), optionsOf(in)));
  ROW("full", full(in[0].as<Shape>(), in[1].as<Scalar>(), optionsOf(in)));
  ROW("zeros_like", zeros_like(in[0].tensor(), optionsOf(in)));
  ROW("ones_like", ones_like(in[0].tensor(), optionsOf(in)));
  ROW("full_like", full_like(in[0].tensor(), in[1].as<Scalar>(), optionsOf(in)));
}

TargetTable makeTable() {
  TargetTable table;
  addPointwise(table);
  addArithmetic(table);
  addContractions(table);
  addReductions(table);
  addViews(table);
  addCopies(table);
  addFactories(table);
  addInPlaceFunctions(table);
  addIndexFunctions(table);
  addLinalgFunctions(table);
  return table;
}

} // namespace

const TargetTable &tensorTargets() {
  static const TargetTable table = makeTable();
  return table;
}

} // namespace ingot::conformance
