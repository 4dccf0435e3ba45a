#include "ir/ops/Ops.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Constants.h"
#include "passes/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace ingot::passes {
#define GEN_PASS_DEF_SIMPLIFY
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using ingot::passes::isZero;

namespace {

/// The value that is repeated, with its own sizes; the scalar itself if it is no broadcast.
Value repeatedValue(Value value) {
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    return broadcast.getX();
  return cast<RankedTensorType>(value.getType()).getRank() == 0 ? value : Value();
}

struct MergeBroadcasts : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<BroadcastOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "operand is no broadcast");
    rewriter.modifyOpInPlace(op, [&] { op.getXMutable().assign(inner.getX()); });
    return success();
  }
};

/// The pointwise op on other operands, whose sizes are `sizes`.
Value computeOn(PatternRewriter &rewriter, PointwiseOpInterface op, ValueRange operands,
                ArrayRef<sizes::Expr> sizes) {
  IRMapping mapping;
  mapping.map(op->getOperands(), operands);
  Operation *clone = rewriter.clone(*op, mapping);
  clone->getResult(0).setType(tensorOf(sizes, getElementTypeOrSelf(op->getResult(0))));
  return clone->getResult(0);
}

struct ComputeBeforeBroadcast : OpInterfaceRewritePattern<PointwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(PointwiseOpInterface op, PatternRewriter &rewriter) const override {
    std::optional<std::vector<sizes::Expr>> sizes; // of the operands that are no scalars
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      Value repeated = repeatedValue(operand);
      if (!repeated)
        return rewriter.notifyMatchFailure(op, "an operand is no broadcast");
      auto own = sizesOf(repeated.getType());
      if (!own.empty() && sizes && *sizes != own)
        return rewriter.notifyMatchFailure(op, "operands are repeated from different sizes");
      if (!own.empty())
        sizes = own;
      operands.push_back(repeated);
    }
    Type whole = op->getResult(0).getType();
    std::vector<sizes::Expr> small = sizes.value_or(std::vector<sizes::Expr>());
    if (small == sizesOf(whole))
      return rewriter.notifyMatchFailure(op, "nothing is repeated");
    auto repeat = [&](Value value, ArrayRef<sizes::Expr> to) -> Value {
      RankedTensorType type = tensorOf(to, getElementTypeOrSelf(value));
      return type == value.getType() ? value : BroadcastOp::create(rewriter, op.getLoc(), type, value);
    };
    for (Value &operand : operands)
      operand = repeat(operand, small);
    rewriter.replaceOp(op, repeat(computeOn(rewriter, op, operands, small), sizesOf(whole)));
    return success();
  }
};

bool hasOneReader(Value value) { return !value.use_empty() && llvm::all_equal(value.getUsers()); }

/// Whether a value is the result of a contraction, or of pointwise ops that could be its epilogue.
bool followsContraction(Value value) {
  constexpr size_t limit = 32; // no epilogue is longer
  llvm::SmallSetVector<Operation *, 8> pending;
  auto visit = [&](Value next) {
    if (Operation *op = next.getDefiningOp(); op && hasOneReader(next))
      pending.insert(op);
  };
  visit(value);
  for (size_t i = 0; i < std::min(pending.size(), limit); ++i) {
    Operation *op = pending[i];
    if (isa<ContractionOpInterface>(op))
      return true;
    if (isa<PointwiseOpInterface>(op))
      llvm::for_each(op->getOperands(), visit);
  }
  return false;
}

/// Whether the broadcast repeats the same elements under the sizes `to`, which agree in the last dimensions.
bool repeatsAlike(BroadcastOp op, ArrayRef<sizes::Expr> to) {
  auto from = sizesOf(op.getX().getType()), whole = sizesOf(op.getType());
  return from.size() <= to.size() &&
         std::equal(whole.end() - from.size(), whole.end(), to.end() - from.size());
}

struct ReshapeOfBroadcast : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto broadcast = op.getX().getDefiningOp<BroadcastOp>();
    if (!broadcast || !repeatsAlike(broadcast, sizesOf(op.getType())))
      return rewriter.notifyMatchFailure(op, "it is not repeated along leading dimensions only");
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), broadcast.getX());
    return success();
  }
};

