// Methods that write to their object; what the pointwise records give is in TensorFunctions.cpp.
#include "ingot/functional/layers.h"
#include "ingot/functional/ops.h"
#include "tools/conformance/Rows.h"

namespace ingot::conformance {
namespace {

void addInPlaceArithmetic(TargetTable &table) {
  ROW("add_", in.has("alpha") ? in[0].tensor().add_(in[1].operand(), in["alpha"].as<Scalar>())
                              : in[0].tensor().add_(in[1].operand()));
  ROW("sub_", in.has("alpha") ? in[0].tensor().sub_(in[1].operand(), in["alpha"].as<Scalar>())
                              : in[0].tensor().sub_(in[1].operand()));
  ROW("div_", in.has("rounding_mode")
                  ? in[0].tensor().div_(in[1].operand(), in["rounding_mode"].as<std::string>())
                  : in[0].tensor().div_(in[1].operand()));
  ROW("clamp_", !in.has("min")   ? in[0].tensor().clamp_max_(in["max"].operand())
                : !in.has("max") ? in[0].tensor().clamp_min_(in["min"].operand())
                                 : in[0].tensor().clamp_(in["min"].operand(), in["max"].operand()));
  ROW("clamp_min_", in[0].tensor().clamp_min_(in[1].operand()));
  ROW("clamp_max_", in[0].tensor().clamp_max_(in[1].operand()));
  ROW("round_",
      in.has("decimals") ? in[0].tensor().round_(in["decimals"].as<int64_t>()) : in[0].tensor().round_());
  ROW("logical_and_", in[0].tensor().logical_and_(in[1].operand()));
  ROW("logical_or_", in[0].tensor().logical_or_(in[1].operand()));
  ROW("logical_xor_", in[0].tensor().logical_xor_(in[1].operand()));
  ROW("bitwise_not_", in[0].tensor().bitwise_not_());
  ROW("lerp_", in[0].tensor().lerp_(in[1].operand(), in[2].operand()));
  ROW("addcmul_", in[0].tensor().addcmul_(in[1].tensor(), in[2].tensor(), in.get("value", Scalar(1))));
  ROW("addcdiv_", in[0].tensor().addcdiv_(in[1].tensor(), in[2].tensor(), in.get("value", Scalar(1))));
  ROW("nan_to_num_", in[0].tensor().nan_to_num_(in.get("nan", std::optional<double>()),
                                                in.get("posinf", std::optional<double>()),
                                                in.get("neginf", std::optional<double>())));
  ROW("threshold_", threshold_(in[0].tensor(), in[1].as<Scalar>(), in[2].as<Scalar>()));
  ROW("leaky_relu_", leaky_relu_(in[0].tensor(), in.get("negative_slope", Scalar(0.01))));
  ROW("elu_", elu_(in[0].tensor(), in.get("alpha", Scalar(1))));
  ROW("hardtanh_", hardtanh_(in[0].tensor(), in.get("min_val", Scalar(-1)), in.get("max_val", Scalar(1))));
}

void addInPlaceCopies(TargetTable &table) {
  ROW("copy_", in[0].tensor().copy_(in[1].operand()));
  ROW("fill_", in[0].tensor().fill_(in[1].operand()));
  ROW("zero_", in[0].tensor().zero_());
  ROW("masked_fill_", in[0].tensor().masked_fill_(in[1].tensor(), in[2].operand()));
  ROW("masked_scatter_", in[0].tensor().masked_scatter_(in[1].tensor(), in[2].tensor()));
  ROW("fill_diagonal_", in[0].tensor().fill_diagonal_(in[1].operand(), in.get("wrap", false)));
  ROW("tril_", in[0].tensor().tril_(in.get<int64_t>("diagonal", 0)));
  ROW("triu_", in[0].tensor().triu_(in.get<int64_t>("diagonal", 0)));
  ROW("cumsum_", in[0].tensor().cumsum_(in[1].as<int64_t>()));
  ROW("cumprod_", in[0].tensor().cumprod_(in[1].as<int64_t>()));
  ROW("addmm_", in[0].tensor().addmm_(in[1].tensor(), in[2].tensor(), in.get("beta", Scalar(1)),
                                      in.get("alpha", Scalar(1))));
  ROW("baddbmm_", in[0].tensor().baddbmm_(in[1].tensor(), in[2].tensor(), in.get("beta", Scalar(1)),
                                          in.get("alpha", Scalar(1))));
}

void addInPlacePutting(TargetTable &table) {
  ROW_CHOICE("scatter_", {
    int64_t dim = in[1].as<int64_t>();
    if (!in.has("reduce"))
      return runOf(in[0].tensor().scatter_(dim, in[2].tensor(), in[3].operand()));
    return runOf(
        in[0].tensor().scatter_(dim, in[2].tensor(), in[3].operand(), in["reduce"].as<std::string>()));
  });
  ROW("scatter_add_", in[0].tensor().scatter_add_(in[1].as<int64_t>(), in[2].tensor(), in[3].tensor()));
  ROW("scatter_reduce_",
      in[0].tensor().scatter_reduce_(in[1].as<int64_t>(), in[2].tensor(), in[3].tensor(),
                                     in[4].as<std::string>(), in.get("include_self", true)));
  ROW("index_add_", in[0].tensor().index_add_(in[1].as<int64_t>(), in[2].tensor(), in[3].tensor(),
                                              in.get("alpha", Scalar(1))));
  ROW("index_copy_", in[0].tensor().index_copy_(in[1].as<int64_t>(), in[2].tensor(), in[3].tensor()));
  ROW("index_fill_", in[0].tensor().index_fill_(in[1].as<int64_t>(), in[2].tensor(), in[3].operand()));
}

} // namespace

void addInPlaceFunctions(TargetTable &table) {
  addInPlaceArithmetic(table);
  addInPlaceCopies(table);
  addInPlacePutting(table);
}

} // namespace ingot::conformance
