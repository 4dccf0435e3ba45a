#include "frontend/io/io.h"
#include "frontend/core/Error.h"
#include "frontend/core/Generator.h"
#include "frontend/functional/factories.h"
#include "frontend/io/StateDict.h"
#include "frontend/io/TensorFile.h"
#include "frontend/io/Zip.h"
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

detail::TensorFile readFile(const char *op, const std::string &path, const Where &at) {
  refuseInTrace(op, at);
  try {
    return detail::TensorFile::read(path);
  } catch (const detail::FileError &error) {
    fail(op, at, error.what());
  } catch (const std::bad_alloc &) {
    fail(op, at, path + ": not enough memory");
  }
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
void checkTied(const nn::Module::NamedTensors &state, const detail::TensorFile &file, const std::string &path,
               const Where &at) {
  auto elements = [&](const std::string &name) {
    const ingot_rt::Tensor *tensor = file.find(name);
    return tensor ? std::optional(std::string_view(reinterpret_cast<const char *>(tensor->data.data()),
                                                   tensor->data.size()))
                  : std::nullopt;
  };
  if (std::string problem = detail::tiedProblem(state, elements); !problem.empty())
    fail("load", at, path + ": " + problem);
}

} // namespace

void load(nn::Module &module, const std::string &path, bool strict, const Where &at) {
  detail::TensorFile file = readFile("load", path, at);
  std::vector<detail::OfferedTensor> offered;
  nn::Module::NamedTensors state = module.state_dict();
  for (const ingot_rt::Tensor &tensor : file.tensors())
    if (tensor.name != detail::generatorName || state.contains(tensor.name)) // a program's, not a module's
      offered.push_back({tensor.name, std::string(tensor.dtype->name), tensor.shape});
  if (auto problems = detail::misfits(state, offered, strict, /*sameTypes=*/true).problems; !problems.empty())
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

namespace {
Tensor makeTensor(const char *op, const ingot_rt::Tensor &tensor, const std::string &path, const Where &at) {
  std::optional<Dtype> type = detail::dtypeNamed(tensor.dtype->name);
  if (!type)
    fail(op, at,
         path + ": '" + tensor.name + "' has the element type " + std::string(tensor.dtype->name) +
             ", which tensors do not take");
  checkBytes(op, path, tensor, at);
  Tensor made = empty(tensor.shape, *type);
  detail::writeBytes(made, tensor.data.data(), tensor.data.size());
  return made;
}
} // namespace

OrderedDict<std::string, Tensor> load_tensors(const std::string &path, const std::string &prefix,
                                              const Where &at) {
  detail::TensorFile file = readFile("load_tensors", path, at);
  OrderedDict<std::string, Tensor> tensors("Tensor");
  for (const ingot_rt::Tensor &tensor : file.tensors())
    if (tensor.name.starts_with(prefix))
      tensors.insert(tensor.name.substr(prefix.size()), makeTensor("load_tensors", tensor, path, at));
  if (tensors.is_empty() && !prefix.empty())
    fail("load_tensors", at, path + ": no tensor's name begins with '" + prefix + "'");
  return tensors;
}

void load(std::vector<Tensor> &tensors, const std::string &path, const Where &at) {
  detail::TensorFile file = readFile("load", path, at);
  std::vector<Tensor> loaded;
  for (size_t i = 0; i < file.tensors().size(); ++i) {
    const ingot_rt::Tensor *tensor = file.find(std::to_string(i));
    if (!tensor)
      fail("load", at,
           path + ": required a list of tensors, called 0, 1, ... ; got " +
               std::to_string(file.tensors().size()) + " tensors, one called '" + file.tensors().back().name +
               "'");
    loaded.push_back(makeTensor("load", *tensor, path, at));
  }
  tensors.insert(tensors.end(), loaded.begin(), loaded.end());
}

void load(Tensor &tensor, const std::string &path, const Where &at) {
  detail::TensorFile file = readFile("load", path, at);
  if (file.tensors().size() != 1)
    fail("load", at, path + ": required one tensor, got " + std::to_string(file.tensors().size()));
  tensor = makeTensor("load", file.tensors().front(), path, at);
}

void save(const std::vector<Tensor> &tensors, const std::string &path, const Where &at) {
  OrderedDict<std::string, Tensor> named("Tensor");
  for (const Tensor &tensor : tensors)
    named.insert(std::to_string(named.size()), tensor);
  save_tensors(named, path, at);
}

void save(const Tensor &tensor, const std::string &path, const Where &at) {
  save(std::vector<Tensor>{tensor}, path, at);
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
