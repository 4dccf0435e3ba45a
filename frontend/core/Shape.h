// The sizes of a tensor, or a list of dimensions: what PyTorch calls IntArrayRef.
//
//   x.view({n, -1}); x.view(-1); x.permute({0, 2, 1});   // lists, one number, std::vector<int64_t>
//   std::vector<int64_t> v = x.sizes().vec();
#pragma once
#include "ingot/core/Size.h"
#include <array>
#include <initializer_list>
#include <vector>

namespace ingot {

class Shape {
public:
  Shape() = default;
  Shape(std::initializer_list<Size> sizes) : list(sizes) {}
  template <std::same_as<int64_t> T>
  Shape(std::initializer_list<T> sizes) : list(sizes.begin(), sizes.end()) {}
  Shape(const std::vector<int64_t> &sizes) : list(sizes.begin(), sizes.end()) {}
  template <size_t D> Shape(const std::array<int64_t, D> &sizes) : list(sizes.begin(), sizes.end()) {}
  Shape(const int64_t *sizes, size_t count) : list(sizes, sizes + count) {}
  Shape(std::vector<Size> sizes) : list(std::move(sizes)) {}
  Shape(const Size &size) : list{size} {}
  template <std::integral T> Shape(T size) : list{Size(size)} {}

  size_t size() const { return list.size(); }
  bool empty() const { return list.empty(); }
  const Size &operator[](size_t i) const { return list[i]; }
  Size &operator[](size_t i) { return list[i]; }
  const Size &at(size_t i) const { return list.at(i); }
  const Size &front() const { return list.front(); }
  const Size &back() const { return list.back(); }
  auto begin() const { return list.begin(); }
  auto end() const { return list.end(); }
  auto begin() { return list.begin(); }
  auto end() { return list.end(); }
  void push_back(const Size &size) { list.push_back(size); }
  /// `count` sizes from the one at `first`, or all from there.
  Shape slice(size_t first, size_t count) const;
  Shape slice(size_t first) const { return slice(first, size() - first); }
  bool equals(const Shape &other) const;
  /// As numbers; Error if one of them is known at run time only.
  std::vector<int64_t> vec() const { return {list.begin(), list.end()}; }
  /// The product; 1 for no sizes.
  Size numel() const;
  /// "[N, 1, 32, 32]".
  std::string str() const;

private:
  std::vector<Size> list;
};
using IntArrayRef = Shape;

bool operator==(const Shape &a, const Shape &b);
inline bool operator!=(const Shape &a, const Shape &b) { return !(a == b); }
std::ostream &operator<<(std::ostream &out, const Shape &shape);

} // namespace ingot
