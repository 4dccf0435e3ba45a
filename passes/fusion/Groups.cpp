#include "passes/fusion/Groups.h"
#include "ir/dialect/Sizes.h"
#include "ir/ops/Ops.h"
#include "passes/Constants.h"
#include "passes/fusion/Cost.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using namespace ingot::passes;

namespace {

using Access = Group::Access;
using Kind = Group::Kind;

/// Members beyond this many are registers that no machine has.
constexpr size_t maxMembers = 96;
/// In how many kernels a value is computed anew at most: one that is cheap, and one that is not.
constexpr size_t maxCopies = 4, maxDearCopies = 2;

bool sameSizes(Value a, Value b) { return sizesOf(a.getType()) == sizesOf(b.getType()); }

/// Whether reading through this index map touches an element more than once.
bool repeats(Operation *indexMap) {
  Value from = indexMap->getOperand(0), to = indexMap->getResult(0);
  return numElements(sizesOf(from.getType())) != numElements(sizesOf(to.getType()));
}

/// How an op reads its operand.
Access accessThrough(Operation *op) {
  AffineMap map = indexMapOf(op);
  if (!map || map.isIdentity())
    return Access::same;
  if (repeats(op))
    return Access::repeated;
  bool keepsLast = map.isPermutation() && map.getDimPosition(map.getNumResults() - 1) + 1 == map.getNumDims();
  return keepsLast ? Access::permuted : Access::moved;
}

/// How a value is read through an op whose result is read in a certain way.
Access composed(Access outer, Access inner) {
  return outer == Access::same || inner == Access::same || outer == inner
             ? std::max(outer, inner)
             : std::max({outer, inner, Access::moved});
}

/// Whether a contraction can read the operand of an exchange of dimensions instead of its result.
bool readsThrough(ContractionOpInterface contraction, Operation *op) {
  AffineMap map = indexMapOf(op);
  if (!map || !map.isPermutation())
    return false;
  Contraction c = contraction.getContraction();
  auto isWhole = [&](unsigned index, ArrayRef<sizes::Expr> sizes) {
    Value factor = contraction->getOperand(index);
    return factor != op->getResult(0) || sizesOf(factor.getType()) == std::vector(sizes.begin(), sizes.end());
  };
  return isWhole(0, c.lhsSizes) && isWhole(1, c.rhsSizes);
}

class Grouping {
public:
  explicit Grouping(Block &block);
  std::vector<std::unique_ptr<Group>> take() { return std::move(groups); }

private:
  /// Who reads a value.
  struct Readers {
    llvm::MapVector<Group *, Access> groups; // as an ingredient of their elements
    bool others = false;                     // ops of their own, and contractions that need it in memory
  };
  Readers readersOf(Operation *op);
  void findChains(Block &block);
  void place(Operation *op);
  void placePointwise(PointwiseOpInterface op);
  void placeIndexMap(Operation *op);
  void placeContraction(ContractionOpInterface op);

  Group &found(Operation *op, Kind kind);
  void join(Group &group, Operation *op, Access access);
  bool canHost(const Group &group, PointwiseOpInterface op, Access access);
  bool worthRepeating(PointwiseOpInterface op, const Readers &readers);
  Group *hostForResult(Operation *op, const Readers &readers);
  Group *hostBeside(PointwiseOpInterface op);
  bool comesAfter(Operation *op, const Group &target);
  bool reaches(Operation *op, const Group &target);

