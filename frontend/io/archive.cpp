#include "frontend/io/archive.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/functional/factories.h"
#include "frontend/io/StateDict.h"
#include "frontend/io/TensorFile.h"
#include "frontend/io/Zip.h"
#include "frontend/io/io.h"
#include <algorithm>
#include <istream>
#include <iterator>
#include <ostream>
#include <sstream>

namespace ingot {
namespace {

[[noreturn]] void fail(const char *op, const Where &at, const std::string &message) {
  throw Error(op, {}, at, message, {});
}

/// Writes safetensors, as a file has them.
void writeTo(std::ostream &stream, const OrderedDict<std::string, Tensor> &named, const Where &at) {
  if (detail::isTracing())
    fail("save", at, "nothing can be written inside trace: do it before or after");
  std::vector<ingot_rt::Tensor> tensors;
  for (const auto &[key, tensor] : named.pairs()) {
    size_t bytes = static_cast<size_t>(tensor.nbytes());
    tensors.push_back({key,
                       ingot_rt::dtype_named(detail::shortName(tensor.dtype())),
                       tensor.sizes().vec(),
                       {static_cast<const std::byte *>(detail::readBytes(tensor)), bytes}});
  }
  std::vector<const ingot_rt::Tensor *> order;
  for (const ingot_rt::Tensor &tensor : tensors)
    order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const ingot_rt::Tensor *a, const ingot_rt::Tensor *b) {
    return a->dtype->alignment > b->dtype->alignment;
  });
  stream << ingot_rt::detail::header_text(order, {});
  for (const ingot_rt::Tensor *tensor : order)
    stream.write(reinterpret_cast<const char *>(tensor->data.data()),
                 static_cast<std::streamsize>(tensor->data.size()));
  if (!stream)
    fail("save", at, "the stream took not all that was written");
}

std::map<std::string, Tensor> parse(const std::string &bytes, const Where &at) {
  if (detail::isTracing())
    fail("load", at, "nothing can be read inside trace: do it before or after");
  std::map<std::string, Tensor> values;
  try {
    ingot_rt::Span<const std::byte> view{reinterpret_cast<const std::byte *>(bytes.data()), bytes.size()};
    detail::TensorFile file = detail::TensorFile::parse(ingot_rt::Buffer::copy(view), "the stream");
    for (const ingot_rt::Tensor &tensor : file.tensors()) {
      std::optional<Dtype> type = detail::dtypeNamed(tensor.dtype->name);
      if (!type)
        fail("load", at,
             "'" + tensor.name + "' has the element type " + std::string(tensor.dtype->name) +
                 ", which tensors do not take");
      Tensor made = empty(tensor.shape, *type);
      detail::writeBytes(made, tensor.data.data(), tensor.data.size());
      values.emplace(tensor.name, made);
    }
  } catch (const detail::FileError &error) {
    fail("load", at, error.what());
  }
  return values;
}

std::map<std::string, Tensor> parse(std::istream &stream, const Where &at) {
  return parse(std::string(std::istreambuf_iterator<char>(stream), {}), at);
}

OrderedDict<std::string, Tensor> ordered(const std::map<std::string, Tensor> &values) {
  OrderedDict<std::string, Tensor> result("Value");
  for (const auto &[key, tensor] : values)
    result.insert(key, tensor);
  return result;
}

} // namespace

//===--- archives -----------------------------------------------------------------------------------------------===//

