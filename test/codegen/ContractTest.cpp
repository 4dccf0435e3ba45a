// The contract emitter against a naive loop: bit for bit, because each element is one chain of multiply-adds in the order of
// the dimensions, whatever the tile. Operands end where the readable memory ends; what surrounds `out` must stay.
#include "codegen/vector/Passes.h"
#include "ir/sizes/Expr.h"
#include "mlir/AsmParser/AsmParser.h"
#include "test/codegen/GuardedBuffer.h"
#include "test/codegen/Jit.h"
#include <bit>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <numeric>
#include <random>

using namespace ingot;
using namespace ingot::test;

namespace {

void emitContracts(mlir::OpPassManager &passes) {
  passes.addPass(codegen::createEmitKernels());
  passes.addPass(codegen::createExpandMath());
}

//===--- elements -----------------------------------------------------------------------------------------------===//

struct BFloat16 {
  uint16_t bits = 0;
  BFloat16() = default;
  BFloat16(float value) {
    uint32_t wide = std::bit_cast<uint32_t>(value);
    bits = static_cast<uint16_t>((wide + 0x7fff + ((wide >> 16) & 1)) >> 16);
  }
  operator float() const { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }
};

template <class T> struct TypeTraits;
#define INGOT_ELEMENT(type, accumulator, text, accumulatorText)                                              \
  template <> struct TypeTraits<type> {                                                                      \
    using Accumulator = accumulator;                                                                         \
    static constexpr const char *name = text, *accumulatorName = accumulatorText;                            \
  };
INGOT_ELEMENT(float, float, "f32", "f32")
INGOT_ELEMENT(double, double, "f64", "f64")
INGOT_ELEMENT(BFloat16, float, "bf16", "f32")
INGOT_ELEMENT(_Float16, float, "f16", "f32")
INGOT_ELEMENT(int8_t, int32_t, "i8", "i32")
INGOT_ELEMENT(int16_t, int32_t, "i16", "i32")
INGOT_ELEMENT(int32_t, int32_t, "i32", "i32")
INGOT_ELEMENT(int64_t, int64_t, "i64", "i64")

//===--- problems -----------------------------------------------------------------------------------------------===//

enum class Epilogue { Plain, BiasRelu, Residual };

/// A contraction by its maps over (d0, d1, ...); dimensions in `dynamic` are known at run time only.
struct Problem {
  std::vector<std::string> maps; // results of lhs, rhs, out, bias
  unsigned dims;
  std::vector<unsigned> dynamic = {};
  Epilogue epilogue = Epilogue::Plain;
  std::string cpu = "native";
};

using Sizes = std::vector<int64_t>;

int64_t evaluate(mlir::AffineExpr expr, const Sizes &point) {
  if (auto constant = llvm::dyn_cast<mlir::AffineConstantExpr>(expr))
    return constant.getValue();
  if (auto dim = llvm::dyn_cast<mlir::AffineDimExpr>(expr))
    return point[dim.getPosition()];
  auto binary = llvm::cast<mlir::AffineBinaryOpExpr>(expr);
  int64_t x = evaluate(binary.getLHS(), point), y = evaluate(binary.getRHS(), point);
  switch (expr.getKind()) {
  case mlir::AffineExprKind::Add: return x + y;
  case mlir::AffineExprKind::Mul: return x * y;
  case mlir::AffineExprKind::Mod: return x % y;
  default: return x / y;
  }
}

/// The largest value of an expression over the box, as text over the names of the dynamic dimensions.
std::string largest(mlir::AffineExpr expr, const Sizes &sizes, const std::vector<unsigned> &dynamic) {
  if (auto constant = llvm::dyn_cast<mlir::AffineConstantExpr>(expr))
    return std::to_string(constant.getValue());
  if (auto dim = llvm::dyn_cast<mlir::AffineDimExpr>(expr)) {
    unsigned position = dim.getPosition();
    return llvm::is_contained(dynamic, position) ? "(D" + std::to_string(position) + " - 1)"
                                                 : "(" + std::to_string(sizes[position] - 1) + ")";
  }
  auto binary = llvm::cast<mlir::AffineBinaryOpExpr>(expr);
  std::string x = largest(binary.getLHS(), sizes, dynamic), y = largest(binary.getRHS(), sizes, dynamic);
  switch (expr.getKind()) {
  case mlir::AffineExprKind::Add: return "(" + x + " + " + y + ")";
  case mlir::AffineExprKind::Mul: return "(" + x + " * " + y + ")";
  case mlir::AffineExprKind::Mod: return "(" + y + " - 1)";
  default: return "(" + x + " floordiv " + y + ")";
  }
}

/// One compiled problem, to be run at several values of its dynamic dimensions.
template <class T> class Contraction {
public:
  using Acc = typename TypeTraits<T>::Accumulator;
  using Function = void(void *, void *, void *, void *, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,
                        int64_t, int64_t);

  Contraction(const Problem &problem, Sizes at) : sizes(std::move(at)), problem(problem) {
    for (const std::string &results : problem.maps)
      maps.push_back(
          llvm::cast<mlir::AffineMapAttr>(
              mlir::parseAttribute("affine_map<(" + dimNames() + ") -> (" + results + ")>", &context))
              .getValue());
    jit = std::make_unique<Jit>(text(), emitContracts);
    function = jit->get<Function>("f");
  }

  /// Runs it on random data and compares every byte. `sizes` replaces the dynamic dimensions.
  void check(const Sizes &at) {
    sizes = at;
    GuardedBuffer lhs(bytes(0)), rhs(bytes(1)), out(bytes(2)), bias(problem.maps.size() > 3 ? bytes(3) : 0);
    fill(lhs), fill(rhs), fill(bias), fill(out);
    std::vector<T> expected = reference(lhs.data<T>(), rhs.data<T>(), bias.data<T>(), out.data<T>());
    run(lhs, rhs, bias, out);
    EXPECT_TRUE(out.guardIntact());
    for (size_t i = 0; i < expected.size(); ++i)
      if (written[i] && std::memcmp(&expected[i], out.data<T>() + i, sizeof(T)) != 0) {
        ADD_FAILURE() << describe() << ": element " << i << " is " << double(out.data<T>()[i])
                      << ", expected " << double(expected[i]);
        return;
      }
  }

  void run(GuardedBuffer &lhs, GuardedBuffer &rhs, GuardedBuffer &bias, GuardedBuffer &out) {
    Sizes d = sizes;
    d.resize(8);
    function(lhs.data<void>(), rhs.data<void>(), bias.data<void>(), out.data<void>(), d[0], d[1], d[2], d[3],
             d[4], d[5], d[6], d[7]);
  }

  size_t bytes(unsigned map) {
    size_t count = sizeof(T);
    for (int64_t extent : shape(map))
      count *= extent;
    return count;
  }
  void fill(GuardedBuffer &buffer) {
    for (size_t i = 0; i < buffer.bytes / sizeof(T); ++i)
      if constexpr (std::is_integral_v<T>)
        buffer.data<T>()[i] = static_cast<T>(random());
      else
        buffer.data<T>()[i] = static_cast<T>(std::uniform_real_distribution<float>(-1, 1)(random));
  }
  std::string describe() {
    std::string result = TypeTraits<T>::name;
    for (const std::string &map : problem.maps)
      result += " (" + map + ")";
    for (int64_t size : sizes)
      result += " " + std::to_string(size);
    return result + " on " + problem.cpu;
  }
  std::string ir() { return jit->ir(); }
  Sizes sizes;

private:
  std::string dimNames() {
    std::string names;
    for (unsigned d = 0; d < problem.dims; ++d)
      names += (d ? ", d" : "d") + std::to_string(d);
    return names;
  }
  Sizes shape(unsigned map) {
    Sizes result;
    for (const sizes::Expr &size : shapeExprs(map)) {
      sizes::Values values;
      for (unsigned d = 0; d < problem.dims; ++d)
        values["D" + std::to_string(d)] = sizes[d];
      result.push_back(size.evaluate(values));
    }
    return result;
  }
  std::vector<sizes::Expr> shapeExprs(unsigned map) {
    std::vector<sizes::Expr> result;
    for (mlir::AffineExpr expr : maps[map].getResults())
      result.push_back(*sizes::Expr::parse("max(0, " + largest(expr, sizes, problem.dynamic) + " + 1)"));
    return result;
  }
  std::string type(unsigned map) {
    std::string result = "memref<";
    for (const sizes::Expr &size : shapeExprs(map))
      result += (size.isConstant() ? size.str() : "?") + "x";
    return result + TypeTraits<T>::name + ">";
  }
  std::string argument(const std::string &name, unsigned map) {
    std::string names;
    for (const sizes::Expr &size : shapeExprs(map))
      names += (names.empty() ? "" : ", ") + size.str();
    return name + ": " + type(map) + " {ingot.sizes = #ingot.sizes<[" + names + "]>}";
  }

  std::string text() {
    std::string t = TypeTraits<T>::name, acc = TypeTraits<T>::accumulatorName;
    bool floating = !std::is_integral_v<T>, hasBias = problem.epilogue == Epilogue::BiasRelu,
         residual = problem.epilogue == Epilogue::Residual;
    auto op = [&](const char *name) { return std::string("arith.") + name + (floating ? "f" : "i"); };
    std::string body, result = "%acc";
    if (t != acc)
      body += "%cut = " + op("trunc") + " %acc : " + acc + " to " + t + "\n", result = "%cut";
    if (hasBias || residual)
      body += "%sum = " + op("add") + " " + result + ", %e : " + t + "\n", result = "%sum";
    if (hasBias)
      body += "%zero = arith.constant 0" + std::string(floating ? ".0" : "") + " : " + t +
              "\n%relu = arith." + (floating ? "maximumf" : "maxsi") + " %sum, %zero : " + t + "\n",
          result = "%relu";
    std::string extra = hasBias    ? ", %bias"
                        : residual ? ", %out"
                                   : "",
                extraType = hasBias    ? ", " + type(3)
                            : residual ? ", " + type(2)
                                       : "",
                names, mapText;
    for (unsigned i : hasBias    ? std::vector<unsigned>{0, 1, 2, 3}
                      : residual ? std::vector<unsigned>{0, 1, 2, 2}
                                 : std::vector<unsigned>{0, 1, 2})
      mapText += (i || !mapText.empty() ? ", affine_map<(" : "affine_map<(") + dimNames() + ") -> (" +
                 problem.maps[i] + ")>";
    for (unsigned d = 0; d < 8; ++d)
      names += ", %d" + std::to_string(d) + ": index {ingot.dim = \"D" + std::to_string(d) + "\"}";
    return "module attributes {ingot.cpu = \"" + problem.cpu + "\"} {\nfunc.func @f(" + argument("%lhs", 0) +
           ", " + argument("%rhs", 1) + ", " + argument("%bias", problem.maps.size() > 3 ? 3 : 2) + ", " +
           argument("%out", 2) + names + ") {\nkernel.contract ins(%lhs, %rhs" + extra + " : " + type(0) +
           ", " + type(1) + extraType + ") outs(%out : " + type(2) + ") maps [" + mapText +
           "] {\n^bb0(%acc: " + acc + (extra.empty() ? "" : ", %e: " + t) + "):\n" + body + "kernel.yield " +
           result + " : " + t + "\n}\nreturn\n}\n}";
  }

  int64_t offsetOf(unsigned map, const Sizes &point, const Sizes &shape) {
    int64_t offset = 0;
    for (auto [expr, size] : llvm::zip_equal(maps[map].getResults(), shape))
      offset = offset * size + evaluate(expr, point);
    return offset;
  }

  Acc multiplyAdd(Acc x, Acc y, Acc sum) {
    if constexpr (std::is_integral_v<Acc>) {
      using Unsigned = std::make_unsigned_t<Acc>;
      return static_cast<Acc>(static_cast<Unsigned>(sum) +
                              static_cast<Unsigned>(x) * static_cast<Unsigned>(y));
    } else {
      if (problem.cpu != "x86-64" && problem.cpu != "x86-64-v2")
        return std::fma(x, y, sum);
      volatile Acc product = x * y; // not fused by the compiler of this test
      return sum + product;
    }
  }

  T finish(Acc sum, T e) {
    auto add = [](T x, T y) {
      if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<uint64_t>(x) + static_cast<uint64_t>(y));
      else
        return static_cast<T>(x + y);
    };
    T value = static_cast<T>(sum);
    if (problem.epilogue == Epilogue::Plain)
      return value;
    value = add(value, e);
    if (problem.epilogue == Epilogue::BiasRelu && value <= T(0))
      return T(0);
    return value;
  }

