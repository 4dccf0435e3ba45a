// A backend that compiles nothing: it keeps the text of what it was given, and its functions write zeros.
//
//   fakeBackend().modules.back()     the IR of the last flush or export
//   fakeBackend().calls              how often a function was called
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace ingot::test {

struct FakeBackendLog {
  std::vector<std::string> modules;
  std::vector<std::string> stateNames; ///< of the last export; aliases start with "="
  int calls = 0;
  int32_t status = 0; ///< what functions return
};

FakeBackendLog &fakeBackend();

} // namespace ingot::test