namespace serialize {

void OutputArchive::write(const std::string &key, const Tensor &tensor, bool) {
  if (!tensor.defined())
    fail("write", {}, "the tensor '" + key + "' must be defined");
  tensors.insert(key, tensor);
}

void OutputArchive::write(const std::string &key, const IValue &value) {
  if (value.isTensor())
    return write(key, value.toTensor());
  if (value.isDouble())
    return write(key, scalar_tensor(value.toDouble(), kFloat64));
  if (value.isInt())
    return write(key, scalar_tensor(value.toInt(), kInt64));
  if (value.isBool())
    return write(key, scalar_tensor(value.toBool(), kBool));
  if (value.isIntList())
    return write(key, tensor(value.toIntVector()));
  if (value.isString()) {
    const std::string &text = value.toStringRef();
    return write(key, tensor(std::vector<uint8_t>(text.begin(), text.end()), kUInt8));
  }
  OutputArchive list;
  for (const Tensor &each : value.toTensorVector())
    list.write(std::to_string(list.tensors.size()), each);
  write(key, list);
}

void OutputArchive::write(const std::string &key, OutputArchive &nested) {
  for (const auto &item : nested.tensors)
    tensors.insert(key + "." + item.key(), item.value());
}

void OutputArchive::save_to(const std::string &path, const Where &at) { save_tensors(tensors, path, at); }
void OutputArchive::save_to(std::ostream &stream, const Where &at) { writeTo(stream, tensors, at); }

void InputArchive::load_from(const std::string &path, std::optional<Device>, const Where &at) {
  tensors.clear();
  for (auto &[key, tensor] : load_tensors(path, "", at).pairs())
    tensors.emplace(key, tensor);
}
void InputArchive::load_from(std::istream &stream, std::optional<Device>, const Where &at) {
  tensors = parse(stream, at);
}
void InputArchive::load_from(const char *data, size_t size, std::optional<Device>, const Where &at) {
  tensors = parse(std::string(data, size), at);
}

void OutputArchive::save_to(const std::function<size_t(const void *, size_t)> &write, const Where &at) {
  std::ostringstream text;
  save_to(text, at);
  std::string bytes = text.str();
  if (write(bytes.data(), bytes.size()) != bytes.size())
    fail("save", at, "the function took not all that was written");
}
void InputArchive::load_from(const std::function<size_t(uint64_t, void *, size_t)> &read,
                             const std::function<size_t()> &size, std::optional<Device>, const Where &at) {
  std::string bytes(size(), '\0');
  if (read(0, bytes.data(), bytes.size()) != bytes.size())
    fail("load", at, "the function gave not all bytes");
  tensors = parse(bytes, at);
}

bool InputArchive::try_read(const std::string &key, Tensor &tensor, bool) {
  auto found = tensors.find(key);
  if (found == tensors.end())
    return false;
  if (tensor.defined())
    tensor.set_data(found->second);
  else
    tensor = found->second.clone();
  return true;
}

bool InputArchive::try_read(const std::string &key, IValue &value) {
  auto found = tensors.find(key);
  if (found == tensors.end())
    return false;
  const Tensor &tensor = found->second;
  bool isNumber = tensor.dim() == 0;
  if (isNumber && tensor.dtype() == kFloat64)
    value = tensor.item<double>();
  else if (isNumber && tensor.dtype() == kInt64)
    value = tensor.item<int64_t>();
  else if (isNumber && tensor.dtype() == kBool)
    value = tensor.item<bool>();
  else if (tensor.dim() == 1 && tensor.dtype() == kUInt8)
    value = std::string(reinterpret_cast<const char *>(tensor.const_data_ptr<uint8_t>()),
                        static_cast<size_t>(tensor.nbytes()));
  else
    value = tensor.clone();
  return true;
}

bool InputArchive::try_read(const std::string &key, InputArchive &nested) {
  std::map<std::string, Tensor> below;
  std::string prefix = key + ".";
  for (auto it = tensors.lower_bound(prefix); it != tensors.end() && it->first.starts_with(prefix); ++it)
    below.emplace(it->first.substr(prefix.size()), it->second);
  if (below.empty())
    return false;
  nested.tensors = std::move(below);
  return true;
}

namespace {
void require(bool found, const std::string &key) {
  if (!found)
    fail("read", {}, "the archive must have '" + key + "'");
}
} // namespace

void InputArchive::read(const std::string &key, Tensor &tensor, bool is_buffer) {
  require(try_read(key, tensor, is_buffer), key);
}
void InputArchive::read(const std::string &key, IValue &value) { require(try_read(key, value), key); }
void InputArchive::read(const std::string &key, InputArchive &nested) { require(try_read(key, nested), key); }

std::vector<std::string> InputArchive::keys() const {
  std::vector<std::string> result;
  for (const auto &item : tensors)
    if (std::string key = item.first.substr(0, item.first.find('.')); result.empty() || result.back() != key)
      result.push_back(key);
  return result;
}

} // namespace serialize