  std::vector<T> reference(const T *lhs, const T *rhs, const T *bias, const T *out) {
    size_t count = bytes(2) / sizeof(T);
    std::vector<T> result(count);
    written.assign(count, false);
    std::array<Sizes, 4> shapes = {shape(0), shape(1), shape(2), maps.size() > 3 ? shape(3) : Sizes()};
    std::vector<unsigned> parallel, reduction;
    for (unsigned d = 0; d < problem.dims; ++d)
      (maps[2].isFunctionOfDim(d) ? parallel : reduction).push_back(d);
    Sizes point(problem.dims, 0);
    forAll(parallel, point, [&] {
      Acc sum = 0;
      forAll(reduction, point, [&] {
        sum = multiplyAdd(static_cast<Acc>(lhs[offsetOf(0, point, shapes[0])]),
                          static_cast<Acc>(rhs[offsetOf(1, point, shapes[1])]), sum);
      });
      int64_t at = offsetOf(2, point, shapes[2]);
      T e = problem.epilogue == Epilogue::BiasRelu ? bias[offsetOf(3, point, shapes[3])] : out[at];
      result[at] = finish(sum, e);
      written[at] = true;
    });
    return result;
  }

  void forAll(llvm::ArrayRef<unsigned> dims, Sizes &point, llvm::function_ref<void()> body) {
    if (dims.empty())
      return body();
    for (int64_t &i = point[dims.front()] = 0; i < sizes[dims.front()]; ++i)
      forAll(dims.drop_front(), point, body);
    point[dims.front()] = 0;
  }

