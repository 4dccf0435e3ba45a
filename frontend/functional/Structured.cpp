#include "frontend/functional/Structured.h"
#include "frontend/core/Value.h"

using namespace mlir;

namespace ingot::detail {
namespace {

Tensor recordWindow(const char *op, llvm::StringRef name, const Arg &x, const Windows &windows) {
  RecordLock lock;
  Site site{op, x.where};
  return recordOp(site, name, {valueOf(site, *x)},
                  {attr("kernel", windows.kernel), attr("strides", windows.strides),
                   attr("dilations", windows.dilations)});
}

} // namespace

Tensor recordConv(const Arg &x, const Arg &w, const std::vector<int64_t> &strides,
                  const std::vector<int64_t> &dilations, int64_t groups) {
  RecordLock lock;
  Site site{"conv", x.where};
  Value input = valueOf(site, *x), weight = valueOf(site, *w);
  return recordOp(site, "ingot.conv", {input, weight},
                  {attr("strides", strides), attr("dilations", dilations), attr("groups", groups)});
}

Tensor signedOf(const Arg &x) { return x->dtype() == kUInt8 ? x->to(kInt32, x.where) : *x; }

// The ops compare signed integers.
Tensor recordMaxPool(const Arg &x, const Windows &windows) {
  Tensor y = recordWindow("max_pool", "ingot.max_pool", Arg(signedOf(x), x.where), windows);
  return y.to(x->dtype(), x.where);
}

Tensor recordMaxPoolIndex(const Arg &x, const Windows &windows) {
  return recordWindow("max_pool", "ingot.max_pool_index", Arg(signedOf(x), x.where), windows);
}

Tensor recordWindowSum(const Arg &x, const Windows &windows) {
  return recordWindow("avg_pool", "ingot.window_sum", x, windows);
}

Tensor recordPad(const Arg &x, const std::vector<Size> &low, const std::vector<Size> &high,
                 const Scalar &value) {
  RecordLock lock;
  Site site{"pad", x.where};
  Value input = valueOf(site, *x);
  Value border = Recorder::current()->number(site, value, x->dtype());
  return recordOp(site, "ingot.pad", {input, border}, {attr("low", low), attr("high", high)});
}

Tensor recordInsertSlice(const Arg &into, const Arg &x, const std::vector<Size> &starts,
                         const std::vector<int64_t> &steps) {
  RecordLock lock;
  Site site{"insert_slice", x.where};
  Value whole = valueOf(site, *into), part = valueOf(site, *x);
  return recordOp(site, "ingot.insert_slice", {whole, part}, {attr("starts", starts), attr("steps", steps)});
}

Tensor recordGelu(const Arg &x, bool tanh) {
  RecordLock lock;
  Site site{"gelu", x.where};
  return recordOp(site, tanh ? "ingot.gelu_tanh" : "ingot.gelu", {valueOf(site, *x)});
}

} // namespace ingot::detail
