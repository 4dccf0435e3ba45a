#include "ingot/functional/factories.h"
#include "ingot/functional/ops.h"
#include "tools/conformance/Rows.h"

namespace ingot::conformance {
namespace {

using Type = std::optional<Dtype>;

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
                             : add(in[0].operand(), in[1].operand()))
  ROW("sub", in.has("alpha") ? sub(in[0].operand(), in[1].operand(), in["alpha"].as<Scalar>())
                             : sub(in[0].operand(), in[1].operand()))
  ROW("div", in.has("rounding_mode")
                 ? div(in[0].operand(), in[1].operand(), in["rounding_mode"].as<std::string>())
                 : div(in[0].operand(), in[1].operand()))
  ROW("true_divide", div(in[0].operand(), in[1].operand()))
  ROW("clamp", !in.has("min")   ? clamp_max(in[0].tensor(), in["max"].operand())
               : !in.has("max") ? clamp_min(in[0].tensor(), in["min"].operand())
                                : clamp(in[0].tensor(), in["min"].operand(), in["max"].operand()))
  ROW("clamp_", in[0].tensor().clamp_(in[1].operand(), in[2].operand()))
  ROW("clamp_min", clamp_min(in[0].tensor(), in[1].operand()))
  ROW("clamp_max", clamp_max(in[0].tensor(), in[1].operand()))
  // PyTorch's own cases are calls of the method: its object comes first.
  ROW_CHOICE("where", {
    bool isMethod = in[1].isTensor() && in[1].tensor().dtype() == kBool && in[0].tensor().dtype() != kBool;
    return runOf(where(in[isMethod ? 1 : 0].tensor(), in[isMethod ? 0 : 1].operand(), in[2].operand()));
  })
  ROW("masked_fill", masked_fill(in[0].tensor(), in[1].tensor(), in[2].operand()))
  ROW("masked_fill_", in[0].tensor().masked_fill_(in[1].tensor(), in[2].operand()))
  ROW("logical_and", logical_and(in[0].operand(), in[1].operand()))
  ROW("logical_or", logical_or(in[0].operand(), in[1].operand()))
  ROW("logical_xor", logical_xor(in[0].operand(), in[1].operand()))
  ROW("bitwise_not", bitwise_not(in[0].tensor()))
  ROW("isnan", isnan(in[0].tensor()))
  ROW("isinf", isinf(in[0].tensor()))
  ROW("isfinite", isfinite(in[0].tensor()))
  ROW("lerp", lerp(in[0].tensor(), in[1].operand(), in[2].operand()))
  ROW("lerp_", in[0].tensor().lerp_(in[1].operand(), in[2].operand()))
  ROW("addcmul", addcmul(in[0].tensor(), in[1].tensor(), in[2].tensor(), in.get("value", Scalar(1))))
  ROW("addcmul_", in[0].tensor().addcmul_(in[1].tensor(), in[2].tensor(), in.get("value", Scalar(1))))
  ROW("addcdiv", addcdiv(in[0].tensor(), in[1].tensor(), in[2].tensor(), in.get("value", Scalar(1))))
  ROW("copy_", in[0].tensor().copy_(in[1].operand()))
  ROW("fill_", in[0].tensor().fill_(in[1].operand()))
  ROW("zero_", in[0].tensor().zero_())
}

void addContractions(TargetTable &table){
    ROW("matmul", matmul(in[0].tensor(), in[1].tensor())) ROW("mm", mm(in[0].tensor(), in[1].tensor()))
        ROW("bmm", bmm(in[0].tensor(), in[1].tensor())) ROW("mv", mv(in[0].tensor(), in[1].tensor()))
            ROW("dot", dot(in[0].tensor(), in[1].tensor()))
                ROW("outer", outer(in[0].tensor(), in[1].tensor()))}

/// Reductions that take one dimension or none.
#define ROW_DIM(name)                                                                                        \
  ROW_CHOICE(#name, {                                                                                        \
    if (!in.has("dim"))                                                                                      \
      return runOf(name(in[0].tensor()));                                                                    \
    return runOf(name(in[0].tensor(), in["dim"].as<int64_t>(), in.get("keepdim", false)));                   \
  })
/// Those that take several, and a type.
#define ROW_DIMS_TYPE(name)                                                                                  \
  ROW_CHOICE(#name, {                                                                                        \
    Type type = in.get<Type>("dtype", std::nullopt);                                                         \
    Shape all;                                                                                               \
    return runOf(name(in[0].tensor(), dimsOf(in).value_or(all), in.get("keepdim", false), type));            \
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
  ROW_DIMS_TYPE(sum)
  ROW_DIMS_TYPE(mean)
  ROW_DIM(prod)
  ROW_DIM(all)
  ROW_DIM(any)
  ROW_EXTREME(max)
  ROW_EXTREME(min)
  ROW("amax", amax(in[0].tensor(), in.get("dim", Shape()), in.get("keepdim", false)))
  ROW("amin", amin(in[0].tensor(), in.get("dim", Shape()), in.get("keepdim", false)))
  ROW("argmax",
      argmax(in[0].tensor(), in.get<std::optional<int64_t>>("dim", std::nullopt), in.get("keepdim", false)))
  ROW("argmin",
      argmin(in[0].tensor(), in.get<std::optional<int64_t>>("dim", std::nullopt), in.get("keepdim", false)))
  ROW_CHOICE("norm", {
    Scalar p = in.get("p", Scalar(2));
    auto dims = dimsOf(in);
    if (!dims)
      return runOf(norm(in[0].tensor(), p));
    return runOf(norm(in[0].tensor(), p, *dims, in.get("keepdim", false)));
  })
  ROW("cdist", cdist(in[0].tensor(), in[1].tensor(), in.get("p", 2.0)))
  ROW("dist", dist(in[0].tensor(), in[1].tensor(), in.get("p", Scalar(2))))
  ROW("logsumexp", logsumexp(in[0].tensor(), in["dim"].as<Shape>(), in.get("keepdim", false)))
  ROW("softmax", softmax(in[0].tensor(), in["dim"].as<int64_t>(), in.get<Type>("dtype", std::nullopt)))
  ROW("log_softmax",
      log_softmax(in[0].tensor(), in["dim"].as<int64_t>(), in.get<Type>("dtype", std::nullopt)))
}

