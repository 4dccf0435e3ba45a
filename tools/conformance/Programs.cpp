#include "tools/conformance/Programs.h"
#include "tools/conformance/Targets.h"

namespace ingot::conformance {

ProgramModel::Optimizers ProgramModel::makeOptimizers(const OptimizerMaker &make) {
  Optimizers optimizers;
  optimizers.push_back(make(parameters()));
  return optimizers;
}

TensorList ProgramModel::step(const Optimizers &optimizers, const TensorList &inputs) {
  optimizers[0]->zero_grad();
  Tensor value = loss(forward(inputs), inputs);
  value.backward();
  optimizers[0]->step();
  return {value};
}

namespace {

std::shared_ptr<ProgramModel> makeModel(const ProgramMaker &make, Inputs &in) {
  std::shared_ptr<ProgramModel> model = make(in.theCase().options);
  setState(*model, in);
  model->train(in.theCase().mode == "train");
  return model;
}

/// Steps on the same inputs; the state after each that the case has.
void runTraining(const ProgramMaker &make, Inputs &in, Run &run) {
  const Case &c = in.theCase();
  std::shared_ptr<ProgramModel> model = makeModel(make, in);
  TensorList inputs;
  for (size_t k = 0; k < in.size(); ++k)
    inputs.push_back(load(*c.find("in." + std::to_string(k))));
  ProgramModel::Optimizers optimizers = model->makeOptimizers(
      [&](const TensorList &parameters) { return makeOptimizer(in, c.optimizer, parameters); });
  for (int64_t s = 1;
       c.find("step." + std::to_string(s) + ".loss") || c.find("step." + std::to_string(s) + ".loss.0");
       ++s) {
    std::string prefix = "step." + std::to_string(s) + ".";
    TensorList losses = model->step(optimizers, inputs);
    for (size_t k = 0; k < losses.size(); ++k)
      run.after[prefix + "loss" + (losses.size() > 1 ? "." + std::to_string(k) : "")] = losses[k].detach();
    auto keep = [&](const std::string &role, const Tensor &tensor) {
      if (c.find(role))
        run.after[role] = tensor.detach().clone();
    };
    for (const auto &item : model->named_parameters())
      keep(prefix + "param." + item.key(), item.value());
    for (const auto &item : model->named_buffers())
      keep(prefix + "buffer." + item.key(), item.value());
  }
}

Run runProgram(const ProgramMaker &make, Inputs &in) {
  const Case &c = in.theCase();
  std::shared_ptr<ProgramModel> model = makeModel(make, in);
  auto inputs = [&] {
    TensorList list;
    for (size_t k = 0; k < in.size(); ++k)
      list.push_back(in[k].tensor());
    return list;
  };
  for (const auto &item : model->named_parameters())
    in.put("param." + item.key(), item.value());
  // What gradients the case has are those of the loss.
  Run run = in.record([&] {
    Run run = runOf(model->forward(inputs()));
    if (c.gradients)
      run.after["loss"] = model->loss(run.outputs, inputs());
    return run;
  });
  if (in.isRecorded()) // the call, without the host's training
    return run;
  if (c.gradients)
    run.after["loss"].backward();
  for (const auto &item : model->named_parameters())
    run.leaves["param." + item.key()] = item.value();
  for (const auto &item : model->named_buffers())
    run.after["buffer_after." + item.key()] = item.value().clone();
  if (!c.optimizer.empty())
    runTraining(make, in, run);
  return run;
}

TargetTable makeTable() {
  ProgramTable programs;
  addFeedForwardPrograms(programs);
  addSequencePrograms(programs);
  TargetTable table;
  for (const auto &[name, make] : programs)
    table[name] = [make = make](Inputs &in) { return runProgram(make, in); };
  return table;
}

} // namespace

const TargetTable &programTargets() {
  static const TargetTable table = makeTable();
  return table;
}

} // namespace ingot::conformance