  std::vector<std::unique_ptr<Group>> groups;
  llvm::DenseMap<Operation *, SmallVector<Group *, 1>> homes;
  /// Contractions, and the pointwise ops after one that its kernel could apply.
  llvm::DenseSet<Operation *> chains;
  /// What is computed again, with an op, by those that compute it again.
  llvm::DenseMap<Operation *, int64_t> weight;
  CostModel cost;
};

Grouping::Grouping(Block &block) {
  findChains(block);
  for (Operation &op : llvm::reverse(block))
    place(&op);
}

/// Whether one op alone reads the result.
bool hasOneReader(Operation *op) { return !op->use_empty() && llvm::all_equal(op->getUsers()); }

void Grouping::findChains(Block &block) {
  for (Operation &op : block) {
    bool continues = isa<PointwiseOpInterface>(op) && llvm::any_of(op.getOperands(), [&](Value operand) {
                       Operation *producer = operand.getDefiningOp();
                       return producer && chains.contains(producer) && hasOneReader(producer);
                     });
    if (isa<ContractionOpInterface>(op) || continues)
      chains.insert(&op);
  }
}

void Grouping::place(Operation *op) {
  if (isSplatConstant(op) || op->use_empty())
    return;
  if (auto pointwise = dyn_cast<PointwiseOpInterface>(op))
    placePointwise(pointwise);
  else if (indexMapOf(op))
    placeIndexMap(op);
  else if (auto contraction = dyn_cast<ContractionOpInterface>(op))
    placeContraction(contraction);
  else if (isa<ReductionOpInterface>(op))
    found(op, Kind::reduction);
}

Grouping::Readers Grouping::readersOf(Operation *op) {
  Readers readers;
  llvm::SmallSetVector<Operation *, 4> users(op->user_begin(), op->user_end());
  for (Operation *user : users) {
    auto it = homes.find(user);
    auto contraction = dyn_cast<ContractionOpInterface>(user);
    if (it == homes.end() || (contraction && !readsThrough(contraction, op))) {
      readers.others = true;
      continue;
    }
    for (Group *group : it->second) {
      Access access =
          contraction ? Access::factor : composed(accessThrough(user), group->members.lookup(user));
      auto [known, isNew] = readers.groups.insert({group, access});
      if (!isNew && (access != Access::same || known->second != Access::same)) // read at two places
        known->second = std::max({access, known->second, Access::moved});
    }
  }
  return readers;
}

Group &Grouping::found(Operation *op, Kind kind) {
  groups.push_back(std::make_unique<Group>());
  Group &group = *groups.back();
  group.kind = kind;
  group.results.push_back(op);
  join(group, op, Access::same);
  return group;
}

void Grouping::join(Group &group, Operation *op, Access access) {
  group.members.insert({op, access});
  homes[op].push_back(&group);
}

/// Whether the group can become the epilogue of a contraction that it reads in this way.
bool takesContraction(const Group &group, Access access) {
  return group.kind == Kind::pointwise && group.results.size() == 1 && access <= Access::permuted;
}

/// Whether the op may be computed within the group rather than before it.
bool Grouping::canHost(const Group &group, PointwiseOpInterface op, Access access) {
  if (group.members.size() >= maxMembers)
    return false;
  // An epilogue is computed in registers, for nothing: better there, where the result becomes one, than in the reader.
  if (chains.contains(op) && !takesContraction(group, access))
    return false;
  return access < Access::repeated || (access == Access::repeated && cost.of(op) <= CostModel::repeated);
}

/// Whether computing the op in each of the groups is better than storing its result.
bool Grouping::worthRepeating(PointwiseOpInterface op, const Readers &readers) {
  if (chains.contains(op))
    return false;
  int64_t again = 0;
  for (Operation *user : op->getUsers())
    again = std::max(again, weight.lookup(user));
  int64_t total = cost.of(op) + again;
  bool dear = total > CostModel::memory / 2;
  if (total > CostModel::memory || readers.groups.size() > (dear ? maxDearCopies : maxCopies))
    return false;
  // Each kernel would load these in place of the one value.
  llvm::SmallPtrSet<Value, 4> loads;
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    bool isSmall = producer && (isSplatConstant(producer) || (indexMapOf(producer) && repeats(producer)));
    if (!isSmall)
      loads.insert(operand);
  }
  if (loads.size() > 1)
    return false;
  weight[op] = total;
  return true;
}

/// Whether the place of the op tells that it is no ingredient of the target: it is behind, and nothing leads back.
bool Grouping::comesAfter(Operation *op, const Group &target) {
  auto isBehind = [&](Operation *other) {
    return llvm::all_of(target.members, [&](auto &member) { return member.first->isBeforeInBlock(other); });
  };
  auto leadsBack = [&](const std::unique_ptr<Group> &group) {
    return group->results.size() > 1 && group.get() != &target && !llvm::all_of(group->results, isBehind) &&
           llvm::any_of(group->members, [&](auto &member) { return isBehind(member.first); });
  };
  return isBehind(op) && llvm::none_of(groups, leadsBack);
}

/// Whether the op, or a reader of it, is an ingredient of the target. Groups count as a whole.
bool Grouping::reaches(Operation *op, const Group &target) {
  if (comesAfter(op, target))
    return false;
  constexpr size_t limit = 1024; // beyond it the answer is a guess on the safe side
  SmallVector<Operation *> pending = {op};
  llvm::DenseSet<Operation *> seen;
  auto visit = [&](Operation *next) {
    if (seen.insert(next).second)
      pending.push_back(next);
  };
  while (!pending.empty()) {
    Operation *next = pending.pop_back_val();
    if (target.contains(next) || seen.size() > limit)
      return true;
    auto it = homes.find(next);
    if (it == homes.end())
      llvm::for_each(next->getUsers(), visit);
    else
      for (Group *group : it->second)
        for (Operation *result : group->results)
          llvm::for_each(result->getUsers(), visit);
  }
  return false;
}

