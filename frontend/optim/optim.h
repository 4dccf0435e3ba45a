// All of ingot::optim.
#pragma once
#include "ingot/optim/lbfgs.h"
#include "ingot/optim/optimizers.h"
#include "ingot/optim/schedulers.h"
