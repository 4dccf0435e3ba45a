// The pass ingot-share-kernels.
#include "codegen/vector/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SetVector.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_SHAREKERNELS
#include "codegen/vector/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;

namespace {

/// Attributes of ops without what names the kernel that they belong to: its alias scopes.
class Attributes {
public:
  Attributes() {
    replacer.addReplacement([](LLVM::AliasScopeAttr scope) {
      // "infer.12.1": operand 1 of a kernel.
      auto name = dyn_cast<StringAttr>(scope.getId());
      return name ? Attribute(StringAttr::get(scope.getContext(), name.getValue().rsplit('.').second))
                  : scope;
    });
  }
  DictionaryAttr of(Operation *op) { return cast<DictionaryAttr>(replacer.replace(op->getAttrDictionary())); }

private:
  AttrTypeReplacer replacer;
};

/// A loop at the top of its function, with the values from outside that it uses in the order of their first use. Constants
/// are part of the loop, but for where it ends.
struct Kernel {
  Kernel(scf::ForOp loop, Attributes &attributes) : loop(loop) {
    loop->walk<WalkOrder::PreOrder>([&](Operation *op) {
      ops.push_back(op);
      hash = llvm::hash_combine(hash, op->getName(), attributes.of(op), op->getResultTypes());
      for (Value operand : op->getOperands())
        if (operand.getParentRegion() == loop->getParentRegion())
          (isConstant(operand) ? constants : inputs).insert(operand);
    });
  }

  static bool isConstant(Value value) { return value.getDefiningOp<arith::ConstantOp>() != nullptr; }
  static bool isConstantEnd(OpOperand &operand) {
    auto loop = dyn_cast<scf::ForOp>(operand.getOwner());
    return loop && &operand == &loop.getUpperBoundMutable() && isConstant(operand.get());
  }

  scf::ForOp loop;
  SmallVector<Operation *, 0> ops; // in the order of the program
  llvm::hash_code hash = llvm::hash_value(0);
  llvm::SmallSetVector<Value, 8> inputs, constants;
};

/// Whether one kernel computes the same from its inputs as another from its, one by one.
class Equivalence {
public:
  Equivalence(const Kernel &a, const Kernel &b, Attributes &attributes)
      : a(a), b(b), attributes(attributes) {}

  bool holds() {
    if (a.hash != b.hash || a.ops.size() != b.ops.size() || a.inputs.size() != b.inputs.size())
      return false;
    for (auto [ofA, ofB] : llvm::zip_equal(a.inputs, b.inputs)) {
      if (ofA.getType() != ofB.getType())
        return false;
      toB[ofA] = ofB;
    }
    return llvm::all_of(llvm::zip_equal(a.ops, b.ops), [&](auto ops) {
      auto [ofA, ofB] = ops;
      return areAlike(ofA, ofB);
    });
  }

private:
  bool areAlike(Operation *ofA, Operation *ofB) {
    if (ofA->getName() != ofB->getName() || ofA->getResultTypes() != ofB->getResultTypes() ||
        ofA->getNumOperands() != ofB->getNumOperands() || attributes.of(ofA) != attributes.of(ofB))
      return false;
    for (auto [x, y] : llvm::zip_equal(ofA->getOpOperands(), ofB->getOpOperands()))
      if (!(ofA == a.loop && Kernel::isConstantEnd(x) && Kernel::isConstantEnd(y)) &&
          !areAlike(x.get(), y.get()))
        return false;
    mark(ofA->getResults(), ofB->getResults());
    for (auto [x, y] : llvm::zip_equal(ofA->getRegions(), ofB->getRegions())) {
      if (!x.hasOneBlock() || !y.hasOneBlock() || x.getArgumentTypes() != y.getArgumentTypes())
        return x.empty() && y.empty();
      mark(x.getArguments(), y.getArguments());
    }
    return true;
  }

  bool areAlike(Value ofA, Value ofB) {
    if (auto known = toB.find(ofA); known != toB.end())
      return known->second == ofB;
    Attribute left, right; // a constant from outside
    return matchPattern(ofA, m_Constant(&left)) && matchPattern(ofB, m_Constant(&right)) && left == right;
  }

  void mark(ValueRange ofA, ValueRange ofB) {
    for (auto [x, y] : llvm::zip_equal(ofA, ofB))
      toB[x] = y;
  }

  const Kernel &a, &b;
  Attributes &attributes;
  llvm::DenseMap<Value, Value> toB;
};

/// Makes functions of kernels, one of those that are equivalent, and calls of all.
class Sharing {
public:
  Sharing(ModuleOp module, size_t fewestOps, size_t mostOps)
      : module(module), symbols(module), fewestOps(fewestOps), mostOps(mostOps) {}

