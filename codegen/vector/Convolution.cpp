#include "codegen/vector/Convolution.h"
#include "codegen/vector/AffineMaps.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;

namespace ingot::codegen {
namespace {

int64_t sizeOr(int64_t size) { return ShapedType::isDynamic(size) ? guessedSize : size; }

/// By how many elements an operand moves with a dimension, at most.
int64_t strideAlong(AffineMap map, unsigned dim) {
  SmallVector<AffineExpr> zeros(map.getNumDims(), getAffineConstantExpr(0, map.getContext())), one = zeros;
  one[dim] = getAffineConstantExpr(1, map.getContext());
  int64_t stride = 1;
  for (AffineExpr expr : map.getResults()) {
    auto at = [&](ArrayRef<AffineExpr> point) {
      auto value = dyn_cast<AffineConstantExpr>(expr.replaceDims(point));
      return value ? value.getValue() : 0;
    };
    stride = std::max(stride, at(one) - at(zeros));
  }
  return stride;
}

} // namespace

Convolution::Convolution(kernel::ContractOp op, const Target &target)
    : lhs(op.getLhsMap()), rhs(op.getRhsMap()), out(op.getOutMap()), sizes(op.getStaticSizes()),
      lanes(target.lanes(op.getAccumulatorType())) {}

bool Convolution::is(kernel::ContractOp op) { return !isPlain(op.getLhsMap()) || !isPlain(op.getRhsMap()); }

Convolution::Choice Convolution::best() const {
  double natural = cyclesAsItLies(), least = natural;
  Choice choice;
  for (unsigned dim = 0; dim < sizes.size(); ++dim)
    if (double cycles = cyclesAlong(dim); cycles < least) {
      least = cycles;
      choice = {dim, natural - cycles};
    }
  return choice;
}

/// Whether both operands move along a dimension, one by one: the channels of a depthwise convolution.
bool Convolution::isShared(unsigned dim) const {
  return resultOf(out, dim) && resultOf(lhs, dim) && resultOf(rhs, dim);
}

/// Multiply-adds.
double Convolution::products() const {
  double result = 1;
  for (int64_t size : sizes)
    result *= sizeOr(size);
  return result;
}

double Convolution::cyclesAlong(unsigned dim) const {
  int64_t size = sizes[dim];
  if (size < 2 || ShapedType::isDynamic(size) || !resultOf(out, dim))
    return INFINITY;
  constexpr double oneVector = 1.07, loadBound = 1.3;
  double vectors = llvm::divideCeil(size, lanes), cycles = products() / size * vectors;
  if (isShared(dim))
    return cycles * loadBound;
  for (AffineMap map : {lhs, rhs})
    if (map.isFunctionOfDim(dim) && (!isPlain(map) || !resultOf(map, dim)))
      return INFINITY;
  return cycles * (vectors == 1 ? oneVector : 1);
}

double Convolution::cyclesAsItLies() const {
  constexpr double unaligned = 1.2, apart = 0.5, loadBound = 2;
  double factor = 1, size = 1;
  AffineMap moved;
  // Rows that follow each other are one to the kernel.
  for (AffineExpr expr : llvm::reverse(out.getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim)
      break;
    unsigned position = dim.getPosition();
    AffineMap own = lhs.isFunctionOfDim(position) ? lhs : rhs;
    if ((moved && moved != own) || resultOf(own, position))
      break;
    moved = own;
    size *= sizeOr(sizes[position]);
    factor = std::max(factor, unaligned + apart * (strideAlong(own, position) - 1));
  }
  auto last = dyn_cast<AffineDimExpr>(out.getResults().back());
  if (size == 1 && last)
    size = sizeOr(sizes[last.getPosition()]);
  for (unsigned dim = 0; dim < sizes.size(); ++dim)
    if (isShared(dim))
      factor *= loadBound;
  return products() / size * llvm::divideCeil(int64_t(size), lanes) * factor;
}

} // namespace ingot::codegen
