// The phase that makes buffers of tensors: random programs compute the same bits with and without copy elision, in the arena
// that is planned for them.
#include "codegen/pipeline/Pipeline.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "test/codegen/Interpreter.h"
#include "llvm/Support/FormatVariadic.h"
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace ingot::codegen;
using llvm::formatv;

namespace {

/// Straight-line programs as ingot-lower-to-linalg makes them, on tensors of four sizes.
class Program {
public:
  explicit Program(unsigned seed) : random(seed) {}

  std::string make() {
    for (int i = 0; i < inputs + states; ++i)
      values[Square].push_back(
          add(formatv("bufferization.to_tensor %arg{0} restrict : memref<6x6xf32> to tensor<6x6xf32>", i)));
    for (int i = number(3, 12); i > 0; --i)
      addOp();
    for (int i = 0; i < outputs; ++i)
      returnValue(i);
    writeStates();
    std::string arguments;
    for (int i = 0; i < inputs + states + outputs; ++i)
      arguments += formatv("{0}%arg{1}: memref<{2}xf32>", i ? ", " : "", i,
                           i < inputs + states ? sizes[Square] : sizes[outputSizes[i - inputs - states]]);
    return "#id = affine_map<(i, j) -> (i, j)>\n#turned = affine_map<(i, j) -> (j, i)>\n"
           "#row = affine_map<(i, j) -> (i)>\n#one = affine_map<(i) -> (i)>\n"
           "func.func @f(" +
           arguments + ") {\n%zero = arith.constant 0.0 : f32\n" + text + "return\n}\n";
  }

  static constexpr int inputs = 2, states = 3, outputs = 3;

private:
  enum Size { Square, Tall, Flat, Row };
  static constexpr const char *sizes[] = {"6x6", "12x6", "36", "6"};
  static constexpr Size outputSizes[] = {Square, Tall, Flat};

  int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }
  std::string any(Size size) {
    while (values[size].empty())
      addOp();
    // Mostly a recent one: a chain.
    int last = values[size].size() - 1;
    return values[size][number(0, 1) ? last : number(0, last)];
  }

  std::string add(const std::string &op) {
    std::string name = "%v" + std::to_string(count++);
    text += name + " = " + op + "\n";
    return name;
  }
  std::string empty(Size size) { return add(formatv("tensor.empty() : tensor<{0}xf32>", sizes[size])); }

  std::string generic(Size size, Size from, const char *maps, std::string x, std::string y,
                      bool reduces = false) {
    static constexpr const char *ops[] = {"addf", "mulf", "maximumf", "subf"};
    std::string out = empty(size);
    if (reduces)
      out = add(formatv("linalg.fill ins(%zero : f32) outs({0} : tensor<{1}xf32>) -> tensor<{1}xf32>", out,
                        sizes[size]));
    return add(formatv(
        "linalg.generic {{indexing_maps = [{0}], iterator_types = [{1}]} ins({2}, {3} : tensor<{4}xf32>, "
        "tensor<{5}xf32>) outs({6} : tensor<{7}xf32>) {{\n^bb0(%a: f32, %b: f32, %c: f32):\n"
        "%r = arith.{8} %a, {9} : f32\nlinalg.yield %r : f32\n} -> tensor<{7}xf32>",
        maps,
        reduces        ? "\"parallel\", \"reduction\""
        : size == Flat ? "\"parallel\""
                       : "\"parallel\", \"parallel\"",
        x, y, sizes[from], sizes[reduces ? from : size], out, sizes[size], ops[reduces ? 0 : number(0, 3)],
        reduces ? "%c" : "%b"));
  }

  std::string insert(std::string piece, std::string into, int at) {
    return add(formatv(
        "tensor.insert_slice {0} into {1}[{2}, 0] [6, 6] [1, 1] : tensor<6x6xf32> into tensor<12x6xf32>",
        piece, into, at));
  }

