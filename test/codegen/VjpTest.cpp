// Every derivative against finite differences in double precision, through the compiler: for pointwise ops from their
// records (tools/dev/gen-vjp-cases.py), for structured ones from the table of instances below. The second derivatives
// are checked in the same way.
#include "frontend/core/Backend.h"
#include "ir/dialect/Dialect.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <regex>
#include <sstream>

using namespace mlir;
using namespace ingot::detail;

namespace {

/// A function of tensors: `body` computes %y from %0, %1 ... All have static sizes.
struct Case {
  std::string name;
  std::vector<std::string> operands; // types
  std::string body, result;
  double low = -2, high = 2;

  friend void PrintTo(const Case &c, std::ostream *out) { *out << c.body; }
};

MLIRContext &context() {
  static MLIRContext *context = [] {
    auto *made = new MLIRContext;
    backend().prepareContext(*made);
    made->loadDialect<func::FuncDialect, ingot::ir::IngotDialect>();
    return made;
  }();
  return *context;
}

/// The elements of a tensor as they lie in memory, 64-byte aligned.
struct Array {
  explicit Array(Type type)
      : type(cast<RankedTensorType>(type)), elements(this->type.getNumElements()),
        bytes((elements * this->type.getElementTypeBitWidth() + 7) / 8),
        data(static_cast<char *>(std::aligned_alloc(64, std::max<size_t>((bytes + 63) / 64 * 64, 64))),
             &std::free) {
    if (this->type.getElementType().isInteger(1))
      bytes = elements;
    std::memset(data.get(), 0, bytes);
  }
  bool isDouble() const { return type.getElementType().isF64(); }
  double *doubles() const { return reinterpret_cast<double *>(data.get()); }

  RankedTensorType type;
  int64_t elements;
  size_t bytes;
  std::shared_ptr<char> data;
};

/// A function compiled in this process.
class Function {
public:
  Function(const std::string &text) {
    std::string diagnostics;
    ScopedDiagnosticHandler handler(&context(), [&](Diagnostic &d) { diagnostics += d.str() + "\n"; });
    auto module = parseSourceString<ModuleOp>(text, &context());
    if (!module)
      throw std::runtime_error(diagnostics + text);
    auto type = cast<func::FuncOp>(module->getBody()->front()).getFunctionType();
    for (Type result : type.getResults())
      results.emplace_back(result);
    compiled = backend().compile(*module);
    workspace.resize(compiled->workspaceBytes() + 64);
  }

  const std::vector<Array> &operator()(const std::vector<const Array *> &arguments) {
    std::vector<void *> slots;
    for (const Array *argument : arguments)
      slots.push_back(argument->data.get());
    for (Array &result : results)
      slots.push_back(result.data.get());
    slots.push_back(reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(workspace.data()) + 63) / 64 * 64));
    int64_t outside = 0;
    slots.push_back(&outside);
    EXPECT_EQ(compiled->call(slots.data()), 0);
    return results;
  }

private:
  std::vector<Array> results;
  std::shared_ptr<CompiledFunction> compiled;
  std::vector<char> workspace;
};

std::string list(const std::vector<std::string> &parts) { return llvm::join(parts, ", "); }

bool isDouble(const std::string &type) { return llvm::StringRef(type).ends_with("f64>"); }

/// The case whose result are the gradients of `c`, concatenated: its operands are those of `c` and a seed.
std::string gradientBody(const Case &c, std::vector<std::string> &types) {
  std::vector<std::string> leaves;
  for (size_t i = 0; i < c.operands.size(); ++i)
    if (isDouble(c.operands[i])) {
      leaves.push_back("%" + std::to_string(i));
      types.push_back(c.operands[i]);
    }
  return llvm::formatv("{0}\n%grad:{1} = ingot.gradient %y seeds(%seed : {2}) of({3}) : {2} -> {4}\n", c.body,
                       leaves.size(), c.result, list(leaves), list(types));
}

std::string parameters(const Case &c, llvm::ArrayRef<std::pair<std::string, std::string>> more = {}) {
  std::vector<std::string> text;
  for (size_t i = 0; i < c.operands.size(); ++i)
    text.push_back("%" + std::to_string(i) + ": " + c.operands[i]);
  for (const auto &[name, type] : more)
    text.push_back(name + ": " + type);
  return list(text);
}

