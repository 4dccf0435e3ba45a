// Golden files: what PyTorch computes, one file a target (tools/dev/golden/README.md has the format).
//
//   GoldenFile   the cases of a file, and their tensors
//   Case         one of them
//   Failure      a case that does not pass, or that cannot be run (Unsupported)
#pragma once
#include "ingot/ingot.h"
#include "runtime/params/SafeTensors.h"
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace ingot::conformance {

using Json = nlohmann::json;
using Stored = ingot_rt::Tensor;

/// Why a case did not pass.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// No target of this name, or an option or argument that it has no way to take.
struct Unsupported : Failure {
  using Failure::Failure;
};

struct Case {
  std::string name, kind, target, call, mode;
  Json options, args;
  std::vector<std::string> argNames; ///< empty where the schema has none
  Dtype dtype = kFloat32;            ///< of the first float tensor
  Json tolerances;                   ///< role -> [rtol, atol]
  bool gradients = false, random = false;
  std::vector<int64_t> shape;                    ///< of the tensor that an initializer fills
  Json expected;                                 ///< the distribution of random results
  int64_t steps = 0;                             ///< of an optimizer, a schedule
  Json groups, optimizer;                        ///< of an optimizer; of a schedule: what it is for
  std::map<std::string, const Stored *> tensors; ///< by role, borrowed from the file

  /// The stored tensor of a role; null if there is none.
  const Stored *find(const std::string &role) const;
};

class GoldenFile {
public:
  /// Throws Failure if it is no golden file.
  explicit GoldenFile(const std::string &path);
  const std::vector<Case> &cases() const { return list; }

private:
  ingot_rt::SafeTensors file;
  std::vector<Case> list;
};

/// The element type of a stored tensor; of a name ("bfloat16"). Throws Unsupported.
Dtype dtypeOf(const Stored &stored);
Dtype dtypeNamed(const std::string &name);
/// A tensor with a copy of the stored elements.
Tensor load(const Stored &stored);

} // namespace ingot::conformance
