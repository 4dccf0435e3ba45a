// TempFolder: a folder for a test's files, removed with its contents. Files are read and written whole.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace ingot::test {

inline std::string readFile(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void writeFile(const std::filesystem::path &path, const std::string &contents) {
  std::ofstream file(path, std::ios::binary);
  file << contents;
  if (!file.flush())
    throw std::runtime_error("cannot write " + path.string());
}

class TempFolder {
public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "ingot-test-XXXXXX").string();
    if (!mkdtemp(name.data()))
      throw std::runtime_error("cannot create " + name);
    folder = name;
  }
  TempFolder(const TempFolder &) = delete;
  TempFolder &operator=(const TempFolder &) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::string path(const std::string &name = "") const { return (folder / name).string(); }
  /// Writes a file and returns its path.
  std::string write(const std::string &name, const std::string &contents) const {
    writeFile(path(name), contents);
    return path(name);
  }
  /// The number of files in it.
  int count() const {
    return int(
        std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
  }

private:
  std::filesystem::path folder;
};

} // namespace ingot::test