/// A linear layer on more than two dimensions computes rows, reshapes, and adds its bias: the bias must come first to be
/// part of the contraction's kernel.
struct ComputeBeforeReshape : OpInterfaceRewritePattern<PointwiseOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  /// The value without the reshape between it and a contraction; null if that is not what it is.
  static Value contracted(Value value) {
    auto reshape = value.getDefiningOp<ReshapeOp>();
    return reshape && hasOneReader(value) && followsContraction(reshape.getX()) ? reshape.getX() : Value();
  }

  LogicalResult matchAndRewrite(PointwiseOpInterface op, PatternRewriter &rewriter) const override {
    auto found = llvm::find_if(op->getOperands(), contracted);
    if (found == op->operand_end())
      return rewriter.notifyMatchFailure(op, "no operand is a reshaped contraction");
    auto sizes = sizesOf(contracted(*found).getType());
    // The other way round is no better where another operand is a contraction under these sizes.
    for (Value operand : op->getOperands())
      if (!operand.getDefiningOp<ReshapeOp>() && followsContraction(operand))
        return rewriter.notifyMatchFailure(op, "an operand is a contraction that is not reshaped");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      RankedTensorType type = tensorOf(sizes, getElementTypeOrSelf(operand));
      auto broadcast = operand.getDefiningOp<BroadcastOp>();
      if (broadcast && repeatsAlike(broadcast, sizes))
        operands.push_back(BroadcastOp::create(rewriter, op.getLoc(), type, broadcast.getX()));
      else
        operands.push_back(rewriter.createOrFold<ReshapeOp>(op.getLoc(), type, operand));
    }
    Value result = computeOn(rewriter, op, operands, sizes);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op->getResult(0).getType(), result);
    return success();
  }
};

/// Whether the op exchanges the last two dimensions and keeps the others.
bool exchangesLastTwo(TransposeOp op) {
  SmallVector<int64_t> wanted = llvm::to_vector(llvm::seq<int64_t>(op.getPermutation().size()));
  if (wanted.size() < 2)
    return false;
  std::swap(wanted.end()[-1], wanted.end()[-2]);
  return ArrayRef(wanted) == op.getPermutation();
}

struct TransposeIntoMatmul : OpRewritePattern<MatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MatmulOp op, PatternRewriter &rewriter) const override {
    auto transposed = [](Value operand) {
      auto transpose = operand.getDefiningOp<TransposeOp>();
      return transpose && exchangesLastTwo(transpose) ? transpose.getX() : Value();
    };
    Value a = transposed(op.getA()), b = transposed(op.getB());
    if (!a && !b)
      return rewriter.notifyMatchFailure(op, "no operand is a transpose of its last two dimensions");
    rewriter.replaceOpWithNewOp<MatmulOp>(op, op.getType(), a ? a : op.getA(), b ? b : op.getB(),
                                          op.getTransposeA() != bool(a), op.getTransposeB() != bool(b));
    return success();
  }
};

/// The gradient of a weight that the product reads transposed is computed as it lies in memory.
struct TransposeOfMatmul : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto matmul = op.getX().getDefiningOp<MatmulOp>();
    if (!matmul || !matmul->hasOneUse() || !exchangesLastTwo(op))
      return rewriter.notifyMatchFailure(op,
                                         "it does not exchange the rows and columns of a product of its own");
    rewriter.replaceOpWithNewOp<MatmulOp>(op, op.getType(), matmul.getB(), matmul.getA(),
                                          !matmul.getTransposeB(), !matmul.getTransposeA());
    return success();
  }
};

struct TransposeOfOnes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto sizes = sizesOf(op.getX().getType());
    int64_t last = -1;
    for (int64_t dim : op.getPermutation()) {
      if (sizes[dim] == sizes::Expr(1))
        continue;
      if (dim < last)
        return rewriter.notifyMatchFailure(op, "dimensions of more than one element change places");
      last = dim;
    }
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getX());
    return success();
  }
};

struct PadByNothing : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PadOp op, PatternRewriter &rewriter) const override {
    if (op.getX().getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "elements are added");
    rewriter.replaceOp(op, op.getX());
    return success();
  }
};

