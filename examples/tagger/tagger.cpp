// Trains a tagger by its compiled step, and tags what is typed. Links the objects, neither ingot's compiler nor LLVM.
//
//   tagger --train && tagger eleve deja
#include "application.h"
#include "corpus.h"
#include "letters.h"
#include "words.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <ingot/data/Interrupt.h>
#include <ingot/data/Progress.h>
#include <iostream>
#include <memory>
#include <numeric>
#include <random>
#include <sstream>
#include <stdexcept>

using application::require;

namespace {

constexpr const char *usage =
    R"(usage: tagger --train [--data FILE] [--epochs N] [--examples N] [--model NAME] [--quiet]
       tagger [--model NAME] [TEXT ...]
Restores the accents of words (eleve: élève), or tags the parts of speech of sentences (the dog: the/DET dog/NOUN).
  --train        learn first; Ctrl-C ends it early, and keeps what was learned
  --data FILE    what from: words with their accents, or lines of a word, a tab and its tag, an empty line after a
                 sentence (default /usr/share/dict/french)
  --epochs N     how often all examples are seen (default 6 for accents, 12 for tags)
  --examples N   how many are, at most (default 150000)
  --model NAME   write or read NAME.safetensors and NAME.vocabulary (default tagger, beside this program)
  --quiet        show no progress
  TEXT           what to tag (default: the lines of standard input)
)";

struct Options {
  bool train = false, quiet = false;
  std::string data = "/usr/share/dict/french", model, text;
  int64_t epochs = 0, examples = 150000; ///< 0: as many as the task needs
};

Options parse(int argc, char **argv, const std::filesystem::path &folder) {
  Options options;
  options.model = (folder / "tagger").string();
  application::Flags flags(usage);
  flags.add("--train", options.train);
  flags.add("--quiet", options.quiet);
  flags.add("--data", options.data);
  flags.add("--model", options.model);
  flags.add<int64_t>("--epochs", options.epochs, 1);
  flags.add<int64_t>("--examples", options.examples, 1);
  for (const std::string &word : flags.parse(argc, argv))
    options.text += (options.text.empty() ? "" : " ") + word;
  if (options.train && !options.text.empty())
    throw application::UsageError("--train takes no text, got '" + options.text + "'");
  return options;
}

/// The two models have the same functions, for other numbers of tokens and tags.
class Tagger {
public:
  virtual ~Tagger() = default;
  virtual float step(const std::vector<int64_t> &tokens, const std::vector<int64_t> &tags, float rate) = 0;
  virtual std::vector<int64_t> tag(const std::vector<int64_t> &tokens, int64_t known) = 0;
  virtual void save(const std::string &path) = 0;
};

template <class Model, int64_t tagset> class TaggerOf : public Tagger {
public:
  explicit TaggerOf(const std::string &path) : model(Model::load(path)) { require(model.status()); }

  float step(const std::vector<int64_t> &tokens, const std::vector<int64_t> &tags, float rate) override {
    float loss = 0;
    require(model.train_step(tokens, tags, rate, int64_t(tokens.size()), loss));
    return loss;
  }
  /// The most probable of the `known` tags, after each token.
  std::vector<int64_t> tag(const std::vector<int64_t> &tokens, int64_t known) override {
    scores.resize(tokens.size() * tagset);
    require(model.tag(tokens, int64_t(tokens.size()), scores));
    std::vector<int64_t> tags;
    for (auto row = scores.begin(); row != scores.end(); row += tagset)
      tags.push_back(std::max_element(row, row + known) - row);
    return tags;
  }
  void save(const std::string &path) override { require(model.save(path)); }

private:
  Model model;
  std::vector<float> scores;
};

constexpr int64_t letterCount = 128, accentCount = 128, wordCount = 8192, tagCount = 64;

std::unique_ptr<Tagger> load(Task task, const std::string &path) {
  if (task == Task::Accents)
    return std::make_unique<TaggerOf<letters::Model, accentCount>>(path);
  return std::make_unique<TaggerOf<words::Model, tagCount>>(path);
}

/// The tags that are most probable when `lookAhead` more tokens are read.
std::vector<int64_t> tagsOf(Tagger &tagger, const Vocabulary &vocabulary,
                            const std::vector<std::string> &tokens) {
  std::vector<int64_t> tags = tagger.tag(vocabulary.encode(tokens), vocabulary.tagCount());
  tags.erase(tags.begin(), tags.begin() + vocabulary.lookAhead());
  return tags;
}

/// The most frequent tag of each token.
std::map<int64_t, int64_t> usualTags(const Vocabulary &vocabulary, const std::vector<Sentence> &sentences) {
  std::map<int64_t, std::map<int64_t, int64_t>> counts;
  for (const Sentence &sentence : sentences) {
    std::vector<int64_t> tokens = vocabulary.encode(sentence.tokens),
                         tags = vocabulary.encodeTags(sentence.tags);
    for (size_t i = 0; i < sentence.tokens.size(); ++i)
      ++counts[tokens[i]][tags[i + size_t(vocabulary.lookAhead())]];
  }
  std::map<int64_t, int64_t> usual;
  for (const auto &[token, tags] : counts)
    usual[token] = std::ranges::max_element(tags, {}, [](const auto &each) { return each.second; })->first;
  return usual;
}

/// How many of the held-out tags are right: of the model, and of always taking the most frequent tag of a token.
struct Accuracy {
  double model = 0, baseline = 0;
};

