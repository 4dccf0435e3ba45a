// Tensors as text, laid out as PyTorch does: four digits, columns of one width, long dimensions cut in the middle.
#include "frontend/core/Element.h"
#include "frontend/core/PrintLibtorch.h"
#include "frontend/core/Reading.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

namespace ingot {
namespace {

constexpr int precision = 4;
constexpr int64_t lineWidth = 80, threshold = 1000, edgeItems = 3;

std::string formatted(const char *format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, precision, value);
  return text;
}

/// How the elements of one tensor are written.
class Formatter {
public:
  Formatter(Dtype type, const std::vector<Scalar> &shown) : type(type) {
    for (const Scalar &element : shown)
      if (isFloatingType(type))
        survey(element.toDouble());
    scientific = any && (largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4);
    for (const Scalar &element : shown)
      if (!isFloatingType(type) || counts(element.toDouble()))
        width = std::max(width, plain(element).size());
  }
  std::string operator()(const Scalar &element) const {
    std::string text = plain(element);
    return std::string(width - std::min(width, text.size()), ' ') + text;
  }
  size_t columns() const { return width; }

private:
  /// PyTorch looks at these numbers alone to choose a format.
  static bool counts(double value) { return std::isfinite(value) && value != 0; }
  void survey(double value) {
    if (!counts(value))
      return;
    double magnitude = std::abs(value);
    largest = any ? std::max(largest, magnitude) : magnitude;
    smallest = any ? std::min(smallest, magnitude) : magnitude;
    any = true;
    whole &= value == std::ceil(value);
  }
  std::string plain(const Scalar &element) const {
    if (type == kBool)
      return element.toBool() ? "True" : "False";
    if (!isFloatingType(type))
      return std::to_string(element.toLong());
    double value = element.toDouble();
    if (std::isnan(value))
      return "nan";
    if (std::isinf(value))
      return value < 0 ? "-inf" : "inf";
    if (scientific)
      return formatted("%.*e", value);
    return whole ? formatted("%.*f", value).substr(0, formatted("%.*f", value).find('.') + 1)
                 : formatted("%.*f", value);
  }

  Dtype type;
  bool any = false, whole = true, scientific = false;
  double largest = 1, smallest = 1;
  size_t width = 1;
};

class Printer {
public:
  explicit Printer(const Tensor &tensor)
      : sizes(tensor.sizes().vec()), type(tensor.dtype()), buffer(detail::elementsOf({"print", {}}, tensor)) {
    int64_t count = 1;
    for (int64_t size : sizes)
      count *= size;
    summarize = count > threshold;
    std::vector<Scalar> shown;
    collect(0, 0, shown);
    format.emplace(type, shown);
  }

  /// `indent` is the column of the opening bracket.
  std::string text(size_t indent) const { return sizes.empty() ? (*format)(element(0)) : list(0, 0, indent); }

private:
  Scalar element(int64_t index) const {
    return detail::loadElement(static_cast<const char *>(buffer->data) + index * elementSize(type), type);
  }
  int64_t stride(size_t dim) const {
    int64_t result = 1;
    for (size_t i = dim + 1; i < sizes.size(); ++i)
      result *= sizes[i];
    return result;
  }
  bool cuts(size_t dim) const { return summarize && sizes[dim] > 2 * edgeItems; }

  void collect(size_t dim, int64_t at, std::vector<Scalar> &shown) const {
    if (dim == sizes.size())
      return shown.push_back(element(at));
    for (int64_t i = 0; i < sizes[dim]; ++i) {
      if (cuts(dim) && i == edgeItems)
        i = sizes[dim] - edgeItems;
      collect(dim + 1, at + i * stride(dim), shown);
    }
  }

  std::string row(int64_t at, size_t dim, size_t indent) const {
    int64_t perLine = std::max<int64_t>(1, (lineWidth - int64_t(indent)) / int64_t(format->columns() + 2));
    std::vector<std::string> items;
    for (int64_t i = 0; i < sizes[dim]; ++i) {
      if (cuts(dim) && i == edgeItems) {
        items.emplace_back(" ...");
        i = sizes[dim] - edgeItems;
      }
      items.push_back((*format)(element(at + i)));
    }
    std::string text = "[";
    for (size_t i = 0; i < items.size(); ++i) {
      if (i)
        text += i % perLine ? ", " : ",\n" + std::string(indent + 1, ' ');
      text += items[i];
    }
    return text + "]";
  }

  std::string list(size_t dim, int64_t at, size_t indent) const {
    if (dim + 1 == sizes.size())
      return row(at, dim, indent);
    std::string text = "[",
                gap = "," + std::string(sizes.size() - dim - 1, '\n') + std::string(indent + 1, ' ');
    for (int64_t i = 0; i < sizes[dim]; ++i) {
      if (i)
        text += gap;
      if (cuts(dim) && i == edgeItems) {
        text += "..." + gap;
        i = sizes[dim] - edgeItems;
      }
      text += list(dim + 1, at + i * stride(dim), indent + 1);
    }
    return text + "]";
  }

  std::vector<int64_t> sizes;
  Dtype type;
  detail::BufferRef buffer;
  bool summarize = false;
  std::optional<Formatter> format;
};

} // namespace

static std::string pythonText(const Tensor &tensor) {
  if (!tensor.defined())
    return "tensor(undefined)";
  Shape sizes = tensor.sizes();
  Dtype type = tensor.dtype();
  std::string text = "tensor(" + Printer(tensor).text(7);
  bool isDefault = type == kFloat32 || type == kInt64 || type == kBool;
  bool isEmpty = std::ranges::any_of(sizes, [](const Size &size) { return size == 0; });
  if (isEmpty && sizes.size() != 1)
    text = "tensor([], size=(" + sizes.str().substr(1, sizes.str().size() - 2) + ")";
  if (!isDefault || (isEmpty && type != kFloat32))
    text += std::string(", dtype=torch.") + ingot::toString(type);
  if (tensor.requires_grad())
    text += ", requires_grad=True";
  return text + ")";
}

static bool asLibtorch = false;

void detail::printAsLibtorch() { asLibtorch = true; }
bool detail::printsAsLibtorch() { return asLibtorch; }

std::ostream &operator<<(std::ostream &out, const Tensor &tensor) {
  // First: where nothing can be read, that is what is wrong, not a size that is unknown, too.
  if (tensor.defined())
    detail::elementsOf({"print", {}}, tensor);
  return asLibtorch ? detail::printLibtorch(out, tensor) : out << pythonText(tensor);
}

} // namespace ingot
