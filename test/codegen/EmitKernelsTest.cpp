// The loops of ingot-emit-kernels against the interpreter, on sizes around the width of vectors. Buffers end where the
// readable memory ends, and what surrounds them must stay.
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/Passes.h"
#include "codegen/vector/Target.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Transforms/Passes.h"
#include "test/codegen/Interpreter.h"
#include "test/codegen/Jit.h"
#include <bit>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

using namespace ingot;
using namespace ingot::test;

namespace {

using Dims = std::map<std::string, int64_t, std::less<>>;

/// Memory whose end is the end of what may be read; the bytes before it belong to nobody.
class Buffer {
public:
  explicit Buffer(size_t bytes) : bytes(bytes) {
    size_t page = sysconf(_SC_PAGESIZE);
    mapped = (bytes + guarded + page - 1) / page * page + page;
    base = static_cast<char *>(
        mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + mapped - page, page, PROT_NONE);
    start = base + mapped - page - bytes;
    std::memset(base, 0x5a, mapped - page);
  }
  Buffer(const Buffer &) = delete;
  ~Buffer() { munmap(base, mapped); }
  char *data() { return start; }
  bool guardIntact() const {
    return std::all_of(start - guarded, start, [](char byte) { return byte == 0x5a; });
  }
  const size_t bytes;

private:
  static constexpr size_t guarded = 64;
  size_t mapped;
  char *base, *start;
};

double elementOf(const char *data, mlir::Type type) {
  auto bits = [&](auto value) {
    std::memcpy(&value, data, sizeof value);
    return value;
  };
  if (auto real = mlir::dyn_cast<mlir::FloatType>(type)) {
    llvm::APInt raw(real.getWidth(), bits(uint64_t()) & (~uint64_t(0) >> (64 - real.getWidth())));
    llvm::APFloat value(real.getFloatSemantics(), raw);
    bool loses;
    value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &loses);
    return value.convertToDouble();
  }
  switch (codegen::elementBytes(type)) {
  case 1: return bits(int8_t());
  case 4: return bits(int32_t());
  default: return static_cast<double>(bits(int64_t()));
  }
}

using Fill = std::function<uint64_t(mlir::Type, std::mt19937 &)>;

/// Small whole numbers: sums of them are exact in any order.
uint64_t smallNumber(mlir::Type type, std::mt19937 &random) {
  int number = std::uniform_int_distribution<int>(-4, 4)(random);
  auto real = mlir::dyn_cast<mlir::FloatType>(type);
  if (!real)
    return codegen::elementBytes(type) == 1 ? number & 1 : static_cast<int64_t>(number);
  llvm::APFloat value(static_cast<double>(number));
  bool loses;
  value.convert(real.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &loses);
  return value.bitcastToAPInt().getZExtValue();
}

/// Every kind of float: half of them around the subnormals, infinities and ties of f16, the others any bits.
uint64_t anyBits(mlir::Type type, std::mt19937 &random) {
  uint64_t bits = uint64_t(random()) << 32 | random();
  if (!type.isF32() || bits & 1)
    return bits;
  uint64_t exponent = 95 + random() % 55, mantissa = random() & 0x7fffff;
  return (bits & 0x80000000) | exponent << 23 | (random() & 1 ? mantissa & 0x7ff000 : mantissa);
}

/// One function @f, compiled for one cpu, and run beside the interpreter.
class Program {
public:
  Program(const std::string &body, const std::string &cpu)
      : text("module attributes {ingot.cpu = \"" + cpu + "\"} {\n" + body + "\n}"),
        jit(text, [](mlir::OpPassManager &pm) {
          pm.addPass(codegen::createEmitKernels());
          pm.addPass(codegen::createExpandMath());
          pm.addPass(codegen::createLegalize());
        }) {
    mlir::DialectRegistry registry;
    registry
        .insert<ir::IngotDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect, kernel::KernelDialect,
                mlir::linalg::LinalgDialect, mlir::math::MathDialect, mlir::memref::MemRefDialect>();
    context.appendDialectRegistry(registry);
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  }

  void check(const Dims &dims, double tolerance = 0, const Fill &fill = smallNumber) {
    auto function = *module->getOps<mlir::func::FuncOp>().begin();
    std::mt19937 random(1);
    std::vector<std::unique_ptr<Buffer>> expected, actual;
    std::vector<int64_t> referenceArguments, arguments;
    for (mlir::BlockArgument argument : function.getArguments()) {
      unsigned number = argument.getArgNumber();
      if (argument.getType().isIndex()) {
        int64_t value = dims.at(function.getArgAttrOfType<mlir::StringAttr>(number, "ingot.dim").str());
        referenceArguments.push_back(value);
        arguments.push_back(value);
        expected.emplace_back();
        actual.emplace_back();
        continue;
      }
      int64_t count = countOf(function, number, dims);
      mlir::Type element = mlir::cast<mlir::MemRefType>(argument.getType()).getElementType();
      for (auto *buffers : {&expected, &actual})
        buffers->push_back(std::make_unique<Buffer>(count * codegen::elementBytes(element)));
      int64_t bytes = codegen::elementBytes(element);
      for (int64_t i = 0; i < count; ++i) {
        uint64_t bits = fill(element, random);
        std::memcpy(expected.back()->data() + i * bytes, &bits, bytes);
      }
      std::memcpy(actual.back()->data(), expected.back()->data(), expected.back()->bytes);
      referenceArguments.push_back(reinterpret_cast<int64_t>(expected.back()->data()));
      arguments.push_back(reinterpret_cast<int64_t>(actual.back()->data()));
    }
    Interpreter(function).run(referenceArguments);
    arguments.resize(8);
    auto *f = jit.get<void(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t)>("f");
    f(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5], arguments[6],
      arguments[7]);
    for (mlir::BlockArgument argument : function.getArguments())
      if (auto type = mlir::dyn_cast<mlir::MemRefType>(argument.getType());
          type && !function.getArgAttr(argument.getArgNumber(), "ingot.arena"))
        compare(*expected[argument.getArgNumber()], *actual[argument.getArgNumber()], type.getElementType(),
                argument.getArgNumber(), tolerance);
  }

  const std::string &ir() const { return jit.ir(); }

