#include "ingot/functional/factories.h"
#include "ingot/functional/ops.h"
#include "tools/conformance/Rows.h"

namespace ingot::conformance {
namespace {

/// The list of indices of `index` and `index_put_`.
indexing::TensorIndexList indicesOf(const Value &list) {
  indexing::TensorIndexList indices;
  for (size_t i = 0; i < list.size(); ++i) {
    Value each = list[i];
    const Json &json = each.text();
    if (json.is_null())
      indices.emplace_back(indexing::None);
    else if (json.is_number_integer())
      indices.emplace_back(json.get<int64_t>());
    else if (each.isTensor())
      indices.emplace_back(each.tensor());
    else if (json.contains("ellipsis"))
      indices.emplace_back(indexing::Ellipsis);
    else if (json.contains("slice")) {
      auto bound = [&](size_t i) -> indexing::Slice::Bound {
        const Json &number = json["slice"].at(i);
        return number.is_null() ? indexing::Slice::Bound(indexing::None) : number.get<int64_t>();
      };
      const Json &step = json["slice"].at(2);
      indices.emplace_back(indexing::Slice(bound(0), bound(1), step.is_null() ? 1 : step.get<int64_t>()));
    } else {
      throw Unsupported("index " + json.dump());
    }
  }
  return indices;
}

void addTaking(TargetTable &table) {
  ROW("gather", gather(in[0].tensor(), in[1].as<int64_t>(), in[2].tensor(), in.get("sparse_grad", false)));
  ROW("take_along_dim",
      take_along_dim(in[0].tensor(), in[1].tensor(), in.get<std::optional<int64_t>>("dim", std::nullopt)));
  ROW("index_select", index_select(in[0].tensor(), in[1].as<int64_t>(), in[2].tensor()));
  ROW("take", take(in[0].tensor(), in[1].tensor()));
  ROW("index", in[0].tensor().index(indicesOf(in[1])));
  ROW("masked_select", masked_select(in[0].tensor(), in[1].tensor()));
  ROW("nonzero", nonzero(in[0].tensor()));
  ROW("count_nonzero", count_nonzero(in[0].tensor(), in.get("dim", Shape())));
}

void addPutting(TargetTable &table) {
  ROW_CHOICE("scatter", {
    int64_t dim = in[1].as<int64_t>();
    if (in.has("reduce"))
      return runOf(
          scatter(in[0].tensor(), dim, in[2].tensor(), in[3].operand(), in["reduce"].as<std::string>()));
    return runOf(scatter(in[0].tensor(), dim, in[2].tensor(), in[3].operand()));
  });
  ROW("scatter_add", scatter_add(in[0].tensor(), in[1].as<int64_t>(), in[2].tensor(), in[3].tensor()));
  ROW("scatter_reduce", scatter_reduce(in[0].tensor(), in[1].as<int64_t>(), in[2].tensor(), in[3].tensor(),
                                       in[4].as<std::string>(), in.get("include_self", true)));
  ROW("index_add", index_add(in[0].tensor(), in[1].as<int64_t>(), in[2].tensor(), in[3].tensor(),
                             in.get("alpha", Scalar(1))));
  ROW("index_copy", index_copy(in[0].tensor(), in[1].as<int64_t>(), in[2].tensor(), in[3].tensor()));
  ROW("index_fill", index_fill(in[0].tensor(), in[1].as<int64_t>(), in[2].tensor(), in[3].operand()));
  ROW("index_put_",
      in[0].tensor().index_put_(indicesOf(in[1]), in[2].operand(), in.get("accumulate", false)));
  ROW("masked_scatter", masked_scatter(in[0].tensor(), in[1].tensor(), in[2].tensor()));
  ROW("select_scatter",
      select_scatter(in[0].tensor(), in[1].tensor(), in[2].as<int64_t>(), in[3].as<int64_t>()));
  ROW("slice_scatter",
      slice_scatter(in[0].tensor(), in[1].tensor(), in.get<int64_t>("dim", 0),
                    in.get<std::optional<int64_t>>("start", std::nullopt),
                    in.get<std::optional<int64_t>>("end", std::nullopt), in.get<int64_t>("step", 1)));
}

void addSorting(TargetTable &table) {
  ROW("sort", sort(in[0].tensor(), in.get("stable", std::optional<bool>()), in.get<int64_t>("dim", -1),
                   in.get("descending", false)));
  ROW("argsort", argsort(in[0].tensor(), in.get("stable", false), in.get<int64_t>("dim", -1),
                         in.get("descending", false)));
  ROW("msort", msort(in[0].tensor()));
  ROW("topk", topk(in[0].tensor(), in[1].as<int64_t>(), in.get<int64_t>("dim", -1), in.get("largest", true)));
  ROW("kthvalue",
      kthvalue(in[0].tensor(), in[1].as<int64_t>(), in.get<int64_t>("dim", -1), in.get("keepdim", false)));
  ROW_CHOICE("median", {
    if (!in.has("dim"))
      return runOf(median(in[0].tensor()));
    return runOf(median(in[0].tensor(), in["dim"].as<int64_t>(), in.get("keepdim", false)));
  });
  ROW("searchsorted",
      searchsorted(in[0].tensor(), in[1].operand(), in.get("out_int32", false), in.get("right", false),
                   in.get<std::optional<std::string>>("side", std::nullopt), in.get("sorter", Tensor())));
  ROW("bucketize",
      bucketize(in[0].operand(), in[1].tensor(), in.get("out_int32", false), in.get("right", false)));
  ROW("isin",
      isin(in[0].operand(), in[1].operand(), in.get("assume_unique", false), in.get("invert", false)));
}

void addCumulative(TargetTable &table) {
  ROW("cumsum", cumsum(in[0].tensor(), in[1].as<int64_t>(), typeOf(in)));
  ROW("cumprod", cumprod(in[0].tensor(), in[1].as<int64_t>(), typeOf(in)));
  ROW("logcumsumexp", logcumsumexp(in[0].tensor(), in[1].as<int64_t>()));
  ROW("cummax", cummax(in[0].tensor(), in[1].as<int64_t>()));
  ROW("cummin", cummin(in[0].tensor(), in[1].as<int64_t>()));
  ROW("diff", diff(in[0].tensor(), in.get<int64_t>("n", 1), in.get<int64_t>("dim", -1),
                   in.get("prepend", Tensor()), in.get("append", Tensor())));
}

void addArrangements(TargetTable &table) {
  ROW("diagonal", diagonal(in[0].tensor(), in.get<int64_t>("offset", 0), in.get<int64_t>("dim1", 0),
                           in.get<int64_t>("dim2", 1)));
  ROW("diag", diag(in[0].tensor(), in.get<int64_t>("diagonal", 0)));
  ROW("diag_embed", diag_embed(in[0].tensor(), in.get<int64_t>("offset", 0), in.get<int64_t>("dim1", -2),
                               in.get<int64_t>("dim2", -1)));
  ROW("diagflat", diagflat(in[0].tensor(), in.get<int64_t>("offset", 0)));
  ROW("trace", trace(in[0].tensor()));
  ROW("tril_indices", tril_indices(in[0].as<int64_t>(), in[1].as<int64_t>(), in.get<int64_t>("offset", 0),
                                   typeOf(in).value_or(kInt64)));
  ROW("triu_indices", triu_indices(in[0].as<int64_t>(), in[1].as<int64_t>(), in.get<int64_t>("offset", 0),
                                   typeOf(in).value_or(kInt64)));
  ROW_CHOICE("repeat_interleave", {
    auto dim = in.get<std::optional<int64_t>>("dim", std::nullopt);
    auto size = in.get<std::optional<int64_t>>("output_size", std::nullopt);
    if (in.size() == 1)
      return runOf(repeat_interleave(in[0].tensor()));
    if (in[1].isTensor())
      return runOf(repeat_interleave(in[0].tensor(), in[1].tensor(), dim, size));
    return runOf(repeat_interleave(in[0].tensor(), in[1].as<int64_t>(), dim, size));
  });
  ROW("fliplr", fliplr(in[0].tensor()));
  ROW("flipud", flipud(in[0].tensor()));
  ROW("rot90", rot90(in[0].tensor(), in.get<int64_t>("k", 1), in.get("dims", Shape{0, 1})));
  ROW("tile", tile(in[0].tensor(), in[1].as<Shape>()));
  ROW("unfold", in[0].tensor().unfold(in[1].as<int64_t>(), in[2].as<int64_t>(), in[3].as<int64_t>()));
  ROW("movedim", movedim(in[0].tensor(), in[1].as<Shape>(), in[2].as<Shape>()));
  ROW("meshgrid", meshgrid(in[0].tensors(), in.get<std::string>("indexing", "ij")));
  ROW("broadcast_tensors", broadcast_tensors(in[0].tensors()));
}

} // namespace

void addIndexFunctions(TargetTable &table) {
  addTaking(table);
  addPutting(table);
  addSorting(table);
  addCumulative(table);
  addArrangements(table);
}

} // namespace ingot::conformance
