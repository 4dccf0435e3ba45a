// ingot-bench: times the exported workloads, one thread, and prints a JSON line a figure:
//
//   {"workload": "W2.lenet.b64", "peer": "ingot", "median_us": 512.1, "min_us": 508.9, "gflops": 80.1, "of_peak": 0.69}
//
// Google Benchmark's flags work (--benchmark_filter=W2). The first line is the machine's own peak.
#include "bench/Peak.h"
#include "images.h"
#include "sequences.h"
#include "workloads.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

/// Prints the repetitions of a benchmark as one line.
class JsonLines : public benchmark::BenchmarkReporter {
public:
  explicit JsonLines(double peak) : peak(peak) {}

  bool ReportContext(const Context &) override { return true; }
  void ReportRuns(const std::vector<Run> &runs) override {
    std::vector<double> times;
    double flops = 0;
    std::string name;
    for (const Run &run : runs) {
      if (run.run_type != Run::RT_Iteration)
        continue;
      name = run.run_name.function_name;
      times.push_back(run.real_accumulated_time / double(run.iterations) * 1e6);
      if (auto it = run.counters.find("flops"); it != run.counters.end())
        flops = it->second.value;
    }
    if (times.empty())
      return;
    std::sort(times.begin(), times.end());
    double median = times[times.size() / 2];
    std::printf("{\"workload\": \"%s\", \"peer\": \"ingot\", \"median_us\": %.3f, \"min_us\": %.3f",
                name.c_str(), median, times.front());
    if (flops > 0)
      std::printf(", \"gflops\": %.1f, \"of_peak\": %.3f", flops / median / 1e3, flops / median / 1e3 / peak);
    std::printf("}\n");
    std::fflush(stdout);
  }

private:
  double peak;
};

using Values = std::vector<float>;
using Integers = std::vector<int64_t>;

/// An input of a workload: numbers between -1 and 1.
struct Numbers {
  size_t count;
  Values make() const {
    Values result(count);
    uint32_t state = 1;
    for (float &x : result) {
      state = state * 1664525u + 1013904223u;
      x = float(int32_t(state)) / 2147483648.0f;
    }
    return result;
  }
};

/// Tokens or labels, from 0 to below `classes`.
struct Classes {
  size_t count;
  int64_t classes;
  Integers make() const {
    Integers result(count);
    for (size_t i = 0; i < count; ++i)
      result[i] = int64_t(i * 2654435761u >> 7) % classes;
    return result;
  }
};

/// Registers a workload: `call(x, y)` reads the input and writes `out` numbers.
template <class Input, class Call>
void add(const std::string &name, Input input, size_t out, double flops, Call call) {
  auto body = [=](benchmark::State &state) {
    auto x = input.make();
    Values y(out);
    for (auto _ : state) {
      if (ingot_rt::Status status = call(x, y); !status) {
        state.SkipWithError(status.message().c_str());
        return;
      }
      benchmark::ClobberMemory();
    }
    state.counters["flops"] = flops;
  };
  benchmark::RegisterBenchmark(name.c_str(), body)->Repetitions(7)->MinTime(0.15)->UseRealTime();
}

/// Registers a training step: `call(x, labels, loss)`.
template <class Input, class Call>
void addTraining(const char *name, Input input, Classes labels, Call call) {
  add(name, input, 1, 0,
      [call, labels = labels.make()](const auto &x, Values &loss) { return call(x, labels, loss[0]); });
}

void addDense(workloads::Model &model) {
  constexpr double lenet = 2.0 * (784 * 6 * 25 + 144 * 16 * 54 + 576 * 120 + 120 * 84 + 84 * 10);
  for (size_t n : {1, 64}) {
    std::string batch = ".b" + std::to_string(n);
    auto rows = int64_t(n);
    add("W1.tiny" + batch, Numbers{n * 100}, n * 10, 2.0 * double(n) * (100 * 200 + 200 * 10),
        [&model, rows](const Values &x, Values &y) { return model.tiny(x, rows, y); });
    add("W2.lenet" + batch, Numbers{n * 1024}, n * 10, double(n) * lenet,
        [&model, rows](const Values &x, Values &y) { return model.lenet(x, rows, y); });
  }
  auto training = [](const char *name, size_t features, auto step) {
    addTraining(name, Numbers{64 * features}, Classes{64, 10}, step);
  };
  training("W1.tiny.train.sgd", 100, [&](const Values &x, const Integers &labels, float &loss) {
    return model.tiny_train_sgd(x, labels, loss);
  });
  training("W1.tiny.train.adam", 100, [&](const Values &x, const Integers &labels, float &loss) {
    return model.tiny_train_adam(x, labels, loss);
  });
  training("W2.lenet.train.sgd", 1024, [&](const Values &x, const Integers &labels, float &loss) {
    return model.lenet_train_sgd(x, labels, loss);
  });
  training("W2.lenet.train.adam", 1024, [&](const Values &x, const Integers &labels, float &loss) {
    return model.lenet_train_adam(x, labels, loss);
  });
  add("W7.mlp.b1", Numbers{16}, 8, 2.0 * (16 * 64 + 64 * 64 + 64 * 8),
      [&](const Values &x, Values &y) { return model.mlp(x, 1, y); });
}