std::string forwardText(const Case &c) {
  return llvm::formatv("func.func @f({0}) -> {1} {{\n{2}\nreturn %y : {1}\n}", parameters(c), c.result,
                       c.body);
}

std::vector<std::string> gradientNames(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i)
    names.push_back(count == 1 ? "%grad" : "%grad#" + std::to_string(i));
  return names;
}

std::string gradientText(const Case &c) {
  std::vector<std::string> types;
  std::string body = gradientBody(c, types);
  return llvm::formatv("func.func @g({0}) -> ({1}) {{\n{2}return {3} : {1}\n}",
                       parameters(c, {{"%seed", c.result}}), list(types), body,
                       list(gradientNames(types.size())));
}

/// Gradients of <gradients, directions> with respect to the operands and the seed.
std::string secondText(const Case &c) {
  std::vector<std::string> types;
  std::string body = gradientBody(c, types);
  std::vector<std::string> directions, leaves;
  std::vector<std::pair<std::string, std::string>> more = {{"%seed", c.result}};
  for (size_t i = 0; i < types.size(); ++i) {
    directions.push_back("%direction" + std::to_string(i));
    more.emplace_back(directions.back(), types[i]);
  }
  for (size_t i = 0; i < c.operands.size(); ++i)
    if (isDouble(c.operands[i]))
      leaves.push_back("%" + std::to_string(i));
  leaves.push_back("%seed");
  std::vector<std::string> leafTypes = types;
  leafTypes.push_back(c.result);
  std::vector<std::string> seconds;
  for (size_t i = 0; i < leaves.size(); ++i)
    seconds.push_back("%second#" + std::to_string(i));
  return llvm::formatv(
      "func.func @h({0}) -> ({1}) {{\n{2}%second:{3} = ingot.gradient {4} seeds({5} : {6}) of({7}) : {6} -> "
      "{1}\nreturn {8} : {1}\n}",
      parameters(c, more), list(leafTypes), body, leaves.size(), list(gradientNames(types.size())),
      list(directions), list(types), list(leaves), list(seconds));
}

class Checker {
public:
  explicit Checker(const Case &c) : c(c), random(std::hash<std::string>()(c.name)) {
    for (const std::string &type : c.operands)
      operands.push_back(sample(type, c.low, c.high));
    seeds.push_back(sample(c.result, -1, 1));
  }

  void first() {
    Function forward(forwardText(c)), gradient(gradientText(c));
    std::vector<const Array *> at = pointers(operands), all = at;
    all.push_back(&seeds[0]);
    compare(forward, at, pointers(seeds), gradient(all), floatOperands(), "derivative");
  }

  void second() {
    Function gradient(gradientText(c)), second(secondText(c));
    std::vector<Array> directions;
    for (const Array &operand : operands)
      if (operand.isDouble())
        directions.push_back(sampleLike(operand, -1, 1));
    std::vector<const Array *> at = pointers(operands);
    at.push_back(&seeds[0]);
    std::vector<const Array *> all = at;
    for (const Array &direction : directions)
      all.push_back(&direction);
    std::vector<size_t> leaves = floatOperands();
    leaves.push_back(operands.size());
    compare(gradient, at, pointers(directions), second(all), leaves, "second derivative");
  }

