// OrderedDict: values under unique keys, in the order of insertion. Modules hold their parameters, buffers
// and children in dictionaries of it.
//
//   for (const auto &item : model->named_parameters())
//     std::cout << item.key() << ": " << item.value().sizes() << '\n';
#pragma once
#include <cstddef>
#include <initializer_list>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ingot {
namespace detail {
/// Throws ingot::Error: "<kind> 'key' already defined", "<kind> 'key' is not defined".
[[noreturn]] void throwDefinedTwice(const std::string &kind, const std::string &key);
[[noreturn]] void throwUndefined(const std::string &kind, const std::string &key);
[[noreturn]] void throwOutOfRange(const std::string &kind, size_t index, size_t size);
} // namespace detail

/// `Key` is std::string or converts to it in messages. Invalidates iterators and references as std::vector
/// does.
template <class Key, class Value> class OrderedDict {
public:
  /// A key with its value; `*item` and `item->` are the value.
  class Item {
  public:
    Item(Key key, Value value) : pair_(std::move(key), std::move(value)) {}
    const Key &key() const noexcept { return pair_.first; }
    Value &value() noexcept { return pair_.second; }
    const Value &value() const noexcept { return pair_.second; }
    const std::pair<Key, Value> &pair() const noexcept { return pair_; }
    Value &operator*() noexcept { return value(); }
    const Value &operator*() const noexcept { return value(); }
    Value *operator->() noexcept { return &value(); }
    const Value *operator->() const noexcept { return &value(); }

  private:
    std::pair<Key, Value> pair_;
    friend class OrderedDict;
  };
  using Iterator = typename std::vector<Item>::iterator;
  using ConstIterator = typename std::vector<Item>::const_iterator;

  /// `kind` names what a key stands for, in messages.
  explicit OrderedDict(std::string kind = "Key") : kind_(std::move(kind)) {}
  OrderedDict(std::initializer_list<Item> items) : kind_("Key") {
    for (const Item &item : items)
      insert(item.key(), item.value());
  }

  Iterator begin() { return items_.begin(); }
  ConstIterator begin() const { return items_.begin(); }
  Iterator end() { return items_.end(); }
  ConstIterator end() const { return items_.end(); }
  /// The first and the last item; an error where there is none.
  Item &front() { return (*this)[0]; }
  const Item &front() const { return (*this)[0]; }
  Item &back() { return (*this)[size() - 1]; }
  const Item &back() const { return (*this)[size() - 1]; }

  size_t size() const noexcept { return items_.size(); }
  bool is_empty() const noexcept { return items_.empty(); }
  const std::string &key_description() const noexcept { return kind_; }
  const std::vector<Item> &items() const noexcept { return items_; }
  std::vector<Key> keys() const {
    std::vector<Key> keys;
    for (const Item &item : items_)
      keys.push_back(item.key());
    return keys;
  }
  std::vector<Value> values() const {
    std::vector<Value> values;
    for (const Item &item : items_)
      values.push_back(item.value());
    return values;
  }
  std::vector<std::pair<Key, Value>> pairs() const {
    std::vector<std::pair<Key, Value>> pairs;
    for (const Item &item : items_)
      pairs.push_back(item.pair());
    return pairs;
  }

  bool contains(const Key &key) const noexcept { return index_.count(key) != 0; }
  /// Null if there is none.
  Value *find(const Key &key) noexcept {
    auto found = index_.find(key);
    return found == index_.end() ? nullptr : &items_[found->second].value();
  }
  const Value *find(const Key &key) const noexcept { return const_cast<OrderedDict *>(this)->find(key); }
  /// An unknown key is an error.
  Value &operator[](const Key &key) {
    if (Value *value = find(key))
      return *value;
    detail::throwUndefined(kind_, key);
  }
  const Value &operator[](const Key &key) const { return const_cast<OrderedDict &>(*this)[key]; }
  /// By place.
  Item &operator[](size_t index) {
    if (index >= items_.size())
      detail::throwOutOfRange(kind_, index, items_.size());
    return items_[index];
  }
  const Item &operator[](size_t index) const { return const_cast<OrderedDict &>(*this)[index]; }

  /// A known key is an error.
  Value &insert(Key key, Value value) {
    if (!index_.emplace(key, items_.size()).second)
      detail::throwDefinedTwice(kind_, key);
    items_.emplace_back(std::move(key), std::move(value));
    return items_.back().value();
  }
  /// Inserts all of `other`.
  void update(const OrderedDict &other) {
    for (const Item &item : other)
      insert(item.key(), item.value());
  }
  /// An unknown key is an error.
  void erase(const Key &key) {
    auto found = index_.find(key);
    if (found == index_.end())
      detail::throwUndefined(kind_, key);
    size_t place = found->second;
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(place));
    index_.erase(found);
    for (auto &entry : index_)
      entry.second -= entry.second > place;
  }
  void clear() {
    items_.clear();
    index_.clear();
  }
  void reserve(size_t capacity) { items_.reserve(capacity); }

private:
  std::vector<Item> items_;
  std::unordered_map<Key, size_t> index_;
  std::string kind_;
};

} // namespace ingot
