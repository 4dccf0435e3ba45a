#include "codegen/vector/ContractDomain.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using Size = OpFoldResult;

namespace ingot::codegen {

static bool isConstant(Size size, int64_t value) { return getConstantIntValue(size) == value; }

//===--- OperandAccess -------------------------------------------------------------------------------------------------===//

const OperandAccess::Panel *OperandAccess::panelOf(unsigned dim) const {
  auto it = llvm::find_if(panels, [&](const Panel &panel) { return panel.dim == dim; });
  return it == panels.end() ? nullptr : &*it;
}

bool OperandAccess::isIrregular(unsigned dim) const {
  return llvm::any_of(irregular, [&](const Term &term) { return term.expr.isFunctionOfDim(dim); });
}

bool OperandAccess::dependsOn(unsigned dim) const {
  return !isConstant(strides[dim], 0) || panelOf(dim) || isIrregular(dim);
}

bool OperandAccess::allowsTile(unsigned dim, int64_t extent, int64_t size) const {
  if (isIrregular(dim))
    return false;
  return llvm::all_of(panels, [&](const Panel &panel) {
    return panel.dim != dim || panel.width % extent == 0 || extent % panel.width == 0 ||
           (panel.joined && extent >= size);
  });
}

bool OperandAccess::isPadded(unsigned dim) const {
  const Panel *panel = panelOf(dim);
  return panel && !panel->joined && isConstant(strides[dim], 0) && !isIrregular(dim);
}

//===--- ContractDomain -----------------------------------------------------------------------------------------===//

ContractDomain::ContractDomain(kernel::ContractOp op, ArrayRef<View> views, KernelBuilder &builder)
    : k(builder) {
  for (kernel::ContractOp::SizeSource source : op.getSizeSources()) {
    unsigned operand = llvm::find(op->getOperands(), source.operand) - op->operand_begin();
    sizes.push_back(views[operand].sizes[source.dim]);
  }
  for (auto [operand, view] : llvm::zip_equal(op->getOpOperands(), views))
    accesses.push_back(accessOf(view, op.getMapOf(operand)));
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (!isConstant(size, 1))
      (op.isParallel(dim) ? parallel : reduction).push_back(dim);
  merge(parallel, /*neighboursOnly=*/false);
  // The sum runs in the order of the dimensions: only neighbours keep it.
  merge(reduction, /*neighboursOnly=*/true);
}

OperandAccess ContractDomain::accessOf(const View &view, AffineMap map) {
  OperandAccess access{view, view.offset, SmallVector<Size>(map.getNumDims(), k.index(0)), {}, {}};
  for (auto [expr, stride] : llvm::zip_equal(map.getResults(), view.strides))
    accumulate(access, expr, stride);
  return access;
}

void ContractDomain::accumulate(OperandAccess &access, AffineExpr expr, Size stride) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    access.offset = k.add(access.offset, k.mul(k.index(constant.getValue()), stride));
    return;
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    Size &sum = access.strides[dim.getPosition()];
    sum = k.add(sum, stride);
    return;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  auto dim = dyn_cast<AffineDimExpr>(binary.getLHS());
  auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (expr.getKind() == AffineExprKind::Add) {
    accumulate(access, binary.getLHS(), stride);
    accumulate(access, binary.getRHS(), stride);
  } else if (expr.getKind() == AffineExprKind::Mul && constant) {
    accumulate(access, binary.getLHS(), k.mul(stride, k.index(constant.getValue())));
  } else if (expr.getKind() != AffineExprKind::CeilDiv && dim && constant) {
    unsigned position = dim.getPosition();
    int64_t width = constant.getValue();
    auto it = llvm::find_if(access.panels, [&](const OperandAccess::Panel &panel) {
      return panel.dim == position && panel.width == width;
    });
    if (it == access.panels.end()) {
      access.panels.push_back({position, width, k.index(0), k.index(0)});
      it = std::prev(access.panels.end());
    }
    Size &part = expr.getKind() == AffineExprKind::Mod ? it->remainder : it->quotient;
    part = k.add(part, stride);
  } else {
    access.irregular.push_back({expr, stride});
  }
}

bool ContractDomain::movesAsOne(const OperandAccess &access, unsigned outer, unsigned inner) {
  return k.equal(access.strides[outer], k.mul(sizes[inner], access.strides[inner]));
}

static bool isLinear(const OperandAccess &access, unsigned dim) {
  return !access.panelOf(dim) && !access.isIrregular(dim);
}

bool ContractDomain::mergeable(unsigned outer, unsigned inner) {
  return llvm::all_of(accesses, [&](const OperandAccess &access) {
    return isLinear(access, outer) && isLinear(access, inner) && movesAsOne(access, outer, inner);
  });
}

bool ContractDomain::join(unsigned outer, unsigned inner) {
  std::optional<int64_t> rows = getConstantIntValue(sizes[outer]), width = getConstantIntValue(sizes[inner]);
  bool linear = llvm::all_of(accesses, [&](const OperandAccess &access) {
    return isLinear(access, outer) && isLinear(access, inner);
  });
  if (!rows || !width || !linear || !isConstant(out().strides[inner], 1) || !movesAsOne(out(), outer, inner))
    return false;
  for (OperandAccess &access : accesses) {
    if (movesAsOne(access, outer, inner))
      continue;
    access.panels.push_back({inner, *width, access.strides[outer], access.strides[inner], /*joined=*/true});
    access.strides[inner] = k.index(0);
  }
  sizes[inner] = k.index(*rows * *width);
  sizes[outer] = k.index(1);
  llvm::erase(parallel, outer);
  return true;
}