  /// The function on bfloat16, against that on float64 at the same numbers.
  void half() {
    Function forward(forwardText(c)),
        halfForward(std::regex_replace(forwardText(c), std::regex("f64"), "bf16"));
    std::vector<Array> halves;
    for (Array &operand : operands)
      halves.push_back(halfOf(operand));
    const std::vector<Array> &wanted = forward(pointers(operands)), &got = halfForward(pointers(halves));
    double scale = 1;
    for (int64_t i = 0; i < wanted[0].elements; ++i)
      scale = std::max(scale, std::abs(wanted[0].doubles()[i]));
    for (int64_t i = 0; i < wanted[0].elements; ++i)
      EXPECT_NEAR(fromHalf(reinterpret_cast<uint16_t *>(got[0].data.get())[i]), wanted[0].doubles()[i],
                  0.02 * scale)
          << c.name << " element " << i;
  }

private:
  static double fromHalf(uint16_t bits) {
    uint32_t wide = uint32_t(bits) << 16;
    float value;
    std::memcpy(&value, &wide, sizeof(value));
    return value;
  }
  /// Rounds the numbers of `array` to those of the result.
  static Array halfOf(Array &array) {
    if (!array.isDouble())
      return array;
    Array half(array.type.clone(BFloat16Type::get(&context())));
    for (int64_t i = 0; i < array.elements; ++i) {
      auto value = float(array.doubles()[i]);
      uint32_t wide;
      std::memcpy(&wide, &value, sizeof(wide));
      auto bits = static_cast<uint16_t>((wide + 0x8000) >> 16);
      std::memcpy(half.data.get() + i * 2, &bits, 2);
      array.doubles()[i] = fromHalf(bits);
    }
    return half;
  }
  Array sample(const std::string &type, double low, double high) {
    return sampleLike(Array(parseType(type, &context())), low, high);
  }
  /// Random numbers, none closer than 1e-3 to a multiple of 1/2, where functions have kinks, or to one another.
  Array sampleLike(const Array &like, double low, double high) {
    Array array(like.type);
    for (int64_t i = 0; i < array.elements; ++i) {
      if (array.isDouble()) {
        double x;
        do
          x = std::uniform_real_distribution(low, high)(random);
        while (std::abs(x * 2 - std::round(x * 2)) < 2e-3 || tooClose(x));
        taken.push_back(x);
        array.doubles()[i] = x;
      } else if (array.type.getElementType().isInteger(1)) {
        array.data.get()[i] = random() % 2;
      }
    }
    return array;
  }
  bool tooClose(double x) const {
    return llvm::any_of(taken, [&](double other) { return std::abs(x - other) < 1e-3; });
  }

  static std::vector<const Array *> pointers(const std::vector<Array> &arrays) {
    std::vector<const Array *> result;
    for (const Array &array : arrays)
      result.push_back(&array);
    return result;
  }
  std::vector<size_t> floatOperands() const {
    std::vector<size_t> result;
    for (size_t i = 0; i < operands.size(); ++i)
      if (operands[i].isDouble())
        result.push_back(i);
    return result;
  }

  /// sum <f(at), weights>, in long double: differences of it are small.
  static long double weighted(const std::vector<Array> &values, const std::vector<const Array *> &weights) {
    long double sum = 0;
    for (size_t k = 0; k < values.size(); ++k)
      for (int64_t i = 0; i < values[k].elements; ++i)
        sum += static_cast<long double>(values[k].doubles()[i]) * weights[k]->doubles()[i];
    return sum;
  }

  void compare(Function &f, const std::vector<const Array *> &at, const std::vector<const Array *> &weights,
               const std::vector<Array> &gradients, const std::vector<size_t> &leaves, const char *what) {
    constexpr double h = 1e-5, tolerance = 2e-8;
    for (size_t k = 0; k < leaves.size(); ++k)
      for (int64_t i = 0; i < at[leaves[k]]->elements; ++i) {
        double &x = at[leaves[k]]->doubles()[i], saved = x;
        auto value = [&](double offset) {
          x = saved + offset;
          long double result = weighted(f(at), weights);
          x = saved;
          return result;
        };
        // Richardson: the error is of fourth order.
        double wide = double((value(2 * h) - value(-2 * h)) / (4 * h)),
               narrow = double((value(h) - value(-h)) / (2 * h));
        double wanted = (4 * narrow - wide) / 3, got = gradients[k].doubles()[i];
        EXPECT_NEAR(got, wanted, tolerance * std::max(1.0, std::abs(wanted)) * 10)
            << what << " of " << c.name << " with respect to element " << i << " of operand " << leaves[k];
      }
  }

  const Case &c;
  std::mt19937 random;
  std::vector<double> taken;
  std::vector<Array> operands, seeds;
};

//===--- the cases ----------------------------------------------------------------------------------------------===//

Case pointwise(const char *mnemonic, llvm::StringRef kinds, double low, double high) {
  Case c{mnemonic, {}, "%y = ingot." + std::string(mnemonic) + " ", "tensor<5xf64>", low, high};
  std::vector<std::string> names, types;
  for (auto [i, kind] : llvm::enumerate(kinds)) {
    c.operands.push_back(kind == 'f' ? "tensor<5xf64>" : "tensor<5xi1>");
    names.push_back("%" + std::to_string(i));
    if (types.empty() || types.back() != c.operands.back())
      types.push_back(c.operands.back());
  }
  c.body += list(names) + " : " + list(types);
  return c;
}

