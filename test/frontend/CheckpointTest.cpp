// What checkpoints are for: the arena of a compiled training step.
#include "frontend/core/Backend.h"
#include "frontend/core/TraceRecorder.h"
#include "ingot/ingot.h"
#include "gtest/gtest.h"

using namespace ingot;

namespace {

struct DeepImpl : nn::Module {
  std::vector<nn::Sequential> blocks;
  DeepImpl() {
    for (int i = 0; i < 6; ++i)
      blocks.push_back(register_module("block" + std::to_string(i),
                                       nn::Sequential(nn::Linear(32, 128), nn::Tanh(), nn::Linear(128, 128),
                                                      nn::GELU(), nn::Linear(128, 32))));
  }
  Tensor forward(Tensor x, bool checkpoints) {
    for (nn::Sequential &block : blocks) {
      auto run = [&](const Tensor &in) { return block->forward(in); };
      x = checkpoints ? checkpoint(run, x) : run(x);
    }
    return x;
  }
};
INGOT_MODULE(Deep);

int64_t workspaceOf(Deep &model, bool checkpoints) {
  optim::SGD optimizer(model->parameters(), 0.01);
  Program step = trace("step",
                       [&](Tensor x) {
                         optimizer.zero_grad();
                         Tensor loss = model->forward(x, checkpoints).square().mean();
                         loss.backward();
                         optimizer.step();
                         return loss;
                       },
                       {{"x", {512, 32}}});
  return detail::backend().compile(*step.unwrap()->module)->workspaceBytes();
}

TEST(Checkpoint, KeepsLessInTheArena) {
  Deep model;
  int64_t kept = workspaceOf(model, false), recomputed = workspaceOf(model, true);
  RecordProperty("kept", std::to_string(kept));
  RecordProperty("recomputed", std::to_string(recomputed));
  EXPECT_LT(recomputed, kept / 2) << kept << " bytes without checkpoints";
}

} // namespace
