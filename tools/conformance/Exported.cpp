#include "tools/conformance/Exported.h"
#include "codegen/jit/Jit.h"
#include "ingot/core/State.h"
#include "runtime/core/File.h"
#include "runtime/params/State.h"
#include <array>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace ingot::conformance {
namespace {

/// A folder for the files of an export. What is written to standard error while it lives goes to a file in it.
class ExportFolder {
public:
  ExportFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "conformance-XXXXXX").string();
    if (!mkdtemp(name.data()))
      throw Failure("cannot create " + name);
    folder = name;
    std::fflush(stderr);
    savedError = dup(STDERR_FILENO);
    if (int log = open(path("log").c_str(), O_RDWR | O_CREAT, 0600); log >= 0) {
      dup2(log, STDERR_FILENO);
      close(log);
    }
  }
  ExportFolder(const ExportFolder &) = delete;
  ~ExportFolder() {
    std::fflush(stderr);
    dup2(savedError, STDERR_FILENO);
    close(savedError);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::string path(const char *name) const { return (folder / name).string(); }
  std::string read(const char *name) const {
    ingot_rt::Buffer contents;
    if (ingot_rt::Status status = ingot_rt::read_file(path(name), contents); !status)
      throw Failure(status.message());
    return {reinterpret_cast<const char *>(contents.data()), contents.size()};
  }

private:
  std::filesystem::path folder;
  int savedError;
};

/// Elements that are aligned as the interface promises, and no better.
class Elements {
public:
  Elements(Dtype type, size_t bytes) : offset(size_t(elementSize(type))), memory(bytes + offset) {}
  char *data() { return memory.data() + offset; }

private:
  size_t offset;
  std::vector<char> memory;
};

struct Result {
  std::vector<int64_t> sizes;
  Dtype type;
  size_t bytes() const {
    int64_t count = elementSize(type);
    for (int64_t size : sizes)
      count *= size;
    return size_t(count);
  }
};

/// Records the body of a case: the stored tensors that it takes become inputs of a program.
class Recording final : public ingot::detail::TraceBody {
public:
  Recording(Inputs &in, const std::function<Run()> &body) : in(in), body(body) {
    for (const auto &[role, stored] : in.theCase().tensors)
      if ((role.starts_with("in.") || role.starts_with("opt.")) && !in.made().count(role))
        roles.push_back(role);
  }

  Program trace() {
    std::vector<TensorSpec> specs;
    for (size_t i = 0; i < roles.size(); ++i) {
      const Stored &stored = *in.theCase().find(roles[i]);
      specs.emplace_back("in" + std::to_string(i), Shape(stored.shape), dtypeOf(stored));
    }
    return ingot::detail::traceProgram("run", *this, specs, {}, Where::current());
  }

  std::vector<Tensor> run(const std::vector<Tensor> &inputs) override {
    for (size_t i = 0; i < roles.size(); ++i)
      in.put(roles[i], inputs[i]);
    std::vector<Tensor> outputs = body().outputs;
    for (const Tensor &output : outputs)
      results.push_back({output.sizes().vec(), output.dtype()});
    for (const std::string &role : roles)
      in.drop(role);
    return outputs;
  }

  std::vector<std::string> roles; ///< of the inputs
  std::vector<Result> results;

private:
  Inputs &in;
  const std::function<Run()> &body;
};