std::vector<Case> pointwiseCases() {
  std::vector<Case> cases;
#define POINTWISE(mnemonic, kinds, low, high) cases.push_back(pointwise(#mnemonic, kinds, low, high));
#define STRUCTURED(mnemonic)
#include "test/codegen/VjpCases.inc"
#undef POINTWISE
#undef STRUCTURED
  return cases;
}

/// `op` is written with its types left out: "ingot.sum %0 [1]".
Case structured(std::string name, std::vector<std::string> operands, std::string op, std::string types,
                std::string result, double low = -2, double high = 2) {
  return {std::move(name), std::move(operands), "%y = " + op + " : " + types, std::move(result), low, high};
}

void addMatmul(std::vector<Case> &cases) {
  const char *a = "tensor<3x4xf64>", *ta = "tensor<4x3xf64>", *b = "tensor<4x2xf64>", *tb = "tensor<2x4xf64>";
  for (int mask = 0; mask < 4; ++mask) {
    std::string lhs = mask & 1 ? ta : a, rhs = mask & 2 ? tb : b;
    cases.push_back(structured("matmul_" + std::to_string(mask), {lhs, rhs},
                               std::string("ingot.matmul %0") + (mask & 1 ? " transposed" : "") + ", %1" +
                                   (mask & 2 ? " transposed" : ""),
                               lhs + ", " + rhs, "tensor<3x2xf64>"));
  }
  cases.push_back(structured("matmul_batched", {"tensor<2x3x4xf64>", "tensor<2x5x4xf64>"},
                             "ingot.matmul %0, %1 transposed", "tensor<2x3x4xf64>, tensor<2x5x4xf64>",
                             "tensor<2x3x5xf64>"));
}

void addConvolutions(std::vector<Case> &cases) {
  struct Conv {
    const char *name, *x, *w, *y, *kernel, *strides, *dilations;
    int groups;
  };
  static const Conv convs[] = {
      {"1d", "2x3x6", "4x3x3", "2x4x4", "3", "1", "1", 1},
      {"1d_strided", "1x2x9", "3x2x3", "1x3x4", "3", "2", "1", 1},
      {"1d_rest", "1x1x8", "2x1x3", "1x2x3", "3", "2", "1", 1}, // the last element is in no window
      {"1d_dilated", "1x2x7", "2x2x2", "1x2x4", "2", "1", "3", 1},
      {"1d_apart", "1x1x8", "1x1x2", "1x1x3", "2", "3", "1", 1}, // elements between windows
      {"2d", "1x2x4x5", "3x2x2x3", "1x3x3x3", "2, 3", "1, 1", "1, 1", 1},
      {"2d_all", "2x4x6x5", "6x2x2x2", "2x6x2x3", "2, 2", "2, 1", "2, 2", 2},
      {"2d_far", "1x2x11x12", "2x2x3x2", "1x2x2x3", "3, 2", "5, 5", "1, 1", 1}, // too many phases
      {"2d_depthwise", "1x3x4x4", "6x1x3x3", "1x6x2x2", "3, 3", "1, 1", "1, 1", 3},
      {"3d", "1x2x3x3x4", "2x1x2x2x3", "1x2x2x1x2", "2, 2, 3", "1, 2, 1", "1, 1, 1", 2},
  };
  for (const Conv &c : convs) {
    auto type = [](const char *sizes) { return std::string("tensor<") + sizes + "xf64>"; };
    std::string window = std::string(" strides [") + c.strides + "] dilations [" + c.dilations + "] groups " +
                         std::to_string(c.groups);
    for (auto [prefix, flipped] : {std::pair("conv_", ""), std::pair("conv_flipped_", " flipped")})
      cases.push_back(structured(std::string(prefix) + c.name, {type(c.x), type(c.w)},
                                 std::string("ingot.conv %0, %1") + flipped + window,
                                 type(c.x) + ", " + type(c.w), type(c.y)));
    cases.push_back(structured(std::string("conv_weight_") + c.name, {type(c.x), type(c.y)},
                               std::string("ingot.conv_weight %0, %1 kernel [") + c.kernel + "]" + window,
                               type(c.x) + ", " + type(c.y), type(c.w)));
  }
}

