// Tensors as text, laid out as libtorch does: four digits, columns of one width and matrices of 80 columns, then the type.
#include "frontend/core/PrintLibtorch.h"
#include "frontend/core/Element.h"
#include "frontend/core/Reading.h"
#include <charconv>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace ingot {
namespace {

constexpr int64_t lineWidth = 80;

/// Puts the format of a stream back.
class FormatGuard {
public:
  explicit FormatGuard(std::ostream &out) : out(out), saved(nullptr) { saved.copyfmt(out); }
  ~FormatGuard() { out.copyfmt(saved); }
  FormatGuard(const FormatGuard &) = delete;
  FormatGuard &operator=(const FormatGuard &) = delete;

private:
  std::ostream &out;
  std::ios saved;
};

/// The number of digits before the point; 1 for zero.
int digitsOf(double magnitude) {
  return magnitude == 0 ? 1 : static_cast<int>(std::floor(std::log10(magnitude))) + 1;
}

/// The shortest digits that are this number again.
std::string shortest(double value) {
  if (!std::isfinite(value))
    return (std::ostringstream() << value).str();
  char text[64];
  bool large = value != 0 && (std::abs(value) >= 1e16 || std::abs(value) < 1e-4);
  char *end = std::to_chars(text, text + sizeof text, value,
                            large ? std::chars_format::scientific : std::chars_format::fixed)
                  .ptr;
  return {text, end};
}

/// How the elements of a vector or matrix are written.
struct Format {
  explicit Format(const std::vector<double> &elements) {
    bool whole = true, any = false;
    double least = 1, greatest = 1;
    for (double element : elements) {
      if (!std::isfinite(element))
        continue;
      double magnitude = std::abs(element);
      whole &= element == std::ceil(element);
      least = any ? std::min(least, magnitude) : magnitude;
      greatest = any ? std::max(greatest, magnitude) : magnitude;
      any = true;
    }
    int low = any ? digitsOf(least) : 1, high = any ? digitsOf(greatest) : 1;
    choose(whole, low, high);
  }

  void choose(bool whole, int low, int high) {
    if (whole && high <= 9) {
      width = high + 1;
    } else if (whole || high - low > 4) {
      floats = std::ios::scientific;
      width = !whole && (std::abs(high) > 99 || std::abs(low) > 99) ? 12 : 11;
    } else {
      floats = std::ios::fixed;
      bool scaled = high > 5 || high < 0;
      scale = scaled ? std::pow(10, high - 1) : 1;
      width = scaled || high == 0 ? 7 : high + 6;
    }
  }

  void apply(std::ostream &out) const {
    out.unsetf(std::ios::floatfield);
    if (floats != std::ios::fmtflags())
      out.setf(floats, std::ios::floatfield), out.precision(4);
  }
  void printScale(std::ostream &out) const {
    if (scale != 1)
      out << shortest(scale) << " *\n";
  }

  double scale = 1;
  int width = 0;
  std::ios::fmtflags floats{};
};

class Printer {
public:
  Printer(std::ostream &out, const Tensor &tensor) : out(out), guard(out), sizes(tensor.sizes().vec()) {
    detail::BufferRef buffer = detail::elementsOf({"print", {}}, tensor);
    int64_t count = tensor.numel(), size = tensor.element_size();
    elements.reserve(count);
    for (int64_t i = 0; i < count; ++i)
      elements.push_back(
          detail::loadElement(static_cast<const char *>(buffer->data) + i * size, tensor.dtype()).toDouble());
  }

  void print() {
    if (sizes.empty())
      out << shortest(elements[0]) << '\n';
    else if (elements.empty())
      return;
    else if (sizes.size() == 1)
      printVector();
    else if (sizes.size() == 2)
      printMatrix(0, 0);
    else
      printMatrices();
  }

private:
  void printVector() {
    Format format(elements);
    format.apply(out);
    format.printScale(out);
    for (double element : elements)
      out << std::setw(format.width) << element / format.scale << '\n';
  }

  /// One matrix after the other, with its place.
  void printMatrices() {
    size_t outer = sizes.size() - 2;
    int64_t area = sizes[outer] * sizes[outer + 1];
    for (int64_t number = 0; number * area < int64_t(elements.size()); ++number) {
      out << (number ? "\n(" : "(");
      // libtorch counts the first dimension fastest.
      int64_t rest = number, offset = 0;
      for (size_t dim = 0; dim < outer; rest /= sizes[dim++]) {
        int64_t stride = area;
        for (size_t inner = dim + 1; inner < outer; ++inner)
          stride *= sizes[inner];
        offset += rest % sizes[dim] * stride;
        out << rest % sizes[dim] + 1 << ',';
      }
      out << ".,.) = \n";
      printMatrix(offset, 1);
    }
  }

  /// The matrix that begins at an element, in parts of as many columns as a line holds.
  void printMatrix(int64_t offset, int indent) {
    int64_t rows = sizes[sizes.size() - 2], columns = sizes.back();
    auto begin = elements.begin() + offset;
    Format format(std::vector<double>(begin, begin + rows * columns));
    format.apply(out);
    // As libtorch does: the first row has a margin behind a heading only, a scaled matrix' others one space more.
    std::string margin(indent, ' ');
    int64_t perLine = (lineWidth - indent) / (format.width + 1);
    for (int64_t first = 0, last; first < columns; first = last) {
      last = std::min(first + perLine, columns);
      if (perLine < columns)
        out << (first ? "\n" : "") << "Columns " << first + 1 << " to " << last << margin;
      format.printScale(out);
      if (format.scale != 1)
        out << margin;
      for (int64_t row = 0; row < rows; ++row) {
        for (int64_t column = first; column < last; ++column)
          out << std::setw(format.width) << begin[row * columns + column] / format.scale
              << (column + 1 < last ? " " : "\n");
        if (row + 1 < rows)
          out << margin << (format.scale != 1 ? " " : "");
      }
    }
  }

  std::ostream &out;
  FormatGuard guard;
  std::vector<int64_t> sizes;
  std::vector<double> elements;
};

} // namespace

std::string Tensor::toString() const {
  return defined() ? std::string("CPU") + detail::libtorchName(dtype()) + "Type" : "UndefinedType";
}

void Tensor::print() const {
  std::cerr << "[" << toString();
  if (defined())
    std::cerr << " " << sizes();
  std::cerr << "]\n";
}

std::ostream &detail::printLibtorch(std::ostream &out, const Tensor &tensor) {
  if (!tensor.defined())
    return out << "[ Tensor (undefined) ]";
  Printer(out, tensor).print();
  std::string sizes;
  for (const Size &size : tensor.sizes())
    sizes += (sizes.empty() ? "" : ",") + size.str();
  return out << "[ " << tensor.toString() << "{" << sizes << "} ]";
}

std::ostream &operator<<(std::ostream &out, Dtype type) {
  constexpr const char *names[] = {"bool",     "unsigned char", "signed char",   "short int", "int",
                                   "long int", "c10::Half",     "c10::BFloat16", "float",     "double"};
  return out << names[static_cast<size_t>(type)];
}

std::ostream &operator<<(std::ostream &out, DeviceType type) {
  return out << (type == kCPU ? "cpu" : "cuda");
}
std::ostream &operator<<(std::ostream &out, const Device &device) { return out << device.str(); }

std::ostream &operator<<(std::ostream &out, const Scalar &number) {
  if (number.isBoolean())
    return out << (number.toBool() ? "true" : "false");
  if (number.isFloatingPoint())
    return out << number.toDouble();
  return number.kind() == Scalar::Kind::Size ? out << number.size() : out << number.toLong();
}

} // namespace ingot