/// 1024 x 1024 and the like: rows of the left, summed, columns of the right.
template <class Call> void addProduct(const char *shape, size_t m, size_t k, size_t n, Call call) {
  add("W6." + std::string(shape), Numbers{m * k}, m * n, 2.0 * double(m * k * n), call);
}

void addProducts(workloads::Model &model) {
  addProduct("matmul.1024", 1024, 1024, 1024,
             [&](const Values &x, Values &y) { return model.matmul_1024(x, y); });
  addProduct("matmul.2048", 2048, 2048, 2048,
             [&](const Values &x, Values &y) { return model.matmul_2048(x, y); });
  addProduct("matmul.128x768x3072", 128, 768, 3072,
             [&](const Values &x, Values &y) { return model.matmul_128x768x3072(x, y); });
  addProduct("matvec.4096", 1, 4096, 4096,
             [&](const Values &x, Values &y) { return model.matvec_4096(x, y); });
}

void addPointwise(workloads::Model &model) {
  add("W8.pointwise", Numbers{4096 * 1024}, 4096, 0,
      [&](const Values &x, Values &y) { return model.pointwise(x, y); });
  add("W8.softmax", Numbers{4096 * 1024}, 4096 * 1024, 0,
      [&](const Values &x, Values &y) { return model.softmax(x, y); });
}

void addSequences(sequences::Model &model) {
  constexpr size_t steps = 32;
  constexpr double tagger = 2.0 * (128 * 1024 + 256 * 1024 + 256 * 17);
  for (size_t n : {1, 16})
    add("W3.tagger.T32.b" + std::to_string(n), Classes{steps * n, 10000}, steps * n * 17,
        double(steps * n) * tagger,
        [&model, n](const Integers &x, Values &y) { return model.tagger(x, int64_t(steps), int64_t(n), y); });
  addTraining("W3.tagger.train.adam", Classes{steps * 16, 10000}, Classes{steps * 16, 17},
              [&](const Integers &x, const Integers &labels, float &loss) {
                return model.tagger_train_adam(x, labels, loss);
              });
  // Projections of queries, keys, values and the result; the two linear maps; scores and their use.
  auto encoder = [](double length, double features, double feedforward) {
    return 2.0 * length * features * (4 * features + 2 * feedforward + 2 * length);
  };
  add("W4.encoder.768.S128", Numbers{128 * 768}, 128 * 768, encoder(128, 768, 3072),
      [&](const Values &x, Values &y) { return model.encoder_768(x, y); });
  add("W4.encoder.128.S32", Numbers{32 * 128}, 32 * 128, encoder(32, 128, 512),
      [&](const Values &x, Values &y) { return model.encoder_128(x, y); });
  addTraining("W4.gpt.train.adamw", Classes{8 * 128, 5000}, Classes{8 * 128, 5000},
              [&](const Integers &x, const Integers &labels, float &loss) {
                return model.gpt_train_adamw(x, labels, loss);
              });
}

void addImages(images::Model &model) {
  constexpr size_t pixels = 3 * 224 * 224;
  add("W5.resnet18.b1", Numbers{pixels}, 1000, 3.63e9,
      [&](const Values &x, Values &y) { return model.resnet18(x, y); });
  add("W5.mobilenetv2.b1", Numbers{pixels}, 1000, 0.6e9,
      [&](const Values &x, Values &y) { return model.mobilenet_v2(x, y); });
  addTraining("W5.resnet18cifar.train.sgd", Numbers{32 * 3 * 32 * 32}, Classes{32, 10},
              [&](const Values &x, const Integers &labels, float &loss) {
                return model.resnet18_cifar_train_sgd(x, labels, loss);
              });
}

/// A loaded model, or the end of the program.
template <class Model> Model load(const char *file) {
  auto model = Model::load(file);
  if (!model) {
    std::fprintf(stderr, "ingot-bench: %s\n", model.status().message().c_str());
    std::exit(1);
  }
  return model;
}

} // namespace

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  auto dense = load<workloads::Model>(INGOT_WORKLOADS_FILE);
  auto sequence = load<sequences::Model>(INGOT_SEQUENCES_FILE);
  auto image = load<images::Model>(INGOT_IMAGES_FILE);
  double peak = ingot::bench::multiplyAddPeak();
  std::printf("{\"workload\": \"peak.f32.fma\", \"peer\": \"machine\", \"gflops\": %.1f}\n", peak);

  addDense(dense);
  addSequences(sequence);
  addImages(image);
  addProducts(dense);
  addPointwise(dense);
  JsonLines reporter(peak);
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