void addReductions(std::vector<Case> &cases) {
  for (const char *op : {"sum", "prod", "amax", "amin"}) {
    auto add = [&](const char *suffix, const char *dims, const char *result) {
      cases.push_back(structured(std::string(op) + suffix, {"tensor<2x3x2xf64>"},
                                 std::string("ingot.") + op + " %0 " + dims, "tensor<2x3x2xf64>", result));
    };
    add("", "[1]", "tensor<2x2xf64>");
    add("_keepdim", "[0, 2] keepdim", "tensor<1x3x1xf64>");
    add("_all", "[0, 1, 2]", "tensor<f64>");
    add("_none", "[]", "tensor<2x3x2xf64>");
  }
  for (const char *op : {"softmax", "log_softmax"})
    for (int dim : {0, 1})
      cases.push_back(structured(op + std::to_string(dim), {"tensor<3x4xf64>"},
                                 std::string("ingot.") + op + " %0 along " + std::to_string(dim),
                                 "tensor<3x4xf64>", "tensor<3x4xf64>"));
}

void addAttention(std::vector<Case> &cases) {
  struct Instance {
    const char *name;
    std::vector<std::string> masks;
    const char *rest;
  };
  static const Instance instances[] = {{"plain", {}, "scale 0.5"},
                                       {"causal", {}, "scale 0.7 causal"},
                                       {"added", {"1x2x3x4xf64"}, "scale 0.5"},
                                       {"padding", {"2x1x1x4xi1"}, "scale 0.5"},
                                       {"masks", {"1x1x3x4xf64", "2x1x1x4xi1"}, "scale 0.5 causal"}};
  const std::string q = "tensor<2x2x3x2xf64>", k = "tensor<2x2x4x2xf64>", v = "tensor<2x2x4x3xf64>";
  for (const Instance &instance : instances) {
    std::vector<std::string> operands = {q, k, v}, names, types;
    for (const std::string &mask : instance.masks) {
      names.push_back("%" + std::to_string(operands.size()));
      types.push_back("tensor<" + mask + ">");
      operands.push_back(types.back());
    }
    std::string masks = names.empty() ? "" : " masks(" + list(names) + " : " + list(types) + ")";
    cases.push_back(structured(std::string("attention_") + instance.name, operands,
                               "ingot.attention %0, %1, %2" + masks + " " + instance.rest,
                               q + ", " + k + ", " + v, "tensor<2x2x3x3xf64>"));
  }
}

void addShapes(std::vector<Case> &cases) {
  auto unary = [&](std::string name, std::string x, std::string op, std::string y, bool to = false) {
    x = "tensor<" + x + "xf64>", y = "tensor<" + y + "xf64>";
    cases.push_back(structured(std::move(name), {x}, "ingot." + op, to ? x + " to " + y : x, y));
  };
  unary("broadcast", "1x3", "broadcast %0", "2x4x3", true);
  unary("broadcast_leading", "3", "broadcast %0", "2x3", true);
  cases.push_back(structured("broadcast_scalar", {"tensor<f64>"}, "ingot.broadcast %0",
                             "tensor<f64> to tensor<2x2xf64>", "tensor<2x2xf64>"));
  unary("reshape", "2x6", "reshape %0", "3x4", true);
  unary("transpose", "2x3x4", "transpose %0 [2, 0, 1]", "4x2x3");
  unary("reverse", "2x3x2", "reverse %0 [0, 1]", "2x3x2");
  unary("slice", "5x4", "slice %0 from [1, 0] step [2, 3]", "2x2", true);
  cases.push_back(structured("slice_offset", {"tensor<5x4xf64>", "tensor<i64>"},
                             "ingot.slice %0 from [1, 0] step [2, 1] at %1, %1",
                             "tensor<5x4xf64> to tensor<2x3xf64>", "tensor<2x3xf64>"));
  cases.push_back(structured("insert_slice", {"tensor<5x4xf64>", "tensor<2x2xf64>"},
                             "ingot.insert_slice %1 into %0 from [1, 0] step [2, 3]",
                             "tensor<2x2xf64>, tensor<5x4xf64>", "tensor<5x4xf64>"));
  cases.push_back({"pad",
                   {"tensor<2x3xf64>"},
                   "%c = ingot.constant dense<3.0> : tensor<f64>\n"
                   "%y = ingot.pad %0, %c low [1, 0] high [0, 2] : tensor<2x3xf64>, tensor<f64>",
                   "tensor<3x5xf64>"});
  cases.push_back(structured("concat", {"tensor<2x3xf64>", "tensor<2x1xf64>"},
                             "ingot.concat %0, %1, %0 along 1",
                             "tensor<2x3xf64>, tensor<2x1xf64>, tensor<2x3xf64>", "tensor<2x7xf64>"));
  unary("cast", "4", "cast %0", "4", true);
}

