// ingot-bench: times the exported workloads, one thread, and prints a JSON line a figure:
//
//   {"workload": "W2.lenet.b64", "peer": "ingot", "median_us": 512.1, "min_us": 508.9, "gflops": 80.1, "of_peak": 0.69}
//
// Google Benchmark's flags work (--benchmark_filter=W2). The first line is the machine's own peak.
#include "bench/Peak.h"
#include "workloads.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdio>
#include <map>
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

std::vector<float> numbers(size_t count) {
  std::vector<float> result(count);
  uint32_t state = 1;
  for (float &x : result) {
    state = state * 1664525u + 1013904223u;
    x = float(int32_t(state)) / 2147483648.0f;
  }
  return result;
}

/// Of ten classes.
std::vector<int64_t> someLabels(size_t count) {
  std::vector<int64_t> result(count);
  for (size_t i = 0; i < count; ++i)
    result[i] = int64_t(i * 7 % 10);
  return result;
}

/// Registers a workload: `call(x, y)` reads `in` numbers and writes `out`.
template <class Call> void add(const char *name, size_t in, size_t out, double flops, Call call) {
  auto body = [=](benchmark::State &state) {
    std::vector<float> x = numbers(in), y(out);
    for (auto _ : state) {
      if (ingot_rt::Status status = call(x, y); !status) {
        state.SkipWithError(status.message().c_str());
        return;
      }
      benchmark::ClobberMemory();
    }
    state.counters["flops"] = flops;
  };
  benchmark::RegisterBenchmark(name, body)->Repetitions(7)->MinTime(0.15)->UseRealTime();
}

using Values = std::vector<float>;

} // namespace

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  auto model = workloads::Model::load(INGOT_WORKLOADS_FILE);
  if (!model) {
    std::fprintf(stderr, "ingot-bench: %s\n", model.status().message().c_str());
    return 1;
  }
  double peak = ingot::bench::multiplyAddPeak();
  std::printf("{\"workload\": \"peak.f32.fma\", \"peer\": \"machine\", \"gflops\": %.1f}\n", peak);

  constexpr double lenet = 2.0 * (784 * 6 * 25 + 144 * 16 * 54 + 576 * 120 + 120 * 84 + 84 * 10);
  auto batch = [](int64_t n, const char *one, const char *many) { return n == 1 ? one : many; };
  for (int64_t n : {1, 64}) {
    add(batch(n, "W1.tiny.b1", "W1.tiny.b64"), n * 100, n * 10, 2.0 * n * (100 * 200 + 200 * 10),
        [&model, n](const Values &x, Values &y) { return model.tiny(x, n, y); });
    add(batch(n, "W2.lenet.b1", "W2.lenet.b64"), n * 1024, n * 10, n * lenet,
        [&model, n](const Values &x, Values &y) { return model.lenet(x, n, y); });
  }
  const std::vector<int64_t> labels = someLabels(64);
  add("W1.tiny.train.sgd", 64 * 100, 1, 0,
      [&](const Values &x, Values &y) { return model.tiny_train_sgd(x, labels, y[0]); });
  add("W1.tiny.train.adam", 64 * 100, 1, 0,
      [&](const Values &x, Values &y) { return model.tiny_train_adam(x, labels, y[0]); });
  add("W2.lenet.train.sgd", 64 * 1024, 1, 0,
      [&](const Values &x, Values &y) { return model.lenet_train_sgd(x, labels, y[0]); });
  add("W2.lenet.train.adam", 64 * 1024, 1, 0,
      [&](const Values &x, Values &y) { return model.lenet_train_adam(x, labels, y[0]); });
  add("W6.matmul.1024", 1024 * 1024, 1024 * 1024, 2.0 * 1024 * 1024 * 1024,
      [&](const Values &x, Values &y) { return model.matmul_1024(x, y); });
  add("W6.matmul.2048", 2048 * 2048, 2048 * 2048, 2.0 * 2048 * 2048 * 2048,
      [&](const Values &x, Values &y) { return model.matmul_2048(x, y); });
  add("W6.matmul.128x768x3072", 128 * 768, 128 * 3072, 2.0 * 128 * 768 * 3072,
      [&](const Values &x, Values &y) { return model.matmul_128x768x3072(x, y); });
  add("W7.mlp.b1", 16, 8, 2.0 * (16 * 64 + 64 * 64 + 64 * 8),
      [&](const Values &x, Values &y) { return model.mlp(x, 1, y); });
  add("W8.pointwise", 4096 * 1024, 4096, 0,
      [&](const Values &x, Values &y) { return model.pointwise(x, y); });
  add("W8.softmax", 4096 * 1024, 4096 * 1024, 0,
      [&](const Values &x, Values &y) { return model.softmax(x, y); });

  JsonLines reporter(peak);
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
