// The pass ingot-pack-contractions.
#include "codegen/kernel/Loops.h"
#include "codegen/vector/AffineMaps.h"
#include "codegen/vector/ContractPlan.h"
#include "codegen/vector/Passes.h"
#include "codegen/vector/SizeArithmetic.h"
#include "codegen/vector/Target.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringSet.h"
#include <cstring>
#include <vector>

namespace ingot::codegen {
#define GEN_PASS_DEF_PACKCONTRACTIONS
#include "codegen/vector/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;

namespace {

/// An operand that may be packed, and the dimension that panels cut: that of the vectors, or of the rows of tiles.
struct PanelOperand {
  OpOperand *operand;
  unsigned dim;
  RankedTensorType type;
  AffineMap map;
  /// The other dimensions of the operand: those of the product, and the summed ones.
  SmallVector<unsigned> outer, reduction;
  /// Whether the elements along `dim` are neighbours in memory, at `rowStride` from one step of the sum to the next.
  bool contiguous;
};

/// The innermost dimension of the result that has more than one element.
std::optional<unsigned> vectorDimension(kernel::ContractOp op, ArrayRef<int64_t> sizes) {
  for (AffineExpr expr : llvm::reverse(op.getOutMap().getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim)
      return std::nullopt;
    if (sizes[dim.getPosition()] != 1)
      return dim.getPosition();
  }
  return std::nullopt;
}

PanelOperand panelOperand(kernel::ContractOp op, OpOperand &operand, unsigned dim) {
  PanelOperand result{
      &operand, dim, cast<RankedTensorType>(operand.get().getType()), op.getMapOf(operand), {}, {}, false};
  for (auto [expr, size] : llvm::zip_equal(result.map.getResults(), result.type.getShape())) {
    auto position = dyn_cast<AffineDimExpr>(expr);
    if (!position)
      continue;
    unsigned d = position.getPosition();
    if (size != 1)
      result.contiguous = d == dim;
    if (d != dim)
      (op.isParallel(d) ? result.outer : result.reduction).push_back(d);
  }
  llvm::sort(result.reduction);
  return result;
}

/// None where the operand that moves with the vectors is not indexed by plain dimensions: an image under a window is read as
/// it lies. Where both move with them, as in a depthwise convolution, that is the weights.
std::optional<PanelOperand> findVectorOperand(kernel::ContractOp op) {
  SmallVector<int64_t> sizes = op.getStaticSizes();
  std::optional<unsigned> dim = vectorDimension(op, sizes);
  auto isPacked = [&](AffineMap map) { return map.isFunctionOfDim(*dim) && isPlain(map); };
  if (!dim || isPacked(op.getLhsMap()) == isPacked(op.getRhsMap()))
    return std::nullopt;
  return panelOperand(op, op->getOpOperand(isPacked(op.getLhsMap()) ? 0 : 1), *dim);
}

/// The other operand, if its rows, which tiles read side by side, are neighbours in memory.
std::optional<PanelOperand> findRowOperand(kernel::ContractOp op, const PanelOperand &vectors) {
  OpOperand &operand = op->getOpOperand(1 - vectors.operand->getOperandNumber());
  AffineMap map = op.getMapOf(operand);
  if (!isPlain(map) || map.isFunctionOfDim(vectors.dim))
    return std::nullopt;
  auto type = cast<RankedTensorType>(operand.get().getType());
  for (auto [expr, size] : llvm::reverse(llvm::zip_equal(map.getResults(), type.getShape()))) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || size == 1)
      continue;
    if (!op.isParallel(dim.getPosition()) || vectors.map.isFunctionOfDim(dim.getPosition()))
      return std::nullopt;
    return panelOperand(op, operand, dim.getPosition());
  }
  return std::nullopt;
}

int64_t multiply(int64_t a, int64_t b) {
  return ShapedType::isDynamic(a) || ShapedType::isDynamic(b) ? ShapedType::kDynamic : a * b;
}

/// The product of sizes, kDynamic if one of them is.
int64_t product(ArrayRef<int64_t> sizes, llvm::function_ref<bool(unsigned)> select) {
  int64_t result = 1;
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (select(dim))
      result = multiply(result, size);
  return result;
}