void addWindows(std::vector<Case> &cases) {
  struct Window {
    const char *name, *x, *y, *attributes;
  };
  static const Window windows[] = {
      {"1d", "2x3x6", "2x3x3", "kernel [2] strides [2] dilations [1]"},
      {"2d_overlapping", "1x2x5x4", "1x2x3x2", "kernel [3, 3] strides [1, 1] dilations [1, 1]"},
      {"2d_dilated", "1x1x7x6", "1x1x3x4", "kernel [2, 3] strides [2, 1] dilations [2, 1]"},
      {"3d", "1x1x4x3x4", "1x1x2x1x3", "kernel [2, 3, 2] strides [2, 1, 1] dilations [1, 1, 1]"},
  };
  for (const Window &w : windows) {
    std::string x = std::string("tensor<") + w.x + "xf64>", y = std::string("tensor<") + w.y + "xf64>",
                element = std::string("tensor<") + w.y + "xi8>", attributes = w.attributes;
    for (std::string op : {"max_pool", "window_sum"})
      cases.push_back(structured(op + "_" + w.name, {x}, "ingot." + op + " %0 " + attributes, x, y));
    // The elements are another tensor's maxima.
    std::string choose = "%m, %i = ingot.max_pool_argmax %1 " + attributes + " : " + x + "\n%y = ingot.";
    cases.push_back({std::string("window_gather_") + w.name,
                     {x, x},
                     choose + "window_gather %0, %i " + attributes + " : " + x + ", " + element + " to " + y,
                     y});
    cases.push_back({std::string("window_scatter_") + w.name,
                     {y, x},
                     choose + "window_scatter %0, %i " + attributes + " : " + y + ", " + element + " to " + x,
                     x});
  }
}

void addIndexed(std::vector<Case> &cases) {
  std::string x = "tensor<3x4xf64>", rows = "[2, 0, 2, 1] : tensor<4xi64>",
              each = "[[3, 1], [0, 0], [2, 3]] : tensor<3x2xi64>";
  auto literal = [](std::string positions) {
    size_t colon = positions.find(" : ");
    return positions.substr(0, colon) + ">" + positions.substr(colon);
  };
  auto type = [](const std::string &positions) { return positions.substr(positions.find(" : ") + 3); };
  auto with = [&](std::string name, std::vector<std::string> operands, const std::string &positions,
                  std::string op, std::string types, std::string y) {
    cases.push_back({std::move(name), std::move(operands),
                     "%i = ingot.constant dense<" + literal(positions) + "\n%y = " + op + " : " + types,
                     std::move(y)});
  };
  with("gather_rows", {x}, rows, "ingot.gather %0 at %i along 0 dims [0]", x + ", " + type(rows),
       "tensor<4x4xf64>");
  with("gather_each", {x}, each, "ingot.gather %0 at %i along 1 dims [0, 1]", x + ", " + type(each),
       "tensor<3x2xf64>");
  // Positions that occur twice, but not where one element wins.
  std::string once = "[[3, 1], [0, 1], [2, 3]] : tensor<3x2xi64>", part = "tensor<3x2xf64>";
  for (std::string kind : {"set", "add", "mul", "max", "min"}) {
    const std::string &at = kind == "set" ? once : each;
    with("scatter_" + kind, {x, part}, at,
         "ingot.scatter \"" + kind + "\" %1 into %0 at %i along 1 dims [0, 1]",
         part + ", " + x + ", " + type(at), x);
  }
  with("scatter_rows", {x, "tensor<4x4xf64>"}, rows,
       "ingot.scatter \"add\" %1 into %0 at %i along 0 dims [0]", "tensor<4x4xf64>, " + x + ", " + type(rows),
       x);
  std::string cube = "tensor<2x4x3xf64>";
  for (std::string op : {"cumsum", "cumprod", "logcumsumexp"})
    for (std::string direction : {"", " reverse"})
      cases.push_back(structured(op + (direction.empty() ? "" : "_reverse"), {cube},
                                 "ingot." + op + " %0 along 1" + direction, cube, cube));
  for (std::string direction : {"", " reverse"})
    cases.push_back(structured("linear_recurrence" + std::string(direction.empty() ? "" : "_reverse"),
                               {cube, cube}, "ingot.linear_recurrence %0, %1 along 1" + direction,
                               cube + ", " + cube, cube));
}

