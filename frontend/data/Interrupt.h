// A long loop that Ctrl-C ends after its step, so that what it has done can be saved.
//
//   ingot::data::Interrupt interrupt;
//   for (int step = 0; step < steps && !interrupt; ++step)
//     ...
//
// Depends on the standard library alone, so that an application may use it, too.
#pragma once
#include <csignal>

namespace ingot::data {

/// While it lives, a first Ctrl-C (SIGINT) only says so; a second one ends the program, as it does otherwise. One at a time.
class Interrupt {
public:
  Interrupt() : previous(std::signal(SIGINT, note)) { requested = 0; }
  ~Interrupt() { std::signal(SIGINT, previous); }
  Interrupt(const Interrupt &) = delete;
  Interrupt &operator=(const Interrupt &) = delete;
  /// Whether Ctrl-C was pressed.
  explicit operator bool() const { return requested != 0; }

private:
  static void note(int) {
    requested = 1;
    std::signal(SIGINT, SIG_DFL);
  }
  inline static volatile std::sig_atomic_t requested = 0;
  void (*previous)(int);
};

} // namespace ingot::data
