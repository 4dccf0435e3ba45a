// How modules tell the recorder where they stand and what their tensors are called.
//
//   ModuleNode    a module's place in its tree: the key that its parent registered it under
//   ModuleScope   makes a module the current one: locations and errors name it
//   nameState     gives a parameter or buffer its name, the path of keys from the root
//   readBytes, writeBytes   the elements of a tensor, for files
//
//   auto node = std::make_shared<ModuleNode>();              // in Module's constructor
//   child->node->parent = node, child->node->key = "conv1";  // in register_module
//   nameState(weight, node, "weight", /*isParameter=*/true); // in register_parameter; exported as "conv1.weight"
//   ModuleScope scope(node.get());                           // in a library layer's forward
#pragma once
#include <cstddef>
#include <memory>
#include <string>

namespace ingot {
class Tensor;
}

namespace ingot::detail {

/// A module's place in its tree. Children keep the nodes of their ancestors alive, never the other way round.
struct ModuleNode {
  std::shared_ptr<const ModuleNode> parent; ///< null for a root
  std::string key;                          ///< the name under which the parent registered it
};

/// Keys from the root joined by dots, e.g. "encoder.0.linear1"; empty for a root or null.
std::string pathOf(const ModuleNode *node);

/// While it lives, what this thread records belongs to `node` (borrowed).
class ModuleScope {
public:
  explicit ModuleScope(const ModuleNode *node);
  ~ModuleScope();
  ModuleScope(const ModuleScope &) = delete;
  ModuleScope &operator=(const ModuleScope &) = delete;

private:
  const ModuleNode *outer;
};

/// The module of the innermost scope of this thread, or null.
const ModuleNode *currentModule();

/// Calls the storage of `tensor` `key` in module `owner`. A storage that is named twice is one state with an alias (tied
/// parameters). The path is read when a program is exported: modules may be registered in any order.
void nameState(const Tensor &tensor, std::shared_ptr<const ModuleNode> owner, std::string key,
               bool isParameter);
/// Takes back a name, when a module forgets a tensor.
void unnameState(const Tensor &tensor, const ModuleNode *owner, const std::string &key);

/// The elements in row-major order, bool as one byte; computes what is pending. Valid until the tensor is written or dies.
const void *readBytes(const Tensor &tensor);
/// Replaces all elements by `bytes` bytes at `data`, which must be numel() * element_size().
void writeBytes(const Tensor &tensor, const void *data, size_t bytes);

/// Whether this thread is inside ingot::trace, where nothing can be read.
bool isTracing();

} // namespace ingot::detail
