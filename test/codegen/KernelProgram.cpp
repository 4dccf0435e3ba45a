#include "test/codegen/KernelProgram.h"
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/Passes.h"
#include "codegen/vector/Target.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "test/codegen/GuardedBuffer.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

namespace ingot::test {

namespace {

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

static int64_t countOf(mlir::func::FuncOp function, unsigned argument, const Dims &dims) {
  if (auto bytes = function.getArgAttrOfType<mlir::IntegerAttr>(argument, "test.bytes"))
    return bytes.getInt();
  int64_t count = 1;
  for (int64_t size : Interpreter::sizesOf(function, argument, dims))
    count *= size;
  return count;
}

static void compare(GuardedBuffer &expected, GuardedBuffer &actual, mlir::Type type, unsigned argument,
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
    ASSERT_TRUE(equal) << "argument " << argument << ", element " << at / bytes << ": " << y << " instead of "
                       << x;
  }
}

} // namespace

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

Program::Program(const std::string &body, const std::string &cpu)
    : text("module attributes {ingot.cpu = \"" + cpu + "\"} {\n" + body + "\n}"),
      jit(text, [](mlir::OpPassManager &pm) {
        pm.addPass(codegen::createEmitKernels());
        pm.addPass(codegen::createExpandMath());
        pm.addPass(codegen::createLegalize());
      }) {
  mlir::DialectRegistry registry;
  registry.insert<ir::IngotDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect, kernel::KernelDialect,
                  mlir::linalg::LinalgDialect, mlir::math::MathDialect, mlir::memref::MemRefDialect>();
  context.appendDialectRegistry(registry);
  module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
}

void Program::check(const Dims &dims, double tolerance, const Fill &fill) {
  auto function = *module->getOps<mlir::func::FuncOp>().begin();
  std::mt19937 random(1);
  std::vector<std::unique_ptr<GuardedBuffer>> expected, actual;
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
      buffers->push_back(std::make_unique<GuardedBuffer>(count * codegen::elementBytes(element)));
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

} // namespace ingot::test
