#include "ir/dialect/Sizes.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

bool ir::isDescribed(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && (isa_and_nonnull<SizesAttr>(tensor.getEncoding()) ||
                    (!tensor.getEncoding() && tensor.hasStaticShape()));
}

std::vector<sizes::Expr> ir::sizesOf(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  if (auto encoded = dyn_cast_or_null<SizesAttr>(tensor.getEncoding()))
    return encoded.getSizes();
  return {tensor.getShape().begin(), tensor.getShape().end()};
}

RankedTensorType ir::tensorOf(ArrayRef<sizes::Expr> sizes, Type element) {
  SmallVector<int64_t> shape;
  bool isStatic = true;
  for (const sizes::Expr &size : sizes) {
    shape.push_back(size.isConstant() ? size.constant() : ShapedType::kDynamic);
    isStatic &= size.isConstant();
  }
  Attribute encoding;
  if (!isStatic)
    encoding = SizesAttr::get(element.getContext(), sizes.vec());
  return RankedTensorType::get(shape, element, encoding);
}

RankedTensorType ir::withElement(Type type, Type element) {
  auto tensor = cast<RankedTensorType>(type);
  return RankedTensorType::get(tensor.getShape(), element, tensor.getEncoding());
}

RankedTensorType ir::sliceOf(Type sequence) {
  std::vector<sizes::Expr> sizes = sizesOf(sequence);
  return tensorOf(ArrayRef(sizes).drop_front(), getElementTypeOrSelf(sequence));
}

RankedTensorType ir::sequenceOf(const sizes::Expr &length, Type slice) {
  std::vector<sizes::Expr> sizes = sizesOf(slice);
  sizes.insert(sizes.begin(), length);
  return tensorOf(sizes, getElementTypeOrSelf(slice));
}

sizes::Expr ir::numElements(ArrayRef<sizes::Expr> sizes) {
  sizes::Expr n = 1;
  for (const sizes::Expr &size : sizes)
    n = n * size;
  return n;
}

std::optional<SmallVector<ReassociationIndices>> ir::splitOf(ArrayRef<sizes::Expr> coarse,
                                                             ArrayRef<sizes::Expr> fine) {
  SmallVector<ReassociationIndices> parts;
  const sizes::Expr one = 1;
  size_t next = 0;
  for (const sizes::Expr &whole : coarse) {
    ReassociationIndices &part = parts.emplace_back();
    sizes::Expr product = one;
    do {
      if (next == fine.size())
        return std::nullopt;
      product = product * fine[next];
      part.push_back(next++);
    } while (product != whole);
  }
  // Without a dimension to belong to, those of size 1 that are left are parts of none.
  for (; next < fine.size(); ++next) {
    if (fine[next] != one)
      return std::nullopt;
    if (!parts.empty())
      parts.back().push_back(next);
  }
  return parts;
}

std::string ir::toString(ArrayRef<sizes::Expr> sizes) {
  std::string text = "[";
  for (const sizes::Expr &size : sizes)
    text += (text.size() > 1 ? ", " : "") + size.str();
  return text + "]";
}

std::string ir::describe(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  std::string text;
  llvm::raw_string_ostream(text) << tensor.getElementType();
  return (text == "i1" ? "bool" : text) + toString(sizesOf(type));
}