private:
  static int64_t countOf(mlir::func::FuncOp function, unsigned argument, const Dims &dims) {
    if (auto bytes = function.getArgAttrOfType<mlir::IntegerAttr>(argument, "test.bytes"))
      return bytes.getInt();
    int64_t count = 1;
    for (int64_t size : Interpreter::sizesOf(function, argument, dims))
      count *= size;
    return count;
  }

  static void compare(Buffer &expected, Buffer &actual, mlir::Type type, unsigned argument,
                      double tolerance) {
    ASSERT_TRUE(actual.guardIntact()) << "argument " << argument;
    int64_t bytes = codegen::elementBytes(type);
    std::vector<char> padded(8), other(8);
    for (size_t at = 0; at < expected.bytes; at += bytes) {
      std::memcpy(padded.data(), expected.data() + at, bytes);
      std::memcpy(other.data(), actual.data() + at, bytes);
      double x = elementOf(padded.data(), type), y = elementOf(other.data(), type);
      bool equal = (x == y && std::signbit(x) == std::signbit(y)) || (std::isnan(x) && std::isnan(y)) ||
                   std::abs(x - y) <= tolerance * std::abs(x);
      ASSERT_TRUE(equal) << "argument " << argument << ", element " << at / bytes << ": " << y
                         << " instead of " << x;
    }
  }

  std::string text;
  Jit jit;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

const char *const cpus[] = {"x86-64", "x86-64-v3", "x86-64-v4"};
const int64_t sizes[] = {0, 1, 2, 7, 16, 17, 33, 100};