  Problem problem;
  mlir::MLIRContext context;
  std::vector<mlir::AffineMap> maps;
  std::unique_ptr<Jit> jit;
  Function *function;
  std::vector<bool> written;
  std::mt19937 random{7};
};

template <class T> void check(const Problem &problem, const std::vector<Sizes> &sizes) {
  if (problem.dynamic.empty()) {
    for (const Sizes &at : sizes)
      Contraction<T>(problem, at).check(at);
    return;
  }
  Contraction<T> contraction(problem, sizes.front());
  for (const Sizes &at : sizes)
    contraction.check(at);
}

const std::vector<int64_t> edges = {0, 1, 2, 5, 6, 7, 13, 16, 17, 33, 64, 100};

std::vector<Sizes> cube(unsigned count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Sizes> result;
  for (unsigned i = 0; i < count; ++i)
    result.push_back(
        {edges[random() % edges.size()], edges[random() % edges.size()], edges[random() % edges.size()]});
  return result;
}

const Problem rowMajor{{"d0, d2", "d2, d1", "d0, d1", "d1"}, 3};
const Problem panels{{"d0, d2", "d1 floordiv 64, d2, d1 mod 64", "d0, d1", "d1"}, 3};

Problem with(Problem problem, std::vector<unsigned> dynamic, Epilogue epilogue = Epilogue::Plain,
             std::string cpu = "native") {
  problem.dynamic = std::move(dynamic);
  problem.epilogue = epilogue;
  problem.cpu = std::move(cpu);
  return problem;
}