/// A group of the readers that can store the op's result beside its own, if it has to be stored.
Group *Grouping::hostForResult(Operation *op, const Readers &readers) {
  if (chains.contains(op)) // the contraction's kernel stores it
    return nullptr;
  for (auto [group, access] : readers.groups) {
    bool fits = group->kind == Kind::pointwise && access == Access::same &&
                group->members.size() < maxMembers &&
                sameSizes(op->getResult(0), group->results.front()->getResult(0));
    // A user within the group may be computed in other groups, too, which would wait for this one.
    auto goesAround = [&, group = group](Operation *user) {
      auto it = homes.find(user);
      if (it == homes.end())
        return reaches(user, *group);
      return llvm::any_of(it->second, [&](Group *home) {
        return home != group &&
               llvm::any_of(home->results, [&](Operation *result) { return reaches(result, *group); });
      });
    };
    if (fits && llvm::none_of(op->getUsers(), goesAround))
      return group;
  }
  return nullptr;
}

/// A group that reads all that the op reads and could store its bools on the way, where they have to be stored.
Group *Grouping::hostBeside(PointwiseOpInterface op) {
  if (!getElementTypeOrSelf(op->getResult(0)).isInteger(1))
    return nullptr;
  auto reads = [&](Group *group, Value operand) {
    return llvm::any_of(operand.getUsers(), [&](Operation *user) {
      return group->contains(user) && !isa<ContractionOpInterface>(user) &&
             composed(accessThrough(user), group->members.lookup(user)) == Access::same;
    });
  };
  for (Value operand : op->getOperands()) {
    if (isSplat(operand))
      continue;
    for (Operation *user : operand.getUsers())
      for (Group *group : homes.lookup(user))
        if (group->kind == Kind::pointwise && group->members.size() < maxMembers &&
            sameSizes(op->getResult(0), group->results.front()->getResult(0)) &&
            llvm::all_of(op->getOperands(),
                         [&](Value each) { return isSplat(each) || reads(group, each); }) &&
            llvm::none_of(op->getUsers(), [&](Operation *reader) { return reaches(reader, *group); }))
          return group;
  }
  return nullptr;
}

void Grouping::placePointwise(PointwiseOpInterface op) {
  Readers readers = readersOf(op);
  bool hosted = !readers.others && llvm::all_of(readers.groups, [&](auto &reader) {
    return canHost(*reader.first, op, reader.second);
  });
  if (hosted && (readers.groups.size() == 1 || worthRepeating(op, readers))) {
    for (auto [group, access] : readers.groups)
      join(*group, op, access);
    return;
  }
  Group *group = hostForResult(op, readers);
  if (!group)
    group = hostBeside(op);
  if (group) {
    group->results.push_back(op);
    join(*group, op, Access::same);
    return;
  }
  found(op, Kind::pointwise);
}

/// Moving elements while they are read costs nothing: every group that reads the result does so itself.
void Grouping::placeIndexMap(Operation *op) {
  Readers readers = readersOf(op);
  Operation *producer = op->getOperand(0).getDefiningOp();
  bool permutes = indexMapOf(op).isPermutation() && !(producer && isSplatConstant(producer));
  for (auto [group, access] : readers.groups) {
    if (access == Access::factor && !permutes)
      readers.others = true;
    else
      join(*group, op, access);
  }
  for (Operation *user : op->getUsers())
    weight[op] = std::max(weight.lookup(op), weight.lookup(user));
  if (readers.others)
    found(op, Kind::pointwise);
}

void Grouping::placeContraction(ContractionOpInterface op) {
  Readers readers = readersOf(op);
  if (!readers.others && readers.groups.size() == 1) {
    auto [group, access] = readers.groups.front();
    Value result = op->getResult(0);
    bool isWhole = op.getContraction().outSizes == sizesOf(result.getType());
    if (takesContraction(*group, access) && (access == Access::same || isWhole)) {
      group->kind = Kind::contraction;
      join(*group, op, access);
      return;
    }
  }
  found(op, Kind::contraction);
}

} // namespace

std::vector<std::unique_ptr<Group>> passes::formGroups(Block &block) { return Grouping(block).take(); }
