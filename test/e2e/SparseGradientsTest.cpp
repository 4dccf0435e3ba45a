// Steps of SGD on a large table, of which an exported step computes the rows alone that it looks up, against the eager ones, whose
// gradients can be read and are whole.
#include "ingot/ingot.h"
#include "tools/conformance/ExportedProgram.h"
#include <gtest/gtest.h>

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Tensor;
using ingot::conformance::ExportedProgram;

namespace {

constexpr int64_t rows = 4096, features = 8, classes = 3;

struct NetImpl : nn::Module {
  NetImpl() {
    register_module("table", table);
    register_module("out", out);
  }
  Tensor forward(const Tensor &ids) { return out(table(ids)); }

  nn::Embedding table{rows, features};
  nn::Linear out{features, classes};
};
INGOT_MODULE(Net);

struct Trainer {
  Tensor step(const Tensor &ids, const Tensor &labels) {
    optimizer.zero_grad();
    Tensor loss = F::cross_entropy(model(ids), labels);
    loss.backward();
    nn::utils::clip_grad_norm_(model->parameters(), 0.25);
    optimizer.step();
    return loss;
  }

  static Net seeded() {
    ingot::manual_seed(3);
    return Net();
  }
  Net model = seeded();
  ingot::optim::SGD optimizer{model->parameters(), ingot::optim::SGDOptions(0.5)};
};

TEST(SparseGradients, EqualTheWholeOnes) {
  Trainer eager, traced;
  ingot::Dim T("T", 0, 64);
  ExportedProgram program(ingot::trace("run",
                                       [&](Tensor ids, Tensor labels) { return traced.step(ids, labels); },
                                       {{"ids", {T}, ingot::kInt64}, {"labels", {T}, ingot::kInt64}}));
  // A table of that size takes 131072 bytes.
  EXPECT_LT(program.workspaceBytes({4}), 65536);
  const std::vector<std::vector<int64_t>> texts = {
      {5, 7, 5, 4095, 5, 7}, {0, 0, 0, 0}, {17}, {4095, 5, 1, 2, 3, 4, 5}};
  for (const std::vector<int64_t> &text : texts) {
    int64_t length = int64_t(text.size());
    Tensor ids = ingot::tensor(text, ingot::kInt64), labels = ids % classes;
    double expected = eager.step(ids, labels).item<double>();
    EXPECT_NEAR(
        program({ids, labels.contiguous()}, {length}, {ExportedProgram::Result({}, ingot::kFloat32)})[0]
            .item<double>(),
        expected, 1e-5);
  }
  Tensor table = program.state()["table.weight"], whole = eager.model->table->weight;
  EXPECT_TRUE(ingot::allclose(table, whole, 1e-5, 1e-6));
  EXPECT_FALSE(ingot::allclose(table[5], Trainer().model->table->weight[5]));
}

TEST(SparseGradients, RefuseRowsThatAreNot) {
  Trainer traced;
  ExportedProgram program(ingot::trace("run",
                                       [&](Tensor ids, Tensor labels) { return traced.step(ids, labels); },
                                       {{"ids", {2}, ingot::kInt64}, {"labels", {2}, ingot::kInt64}}));
  Tensor before = program.state()["table.weight"];
  for (int64_t wrong : {rows, int64_t(-1)})
    try {
      program({ingot::tensor({int64_t(1), wrong}, ingot::kInt64), ingot::tensor({0, 1}, ingot::kInt64)}, {},
              {ExportedProgram::Result({}, ingot::kFloat32)});
      FAIL() << wrong;
    } catch (const std::runtime_error &error) {
      EXPECT_NE(std::string(error.what()).find("a position of embedding in table"), std::string::npos)
          << error.what();
    }
  EXPECT_TRUE(ingot::equal(program.state()["table.weight"], before));
}

} // namespace