/// `source[map(i)]`, or zero where that lies outside, for each index of a tensor of `type`; null unless the elements are whole
/// bytes, each stored.
DenseElementsAttr relayoutElements(DenseElementsAttr source, AffineMap map, RankedTensorType type) {
  unsigned bits = type.getElementTypeBitWidth();
  if (source.isSplat() || bits % 8)
    return {};
  ArrayRef<int64_t> from = source.getType().getShape(), to = type.getShape();
  size_t bytes = bits / 8;
  std::vector<char> result(type.getNumElements() * bytes, 0);
  SmallVector<int64_t> index(to.size(), 0);
  for (int64_t at = 0; at < type.getNumElements(); ++at) {
    int64_t offset = 0;
    bool inside = true;
    for (auto [position, size] : llvm::zip_equal(map.compose(index), from)) {
      inside &= position >= 0 && position < size;
      offset = offset * size + position;
    }
    if (inside)
      std::memcpy(result.data() + at * bytes, source.getRawData().data() + offset * bytes, bytes);
    for (size_t d = to.size(); d-- > 0 && ++index[d] == to[d];)
      index[d] = 0;
  }
  return DenseElementsAttr::getFromRawBuffer(type, result);
}

/// A layout in panels: how the contraction reads it, and where its elements come from.
struct Panels {
  AffineMap read, source;
  SmallVector<sizes::Expr> shape;
};

/// What the functions of a module share: which states are written, and which loop calls which function.
class Program {
public:
  explicit Program(ModuleOp module) : loops(kernel::callers(module)) {
    for (auto function : module.getOps<func::FuncOp>())
      for (unsigned i = 0; i < function.getNumArguments(); ++i)
        if (auto name = function.getArgAttrOfType<StringAttr>(i, "ingot.state");
            name && function.getArgAttr(i, "ingot.written"))
          written.insert(name);
  }

  /// Whether the tensor is a state that nothing writes, or a constant: its layout changes once, before any call.
  bool isPrepared(Value tensor) const;
  /// The loop in whose steps `tensor` stays the same, and what it is before the loop; null if there is none.
  std::pair<kernel::LoopOp, Value> outside(Value tensor) const;

private:
  llvm::DenseMap<Operation *, kernel::LoopOp> loops;
  llvm::StringSet<> written;
};

/// The argument that the tensor is, under other sizes perhaps; null if it is none.
BlockArgument argumentBehind(Value tensor) {
  while (Operation *op = tensor.getDefiningOp()) {
    if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, bufferization::ToTensorOp>(op))
      return {};
    tensor = op->getOperand(0);
  }
  auto argument = cast<BlockArgument>(tensor);
  return isa<func::FuncOp>(argument.getOwner()->getParentOp()) ? argument : BlockArgument();
}

std::pair<kernel::LoopOp, Value> Program::outside(Value tensor) const {
  BlockArgument argument = argumentBehind(tensor);
  kernel::LoopOp loop = argument ? loops.lookup(argument.getOwner()->getParentOp()) : kernel::LoopOp();
  if (!loop)
    return {};
  unsigned first = loop.getInits().size() + loop.getXs().size(), index = argument.getArgNumber();
  if (index < first || index - first >= loop.getInvariants().size())
    return {};
  return {loop, loop.getInvariants()[index - first]};
}

bool Program::isPrepared(Value tensor) const {
  if (auto constant = tensor.getDefiningOp<arith::ConstantOp>()) {
    auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
    return elements && !elements.isSplat();
  }
  if (auto [loop, value] = outside(tensor); loop)
    return isPrepared(value);
  BlockArgument argument = argumentBehind(tensor);
  if (!argument)
    return false;
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "ingot.state");
  return name && !written.contains(name);
}

class Packer {
public:
  Packer(func::FuncOp function, const Target &target, const Program &program)
      : function(function), target(target), program(program), sizes(function) {}

  void run() {
    SmallVector<kernel::ContractOp> ops;
    function.walk([&](kernel::ContractOp op) { ops.push_back(op); });
    for (kernel::ContractOp op : ops)
      if (isa<RankedTensorType>(op.getOut().getType()))
        packOperands(op);
  }

private:
  void packOperands(kernel::ContractOp op);
  bool pays(kernel::ContractOp op, const PanelOperand &operand);
  bool paysForRows(kernel::ContractOp op, const PanelOperand &operand);
  std::optional<Panels> layOut(kernel::ContractOp op, const PanelOperand &operand, int64_t width);
  Value copyInto(Value tensor, const Panels &panels, OpBuilder &builder);
  void pack(kernel::ContractOp op, const PanelOperand &operand, int64_t width);
  std::optional<sizes::Expr> sizeOf(Value tensor, int64_t dim);

