// Texts as the character model takes them: numbers of printable ASCII characters and the end of a line.
//
//   std::string all = text::read("/usr/share/games/fortunes");   // a file, or all of a folder
//   std::vector<int64_t> numbers = text::encode(all);
#pragma once
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace text {

/// Space to ~, and behind them the end of a line.
constexpr int64_t characters = 96;

inline std::vector<int64_t> encode(const std::string &text) {
  std::vector<int64_t> numbers;
  for (char c : text)
    if (c == '\n')
      numbers.push_back(characters - 1);
    else if (c == '\b' && !numbers.empty()) // overstriking
      numbers.pop_back();
    else
      numbers.push_back(c >= ' ' && c <= '~' ? c - ' ' : 0);
  return numbers;
}

inline std::string decode(const std::vector<int64_t> &numbers) {
  std::string text;
  for (int64_t number : numbers)
    text += number == characters - 1 ? '\n' : char(' ' + number);
  return text;
}

inline std::string readFile(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad())
    throw std::runtime_error("cannot read " + path.string() +
                             " (the Debian package fortunes has the default texts; --data names others)");
  return content;
}

/// Of a folder those files that have no suffix, and no pictures, in the order of their names.
inline std::string read(const std::string &path) {
  if (!std::filesystem::is_directory(path))
    return readFile(path);
  std::vector<std::filesystem::path> files;
  for (const auto &entry : std::filesystem::directory_iterator(path))
    if (entry.is_regular_file() && !entry.path().has_extension() && entry.path().filename() != "ascii-art")
      files.push_back(entry.path());
  std::ranges::sort(files);
  std::string all;
  for (const std::filesystem::path &file : files)
    all += readFile(file);
  return all;
}

} // namespace text
