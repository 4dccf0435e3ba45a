// Of libtorch's headers torch/torch.h stands for all.
#pragma once
#include <torch/torch.h>
