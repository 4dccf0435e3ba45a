// Of libtorch's headers torch/script.h has what concerns TorchScript.
#pragma once
#include <torch/script.h>
