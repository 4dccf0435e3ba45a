// Random linalg.generic ops (loops, maps, windows, broadcasts, reductions) through ingot-emit-kernels.
#include "test/codegen/KernelProgram.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>

using namespace ingot::test;

namespace {

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

TEST(RandomKernels, EqualTheInterpreter) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::string text = RandomGeneric(seed).text();
    for (const char *cpu : {"x86-64", "x86-64-v3", "x86-64-v4"}) {
      SCOPED_TRACE(cpu + ("\n" + text));
      Program(text, cpu).check({});
      if (HasFatalFailure())
        return;
    }
  }
}

} // namespace