//===--- tests --------------------------------------------------------------------------------------------------===//

TEST(Contract, DynamicMatmul) {
  check<float>(with(rowMajor, {0, 1, 2}, Epilogue::BiasRelu), cube(200, 1));
  check<float>(with(panels, {0, 1, 2}, Epilogue::BiasRelu), cube(200, 2));
}

TEST(Contract, DynamicRows) {
  for (int64_t n : {1, 10, 16, 84, 120, 200}) {
    std::vector<Sizes> sizes;
    for (int64_t m : edges)
      sizes.push_back({m, n, 33});
    check<float>(with(panels, {0}, Epilogue::BiasRelu), sizes);
  }
}

TEST(Contract, StaticMatmul) { check<float>(panels, cube(12, 3)), check<float>(rowMajor, cube(12, 4)); }

TEST(Contract, Residual) {
  check<float>(with(rowMajor, {0}, Epilogue::Residual), {{1, 33, 5}, {13, 33, 5}});
  check<float>(with(panels, {0, 1, 2}, Epilogue::Residual), cube(60, 5));
}

TEST(Contract, StridedOperands) {
  check<float>(with({{"d2, d0", "d2, d1", "d0, d1", "d1"}, 3}, {0, 1, 2}, Epilogue::BiasRelu), cube(60, 6));
  check<float>(with({{"d0, d2", "d1, d2", "d0, d1", "d1"}, 3}, {0, 1, 2}, Epilogue::BiasRelu), cube(60, 7));
  check<float>(with({{"d0, d2", "d1, d2", "d1, d0", "d0"}, 3}, {0, 1, 2}, Epilogue::BiasRelu), cube(60, 8));
  check<float>(with({{"d2, d0", "d1, d2", "d0, d1", "d1, d0"}, 3}, {0}, Epilogue::BiasRelu),
               {{5, 33, 7}, {64, 33, 7}});
}