/// The gradient of a tensor that was split: the parts, each among zeros, added up.
struct AddParts : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;

  /// The terms of a sum; false if one is no part among zeros.
  static bool collect(Value value, SmallVectorImpl<InsertSliceOp> &parts) {
    Operation *op = value.getDefiningOp();
    if (auto add = dyn_cast_or_null<AddOp>(op))
      return collect(add.getA(), parts) && collect(add.getB(), parts);
    auto part = dyn_cast_or_null<InsertSliceOp>(op);
    if (!part || !part.getOffsets().empty() || !isZero(part.getInto()) ||
        llvm::any_of(part.getSteps(), [](int64_t step) { return step != 1; }))
      return false;
    parts.push_back(part);
    return true;
  }

  /// The only dimension along which the part is smaller than the whole; -1 if there are several.
  static int64_t splitDim(InsertSliceOp part) {
    auto whole = sizesOf(part.getType()), own = sizesOf(part.getX().getType());
    int64_t found = -1;
    for (size_t dim = 0; dim < whole.size(); ++dim)
      if (whole[dim] != own[dim]) {
        if (found >= 0)
          return -1;
        found = static_cast<int64_t>(dim);
      }
    return found;
  }

  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    SmallVector<InsertSliceOp> parts;
    if (!collect(op.getA(), parts) || !collect(op.getB(), parts))
      return rewriter.notifyMatchFailure(op, "no sum of parts among zeros");
    int64_t dim = splitDim(parts.front());
    if (dim < 0 || llvm::any_of(parts, [&](InsertSliceOp part) { return splitDim(part) != dim; }))
      return rewriter.notifyMatchFailure(op, "parts are not split along one dimension");
    SmallVector<Value> ordered;
    sizes::Expr end = 0;
    while (ordered.size() < parts.size()) {
      auto next = llvm::find_if(parts, [&](InsertSliceOp part) { return part.getStarts()[dim] == end; });
      if (next == parts.end())
        return rewriter.notifyMatchFailure(op, "parts overlap, or leave zeros between them");
      ordered.push_back(next->getX());
      end = end + sizesOf(next->getX().getType())[dim];
    }
    if (end != sizesOf(op.getType())[dim])
      return rewriter.notifyMatchFailure(op, "parts leave zeros behind them");
    rewriter.replaceOpWithNewOp<ConcatOp>(op, op.getType(), ordered, dim);
    return success();
  }
};

/// A part of a tensor, elements from `starts` on; a number that is repeated is repeated less often.
Value partOf(PatternRewriter &rewriter, Location loc, Value value, RankedTensorType type,
             ArrayRef<sizes::Expr> starts) {
  if (auto broadcast = value.getDefiningOp<BroadcastOp>();
      broadcast && cast<RankedTensorType>(broadcast.getX().getType()).getRank() == 0)
    return BroadcastOp::create(rewriter, loc, type, broadcast.getX());
  SmallVector<int64_t> ones(starts.size(), 1);
  return rewriter.createOrFold<SliceOp>(loc, type, value, ValueRange{},
                                        SizesAttr::get(rewriter.getContext(), starts),
                                        rewriter.getDenseI64ArrayAttr(ones));
}

/// Whether it is a run of neighbours along each dimension, whose place is known.
bool isPlainPart(SliceOp op) {
  return op.getOffsets().empty() && llvm::all_of(op.getSteps(), [](int64_t step) { return step == 1; });
}

/// The gradient of a padded convolution is computed without the border.
struct SliceOfConv : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto conv = op.getX().getDefiningOp<ConvOp>();
    if (!conv || !conv->hasOneUse() || !isPlainPart(op))
      return rewriter.notifyMatchFailure(op, "it is no plain part of a convolution");
    auto sizes = sizesOf(op.getType());
    std::vector<sizes::Expr> starts = op.getStarts(), taken = sizesOf(conv.getX().getType());
    if (sizes[1] != sizesOf(conv.getType())[1])
      return rewriter.notifyMatchFailure(op, "it has some of the channels only");
    taken[0] = sizes[0];
    auto window = cast<RankedTensorType>(conv.getW().getType()).getShape();
    for (size_t i = 0; i + 2 < sizes.size(); ++i) {
      int64_t stride = conv.getStrides()[i], extent = (window[i + 2] - 1) * conv.getDilations()[i] + 1;
      // Of no positions at all, the windows would take less than nothing.
      if (sizes[i + 2] == sizes::Expr(0) || (stride > extent && !sizes[i + 2].isConstant()))
        return rewriter.notifyMatchFailure(op, "it may be empty");
      starts[i + 2] = starts[i + 2] * stride;
      taken[i + 2] = (sizes[i + 2] - 1) * stride + extent;
    }
    Value x = partOf(rewriter, op.getLoc(), conv.getX(), tensorOf(taken, getElementTypeOrSelf(conv.getX())),
                     starts);
    rewriter.replaceOp(op, ConvOp::create(rewriter, conv.getLoc(), x, conv.getW(), conv.getStrides(),
                                          conv.getDilations(), conv.getGroups(), conv.getFlipped()));
    return success();
  }
};

