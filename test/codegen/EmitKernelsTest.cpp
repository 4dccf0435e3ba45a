// The loops of ingot-emit-kernels against the interpreter, on sizes around the width of vectors.
#include "test/codegen/KernelProgram.h"
#include <gtest/gtest.h>

using namespace ingot::test;

namespace {

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

//===-- Row by row --------------------------------------------------------------------------------===//

/// Three ops on the same rows after each other; `last` is the map by which the last one reads x.
std::string threeOps(const std::string &columns, const std::string &last) {
  return R"(
    func.func @f(%x: memref<?x)" +
         columns + R"(xf32> {ingot.sizes = #ingot.sizes<[N, )" + columns +
         R"(]>}, %N: index {ingot.dim = "N"}, %m: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>},
                 %s: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>}) {
      %zero = arith.constant 0.0 : f32
      %least = arith.constant 0xFF800000 : f32
      linalg.fill ins(%least : f32) outs(%m : memref<?xf32>)
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
          iterator_types = ["parallel", "reduction"]} ins(%x : memref<?x)" +
         columns + R"(xf32>) outs(%m : memref<?xf32>) {
      ^bb0(%a: f32, %o: f32):
        %r = arith.maximumf %o, %a : f32
        linalg.yield %r : f32
      }
      linalg.fill ins(%zero : f32) outs(%s : memref<?xf32>)
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>],
          iterator_types = ["parallel", "reduction"]} ins(%x, %m : memref<?x)" +
         columns + R"(xf32>, memref<?xf32>) outs(%s : memref<?xf32>) {
      ^bb0(%a: f32, %c: f32, %o: f32):
        %d = arith.subf %c, %a : f32
        %r = arith.addf %o, %d : f32
        linalg.yield %r : f32
      }
      linalg.generic {indexing_maps = [)" +
         last + R"(, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%s : memref<?xf32>) outs(%x : memref<?x)" +
         columns + R"(xf32>) {
      ^bb0(%c: f32, %o: f32):
        %r = arith.addf %o, %c : f32
        linalg.yield %r : f32
      }
      return
    })";
}

TEST_P(EmitKernels, RowsInPlace) { checkSizes(threeOps("100", "affine_map<(i, j) -> (i)>")); }

TEST_P(EmitKernels, ColumnsReadWhatOtherRowsWrite) {
  // The third op needs all sums before its first row. A matrix that stays in cache is not gone through row by row at all.
  std::string function = threeOps("400", "affine_map<(i, j) -> (j)>");
  for (size_t at; (at = function.find("?")) != std::string::npos;)
    function.replace(at, 1, "400");
  for (size_t at; (at = function.find("[N")) != std::string::npos;)
    function.replace(at, 2, "[400");
  Program(function, GetParam()).check({{"N", 400}});
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

//===-- Bits ----------------------------------------------------------------------------------------===//

/// Writes and reads bits in rows of `width`, which begin `stride` bits after each other. They end where readable memory does.
std::string onBits(const std::string &element, int64_t width, int64_t stride) {
  std::string text = R"(
    func.func @f(%x: memref<?xWIDTHxELEMENT> {ingot.sizes = #ingot.sizes<[N, WIDTH]>}, %b: memref<WIDTHxELEMENT>, %N: index {ingot.dim = "N"},
                 %y: memref<?xWIDTHxELEMENT> {ingot.sizes = #ingot.sizes<[N, WIDTH]>}, %s: memref<WIDTHxELEMENT>,
                 %t: memref<?xELEMENT> {ingot.sizes = #ingot.sizes<[N]>}, %arena: memref<?xi8> {ingot.arena, test.bytes = 16384 : i64}) {
      %zero = arith.constant ZERO : ELEMENT
      %stride = arith.constant STRIDE : index
      %eight = arith.constant 8 : index
      %all = arith.constant 16384 : index
      %count = arith.muli %N, %stride : index
      %bytes = arith.ceildivsi %count, %eight : index
      %shift = arith.subi %all, %bytes : index
      %list = memref.view %arena[%shift][%count] : memref<?xi8> to memref<?xi1>
      %m = memref.reinterpret_cast %list to offset: [0], sizes: [%N, WIDTH], strides: [STRIDE, 1] : memref<?xi1> to BITS
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%x, %b : memref<?xWIDTHxELEMENT>, memref<WIDTHxELEMENT>) outs(%m : BITS) {
      ^bb0(%a: ELEMENT, %c: ELEMENT, %o: i1):
        %r = GREATER, %a, %c : ELEMENT
        linalg.yield %r : i1
      }
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]} ins(%x, %m : memref<?xWIDTHxELEMENT>, BITS) outs(%y : memref<?xWIDTHxELEMENT>) {
      ^bb0(%a: ELEMENT, %flag: i1, %o: ELEMENT):
        %v = ADD %a, %a : ELEMENT
        %r = arith.select %flag, %v, %zero : ELEMENT
        linalg.yield %r : ELEMENT
      }
      linalg.generic {indexing_maps = [affine_map<(j, i) -> (i, j)>, affine_map<(j, i) -> (i, j)>, affine_map<(j, i) -> (j)>],
          iterator_types = ["parallel", "reduction"]} ins(%x, %m : memref<?xWIDTHxELEMENT>, BITS) outs(%s : memref<WIDTHxELEMENT>) {
      ^bb0(%a: ELEMENT, %flag: i1, %o: ELEMENT):
        %v = arith.select %flag, %a, %zero : ELEMENT
        %r = ADD %o, %v : ELEMENT
        linalg.yield %r : ELEMENT
      }
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
          iterator_types = ["parallel", "reduction"]} ins(%x, %m : memref<?xWIDTHxELEMENT>, BITS) outs(%t : memref<?xELEMENT>) {
      ^bb0(%a: ELEMENT, %flag: i1, %o: ELEMENT):
        %v = arith.select %flag, %a, %zero : ELEMENT
        %r = ADD %o, %v : ELEMENT
        linalg.yield %r : ELEMENT
      }
      return
    })";
  bool isReal = element.front() != 'i';
  auto replace = [&](const std::string &name, const std::string &value) {
    for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size())
      text.replace(at, name.size(), value);
  };
  replace("BITS", "memref<?xWIDTHxi1, strided<[STRIDE, 1]>>");
  replace("WIDTH", std::to_string(width));
  replace("STRIDE", std::to_string(stride));
  replace("ELEMENT", element);
  replace("ZERO", isReal ? "0.0" : "0");
  replace("ADD", isReal ? "arith.addf" : "arith.addi");
  replace("GREATER", isReal ? "arith.cmpf ogt" : "arith.cmpi sgt");
  return text;
}

