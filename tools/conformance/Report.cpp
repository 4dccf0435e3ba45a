#include "tools/conformance/Report.h"
#include "tools/conformance/Golden.h"
#include <algorithm>
#include <cstdio>
#include <fstream>

namespace ingot::conformance {

void Report::add(Result result) {
  Counts &counts = targets[result.target];
  switch (result.outcome) {
  case Outcome::passed:
    ++counts.passed;
    counts.worst = std::max(counts.worst, result.error);
    break;
  case Outcome::failed:
    ++counts.failed;
    failures.push_back(std::move(result));
    break;
  case Outcome::unsupported:
    ++counts.unsupported;
    unsupported.push_back(std::move(result));
    break;
  }
}

Report::Counts Report::total() const {
  Counts sum;
  for (const auto &[target, counts] : targets) {
    sum.passed += counts.passed, sum.failed += counts.failed, sum.unsupported += counts.unsupported;
    sum.worst = std::max(sum.worst, counts.worst);
  }
  return sum;
}

void Report::printTable() const {
  std::printf("%-48s %8s %8s %12s %12s\n", "target", "passed", "failed", "unsupported", "worst error");
  for (const auto &[target, counts] : targets)
    std::printf("%-48s %8d %8d %12d %12.3g\n", target.c_str(), counts.passed, counts.failed,
                counts.unsupported, counts.worst);
}

void Report::printFailures() const {
  for (const Result &result : failures)
    std::printf("FAILED %s [%s]\n    %s\n", result.target.c_str(), result.name.c_str(), result.why.c_str());
}

void Report::printUnsupported() const {
  for (const Result &result : unsupported)
    std::printf("unsupported %s [%s]: %s\n", result.target.c_str(), result.name.c_str(), result.why.c_str());
}

std::vector<std::string> Report::shrunk(const std::string &path, const std::string &filter) const {
  std::ifstream file(path);
  if (!file)
    throw Failure(path + ": cannot be read");
  std::vector<std::string> result;
  int count;
  std::string target;
  while (file >> count && std::getline(file >> std::ws, target)) {
    auto found = targets.find(target);
    int passed = found == targets.end() ? 0 : found->second.passed;
    if (passed < count && target.find(filter) != std::string::npos)
      result.push_back(target + ": " + std::to_string(count) + " cases passed once, now " +
                       std::to_string(passed));
  }
  return result;
}

void Report::writeSupported(const std::string &path) const {
  std::ofstream file(path);
  for (const auto &[target, counts] : targets)
    if (counts.passed)
      file << counts.passed << ' ' << target << '\n';
  if (!file.flush())
    throw Failure(path + ": cannot be written");
}

} // namespace ingot::conformance
