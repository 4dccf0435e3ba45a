#include "tools/conformance/Golden.h"

namespace ingot::conformance {
namespace {

std::string text(const Json &entry, const char *key) {
  auto found = entry.find(key);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Case parse(const Json &entry) {
  Case c;
  c.name = text(entry, "name"), c.kind = text(entry, "kind"), c.target = text(entry, "target");
  c.call = text(entry, "call"), c.mode = text(entry, "mode");
  c.options = entry.value("options", Json::object());
  c.args = entry.value("args", Json::array());
  if (auto names = entry.find("arg_names"); names != entry.end() && names->is_array())
    c.argNames = names->get<std::vector<std::string>>();
  if (std::string dtype = text(entry, "dtype"); !dtype.empty())
    c.dtype = dtypeNamed(dtype);
  c.tolerances = entry.value("tol", Json::object());
  c.gradients = entry.value("grad", false);
  if (auto random = entry.find("rng"); random != entry.end())
    c.random = random->is_boolean() ? random->get<bool>() : !random->is_null();
  c.shape = entry.value("shape", std::vector<int64_t>());
  c.expected = entry.value("expect", Json::object());
  c.steps = entry.value("steps", int64_t(0));
  c.groups = entry.value("groups", Json::array()), c.optimizer = entry.value("optimizer", Json::object());
  return c;
}

} // namespace

const Stored *Case::find(const std::string &role) const {
  auto found = tensors.find(role);
  return found == tensors.end() ? nullptr : found->second;
}

GoldenFile::GoldenFile(const std::string &path) {
  if (ingot_rt::Status status = ingot_rt::SafeTensors::read(path, file); !status)
    throw Failure(status.message());
  for (const auto &[key, value] : file.metadata())
    if (key == "cases")
      try {
        for (const Json &entry : Json::parse(value))
          list.push_back(parse(entry));
      } catch (const Json::exception &error) {
        throw Failure(path + ": the cases are not what the format says: " + error.what());
      }
  if (list.empty())
    throw Failure(path + ": required a golden file, which has cases in its metadata");
  for (const Stored &tensor : file.tensors()) {
    size_t slash = tensor.name.find('/'), index = 0;
    if (slash == std::string::npos ||
        (index = std::strtoull(tensor.name.c_str(), nullptr, 10)) >= list.size())
      throw Failure(path + ": tensor '" + tensor.name + "' belongs to none of the " +
                    std::to_string(list.size()) + " cases");
    list[index].tensors[tensor.name.substr(slash + 1)] = &tensor;
  }
}

Dtype dtypeNamed(const std::string &name) {
  static const std::map<std::string, Dtype> types = {
      {"bool", kBool},       {"uint8", kUInt8},    {"int8", kInt8},       {"int16", kInt16},
      {"int32", kInt32},     {"int64", kInt64},    {"float16", kFloat16}, {"bfloat16", kBFloat16},
      {"float32", kFloat32}, {"float64", kFloat64}};
  auto found = types.find(name);
  if (found == types.end())
    throw Unsupported("type " + name);
  return found->second;
}

Dtype dtypeOf(const Stored &stored) {
  static const std::map<std::string, Dtype> types = {
      {"BOOL", kBool}, {"U8", kUInt8},    {"I8", kInt8},       {"I16", kInt16},   {"I32", kInt32},
      {"I64", kInt64}, {"F16", kFloat16}, {"BF16", kBFloat16}, {"F32", kFloat32}, {"F64", kFloat64}};
  auto found = types.find(std::string(stored.dtype->file));
  if (found == types.end())
    throw Unsupported("element type " + std::string(stored.dtype->file));
  return found->second;
}

Tensor load(const Stored &stored) {
  Tensor tensor = ingot::empty(stored.shape, dtypeOf(stored));
  ingot::detail::writeBytes(tensor, stored.data.data(), stored.data.size());
  return tensor;
}

} // namespace ingot::conformance
