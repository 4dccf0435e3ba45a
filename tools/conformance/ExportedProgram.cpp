#include "tools/conformance/ExportedProgram.h"
#include "codegen/jit/Jit.h"
#include "ingot/core/State.h"
#include "ingot/ingot.h"
#include "runtime/core/File.h"
#include "runtime/params/State.h"
#include <array>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace ingot::conformance {
namespace {

[[noreturn]] void fail(const std::string &message) { throw std::runtime_error(message); }

void check(const ingot_rt::Status &status) {
  if (!status)
    fail(status.message());
}

/// A folder for the files of an export.
class ExportFolder {
public:
  ExportFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "ingot-export-XXXXXX").string();
    if (!mkdtemp(name.data()))
      fail("cannot create " + name);
    folder = name;
  }
  ExportFolder(const ExportFolder &) = delete;
  ~ExportFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::string path(const char *name) const { return (folder / name).string(); }
  std::string read(const char *name) const {
    ingot_rt::Buffer contents;
    check(ingot_rt::read_file(path(name), contents));
    return {reinterpret_cast<const char *>(contents.data()), contents.size()};
  }

private:
  std::filesystem::path folder;
};

/// While it lives, what this process says goes to a file.
class Redirection {
public:
  explicit Redirection(const std::string &path) {
    std::fflush(nullptr);
    int log = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND, 0600);
    for (auto [stream, saved] : streams()) {
      *saved = dup(stream);
      dup2(log, stream);
    }
    close(log);
  }
  Redirection(const Redirection &) = delete;
  ~Redirection() {
    std::fflush(nullptr);
    for (auto [stream, saved] : streams()) {
      dup2(*saved, stream);
      close(*saved);
    }
  }

private:
  std::array<std::pair<int, int *>, 2> streams() {
    return {{{STDOUT_FILENO, &savedOutput}, {STDERR_FILENO, &savedError}}};
  }

  int savedOutput = -1, savedError = -1;
};

/// The bytes of the object file.
std::string exportTo(const ExportFolder &folder, const Program &program,
                     const std::vector<std::string> &flags) {
  std::vector<std::string> words = {"export", "-o", folder.path("")};
  words.insert(words.end(), flags.begin(), flags.end());
  std::vector<char *> arguments;
  for (std::string &word : words)
    arguments.push_back(word.data());
  Redirection redirection(folder.path("log"));
  if (ingot::export_main(int(arguments.size()), arguments.data(), "P", {program}) != 0)
    fail("export failed: " + folder.read("log"));
  return folder.read("P.o");
}

/// Elements that are aligned as the interface promises, and no better.
class Elements {
public:
  Elements(Dtype type, size_t bytes) : offset(size_t(elementSize(type))), memory(bytes + offset) {}
  char *data() { return memory.data() + offset; }

private:
  size_t offset;
  std::vector<char> memory;
};

size_t bytesOf(const ExportedProgram::Result &result) {
  int64_t count = elementSize(result.type);
  for (int64_t size : result.sizes)
    count *= size;
  return size_t(count);
}

/// Arguments of a C function: pointers, and sizes, which are passed as pointers are.
using Arguments = std::vector<const void *>;

void addSizes(Arguments &arguments, const std::vector<int64_t> &sizes) {
  for (int64_t size : sizes)
    arguments.push_back(reinterpret_cast<const void *>(size));
}

template <class R, size_t... I>
R callWithAll(void *function, const Arguments &arguments, std::index_sequence<I...>) {
  return reinterpret_cast<R (*)(decltype(I, static_cast<const void *>(nullptr))...)>(function)(
      arguments[I]...);
}
/// A function does not see what is passed behind its own arguments: the caller of C functions lays them out and removes
/// them.
template <class R> R call(void *function, Arguments arguments) {
  constexpr size_t most = 256;
  if (arguments.size() > most)
    fail("a function of " + std::to_string(arguments.size()) + " arguments cannot be called");
  arguments.resize(most);
  return callWithAll<R>(function, arguments, std::make_index_sequence<most>());
}

} // namespace