  void addOp() {
    switch (number(0, 8)) {
    case 0:
      return values[Square].push_back(generic(Square, Square, "#id, #id, #id", any(Square), any(Square)));
    case 1:
      return values[Square].push_back(generic(Square, Square, "#turned, #id, #id", any(Square), any(Square)));
    case 2: return values[Flat].push_back(generic(Flat, Flat, "#one, #one, #one", any(Flat), any(Flat)));
    case 3: { // concatenation
      std::string x = any(Square), y = any(Square);
      return values[Tall].push_back(insert(y, insert(x, empty(Tall), 0), 6));
    }
    case 4: { // padding, or a new part in an old tensor
      std::string into = number(0, 1)
                             ? any(Tall)
                             : add(formatv("linalg.fill ins(%zero : f32) outs({0} : tensor<12x6xf32>) -> "
                                           "tensor<12x6xf32>",
                                           empty(Tall)));
      return values[Tall].push_back(insert(any(Square), into, number(0, 6)));
    }
    case 5:
      return values[Square].push_back(
          add(formatv("tensor.extract_slice {0}[{1}, 0] [6, 6] [1, 1] : tensor<12x6xf32> to tensor<6x6xf32>",
                      any(Tall), number(0, 6))));
    case 6:
      return values[Flat].push_back(add(
          formatv("tensor.collapse_shape {0} [[0, 1]] : tensor<6x6xf32> into tensor<36xf32>", any(Square))));
    case 7:
      return values[Square].push_back(add(formatv(
          "tensor.expand_shape {0} [[0, 1]] output_shape [6, 6] : tensor<36xf32> into tensor<6x6xf32>",
          any(Flat))));
    default: { // a reduction, and its use in each row
      std::string x = any(Square);
      std::string sum = generic(Row, Square, "#id, #id, #row", x, x, true);
      return values[Square].push_back(generic(Square, Row, "#row, #id, #id", sum, any(Square)));
    }
    }
  }

  void returnValue(int output) {
    Size size = outputSizes[output];
    text += formatv(
        "bufferization.materialize_in_destination {0} in restrict writable %arg{1} : (tensor<{2}xf32>, "
        "memref<{2}xf32>) -> ()\n",
        any(size), inputs + states + output, sizes[size]);
  }

  /// At the end, after all reads; values that may be states are copied first.
  void writeStates() {
    std::vector<std::string> next;
    for (int i = 0; i < states; ++i) {
      bool isNew = number(0, 3);
      next.push_back(
          isNew ? generic(Square, Square, "#id, #id, #id", values[Square][inputs + i], any(Square))
                : add(formatv("bufferization.alloc_tensor() copy({0}) : tensor<6x6xf32>", any(Square))));
    }
    for (int i = 0; i < states; ++i) {
      std::string buffer =
          add(formatv("bufferization.to_buffer {0} : tensor<6x6xf32> to memref<6x6xf32>", next[i]));
      text += formatv("memref.copy {0}, %arg{1} : memref<6x6xf32> to memref<6x6xf32>\n", buffer, inputs + i);
    }
  }

  std::mt19937 random;
  std::string text;
  std::vector<std::string> values[4];
  int count = 0;
};

/// The memory of all arguments after a run.
std::vector<std::vector<float>> run(const std::string &text, bool optimize, int64_t *arena = nullptr) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  PipelineOptions options;
  options.optimize = optimize;
  options.verify = true;
  if (!module || failed(runPipeline(*module, options, Phase::buffers, Phase::buffers)))
    throw std::runtime_error("does not compile:\n" + text);
  auto function = *module->getOps<func::FuncOp>().begin();
  std::vector<std::vector<float>> memory;
  std::vector<int64_t> arguments;
  std::mt19937 random(1);
  for (Type type : function.getArgumentTypes().drop_back()) {
    std::vector<float> elements(cast<MemRefType>(type).getNumElements());
    for (float &element : elements)
      element = std::uniform_real_distribution<float>(-1, 1)(random);
    memory.push_back(elements);
  }
  for (std::vector<float> &elements : memory)
    arguments.push_back(reinterpret_cast<int64_t>(elements.data()));
  int64_t bytes = std::stoll(function->getAttrOfType<StringAttr>("ingot.workspace").str());
  std::vector<float> workspace(bytes / sizeof(float) + 1, -7.0f);
  arguments.push_back(reinterpret_cast<int64_t>(workspace.data()));
  ingot::test::Interpreter(function).run(arguments);
  if (arena)
    *arena += bytes;
  return memory;
}

TEST(Buffers, ElisionChangesNoBit) {
  int64_t plain = 0, elided = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    std::string text = Program(seed).make();
    ASSERT_EQ(run(text, false, &plain), run(text, true, &elided)) << text;
  }
  EXPECT_LT(elided, plain * 2 / 3); // bytes of all arenas
}

} // namespace
