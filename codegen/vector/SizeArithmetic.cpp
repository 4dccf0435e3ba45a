#include "codegen/vector/SizeArithmetic.h"
#include "codegen/vector/Target.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace ingot::codegen {
using sizes::Expr;

SizeArithmetic::SizeArithmetic(func::FuncOp function) : function(function) {
  for (BlockArgument argument : function.getArguments()) {
    if (!argument.getType().isIndex())
      continue;
    auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "ingot.dim");
    bind(argument, Expr::dim(name ? name.getValue().str() : "arg" + std::to_string(argument.getArgNumber())));
  }
}

void SizeArithmetic::bind(Value value, const Expr &expr) {
  exprs[value] = expr;
  values.try_emplace(expr.str(), value);
}

std::optional<Expr> SizeArithmetic::exprOf(OpFoldResult size) {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return Expr(*constant);
  Value value = cast<Value>(size);
  if (auto it = exprs.find(value); it != exprs.end())
    return it->second;
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != &function.getBody().front())
    return std::nullopt;
  std::optional<Expr> expr = exprOfOp(op);
  exprs[value] = expr;
  return expr;
}

std::optional<Expr> SizeArithmetic::exprOfOp(Operation *op) {
  if (isa<arith::IndexCastOp, arith::ExtSIOp>(op))
    return exprOf(op->getOperand(0));
  if (auto dim = dyn_cast<memref::DimOp>(op)) {
    std::optional<int64_t> index = dim.getConstantIndex();
    return index ? extentOf(dim.getSource(), *index) : std::nullopt;
  }
  if (op->getNumOperands() != 2 ||
      !isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::FloorDivSIOp, arith::CeilDivSIOp,
           arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::MinSIOp, arith::MaxSIOp>(
          op))
    return std::nullopt;
  std::optional<Expr> x = exprOf(op->getOperand(0)), y = exprOf(op->getOperand(1));
  if (!x || !y)
    return std::nullopt;
  if (isa<arith::AddIOp>(op))
    return *x + *y;
  if (isa<arith::SubIOp>(op))
    return *x - *y;
  if (isa<arith::MulIOp>(op))
    return *x * *y;
  if (isa<arith::MinSIOp>(op))
    return min(*x, *y);
  if (isa<arith::MaxSIOp>(op))
    return max(*x, *y);
  if (!y->isConstant() || y->constant() <= 0)
    return std::nullopt;
  if (isa<arith::FloorDivSIOp>(op))
    return floordiv(*x, *y);
  if (isa<arith::CeilDivSIOp>(op))
    return floordiv(*x + (*y - 1), *y);
  // Division that rounds towards zero is floordiv where the dividend cannot be negative.
  if (Expr::lessEqual(Expr(0), *x, {}) != true)
    return std::nullopt;
  return isa<arith::RemSIOp, arith::RemUIOp>(op) ? mod(*x, *y) : floordiv(*x, *y);
}

/// The size of a memref, from where it was made or from the argument that it is a view of.
std::optional<Expr> SizeArithmetic::extentOf(Value memref, int64_t dim) {
  auto type = cast<MemRefType>(memref.getType());
  if (!type.isDynamicDim(dim))
    return Expr(type.getDimSize(dim));
  if (auto argument = dyn_cast<BlockArgument>(memref)) {
    if (argument.getOwner() != &function.getBody().front())
      return std::nullopt;
    Attribute attribute = function.getArgAttr(argument.getArgNumber(), "ingot.sizes");
    FailureOr<SmallVector<Expr>> sizes = sizesOf(type, attribute);
    return failed(sizes) ? std::nullopt : std::optional<Expr>((*sizes)[dim]);
  }
  if (auto alloc = memref.getDefiningOp<memref::AllocOp>())
    return exprOf(alloc.getMixedSizes()[dim]);
  if (auto view = memref.getDefiningOp<memref::ViewOp>())
    return exprOf(view.getSizes()[type.getDynamicDimIndex(dim)]);
  if (auto expand = memref.getDefiningOp<memref::ExpandShapeOp>())
    return exprOf(expand.getMixedOutputShape()[dim]);
  if (auto view = memref.getDefiningOp<memref::SubViewOp>())
    return view.getDroppedDims().none() ? exprOf(view.getMixedSizes()[dim]) : std::nullopt;
  auto collapse = memref.getDefiningOp<memref::CollapseShapeOp>();
  if (!collapse)
    return std::nullopt;
  Expr product = 1;
  const SmallVector<ReassociationIndices> parts = collapse.getReassociationIndices();
  for (int64_t part : parts[dim]) {
    std::optional<Expr> extent = extentOf(collapse.getSrc(), part);
    if (!extent)
      return std::nullopt;
    product = product * *extent;
  }
  return product;
}

