// The files of an export: complete, and all of them or none.
//
//   OutputFiles files("build", "lenet");
//   files.add(".o", bytes);
//   files.add(".h", text);
//   files.write();                                   // build/lenet.o and build/lenet.h; throws ingot::Error
#pragma once
#include "runtime/params/SafeTensors.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <utility>
#include <vector>

namespace ingot::codegen {

/// Written into a folder of their own beside their places, then moved. One writer at a time.
class OutputFiles {
public:
  /// Files `folder`/`name`*. The folder, absolute or not, is made by write() if it is missing.
  OutputFiles(llvm::StringRef folder, llvm::StringRef name);
  OutputFiles(const OutputFiles &) = delete;
  ~OutputFiles();

  void add(llvm::StringRef suffix, std::string bytes);
  /// NAME.safetensors, unless there are none. Their data must live until write().
  void addWeights(std::vector<ingot_rt::Tensor> tensors) { weights = std::move(tensors); }

  /// Writes them. On failure throws an Error that names the file or folder, and what was there is as before.
  void write();

private:
  std::string target(const std::string &file) const;
  std::string staged(const std::string &file) const;
  void makeStaging();

  std::string folder, name;
  std::string staging; ///< while write() runs, and behind it if it throws
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<ingot_rt::Tensor> weights;
};

} // namespace ingot::codegen