std::vector<Case> structuredCases() {
  std::vector<Case> cases;
  addMatmul(cases);
  addConvolutions(cases);
  addReductions(cases);
  addAttention(cases);
  addShapes(cases);
  addIndexed(cases);
  addWindows(cases);
  return cases;
}

class Vjp : public testing::TestWithParam<Case> {};

TEST_P(Vjp, First) { Checker(GetParam()).first(); }
TEST_P(Vjp, Second) { Checker(GetParam()).second(); }
TEST_P(Vjp, Half) { Checker(GetParam()).half(); }

auto caseName = [](const auto &info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Pointwise, Vjp, testing::ValuesIn(pointwiseCases()), caseName);
INSTANTIATE_TEST_SUITE_P(Structured, Vjp, testing::ValuesIn(structuredCases()), caseName);

TEST(VjpCases, EveryStructuredOpHasOne) {
  llvm::StringSet<> present;
  for (const Case &c : structuredCases()) {
    llvm::SmallVector<llvm::StringRef> words;
    llvm::SplitString(c.body, words);
    for (llvm::StringRef word : words)
      if (word.consume_front("ingot."))
        present.insert(word);
  }
#define POINTWISE(mnemonic, kinds, low, high)
#define STRUCTURED(mnemonic)                                                                                 \
  EXPECT_TRUE(present.contains(#mnemonic)) << "ingot." #mnemonic " has a derivative that no case checks";
#include "test/codegen/VjpCases.inc"
}

// The product of the others, where some elements are zero.
TEST(VjpCases, ProductOfZeros) {
  Function f("func.func @f(%x: tensor<3x3xf64>, %s: tensor<3xf64>) -> tensor<3x3xf64> {\n"
             "%y = ingot.prod %x [1] : tensor<3x3xf64>\n"
             "%g = ingot.gradient %y seeds(%s : tensor<3xf64>) of(%x) : tensor<3xf64> -> tensor<3x3xf64>\n"
             "return %g : tensor<3x3xf64>\n}");
  Array x(parseType("tensor<3x3xf64>", &context())), s(parseType("tensor<3xf64>", &context()));
  const double elements[] = {2, 3, 4, 0, 3, 4, 0, 3, 0}, wanted[] = {12, 8, 6, 12, 0, 0, 0, 0, 0};
  std::copy_n(elements, 9, x.doubles());
  std::fill_n(s.doubles(), 3, 1.0);
  const std::vector<Array> &result = f({&x, &s});
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(result[0].doubles()[i], wanted[i]) << i;
}

// Also where factors are zero: the product of the others, up to each one.
TEST(VjpCases, CumulativeProductOfZeros) {
  Function f(
      "func.func @f(%x: tensor<2x3xf64>, %s: tensor<2x3xf64>) -> tensor<2x3xf64> {\n"
      "%y = ingot.cumprod %x along 1 : tensor<2x3xf64>\n"
      "%g = ingot.gradient %y seeds(%s : tensor<2x3xf64>) of(%x) : tensor<2x3xf64> -> tensor<2x3xf64>\n"
      "return %g : tensor<2x3xf64>\n}");
  Array x(parseType("tensor<2x3xf64>", &context())), s(parseType("tensor<2x3xf64>", &context()));
  const double elements[] = {2, 0, 3, 0, 0, 5}, wanted[] = {1, 8, 0, 1, 0, 0};
  std::copy_n(elements, 6, x.doubles());
  std::fill_n(s.doubles(), 6, 1.0);
  const std::vector<Array> &result = f({&x, &s});
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(result[0].doubles()[i], wanted[i]) << i;
}

} // namespace
