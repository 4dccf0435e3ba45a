// Kernels that make bools for each other: with bits between them, they compute what they compute with bytes.
#include "codegen/lowering/Passes.h"
#include "codegen/vector/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/codegen/Jit.h"
#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace ingot::test;

namespace {

/// What the bools are made of, what is added to it, the factors of a contraction, a size, and the result.
using Kernels = void(const float *x, const float *bias, const float *lhs, const float *rhs, int64_t n,
                     float *y, void *arena);

class Compiled {
public:
  Compiled(const std::string &text, bool pack)
      : jit(text, [pack](mlir::OpPassManager &passes) {
          if (pack)
            passes.nest<mlir::func::FuncOp>().addPass(ingot::codegen::createPackBools());
          passes.addPass(ingot::codegen::createPlanArena());
          passes.addPass(ingot::codegen::createEmitKernels());
          passes.addPass(ingot::codegen::createExpandMath());
          passes.addPass(ingot::codegen::createLegalize());
        }) {}

  std::vector<float> run(const std::vector<float> &inputs, int64_t n) {
    const float *x = inputs.data();
    std::vector<float> y(1 << 15, -1);
    std::vector<uint64_t> arena(1 << 15, 0x5a5a5a5a5a5a5a5a);
    jit.get<Kernels>("f")(x, x, x, x, n, y.data(), arena.data());
    return y;
  }
  bool hasBits() const { return jit.ir().find("xi1> to i") != std::string::npos; }

private:
  Jit jit;
};

/// `function` with each capital letter but N replaced by a number.
std::string withSizes(std::string function, const std::map<char, int64_t> &sizes, const std::string &cpu) {
  for (auto [letter, size] : sizes)
    for (size_t at = 0; (at = function.find(letter, at)) != std::string::npos; ++at)
      function.replace(at, 1, std::to_string(size));
  return "module attributes {ingot.cpu = \"" + cpu + "\"} {\n" + function + "}\n";
}

class PackBools : public ::testing::TestWithParam<const char *> {
protected:
  void check(const std::string &function, const std::map<char, int64_t> &sizes) {
    std::string text = withSizes(function, sizes, GetParam());
    Compiled bits(text, true), bytes(text, false);
    ASSERT_TRUE(bits.hasBits()) << text;
    ASSERT_FALSE(bytes.hasBits());
    std::mt19937 random(1);
    std::vector<float> inputs(1 << 15);
    for (float &each : inputs)
      each = std::uniform_real_distribution<float>(-1, 1)(random);
    for (int64_t n : {0, 1, 2, 7, 8, 23}) {
      std::vector<float> expected = bytes.run(inputs, n), got = bits.run(inputs, n);
      EXPECT_EQ(std::memcmp(got.data(), expected.data(), got.size() * sizeof(float)), 0)
          << "N = " << n << "\n"
          << text;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(, PackBools, ::testing::Values("x86-64", "x86-64-v3", "x86-64-v4"));

/// Of rows [N, W]; `bias` is [W], or as large as they are.
std::string product(const std::string &bias, const std::string &place) {
  return R"(
func.func @f(%x: memref<?xWxf32> {ingot.sizes = #ingot.sizes<[N, W]>}, %b: )" +
         bias + R"( {ingot.sizes = #ingot.sizes<[N, W]>},
             %l: memref<?x9xf32> {ingot.sizes = #ingot.sizes<[N, 9]>}, %r: memref<9xWxf32>, %n: index {ingot.dim = "N"},
             %y: memref<?xWxf32> {ingot.sizes = #ingot.sizes<[N, W]>}) {
  %none = arith.constant 0 : i8
  %zero = arith.constant 0.0 : f32
  %m = memref.alloc(%n) : memref<?xWxi8>
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()" +
         place + R"()>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%x, %b : memref<?xWxf32>, )" +
         bias + R"() outs(%m : memref<?xWxi8>) {
  ^bb0(%a: f32, %c: f32, %o: i8):
    %s = arith.addf %a, %c : f32
    %d = arith.cmpf ogt, %s, %zero : f32
    %e = arith.extui %d : i1 to i8
    linalg.yield %e : i8
  }
  kernel.contract ins(%l, %r, %m : memref<?x9xf32>, memref<9xWxf32>, memref<?xWxi8>) outs(%y : memref<?xWxf32>)
      maps [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>,
            affine_map<(m, n, k) -> (m, n)>] {
  ^bb0(%acc: f32, %byte: i8):
    %c = arith.cmpi ne, %byte, %none : i8
    %q = arith.select %c, %acc, %zero : f32
    kernel.yield %q : f32
  }
  return
}
)";
}

/// Images [N, C, H, W], whose bools are made channel by channel.
const char *const convolution = R"(
func.func @f(%x: memref<?xCxHxWxf32> {ingot.sizes = #ingot.sizes<[N, C, H, W]>}, %b: memref<Cxf32>,
             %l: memref<?x3xPxQxf32> {ingot.sizes = #ingot.sizes<[N, 3, P, Q]>}, %r: memref<Cx3x3x3xf32>, %n: index {ingot.dim = "N"},
             %y: memref<?xCxHxWxf32> {ingot.sizes = #ingot.sizes<[N, C, H, W]>}) {
  %none = arith.constant 0 : i8
  %zero = arith.constant 0.0 : f32
  %m = memref.alloc(%n) : memref<?xCxHxWxi8>
  linalg.generic {indexing_maps = [affine_map<(i, c, h, w) -> (i, c, h, w)>, affine_map<(i, c, h, w) -> (c)>,
                                   affine_map<(i, c, h, w) -> (i, c, h, w)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %b : memref<?xCxHxWxf32>, memref<Cxf32>) outs(%m : memref<?xCxHxWxi8>) {
  ^bb0(%a: f32, %c: f32, %o: i8):
    %d = arith.cmpf ogt, %a, %c : f32
    %e = arith.extui %d : i1 to i8
    linalg.yield %e : i8
  }
  kernel.contract ins(%l, %r, %m : memref<?x3xPxQxf32>, memref<Cx3x3x3xf32>, memref<?xCxHxWxi8>) outs(%y : memref<?xCxHxWxf32>)
      maps [affine_map<(i, o, h, w, c, k, l) -> (i, c, h + k, w + l)>, affine_map<(i, o, h, w, c, k, l) -> (o, c, k, l)>,
            affine_map<(i, o, h, w, c, k, l) -> (i, o, h, w)>, affine_map<(i, o, h, w, c, k, l) -> (i, o, h, w)>] {
  ^bb0(%acc: f32, %byte: i8):
    %c = arith.cmpi ne, %byte, %none : i8
    %q = arith.select %c, %acc, %zero : f32
    kernel.yield %q : f32
  }
  return
}
)";

TEST_P(PackBools, EpilogueOfProduct) {
  for (int64_t width : {16, 20, 63, 64, 65, 100}) {
    check(product("memref<?xWxf32>", "i, j"), {{'W', width}}); // in one go, without gaps
    check(product("memref<Wxf32>", "j"), {{'W', width}});      // row by row
  }
}

TEST_P(PackBools, EpilogueOfConvolution) {
  for (auto [height, width] : {std::pair(5, 5), {4, 8}, {7, 14}, {3, 17}})
    check(convolution, {{'C', 4}, {'H', height}, {'W', width}, {'P', height + 2}, {'Q', width + 2}});
}

} // namespace
