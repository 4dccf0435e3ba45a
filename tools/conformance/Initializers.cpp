#include "tools/conformance/Targets.h"

namespace ingot::conformance {
namespace {

namespace init = nn::init;

TargetTable makeTable() {
  TargetTable table;
// An initializer: its arguments behind the tensor, which has the sizes of the case.
#define INITIALIZER(name, ...)                                                                               \
  table["nn::init::" #name] = [](Inputs &in) {                                                               \
    return runOf(init::name(ingot::empty(in.theCase().shape) __VA_OPT__(, ) __VA_ARGS__));                   \
  };
  INITIALIZER(constant_, in[0].as<Scalar>())
  INITIALIZER(dirac_)
  INITIALIZER(eye_)
  INITIALIZER(kaiming_normal_, in[0].as<double>(), in[1].as<init::FanModeType>(),
              in[2].as<init::NonlinearityType>())
  INITIALIZER(kaiming_uniform_, in[0].as<double>(), in[1].as<init::FanModeType>(),
              in[2].as<init::NonlinearityType>())
  INITIALIZER(normal_, in[0].as<double>(), in[1].as<double>())
  INITIALIZER(ones_)
  INITIALIZER(orthogonal_, in[0].as<double>())
  INITIALIZER(sparse_, in[0].as<double>(), in[1].as<double>())
  INITIALIZER(trunc_normal_, in[0].as<double>(), in[1].as<double>(), in[2].as<double>(), in[3].as<double>())
  INITIALIZER(uniform_, in[0].as<double>(), in[1].as<double>())
  INITIALIZER(xavier_normal_, in[0].as<double>())
  INITIALIZER(xavier_uniform_, in[0].as<double>())
  INITIALIZER(zeros_)
#undef INITIALIZER
  return table;
}

} // namespace

const TargetTable &initializerTargets() {
  static const TargetTable table = makeTable();
  return table;
}

const Target &findTarget(const Case &c) {
  const TargetTable *table = nullptr;
  if (c.kind == "module")
    table = &moduleTargets();
  else if (c.kind == "functional")
    table = &functionalTargets();
  else if (c.kind == "tensor")
    table = &tensorTargets();
  else if (c.kind == "init") // also the initial parameters of layers
    table = c.target.starts_with("nn::init::") ? &initializerTargets() : &moduleTargets();
  else if (c.kind == "optim")
    table = &optimizerTargets();
  else if (c.kind == "program")
    table = &programTargets();
  else
    throw Unsupported("cases of kind " + c.kind);
  auto row = table->find(c.target);
  if (row == table->end())
    throw Unsupported("no such target");
  return row->second;
}

} // namespace ingot::conformance
