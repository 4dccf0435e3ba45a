// Whether a thread records what gradients need.
//
//   { ingot::NoGradGuard guard; weight.mul_(0.9); }   // not differentiated; computed at the end
#pragma once
#include <exception>
#include <source_location>

namespace ingot {

struct GradMode {
  static bool is_enabled();
  static void set_enabled(bool enabled);
};

/// Gradient recording of this thread is `enabled` while it lives.
class AutoGradMode {
public:
  explicit AutoGradMode(bool enabled) : before(GradMode::is_enabled()) { GradMode::set_enabled(enabled); }
  ~AutoGradMode() { GradMode::set_enabled(before); }
  AutoGradMode(const AutoGradMode &) = delete;
  AutoGradMode &operator=(const AutoGradMode &) = delete;

protected:
  bool before;
};

/// No gradients are recorded while it lives. Outside trace, leaving the outermost one computes what is pending, and throws
/// where that fails: a loop that only writes parameters, and never reads, computes once an iteration.
class NoGradGuard : public AutoGradMode {
public:
  NoGradGuard(const std::source_location &where = std::source_location::current())
      : AutoGradMode(false), where(where) {}
  ~NoGradGuard() noexcept(false);

private:
  std::source_location where;
  int exceptions = std::uncaught_exceptions();
};
using InferenceMode = NoGradGuard;

} // namespace ingot