  func::FuncOp function;
  const Target &target;
  const Program &program;
  SizeArithmetic sizes;
  /// By source and map. A function is straight-line code: the first copy comes before all other users.
  llvm::DenseMap<std::pair<Value, AffineMap>, Value> copies;
};

void Packer::packOperands(kernel::ContractOp op) {
  std::optional<PanelOperand> vectors = findVectorOperand(op);
  if (!vectors)
    return;
  std::optional<PanelOperand> rows = findRowOperand(op, *vectors);
  // Two tiles wide: a narrower panel would copy less than lines, a wider one read more of them than it needs.
  constexpr int64_t tilesOfRows = 2;
  if (rows && paysForRows(op, *rows))
    pack(op, *rows, tilesOfRows * target.mr);
  int64_t lanes = target.lanes(op.getAccumulatorType());
  if (pays(op, *vectors))
    pack(op, *vectors, lanes * panelVectors(target));
}

/// Steps of the sum that are far apart meet few sets of the caches, which then hold nothing until the next columns.
bool Packer::paysForRows(kernel::ContractOp op, const PanelOperand &operand) {
  SmallVector<int64_t> sizes = op.getStaticSizes();
  int64_t columns =
      product(sizes, [&](unsigned dim) { return op.isParallel(dim) && !operand.map.isFunctionOfDim(dim); });
  int64_t steps =
      product(sizes, [&](unsigned dim) { return operand.map.isFunctionOfDim(dim) && !op.isParallel(dim); });
  constexpr int64_t farApart = 1024, manySteps = 128, enoughColumns = 128;
  int64_t stride = sizes[operand.dim];
  return !ShapedType::isDynamic(stride) && stride * elementBytes(operand.type.getElementType()) >= farApart &&
         columns >= enoughColumns && (ShapedType::isDynamic(steps) || steps >= manySteps);
}

bool Packer::pays(kernel::ContractOp op, const PanelOperand &operand) {
  if (program.isPrepared(operand.operand->get()))
    return true;
  SmallVector<int64_t> sizes = op.getStaticSizes();
  auto inOperand = [&](unsigned dim) { return operand.map.isFunctionOfDim(dim); };
  int64_t rows = product(sizes, [&](unsigned dim) { return op.isParallel(dim) && !inOperand(dim); });
  int64_t steps = product(sizes, [&](unsigned dim) { return inOperand(dim) && !op.isParallel(dim); }),
          elements = product(sizes, inOperand), bytes = elementBytes(operand.type.getElementType());
  // One copy serves all steps of a loop.
  for (Value tensor = operand.operand->get(); tensor;) {
    auto [loop, value] = program.outside(tensor);
    if (loop)
      rows = multiply(rows, getConstantIntValue(loop.getSteps()).value_or(ShapedType::kDynamic));
    tensor = value;
  }
  // Without contiguous vectors each element would be loaded by itself; a copy turns whole vectors. It is not for matrices that
  // one row only streams through.
  constexpr int64_t streamed = 1 << 20;
  if (!operand.contiguous)
    return rows != 1 || ShapedType::isDynamic(elements) || elements <= streamed;
  // Rows far apart cost cache and address translation; copying them is small beside many rows of products.
  constexpr int64_t farApart = 1024, manySteps = 128, enoughRows = 128;
  return !ShapedType::isDynamic(sizes[operand.dim]) && rows >= enoughRows && steps >= manySteps &&
         sizes[operand.dim] * bytes >= farApart;
}

/// Nothing where no arithmetic on the function's dimensions gives the size.
std::optional<sizes::Expr> Packer::sizeOf(Value tensor, int64_t dim) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim))
    return sizes::Expr(type.getDimSize(dim));
  if (auto empty = tensor.getDefiningOp<tensor::EmptyOp>())
    return sizes.exprOf(empty.getMixedSizes()[dim]);
  if (auto expand = tensor.getDefiningOp<tensor::ExpandShapeOp>())
    return sizes.exprOf(expand.getMixedOutputShape()[dim]);
  if (auto op = tensor.getDefiningOp<DestinationStyleOpInterface>())
    return sizeOf(op.getTiedOpOperand(cast<OpResult>(tensor))->get(), dim);
  auto read = tensor.getDefiningOp<bufferization::ToTensorOp>();
  auto argument = read ? dyn_cast<BlockArgument>(read.getBuffer()) : BlockArgument();
  if (!argument)
    return std::nullopt;
  auto exprs = SizeArithmetic::sizesOf(type, function.getArgAttr(argument.getArgNumber(), "ingot.sizes"));
  return succeeded(exprs) ? std::optional((*exprs)[dim]) : std::nullopt;
}

