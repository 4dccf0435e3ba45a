#include "frontend/nn/options/Common.h"
#include "frontend/core/Error.h"
#include <ostream>

namespace ingot::detail {
namespace {

void printElement(std::ostream &stream, int64_t value) { stream << value; }
void printElement(std::ostream &stream, double value) { stream << value; }
void printElement(std::ostream &stream, std::optional<int64_t> value) {
  if (value)
    stream << *value;
  else
    stream << "None";
}

template <class T> void print(std::ostream &stream, const T *values, size_t count) {
  if (count == 1)
    return printElement(stream, values[0]);
  stream << '[';
  for (size_t i = 0; i < count; ++i) {
    stream << (i ? ", " : "");
    printElement(stream, values[i]);
  }
  stream << ']';
}

} // namespace

void throwExpandedSize(size_t required, size_t got) {
  throw Error("ExpandingArray", {}, {}, std::to_string(required) + " values are required",
              std::to_string(got));
}

void printList(std::ostream &stream, const int64_t *values, size_t count) { print(stream, values, count); }

void printList(std::ostream &stream, const double *values, size_t count) { print(stream, values, count); }

void printList(std::ostream &stream, const std::optional<int64_t> *values, size_t count) {
  print(stream, values, count);
}

} // namespace ingot::detail
