#include "tools/conformance/Inputs.h"
#include "tools/conformance/Targets.h"
#include <algorithm>

namespace ingot::conformance {

Tensor Inputs::stored(const std::string &role) {
  auto [place, added] = tensors.try_emplace(role);
  if (added) {
    const Stored *stored = c.find(role);
    if (!stored)
      throw Failure("the file has no tensor '" + role + "'");
    place->second = load(*stored);
    if (c.find("grad." + role))
      place->second.requires_grad_();
  }
  // What a function changes must not be a leaf.
  bool changes = c.target.ends_with('_');
  return changes && place->second.requires_grad() ? place->second.clone() : place->second;
}

Run Inputs::record(const std::function<Run()> &body) { return recorder ? recorder(body) : body(); }

void Inputs::requireAllRead() const {
  for (size_t i = 0; i < isRead.size(); ++i)
    if (!isRead[i] && !c.args[i].is_null())
      throw Unsupported("argument " + (i < c.argNames.size() ? c.argNames[i] : std::to_string(i)));
}

size_t Inputs::place(const char *name) const {
  auto found = std::find(c.argNames.begin(), c.argNames.end(), name);
  return found == c.argNames.end() ? c.args.size() : size_t(found - c.argNames.begin());
}

Tensor Value::tensor() const {
  if (isNull())
    return {};
  if (!isTensor())
    throw Unsupported("argument " + json->dump() + " where a tensor is expected");
  const Json &which = json->at("tensor");
  return inputs->stored(which.is_string() ? which.get<std::string>()
                                          : "in." + std::to_string(which.get<int64_t>()));
}

std::vector<Tensor> Value::tensors() const {
  std::vector<Tensor> list;
  for (size_t i = 0; i < size(); ++i)
    list.push_back(isList() ? (*this)[i].tensor() : tensor());
  return list;
}

Operand Value::operand() const {
  if (isTensor() || isNull())
    return {tensor(), 0, true};
  return {{}, as<Scalar>(), false};
}

namespace {
template <class T> T convert(const Value &value) {
  try {
    return value.text().get<T>();
  } catch (const Json::exception &) {
    throw Unsupported("value " + value.text().dump());
  }
}
} // namespace

void read(const Value &value, int64_t &result) { result = convert<int64_t>(value); }
void read(const Value &value, bool &result) { result = convert<bool>(value); }
void read(const Value &value, std::string &result) { result = convert<std::string>(value); }
void read(const Value &value, Tensor &result) { result = value.tensor(); }

void read(const Value &value, double &result) {
  const Json &json = value.text();
  if (!json.is_object() || !json.contains("float")) {
    result = convert<double>(value);
    return;
  }
  std::string name = json["float"].get<std::string>();
  double infinity = std::numeric_limits<double>::infinity();
  result = name == "inf" ? infinity : name == "-inf" ? -infinity : std::numeric_limits<double>::quiet_NaN();
}

void read(const Value &value, Scalar &result) {
  const Json &json = value.text();
  if (json.is_boolean())
    result = json.get<bool>();
  else if (json.is_number_integer())
    result = json.get<int64_t>();
  else
    result = value.as<double>();
}

void read(const Value &value, Dtype &result) {
  const Json &json = value.text();
  if (!json.is_object() || !json.contains("dtype"))
    throw Unsupported("type " + json.dump());
  result = dtypeNamed(json["dtype"].get<std::string>());
}

void read(const Value &value, nn::TripletMarginWithDistanceLossOptions::distance_function_t &result) {
  std::string name = value.as<std::string>();
  if (name == "pairwise_distance")
    result = [](const Tensor &a, const Tensor &b) { return pairwise_distance(a, b); };
  else if (name == "l1_distance")
    result = [](const Tensor &a, const Tensor &b) { return (a - b).abs().sum(-1); };
  else if (name == "cosine_distance")
    result = [](const Tensor &a, const Tensor &b) { return 1 - cosine_similarity(a, b); };
  else
    throw Unsupported("distance " + name);
}

void read(const Value &value, std::function<Tensor(const Tensor &)> &) {
  throw Unsupported("activation " + value.text().dump());
}

void read(const Value &value, std::vector<int64_t> &result) {
  result.clear();
  for (size_t i = 0; i < value.size(); ++i)
    result.push_back(value.isList() ? value[i].as<int64_t>() : value.as<int64_t>());
}

void read(const Value &value, std::vector<double> &result) {
  result.clear();
  for (size_t i = 0; i < value.size(); ++i)
    result.push_back(value.isList() ? value[i].as<double>() : value.as<double>());
}

void read(const Value &value, std::tuple<double, double> &result) {
  result = {value[0].as<double>(), value[1].as<double>()};
}

void read(const Value &value, Shape &result) { result = Shape(value.as<std::vector<int64_t>>()); }

} // namespace ingot::conformance
