// What the applications of the examples share: flags, each named once, and errors as messages.
//
//   application::Flags flags(usage);
//   flags.add("--quiet", options.quiet);
//   flags.add("--data", options.data);
//   flags.add<int64_t>("--epochs", options.epochs, 1); // from 1 on
//   std::vector<std::string> words = flags.parse(argc, argv);
#pragma once
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace application {

/// Flags or their values are wrong.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws where what was printed cannot be written.
inline void flush() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout))
    throw std::runtime_error(std::string("standard output: ") + std::strerror(errno));
}

/// Throws where a file could not be written: before what takes long, not after it.
inline void requireFolderOf(const std::string &file) {
  std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  if (!std::filesystem::is_directory(folder))
    throw std::runtime_error(file + " cannot be written: " + folder.string() + " is no folder");
}

/// Sets the variables that it is given, which must outlive it.
class Flags {
public:
  explicit Flags(const char *usage) : usage(usage) {}

  void add(const std::string &name, bool &variable) { switches[name] = &variable; }
  void add(const std::string &name, std::string &variable) {
    values[name] = [&variable](const std::string &text) { variable = text; };
  }
  /// A number, within both bounds.
  template <class Number>
  void add(const std::string &name, Number &variable, Number least, Number most = Number(INT32_MAX)) {
    values[name] = [=, &variable](const std::string &text) {
      const char *last = text.data() + text.size();
      Number number{};
      auto [end, error] = std::from_chars(text.data(), last, number);
      if (error != std::errc() || end != last || !(number >= least && number <= most)) // NaN
        throw UsageError((std::ostringstream() << name << " needs a number from " << least << " to " << most
                                               << ", got '" << text << "'")
                             .str());
      variable = number;
    };
  }

  /// Returns what is no flag; all behind `--` is none. --help prints the usage and ends the program. Throws UsageError.
  std::vector<std::string> parse(int argc, char **argv) const {
    std::vector<std::string> rest;
    for (int i = 1; i < argc; ++i) {
      std::string flag = argv[i];
      if (flag == "--help" || flag == "-h") {
        std::fputs(usage, stdout);
        flush();
        std::exit(0);
      }
      if (flag == "--") {
        rest.insert(rest.end(), argv + i + 1, argv + argc);
        break;
      }
      if (auto found = switches.find(flag); found != switches.end())
        *found->second = true;
      else if (auto found = values.find(flag); found == values.end()) {
        if (flag.rfind("-", 0) == 0 && flag.size() > 1)
          throw UsageError("unknown argument " + flag);
        rest.push_back(flag);
      } else if (++i == argc)
        throw UsageError(flag + " needs a value");
      else
        found->second(argv[i]);
    }
    return rest;
  }
  /// The same where nothing but flags is taken.
  void parseAll(int argc, char **argv) const {
    if (std::vector<std::string> rest = parse(argc, argv); !rest.empty())
      throw UsageError("unknown argument " + rest.front());
  }

private:
  const char *usage;
  std::map<std::string, bool *> switches;
  std::map<std::string, std::function<void(const std::string &)>> values;
};

/// Throws what a model or its loader says.
template <class Status> void require(const Status &status) {
  if (!status)
    throw std::runtime_error(status.message());
}

/// The exit status of `body`; 1 behind a message where it throws or its output cannot be written, 2 if that is a UsageError.
template <class Body> int run(const char *name, Body body) {
  try {
    int status = body();
    flush();
    return status;
  } catch (const UsageError &error) {
    std::fprintf(stderr, "%s: %s; --help lists all\n", name, error.what());
    return 2;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
    return 1;
  }
}

} // namespace application
