// kernel.relayout: a copy whose reads, and where a dimension is cut in two also its writes, are guarded.
//
//   out[p, k, r] = source[k, p * 64 + r]       guard of the read   p * 64 + r < N
//   out[k, n] = source[n floordiv 64, k, n mod 64]
//                                              n = hi * 64 + lo, guard of the write  hi * 64 + lo < N
#include "codegen/vector/EmitRelayout.h"
#include "codegen/vector/EmitLinalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/AffineMap.h"

using namespace mlir;

namespace ingot::codegen {
namespace {

/// The nest of one relayout, with the dimensions that the map divides cut in two.
class Relayout {
public:
  Relayout(AffineMap map, const View &source, const View &out, KernelBuilder &k)
      : context(k.b.getContext()), source(source), out(out), k(k), sourceExprs(map.getResults()) {
    for (unsigned d = 0; d < map.getNumDims(); ++d)
      cutDimension(d, divisorOf(d));
  }

  LoopNest nest() {
    LoopNest nest;
    nest.loops = loops;
    nest.inputs = 1;
    nest.initial.resize(1);
    for (AffineExpr &expr : sourceExprs)
      expr = expr.replaceDims(dims);
    nest.accesses.push_back(access(source, sourceExprs, true));
    nest.accesses.push_back(access(out, dims, false));
    return nest;
  }

private:
  /// The only constant that the map divides dimension `d` by, 1 if there is none or more than one.
  int64_t divisorOf(unsigned d) {
    int64_t divisor = 1;
    bool unique = true;
    for (AffineExpr expr : sourceExprs)
      expr.walk([&](AffineExpr part) {
        auto binary = dyn_cast<AffineBinaryOpExpr>(part);
        bool divides = part.getKind() == AffineExprKind::FloorDiv || part.getKind() == AffineExprKind::Mod;
        if (!binary || !divides || binary.getLHS() != getAffineDimExpr(d, context))
          return;
        auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS());
        unique &= constant && (divisor == 1 || divisor == constant.getValue());
        divisor = constant ? constant.getValue() : 1;
      });
    return unique ? divisor : 1;
  }

  /// Dimension d of `out` as one loop, or as two: d = hi * divisor + lo.
  void cutDimension(unsigned d, int64_t divisor) {
    unsigned first = loops.size();
    OpFoldResult size = out.sizes[d];
    AffineExpr old = getAffineDimExpr(d, context);
    if (divisor == 1) {
      loops.push_back({size, false});
      dims.push_back(getAffineDimExpr(first, context));
      return;
    }
    // Names beyond all dimensions, so that they are not replaced a second time.
    AffineExpr hi = getAffineDimExpr(first, context), lo = getAffineDimExpr(first + 1, context);
    AffineExpr hiName = getAffineSymbolExpr(first, context), loName = getAffineSymbolExpr(first + 1, context);
    for (AffineExpr &expr : sourceExprs) {
      expr = expr.replace(old.floorDiv(divisor), hiName);
      expr = expr.replace(old % divisor, loName);
    }
    loops.push_back({k.ceilDiv(size, k.index(divisor)), false});
    loops.push_back({k.index(divisor), false});
    dims.push_back(hi * divisor + lo);
    names.push_back({first, hi});
    names.push_back({first + 1, lo});
  }

  Access access(const View &view, ArrayRef<AffineExpr> exprs, bool isSource) {
    SmallVector<AffineExpr> results;
    SmallVector<AffineExpr> symbols(loops.size(), getAffineConstantExpr(0, context));
    for (auto [symbol, loop] : names)
      symbols[symbol] = loop;
    for (AffineExpr expr : exprs)
      results.push_back(expr.replaceSymbols(symbols));
    Access access =
        makeAccess(view, view.element, AffineMap::get(loops.size(), 0, results, context), isSource, k);
    for (auto [expr, size] : llvm::zip_equal(results, view.sizes)) {
      Access::Guard guard = guardOf(expr, size);
      if (guard.lower || guard.upper)
        access.guards.push_back(guard);
    }
    return access;
  }

  /// The sides on which `expr` may leave [0, size), as far as the ranges of the loops tell.
  Access::Guard guardOf(AffineExpr expr, OpFoldResult size) {
    Access::Guard guard{expr, size, true, true};
    std::optional<LinearExpr> linear = linearOf(expr, loops.size());
    std::optional<sizes::Expr> end = k.sizes.exprOf(size);
    if (!linear || !end)
      return guard;
    sizes::Expr least = linear->constant, most = linear->constant;
    for (auto [coefficient, loop] : llvm::zip_equal(linear->coefficients, loops)) {
      if (!coefficient)
        continue;
      std::optional<sizes::Expr> extent = k.sizes.exprOf(loop.extent);
      if (!extent)
        return guard;
      (coefficient < 0 ? least : most) = (coefficient < 0 ? least : most) + (*extent - 1) * coefficient;
    }
    guard.lower = sizes::Expr::lessEqual(0, least, {}) != true;
    guard.upper = sizes::Expr::lessEqual(most + 1, *end, {}) != true;
    return guard;
  }

  MLIRContext *context;
  const View &source, &out;
  KernelBuilder &k;
  SmallVector<AffineExpr> sourceExprs;
  SmallVector<Loop> loops;
  /// Dimensions of `out` in terms of the loops; and the loops that symbols stand for.
  SmallVector<AffineExpr> dims;
  SmallVector<std::pair<unsigned, AffineExpr>> names;
};

} // namespace

LogicalResult emitRelayout(kernel::RelayoutOp op, const View &source, const View &out, KernelBuilder &k) {
  if (op.getMap().getNumSymbols())
    return op.emitOpError("must have a map without symbols");
  LoopNest nest = Relayout(op.getMap(), source, out, k).nest();
  emitCopyNest(nest, k);
  return success();
}

} // namespace ingot::codegen
