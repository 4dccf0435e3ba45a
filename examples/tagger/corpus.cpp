#include "corpus.h"
#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace {

/// Letters of French, Spanish, Portuguese, German ... and what they are without accents.
const std::map<std::string, std::string> bases = {
    {"à", "a"}, {"á", "a"}, {"â", "a"}, {"ã", "a"}, {"ä", "a"}, {"å", "a"}, {"ç", "c"},
    {"è", "e"}, {"é", "e"}, {"ê", "e"}, {"ë", "e"}, {"ì", "i"}, {"í", "i"}, {"î", "i"},
    {"ï", "i"}, {"ñ", "n"}, {"ò", "o"}, {"ó", "o"}, {"ô", "o"}, {"õ", "o"}, {"ö", "o"},
    {"ù", "u"}, {"ú", "u"}, {"û", "u"}, {"ü", "u"}, {"ý", "y"}, {"ÿ", "y"}};

/// Numbers for words that are not known; that of the end of a sentence comes behind them.
constexpr int64_t endings = 512;

/// A number for the ending of a word, and whether it begins with a capital or has a digit; the same on all machines.
int64_t endingOf(const std::string &word) {
  uint32_t hash = 2166136261u;
  for (size_t i = word.size() > 3 ? word.size() - 3 : 0; i < word.size(); ++i)
    hash = (hash ^ uint8_t(std::tolower(uint8_t(word[i])))) * 16777619u;
  bool isDigit = std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
  hash = hash * 4 + (std::isupper(uint8_t(word.front())) ? 1 : 0) + (isDigit ? 2 : 0);
  return int64_t(hash % uint32_t(endings));
}

/// The most frequent ones, in the order of their frequency.
std::vector<std::string> mostFrequent(const std::map<std::string, int64_t> &counts, int64_t least,
                                      size_t limit) {
  std::vector<std::pair<std::string, int64_t>> list(counts.begin(), counts.end());
  std::ranges::stable_sort(list, [](const auto &a, const auto &b) { return a.second > b.second; });
  std::vector<std::string> result;
  for (const auto &[name, count] : list)
    if (count >= least && result.size() < limit)
      result.push_back(name);
  return result;
}

Corpus split(Task task, std::vector<Sentence> sentences, const std::string &path) {
  Corpus corpus;
  corpus.task = task;
  for (size_t i = 0; i < sentences.size(); ++i)
    (i % 10 == 9 ? corpus.test : corpus.train).push_back(std::move(sentences[i]));
  if (corpus.test.empty())
    throw std::runtime_error(path + ": at least 10 words or sentences are required, got " +
                             std::to_string(corpus.train.size()));
  return corpus;
}

} // namespace

std::string withoutAccent(const std::string &letter) {
  auto base = bases.find(letter);
  return base == bases.end() ? letter : base->second;
}

std::vector<std::string> lettersOf(const std::string &text) {
  std::vector<std::string> letters;
  for (char c : text)
    if ((uint8_t(c) & 0xc0) == 0x80 && !letters.empty())
      letters.back() += c;
    else
      letters.emplace_back(1, char(std::tolower(uint8_t(c))));
  for (std::string &letter : letters) // capitals from À to Þ: their second byte is 32 lower
    if (letter.size() == 2 && letter[0] == '\xc3' && uint8_t(letter[1]) >= 0x80 && uint8_t(letter[1]) < 0x9f)
      letter[1] = char(uint8_t(letter[1]) + 0x20);
  return letters;
}

/// The letters of a word, to be found from the same without accents.
static Sentence accentsOf(const std::string &word) {
  Sentence result;
  result.tags = lettersOf(word);
  for (const std::string &letter : result.tags)
    result.tokens.push_back(withoutAccent(letter));
  return result;
}

Corpus readCorpus(const std::string &path) {
  std::ifstream file(path);
  if (!file || file.peek() == std::ifstream::traits_type::eof())
    throw std::runtime_error(
        path + " is missing, empty or not readable"
               " (the Debian package wfrench has the default words; --data names another file)");
  std::vector<Sentence> sentences;
  std::string line;
  bool hasTags = false, isOpen = false; // of the file; a sentence
  for (int64_t number = 1; std::getline(file, line); ++number) {
    if (line.find('\0') != std::string::npos)
      throw std::runtime_error(path + ":" + std::to_string(number) + ": a text is required, got a zero byte");
    if (!line.empty() && line.back() == '\r')
      line.pop_back();
    size_t tab = line.find('\t');
    if (sentences.empty())
      hasTags = tab != std::string::npos;
    if (line.empty()) {
      isOpen = false;
    } else if (!hasTags) {
      std::istringstream words(line);
      for (std::string word; words >> word;)
        sentences.push_back(accentsOf(word));
    } else if (tab == std::string::npos || tab == 0 || tab + 1 == line.size()) {
      throw std::runtime_error(path + ":" + std::to_string(number) +
                               ": a word, a tab and a tag are required, got '" + line + "'");
    } else {
      if (!isOpen)
        sentences.emplace_back();
      isOpen = true;
      sentences.back().tokens.push_back(line.substr(0, tab));
      sentences.back().tags.push_back(line.substr(tab + 1));
    }
  }
  return split(hasTags ? Task::Tags : Task::Accents, std::move(sentences), path);
}