class EmitKernels : public ::testing::TestWithParam<const char *> {
protected:
  /// Runs the function for every size N.
  void checkSizes(const std::string &function, double tolerance = 0) {
    Program program(function, GetParam());
    for (int64_t n : sizes) {
      SCOPED_TRACE("N = " + std::to_string(n) + "\n" + program.ir());
      program.check({{"N", n}}, tolerance);
      if (HasFatalFailure())
        return;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(, EmitKernels, ::testing::ValuesIn(cpus));

//===-- Elementwise -------------------------------------------------------------------------------===//

TEST_P(EmitKernels, BiasRelu) {
  checkSizes(R"(
    func.func @f(%x: memref<?x3x10xf32> {ingot.sizes = #ingot.sizes<[N, 3, 10]>}, %b: memref<3xf32>, %N: index {ingot.dim = "N"},
                 %y: memref<?x3x10xf32> {ingot.sizes = #ingot.sizes<[N, 3, 10]>}) {
      %zero = arith.constant 0.0 : f32
      linalg.generic {indexing_maps = [affine_map<(i, c, j) -> (i, c, j)>, affine_map<(i, c, j) -> (c)>,
          affine_map<(i, c, j) -> (i, c, j)>], iterator_types = ["parallel", "parallel", "parallel"]}
          ins(%x, %b : memref<?x3x10xf32>, memref<3xf32>) outs(%y : memref<?x3x10xf32>) {
      ^bb0(%a: f32, %c: f32, %o: f32):
        %s = arith.addf %a, %c : f32
        %r = arith.maximumf %s, %zero : f32
        linalg.yield %r : f32
      }
      return
    })");
}

TEST_P(EmitKernels, InPlaceLong) {
  checkSizes(R"(
    func.func @f(%x: memref<?x64xf32> {ingot.sizes = #ingot.sizes<[N, 64]>}, %N: index {ingot.dim = "N"}) {
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%x : memref<?x64xf32>) outs(%x : memref<?x64xf32>) {
      ^bb0(%a: f32, %o: f32):
        %s = arith.addf %a, %o : f32
        linalg.yield %s : f32
      }
      return
    })");
}

TEST_P(EmitKernels, TwoResultsOfDifferentWidth) {
  checkSizes(R"(
    func.func @f(%x: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>}, %k: memref<?xi64> {ingot.sizes = #ingot.sizes<[N]>}, %N: index {ingot.dim = "N"},
                 %b: memref<?xi8> {ingot.sizes = #ingot.sizes<[N]>}, %y: memref<?xf64> {ingot.sizes = #ingot.sizes<[N]>}) {
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>,
          affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
          ins(%x, %k : memref<?xf32>, memref<?xi64>) outs(%b, %y : memref<?xi8>, memref<?xf64>) {
      ^bb0(%a: f32, %c: i64, %o: i8, %p: f64):
        %d = arith.extf %a : f32 to f64
        %e = arith.sitofp %c : i64 to f64
        %less = arith.cmpf olt, %d, %e : f64
        %bool = arith.extui %less : i1 to i8
        %sum = arith.addf %d, %e : f64
        linalg.yield %bool, %sum : i8, f64
      }
      return
    })");
}

TEST_P(EmitKernels, Transpose) {
  checkSizes(R"(
    func.func @f(%x: memref<?x19xf32> {ingot.sizes = #ingot.sizes<[N, 19]>}, %N: index {ingot.dim = "N"},
                 %y: memref<19x?xf32> {ingot.sizes = #ingot.sizes<[19, N]>}) {
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%x : memref<?x19xf32>) outs(%y : memref<19x?xf32>) {
      ^bb0(%a: f32, %o: f32):
        %n = arith.negf %a : f32
        linalg.yield %n : f32
      }
      return
    })");
}

TEST_P(EmitKernels, StridedSlicesAndReverse) {
  for (const char *expr : {"d0 * 2", "d0 * 2 + 1", "d0 * 3 + 1", "d0 * 4", "d0 * 5 + 2", "-d0 + 49",
                           "d0 floordiv 2", "d0 floordiv 3", "d0 floordiv 4", "d0 mod 7"})
    for (int size : {1, 2, 6, 10, 16, 17, 40}) {
      std::string text = std::to_string(size), map = std::string("affine_map<(d0) -> (") + expr + ")>";
      SCOPED_TRACE(std::string(expr) + ", " + text);
      std::string large = expr[0] == '-' ? "50" : std::to_string(5 * size);
      Program program(R"(
        func.func @f(%x: memref<)" +
                          large + R"(xf32>, %y: memref<)" + text + R"(xf32>) {
          linalg.generic {indexing_maps = [)" +
                          map + R"(, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
              ins(%x : memref<)" +
                          large + R"(xf32>) outs(%y : memref<)" + text + R"(xf32>) {
          ^bb0(%a: f32, %o: f32):
            %n = arith.negf %a : f32
            linalg.yield %n : f32
          }
          return
        })",
                      GetParam());
      program.check({});
    }
}

TEST_P(EmitKernels, CopyIntoSlice) {
  checkSizes(R"(
    func.func @f(%x: memref<?x5xf32> {ingot.sizes = #ingot.sizes<[N, 5]>}, %N: index {ingot.dim = "N"},
                 %y: memref<?x12xf32> {ingot.sizes = #ingot.sizes<[N, 12]>}) {
      %s = memref.subview %y[0, 3] [%N, 5] [1, 1] : memref<?x12xf32> to memref<?x5xf32, strided<[12, 1], offset: 3>>
      memref.copy %x, %s : memref<?x5xf32> to memref<?x5xf32, strided<[12, 1], offset: 3>>
      return
    })");
}

TEST_P(EmitKernels, BoolMemory) {
  checkSizes(R"(
    func.func @f(%x: memref<?xi8> {ingot.sizes = #ingot.sizes<[N]>}, %a: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>}, %N: index {ingot.dim = "N"},
                 %y: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>}) {
      %zero = arith.constant 0 : i8
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
          iterator_types = ["parallel"]} ins(%x, %a : memref<?xi8>, memref<?xf32>) outs(%y : memref<?xf32>) {
      ^bb0(%b: i8, %v: f32, %o: f32):
        %c = arith.cmpi ne, %b, %zero : i8
        %n = arith.negf %v : f32
        %r = arith.select %c, %v, %n : f32
        linalg.yield %r : f32
      }
      return
    })");
}

TEST_P(EmitKernels, IntegerDivisionDoesNotTrap) {
  checkSizes(R"(
    func.func @f(%x: memref<?xi32> {ingot.sizes = #ingot.sizes<[N]>}, %N: index {ingot.dim = "N"}, %y: memref<?xi32> {ingot.sizes = #ingot.sizes<[N]>}) {
      %five = arith.constant 5 : i32
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
          iterator_types = ["parallel"]} ins(%x : memref<?xi32>) outs(%y : memref<?xi32>) {
      ^bb0(%a: i32, %o: i32):
        %d = arith.addi %a, %five : i32
        %q = arith.divsi %five, %d : i32
        linalg.yield %q : i32
      }
      return
    })");
}

//===-- Halves, and what LLVM would call a library for ----------------------------------------------===//

/// y[i] = body(x[i]), where the last op of `body` defines %r.
std::string pointwise(const std::string &from, const std::string &to, const std::string &body) {
  return "func.func @f(%x: memref<4099x" + from + ">, %y: memref<4099x" + to + R"(>) {
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
          ins(%x : memref<4099x)" +
         from + ">) outs(%y : memref<4099x" + to + R"(>) {
      ^bb0(%a: )" +
         from + ", %o: " + to + "):\n" + body + "\nlinalg.yield %r : " + to + R"(
      }
      return
    })";
}

TEST_P(EmitKernels, HalfConversions) {
  for (std::string half : {"f16", "bf16"}) {
    SCOPED_TRACE(half);
    Program(pointwise("f32", half, "%r = arith.truncf %a : f32 to " + half), GetParam())
        .check({}, 0, anyBits);
    Program(pointwise(half, "f32", "%r = arith.extf %a : " + half + " to f32"), GetParam())
        .check({}, 0, anyBits);
    Program(pointwise(half, "f64", "%r = arith.extf %a : " + half + " to f64"), GetParam())
        .check({}, 0, anyBits);
    Program(pointwise("i32", half, "%r = arith.sitofp %a : i32 to " + half), GetParam()).check({});
    Program(pointwise(half, "i64", "%r = arith.fptosi %a : " + half + " to i64"), GetParam()).check({});
    Program(
        pointwise(half, half, "%b = arith.mulf %a, %a : " + half + "\n%r = arith.maximumf %a, %b : " + half),
        GetParam())
        .check({}, 0, anyBits);
  }
}

TEST_P(EmitKernels, Extrema) {
  for (std::string type : {"f32", "f64"})
    for (std::string op : {"arith.maximumf", "arith.minimumf"}) {
      std::string half = "%c = arith.constant 0.5 : " + type + "\n", suffix = " : " + type;
      Program(pointwise(type, type, half + "%r = " + op + " %a, %c" + suffix), GetParam())
          .check({}, 0, anyBits);
      Program(pointwise(type, type, half + "%r = " + op + " %c, %a" + suffix), GetParam())
          .check({}, 0, anyBits);
      Program(pointwise(type, type, "%r = " + op + " %o, %a" + suffix), GetParam()).check({}, 0, anyBits);
    }
}

TEST_P(EmitKernels, RoundingOfF64) {
  for (std::string op : {"floor", "ceil", "trunc", "round", "roundeven"}) {
    SCOPED_TRACE(op);
    std::string quarter = "%q = arith.constant 0.25 : f64\n%b = arith.mulf %a, %q : f64\n";
    Program(pointwise("f64", "f64", quarter + "%r = math." + op + " %b : f64"), GetParam()).check({});
    Program(pointwise("f64", "f64", "%r = math." + op + " %a : f64"), GetParam()).check({}, 0, anyBits);
  }
}

TEST_P(EmitKernels, IntegerPower) {
  for (std::string type : {"i32", "i64"})
    Program(pointwise(type, type, "%r = math.ipowi %a, %o : " + type), GetParam()).check({});
}

//===-- Indices and loads -------------------------------------------------------------------------===//

TEST_P(EmitKernels, Iota) {
  checkSizes(R"(
    func.func @f(%N: index {ingot.dim = "N"}, %y: memref<3x?xi64> {ingot.sizes = #ingot.sizes<[3, N]>}) {
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
          outs(%y : memref<3x?xi64>) {
      ^bb0(%o: i64):
        %i = linalg.index 0 : index
        %j = linalg.index 1 : index
        %c = arith.constant 1000 : index
        %m = arith.muli %i, %c : index
        %s = arith.addi %m, %j : index
        %r = arith.index_cast %s : index to i64
        linalg.yield %r : i64
      }
      return
    })");
}

TEST_P(EmitKernels, Embedding) {
  checkSizes(R"(
    func.func @f(%t: memref<9x21xf32>, %k: memref<?xi64> {ingot.sizes = #ingot.sizes<[N]>}, %N: index {ingot.dim = "N"},
                 %y: memref<?x21xf32> {ingot.sizes = #ingot.sizes<[N, 21]>}) {
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%k : memref<?xi64>) outs(%y : memref<?x21xf32>) {
      ^bb0(%row: i64, %o: f32):
        %four = arith.constant 4 : index
        %r = arith.index_cast %row : i64 to index
        %s = arith.addi %r, %four : index
        %j = linalg.index 1 : index
        %v = memref.load %t[%s, %j] : memref<9x21xf32>
        linalg.yield %v : f32
      }
      return
    })");
}

TEST_P(EmitKernels, Gather) {
  checkSizes(R"(
    func.func @f(%t: memref<9xf32>, %k: memref<?xi32> {ingot.sizes = #ingot.sizes<[N]>}, %N: index {ingot.dim = "N"},
                 %y: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>}) {
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
          iterator_types = ["parallel"]} ins(%k : memref<?xi32>) outs(%y : memref<?xf32>) {
      ^bb0(%row: i32, %o: f32):
        %four = arith.constant 4 : index
        %r = arith.index_cast %row : i32 to index
        %s = arith.addi %r, %four : index
        %v = memref.load %t[%s] : memref<9xf32>
        linalg.yield %v : f32
      }
      return
    })");
}

//===-- Reductions --------------------------------------------------------------------------------===//

/// Reduces the dimensions of `mask` of a [N, 5, 18, 3] tensor.
std::string reduction(unsigned mask, const std::string &op, const std::string &type) {
  const char *names[] = {"a", "b", "c", "d"}, *extents[] = {"?", "5", "18", "3"};
  std::string kept, shape, texts, iterators;
  for (unsigned d = 0; d < 4; ++d) {
    bool reduced = mask >> d & 1;
    iterators += std::string(d ? ", " : "") + (reduced ? "\"reduction\"" : "\"parallel\"");
    if (reduced)
      continue;
    kept += (kept.empty() ? "" : ", ") + std::string(names[d]);
    shape += std::string(extents[d]) + "x";
    texts += (texts.empty() ? "" : ", ") + std::string(d ? extents[d] : "N");
  }
  std::string out = "memref<" + shape + type + ">", in = "memref<?x5x18x3x" + type + ">";
  std::string zero = type[0] == 'f' ? "0.5" : "1";
  return R"(func.func @f(%x: )" + in +
         R"( {ingot.sizes = #ingot.sizes<[N, 5, 18, 3]>}, %N: index {ingot.dim = "N"}, %y: )" + out +
         " {ingot.sizes = #ingot.sizes<[" + texts + R"(]>}) {
      %start = arith.constant )" +
         zero + " : " + type + R"(
      linalg.fill ins(%start : )" +
         type + ") outs(%y : " + out + R"()
      linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> ()" +
         kept + R"()>], iterator_types = [)" + iterators + R"(]} ins(%x : )" + in + ") outs(%y : " + out +
         R"() {
      ^bb0(%a: )" +
         type + ", %acc: " + type + R"():
        %s = )" +
         op + " %acc, %a : " + type + R"(
        linalg.yield %s : )" +
         type + R"(
      }
      return
    })";
}