bool SizeArithmetic::equal(OpFoldResult a, OpFoldResult b) {
  if (a == b)
    return true;
  std::optional<Expr> x = exprOf(a), y = exprOf(b);
  return x && y && *x == *y;
}

Value SizeArithmetic::emitOp(StringRef key, llvm::function_ref<Value(OpBuilder &)> build) {
  if (auto it = values.find(key); it != values.end())
    return it->second;
  Block &block = function.getBody().front();
  OpBuilder builder(function.getContext());
  if (entry)
    builder.setInsertionPointAfter(entry);
  else
    builder.setInsertionPointToStart(&block);
  Value value = build(builder);
  entry = value.getDefiningOp();
  values.emplace(key.str(), value);
  return value;
}

namespace {
/// Emits an expression bottom-up; equal subexpressions are found again by their text.
struct Emission {
  struct Part {
    std::string key;
    Value value;
  };
  llvm::function_ref<Value(StringRef, llvm::function_ref<Value(OpBuilder &)>)> emitOp;
  Location loc;

  template <class Op> Part binary(StringRef symbol, const Part &x, const Part &y) {
    std::string key = ("(" + x.key + ") " + symbol + " (" + y.key + ")").str();
    return {key, emitOp(key, [&](OpBuilder &b) { return Op::create(b, loc, x.value, y.value).getResult(); })};
  }
  Part constant(int64_t value) {
    std::string key = std::to_string(value);
    return {key, emitOp(key, [&](OpBuilder &b) {
              return arith::ConstantIndexOp::create(b, loc, value).getResult();
            })};
  }
  Part dim(const std::string &name) {
    return {name,
            emitOp(name, [&](OpBuilder &) -> Value { llvm::report_fatal_error("size of no dimension"); })};
  }
  Part add(const Part &x, const Part &y) { return binary<arith::AddIOp>("+", x, y); }
  Part mul(const Part &x, const Part &y) { return binary<arith::MulIOp>("*", x, y); }
  Part min(const Part &x, const Part &y) { return binary<arith::MinSIOp>("min", x, y); }
  Part max(const Part &x, const Part &y) { return binary<arith::MaxSIOp>("max", x, y); }
  Part floordiv(const Part &x, const Part &y) { return binary<arith::FloorDivSIOp>("floordiv", x, y); }
  Part mod(const Part &x, const Part &y) {
    Part quotient = floordiv(x, y);
    Part whole = mul(quotient, y);
    return binary<arith::SubIOp>("-", x, whole);
  }
};
} // namespace

OpFoldResult SizeArithmetic::emit(const Expr &expr) {
  if (expr.isConstant())
    return Builder(function.getContext()).getIndexAttr(expr.constant());
  std::string text = expr.str();
  if (auto it = values.find(text); it != values.end())
    return it->second;
  auto emitOpHere = [&](StringRef key, llvm::function_ref<Value(OpBuilder &)> build) {
    return emitOp(key, build);
  };
  Value value = expr.visit<Emission::Part>(Emission{emitOpHere, function.getLoc()}).value;
  values.emplace(text, value);
  exprs[value] = expr;
  return value;
}

FailureOr<SmallVector<Expr>> SizeArithmetic::sizesOf(ShapedType type, Attribute attribute) {
  SmallVector<Expr> result;
  if (type.hasStaticShape()) {
    llvm::append_range(result, type.getShape());
    return result;
  }
  auto sizes = dyn_cast_or_null<ir::SizesAttr>(attribute);
  if (!sizes || static_cast<int64_t>(sizes.getSizes().size()) != type.getRank())
    return failure();
  for (auto [expr, size] : llvm::zip_equal(sizes.getSizes(), type.getShape())) {
    if (expr.isConstant() == ShapedType::isDynamic(size) || (expr.isConstant() && expr.constant() != size))
      return failure();
    result.push_back(expr);
  }
  return result;
}

Expr bytesOf(const Expr &elements, Type element) {
  constexpr int64_t bitsInByte = 8;
  return element.isInteger(1) ? floordiv(elements + (bitsInByte - 1), bitsInByte)
                              : elements * elementBytes(element);
}

} // namespace ingot::codegen
