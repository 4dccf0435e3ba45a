#include "codegen/pipeline/OutputFiles.h"
#include "frontend/core/Error.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace fs = llvm::sys::fs;

namespace ingot::codegen {

static std::string join(llvm::StringRef folder, llvm::StringRef file) {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

static Error cannot(const std::string &path, const char *what, std::error_code error) {
  return Error(path + ": cannot be " + what + ": " + error.message());
}

static void check(const ingot_rt::Status &status) {
  if (!status)
    throw Error(status.message());
}

OutputFiles::OutputFiles(llvm::StringRef folder, llvm::StringRef name)
    : folder(folder.empty() ? "." : folder.str()), name(name.str()) {}

OutputFiles::~OutputFiles() {
  if (!staging.empty())
    (void)fs::remove_directories(staging);
}

void OutputFiles::add(llvm::StringRef suffix, std::string bytes) {
  files.emplace_back(name + suffix.str(), std::move(bytes));
}

std::string OutputFiles::target(const std::string &file) const { return join(folder, file); }
std::string OutputFiles::staged(const std::string &file) const { return join(staging, file); }

void OutputFiles::makeStaging() {
  if (std::error_code error = fs::create_directories(folder, true, fs::all_all))
    throw cannot(folder, "created", error);
  // LLVM puts unique folders without an absolute path where temporary files are.
  llvm::SmallString<128> pattern(target("." + name + ".tmp")), path;
  std::error_code error = fs::make_absolute(pattern);
  if (!error)
    error = fs::createUniqueDirectory(pattern, path);
  if (error)
    throw cannot(folder, "written", error);
  staging = path.str().str();
}

void OutputFiles::write() {
  makeStaging();
  std::vector<std::string> written;
  for (const auto &[file, bytes] : files) {
    check(ingot_rt::write_file(staged(file),
                               {{reinterpret_cast<const std::byte *>(bytes.data()), bytes.size()}}));
    written.push_back(file);
  }
  if (!weights.empty()) {
    written.push_back(name + ".safetensors");
    check(ingot_rt::write_safetensors(staged(written.back()), weights));
  }
  // What could refuse one of the moves is looked for before the first.
  for (const std::string &file : written)
    if (fs::is_directory(target(file)))
      throw cannot(target(file), "written", std::make_error_code(std::errc::is_a_directory));
  for (const std::string &file : written)
    if (std::error_code error = fs::rename(staged(file), target(file)))
      throw cannot(target(file), "written", error);
  (void)fs::remove_directories(staging);
  staging.clear();
}

} // namespace ingot::codegen