void ContractDomain::merge(SmallVectorImpl<unsigned> &dims, bool neighboursOnly) {
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned i = 0; i < dims.size() && !changed; ++i)
      for (unsigned o = 0; o < dims.size() && !changed; ++o) {
        if (o == i || (neighboursOnly && o + 1 != i) || !mergeable(dims[o], dims[i]))
          continue;
        sizes[dims[i]] = k.mul(sizes[dims[o]], sizes[dims[i]]);
        sizes[dims[o]] = k.index(1);
        dims.erase(dims.begin() + o);
        changed = true;
      }
  }
}

Size ContractDomain::stride(const OperandAccess &access, unsigned dim) {
  Size sum = access.strides[dim];
  for (const OperandAccess::Panel &panel : access.panels)
    if (panel.dim == dim)
      sum = k.add(sum, panel.remainder);
  return sum;
}

Size ContractDomain::offsetWithin(const OperandAccess &access, unsigned dim, int64_t step) {
  Size sum = k.mul(k.index(step), access.strides[dim]);
  for (const OperandAccess::Panel &panel : access.panels)
    if (panel.dim == dim)
      sum = k.add(sum, k.add(k.mul(k.index(step / panel.width), panel.quotient),
                             k.mul(k.index(step % panel.width), panel.remainder)));
  return sum;
}

int64_t ContractDomain::sizeOr(unsigned dim, int64_t guess) const {
  return getConstantIntValue(sizes[dim]).value_or(guess);
}

//===--- Cursor -------------------------------------------------------------------------------------------------===//

/// Whether no constant of the expression is negative, and so no value that it takes is.
static bool isNonNegative(AffineExpr expr) {
  bool result = true;
  expr.walk([&](AffineExpr part) {
    if (auto constant = dyn_cast<AffineConstantExpr>(part))
      result &= constant.getValue() >= 0;
  });
  return result;
}

/// x floordiv c and x mod c of x >= 0.
static Size quotientOf(KernelBuilder &k, Size x, int64_t c) {
  if (std::optional<int64_t> constant = getConstantIntValue(x))
    return k.index(*constant / c);
  return arith::DivUIOp::create(k.b, k.loc, k.value(x), k.value(k.index(c))).getResult();
}
static Size remainderOf(KernelBuilder &k, Size x, int64_t c) {
  if (std::optional<int64_t> constant = getConstantIntValue(x))
    return k.index(*constant % c);
  return arith::RemUIOp::create(k.b, k.loc, k.value(x), k.value(k.index(c))).getResult();
}

static Size evaluate(KernelBuilder &k, AffineExpr expr, ArrayRef<Size> point) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return k.index(constant.getValue());
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return point[dim.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Size x = evaluate(k, binary.getLHS(), point), y = evaluate(k, binary.getRHS(), point);
  switch (expr.getKind()) {
  case AffineExprKind::Add: return k.add(x, y);
  case AffineExprKind::Mul: return k.mul(x, y);
  case AffineExprKind::CeilDiv: return k.ceilDiv(x, y);
  default: break;
  }
  bool division = expr.getKind() == AffineExprKind::FloorDiv;
  if (!isNonNegative(binary.getLHS()))
    return division ? k.floorDiv(x, y) : k.mod(x, y);
  int64_t c = cast<AffineConstantExpr>(binary.getRHS()).getValue();
  return division ? quotientOf(k, x, c) : remainderOf(k, x, c);
}

/// The irregular terms that have become known since only the dimensions `before` were.
Size Cursor::irregularOffset(ContractDomain &domain, const OperandAccess &access,
                             const llvm::SmallBitVector &before) const {
  Size sum = domain.k.index(0);
  for (const OperandAccess::Term &term : access.irregular) {
    auto known = [&](const llvm::SmallBitVector &dims) {
      for (unsigned d = 0; d < dims.size(); ++d)
        if (term.expr.isFunctionOfDim(d) && !dims[d])
          return false;
      return true;
    };
    if (known(fixed) && !known(before))
      sum = domain.k.add(sum, domain.k.mul(evaluate(domain.k, term.expr, point), term.stride));
  }
  return sum;
}

Cursor::Cursor(ContractDomain &domain)
    : point(domain.sizes.size(), domain.k.index(0)), fixed(domain.sizes.size(), true) {
  for (unsigned dim : llvm::concat<unsigned>(domain.parallel, domain.reduction))
    fixed.reset(dim);
  for (const OperandAccess &access : domain.accesses) {
    Size offset = domain.k.add(access.offset,
                               irregularOffset(domain, access, llvm::SmallBitVector(fixed.size(), false)));
    pointers.push_back(domain.k.advance(access.view, access.view.base, offset));
  }
}

Cursor Cursor::at(ContractDomain &domain, unsigned dim, Size index) const {
  KernelBuilder &k = domain.k;
  Cursor next = *this;
  next.point[dim] = index;
  next.fixed.set(dim);
  for (auto [access, pointer] : llvm::zip_equal(domain.accesses, next.pointers)) {
    Size offset = k.mul(index, access.strides[dim]);
    for (const OperandAccess::Panel &panel : access.panels)
      if (panel.dim == dim)
        offset = k.add(offset, k.add(k.mul(quotientOf(k, index, panel.width), panel.quotient),
                                     k.mul(remainderOf(k, index, panel.width), panel.remainder)));
    offset = k.add(offset, next.irregularOffset(domain, access, fixed));
    pointer = k.advance(access.view, pointer, offset);
  }
  return next;
}

} // namespace ingot::codegen
