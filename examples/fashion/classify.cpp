// Classifies the test images of Fashion-MNIST with the LeNet that lenet.cpp exported. It sees lenet.h and links lenet.o:
// neither ingot's library nor LLVM.
//
//   classify [--data FOLDER] [--weights FILE] [--batch N] [--check FILE]
#include "application.h"
#include "fashion_mnist.h"
#include "lenet.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

using application::require;

namespace {

constexpr const char *usage =
    R"(usage: classify [--data FOLDER] [--weights FILE] [--batch N] [--check FILE]
  --data FOLDER    Fashion-MNIST's IDX files (default /usr/share/datasets/fashion-mnist)
  --weights FILE   the model's weights (default lenet.safetensors beside this program)
  --batch N        images a call (default 64)
  --check FILE     compare with the tensor `logits` of a safetensors file; exit status 1 beyond 1e-4
)";

constexpr int64_t classes = 10;
constexpr int64_t pixels = fashion::side * fashion::side;

struct Options {
  std::string data = "/usr/share/datasets/fashion-mnist";
  std::string weights;
  std::string check;
  int64_t batch = 64;
};

Options parse(int argc, char **argv) {
  Options options;
  options.weights = (std::filesystem::path(argv[0]).parent_path() / "lenet.safetensors").string();
  application::Flags flags(usage);
  flags.add("--data", options.data);
  flags.add("--weights", options.weights);
  flags.add("--check", options.check);
  flags.add<int64_t>("--batch", options.batch, 1);
  flags.parseAll(argc, argv);
  return options;
}

/// The scores of all images, count x 10, and the seconds that the calls took.
std::vector<float> classifyAll(lenet::Model &model, const fashion::Dataset &set, int64_t batch,
                               double &seconds) {
  using Clock = std::chrono::steady_clock;
  std::vector<float> scores(set.count() * classes);
  auto run = [&](int64_t first, int64_t n) {
    require(model.infer({set.image(first), size_t(n * pixels)}, n,
                        {&scores[first * classes], size_t(n * classes)}));
  };
  run(0, std::min(batch, set.count())); // touches the workspace and the weights once
  Clock::time_point start = Clock::now();
  for (int64_t first = 0; first < set.count(); first += batch)
    run(first, std::min(batch, set.count() - first));
  seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return scores;
}

std::vector<int64_t> predictions(const std::vector<float> &scores) {
  std::vector<int64_t> predicted;
  for (auto row = scores.begin(); row != scores.end(); row += classes)
    predicted.push_back(std::max_element(row, row + classes) - row);
  return predicted;
}

/// Images side by side, each above its predicted and its true class.
void show(const fashion::Dataset &set, const std::vector<int64_t> &predicted,
          const std::vector<int64_t> &indices) {
  std::vector<std::array<std::string, fashion::textLines>> texts;
  for (int64_t index : indices)
    texts.push_back(fashion::asText(set.image(index)));
  for (size_t line = 0; line < fashion::textLines; ++line) {
    for (const auto &text : texts)
      std::printf(" %s ", text[line].c_str());
    std::printf("\n");
  }
  for (int64_t index : indices) {
    std::string label = std::string(fashion::classNames[predicted[index]]);
    if (predicted[index] != set.labels[index])
      label += std::string(" (is: ") + fashion::classNames[set.labels[index]] + ")";
    std::printf(" %-*s ", int(fashion::textColumns), label.c_str());
  }
  std::printf("\n\n");
}

/// The largest difference from the reference's logits, those of the first images.
double compare(const std::vector<float> &scores, const std::string &path) {
  ingot_rt::SafeTensors file;
  require(ingot_rt::SafeTensors::read(path, file));
  const ingot_rt::Tensor *logits = file.find("logits");
  if (!logits || logits->dtype->file != "F32" || logits->data.size() > scores.size() * sizeof(float))
    throw std::runtime_error(path + ": expected `logits`, a float32 tensor of at most " +
                             std::to_string(scores.size()) + " elements");
  std::vector<float> reference(logits->data.size() / sizeof(float));
  std::memcpy(reference.data(), logits->data.data(), logits->data.size());
  double worst = 0;
  for (size_t i = 0; i < reference.size(); ++i) {
    double difference = std::abs(double(scores[i]) - double(reference[i]));
    worst = difference <= worst ? worst : difference; // a NaN stays
  }
  return worst;
}

int run(const Options &options, const std::filesystem::path &folder) {
  fashion::Dataset set = fashion::load(options.data, "t10k");
  lenet::Model model = lenet::Model::load(options.weights);
  require(model.status());

  double seconds = 0;
  std::vector<float> scores = classifyAll(model, set, options.batch, seconds);
  std::vector<int64_t> predicted = predictions(scores);
  int64_t correct = 0;
  std::vector<int64_t> wrong;
  for (int64_t i = 0; i < set.count(); ++i) {
    correct += predicted[i] == set.labels[i];
    if (predicted[i] != set.labels[i] && wrong.size() < 3)
      wrong.push_back(i);
  }

  show(set, predicted, {0, 1, 2});
  show(set, predicted, wrong);
  std::printf("accuracy   %.4f of %lld test images (PyTorch: 0.8768)\n",
              double(correct) / double(set.count()), static_cast<long long>(set.count()));
  std::printf("speed      %.0f images a second, one thread, %lld a call\n", double(set.count()) / seconds,
              static_cast<long long>(options.batch));
  if (std::filesystem::path object = folder / "lenet.o"; std::filesystem::exists(object))
    std::printf("object     %.1f kB, workspace %.1f kB a call\n",
                double(std::filesystem::file_size(object)) / 1e3,
                double(lenet_infer_workspace(options.batch, 1)) / 1e3);
  std::printf("files      lenet.o, lenet.h, lenet.safetensors, classify in %s\n", folder.string().c_str());
  if (options.check.empty())
    return 0;
  double worst = compare(scores, options.check);
  bool close = worst <= 1e-4;
  std::printf("check      logits differ from the reference by at most %.2g: %s\n", worst,
              close ? "good" : "MORE THAN 1e-4");
  return close ? 0 : 1;
}

} // namespace

int main(int argc, char **argv) {
  return application::run("classify", [&] {
    return run(parse(argc, argv), std::filesystem::absolute(argv[0]).lexically_normal().parent_path());
  });
}