TEST_P(EmitKernels, SumOverEverySubset) {
  for (unsigned mask = 0; mask < 16; ++mask) {
    SCOPED_TRACE(mask);
    checkSizes(reduction(mask, "arith.addf", "f32"));
  }
}

TEST_P(EmitKernels, OtherCombiners) {
  for (const char *op : {"arith.maximumf", "arith.minimumf", "arith.maxnumf"})
    for (unsigned mask : {1u, 8u, 12u, 15u})
      checkSizes(reduction(mask, op, "f32"));
  for (const char *op :
       {"arith.addi", "arith.maxsi", "arith.minsi", "arith.minui", "arith.ori", "arith.andi"})
    for (unsigned mask : {8u, 15u})
      checkSizes(reduction(mask, op, "i32"));
  checkSizes(reduction(15, "arith.addf", "f64"));
  checkSizes(reduction(12, "arith.addi", "i64"));
  checkSizes(reduction(15, "arith.ori", "i8"));
}

TEST_P(EmitKernels, SoftmaxRows) {
  checkSizes(R"(
    func.func @f(%x: memref<?x10xf32> {ingot.sizes = #ingot.sizes<[N, 10]>}, %N: index {ingot.dim = "N"},
                 %y: memref<?x10xf32> {ingot.sizes = #ingot.sizes<[N, 10]>}, %arena: memref<?xi8> {ingot.arena, test.bytes = 4096 : i64}) {
      %ninf = arith.constant 0xFF800000 : f32
      %zero = arith.constant 0.000000e+00 : f32
      %c0 = arith.constant 0 : index
      %c1024 = arith.constant 1024 : index
      %m = memref.view %arena[%c0][%N] : memref<?xi8> to memref<?xf32>
      %s = memref.view %arena[%c1024][%N] : memref<?xi8> to memref<?xf32>
      linalg.fill ins(%ninf : f32) outs(%m : memref<?xf32>)
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
          ins(%x : memref<?x10xf32>) outs(%m : memref<?xf32>) {
      ^bb0(%in: f32, %acc: f32):
        %r = arith.maximumf %acc, %in : f32
        linalg.yield %r : f32
      }
      %max = memref.expand_shape %m [[0, 1]] output_shape [%N, 1] : memref<?xf32> into memref<?x1xf32>
      linalg.fill ins(%zero : f32) outs(%s : memref<?xf32>)
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, 0)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
          ins(%x, %max : memref<?x10xf32>, memref<?x1xf32>) outs(%s : memref<?xf32>) {
      ^bb0(%in: f32, %mm: f32, %acc: f32):
        %d = arith.subf %in, %mm : f32
        %e = math.exp %d : f32
        %r = arith.addf %acc, %e : f32
        linalg.yield %r : f32
      }
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
          ins(%x, %m, %s : memref<?x10xf32>, memref<?xf32>, memref<?xf32>) outs(%y : memref<?x10xf32>) {
      ^bb0(%in: f32, %mm: f32, %ss: f32, %o: f32):
        %d = arith.subf %in, %mm : f32
        %e = math.exp %d : f32
        %q = arith.divf %e, %ss : f32
        linalg.yield %q : f32
      }
      return
    })",
             1e-6);
}