/// An object file in this process, and the state of its model.
class LoadedObject {
public:
  explicit LoadedObject(const ExportFolder &folder) : code(folder.read("P.o")) {
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

  /// Calls the program with pointers to its inputs and results.
  void call(const std::vector<void *> &tensors) {
    int64_t bytes = symbol<int64_t (*)(int32_t)>("P_run_workspace")(1);
    ingot_rt::Buffer workspace = ingot_rt::Buffer::allocate(size_t(bytes));
    ingot_error error{};
    ingot_host host{sizeof(ingot_host), nullptr, nullptr, 1, &error};
    std::vector<void *> arguments = {state.mutable_data()};
    arguments.insert(arguments.end(), tensors.begin(), tensors.end());
    arguments.push_back(workspace.mutable_data());
    arguments.push_back(&host);
    if (int32_t status = callWith(code.address("P_run"), arguments))
      throw Failure("P_run returned " + std::to_string(status) + ": got " + std::to_string(error.value) +
                    ", required " + std::to_string(error.lower) + " to " + std::to_string(error.upper));
  }

  /// The state as PyTorch lays it out, by name.
  std::map<std::string, Tensor> canonicalState() {
    std::vector<ingot_rt::Buffer> buffers;
    if (!ingot_rt::detail::allocate_states(object, buffers))
      throw Failure("the state cannot be read back");
    std::vector<void *> canonical;
    for (ingot_rt::Buffer &buffer : buffers)
      canonical.push_back(buffer.mutable_data());
    if (object.unprepare(state.data(), canonical.data()) != INGOT_OK)
      throw Failure("P_unprepare failed");
    std::map<std::string, Tensor> tensors;
    for (size_t i = 0; i < buffers.size(); ++i) {
      const ingot_state_entry &entry = object.states[i];
      tensors[entry.name] = load({entry.name,
                                  ingot_rt::dtype_of_abi(entry.dtype),
                                  {entry.shape, entry.shape + entry.rank},
                                  {buffers[i].data(), buffers[i].size()}});
    }
    return tensors;
  }

private:
  static void check(const ingot_rt::Status &status) {
    if (!status)
      throw Failure(status.message());
  }
  template <class F> F symbol(const char *name) const { return reinterpret_cast<F>(code.address(name)); }

  template <size_t... I>
  static int32_t callCounted(void *function, void *const *arguments, std::index_sequence<I...>) {
    return reinterpret_cast<int32_t (*)(decltype(I, static_cast<void *>(nullptr))...)>(function)(
        arguments[I]...);
  }
  template <size_t N = 3> static int32_t callWith(void *function, const std::vector<void *> &arguments) {
    constexpr size_t most = 64;
    if (arguments.size() == N)
      return callCounted(function, arguments.data(), std::make_index_sequence<N>());
    if constexpr (N < most)
      return callWith<N + 1>(function, arguments);
    throw Unsupported("an exported function of " + std::to_string(arguments.size()) + " arguments");
  }

  codegen::JitModule code;
  ingot_rt::Object object{};
  ingot_rt::Buffer state;
};

void exportTo(const ExportFolder &folder, const Program &program, bool optimized) {
  std::vector<std::string> flags = {"conformance", "-o", folder.path("")};
  if (!optimized)
    flags.push_back("--O0");
  std::vector<char *> arguments;
  for (std::string &flag : flags)
    arguments.push_back(flag.data());
  if (ingot::export_main(int(arguments.size()), arguments.data(), "P", {program}) != 0)
    throw Failure("export failed: " + folder.read("log"));
}

Run exportAndRun(Inputs &in, const std::function<Run()> &body, bool optimized) {
  ExportFolder folder;
  Recording recording(in, body);
  exportTo(folder, recording.trace(), optimized);
  LoadedObject object(folder);

  std::vector<Elements> memory;
  for (const std::string &role : recording.roles) {
    const Stored &stored = *in.theCase().find(role);
    Elements &elements = memory.emplace_back(dtypeOf(stored), stored.data.size());
    std::copy(stored.data.begin(), stored.data.end(), reinterpret_cast<std::byte *>(elements.data()));
  }
  for (const Result &result : recording.results)
    memory.emplace_back(result.type, result.bytes());
  std::vector<void *> pointers;
  for (Elements &elements : memory)
    pointers.push_back(elements.data());
  object.call(pointers);

  Run run;
  for (size_t i = 0; i < recording.results.size(); ++i) {
    const Result &result = recording.results[i];
    Tensor output = ingot::empty(result.sizes, result.type);
    ingot::detail::writeBytes(output, pointers[recording.roles.size() + i], result.bytes());
    run.outputs.push_back(output);
  }
  for (const auto &[name, tensor] : object.canonicalState())
    run.after["buffer_after." + name] = tensor;
  return run;
}

} // namespace

Run runExported(Inputs &in, const Target &target, bool optimized) {
  const Case &c = in.theCase();
  // A layer is made outside of the trace, which its target then asks for; of anything else, all is recorded.
  in.setRecorder(
      [&in, optimized](const std::function<Run()> &body) { return exportAndRun(in, body, optimized); });
  bool isLayer =
      c.kind == "module" || c.kind == "program" || (c.kind == "init" && !c.target.starts_with("nn::init::"));
  try {
    return isLayer ? target(in) : exportAndRun(in, [&] { return target(in); }, optimized);
  } catch (const Error &error) {
    if (std::string(error.what()).find("inside trace nothing can be read") != std::string::npos)
      throw Unsupported("what depends on values cannot be exported");
    throw;
  }
}

} // namespace ingot::conformance
