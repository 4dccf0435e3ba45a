// ExportedProgram: a traced program, exported and loaded into this process, to be called as an application calls it.
//
//   ExportedProgram f(ingot::trace("run", ..., {{"x", {T, 3}}}));
//   std::vector<Tensor> y = f({x}, {5}, {{5, 2}});     // inputs, dimensions as in the header, results
//
// The object is loaded by LLVM's linker from the bytes of its file, the weights by the loader of the header, and the program
// is called by the C interface.
#pragma once
#include "ingot/core/OrderedDict.h"
#include "ingot/core/Tensor.h"
#include "ingot/core/Trace.h"
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace ingot::conformance {

class ExportedProgram {
public:
  /// What a call is to return: its sizes and type.
  struct Result {
    Result(std::vector<int64_t> sizes, Dtype type) : sizes(std::move(sizes)), type(type) {}
    Result(std::initializer_list<int64_t> sizes) : sizes(sizes) {}
    std::vector<int64_t> sizes;
    Dtype type = kFloat32;
  };

  /// Exports with `flags`, as on the command line. The program must be called `run`. Throws std::runtime_error with what
  /// the export says where it fails.
  explicit ExportedProgram(const Program &program, const std::vector<std::string> &flags = {});
  ~ExportedProgram();

  /// One call. Inputs and results lie in memory that is aligned as the interface promises, and no better. Throws
  /// std::runtime_error where a check of the program fails: "P_run returned 2: a position of gather at ...".
  std::vector<Tensor> operator()(const std::vector<Tensor> &inputs, const std::vector<int64_t> &dims,
                                 const std::vector<Result> &results);
  /// The parameters and buffers after the calls so far, by name, as PyTorch lays them out; through a file.
  OrderedDict<std::string, Tensor> state() const;
  int64_t workspaceBytes(const std::vector<int64_t> &dims) const;

private:
  struct Loaded;
  std::unique_ptr<Loaded> loaded;
};

} // namespace ingot::conformance
