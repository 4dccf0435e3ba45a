// Must not compile: there is no TorchScript.
#include <torch/script.h>

int main() {
  torch::jit::script::Module module = torch::jit::load("model.pt");
  return 0;
}
