// What happened to the cases, target by target.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace ingot::conformance {

enum class Outcome { passed, failed, unsupported };

/// The outcome of one case: its worst error as a share of the tolerance, or why it did not pass.
struct Result {
  std::string target; ///< kind and target: "module nn::Conv2d"
  std::string name;
  Outcome outcome = Outcome::failed;
  double error = 0;
  std::string why;
};

class Report {
public:
  struct Counts {
    int passed = 0, failed = 0, unsupported = 0;
    double worst = 0;
  };

  void add(Result result);
  Counts total() const;

  void printTable() const;
  void printFailures() const;
  void printUnsupported() const;

  /// The targets that a list (a line: number of cases, target) has with more cases than have passed, among those that contain
  /// `filter`; a sentence each.
  std::vector<std::string> shrunk(const std::string &path, const std::string &filter) const;
  void writeSupported(const std::string &path) const;

private:
  std::map<std::string, Counts> targets;
  std::vector<Result> failures, unsupported;
};

} // namespace ingot::conformance
