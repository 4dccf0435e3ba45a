#include "frontend/core/Trace.h"
#include "frontend/core/Backend.h"
#include "frontend/core/EagerRecorder.h"
#include "frontend/core/Error.h"
#include "frontend/core/TraceRecorder.h"
#include "frontend/core/Value.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include <cstdio>
#include <map>

using namespace mlir;

namespace ingot {
namespace detail {

std::string StateName::path() const {
  std::string outer = pathOf(owner.get());
  return outer.empty() ? key : outer + "." + key;
}

bool isTracing() { return Recorder::current()->isTrace(); }

void failArity(const std::string &name, size_t inputs, const Where &at) {
  fail("trace", at, "the function of '" + name + "' must take one Tensor for each input",
       std::to_string(inputs));
}

static void checkIdentifier(const Site &site, const char *what, llvm::StringRef name) {
  bool ok = !name.empty() && !llvm::isDigit(name.front()) &&
            llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; });
  if (!ok)
    fail(site.op, site.where, std::string("the name of ") + what + " must be an identifier of C",
         "'" + name.str() + "'");
}

/// Sizes do not know where they are used: what they refuse is told with the place of the trace.
static std::vector<Tensor> runBody(const Site &site, TraceBody &body, const std::vector<Tensor> &inputs) {
  try {
    return body.run(inputs);
  } catch (const Error &error) {
    if (error.line())
      throw;
    fail(site.op, site.where, error.what());
  }
}

Program traceProgram(const std::string &name, TraceBody &body, const std::vector<TensorSpec> &specs,
                     const std::vector<std::string> &outputNames, const Where &at) {
  Site site{"trace", at};
  if (isTracing())
    fail(site.op, site.where, "a trace cannot be made inside another one");
  checkIdentifier(site, "a program", name);
  auto recorder = std::make_shared<TraceRecorder>(name);
  RecorderScope scope(recorder);
  struct Closer {
    ~Closer() { recorder.close(); }
    TraceRecorder &recorder;
  } closer{*recorder};

  std::vector<Tensor> inputs;
  for (const TensorSpec &spec : specs) {
    checkIdentifier(site, "an input", spec.name);
    inputs.push_back(recorder->addInput(site, spec.name, spec.sizes, spec.dtype));
  }
  std::vector<Tensor> outputs = runBody(site, body, inputs);
  for (const std::string &output : outputNames)
    checkIdentifier(site, "an output", output);
  return Program(recorder->finish(site, outputs, outputNames));
}

/// Writes the states' names into the function; modules may have been registered since it was recorded.
static func::FuncOp nameStates(ProgramImpl &program) {
  auto function = *program.module->getOps<func::FuncOp>().begin();
  Builder b(&context());
  for (auto [i, state] : llvm::enumerate(program.states))
    function.setArgAttr(i, "ingot.state", b.getStringAttr(state->names.front().path()));
  for (auto [i, state] : llvm::enumerate(program.written))
    function.setResultAttr(program.outputs + i, "ingot.state",
                           b.getStringAttr(program.states[state]->names.front().path()));
  return function;
}

/// The states of all programs, in the order of their first use.
static std::vector<StateTensor> collectStates(const std::vector<Program> &programs) {
  std::vector<StateTensor> states;
  std::map<std::string, const Storage *> owners;
  auto claim = [&](const std::string &name, const Storage *storage) {
    if (auto [at, isNew] = owners.emplace(name, storage); !isNew && at->second != storage)
      throw Error("two states of the exported programs are called '" + name +
                  "': register their modules in one module, under different names");
    return name;
  };
  llvm::SmallPtrSet<const Storage *, 16> seen;
  for (const Program &program : programs)
    for (const std::shared_ptr<Storage> &storage : program.unwrap()->states) {
      if (!seen.insert(storage.get()).second)
        continue;
      settle({"export_main", {}}, *storage);
      StateTensor &state = states.emplace_back();
      state.name = claim(storage->names.front().path(), storage.get());
      state.type = storage->type;
      state.data = storage->buffer->data;
      for (const StateName &alias : llvm::ArrayRef(storage->names).drop_front())
        if (std::string path = alias.path(); path != state.name)
          state.aliases.push_back(claim(path, storage.get()));
    }
  return states;
}

} // namespace detail

State::State(const std::string &name, Tensor initial, const Where &at) : tensor(std::move(initial)) {
  detail::Site site{"State", at};
  detail::typeOf(site, tensor);
  if (name.empty() || name.front() == '.' || name.back() == '.' || name.find("..") != std::string::npos)
    detail::fail(site.op, site.where, "the name must be keys joined by dots", "'" + name + "'");
  if (tensor.unwrap()->base)
    detail::fail(site.op, site.where, "the tensor must not be a view of another one: use clone()",
                 detail::describe(tensor));
  detail::nameState(tensor, nullptr, name, /*isParameter=*/false);
}

std::string Program::str() const {
  detail::RecordLock lock;
  detail::nameStates(*impl);
  std::string text;
  llvm::raw_string_ostream out(text);
  impl->module->print(out);
  return text;
}

const std::string &Program::name() const { return impl->name; }

int export_main(int argc, char **argv, const std::string &name, const std::vector<Program> &programs) {
  try {
    detail::RecordLock lock;
    if (programs.empty())
      throw Error("required a program, a function that was traced; got none");
    std::vector<detail::StateTensor> states = detail::collectStates(programs);
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&detail::context()), name);
    for (const Program &program : programs) {
      func::FuncOp function = detail::nameStates(*program.unwrap());
      if (module->lookupSymbol(function.getName()))
        throw Error("two programs are called '" + program.name() + "'");
      module->push_back(function.clone());
    }
    return detail::backend().exportMain(argc, argv, *module, states);
  } catch (const Error &error) {
    std::fprintf(stderr, "%s: %s\n", name.c_str(), error.what());
    return 1;
  }
}

} // namespace ingot
