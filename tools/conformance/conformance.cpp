// Runs golden cases through the public API and compares with PyTorch's numbers.
#include "tools/conformance/Compare.h"
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

using namespace ingot::conformance;
namespace fs = std::filesystem;

namespace {

const char *const usage = R"(usage: conformance [flags] PATH...

Runs all golden cases in the files and folders given. For each target: passed, failed, unsupported cases and the
worst error, as a share of the tolerance; then the cases that failed. Exit status 0 if none did.

  --allow-unsupported   cases that the library has no function or option for are skipped, not failed
  --filter=TEXT         only targets that contain TEXT
  --quiet               no table
  --supported=FILE      fails, too, if a target listed in FILE (a line: number of cases, target) passes fewer cases
  --write-supported=FILE  writes that list
  --verbose             also names the cases that are unsupported, and why
)";

struct Flags {
  bool allowUnsupported = false, quiet = false, verbose = false;
  std::string filter, supported, writeSupported;
  std::vector<std::string> paths;
};

struct Counts {
  int passed = 0, failed = 0, unsupported = 0;
  double worst = 0;
};

/// What happened, target by target.
class Report {
public:
  explicit Report(const Flags &flags) : flags(flags) {}

  void passed(const Case &c, double error) {
    Counts &counts = targets[key(c)];
    ++counts.passed;
    counts.worst = std::max(counts.worst, error);
  }
  void failed(const Case &c, const std::string &why) {
    ++targets[key(c)].failed;
    failures.push_back(key(c) + " [" + c.name + "]\n    " + why);
  }
  void unsupported(const Case &c, const std::string &why) {
    ++targets[key(c)].unsupported;
    if (flags.verbose)
      std::cout << "unsupported: " << key(c) << " [" << c.name << "]: " << why << '\n';
  }

  void print() const {
    if (!flags.quiet)
      std::printf("%-48s %8s %8s %12s %12s\n", "target", "passed", "failed", "unsupported", "worst error");
    for (const auto &[target, counts] : targets)
      if (!flags.quiet)
        std::printf("%-48s %8d %8d %12d %12.3g\n", target.c_str(), counts.passed, counts.failed,
                    counts.unsupported, counts.worst);
    for (const std::string &failure : failures)
      std::printf("FAILED %s\n", failure.c_str());
  }

  /// Targets that the file lists with more cases than have passed.
  std::vector<std::string> shrunk(const std::string &path) const {
    std::ifstream file(path);
    if (!file)
      throw Failure(path + ": cannot be read");
    std::vector<std::string> result;
    int count;
    std::string target;
    while (file >> count && std::getline(file >> std::ws, target)) {
      auto found = targets.find(target);
      int passed = found == targets.end() ? 0 : found->second.passed;
      if (passed < count && target.find(flags.filter) != std::string::npos)
        result.push_back(target + ": " + std::to_string(count) + " cases passed once, now " +
                         std::to_string(passed));
    }
    return result;
  }
  void writeSupported(const std::string &path) const {
    std::ofstream file(path);
    for (const auto &[target, counts] : targets)
      if (counts.passed)
        file << counts.passed << ' ' << target << '\n';
    if (!file)
      throw Failure(path + ": cannot be written");
  }

  Counts total() const {
    Counts sum;
    for (const auto &[target, counts] : targets)
      sum.passed += counts.passed, sum.failed += counts.failed, sum.unsupported += counts.unsupported;
    return sum;
  }

private:
  static std::string key(const Case &c) { return c.kind + " " + c.target; }

  const Flags &flags;
  std::map<std::string, Counts> targets;
  std::vector<std::string> failures;
};

void runCase(const Case &c, Report &report) {
  try {
    Inputs in(c);
    if (c.random)
      throw Unsupported("random results");
    const Target &target = findTarget(c);
    Run run = target(in);
    for (const auto &[role, tensor] : in.made())
      run.leaves[role] = tensor;
    report.passed(c, compare(c, run));
  } catch (const Unsupported &why) {
    report.unsupported(c, why.what());
  } catch (const std::exception &why) {
    report.failed(c, why.what());
  }
}

std::set<std::string> filesOf(const std::vector<std::string> &paths) {
  std::set<std::string> files;
  for (const std::string &path : paths) {
    if (!fs::exists(path))
      throw Failure(path + ": no such file or folder");
    if (!fs::is_directory(path)) {
      files.insert(path);
      continue;
    }
    for (const auto &entry : fs::recursive_directory_iterator(path))
      if (entry.path().extension() == ".safetensors")
        files.insert(entry.path().string());
  }
  return files;
}

Flags parseFlags(int argc, char **argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    std::string flag = argv[i];
    auto value = [&](const char *name, std::string &result) {
      return flag.starts_with(name) && (result = flag.substr(std::string(name).size()), true);
    };
    if (flag == "--allow-unsupported")
      flags.allowUnsupported = true;
    else if (flag == "--quiet")
      flags.quiet = true;
    else if (flag == "--verbose")
      flags.verbose = true;
    else if (value("--filter=", flags.filter) || value("--supported=", flags.supported) ||
             value("--write-supported=", flags.writeSupported))
      continue;
    else if (flag.starts_with("-"))
      throw Failure("unknown flag " + flag + "\n" + usage);
    else
      flags.paths.push_back(flag);
  }
  if (flags.paths.empty())
    throw Failure(usage);
  return flags;
}

int runAll(const Flags &flags) {
  Report report(flags);
  auto start = std::chrono::steady_clock::now();
  for (const std::string &path : filesOf(flags.paths)) {
    GoldenFile file(path);
    for (const Case &c : file.cases())
      if (c.target.find(flags.filter) != std::string::npos)
        runCase(c, report);
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.print();
  std::vector<std::string> shrunk;
  if (!flags.supported.empty())
    shrunk = report.shrunk(flags.supported);
  for (const std::string &line : shrunk)
    std::printf("LOST %s\n", line.c_str());
  if (!flags.writeSupported.empty())
    report.writeSupported(flags.writeSupported);
  Counts total = report.total();
  int ran = total.passed + total.failed, skipped = flags.allowUnsupported ? total.unsupported : 0;
  int failed = total.failed + total.unsupported - skipped;
  std::printf("%.1f s, %.1f ms a graph\n", seconds, ran ? seconds * 1e3 / ran : 0.0);
  std::printf("%d passed, %d failed, %d skipped\n", total.passed, failed, skipped);
  return failed || !shrunk.empty();
}

} // namespace

int main(int argc, char **argv) {
  try {
    return runAll(parseFlags(argc, argv));
  } catch (const Failure &error) {
    std::cerr << "conformance: " << error.what() << '\n';
    return 2;
  }
}
