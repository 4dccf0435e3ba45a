// kernel.argsort: a merge sort of positions, from the bottom up, between the two lists of the scratch memory.
//
//   width = 1                                    all lists of one element are sorted
//   while width < n: merge pairs of lists of `width` from one half of the scratch into the other; width *= 2
//   out = the half that was written last
#include "codegen/vector/EmitIndexed.h"

using namespace mlir;

namespace ingot::codegen {
namespace {

using Size = OpFoldResult;

class Argsort {
public:
  Argsort(kernel::ArgsortOp op, ArrayRef<View> operands, KernelBuilder &k)
      : source(operands[0]), out(operands[1]), scratch(operands[2]), dim(op.getDim()),
        descending(op.getDescending()), k(k), at(source.rank(), k.index(0)), count(source.sizes[dim]) {}

  void run(int64_t outer = 0) {
    if (outer == source.rank())
      return sortLine();
    if (outer == dim)
      return run(outer + 1);
    k.forLoop(k.index(0), source.sizes[outer], k.index(1), [&](Size iv) {
      at[outer] = iv;
      run(outer + 1);
    });
  }

private:
  Value constant(int64_t value) { return k.value(k.index(value)); }
  Value compare(arith::CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(k.b, k.loc, predicate, a, b);
  }

  void sortLine() {
    k.forLoop(k.index(0), count, k.index(1), [&](Size i) { store(k.index(0), i, position(k.value(i))); });
    Value half = mergeAll();
    k.forLoop(k.index(0), count, k.index(1), [&](Size i) {
      at[dim] = i;
      k.store(out, at, k.load(scratch, {half, i}));
    });
  }

  Value position(Value index) { return arith::IndexCastOp::create(k.b, k.loc, k.b.getI64Type(), index); }
  void store(Size half, Size i, Value position) { k.store(scratch, {half, i}, position); }

  /// Returns the half of the scratch that holds the sorted list.
  Value mergeAll() {
    Value n = k.value(count), one = constant(1);
    SmallVector<Value> initial = {one, constant(0)}; // width, half that is read
    auto before = [&](OpBuilder &, Location, ValueRange state) {
      scf::ConditionOp::create(k.b, k.loc, compare(arith::CmpIPredicate::slt, state[0], n), state);
    };
    auto after = [&](OpBuilder &, Location, ValueRange state) {
      Value width = state[0], from = state[1], pair = arith::AddIOp::create(k.b, k.loc, width, width);
      Value to = arith::SubIOp::create(k.b, k.loc, one, from);
      k.forLoop(k.index(0), count, pair, [&](Size low) {
        Size middle = k.min(k.add(low, width), count), high = k.min(k.add(low, pair), count);
        merge(from, to, low, middle, high);
      });
      scf::YieldOp::create(k.b, k.loc, ValueRange{pair, to});
    };
    auto guarded = [&](auto build) {
      return [&, build](OpBuilder &inner, Location loc, ValueRange state) {
        OpBuilder::InsertionGuard guard(k.b);
        k.b.setInsertionPoint(inner.getInsertionBlock(), inner.getInsertionPoint());
        build(inner, loc, state);
      };
    };
    auto loop = scf::WhileOp::create(k.b, k.loc, ValueRange(initial).getTypes(), initial, guarded(before),
                                     guarded(after));
    return loop.getResult(1);
  }

  /// Merges [low, middle) and [middle, high); of equal elements the left one goes first.
  void merge(Value from, Value to, Size low, Size middle, Size high) {
    Value last = k.value(k.sub(count, k.index(1))), end = k.value(middle), stop = k.value(high);
    SmallVector<Value> heads = {k.value(low), end};
    k.forLoop(low, high, k.index(1), heads, [&](Size i, ValueRange heads) {
      Value left = heads[0], right = heads[1];
      // Either list may be at its end: some element is read in place of the one that is not there.
      auto head = [&](Value i) { return Value(arith::MinSIOp::create(k.b, k.loc, i, last)); };
      Value a = k.load(scratch, {from, head(left)}), b = k.load(scratch, {from, head(right)});
      Value hasLeft = compare(arith::CmpIPredicate::slt, left, end),
            noRight = compare(arith::CmpIPredicate::sge, right, stop);
      Value inOrder = arith::XOrIOp::create(k.b, k.loc, goesBefore(b, a), k.constant(k.b.getI1Type(), 1));
      Value takeLeft =
          arith::AndIOp::create(k.b, k.loc, hasLeft, arith::OrIOp::create(k.b, k.loc, noRight, inOrder));
      store(to, i, arith::SelectOp::create(k.b, k.loc, takeLeft, a, b));
      Value taken = arith::IndexCastUIOp::create(k.b, k.loc, k.b.getIndexType(), takeLeft);
      Value other = arith::SubIOp::create(k.b, k.loc, constant(1), taken);
      return SmallVector<Value>{arith::AddIOp::create(k.b, k.loc, left, taken),
                                arith::AddIOp::create(k.b, k.loc, right, other)};
    });
  }

  Value key(Value position) {
    at[dim] = Value(arith::IndexCastOp::create(k.b, k.loc, k.b.getIndexType(), position));
    Value element = k.load(source, at);
    Type type = element.getType();
    return type.isF16() || type.isBF16() ? Value(arith::ExtFOp::create(k.b, k.loc, k.b.getF32Type(), element))
                                         : element;
  }

  /// Whether the element at position a must come before the one at b. NaN is larger than all numbers.
  Value goesBefore(Value a, Value b) {
    Value x = key(a), y = key(b);
    if (descending)
      std::swap(x, y);
    if (!isa<FloatType>(x.getType()))
      return compare(arith::CmpIPredicate::slt, x, y);
    auto test = [&](arith::CmpFPredicate predicate, Value a, Value b) -> Value {
      return arith::CmpFOp::create(k.b, k.loc, predicate, a, b);
    };
    Value isNumber = test(arith::CmpFPredicate::ORD, x, x), isNan = test(arith::CmpFPredicate::UNO, y, y);
    Value upToNan = arith::AndIOp::create(k.b, k.loc, isNumber, isNan);
    return arith::OrIOp::create(k.b, k.loc, test(arith::CmpFPredicate::OLT, x, y), upToNan);
  }

  const View &source, &out, &scratch;
  int64_t dim;
  bool descending;
  KernelBuilder &k;
  SmallVector<Size> at;
  Size count;
};

} // namespace

LogicalResult emitArgsort(kernel::ArgsortOp op, ArrayRef<View> operands, KernelBuilder &k) {
  Argsort(op, operands, k).run();
  return success();
}

} // namespace ingot::codegen
