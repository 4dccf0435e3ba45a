// What ingot throws.
//
//   try { model->forward(image); }
//   catch (const ingot::Error &e) { std::cerr << e.what() << '\n'; }
//
//   lenet.cpp:12: fc1 (linear): the last size of input must be 576, got 400 (input [1, 400], weight [120,
//   576])
#pragma once
#include <exception>
#include <memory>
#include <source_location>
#include <string>

namespace ingot {

/// A mistake in a model or its use, found when the line that contains it was recorded (or, for values, when
/// they were read). Copies share one immutable description.
class Error : public std::exception {
public:
  /// An error without a place in a model, e.g. of a file or a command line.
  explicit Error(std::string message);
  /// `op` was used at `at` inside the module `modulePath`; either of them may be empty.
  Error(std::string op, std::string modulePath, const std::source_location &at, std::string required,
        std::string got);

  /// "file:line: module.path (op): required, got ...".
  const char *what() const noexcept override;
  /// The same, under libtorch's names.
  const char *what_without_backtrace() const noexcept { return what(); }
  std::string msg() const { return what(); }
  /// The operation or member function that refused, e.g. "conv2d".
  const std::string &op() const noexcept;
  /// Keys from the root module, e.g. "encoder.0.linear1"; empty outside every registered module.
  const std::string &modulePath() const noexcept;
  /// The user's source file, as the compiler was given it; empty if unknown.
  const std::string &file() const noexcept;
  /// The user's line; 0 if unknown.
  int line() const noexcept;
  /// What was required, e.g. "input must have 3 channels".
  const std::string &required() const noexcept;
  /// What was got instead, e.g. "4 (input [1, 4, 8, 8])"; empty where the requirement says it all.
  const std::string &got() const noexcept;

private:
  struct Parts;
  std::shared_ptr<const Parts> parts;
};

} // namespace ingot