/// An object file in this process, and the state of its model.
struct ExportedProgram::Loaded {
  Loaded(const ExportFolder &folder, const std::string &objectFile) : code(objectFile) {
    auto states = symbol<const ingot_state_entry *(*)(int32_t *)>("P_states");
    object.name = "P";
    object.states = states(&object.stateCount);
    object.stateSize = symbol<int64_t (*)()>("P_state_size")();
    object.prepare = symbol<int32_t (*)(void *, const void *const *)>("P_prepare");
    object.unprepare = symbol<int32_t (*)(const void *, void *const *)>("P_unprepare");
    ingot_rt::SafeTensors file;
    if (object.stateCount == 0)
      return;
    check(ingot_rt::SafeTensors::read(folder.path("P.safetensors"), file));
    check(ingot_rt::load_state(object, file, "P.safetensors", state));
  }

  template <class F> F symbol(const char *name) const { return reinterpret_cast<F>(code.address(name)); }

  codegen::JitModule code;
  ingot_rt::Object object{};
  ingot_rt::Buffer state;
};

ExportedProgram::ExportedProgram(const Program &program, const std::vector<std::string> &flags) {
  ExportFolder folder;
  std::string objectFile = exportTo(folder, program, flags);
  loaded = std::make_unique<Loaded>(folder, objectFile);
}
ExportedProgram::~ExportedProgram() = default;

std::vector<Tensor> ExportedProgram::operator()(const std::vector<Tensor> &inputs,
                                                const std::vector<int64_t> &dims,
                                                const std::vector<Result> &results) {
  std::vector<Elements> memory;
  for (const Tensor &input : inputs) {
    const void *elements = ingot::detail::readBytes(input);
    size_t bytes = bytesOf({input.sizes().vec(), input.dtype()});
    char *copy = memory.emplace_back(input.dtype(), bytes).data();
    if (bytes)
      std::memcpy(copy, elements, bytes);
  }
  for (const Result &result : results)
    memory.emplace_back(result.type, bytesOf(result));

  ingot_rt::Buffer workspace = ingot_rt::Buffer::allocate(size_t(workspaceBytes(dims)));
  ingot_error error{};
  ingot_host host{sizeof(ingot_host), nullptr, nullptr, 1, &error};
  Arguments arguments = {loaded->state.mutable_data()};
  for (size_t i = 0; i < inputs.size(); ++i)
    arguments.push_back(memory[i].data());
  addSizes(arguments, dims);
  for (size_t i = inputs.size(); i < memory.size(); ++i)
    arguments.push_back(memory[i].data());
  arguments.push_back(workspace.mutable_data());
  arguments.push_back(&host);
  if (int32_t status = call<int32_t>(loaded->code.address("P_run"), arguments))
    fail("P_run returned " + std::to_string(status) + ": " + (error.name ? error.name : "a value") +
         ": required " + std::to_string(error.lower) + " to " + std::to_string(error.upper) + ", got " +
         std::to_string(error.value));

  std::vector<Tensor> outputs;
  for (size_t i = 0; i < results.size(); ++i) {
    outputs.push_back(ingot::empty(results[i].sizes, results[i].type));
    ingot::detail::writeBytes(outputs.back(), memory[inputs.size() + i].data(), bytesOf(results[i]));
  }
  return outputs;
}

OrderedDict<std::string, Tensor> ExportedProgram::state() const {
  ExportFolder folder;
  std::string path = folder.path("P.safetensors");
  check(ingot_rt::save_state(loaded->object, loaded->state.data(), path));
  return ingot::load_tensors(path);
}

int64_t ExportedProgram::workspaceBytes(const std::vector<int64_t> &dims) const {
  Arguments arguments;
  addSizes(arguments, dims);
  addSizes(arguments, {1}); // workers
  return call<int64_t>(loaded->code.address("P_run_workspace"), arguments);
}

} // namespace ingot::conformance
