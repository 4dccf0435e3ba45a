// Runs cases in processes of their own, several at a time: a case that crashes fails, and the others go on.
#pragma once
#include "tools/conformance/Golden.h"
#include "tools/conformance/Report.h"
#include <functional>

namespace ingot::conformance {

/// The cases of a file that are to run, by their places in it.
struct Task {
  std::string path;
  std::vector<size_t> places;
  std::vector<Result> cases; ///< target and name of each
};

/// Runs all tasks, `jobs` at a time, and adds the results. `run` is called in a child process.
void runTasks(const std::vector<Task> &tasks, unsigned jobs, const std::function<Result(const Case &)> &run,
              Report &report);

} // namespace ingot::conformance