TEST(Contract, BothOperandsInPanels) {
  Problem problem{{"d0 floordiv 6, d2, d0 mod 6", "d1 floordiv 32, d2, d1 mod 32", "d0, d1", "d1"}, 3};
  check<float>(with(problem, {0, 1, 2}, Epilogue::BiasRelu), cube(60, 9));
  Problem packedOut{{"d0, d2", "d2, d1", "d1 floordiv 16, d0, d1 mod 16", "d1"}, 3};
  check<float>(with(packedOut, {0, 1, 2}, Epilogue::BiasRelu), cube(60, 10));
}

TEST(Contract, Elements) {
  for (const Problem &problem : {rowMajor, panels}) {
    Problem p = with(problem, {0, 1, 2}, Epilogue::BiasRelu);
    check<double>(p, cube(60, 11));
    check<BFloat16>(p, cube(60, 12));
    check<_Float16>(p, cube(60, 13));
    check<int8_t>(p, cube(60, 14));
    check<int16_t>(p, cube(60, 15));
    check<int32_t>(p, cube(60, 16));
    check<int64_t>(p, cube(60, 17));
  }
}

TEST(Contract, Targets) {
  for (const char *cpu : {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"}) {
    check<float>(with(panels, {0, 1, 2}, Epilogue::BiasRelu, cpu), cube(40, 18));
    check<float>(with(rowMajor, {}, Epilogue::BiasRelu, cpu), {{7, 45, 9}, {1, 3, 4}});
    check<BFloat16>(with(rowMajor, {0, 1, 2}, Epilogue::BiasRelu, cpu), cube(40, 19));
  }
}

/// (n, o, p, q, c, kh, kw); `group` puts a dimension before o.
Problem convolution(int64_t stride, int64_t dilation, bool group = false) {
  auto d = [](int i) { return "d" + std::to_string(i); };
  int g = group ? 1 : 0;
  auto position = [&](int p, int k) {
    return d(p) + " * " + std::to_string(stride) + " + " + d(k) + " * " + std::to_string(dilation);
  };
  std::string channel = group ? "d1, " : "";
  Problem problem{
      {"d0, " + channel + d(4 + g) + ", " + position(2 + g, 5 + g) + ", " + position(3 + g, 6 + g),
       channel + d(1 + g) + ", " + d(4 + g) + ", " + d(5 + g) + ", " + d(6 + g),
       "d0, " + channel + d(1 + g) + ", " + d(2 + g) + ", " + d(3 + g), channel + d(1 + g)},
      static_cast<unsigned>(7 + g)};
  return with(problem, {0}, Epilogue::BiasRelu);
}

TEST(Contract, Convolution) {
  check<float>(convolution(1, 1),
               {{1, 6, 28, 28, 1, 5, 5}, {3, 6, 28, 28, 1, 5, 5}, {0, 6, 28, 28, 1, 5, 5}});
  check<float>(convolution(1, 1), {{2, 16, 12, 12, 6, 3, 3}});
  check<float>(convolution(1, 1), {{2, 7, 6, 6, 3, 3, 3}});
  check<float>(convolution(1, 1), {{2, 33, 7, 9, 17, 1, 1}});
  check<float>(convolution(1, 2), {{2, 5, 13, 17, 2, 3, 3}});
  for (int64_t stride : {2, 3, 4, 5})
    check<float>(convolution(stride, 1), {{2, 5, 6, 17, 3, 3, 3}});
  check<float>(convolution(2, 2), {{2, 5, 16, 33, 3, 3, 3}});
  check<BFloat16>(convolution(2, 1), {{2, 5, 6, 17, 3, 3, 3}});
  Problem onV3 = convolution(2, 1);
  onV3.cpu = "x86-64-v3";
  check<float>(onV3, {{2, 5, 6, 17, 3, 3, 3}});
}

// Rows of 12, 6, 5 and 3 elements are put side by side in vectors.
TEST(Contract, ShortRows) {
  for (const char *cpu : {"native", "x86-64-v3"})
    for (const char *operand : {"d1", "d3", "d2", "d2, d3", "d3, d2", "d0, d1, d2, d3"}) {
      Problem problem = convolution(1, 1);
      problem.maps[3] = operand;
      problem.cpu = cpu;
      check<float>(problem, {{2, 8, 12, 12, 2, 3, 3}});
      check<float>(problem, {{2, 9, 5, 3, 2, 3, 2}});
      check<BFloat16>(problem, {{2, 9, 6, 6, 2, 3, 2}});
      problem.epilogue = Epilogue::Residual;
      check<double>(problem, {{2, 9, 10, 10, 2, 1, 2}});
    }
}

TEST(Contract, GroupsAndDepthwise) {
  check<float>(convolution(1, 1, true), {{2, 3, 5, 7, 17, 2, 3, 3}});
  check<float>(convolution(1, 1, true), {{2, 7, 1, 13, 13, 1, 3, 3}});
  Problem channelsLast{{"d0, d1 + d4, d2 + d5, d3", "d4, d5, d3", "d0, d1, d2, d3", "d3"}, 6};
  check<float>(with(channelsLast, {0}, Epilogue::BiasRelu), {{2, 5, 6, 33, 3, 3}});
}

TEST(Contract, WindowsInOneAndThreeDimensions) {
  check<float>({{"d0, d3, d2 + d4", "d1, d3, d4", "d0, d1, d2"}, 5}, {{2, 5, 33, 3, 4}});
  Problem cube3{{"d0, d5, d2 + d6, d3 + d7, d4", "d1, d5, d6, d7", "d0, d1, d2, d3, d4", "d1"}, 8};
  check<float>(with(cube3, {0}, Epilogue::BiasRelu), {{2, 5, 3, 4, 5, 2, 2, 3}});
}

TEST(Contract, WeightGradient) {
  // (n, o, p, q, c, kh, kw) with the window in the result.
  Problem problem{{"d0, d4, d2 + d5, d3 + d6", "d0, d1, d2, d3", "d1, d4, d5, d6"}, 7};
  check<float>(with(problem, {0}), {{2, 6, 12, 12, 3, 5, 5}, {0, 6, 12, 12, 3, 5, 5}});
}

// Channels last: vectors along them, and tiles over two dimensions of the image or of the window.
TEST(Contract, ChannelsLast) {
  Problem forward{
      {"d0, d2 + d5, d3 + d6, d4", "d1 floordiv 64, d4, d5, d6, d1 mod 64", "d0, d2, d3, d1", "d1"}, 7};
  check<float>(with(forward, {}, Epilogue::BiasRelu), {{2, 80, 5, 7, 3, 3, 3}, {1, 16, 1, 4, 5, 1, 1}});
  Problem weights{{"d0, d2 + d5, d3 + d6, d4", "d0, d2, d3, d1", "d4, d5, d6, d1"}, 7};
  for (const char *cpu : {"native", "x86-64-v3"})
    check<float>(with(weights, {}, Epilogue::Plain, cpu), {{3, 16, 4, 5, 6, 3, 3}, {2, 70, 3, 3, 7, 2, 2}});
}

// More weights than the caches hold: each panel meets the whole image, and the next one is fetched meanwhile.
TEST(Contract, PanelsOutside) {
  Problem problem{
      {"d0, d2 + d5, d3 + d6, d4", "d1 floordiv 64, d4, d5, d6, d1 mod 64", "d0, d2, d3, d1", "d1"}, 7};
  check<float>(with(problem, {}, Epilogue::BiasRelu), {{1, 192, 3, 9, 128, 3, 3}});
}

// Sums too long for the caches are finished in parts, which changes no bit.
TEST(Contract, LongSums) {
  Problem gradient{{"d0, d2 + d5, d3 + d6, d4", "d0, d2, d3, d1", "d4, d5, d6, d1"}, 7};
  check<float>(gradient, {{5, 64, 40, 41, 7, 1, 2}});
  check<float>({{"d2, d0", "d2, d1", "d0, d1"}, 3}, {{9, 70, 9000}});
}

TEST(Contract, BatchedAndBroadcast) {
  check<float>(with({{"d0, d1, d3", "d0, d3, d2", "d0, d1, d2"}, 4}, {0}), {{3, 7, 33, 5}, {1, 7, 33, 5}});
  check<float>(with({{"d0, d1, d3", "d3, d2", "d0, d1, d2"}, 4}, {0, 1}), {{3, 7, 33, 5}, {1, 1, 33, 5}});
  check<float>({{"d0, d1", "d1", "d0"}, 2}, {{33, 17}, {1, 17}, {17, 1}});
  check<float>({{"d0, d1", "d0, d1", "d0"}, 2}, {{33, 17}});
  check<float>({{"d0", "d0", ""}, 1}, {{33}, {0}, {1}});
}

TEST(Contract, IrregularMaps) {
  check<float>({{"(d0 + d2) floordiv 2, d2 mod 3", "d2, d1", "d0, d1"}, 3}, {{13, 17, 9}});
  check<float>({{"d0, d1 floordiv 2, d2", "d2, d1", "d0, d1"}, 3}, {{13, 17, 9}});
}

/// Maps in which every parallel dimension is in the result, in any order, and each operand has a random choice of dimensions:
/// plain, in panels, or two under a window.
Problem randomProblem(std::mt19937 &random, Sizes &sizes) {
  auto pick = [&](int64_t below) { return static_cast<int64_t>(random() % below); };
  unsigned dims = 2 + pick(4), parallel = 1 + pick(dims);
  std::vector<unsigned> order(dims);
  std::iota(order.begin(), order.end(), 0);
  int64_t points;
  do {
    sizes.assign(dims, 1);
    points = 1;
    for (int64_t &size : sizes)
      points *= size = std::array<int64_t, 9>{1, 2, 3, 5, 6, 7, 13, 17, 33}[pick(9)];
  } while (points > 20000);

  Problem problem{{"", "", "", ""}, dims};
  auto append = [](std::string &map, const std::string &result) {
    map += (map.empty() ? "" : ", ") + result;
  };
  auto name = [](unsigned dim) { return "d" + std::to_string(dim); };
  std::vector<bool> plain(dims, false);
  std::shuffle(order.begin(), order.end(), random);
  for (unsigned i = 0; i < parallel; ++i) {
    append(problem.maps[2], name(order[i]));
    plain[order[i]] = true;
    if (pick(2))
      append(problem.maps[3], name(order[i]));
  }
  for (unsigned operand : {0, 1}) {
    std::shuffle(order.begin(), order.end(), random);
    std::string &map = problem.maps[operand];
    bool window = false;
    for (unsigned i = 0; i < dims; ++i) {
      int64_t kind = pick(8);
      if (kind == 0 && !window && i + 1 < dims) {
        append(map, name(order[i]) + " * " + std::to_string(1 + pick(3)) + " + " + name(order[i + 1]));
        window = true;
      } else if (kind == 1) {
        append(map, name(order[i]) + " floordiv 16");
        append(map, name(order[i]) + " mod 16");
      } else if (kind < 6) {
        append(map, name(order[i]));
        plain[order[i]] = true;
      }
    }
  }
  // The size of each dimension must be that of an operand.
  for (unsigned dim = 0; dim < dims; ++dim)
    if (!plain[dim])
      append(problem.maps[1], name(dim));
  for (unsigned dim = 0; dim < dims; ++dim)
    if (pick(4) == 0)
      problem.dynamic.push_back(dim);
  problem.epilogue = static_cast<Epilogue>(pick(3));
  problem.cpu = std::array<const char *, 3>{"native", "x86-64-v3", "x86-64"}[pick(3)];
  return problem;
}

TEST(Contract, RandomMaps) {
  std::mt19937 random(20);
  for (int i = 0; i < 60; ++i) {
    Sizes sizes;
    Problem problem = randomProblem(random, sizes);
    check<float>(problem, {sizes});
    if (HasFailure())
      return;
  }
}

// The sum of an element runs in one order, for every number of rows beside it.
TEST(Contract, BatchDoesNotChangeResults) {
  Contraction<float> contraction(with(panels, {0}), {13, 84, 120});
  contraction.sizes = {13, 84, 120};
  GuardedBuffer lhs(contraction.bytes(0)), rhs(contraction.bytes(1)), out(contraction.bytes(2)), bias(0);
  contraction.fill(lhs), contraction.fill(rhs);
  contraction.run(lhs, rhs, bias, out);
  contraction.sizes = {1, 84, 120};
  for (int64_t row = 0; row < 13; ++row) {
    GuardedBuffer one(contraction.bytes(0)), single(contraction.bytes(2));
    std::memcpy(one.data<float>(), lhs.data<float>() + row * 120, one.bytes);
    contraction.run(one, rhs, bias, single);
    EXPECT_EQ(std::memcmp(single.data<void>(), out.data<float>() + row * 84, single.bytes), 0)
        << "row " << row;
  }
}

} // namespace
