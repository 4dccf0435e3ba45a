#include "frontend/data/Progress.h"
#include <algorithm>
#include <cmath>
#include <unistd.h>

namespace ingot::data {
namespace {

template <class... T> std::string format(const char *text, T... values) {
  char buffer[96];
  std::snprintf(buffer, sizeof buffer, text, values...);
  return buffer;
}

std::string bar(int64_t done, int64_t steps) {
  constexpr int64_t width = 20;
  int64_t full = std::min(width, done * width / steps);
  std::string text = "[" + std::string(size_t(full), '=');
  if (full < width)
    text += ">" + std::string(size_t(width - full - 1), ' ');
  return text + "]";
}

} // namespace

Progress::Progress(int64_t epochs, int64_t steps, ProgressOptions options)
    : options(options), epochs(epochs), steps(steps),
      isTerminal(options.terminal ? *options.terminal : isatty(fileno(options.stream)) != 0) {}

double Progress::seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }
double Progress::meanLoss() const { return done ? sum / double(done) : 0; }
double Progress::samplesPerSecond() const { return double(samples) / std::max(seconds(), 1e-9); }

std::string Progress::line() const {
  auto whole = [](int64_t n) { return std::to_string(n); };
  std::string text = "epoch " + whole(epoch) + "/" + whole(epochs) + " ";
  if (steps > 0 && isTerminal)
    text += bar(done, steps) + " ";
  text += whole(done) + (steps > 0 ? "/" + whole(steps) : std::string());
  text += format("  loss %.4f  %.0f samples/s", last, samplesPerSecond());
  if (steps > 0 && done > 0) {
    auto left = int64_t(std::ceil(seconds() / double(done) * double(std::max<int64_t>(steps - done, 0))));
    text +=
        format("  %lld:%02lld left", static_cast<long long>(left / 60), static_cast<long long>(left % 60));
  }
  return text;
}

void Progress::draw() {
  double pause = isTerminal ? 0.1 : options.interval;
  if (options.quiet || std::chrono::duration<double>(Clock::now() - drawn).count() < pause)
    return;
  drawn = Clock::now();
  std::string text = line();
  if (isTerminal) {
    std::fprintf(options.stream, "\r%-*s", int(width), text.c_str());
    width = text.size();
  } else {
    std::fprintf(options.stream, "%s\n", text.c_str());
  }
  std::fflush(options.stream);
}

bool Progress::step(double loss, int64_t samples) {
  ++done;
  this->samples += samples;
  last = loss;
  sum += loss;
  bool isFinite = std::isfinite(loss);
  if (!isFinite && !reported) {
    reported = true;
    std::fprintf(stderr, "%sthe loss is %g in epoch %lld, step %lld: a lower learning rate may help\n",
                 width > 0 ? "\n" : "", loss, static_cast<long long>(epoch), static_cast<long long>(done));
    width = 0;
  }
  draw();
  return isFinite;
}

void Progress::finish(const std::string &note) {
  if (!options.quiet) {
    std::string text = format("epoch %lld/%lld  loss %.4f", static_cast<long long>(epoch),
                              static_cast<long long>(epochs), meanLoss());
    text +=
        (note.empty() ? "" : "  " + note) + format("  %.1f s  %.0f samples/s", seconds(), samplesPerSecond());
    std::fprintf(options.stream, "%s%-*s\n", width > 0 ? "\r" : "", int(width), text.c_str());
    std::fflush(options.stream);
  }
  ++epoch;
  done = samples = 0;
  sum = last = 0;
  width = 0;
  start = drawn = Clock::now();
}

} // namespace ingot::data
