// Trains a character model with the step that character_model.cpp exported, and writes texts with it. Links the object, neither
// ingot's compiler nor LLVM.
//
//   charlm --train && charlm "The "
#include "application.h"
#include "character_model.h"
#include "text.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <ingot/data/Interrupt.h>
#include <ingot/data/Progress.h>
#include <random>
#include <stdexcept>

using application::require;

namespace {

constexpr const char *usage =
    R"(usage: charlm --train [--data PATH] [--steps N] [--model FILE] [--seed N] [--quiet]
       charlm [--model FILE] [--length N] [--temperature X] [--seed N] [BEGINNING]
Learns from a text, character by character, and writes more of the kind.
  --train           learn first; Ctrl-C ends it early, and keeps what was learned
  --data PATH       a text, or a folder of texts without suffix (default /usr/share/games/fortunes)
  --steps N         of 8 pieces of 128 characters each (default 1800)
  --model FILE      write or read this (default charlm_trained.safetensors, beside this program)
  --length N        characters to write (default 600)
  --temperature X   the higher, the more surprising (default 0.7)
  --seed N          another text for another number (default 1)
  --quiet           show no progress
  BEGINNING         how the text begins
)";

constexpr int64_t batch = 8, context = 128;

struct Options {
  bool train = false, quiet = false;
  std::string data = "/usr/share/games/fortunes", model, beginning = "\n";
  int64_t steps = 1800, length = 600, seed = 1;
  double temperature = 0.7;
};

Options parse(int argc, char **argv, const std::filesystem::path &folder) {
  Options options;
  options.model = (folder / "charlm_trained.safetensors").string();
  application::Flags flags(usage);
  flags.add("--train", options.train);
  flags.add("--quiet", options.quiet);
  flags.add("--data", options.data);
  flags.add("--model", options.model);
  flags.add<int64_t>("--steps", options.steps, 1);
  flags.add<int64_t>("--length", options.length, 1);
  flags.add<int64_t>("--seed", options.seed, 0);
  flags.add("--temperature", options.temperature, 0.01, 100.0);
  for (const std::string &word : flags.parse(argc, argv))
    options.beginning += (options.beginning.size() > 1 ? " " : "") + word;
  if (options.train && options.beginning.size() > 1)
    throw application::UsageError("--train takes no text, got '" + options.beginning.substr(1) + "'");
  return options;
}

character_model::Model load(const std::string &path) {
  if (!std::filesystem::exists(path))
    throw std::runtime_error("there is no model " + path + ": train one first, with --train");
  character_model::Model model = character_model::Model::load(path);
  require(model.status());
  return model;
}

/// Pieces of a text and, one character further, what comes next.
struct Batch {
  void add(const std::vector<int64_t> &characters, size_t begin) {
    auto first = characters.begin() + std::ptrdiff_t(begin);
    text.insert(text.end(), first, first + context);
    next.insert(next.end(), first + 1, first + 1 + context);
  }
  std::vector<int64_t> text, next;
};

double evaluate(character_model::Model &model, const std::vector<int64_t> &characters) {
  double sum = 0;
  int64_t count = 0;
  for (size_t begin = 0; begin + context < characters.size(); begin += 4 * context, ++count) {
    Batch batch;
    batch.add(characters, begin);
    float loss = 0;
    require(model.evaluate(batch.text, batch.next, 1, context, loss));
    sum += loss;
  }
  return sum / double(std::max<int64_t>(count, 1));
}

void train(const Options &options, const std::string &weights) {
  application::requireFolderOf(options.model);
  std::vector<int64_t> all = text::encode(text::read(options.data));
  size_t held = all.size() / 20;
  if (held <= size_t(context))
    throw std::runtime_error(options.data + ": at least " + std::to_string(20 * (context + 1)) +
                             " characters are required, got " + std::to_string(all.size()));
  std::vector<int64_t> test(all.end() - std::ptrdiff_t(held), all.end());
  all.resize(all.size() - held);
  character_model::Model model = load(weights);
  std::mt19937_64 random(uint64_t(options.seed));
  std::uniform_int_distribution<size_t> place(0, all.size() - size_t(context) - 1);

  int64_t rounds = std::min<int64_t>(10, options.steps), each = options.steps / rounds;
  ingot::data::ProgressOptions shown;
  shown.quiet = options.quiet;
  ingot::data::Progress progress(rounds, each, shown);
  ingot::data::Interrupt interrupt;
  for (int64_t step = 0; step < rounds * each && !interrupt; ++step) {
    Batch pieces;
    for (int64_t i = 0; i < batch; ++i)
      pieces.add(all, place(random));
    double done = double(step) / double(rounds * each), warm = std::min(1.0, double(step + 1) / 50),
           rate = 3e-3 * warm * (0.05 + 0.95 * (0.5 + 0.5 * std::cos(3.14159265358979 * done)));
    float loss = 0;
    require(model.train_step(pieces.text, pieces.next, float(rate), batch, context, loss));
    progress.step(loss, batch * context);
    if ((step + 1) % each == 0) {
      double held = evaluate(model, test);
      char note[64];
      std::snprintf(note, sizeof note, "held-out %.4f (%.2f bits a character)", held, held / std::log(2.0));
      progress.finish(note);
    }
  }
  require(model.save(options.model));
  std::fputs(interrupt ? "\ninterrupted; " : "", stdout);
  std::printf("workspace %.1f MB a step; wrote %s\n",
              double(character_model::Model::train_step_workspace(batch, context)) / 1e6,
              options.model.c_str());
}

/// A character by chance, as its score says; the higher the temperature, the more surprising.
int64_t draw(const std::vector<float> &scores, double temperature, std::mt19937_64 &random) {
  float top = *std::max_element(scores.begin(), scores.end());
  std::vector<double> weights;
  for (float score : scores)
    weights.push_back(std::exp(double(score - top) / temperature));
  return std::discrete_distribution<int64_t>(weights.begin(), weights.end())(random);
}

/// Whole beginnings and single characters go through one function, `extend`; keys and values of what it has read are
/// state of the model. Where there is no room for another, half of the text is read again.
void write(const Options &options) {
  character_model::Model model = load(options.model);
  std::mt19937_64 random(uint64_t(options.seed));
  std::vector<int64_t> written = text::encode(options.beginning), unread = written;
  std::vector<float> scores(text::characters);
  int64_t position = 0;
  std::printf("%s", options.beginning.c_str() + (options.beginning.front() == '\n'));
  for (int64_t i = 0; i < options.length; ++i) {
    if (position + int64_t(unread.size()) > context) {
      unread.assign(written.end() - std::min<std::ptrdiff_t>(context / 2, std::ptrdiff_t(written.size())),
                    written.end());
      position = 0;
    }
    auto length = int64_t(unread.size());
    require(model.extend(unread, position, length, scores));
    position += length;
    unread = {draw(scores, options.temperature, random)};
    written.push_back(unread.front());
    std::printf("%s", text::decode(unread).c_str());
    std::fflush(stdout);
  }
  std::printf("\n");
}

} // namespace

int main(int argc, char **argv) {
  return application::run("charlm", [&] {
    std::filesystem::path folder = std::filesystem::path(argv[0]).parent_path();
    Options options = parse(argc, argv, folder);
    if (options.train)
      train(options, (folder / "character_model.safetensors").string());
    else
      write(options);
    return 0;
  });
}
