#include "ingot/functional/layers.h"
#include "ingot/functional/linalg.h"
#include "ingot/functional/ops.h"
#include "tools/conformance/Rows.h"

namespace ingot::conformance {
namespace {

/// An optional number: the replacement of NaN and the like.
std::optional<double> numberOf(Inputs &in, const char *name) {
  return in.get<std::optional<double>>(name, std::nullopt);
}

void addMorePointwise(TargetTable &table) {
  ROW("rsub", rsub(in[0].tensor(), in[1].operand(), in.get("alpha", Scalar(1))));
  ROW("positive", positive(in[0].tensor()));
  ROW("round",
      in.has("decimals") ? round(in[0].tensor(), in["decimals"].as<int64_t>()) : round(in[0].tensor()));
  ROW("logit", logit(in[0].tensor(), numberOf(in, "eps")));
  ROW("nan_to_num",
      nan_to_num(in[0].tensor(), numberOf(in, "nan"), numberOf(in, "posinf"), numberOf(in, "neginf")));
  ROW("isclose", isclose(in[0].tensor(), in[1].tensor(), in.get("rtol", 1e-5), in.get("atol", 1e-8),
                         in.get("equal_nan", false)));
  ROW("polygamma", in[0].isTensor() ? polygamma(in[1].as<int64_t>(), in[0].tensor())
                                    : polygamma(in[0].as<int64_t>(), in[1].tensor()));
  ROW("threshold", threshold(in[0].tensor(), in[1].as<Scalar>(), in[2].as<Scalar>()));
  ROW("float_power", float_power(in[0].operand(), in[1].operand()));
  ROW("ldexp", ldexp(in[0].tensor(), in[1].operand()));
}

/// Those of the form beta * x + alpha * product.
#define ROW_ADD(name)                                                                                        \
  ROW(#name, name(in[0].tensor(), in[1].tensor(), in[2].tensor(), in.get("beta", Scalar(1)),                 \
                  in.get("alpha", Scalar(1))))

void addProducts(TargetTable &table) {
  ROW_ADD(addmm);
  ROW_ADD(baddbmm);
  ROW_ADD(addbmm);
  ROW_ADD(addmv);
  ROW_ADD(addr);
  ROW("inner", inner(in[0].tensor(), in[1].tensor()));
  ROW("kron", kron(in[0].tensor(), in[1].tensor()));
  ROW("cross", cross(in[0].tensor(), in[1].tensor(), in.get<std::optional<int64_t>>("dim", std::nullopt)));
  ROW("linalg_cross", linalg_cross(in[0].tensor(), in[1].tensor(), in.get<int64_t>("dim", -1)));
  ROW("einsum", einsum(in[0].as<std::string>(), in[1].tensors()));
  ROW("tensordot", tensordot(in[0].tensor(), in[1].tensor(), in[2].as<Shape>(), in[3].as<Shape>()));
  ROW("linalg_multi_dot", linalg_multi_dot(in[0].tensors()));
  ROW("linalg_matrix_power", linalg_matrix_power(in[0].tensor(), in[1].as<int64_t>()));
}

/// var, std and both with the mean: `unbiased`, or a correction.
#define ROW_MOMENT(name)                                                                                     \
  ROW_CHOICE(#name, {                                                                                        \
    bool keepdim = in.get("keepdim", false);                                                                 \
    Shape dims = in.get("dim", Shape());                                                                     \
    if (in.has("correction"))                                                                                \
      return runOf(name(in[0].tensor(), dims, std::optional(in["correction"].as<Scalar>()), keepdim));       \
    if (!in.has("dim") && !in.has("keepdim"))                                                                \
      return runOf(name(in[0].tensor(), in.get("unbiased", true)));                                          \
    return runOf(name(in[0].tensor(), dims, in.get("unbiased", true), keepdim));                             \
  })

