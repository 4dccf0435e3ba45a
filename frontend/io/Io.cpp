#include "frontend/io/io.h"
#include "frontend/core/Error.h"
#include "frontend/core/Generator.h"
#include "frontend/functional/factories.h"
#include "frontend/io/StateDict.h"
#include "runtime/params/SafeTensors.h"
#include <cstring>
#include <optional>

namespace ingot {
namespace {

[[noreturn]] void fail(const char *op, const Where &at, const std::string &message) {
  throw Error(op, {}, at, message, {});
}

void refuseInTrace(const char *op, const Where &at) {
  if (detail::isTracing())
    fail(op, at, "a file must not be read or written inside trace: do it before or after");
}

ingot_rt::SafeTensors readFile(const char *op, const std::string &path, const Where &at) {
  ingot_rt::SafeTensors file;
  if (ingot_rt::Status status = ingot_rt::SafeTensors::read(path, file); !status)
    fail(op, at, status.message());
  return file;
}

/// The element type of a tensor in a file, if tensors may have it.
std::optional<Dtype> dtypeOf(const ingot_rt::Tensor &tensor) {
  for (Dtype type : {kBool, kInt8, kInt32, kInt64, kFloat16, kBFloat16, kFloat32, kFloat64})
    if (tensor.dtype->name == detail::shortName(type))
      return type;
  return std::nullopt;
}

/// A bool must be 0 or 1 in memory.
void checkBytes(const char *op, const std::string &path, const ingot_rt::Tensor &tensor, const Where &at) {
  if (tensor.dtype->name != detail::shortName(kBool))
    return;
  for (std::byte value : tensor.data)
    if (value > std::byte(1))
      fail(op, at,
           path + ": '" + tensor.name + "': required bytes 0 or 1, got " +
               std::to_string(std::to_integer<int>(value)));
}

/// Names of one tensor (tied weights) must have equal elements in the file.
void checkTied(const nn::Module::NamedTensors &state, const ingot_rt::SafeTensors &file,
               const std::string &path, const Where &at) {
  for (size_t i = 0; i < state.size(); ++i) {
    const ingot_rt::Tensor *first = file.find(state[i].key());
    for (size_t j = i + 1; first && j < state.size(); ++j) {
      const ingot_rt::Tensor *second =
          state[i].value().is_same(state[j].value()) ? file.find(state[j].key()) : nullptr;
      if (second && first->data.size() > 0 &&
          std::memcmp(first->data.data(), second->data.data(), first->data.size()) != 0)
        fail("load", at,
             path + ": '" + first->name + "' and '" + second->name +
                 "' are one tensor in the module but differ in the file");
    }
  }
}

} // namespace

void load(nn::Module &module, const std::string &path, bool strict, const Where &at) {
  refuseInTrace("load", at);
  ingot_rt::SafeTensors file = readFile("load", path, at);
  std::vector<detail::OfferedTensor> offered;
  nn::Module::NamedTensors state = module.state_dict();
  for (const ingot_rt::Tensor &tensor : file.tensors())
    if (tensor.name != detail::generatorName || state.contains(tensor.name)) // a program's, not a module's
      offered.push_back({tensor.name, std::string(tensor.dtype->name), tensor.shape});
  if (auto problems = detail::misfits(state, offered, strict, /*sameTypes=*/true); !problems.empty())
    fail("load", at, path + ": does not fit " + module.name() + ": " + detail::joined(problems));
  checkTied(state, file, path, at);
  for (const ingot_rt::Tensor &tensor : file.tensors())
    checkBytes("load", path, tensor, at);
  for (const auto &item : state)
    if (const ingot_rt::Tensor *tensor = file.find(item.key()))
      detail::writeBytes(item.value(), tensor->data.data(), tensor->data.size());
}

void save(const nn::Module &module, const std::string &path, const Where &at) {
  save_tensors(module.state_dict(), path, at);
}

OrderedDict<std::string, Tensor> load_tensors(const std::string &path, const Where &at) {
  refuseInTrace("load_tensors", at);
  ingot_rt::SafeTensors file = readFile("load_tensors", path, at);
  OrderedDict<std::string, Tensor> tensors("Tensor");
  for (const ingot_rt::Tensor &tensor : file.tensors()) {
    std::optional<Dtype> type = dtypeOf(tensor);
    if (!type)
      fail("load_tensors", at,
           path + ": '" + tensor.name + "' has the element type " + std::string(tensor.dtype->name) +
               ", which tensors do not take");
    checkBytes("load_tensors", path, tensor, at);
    Tensor loaded = empty(tensor.shape, *type);
    detail::writeBytes(loaded, tensor.data.data(), tensor.data.size());
    tensors.insert(tensor.name, loaded);
  }
  return tensors;
}

void save_tensors(const OrderedDict<std::string, Tensor> &tensors, const std::string &path, const Where &at) {
  refuseInTrace("save", at);
  std::vector<ingot_rt::Tensor> file;
  for (const auto &item : tensors) {
    const Tensor &tensor = item.value();
    if (!tensor.defined())
      fail("save", at, path + ": tensor '" + item.key() + "' must be defined");
    size_t bytes = static_cast<size_t>(int64_t(tensor.numel()) * tensor.element_size());
    const auto *data = static_cast<const std::byte *>(detail::readBytes(tensor));
    file.push_back({item.key(),
                    ingot_rt::dtype_named(detail::shortName(tensor.dtype())),
                    tensor.sizes().vec(),
                    {data, bytes}});
  }
  if (ingot_rt::Status status = ingot_rt::write_safetensors(path, file); !status)
    fail("save", at, status.message());
}

} // namespace ingot