struct SliceOfInsertSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Where along one dimension the inserted part meets the slice: elements [first, last) of it, at `start` of the slice.
  struct Overlap {
    sizes::Expr first, last, start;
  };
  static std::optional<Overlap> overlap(const sizes::Expr &whole, const sizes::Expr &from,
                                        const sizes::Expr &size, const sizes::Expr &count,
                                        const sizes::Expr &start, int64_t step) {
    if (from == sizes::Expr(0) && size == whole)
      return Overlap{0, count, start};
    for (const sizes::Expr &e : {from, size, count, start})
      if (!e.isConstant())
        return std::nullopt;
    int64_t before = from.constant() - start.constant(),
            first = std::max<int64_t>(llvm::divideCeilSigned(before, step), 0),
            last = std::min(llvm::divideCeilSigned(before + size.constant(), step), count.constant());
    return Overlap{first, last, start.constant() + first * step - from.constant()};
  }

  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto insert = op.getX().getDefiningOp<InsertSliceOp>();
    if (!insert || !insert->hasOneUse() || !insert.getOffsets().empty() || !isPlainPart(op))
      return rewriter.notifyMatchFailure(op, "it is no plain part of what a slice was inserted into");
    auto whole = sizesOf(insert.getType()), size = sizesOf(op.getType()),
         part = sizesOf(insert.getX().getType());
    std::vector<sizes::Expr> starts, from;
    bool empty = false;
    for (size_t d = 0; d < whole.size(); ++d) {
      auto met =
          overlap(whole[d], op.getStarts()[d], size[d], part[d], insert.getStarts()[d], insert.getSteps()[d]);
      if (!met)
        return rewriter.notifyMatchFailure(op, "where the slices meet is known at run time only");
      starts.push_back(met->start), from.push_back(met->first);
      part[d] = met->last - met->first;
      empty |= part[d].isConstant() && part[d].constant() <= 0;
    }
    Location loc = op.getLoc();
    Value into = partOf(rewriter, loc, insert.getInto(), op.getType(), op.getStarts());
    if (empty) {
      rewriter.replaceOp(op, into);
      return success();
    }
    Value x = partOf(rewriter, loc, insert.getX(), tensorOf(part, getElementTypeOrSelf(insert.getX())), from);
    rewriter.replaceOpWithNewOp<InsertSliceOp>(op, into, x, ValueRange{},
                                               SizesAttr::get(getContext(), starts), insert.getStepsAttr());
    return success();
  }
};

/// Whether all elements are the number one: a constant, or the broadcast of one.
bool isOne(Value value) {
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getX();
  DenseElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return false;
  Attribute element = elements.getSplatValue<Attribute>();
  if (auto number = dyn_cast<FloatAttr>(element))
    return number.getValue().isExactlyValue(1.0);
  return cast<IntegerAttr>(element).getValue().isOne();
}

struct TimesOne : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    Value other = isOne(op.getB()) ? op.getA() : isOne(op.getA()) ? op.getB() : Value();
    if (!other)
      return rewriter.notifyMatchFailure(op, "no operand is one");
    rewriter.replaceOp(op, other);
    return success();
  }
};

struct Simplify : ingot::passes::impl::SimplifyBase<Simplify> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<AddParts, ComputeBeforeBroadcast, ComputeBeforeReshape, MergeBroadcasts, PadByNothing,
                 ReshapeOfBroadcast, SliceOfConv, SliceOfInsertSlice, TimesOne, TransposeIntoMatmul,
                 TransposeOfMatmul, TransposeOfOnes>(&getContext());
    // The program is right after each rewrite: one that is not finished is no error.
    (void)applyPatternsGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