void addViews(TargetTable &table) {
  ROW("view", in[0].tensor().view(in[1].as<Shape>()))
  ROW("view_as", in[0].tensor().view_as(in[1].tensor()))
  ROW("reshape", reshape(in[0].tensor(), in[1].as<Shape>()))
  ROW("flatten", flatten(in[0].tensor(), in.get<int64_t>("start_dim", 0), in.get<int64_t>("end_dim", -1)))
  ROW("unflatten", in[0].tensor().unflatten(in[1].as<int64_t>(), in[2].as<Shape>()))
  ROW("unsqueeze", unsqueeze(in[0].tensor(), in[1].as<int64_t>()))
  ROW("transpose", transpose(in[0].tensor(), in[1].as<int64_t>(), in[2].as<int64_t>()))
  ROW("permute", permute(in[0].tensor(), in[1].as<Shape>()))
  ROW("t", t(in[0].tensor()))
  ROW("expand", in[0].tensor().expand(in[1].as<Shape>()))
  ROW("expand_as", in[0].tensor().expand_as(in[1].tensor()))
  ROW("broadcast_to", in[0].tensor().broadcast_to(in[1].as<Shape>()))
  ROW("slice",
      in[0].tensor().slice(in.get<int64_t>("dim", 0), in.get<std::optional<int64_t>>("start", std::nullopt),
                           in.get<std::optional<int64_t>>("end", std::nullopt), in.get<int64_t>("step", 1)))
  ROW("select", select(in[0].tensor(), in[1].as<int64_t>(), in[2].as<int64_t>()))
  ROW("chunk", chunk(in[0].tensor(), in[1].as<int64_t>(), in.get<int64_t>("dim", 0)))
  ROW("split", in[1].isList() ? split(in[0].tensor(), in[1].as<Shape>(), in.get<int64_t>("dim", 0))
                              : split(in[0].tensor(), in[1].as<int64_t>(), in.get<int64_t>("dim", 0)))
  ROW("split_with_sizes", split(in[0].tensor(), in[1].as<Shape>(), in.get<int64_t>("dim", 0)))
  ROW("unbind", unbind(in[0].tensor(), in.get<int64_t>("dim", 0)))
}

void addCopies(TargetTable &table) {
  ROW("repeat", in[0].tensor().repeat(in[1].as<Shape>()))
  ROW("cat", cat(in[0].tensors(), in.get<int64_t>("dim", 0)))
  ROW("stack", stack(in[0].tensors(), in.get<int64_t>("dim", 0)))
  ROW("flip", flip(in[0].tensor(), in[1].as<Shape>()))
  ROW("roll", roll(in[0].tensor(), in[1].as<Shape>(), in.get("dims", Shape())))
  ROW("triu", triu(in[0].tensor(), in.get<int64_t>("diagonal", 0)))
  ROW("tril", tril(in[0].tensor(), in.get<int64_t>("diagonal", 0)))
  ROW("clone", clone(in[0].tensor()))
  ROW("to", in[0].tensor().to(in[1].as<Dtype>()))
}

void addFactories(TargetTable &table){
    ROW_CHOICE("arange",
               {
                 Dtype type = in[in.size() - 1].as<Dtype>();
                 switch (in.size()) {
                 case 2: return runOf(arange(in[0].as<Scalar>(), type));
                 case 3: return runOf(arange(in[0].as<Scalar>(), in[1].as<Scalar>(), type));
                 default:
                   return runOf(arange(in[0].as<Scalar>(), in[1].as<Scalar>(), in[2].as<Scalar>(), type));
                 }
               }) ROW("linspace", linspace(in[0].as<Scalar>(), in[1].as<Scalar>(), in[2].as<int64_t>()))
        ROW("eye", in.size() > 1 ? eye(in[0].as<int64_t>(), in[1].as<int64_t>()) : eye(in[0].as<int64_t>()))
            ROW("zeros", zeros(in[0].as<Shape>())) ROW("ones", ones(in[0].as<Shape>()))
                ROW("full", full(in[0].as<Shape>(), in[1].as<Scalar>()))
                    ROW("zeros_like", zeros_like(in[0].tensor())) ROW("ones_like", ones_like(in[0].tensor()))
                        ROW("full_like", full_like(in[0].tensor(), in[1].as<Scalar>()))}

TargetTable makeTable() {
  TargetTable table;
  addPointwise(table);
  addArithmetic(table);
  addContractions(table);
  addReductions(table);
  addViews(table);
  addCopies(table);
  addFactories(table);
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