//===-- Windows -----------------------------------------------------------------------------------===//

std::string maxPool(int width, int kernel, int stride, int dilation) {
  int out = (width - dilation * (kernel - 1) - 1) / stride + 1;
  auto shape = [](int size) { return "?x2x" + std::to_string(size) + "x" + std::to_string(size) + "xf32"; };
  auto sizes = [](int size) {
    return "#ingot.sizes<[N, 2, " + std::to_string(size) + ", " + std::to_string(size) + "]>";
  };
  std::string s = std::to_string(stride), d = std::to_string(dilation), k = std::to_string(kernel);
  std::string in = "memref<" + shape(width) + ">", result = "memref<" + shape(out) + ">",
              window = "memref<" + k + "x" + k + "xf32>";
  return "func.func @f(%x: " + in + " {ingot.sizes = " + sizes(width) + "}, %w: " + window +
         R"(, %N: index {ingot.dim = "N"}, %y: )" + result + " {ingot.sizes = " + sizes(out) + R"(}) {
      %ninf = arith.constant 0xFF800000 : f32
      linalg.fill ins(%ninf : f32) outs(%y : )" +
         result + R"()
      linalg.generic {indexing_maps = [affine_map<(n, c, h, w, i, j) -> (n, c, h * )" +
         s + " + i * " + d + ", w * " + s + " + j * " + d +
         R"()>, affine_map<(n, c, h, w, i, j) -> (i, j)>, affine_map<(n, c, h, w, i, j) -> (n, c, h, w)>],
          iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
          ins(%x, %w : )" +
         in + ", " + window + ") outs(%y : " + result + R"() {
      ^bb0(%a: f32, %unused: f32, %acc: f32):
        %m = arith.maximumf %acc, %a : f32
        linalg.yield %m : f32
      }
      return
    })";
}

