// Whether a thread records what gradients need.
//
//   { ingot::NoGradGuard guard; weight.mul_(0.9); }   // not differentiated
#pragma once

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

private:
  bool before;
};

struct NoGradGuard : AutoGradMode {
  NoGradGuard() : AutoGradMode(false) {}
};
using InferenceMode = NoGradGuard;

} // namespace ingot
