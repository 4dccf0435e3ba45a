// How far a long loop is: epoch, step, loss, samples a second, what time remains.
//
//   ingot::data::Progress progress(/*epochs=*/4, /*steps=*/937);
//   for (int epoch = 0; epoch < 4; ++epoch) {
//     for (...)
//       progress.step(loss, /*samples=*/64);
//     progress.finish("test accuracy 0.89");
//   }
//
//   epoch 1/4 [======>             ] 312/937  loss 0.6123  21480 samples/s  0:02 left
//
// On a terminal one line is drawn again and again, elsewhere a line is printed now and then; each epoch ends with a line
// of its own. Depends on the standard library alone, so that an application may use it, too.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace ingot::data {

struct ProgressOptions {
  /// Where to (borrowed).
  std::FILE *stream = stdout;
  /// Prints only that the loss is not a number.
  bool quiet = false;
  /// Whether `stream` is a terminal; it is asked unless this is given.
  std::optional<bool> terminal;
  /// Seconds between lines where it is none.
  double interval = 5;
};

class Progress {
public:
  /// Of `epochs` epochs with `steps` steps each; 0 for an unknown number of steps.
  Progress(int64_t epochs, int64_t steps, ProgressOptions options = {});

  /// After each step: its loss, and of how many samples. Returns whether the loss is a finite number; that it is not is
  /// said once, on stderr.
  bool step(double loss, int64_t samples = 1);
  /// After each epoch: prints the mean of its losses and `note`, and begins the next one.
  void finish(const std::string &note = "");

  /// Of the steps of this epoch until now; 0 without any.
  double meanLoss() const;
  double samplesPerSecond() const;

private:
  using Clock = std::chrono::steady_clock;
  double seconds() const;
  std::string line() const;
  void draw();

  ProgressOptions options;
  int64_t epochs, steps;
  int64_t epoch = 1, done = 0, samples = 0;
  double sum = 0, last = 0;
  bool isTerminal, reported = false;
  Clock::time_point start = Clock::now(), drawn = start;
  size_t width = 0; ///< of the line that is on the terminal
};

} // namespace ingot::data
