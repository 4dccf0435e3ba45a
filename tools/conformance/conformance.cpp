// Runs golden cases through the public API and compares with PyTorch's numbers.
#include "tools/conformance/Compare.h"
#include "tools/conformance/Workers.h"
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <set>
#include <thread>

using namespace ingot::conformance;
namespace fs = std::filesystem;

namespace {

const char *const usage = R"(usage: conformance [flags] PATH...

Runs all golden cases in the files and folders given. For each target: passed, failed, unsupported cases and the
worst error, as a share of the tolerance; then the cases that failed. Exit status 0 if none did.

  --allow-unsupported     cases that the library has no function or option for are skipped, not failed
  --filter=TEXT           only targets ("module nn::Conv2d") that contain TEXT
  --jobs=N                that many processes; as many as there are cores if not given
  --quiet                 no table
  --supported=FILE        fails, too, if a target passes fewer cases than FILE says (a line: number of cases, target)
  --verbose               also names the cases that are unsupported, and why
  --write-supported=FILE  writes that list
)";

struct Flags {
  bool allowUnsupported = false, quiet = false, verbose = false;
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  std::string filter, supported, writeSupported;
  std::vector<std::string> paths;
};

Flags parseFlags(int argc, char **argv) {
  Flags flags;
  std::string jobs;
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
             value("--write-supported=", flags.writeSupported) || value("--jobs=", jobs))
      continue;
    else if (flag.starts_with("-"))
      throw Failure("unknown flag " + flag + "\n" + usage);
    else
      flags.paths.push_back(flag);
  }
  if (!jobs.empty() && (flags.jobs = unsigned(std::strtoul(jobs.c_str(), nullptr, 10))) == 0)
    throw Failure("--jobs must be a positive number, got '" + jobs + "'");
  if (flags.paths.empty())
    throw Failure(usage);
  return flags;
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

std::vector<Task> tasksOf(const Flags &flags) {
  std::vector<Task> tasks;
  for (const std::string &path : filesOf(flags.paths)) {
    Task task{path, {}, {}};
    GoldenFile file(path);
    for (size_t i = 0; i < file.cases().size(); ++i) {
      const Case &c = file.cases()[i];
      std::string target = c.kind + " " + c.target;
      if (target.find(flags.filter) == std::string::npos)
        continue;
      task.places.push_back(i);
      task.cases.push_back({target, c.name, Outcome::failed, 0, {}});
    }
    if (!task.cases.empty())
      tasks.push_back(std::move(task));
  }
  return tasks;
}

Result runCase(const Case &c) {
  Result result;
  try {
    Inputs in(c);
    if (c.random && c.expected.empty())
      throw Unsupported("random results");
    Run run = findTarget(c)(in);
    for (const auto &[role, tensor] : in.made())
      run.leaves[role] = tensor;
    result.error = compare(c, run);
    result.outcome = Outcome::passed;
  } catch (const Unsupported &why) {
    result.outcome = Outcome::unsupported, result.why = why.what();
  } catch (const std::exception &why) {
    result.why = why.what();
  }
  return result;
}

int runAll(const Flags &flags) {
  std::vector<Task> tasks = tasksOf(flags);
  Report report;
  auto start = std::chrono::steady_clock::now();
  runTasks(tasks, flags.jobs, runCase, report);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!flags.quiet)
    report.printTable();
  if (flags.verbose)
    report.printUnsupported();
  report.printFailures();
  std::vector<std::string> shrunk;
  if (!flags.supported.empty())
    shrunk = report.shrunk(flags.supported, flags.filter);
  for (const std::string &line : shrunk)
    std::printf("LOST %s\n", line.c_str());
  if (!flags.writeSupported.empty())
    report.writeSupported(flags.writeSupported);
  Report::Counts total = report.total();
  int ran = total.passed + total.failed, skipped = flags.allowUnsupported ? total.unsupported : 0;
  int failed = total.failed + total.unsupported - skipped;
  std::printf("%.1f s in %u processes, %.1f ms a graph\n", seconds, flags.jobs,
              ran ? seconds * 1e3 * flags.jobs / ran : 0.0);
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
