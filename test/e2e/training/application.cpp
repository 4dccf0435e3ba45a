// Trains on rings around the origin with the compiled step.
//
// usage: application WEIGHTS                     tells what it found
//        application WEIGHTS FIRST LAST RESULT   steps FIRST to LAST - 1, from one file to another
#include "mlp.h"
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr int64_t batch = 32;

/// Points of step `step`: those of class 1 lie outside of a circle.
struct Batch {
  std::array<float, batch * 2> points;
  std::array<int64_t, batch> labels;
  explicit Batch(int64_t step) {
    for (int64_t i = 0; i < batch; ++i) {
      uint64_t bits = uint64_t(step * batch + i) * 0x9E3779B97F4A7C15u;
      points[i * 2] = float(bits >> 40) / (1 << 23) - 1;
      points[i * 2 + 1] = float(bits >> 16 & 0xFFFFFF) / (1 << 23) - 1;
      labels[i] = std::hypot(points[i * 2], points[i * 2 + 1]) > 0.8f;
    }
  }
};

void require(ingot_rt::Status status) {
  if (!status)
    std::printf("failed: %s\n", status.message().c_str()), std::exit(1);
}

/// The loss of each step in [first, last).
std::vector<float> train(mlp::Model &model, int64_t first, int64_t last) {
  std::vector<float> losses;
  for (int64_t step = first; step < last; ++step) {
    Batch data(step);
    float rate = step < 300 ? 0.02f : 0.005f, loss;
    require(model.train_step(data.points, data.labels, rate, batch, loss));
    losses.push_back(loss);
  }
  return losses;
}

double accuracy(mlp::Model &model) {
  int right = 0, count = 0;
  for (int64_t step = 1000; step < 1020; ++step) {
    Batch data(step);
    std::array<float, batch * 2> scores;
    require(model.infer(data.points, batch, scores));
    for (int64_t i = 0; i < batch; ++i, ++count)
      right += (scores[i * 2 + 1] > scores[i * 2]) == (data.labels[i] == 1);
  }
  return double(right) / count;
}

} // namespace

int main(int argc, char **argv) {
  mlp::Model model = mlp::Model::load(argv[1]);
  if (argc == 5) {
    train(model, std::atoi(argv[2]), std::atoi(argv[3]));
    require(model.save(argv[4]));
    return 0;
  }
  double before = accuracy(model);
  std::vector<float> losses = train(model, 0, 400);
  std::printf("loss %g to %g, accuracy %g to %g\n", double(losses.front()), double(losses.back()), before,
              accuracy(model));

  // What is saved goes on as if nothing had happened: weights, moments, statistics, random numbers.
  std::string path = std::string(argv[1]) + ".trained";
  require(model.save(path));
  Batch wrong(400);
  wrong.labels[3] = 2;
  float loss;
  std::printf("refused: %s\n",
              model.train_step(wrong.points, wrong.labels, 0.005f, batch, loss).message().c_str());
  mlp::Model again = mlp::Model::load(path);
  bool same = train(model, 400, 450) == train(again, 400, 450);
  std::printf("%s\n", same ? "resumes with the same bits" : "resumes differently");
  return same ? 0 : 1;
}
