// Runs golden cases through the public API and compares with PyTorch's numbers.
#include "frontend/core/Backend.h"
#include "tools/conformance/Compare.h"
#include "tools/conformance/Exported.h"
#include "tools/conformance/Workers.h"
#include <cctype>
#include <charconv>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <set>
#include <thread>

using namespace ingot::conformance;
namespace fs = std::filesystem;

namespace {

const char *const usage = R"(usage: conformance [flags] PATH...

Runs all golden cases in the files and folders given. For each target: passed, failed, unsupported cases and the
worst error, as a share of the tolerance; then the cases that failed. Exit status 0 if none did.

  --allow-unsupported     cases that the library has no function or option for are skipped, not failed
  --export                the cases are traced, exported and loaded, and called by the C interface of the object
  --filter=TEXT           only targets ("module nn::Conv2d") that contain TEXT
  --jobs=N                that many processes; as many as there are cores if not given
  -O0                     without fusion and optimization
  --part=K/N              only the K-th of N parts of the cases, by a hash of their names; the parts are the same always
  --quiet                 no table
  --run-time-dim=K        as --export; the size of dimension K of the first input, and of others that are as large, is known
                          at run time only. Cases whose functions refuse that are unsupported
  --supported=FILE        fails, too, if a target passes fewer cases than FILE says (a line: number of cases, target),
                          which --write-supported wrote with the same parts and sizes
  --verbose               also names the cases that are unsupported, and why
  --write-supported=FILE  writes that list
)";

struct Flags {
  bool allowUnsupported = false, exported = false, optimized = true, quiet = false, verbose = false;
  uint64_t part = 0, parts = 1;
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  std::optional<int64_t> runTimeDim;
  std::string filter, supported, writeSupported;
  std::vector<std::string> paths;
};

Flags parseFlags(int argc, char **argv) {
  Flags flags;
  std::string jobs, part, dim;
  for (int i = 1; i < argc; ++i) {
    std::string flag = argv[i];
    auto value = [&](const char *name, std::string &result) {
      return flag.starts_with(name) && (result = flag.substr(std::string(name).size()), true);
    };
    if (flag == "--help" || flag == "-h") {
      std::fputs(usage, stdout);
      std::exit(0);
    }
    if (flag == "--allow-unsupported")
      flags.allowUnsupported = true;
    else if (flag == "--export")
      flags.exported = true;
    else if (flag == "-O0")
      flags.optimized = false;
    else if (flag == "--quiet")
      flags.quiet = true;
    else if (flag == "--verbose")
      flags.verbose = true;
    else if (value("--filter=", flags.filter) || value("--supported=", flags.supported) ||
             value("--write-supported=", flags.writeSupported) || value("--jobs=", jobs) ||
             value("--part=", part) || value("--run-time-dim=", dim))
      continue;
    else if (flag.starts_with("-"))
      throw Failure("unknown flag " + flag + "; --help lists all");
    else
      flags.paths.push_back(flag);
  }
  constexpr unsigned mostJobs = 1000;
  if (const char *end = jobs.data() + jobs.size();
      !jobs.empty() &&
      (std::from_chars(jobs.data(), end, flags.jobs).ptr != end || flags.jobs == 0 || flags.jobs > mostJobs))
    throw Failure("--jobs must be a number from 1 to " + std::to_string(mostJobs) + ", got '" + jobs + "'");
  if (char rest; !part.empty() && (std::sscanf(part.c_str(), "%" SCNu64 "/%" SCNu64 "%c", &flags.part,
                                               &flags.parts, &rest) != 2 ||
                                   flags.part >= flags.parts))
    throw Failure("--part must be K/N with K from 0 to N - 1, got '" + part + "'");
  if (!dim.empty()) {
    if (dim.size() > 1 || !std::isdigit(static_cast<unsigned char>(dim[0])))
      throw Failure("--run-time-dim must be 0 to 9, got '" + dim + "'");
    flags.runTimeDim = dim[0] - '0', flags.exported = true;
  }
  if (flags.paths.empty())
    throw Failure("required files or folders of golden cases; --help lists all flags");
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

/// FNV-1a: the same everywhere.
uint64_t hashOf(const std::string &text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : text)
    hash = (hash ^ c) * 0x100000001b3;
  return hash;
}

std::vector<Task> tasksOf(const Flags &flags) {
  std::vector<Task> tasks;
  bool anyWanted = false;
  for (const std::string &path : filesOf(flags.paths)) {
    Task task{path, {}, {}};
    GoldenFile file(path);
    for (size_t i = 0; i < file.cases().size(); ++i) {
      const Case &c = file.cases()[i];
      std::string target = c.kind + " " + c.target;
      bool isWanted = target.find(flags.filter) != std::string::npos;
      anyWanted |= isWanted;
      if (!isWanted || hashOf(target + c.name) % flags.parts != flags.part)
        continue;
      task.places.push_back(i);
      task.cases.push_back({target, c.name, Outcome::failed, 0, {}});
    }
    if (!task.cases.empty())
      tasks.push_back(std::move(task));
  }
  if (!anyWanted)
    throw Failure(flags.filter.empty() ? "no golden files there, *.safetensors"
                                       : "no target contains '" + flags.filter + "'");
  return tasks;
}

Result runCase(const Flags &flags, const Case &c) {
  Result result;
  try {
    Inputs in(c);
    if (c.random && c.expected.empty())
      throw Unsupported("random results");
    if (flags.exported && c.kind == "optim")
      throw Unsupported("steps of an optimizer on the host");
    Run run = flags.exported ? runExported(in, findTarget(c), {flags.optimized, flags.runTimeDim})
                             : findTarget(c)(in);
    if (c.kind == "tensor")
      in.requireAllRead();
    for (const auto &[role, tensor] : in.made())
      run.leaves[role] = tensor;
    result.error = compare(c, run, flags.exported);
    result.outcome = Outcome::passed;
  } catch (const Unsupported &why) {
    result.outcome = Outcome::unsupported, result.why = why.what();
  } catch (const std::exception &why) {
    result.why = why.what();
  }
  return result;
}

/// Compiles something, so that the processes to come need not each start the compiler.
void startCompiler(bool optimized) {
  ingot::detail::backend().optimizes = optimized;
  ingot::detail::readBytes(ingot::ones({1}) + ingot::ones({1}));
}

int runAll(const Flags &flags) {
  std::vector<Task> tasks = tasksOf(flags);
  Report report;
  startCompiler(flags.optimized);
  auto start = std::chrono::steady_clock::now();
  runTasks(tasks, flags.jobs, [&](const Case &c) { return runCase(flags, c); }, report);
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
  } catch (const std::exception &error) {
    std::cerr << "conformance: " << error.what() << '\n';
    return 2;
  }
}