Accuracy evaluate(Tagger &tagger, const Vocabulary &vocabulary, const Corpus &corpus) {
  std::map<int64_t, int64_t> usual = usualTags(vocabulary, corpus.train);
  int64_t all = 0, right = 0, rightUsual = 0;
  for (const Sentence &sentence : corpus.test) {
    std::vector<int64_t> tokens = vocabulary.encode(sentence.tokens),
                         tags = vocabulary.encodeTags(sentence.tags),
                         found = tagsOf(tagger, vocabulary, sentence.tokens);
    for (size_t i = 0; i < found.size(); ++i, ++all) {
      int64_t tag = tags[i + size_t(vocabulary.lookAhead())];
      right += found[i] == tag;
      rightUsual += tag != noTag && usual[tokens[i]] == tag;
    }
  }
  return {double(right) / double(all), double(rightUsual) / double(all)};
}

/// A dictionary has each word once, texts have the short ones most, and these are the irregular ones (déjà, là, où): they
/// come first, and several times where `count` examples leave room for the others.
void favorShortWords(std::vector<Sentence> &words, size_t count) {
  auto isLong = [](const Sentence &word) { return word.tokens.size() > 5; };
  auto others = std::partition(words.begin(), words.end(), std::not_fn(isLong));
  const std::vector<Sentence> few(words.begin(), others);
  for (int i = 0; i < 4 && few.size() * 10 < count; ++i)
    words.insert(words.begin(), few.begin(), few.end());
}

void train(const Options &options, const std::filesystem::path &folder) {
  application::requireFolderOf(options.model);
  Corpus corpus = readCorpus(options.data);
  bool isLetters = corpus.task == Task::Accents;
  std::mt19937 random(1);
  std::shuffle(corpus.train.begin(), corpus.train.end(), random);
  if (isLetters)
    favorShortWords(corpus.train, size_t(options.examples));
  corpus.train.resize(std::min(corpus.train.size(), size_t(options.examples)));
  corpus.test.resize(std::min(corpus.test.size(), corpus.train.size() / 5 + 1));
  Vocabulary vocabulary(corpus.train, corpus.task, isLetters ? letterCount : wordCount,
                        isLetters ? accentCount : tagCount);
  auto tagger =
      load(corpus.task, (folder / (isLetters ? "letters.safetensors" : "words.safetensors")).string());

  ingot::data::ProgressOptions shown;
  shown.quiet = options.quiet;
  int64_t epochs = options.epochs ? options.epochs : isLetters ? 6 : 12;
  auto count = int64_t(corpus.train.size()), steps = epochs * count;
  ingot::data::Progress progress(epochs, count, shown);
  Accuracy accuracy;
  ingot::data::Interrupt interrupt;
  for (int64_t epoch = 0; epoch < epochs && !interrupt; ++epoch) {
    std::shuffle(corpus.train.begin(), corpus.train.end(), random);
    for (int64_t i = 0; i < count && !interrupt; ++i) {
      const Sentence &sentence = corpus.train[size_t(i)];
      std::vector<int64_t> tags = vocabulary.encodeTags(sentence.tags);
      if (std::ranges::count(tags, noTag) == std::ssize(tags)) // the mean of no losses is no number
        continue;
      double rate = (isLetters ? 0.3 : 0.6) * (1 - double(epoch * count + i) / double(steps));
      progress.step(tagger->step(vocabulary.encode(sentence.tokens, random), tags, float(rate)));
    }
    accuracy = evaluate(*tagger, vocabulary, corpus);
    char note[64];
    std::snprintf(note, sizeof note, "held-out accuracy %.4f", accuracy.model);
    progress.finish(note);
  }
  vocabulary.save(options.model + ".vocabulary");
  tagger->save(options.model + ".safetensors");
  std::fputs(interrupt ? "\ninterrupted; " : "", stdout);
  std::printf("held-out accuracy %.4f, of the most frequent tag %.4f; wrote %s.safetensors\n", accuracy.model,
              accuracy.baseline, options.model.c_str());
}

void tag(Tagger &tagger, const Vocabulary &vocabulary, const std::string &line) {
  std::istringstream words(line);
  std::vector<std::string> sentence;
  for (std::string word; words >> word;)
    sentence.push_back(word);
  std::string out;
  if (vocabulary.task() == Task::Tags && !sentence.empty()) {
    std::vector<int64_t> tags = tagsOf(tagger, vocabulary, sentence);
    for (size_t i = 0; i < tags.size(); ++i)
      out += (i ? " " : "") + sentence[i] + "/" + vocabulary.tag(tags[i]);
  }
  if (vocabulary.task() == Task::Accents)
    for (const std::string &word : sentence) {
      std::vector<std::string> letters = lettersOf(word);
      std::vector<int64_t> tags = tagsOf(tagger, vocabulary, letters);
      out += out.empty() ? "" : " ";
      for (size_t i = 0; i < tags.size(); ++i) // accents only: a letter stays what it is
        out += withoutAccent(vocabulary.tag(tags[i])) == letters[i] ? vocabulary.tag(tags[i]) : letters[i];
    }
  std::printf("%s\n", out.c_str());
}

} // namespace

int main(int argc, char **argv) {
  return application::run("tagger", [&] {
    std::filesystem::path folder = std::filesystem::path(argv[0]).parent_path();
    Options options = parse(argc, argv, folder);
    if (options.train) {
      train(options, folder);
      return 0;
    }
    Vocabulary vocabulary = Vocabulary::load(options.model + ".vocabulary");
    std::unique_ptr<Tagger> tagger = load(vocabulary.task(), options.model + ".safetensors");
    if (!options.text.empty())
      tag(*tagger, vocabulary, options.text);
    for (std::string line; options.text.empty() && std::getline(std::cin, line);)
      tag(*tagger, vocabulary, line);
    return 0;
  });
}
