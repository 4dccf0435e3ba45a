#include <ingot/ingot.h>

int main(int argc, char **argv) {
  ingot::Dim N("N", 100);
  auto apply = ingot::trace("apply", [](ingot::Tensor x) { return x * 2 + 1; }, {{"x", {N}}}, {"y"});
  return ingot::export_main(argc, argv, "scale", {apply});
}