Vocabulary::Vocabulary(const std::vector<Sentence> &sentences, Task task, int64_t tokens, int64_t tags)
    : kind(task) {
  std::map<std::string, int64_t> tokenCounts, tagCounts;
  for (const Sentence &sentence : sentences) {
    for (const std::string &token : sentence.tokens)
      ++tokenCounts[token];
    for (const std::string &tag : sentence.tags)
      ++tagCounts[tag];
  }
  // A word that occurs once stands for those that are not known.
  tokenNames = mostFrequent(tokenCounts, task == Task::Tags ? 2 : 1, size_t(tokens - end() - 1));
  tagNames = mostFrequent(tagCounts, 1, size_t(tags));
  if (tagNames.size() < tagCounts.size() && task == Task::Tags)
    throw std::runtime_error("at most " + std::to_string(tags) + " different tags are possible, got " +
                             std::to_string(tagCounts.size()));
  number();
}

/// The number of the end of a sentence: after those of unknown tokens, before those of known ones.
int64_t Vocabulary::end() const { return kind == Task::Tags ? endings : 1; }

void Vocabulary::number() {
  for (size_t i = 0; i < tokenNames.size(); ++i)
    tokenNumbers[tokenNames[i]] = end() + 1 + int64_t(i);
  for (size_t i = 0; i < tagNames.size(); ++i)
    tagNumbers[tagNames[i]] = int64_t(i);
}

void Vocabulary::save(const std::string &path) const {
  std::ofstream file(path);
  file << (kind == Task::Tags ? "tags" : "accents") << ' ' << tokenNames.size() << ' ' << tagNames.size()
       << '\n';
  for (const auto *names : {&tokenNames, &tagNames})
    for (const std::string &name : *names)
      file << name << '\n';
  if (!file.flush())
    throw std::runtime_error("cannot write " + path);
}

Vocabulary Vocabulary::load(const std::string &path) {
  std::ifstream file(path);
  std::string kind;
  size_t tokens = 0, tags = 0;
  if (!(file >> kind >> tokens >> tags) || (kind != "tags" && kind != "accents"))
    throw std::runtime_error("cannot read the vocabulary " + path + ": train a model first");
  Vocabulary result;
  result.kind = kind == "tags" ? Task::Tags : Task::Accents;
  std::string line;
  std::getline(file, line);
  while (result.tokenNames.size() + result.tagNames.size() < tokens + tags && std::getline(file, line))
    (result.tokenNames.size() < tokens ? result.tokenNames : result.tagNames).push_back(line);
  if (result.tagNames.size() != tags || tags == 0)
    throw std::runtime_error(path + ": " + std::to_string(tokens + tags) + " names are required, got " +
                             std::to_string(result.tokenNames.size() + result.tagNames.size()));
  result.number();
  return result;
}

std::vector<int64_t> Vocabulary::encode(const std::vector<std::string> &tokens) const {
  std::vector<int64_t> numbers;
  for (const std::string &token : tokens) {
    auto known = tokenNumbers.find(token);
    int64_t other = kind == Task::Tags ? endingOf(token) : 0;
    numbers.push_back(known == tokenNumbers.end() ? other : known->second);
  }
  numbers.insert(numbers.end(), size_t(lookAhead()), end());
  return numbers;
}

std::vector<int64_t> Vocabulary::encode(const std::vector<std::string> &tokens, std::mt19937 &random) const {
  std::vector<int64_t> numbers = encode(tokens);
  for (size_t i = 0; kind == Task::Tags && i < tokens.size(); ++i)
    if (random() % 20 == 0)
      numbers[i] = endingOf(tokens[i]);
  return numbers;
}

std::vector<int64_t> Vocabulary::encodeTags(const std::vector<std::string> &tags) const {
  std::vector<int64_t> numbers(size_t(lookAhead()), noTag);
  for (const std::string &tag : tags) {
    auto known = tagNumbers.find(tag);
    numbers.push_back(known == tagNumbers.end() ? noTag : known->second);
  }
  return numbers;
}