  void run() {
    SmallVector<Kernel> kernels;
    for (auto function : module.getOps<func::FuncOp>()) {
      const size_t fewest = isLarge(function) ? 0 : fewestOps;
      for (Block &block : function.getBody())
        for (auto loop : block.getOps<scf::ForOp>())
          if (Kernel kernel(loop, attributes); kernel.ops.size() >= fewest)
            kernels.push_back(std::move(kernel));
    }
    for (const SmallVector<scf::ForOp> &same : classesOf(kernels))
      if (same.size() > 1 || large.contains(same.front()->getParentOp()))
        share(same);
  }

private:
  /// Whether LLVM takes longer for the function than for its loops one by one: some of its analyses and transformations of
  /// loops take more than linear time.
  bool isLarge(func::FuncOp function) {
    size_t ops = 0;
    function.walk([&](Operation *) { ++ops; });
    if (ops > mostOps)
      large.insert(function);
    return ops > mostOps;
  }

  SmallVector<SmallVector<scf::ForOp>> classesOf(ArrayRef<Kernel> kernels) {
    SmallVector<SmallVector<scf::ForOp>> classes;
    SmallVector<const Kernel *> firsts; // one a class
    llvm::DenseMap<size_t, SmallVector<size_t, 1>> byHash;
    for (const Kernel &kernel : kernels) {
      SmallVector<size_t, 1> &candidates = byHash[kernel.hash];
      auto *known = llvm::find_if(
          candidates, [&](size_t i) { return Equivalence(*firsts[i], kernel, attributes).holds(); });
      if (known != candidates.end()) {
        classes[*known].push_back(kernel.loop);
        continue;
      }
      candidates.push_back(classes.size());
      classes.push_back({kernel.loop});
      firsts.push_back(&kernel);
    }
    return classes;
  }

  void share(ArrayRef<scf::ForOp> same) {
    auto endOf = [](scf::ForOp loop) { return getConstantIntValue(loop.getUpperBound()); };
    const bool takesEnd =
        llvm::any_of(same, [&](scf::ForOp loop) { return endOf(loop) != endOf(same.front()); });
    func::FuncOp function = makeFunction(Kernel(same.front(), attributes), takesEnd);
    for (scf::ForOp loop : same) {
      OpBuilder b(loop);
      // Now: a loop before this one, whose results it uses, may have become a call.
      SmallVector<Value> inputs = Kernel(loop, attributes).inputs.takeVector();
      if (takesEnd)
        inputs.push_back(loop.getUpperBound());
      auto call = func::CallOp::create(b, loop.getLoc(), function, inputs);
      loop.replaceAllUsesWith(call.getResults());
      loop.erase();
    }
  }

  /// The function of a kernel; its last argument is where the loop ends, if the kernels differ in that.
  func::FuncOp makeFunction(const Kernel &kernel, bool takesEnd) {
    scf::ForOp loop = kernel.loop;
    OpBuilder b(module.getContext());
    SmallVector<Type> types(ValueRange(kernel.inputs.getArrayRef()).getTypes());
    if (takesEnd)
      types.push_back(b.getIndexType());
    auto function =
        func::FuncOp::create(loop.getLoc(), "kernel", b.getFunctionType(types, loop.getResultTypes()));
    function.setPrivate();
    // Some of its pointers may be equal; its accesses say which are not.
    function->setAttr("ingot.shared", b.getUnitAttr());
    symbols.insert(function); // with a name of its own
    Block *body = function.addEntryBlock();
    b.setInsertionPointToStart(body);
    IRMapping mapping;
    mapping.map(kernel.inputs.getArrayRef(), body->getArguments().take_front(kernel.inputs.size()));
    for (Value constant : kernel.constants)
      mapping.map(constant, b.clone(*constant.getDefiningOp())->getResult(0));
    auto copy = cast<scf::ForOp>(b.clone(*loop, mapping));
    if (takesEnd)
      copy.setUpperBound(body->getArguments().back());
    func::ReturnOp::create(b, loop.getLoc(), copy->getResults());
    return function;
  }

  ModuleOp module;
  SymbolTable symbols;
  size_t fewestOps, mostOps;
  llvm::DenseSet<Operation *> large; // functions
  Attributes attributes;
};

struct ShareKernelsPass : ingot::codegen::impl::ShareKernelsBase<ShareKernelsPass> {
  using ShareKernelsBase::ShareKernelsBase;
  void runOnOperation() override { Sharing(getOperation(), fewestOps, mostOps).run(); }
};

} // namespace