/// The constant that a relayout of a constant gives.
Value foldConstant(kernel::RelayoutOp op) {
  auto constant = op.getSource().getDefiningOp<arith::ConstantOp>();
  auto elements = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
  auto type = cast<RankedTensorType>(op.getOut().getType());
  DenseElementsAttr packed =
      elements && type.hasStaticShape() ? relayoutElements(elements, op.getMap(), type) : DenseElementsAttr();
  OpBuilder builder(op);
  return packed ? Value(arith::ConstantOp::create(builder, constant.getLoc(), packed)) : Value();
}

/// Nothing where a size is not known.
std::optional<Panels> Packer::layOut(kernel::ContractOp op, const PanelOperand &operand, int64_t width) {
  MLIRContext *context = op.getContext();
  Value tensor = operand.operand->get();
  int64_t lanes = target.lanes(op.getAccumulatorType()), size = op.getStaticSizes()[operand.dim];
  if (!ShapedType::isDynamic(size))
    width = std::min<int64_t>(width, llvm::alignTo(std::max<int64_t>(size, 1), lanes));

  SmallVector<AffineExpr> read, source(operand.map.getNumResults(), getAffineConstantExpr(0, context));
  Panels panels;
  auto positionOf = [&](unsigned dim) { return *resultOf(operand.map, dim); };
  auto append = [&](ArrayRef<unsigned> dims) {
    return llvm::all_of(dims, [&](unsigned dim) {
      source[positionOf(dim)] = getAffineDimExpr(read.size(), context);
      read.push_back(getAffineDimExpr(dim, context));
      std::optional<sizes::Expr> size = sizeOf(tensor, positionOf(dim));
      if (size)
        panels.shape.push_back(*size);
      return size.has_value();
    });
  };
  std::optional<sizes::Expr> columns = sizeOf(tensor, positionOf(operand.dim));
  if (!columns || !append(operand.outer))
    return std::nullopt;
  AffineExpr n = getAffineDimExpr(operand.dim, context), panel = getAffineDimExpr(read.size(), context);
  read.push_back(n.floorDiv(width));
  panels.shape.push_back(floordiv(*columns + (width - 1), width));
  if (!append(operand.reduction))
    return std::nullopt;
  source[positionOf(operand.dim)] = panel * width + getAffineDimExpr(read.size(), context);
  read.push_back(n % width);
  panels.shape.push_back(width);
  panels.read = AffineMap::get(op.getNumDims(), 0, read, context);
  panels.source = AffineMap::get(read.size(), 0, source, context);
  return panels;
}

/// `tensor` in panels, once for all contractions that read it so.
Value Packer::copyInto(Value tensor, const Panels &panels, OpBuilder &builder) {
  Value &packed = copies[{tensor, panels.source}];
  if (packed)
    return packed;
  SmallVector<OpFoldResult> extents;
  for (const sizes::Expr &extent : panels.shape)
    extents.push_back(sizes.emit(extent));
  Location loc = tensor.getLoc();
  Value empty = tensor::EmptyOp::create(builder, loc, extents, getElementTypeOrSelf(tensor));
  auto relayout = kernel::RelayoutOp::create(builder, loc, tensor, empty, panels.source);
  packed = relayout.getResult();
  if (Value folded = foldConstant(relayout)) {
    packed = folded;
    relayout.erase();
    empty.getDefiningOp()->erase();
  }
  return packed;
}

void Packer::pack(kernel::ContractOp op, const PanelOperand &operand, int64_t width) {
  std::optional<Panels> panels = layOut(op, operand, width);
  if (!panels)
    return;
  OpBuilder builder(op);
  operand.operand->set(copyInto(operand.operand->get(), *panels, builder));
  SmallVector<Attribute> maps(op.getMaps().getValue());
  maps[operand.operand->getOperandNumber()] = AffineMapAttr::get(panels->read);
  op.setMapsAttr(builder.getArrayAttr(maps));
}

struct PackContractionsPass : ingot::codegen::impl::PackContractionsBase<PackContractionsPass> {
  void runOnOperation() override {
    FailureOr<Target> target = Target::of(getOperation());
    if (failed(target))
      return signalPassFailure();
    Program program(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        Packer(function, *target, program).run();
  }
};

} // namespace
