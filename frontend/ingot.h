// The whole public API.
//
//   #include <ingot/ingot.h>
//   using ingot::Tensor;
//   namespace nn = ingot::nn;
//   namespace F = ingot::nn::functional;
#pragma once
#include "ingot/core/Autograd.h"
#include "ingot/core/Error.h"
#include "ingot/core/Function.h"
#include "ingot/core/GradMode.h"
#include "ingot/core/Half.h"
#include "ingot/core/Scan.h"
#include "ingot/core/Tensor.h"
#include "ingot/core/Trace.h"
#include "ingot/data/data.h"
#include "ingot/functional/composites.h"
#include "ingot/functional/factories.h"
#include "ingot/functional/layers.h"
#include "ingot/functional/linalg.h"
#include "ingot/functional/ops.h"
#include "ingot/functional/statistics.h"
#include "ingot/io/archive.h"
#include "ingot/io/io.h"
#include "ingot/nn/nn.h"
#include "ingot/optim/optim.h"
