// Sums of products over named indices, and products that are cases of them.
//
//   Labels      the equation as numbers: one a letter, further ones for the dimensions of "..."
//   Term        an operand whose dimensions are labelled, each label once
//
// Terms are multiplied from the left to the right. What two of them share and nothing else needs is summed by a matmul of
// [shared and kept, only in a, summed] and [shared and kept, summed, only in b].
#include "frontend/core/Element.h"
#include "frontend/core/Value.h"
#include "frontend/functional/linalg.h"
#include "frontend/functional/ops.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <map>
#include <set>

namespace ingot {

using detail::Site;

namespace {

using Labels = std::vector<int>;
/// Labels from here on are dimensions of "...", counted from the last.
constexpr int ellipsis = 256;

bool has(const Labels &labels, int label) { return llvm::is_contained(labels, label); }
bool isOne(const Size &size) { return Shape(size) == Shape(1); }

struct Term {
  Tensor x;
  Labels labels;

  int64_t dimOf(int label) const { return llvm::find(labels, label) - labels.begin(); }
  Size sizeOf(int label) const { return x.size(dimOf(label)); }
  void sum(const Labels &over) {
    std::vector<int64_t> dims;
    for (int label : over)
      dims.push_back(dimOf(label));
    if (dims.empty())
      return;
    x = x.sum(dims, false, x.dtype());
    llvm::erase_if(labels, [&](int label) { return has(over, label); });
  }
  /// The dimensions in the order of `order`, which has all of them; those it lacks become 1.
  Tensor arranged(const Labels &order) const {
    std::vector<int64_t> permutation;
    std::vector<Size> sizes;
    for (int label : order) {
      if (has(labels, label))
        permutation.push_back(dimOf(label));
      sizes.push_back(has(labels, label) ? sizeOf(label) : Size(1));
    }
    return x.permute(permutation).view(sizes);
  }
};

//===--- the equation -------------------------------------------------------------------------------------------===//

[[noreturn]] void refuse(const Site &site, const std::string &required, const std::string &equation) {
  detail::fail(site.op, site.where, required, "'" + equation + "'");
}

/// The labels of one operand or of the result. "..." stands for `hidden` dimensions.
Labels parseLabels(const Site &site, llvm::StringRef text, int64_t hidden, const std::string &equation) {
  Labels labels;
  for (; !text.empty();) {
    if (text.consume_front("...")) {
      for (int64_t i = hidden; i-- > 0;)
        labels.push_back(ellipsis + static_cast<int>(i));
    } else if (llvm::isAlpha(text.front())) {
      labels.push_back(text.front());
      text = text.drop_front();
    } else {
      refuse(site, "an equation consists of letters, '...', commas and one '->'", equation);
    }
  }
  return labels;
}

/// The diagonal where a label is repeated.
Term uniqueLabels(const Site &site, Term term) {
  for (size_t i = 0; i < term.labels.size(); ++i)
    for (size_t other = i + 1; other < term.labels.size();) {
      if (term.labels[i] != term.labels[other]) {
        ++other;
        continue;
      }
      if (Shape(term.x.size(i)) != Shape(term.x.size(other)))
        detail::fail(site.op, site.where, "dimensions of one letter must have one size",
                     detail::describe(term.x));
      term.x = diagonal_copy(term.x, 0, int64_t(i), int64_t(other)).movedim(-1, int64_t(i));
      term.labels.erase(term.labels.begin() + other);
    }
  return term;
}

//===--- products -----------------------------------------------------------------------------------------------===//

/// The product of two terms, summed over what `needed` does not hold.
Term multiply(Term a, Term b, const Labels &needed) {
  // A dimension of size 1 is repeated: it has no part in the product.
  auto dropOnes = [](Term &term, const Term &other) {
    Labels ones;
    for (int label : term.labels)
      if (has(other.labels, label) && isOne(term.sizeOf(label)))
        ones.push_back(label);
    term.sum(ones);
  };
  dropOnes(a, b), dropOnes(b, a);
  auto sumOwn = [&](Term &term, const Term &other) {
    Labels own;
    for (int label : term.labels)
      if (!has(other.labels, label) && !has(needed, label))
        own.push_back(label);
    term.sum(own);
  };
  sumOwn(a, b), sumOwn(b, a);
  Labels both, summed, ofA, ofB;
  for (int label : a.labels)
    (!has(b.labels, label) ? ofA : has(needed, label) ? both : summed).push_back(label);
  for (int label : b.labels)
    if (!has(a.labels, label))
      ofB.push_back(label);
  Labels result = both;
  result.insert(result.end(), ofA.begin(), ofA.end());
  result.insert(result.end(), ofB.begin(), ofB.end());
  if (summed.empty())
    return {a.arranged(result) * b.arranged(result), result};
  auto sizesOf = [](const Term &term, const Labels &labels) {
    std::vector<Size> sizes;
    for (int label : labels)
      sizes.push_back(term.sizeOf(label));
    return sizes;
  };
  auto matrices = [&](const Term &term, std::initializer_list<const Labels *> groups) {
    Labels order = both;
    std::vector<Size> sizes = sizesOf(term, both);
    for (const Labels *group : groups) {
      order.insert(order.end(), group->begin(), group->end());
      sizes.push_back(Shape(sizesOf(term, *group)).numel());
    }
    return term.arranged(order).view(sizes);
  };
  Tensor product = matmul(matrices(a, {&ofA, &summed}), matrices(b, {&summed, &ofB}));
  std::vector<Size> sizes = sizesOf(a, both);
  for (auto &[term, labels] : {std::pair(&a, &ofA), std::pair(&b, &ofB)})
    for (const Size &size : sizesOf(*term, *labels))
      sizes.push_back(size);
  return {product.view(sizes), result};
}

} // namespace

Tensor einsum(const std::string &equation, const TensorList &tensors, const Where &at) {
  Site site{"einsum", at};
  detail::OpScope scope(site.op, at);
  std::string text = equation;
  llvm::erase(text, ' ');
  auto [left, right] = llvm::StringRef(text).split("->");
  bool isExplicit = left.size() != text.size();
  llvm::SmallVector<llvm::StringRef> parts;
  left.split(parts, ',');
  if (parts.size() != tensors.size() || tensors.empty())
    refuse(site,
           "the equation must have a part for each of the " + std::to_string(tensors.size()) + " tensors",
           equation);
  std::vector<Term> terms;
  int64_t mostHidden = 0;
  for (auto [part, tensor] : llvm::zip_equal(parts, tensors)) {
    detail::typeOf(site, tensor);
    bool isOpen = part.contains("...");
    int64_t letters = part.size() - (isOpen ? 3 : 0), hidden = tensor.dim() - letters;
    if (hidden < 0 || (hidden > 0 && !isOpen))
      detail::fail(site.op, at,
                   "the letters of '" + part.str() + "' must be those of its tensor's dimensions",
                   detail::describe(tensor));
    mostHidden = std::max(mostHidden, hidden);
    terms.push_back({tensor, parseLabels(site, part, hidden, equation)});
  }
  Labels result = parseLabels(site, right, mostHidden, equation);
  if (!isExplicit) { // "..." and, in alphabetical order, the letters that appear once
    std::map<int, int> count;
    for (const Term &term : terms)
      for (int label : term.labels)
        ++count[label];
    for (int64_t i = mostHidden; i-- > 0;)
      result.push_back(ellipsis + static_cast<int>(i));
    for (auto [label, times] : count)
      if (label < ellipsis && times == 1)
        result.push_back(label);
  }
  if (std::set<int>(result.begin(), result.end()).size() != result.size())
    refuse(site, "a letter of the result may appear once", equation);
  for (Term &term : terms)
    term = uniqueLabels(site, term);
  Term product = terms.front();
  for (size_t i = 1; i < terms.size(); ++i) {
    Labels needed = result;
    for (size_t later = i + 1; later < terms.size(); ++later)
      needed.insert(needed.end(), terms[later].labels.begin(), terms[later].labels.end());
    product = multiply(product, terms[i], needed);
  }
  Labels rest;
  for (int label : product.labels)
    if (!has(result, label))
      rest.push_back(label);
  product.sum(rest);
  for (int label : result)
    if (!has(product.labels, label) && label < ellipsis)
      refuse(site, "the letters of the result must be those of operands", equation);
  return product.arranged(result);
}

//===--- cases of it --------------------------------------------------------------------------------------------===//

Tensor tensordot(const Arg &a, const Arg &b, const Shape &dims_a, const Shape &dims_b) {
  Site site{"tensordot", a.where};
  detail::OpScope scope(site.op, site.where);
  detail::typeOf(site, *a), detail::typeOf(site, *b);
  if (dims_a.size() != dims_b.size())
    detail::fail(site.op, site.where, "as many dimensions of one as of the other are required",
                 dims_a.str() + " and " + dims_b.str());
  Term first{*a, {}}, second{*b, {}};
  for (int64_t i = 0; i < a->dim(); ++i)
    first.labels.push_back(static_cast<int>(i));
  for (int64_t i = 0; i < b->dim(); ++i)
    second.labels.push_back(static_cast<int>(a->dim() + i));
  Labels summed;
  for (size_t i = 0; i < dims_a.size(); ++i) {
    int64_t dimA = detail::wrapDim(site, dims_a[i], a->dim()),
            dimB = detail::wrapDim(site, dims_b[i], b->dim());
    Shape sizeA = a->size(dimA), sizeB = b->size(dimB);
    if (sizeA != sizeB && sizeA != Shape(1) && sizeB != Shape(1))
      detail::fail(site.op, site.where, "summed dimensions must have one size",
                   detail::describe(*a) + " and " + detail::describe(*b));
    second.labels[dimB] = static_cast<int>(dimA);
    summed.push_back(static_cast<int>(dimA));
  }
  Labels result;
  for (const Term *term : {&first, &second})
    for (int label : term->labels)
      if (!has(summed, label))
        result.push_back(label);
  return multiply(first, second, result).arranged(result);
}

Tensor inner(const Arg &a, const Arg &b) {
  detail::OpScope scope("inner", a.where);
  return a->dim() && b->dim() ? tensordot(a, b, -1, -1) : mul(a, b);
}

Tensor kron(const Arg &a, const Arg &b) {
  detail::OpScope scope("kron", a.where);
  int64_t rank = std::max(a->dim(), b->dim());
  std::vector<Size> first, second, joined;
  for (int64_t i = 0; i < rank; ++i) {
    auto sizeOf = [&](const Arg &x) {
      int64_t dim = i - (rank - x->dim());
      return dim < 0 ? Size(1) : x->size(dim);
    };
    Size sizeA = sizeOf(a), sizeB = sizeOf(b);
    first.insert(first.end(), {sizeA, Size(1)});
    second.insert(second.end(), {Size(1), sizeB});
    joined.push_back(sizeA * sizeB);
  }
  return mul(a->view(first), b->view(second)).view(joined);
}

} // namespace ingot