TEST_P(EmitKernels, Bits) {
  // Rows that begin at a byte, and such that begin within one.
  for (auto [width, stride] : {std::pair(1, 8),
                               {1, 1},
                               {7, 8},
                               {8, 8},
                               {13, 13},
                               {20, 20},
                               {63, 64},
                               {64, 64},
                               {65, 65},
                               {100, 104}}) {
    SCOPED_TRACE(std::to_string(width) + " of " + std::to_string(stride));
    checkSizes(onBits("f32", width, stride));
  }
  for (std::string element : {"f64", "bf16", "i8"}) {
    checkSizes(onBits(element, 100, 104));
    checkSizes(onBits(element, 65, 65));
  }
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
    memref.global "private" constant @flags : memref<3xi8> = dense<[1, 0, 1]>
    func.func @f(%x: memref<?x6xf32> {ingot.sizes = #ingot.sizes<[N, 6]>}, %N: index {ingot.dim = "N"}, %start: memref<i64>,
                 %y: memref<?x2x3xf32> {ingot.sizes = #ingot.sizes<[N, 2, 3]>}, %z: memref<3xf32>) {
      %t = memref.get_global @table : memref<2x3xf32>
      %s = memref.get_global @scalar : memref<f32>
      %b = memref.get_global @flags : memref<3xi8>
      %e = memref.expand_shape %x [[0], [1, 2]] output_shape [%N, 2, 3] : memref<?x6xf32> into memref<?x2x3xf32>
      linalg.generic {indexing_maps = [affine_map<(n, i, j) -> (n, i, j)>, affine_map<(n, i, j) -> (i, j)>,
          affine_map<(n, i, j) -> ()>, affine_map<(n, i, j) -> (j)>, affine_map<(n, i, j) -> (n, i, j)>],
          iterator_types = ["parallel", "parallel", "parallel"]}
          ins(%e, %t, %s, %b : memref<?x2x3xf32>, memref<2x3xf32>, memref<f32>, memref<3xi8>) outs(%y : memref<?x2x3xf32>) {
      ^bb0(%a: f32, %c: f32, %d: f32, %byte: i8, %o: f32):
        %none = arith.constant 0 : i8
        %flag = arith.cmpi ne, %byte, %none : i8
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

} // namespace