//===--- modules and optimizers ---------------------------------------------------------------------------------===//

void nn::Module::save(serialize::OutputArchive &archive) const {
  for (const auto &item : named_parameters(/*recurse=*/false))
    archive.write(item.key(), item.value());
  for (const auto &item : named_buffers(/*recurse=*/false))
    archive.write(item.key(), item.value(), /*is_buffer=*/true);
  for (const auto &child : named_children()) {
    serialize::OutputArchive nested;
    child.value()->save(nested);
    archive.write(child.key(), nested);
  }
}

void nn::Module::load(serialize::InputArchive &archive) {
  AutoGradMode noHistory(false);
  auto take = [&](const std::string &key, const Tensor &target) {
    Tensor value;
    archive.read(key, value);
    if (value.sizes() != target.sizes())
      fail("load", {},
           "'" + key + "' must have the sizes " + target.sizes().str() + ", got " + value.sizes().str());
    target.copy_(value);
  };
  for (const auto &item : named_parameters(/*recurse=*/false))
    take(item.key(), item.value());
  for (const auto &item : named_buffers(/*recurse=*/false))
    take(item.key(), item.value());
  for (const auto &child : named_children()) {
    serialize::InputArchive nested;
    if (!archive.try_read(child.key(), nested) && !child.value()->state_dict().is_empty())
      fail("load", {}, "the archive must have '" + child.key() + "'");
    child.value()->load(nested);
  }
}

void optim::Optimizer::save(serialize::OutputArchive &archive) const {
  for (const auto &item : state_dict())
    archive.write(item.key(), item.value());
}
void optim::Optimizer::load(serialize::InputArchive &archive) { load_state_dict(ordered(archive.values())); }

//===--- streams ------------------------------------------------------------------------------------------------===//

void save(const nn::Module &module, std::ostream &stream, const Where &at) {
  writeTo(stream, module.state_dict(), at);
}
void save(const optim::Optimizer &optimizer, std::ostream &stream, const Where &at) {
  writeTo(stream, optimizer.state_dict(), at);
}
void save(const Tensor &tensor, std::ostream &stream, const Where &at) {
  save(std::vector<Tensor>{tensor}, stream, at);
}
void save(const std::vector<Tensor> &tensors, std::ostream &stream, const Where &at) {
  OrderedDict<std::string, Tensor> named("Tensor");
  for (const Tensor &tensor : tensors)
    named.insert(std::to_string(named.size()), tensor);
  writeTo(stream, named, at);
}

void load(nn::Module &module, std::istream &stream, const Where &at) {
  module.load_state_dict(ordered(parse(stream, at)), /*strict=*/true, at);
}
void load(optim::Optimizer &optimizer, std::istream &stream, const Where &at) {
  optimizer.load_state_dict(ordered(parse(stream, at)), at);
}
void load(std::vector<Tensor> &tensors, std::istream &stream, const Where &at) {
  std::map<std::string, Tensor> values = parse(stream, at);
  for (size_t i = 0; i < values.size(); ++i) {
    auto found = values.find(std::to_string(i));
    if (found == values.end())
      fail("load", at,
           "the stream must hold a list of tensors, called 0, 1, ..., got '" + values.rbegin()->first + "'");
    tensors.push_back(found->second);
  }
}
void load(Tensor &tensor, std::istream &stream, const Where &at) {
  std::vector<Tensor> list;
  load(list, stream, at);
  if (list.size() != 1)
    fail("load", at, "the stream must hold one tensor, got " + std::to_string(list.size()));
  tensor = list.front();
}

} // namespace ingot