void addNorms(TargetTable &table) {
  ROW_MOMENT(var);
  ROW_MOMENT(std);
  ROW_MOMENT(var_mean);
  ROW_MOMENT(std_mean);
  ROW("linalg_vector_norm", linalg_vector_norm(in[0].tensor(), in.get("ord", Scalar(2)),
                                               in.get("dim", Shape()), in.get("keepdim", false), typeOf(in)));
  ROW_CHOICE("linalg_matrix_norm", {
    Shape dims = in.get("dim", Shape{-2, -1});
    bool keepdim = in.get("keepdim", false);
    if (!in.has("ord") || in["ord"].text().is_string())
      return runOf(
          linalg_matrix_norm(in[0].tensor(), in.get<std::string>("ord", "fro"), dims, keepdim, typeOf(in)));
    return runOf(linalg_matrix_norm(in[0].tensor(), in["ord"].as<Scalar>(), dims, keepdim, typeOf(in)));
  });
  ROW_CHOICE("linalg_norm", {
    Shape dims = in.get("dim", Shape());
    bool keepdim = in.get("keepdim", false);
    if (in.has("ord") && in["ord"].text().is_string())
      return runOf(linalg_norm(in[0].tensor(), in["ord"].as<std::string>(), dims, keepdim, typeOf(in)));
    auto order = in.get<std::optional<Scalar>>("ord", std::nullopt);
    return runOf(linalg_norm(in[0].tensor(), order, dims, keepdim, typeOf(in)));
  });
  ROW("linalg_svdvals", linalg_svdvals(in[0].tensor()));
}

void addFactorizations(TargetTable &table) {
  ROW("linalg_det", linalg_det(in[0].tensor()));
  ROW("det", in[0].tensor().det());
  ROW("linalg_slogdet", linalg_slogdet(in[0].tensor()));
  ROW("slogdet", in[0].tensor().slogdet());
  ROW("logdet", logdet(in[0].tensor()));
  ROW("linalg_inv", linalg_inv(in[0].tensor()));
  ROW("inverse", in[0].tensor().inverse());
  ROW("linalg_solve", linalg_solve(in[0].tensor(), in[1].tensor(), in.get("left", true)));
  ROW("linalg_solve_triangular",
      linalg_solve_triangular(in[0].tensor(), in[1].tensor(), in["upper"].as<bool>(), in.get("left", true),
                              in.get("unitriangular", false)));
  ROW("linalg_cholesky", linalg_cholesky(in[0].tensor(), in.get("upper", false)));
  ROW("cholesky", in[0].tensor().cholesky(in.get("upper", false)));
}

void addStacks(TargetTable &table) {
  ROW("hstack", hstack(in[0].tensors()));
  ROW("vstack", vstack(in[0].tensors()));
  ROW("dstack", dstack(in[0].tensors()));
  ROW("column_stack", column_stack(in[0].tensors()));
  ROW_CHOICE("squeeze", {
    if (!in.has("dim"))
      return runOf(squeeze(in[0].tensor()));
    if (in["dim"].isList())
      return runOf(squeeze(in[0].tensor(), in["dim"].as<Shape>()));
    return runOf(squeeze(in[0].tensor(), in["dim"].as<int64_t>()));
  });
  ROW("narrow",
      in[2].isTensor()
          ? narrow(in[0].tensor(), in[1].as<int64_t>(), in[2].tensor(), in[3].as<int64_t>())
          : narrow(in[0].tensor(), in[1].as<int64_t>(), Size(in[2].as<int64_t>()), in[3].as<int64_t>()));
  ROW("constant_pad_nd", constant_pad_nd(in[0].tensor(), in[1].as<Shape>(), in.get("value", Scalar(0))));
}

} // namespace

void addLinalgFunctions(TargetTable &table) {
  addMorePointwise(table);
  addProducts(table);
  addNorms(table);
  addFactorizations(table);
  addStacks(table);
}

} // namespace ingot::conformance
