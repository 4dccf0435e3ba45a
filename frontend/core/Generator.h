// The random number generator of the process. Not a public header.
#pragma once
#include "frontend/core/Recorder.h"

namespace ingot::detail {

/// The name of its state in a program.
inline constexpr const char *generatorName = "generator";

/// As the operand of ingot.random lies in memory.
struct GeneratorState {
  int64_t seed = 67280421310721; // PyTorch's default
  int64_t offset = 0;
};
/// Guarded by RecordLock.
GeneratorState &generator();
/// Records the state after `count` more numbers.
mlir::Value advancedState(Recorder &recorder, const Site &site, mlir::Value state, const Size &count);

/// The states that the generator has had for the random numbers of a piece of code, which can be recorded once more with the
/// same ones.
class RandomLog {
public:
  /// While the innermost of these lives, this thread writes `log`, or takes what is there.
  class Recording {
  public:
    explicit Recording(RandomLog &log) : Recording(log, false) {}
    ~Recording();
    Recording(const Recording &) = delete;
    Recording &operator=(const Recording &) = delete;

  protected:
    Recording(RandomLog &log, bool isReplay);
  };
  struct Replay : Recording {
    explicit Replay(RandomLog &log) : Recording(log, true) {}
  };

  /// While one lives, this thread writes no log: in the body of a loop, all of which draws from one state outside.
  class Paused {
  public:
    Paused();
    ~Paused();
    Paused(const Paused &) = delete;
    Paused &operator=(const Paused &) = delete;

  private:
    RandomLog *outer;
  };

  /// The operand of the next ingot.random for `count` numbers.
  static mlir::Value next(const Site &site, const Size &count);

  /// The same from this log.
  mlir::Value take(const Site &site, const Size &count);

private:
  RandomLog *outer = nullptr; ///< what this thread wrote before
  TensorList states;
  size_t used = 0;
  bool isReplay = false;
};

} // namespace ingot::detail