TEST_P(EmitKernels, MaxPool) {
  for (std::string text :
       {maxPool(28, 2, 2, 1), maxPool(12, 2, 2, 1), maxPool(13, 3, 2, 1), maxPool(40, 3, 1, 2)})
    Program(text, GetParam()).check({{"N", 2}});
}

TEST_P(EmitKernels, MaxPoolWithIndex) {
  checkSizes(R"(
    func.func @f(%x: memref<?x12xf32> {ingot.sizes = #ingot.sizes<[N, 12]>}, %w: memref<2xf32>, %N: index {ingot.dim = "N"},
                 %y: memref<?x6xf32> {ingot.sizes = #ingot.sizes<[N, 6]>}, %k: memref<?x6xi64> {ingot.sizes = #ingot.sizes<[N, 6]>}) {
      %ninf = arith.constant 0xFF800000 : f32
      %zero = arith.constant 0 : i64
      linalg.fill ins(%ninf : f32) outs(%y : memref<?x6xf32>)
      linalg.fill ins(%zero : i64) outs(%k : memref<?x6xi64>)
      linalg.generic {indexing_maps = [affine_map<(n, h, i) -> (n, h * 2 + i)>, affine_map<(n, h, i) -> (i)>,
          affine_map<(n, h, i) -> (n, h)>, affine_map<(n, h, i) -> (n, h)>],
          iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%x, %w : memref<?x12xf32>, memref<2xf32>) outs(%y, %k : memref<?x6xf32>, memref<?x6xi64>) {
      ^bb0(%a: f32, %unused: f32, %best: f32, %at: i64):
        %h = linalg.index 1 : index
        %i = linalg.index 2 : index
        %two = arith.constant 2 : index
        %hh = arith.muli %h, %two : index
        %p = arith.addi %hh, %i : index
        %pos = arith.index_cast %p : index to i64
        %more = arith.cmpf ogt, %a, %best : f32
        %v = arith.select %more, %a, %best : f32
        %q = arith.select %more, %pos, %at : i64
        linalg.yield %v, %q : f32, i64
      }
      return
    })");
}

TEST_P(EmitKernels, ArgMaxOfRows) {
  checkSizes(R"(
    func.func @f(%x: memref<?x19xf32> {ingot.sizes = #ingot.sizes<[N, 19]>}, %N: index {ingot.dim = "N"},
                 %y: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>}, %k: memref<?xi64> {ingot.sizes = #ingot.sizes<[N]>}) {
      %ninf = arith.constant 0xFF800000 : f32
      %zero = arith.constant 0 : i64
      linalg.fill ins(%ninf : f32) outs(%y : memref<?xf32>)
      linalg.fill ins(%zero : i64) outs(%k : memref<?xi64>)
      linalg.generic {indexing_maps = [affine_map<(n, j) -> (n, j)>, affine_map<(n, j) -> (n)>, affine_map<(n, j) -> (n)>],
          iterator_types = ["parallel", "reduction"]}
          ins(%x : memref<?x19xf32>) outs(%y, %k : memref<?xf32>, memref<?xi64>) {
      ^bb0(%a: f32, %best: f32, %at: i64):
        %j = linalg.index 1 : index
        %pos = arith.index_cast %j : index to i64
        %more = arith.cmpf ogt, %a, %best : f32
        %v = arith.select %more, %a, %best : f32
        %q = arith.select %more, %pos, %at : i64
        linalg.yield %v, %q : f32, i64
      }
      return
    })");
}

//===-- Relayouts, views, globals -----------------------------------------------------------------===//

std::string relayout(const std::string &source, const std::string &sourceSizes, const std::string &out,
                     const std::string &outSizes, const std::string &map) {
  return "func.func @f(%x: memref<" + source + "> {ingot.sizes = #ingot.sizes<" + sourceSizes +
         R"(>}, %N: index {ingot.dim = "N"}, %y: memref<)" + out + "> {ingot.sizes = #ingot.sizes<" +
         outSizes + R"(>}) {
      kernel.relayout ins(%x : memref<)" +
         source + ">) outs(%y : memref<" + out + ">) map affine_map<" + map + R"(>
      return
    })";
}

TEST_P(EmitKernels, Relayout) {
  for (std::string type : {"f32", "bf16", "i64"}) {
    SCOPED_TRACE(type);
    // Panels of columns, rows as they are or transposed, and back.
    checkSizes(
        relayout("?x40x" + type, "[N, 40]", "3x?x16x" + type, "[3, N, 16]", "(p, k, r) -> (k, p * 16 + r)"));
    checkSizes(
        relayout("40x?x" + type, "[40, N]", "3x?x16x" + type, "[3, N, 16]", "(p, k, r) -> (p * 16 + r, k)"));
    checkSizes(relayout("5x?x" + type, "[5, N]", "?x5x16x" + type, "[(N + 15) floordiv 16, 5, 16]",
                        "(p, k, r) -> (k, p * 16 + r)"));
    checkSizes(relayout("?x5x16x" + type, "[(N + 15) floordiv 16, 5, 16]", "5x?x" + type, "[5, N]",
                        "(k, n) -> (n floordiv 16, k, n mod 16)"));
    checkSizes(relayout("3x?x16x" + type, "[3, N, 16]", "?x40x" + type, "[N, 40]",
                        "(k, n) -> (n floordiv 16, k, n mod 16)"));
    // Zero padding of images, and channels moved to the end.
    checkSizes(relayout("?x3x9x20x" + type, "[N, 3, 9, 20]", "?x3x11x22x" + type, "[N, 3, 11, 22]",
                        "(n, c, h, w) -> (n, c, h - 1, w - 1)"));
    checkSizes(relayout("?x3x9x20x" + type, "[N, 3, 9, 20]", "?x11x22x3x" + type, "[N, 11, 22, 3]",
                        "(n, h, w, c) -> (n, c, h - 1, w - 1)"));
    checkSizes(relayout("?x9x20x" + type, "[N, 9, 20]", "?x5x10x" + type, "[N, 5, 10]",
                        "(n, h, w) -> (n, h * 2, w * 2 - 1)"));
    // Both a division with another constant and one of a sum stay as they are.
    checkSizes(
        relayout("?x8x" + type, "[N, 8]", "?x40x" + type, "[N, 40]", "(n, w) -> (n, (w + 3) floordiv 4)"));
  }
}

TEST_P(EmitKernels, GlobalAndViews) {
  checkSizes(R"(
    memref.global "private" constant @table : memref<2x3xf32> = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]>
    memref.global "private" constant @scalar : memref<f32> = dense<0.5>
    memref.global "private" constant @flags : memref<3xi1> = dense<[true, false, true]>
    func.func @f(%x: memref<?x6xf32> {ingot.sizes = #ingot.sizes<[N, 6]>}, %N: index {ingot.dim = "N"}, %start: memref<i64>,
                 %y: memref<?x2x3xf32> {ingot.sizes = #ingot.sizes<[N, 2, 3]>}, %z: memref<3xf32>) {
      %t = memref.get_global @table : memref<2x3xf32>
      %s = memref.get_global @scalar : memref<f32>
      %b = memref.get_global @flags : memref<3xi1>
      %e = memref.expand_shape %x [[0], [1, 2]] output_shape [%N, 2, 3] : memref<?x6xf32> into memref<?x2x3xf32>
      linalg.generic {indexing_maps = [affine_map<(n, i, j) -> (n, i, j)>, affine_map<(n, i, j) -> (i, j)>,
          affine_map<(n, i, j) -> ()>, affine_map<(n, i, j) -> (j)>, affine_map<(n, i, j) -> (n, i, j)>],
          iterator_types = ["parallel", "parallel", "parallel"]}
          ins(%e, %t, %s, %b : memref<?x2x3xf32>, memref<2x3xf32>, memref<f32>, memref<3xi1>) outs(%y : memref<?x2x3xf32>) {
      ^bb0(%a: f32, %c: f32, %d: f32, %flag: i1, %o: f32):
        %p = arith.mulf %a, %c : f32
        %q = arith.addf %p, %d : f32
        %r = arith.select %flag, %q, %a : f32
        linalg.yield %r : f32
      }
      %four = arith.constant 4 : index
      %at = memref.load %start[] : memref<i64>
      %i = arith.index_cast %at : i64 to index
      %row = arith.addi %i, %four : index
      %half = arith.constant 2 : index
      %r2 = arith.divui %row, %half : index
      %flat = memref.collapse_shape %t [[0, 1]] : memref<2x3xf32> into memref<6xf32>
      %cut = memref.subview %flat[%r2] [1] [1] : memref<6xf32> to memref<1xf32, strided<[1], offset: ?>>
      linalg.generic {indexing_maps = [affine_map<(i) -> (0)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
          ins(%cut : memref<1xf32, strided<[1], offset: ?>>) outs(%z : memref<3xf32>) {
      ^bb0(%a: f32, %o: f32):
        %q = arith.addf %a, %o : f32
        linalg.yield %q : f32
      }
      return
    })");
}

//===-- Random generics -----------------------------------------------------------------------------===//

/// Writes one linalg.generic with random loops and maps, after a fill of its output.
class RandomGeneric {
public:
  explicit RandomGeneric(unsigned seed) : random(seed) {
    for (int64_t d = 0, rank = pick(1, 4); d < rank; ++d) {
      static constexpr int64_t extents[] = {1, 2, 3, 5, 8, 16, 17, 33};
      sizes.push_back(extents[pick(0, 7)]);
      reduced.push_back(pick(0, 2) == 0);
    }
  }

  std::string text() {
    std::string body = "^bb0(%unused: f32", maps, operands, types,
                arguments = "%w: " + addOperand(maps, reductionDims());
    operands = "%w", types = shapes.back();
    std::string sum;
    for (int64_t input = 0, inputs = pick(1, 3); input < inputs; ++input) {
      std::string name = "%x" + std::to_string(input), value = "%a" + std::to_string(input);
      arguments += ", " + name + ": " + addOperand(maps, randomResults());
      operands += ", " + name;
      types += ", " + shapes.back();
      body += ", " + value + ": f32";
      sum += input == 0 ? "%s0 = arith.addf " + value + ", %c : f32\n"
                        : "%s" + std::to_string(input) + " = arith.mulf %s" + std::to_string(input - 1) +
                              ", " + value + " : f32\n";
    }
    std::string last = "%s" + std::to_string(shapes.size() - 2);
    std::string out = addOperand(maps, outputDims());
    return "func.func @f(" + arguments + ", %y: " + out +
           ") {\n%c = arith.constant 1.0 : f32\nlinalg.fill ins(%c : f32) outs(%y : " + out +
           ")\nlinalg.generic {indexing_maps = [" + maps + "], iterator_types = [" + iterators() + "]} ins(" +
           operands + " : " + types + ") outs(%y : " + out + ") {\n" + body + ", %acc: f32):\n" + sum +
           "%r = " + (pick(0, 1) ? "arith.addf" : "arith.maximumf") + " %acc, " + last +
           " : f32\nlinalg.yield %r : f32\n}\nreturn\n}";
  }

private:
  /// One dimension of an operand: the sum of dimension * factor, and a constant.
  struct Result {
    std::vector<std::pair<unsigned, int64_t>> terms;
    int64_t constant = 0;
  };

  int64_t pick(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  }

  std::vector<Result> dimsWhere(bool reductions) {
    std::vector<Result> results;
    for (unsigned d = 0; d < sizes.size(); ++d)
      if (reduced[d] == reductions)
        results.push_back({{{d, 1}}});
    return results;
  }
  /// Gives the sizes of the reduction loops, as the window operand of a pooling does.
  std::vector<Result> reductionDims() { return dimsWhere(true); }
  std::vector<Result> outputDims() {
    std::vector<Result> results = dimsWhere(false);
    std::shuffle(results.begin(), results.end(), random);
    return results;
  }
  std::vector<Result> randomResults() {
    std::vector<Result> results;
    std::vector<unsigned> order(sizes.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    for (unsigned d : order)
      switch (pick(0, 6)) {
      case 0: break; // a broadcast
      case 1: results.push_back({{{d, pick(2, 5)}}, pick(0, 2)}); break;
      case 2:
        if (!results.empty()) { // a window
          results.back().terms.push_back({d, pick(1, 2)});
          break;
        }
        [[fallthrough]];
      default: results.push_back({{{d, 1}}});
      }
    return results;
  }

  /// Appends a map to `maps`; returns the memref type of the operand.
  std::string addOperand(std::string &maps, const std::vector<Result> &results) {
    std::string dims, exprs, shape;
    for (unsigned d = 0; d < sizes.size(); ++d)
      dims += (d ? ", d" : "d") + std::to_string(d);
    for (const Result &result : results) {
      int64_t size = 1 + result.constant;
      std::string expr = std::to_string(result.constant);
      for (auto [d, factor] : result.terms) {
        size += (sizes[d] - 1) * factor;
        expr += " + d" + std::to_string(d) + " * " + std::to_string(factor);
      }
      shape += std::to_string(size) + "x";
      exprs += (exprs.empty() ? "" : ", ") + expr;
    }
    maps += (maps.empty() ? "" : ", ") + std::string("affine_map<(") + dims + ") -> (" + exprs + ")>";
    return shapes.emplace_back("memref<" + shape + "f32>");
  }

  std::string iterators() {
    std::string text;
    for (unsigned d = 0; d < sizes.size(); ++d)
      text += std::string(d ? ", " : "") + (reduced[d] ? "\"reduction\"" : "\"parallel\"");
    return text;
  }

  std::mt19937 random;
  std::vector<int64_t> sizes;
  std::vector<bool> reduced;
  std::vector<std::string> shapes;
};

TEST_P(EmitKernels, RandomGenerics) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::string text = RandomGeneric(seed).text();
    SCOPED_TRACE(text);
    Program(text, GetParam()).check({});
    if (HasFatalFailure())
      return;
  }
}

} // namespace
