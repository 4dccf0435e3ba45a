#include "tools/conformance/Workers.h"
#include <chrono>
#include <csignal>
#include <cstring>
#include <deque>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ingot::conformance {
namespace {

using Clock = std::chrono::steady_clock;

/// A case that takes longer hangs.
constexpr std::chrono::seconds limit(120);

/// A child that runs a task from one of its cases on, and writes a line of JSON for each that it has finished.
struct Worker {
  const Task *task;
  size_t next; ///< the case that it is at
  pid_t process;
  int pipe;
  std::string unread = {};
  Clock::time_point since = Clock::now(); ///< when the case was begun
  bool late = false;
};

void writeAll(int pipe, const std::string &text) {
  for (size_t written = 0; written < text.size();) {
    ssize_t n = write(pipe, text.data() + written, text.size() - written);
    if (n <= 0)
      _exit(1);
    written += size_t(n);
  }
}

[[noreturn]] void runChild(const Task &task, size_t first, int pipe,
                           const std::function<Result(const Case &)> &run) {
  try {
    GoldenFile file(task.path);
    for (size_t i = first; i < task.cases.size(); ++i) {
      Result result = run(file.cases().at(task.places[i]));
      Json line = {int(result.outcome), result.error, result.why};
      writeAll(pipe, line.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
    }
  } catch (const std::exception &) {
    _exit(1);
  }
  _exit(0);
}

class Pool {
public:
  Pool(const std::function<Result(const Case &)> &run, Report &report) : run(run), report(report) {}

  size_t size() const { return workers.size(); }

  void start(const Task &task, size_t first) {
    int ends[2];
    if (::pipe(ends) != 0)
      throw Failure(std::string("cannot make a pipe: ") + std::strerror(errno));
    std::fflush(nullptr);
    pid_t process = fork();
    if (process < 0)
      throw Failure(std::string("cannot start a process: ") + std::strerror(errno));
    if (process == 0) {
      close(ends[0]);
      runChild(task, first, ends[1], run);
    }
    close(ends[1]);
    workers.push_back({.task = &task, .next = first, .process = process, .pipe = ends[0]});
  }

  /// Waits for some output of some worker, and ends those whose case hangs.
  void wait() {
    std::vector<pollfd> waiting;
    for (const Worker &worker : workers)
      waiting.push_back({worker.pipe, POLLIN, 0});
    constexpr int second = 1000;
    if (poll(waiting.data(), waiting.size(), second) < 0)
      return;
    for (Worker &worker : workers)
      if (!worker.late && Clock::now() - worker.since > limit)
        worker.late = true, kill(worker.process, SIGKILL);
    for (size_t i = waiting.size(); i-- > 0;)
      if (waiting[i].revents)
        readFrom(i);
  }

private:
  void readFrom(size_t index) {
    Worker &worker = workers[index];
    char buffer[4096];
    ssize_t n = read(worker.pipe, buffer, sizeof buffer);
    if (n > 0) {
      worker.unread.append(buffer, size_t(n));
      takeLines(worker);
      return;
    }
    close(worker.pipe);
    int status = 0;
    waitpid(worker.process, &status, 0);
    Worker ended = std::move(worker);
    workers.erase(workers.begin() + std::ptrdiff_t(index));
    if (ended.next == ended.task->cases.size())
      return;
    Result crashed = ended.task->cases[ended.next];
    crashed.why = ended.late ? "took longer than " + std::to_string(limit.count()) + " s"
                  : WIFSIGNALED(status)
                      ? std::string("crashed: ") + strsignal(WTERMSIG(status))
                      : "the process ended with status " + std::to_string(WEXITSTATUS(status));
    report.add(std::move(crashed));
    if (ended.next + 1 < ended.task->cases.size())
      start(*ended.task, ended.next + 1);
  }

  void takeLines(Worker &worker) {
    for (size_t end; (end = worker.unread.find('\n')) != std::string::npos; worker.unread.erase(0, end + 1)) {
      Json line = Json::parse(worker.unread.substr(0, end));
      Result result = worker.task->cases[worker.next++];
      worker.since = Clock::now();
      result.outcome = Outcome(line[0].get<int>());
      result.error = line[1].is_number() ? line[1].get<double>() : 0;
      result.why = line[2].get<std::string>();
      report.add(std::move(result));
    }
  }

  const std::function<Result(const Case &)> &run;
  Report &report;
  std::vector<Worker> workers;
};

} // namespace

void runTasks(const std::vector<Task> &tasks, unsigned jobs, const std::function<Result(const Case &)> &run,
              Report &report) {
  Pool pool(run, report);
  for (size_t next = 0; next < tasks.size() || pool.size();) {
    if (next < tasks.size() && pool.size() < jobs)
      pool.start(tasks[next++], 0);
    else
      pool.wait();
  }
}

} // namespace ingot::conformance
