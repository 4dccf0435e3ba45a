// Whole programs: a model as a user writes it, its loss, and a step of training.
//
//   ProgramModel   the base of the models
//   ProgramTable   what makes each from the options of a case
#pragma once
#include "tools/conformance/Golden.h"
#include <functional>
#include <memory>

namespace ingot::conformance {

/// Inputs and outputs are those of the case, in its order; what a model needs of them is its own affair.
class ProgramModel : public nn::Module {
public:
  using Optimizers = std::vector<std::unique_ptr<optim::Optimizer>>;
  using OptimizerMaker = std::function<std::unique_ptr<optim::Optimizer>(const TensorList &parameters)>;

  virtual TensorList forward(const TensorList &inputs) = 0;
  virtual Tensor loss(const TensorList &outputs, const TensorList &inputs) = 0;

  /// One, for all parameters, unless a model has several.
  virtual Optimizers makeOptimizers(const OptimizerMaker &make);
  /// Updates the parameters; returns the losses before.
  virtual TensorList step(const Optimizers &optimizers, const TensorList &inputs);
};

using ProgramMaker = std::function<std::shared_ptr<ProgramModel>(const Json &options)>;
using ProgramTable = std::map<std::string, ProgramMaker>;

/// Models of images and features, by name; ProgramModels.cpp.
void addFeedForwardPrograms(ProgramTable &table);
/// Models of sequences; ProgramSequences.cpp.
void addSequencePrograms(ProgramTable &table);

} // namespace ingot::conformance
