#include "tools/conformance/Exported.h"
#include "frontend/core/SymbolicSize.h"
#include "tools/conformance/ExportedProgram.h"
#include <optional>

namespace ingot::conformance {
namespace {

/// Sizes of inputs that a program learns from each call: dimension `dim` of the first input, and equal sizes of others.
struct RunTimeSize {
  enum class Ties { others, all, none }; ///< which sizes that are equal are the same

  RunTimeSize(const Case &c, int64_t dim) : dim(dim) {
    const Stored *first = c.find("in.0");
    if (!first || int64_t(first->shape.size()) <= dim || first->shape[size_t(dim)] < 2)
      throw Unsupported("no such dimension of more than one element");
    value = first->shape[size_t(dim)];
  }

  Size name() const { return Dim("N", least, INT32_MAX); }
  Shape sizesOf(const std::string &role, const Stored &stored) const {
    std::vector<Size> sizes(stored.shape.begin(), stored.shape.end());
    for (size_t d = 0; d < sizes.size(); ++d) {
      bool isTied = role == "in.0" ? ties == Ties::all : ties != Ties::none;
      if ((role == "in.0" && int64_t(d) == dim) || (isTied && stored.shape[d] == value))
        sizes[d] = name();
    }
    return sizes;
  }

  int64_t dim, value = 0, least = 0;
  Ties ties = Ties::others;
};

std::vector<int64_t> numbersOf(const Shape &sizes, const std::optional<RunTimeSize> &size) {
  std::vector<int64_t> numbers;
  for (const Size &each : sizes)
    numbers.push_back(ingot::detail::SizeAccess::expr(each).evaluate({{"N", size ? size->value : 0}}));
  return numbers;
}

/// Records the body of a case and, with `cotangents`, the gradients that the case has: the stored tensors that they take become
/// inputs of a program.
class Recording final : public ingot::detail::TraceBody {
public:
  Recording(Inputs &in, const std::function<Run()> &body, std::optional<RunTimeSize> size)
      : in(in), body(body), size(size) {
    for (const auto &[role, stored] : in.theCase().tensors)
      if ((role.starts_with("in.") || role.starts_with("opt.")) && !in.made().count(role))
        addInput(role, size ? size->sizesOf(role, *stored) : Shape(stored->shape));
  }
  ~Recording() override {
    for (const std::string &role : roles)
      in.drop(role);
  }

  Program trace() { return ingot::detail::traceProgram("run", *this, specs, {}, Where::current()); }

  /// From now on with gradients. Cotangents have the sizes of the results of what was traced before.
  void addCotangents() {
    for (size_t k = 0; k < outputSizes.size(); ++k)
      if (std::string role = "cotangent." + std::to_string(k); in.theCase().find(role))
        addInput(role, outputSizes[k]);
    withGradients = true;
  }

  /// The results of the body, what else it gives to compare, the gradients.
  std::vector<Tensor> run(const std::vector<Tensor> &inputs) override {
    for (size_t i = 0; i < roles.size(); ++i)
      in.put(roles[i], hasGradient(roles[i]) ? inputs[i].detach().requires_grad_() : inputs[i]);
    Run run = body();
    TensorList outputs = run.outputs;
    outputSizes.clear(), after.clear(), results.clear();
    for (const Tensor &output : outputs)
      outputSizes.push_back(output.sizes());
    for (const auto &[role, tensor] : run.after)
      keep(outputs, role, tensor);
    if (withGradients)
      addGradients(outputs, run);
    for (const Tensor &output : outputs)
      results.emplace_back(numbersOf(output.sizes(), size), output.dtype());
    for (const std::string &role : roles)
      in.drop(role);
    return outputs;
  }

  /// Calls what was traced.
  Run call(ExportedProgram &program) const {
    std::vector<Tensor> inputs;
    for (const std::string &role : roles)
      inputs.push_back(load(*in.theCase().find(role)));
    std::vector<Tensor> outputs =
        program(inputs, size ? std::vector<int64_t>{size->value} : std::vector<int64_t>{}, results);
    Run run;
    size_t count = outputSizes.size();
    run.outputs.assign(outputs.begin(), outputs.begin() + int64_t(count));
    for (size_t i = 0; i < after.size(); ++i)
      run.after[after[i]] = outputs[count + i];
    for (const auto &item : program.state())
      run.after["buffer_after." + item.key()] = item.value();
    return run;
  }

private:
  void addInput(const std::string &role, const Shape &sizes) {
    specs.emplace_back("in" + std::to_string(roles.size()), sizes, dtypeOf(*in.theCase().find(role)));
    roles.push_back(role);
  }
  bool hasGradient(const std::string &role) const { return in.theCase().find("grad." + role); }

