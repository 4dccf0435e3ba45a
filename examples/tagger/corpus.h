// Sentences of tokens with their tags, and the numbers that the models take for both.
//
// The tagger reads from left to right, but accents and parts of speech depend on what follows, too. So it answers later: the
// tag of a token is asked for when `lookAhead` more are read, and as many ends follow the last one.
//
//   tokens   e  l  e  v  e  .  .          with a look-ahead of 2
//   tags     -  -  é  l  è  v  e
//
//   Corpus corpus = readCorpus("/usr/share/dict/french");   // words, whose letters are the tokens and tags
//   Corpus tagged = readCorpus("dev.tsv");                  // lines `word<TAB>tag`, an empty one after a sentence
//   Vocabulary vocabulary(corpus.train, corpus.task, 128, 128);
//   vocabulary.encode({"e", "l", "e", "v", "e"});
#pragma once
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

/// The letters of words get accents, or the words of sentences parts of speech.
enum class Task { Accents, Tags };

struct Sentence {
  std::vector<std::string> tokens, tags;
};

struct Corpus {
  Task task = Task::Accents;
  std::vector<Sentence> train, test; ///< every tenth is held out
};

/// Throws std::runtime_error that names the file, and the line where there is one, of what is wrong.
Corpus readCorpus(const std::string &path);

/// The letters of a text (UTF-8), in lower case; without accents.
std::vector<std::string> lettersOf(const std::string &text);
std::string withoutAccent(const std::string &letter);

constexpr int64_t noTag = -100; ///< what nll_loss ignores

class Vocabulary {
public:
  Vocabulary(const std::vector<Sentence> &sentences, Task task, int64_t tokens, int64_t tags);
  static Vocabulary load(const std::string &path);
  void save(const std::string &path) const;

  Task task() const { return kind; }
  int64_t lookAhead() const { return kind == Task::Tags ? 1 : 4; }
  /// The numbers of the tokens, and `lookAhead` ends. A token that is not known gets a number by its ending.
  std::vector<int64_t> encode(const std::vector<std::string> &tokens) const;
  /// The same for training, where one word in twenty is taken for one that is not known.
  std::vector<int64_t> encode(const std::vector<std::string> &tokens, std::mt19937 &random) const;
  /// As many numbers: first `lookAhead` times noTag, as for a tag that is not known.
  std::vector<int64_t> encodeTags(const std::vector<std::string> &tags) const;
  const std::string &tag(int64_t number) const { return tagNames.at(size_t(number)); }
  int64_t tagCount() const { return int64_t(tagNames.size()); }

private:
  Vocabulary() = default;
  void number();
  int64_t end() const;

  Task kind = Task::Accents;
  std::vector<std::string> tokenNames, tagNames;
  std::map<std::string, int64_t> tokenNumbers, tagNumbers;
};
