// Trains LeNet on Fashion-MNIST with the step that trainer.cpp exported. Links the object and a progress bar, neither
// ingot's compiler nor LLVM.
#include "application.h"
#include "fashion_mnist.h"
#include "lenet_trainer.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ingot/data/Progress.h>
#include <numeric>
#include <random>
#include <stdexcept>

using application::require;

namespace {

constexpr const char *usage =
    R"(usage: train [--data FOLDER] [--epochs N] [--output FOLDER] [--quiet]
Trains LeNet on Fashion-MNIST.
  --data FOLDER     Fashion-MNIST's IDX files (default /usr/share/datasets/fashion-mnist)
  --epochs N        how often all images are seen (default 4)
  --output FOLDER   where lenet_trained.safetensors goes, which `classify --weights` takes, and loss.svg, the curve of
                    the loss (default: here)
  --quiet           show no progress
)";

constexpr int64_t batch = 64, pixels = fashion::side * fashion::side, classes = 10;

struct Options {
  std::string data = "/usr/share/datasets/fashion-mnist", output = ".";
  int epochs = 4;
  bool quiet = false;
};

Options parse(int argc, char **argv) {
  Options options;
  application::Flags flags(usage);
  flags.add("--quiet", options.quiet);
  flags.add("--data", options.data);
  flags.add("--output", options.output);
  flags.add("--epochs", options.epochs, 1);
  flags.parseAll(argc, argv);
  return options;
}

/// Batches of a data set in another order each time.
class Batches {
public:
  explicit Batches(const fashion::Dataset &set) : set(set), order(size_t(set.count())) {
    std::iota(order.begin(), order.end(), 0);
  }
  int64_t count() const { return set.count() / batch; }
  void shuffle() { std::shuffle(order.begin(), order.end(), random); }
  void load(int64_t which) {
    for (int64_t i = 0; i < batch; ++i) {
      int64_t from = order[size_t(which * batch + i)];
      std::copy_n(set.image(from), pixels, &images[size_t(i * pixels)]);
      labels[size_t(i)] = set.labels[size_t(from)];
    }
  }
  std::vector<float> images = std::vector<float>(size_t(batch * pixels));
  std::vector<int64_t> labels = std::vector<int64_t>(size_t(batch));

private:
  const fashion::Dataset &set;
  std::vector<int64_t> order;
  std::mt19937 random{0};
};

double accuracy(lenet_trainer::Model &model, const fashion::Dataset &set) {
  std::vector<float> scores(size_t(set.count() * classes));
  require(model.infer({set.images.data(), set.images.size()}, set.count(), scores));
  int64_t right = 0;
  for (int64_t i = 0; i < set.count(); ++i) {
    auto first = scores.begin() + i * classes;
    right += std::max_element(first, first + classes) - first == set.labels[size_t(i)];
  }
  return double(right) / double(set.count());
}

/// The means of every 20 losses as a curve.
void writeCurve(const std::string &path, const std::vector<float> &losses) {
  constexpr size_t window = 20;
  std::ofstream out(path);
  out << R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 320" font-family="sans-serif" font-size="12">)"
      << "<rect width='640' height='320' fill='white'/><text x='40' y='20'>loss, by step</text>"
      << "<path d='M40 30V290H630' fill='none' stroke='black'/><polyline fill='none' stroke='steelblue' "
         "points='";
  float top = *std::max_element(losses.begin(), losses.end());
  for (size_t i = 0; i + window <= losses.size(); i += window) {
    float mean = std::accumulate(&losses[i], &losses[i] + window, 0.0f) / window;
    out << 40 + 590 * double(i) / double(losses.size()) << ',' << 290 - 250 * double(mean / top) << ' ';
  }
  out << "'/><text x='4' y='44'>" << top << "</text><text x='590' y='306'>" << losses.size()
      << "</text></svg>\n";
  if (!out.flush())
    throw std::runtime_error(path + " cannot be written");
}

void train(const Options &options, const std::string &weights) {
  std::string trained = options.output + "/lenet_trained.safetensors", curve = options.output + "/loss.svg";
  application::requireFolderOf(trained);
  fashion::Dataset trainSet = fashion::load(options.data, "train"),
                   testSet = fashion::load(options.data, "t10k");
  lenet_trainer::Model model = lenet_trainer::Model::load(weights);
  require(model.status());
  Batches batches(trainSet);
  std::vector<float> losses;
  int64_t steps = options.epochs * batches.count();
  ingot::data::ProgressOptions shown;
  shown.quiet = options.quiet;
  ingot::data::Progress progress(options.epochs, batches.count(), shown);
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    batches.shuffle();
    for (int64_t step = 0; step < batches.count(); ++step) {
      batches.load(step);
      // From 0.05 down to 0 by half a cosine.
      double done = double(losses.size()) / double(steps),
             rate = 0.025 * (1 + std::cos(3.14159265358979 * done));
      float loss = 0;
      require(model.train_step(batches.images, batches.labels, float(rate), batch, loss));
      losses.push_back(loss);
      progress.step(loss, batch);
    }
    char note[32];
    std::snprintf(note, sizeof note, "test accuracy %.4f", accuracy(model, testSet));
    progress.finish(note);
  }
  require(model.save(trained));
  writeCurve(curve, losses);
  std::printf("workspace %.1f MB a step; wrote %s and %s\n",
              double(lenet_trainer_train_step_workspace(batch, 1)) / 1e6, trained.c_str(), curve.c_str());
}

} // namespace

int main(int argc, char **argv) {
  return application::run("train", [&] {
    std::filesystem::path folder = std::filesystem::path(argv[0]).parent_path();
    train(parse(argc, argv), (folder / "lenet_trainer.safetensors").string());
    return 0;
  });
}