  void keep(TensorList &outputs, const std::string &role, const Tensor &tensor) {
    if (!in.theCase().find(role))
      return;
    after.push_back(role);
    outputs.push_back(tensor);
  }

  /// The gradients of the loss, if the case has one, or of sum_k <out.k, cotangent.k>.
  void addGradients(TensorList &outputs, const Run &run) {
    TensorList values, cotangents, leaves;
    if (auto loss = run.after.find("loss"); loss != run.after.end())
      values.push_back(loss->second);
    else
      for (size_t k = 0; k < run.outputs.size(); ++k)
        if (std::string role = "cotangent." + std::to_string(k);
            in.made().count(role) && run.outputs[k].requires_grad())
          values.push_back(run.outputs[k]), cotangents.push_back(in.made().at(role));
    std::vector<std::string> names;
    for (const auto &[role, tensor] : in.made())
      if (hasGradient(role))
        names.push_back("grad." + role), leaves.push_back(tensor);
    TensorList gradients(leaves.size());
    if (!values.empty() && !leaves.empty())
      gradients = autograd::grad(values, leaves, cotangents, std::nullopt, false, /*allow_unused=*/true);
    for (size_t i = 0; i < leaves.size(); ++i)
      keep(outputs, names[i], gradients[i].defined() ? gradients[i] : zeros_like(leaves[i]));
  }

  Inputs &in;
  const std::function<Run()> &body;
  std::optional<RunTimeSize> size;
  bool withGradients = false;
  std::vector<std::string> roles; ///< of the inputs
  std::vector<TensorSpec> specs;
  std::vector<Shape> outputSizes;
  std::vector<std::string> after; ///< roles of the results behind the outputs
  std::vector<ExportedProgram::Result> results;
};

Program traceAll(Recording &recording) {
  recording.trace(); // the results, whose sizes those of the cotangents are
  recording.addCotangents();
  return recording.trace();
}

Run exportAndRun(Inputs &in, const std::function<Run()> &body, const ExportOptions &options) {
  std::vector<std::string> flags;
  if (!options.optimized)
    flags.push_back("--O0");
  auto runWith = [&](std::optional<RunTimeSize> size) {
    Recording recording(in, body, size);
    std::optional<Program> program;
    try {
      program = traceAll(recording);
    } catch (const Error &error) {
      if (size)
        throw Unsupported(std::string("refused: ") + error.what());
      throw;
    }
    ExportedProgram exported(*program, flags);
    return recording.call(exported);
  };
  if (!options.runTimeDim)
    return runWith(std::nullopt);
  RunTimeSize size(in.theCase(), *options.runTimeDim);
  std::optional<Unsupported> first;
  for (int64_t least : {int64_t(0), int64_t(2), size.value})
    for (auto ties : {RunTimeSize::Ties::others, RunTimeSize::Ties::all, RunTimeSize::Ties::none})
      try {
        size.least = least, size.ties = ties;
        return runWith(size);
      } catch (const Unsupported &refused) {
        first = first ? first : refused;
      }
  throw *first;
}

} // namespace

Run runExported(Inputs &in, const Target &target, const ExportOptions &options) {
  const Case &c = in.theCase();
  // A layer is made outside of the trace, which its target then asks for; of anything else, all is recorded.
  in.setRecorder([&](const std::function<Run()> &body) { return exportAndRun(in, body, options); });
  bool isLayer =
      c.kind == "module" || c.kind == "program" || (c.kind == "init" && !c.target.starts_with("nn::init::"));
  try {
    return isLayer ? target(in) : exportAndRun(in, [&] { return target(in); }, options);
  } catch (const Error &error) {
    if (std::string(error.what()).find("inside trace nothing can be read") != std::string::npos)
      throw Unsupported("what depends on values cannot be exported");
    throw;
  }
}

} // namespace ingot::conformance
