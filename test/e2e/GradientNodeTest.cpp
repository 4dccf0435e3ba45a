// Code of the user in the backward passes of exported programs: hooks, custom functions and checkpoints, in loops and around
// them, gradients of gradients.
#include "test/e2e/SameForAllSizes.h"

using namespace ingot;
using namespace ingot::test;
using autograd::AutogradContext;

namespace {

struct WeightImpl : nn::Module {
  Tensor w;
  WeightImpl() { w = register_parameter("w", tensor({0.5, -1.5, 0.75})); }
};
INGOT_MODULE(Weight);

/// sin with a derivative of its own.
struct Wave : autograd::Function<Wave> {
  static Tensor forward(AutogradContext *context, const Tensor &x, const Tensor &w) {
    context->save_for_backward({x, w});
    return (x * w).sin();
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    TensorList saved = context->get_saved_variables();
    Tensor slope = gradients[0] * (saved[0] * saved[1]).cos() * 0.5;
    return {slope * saved[1], (slope * saved[0]).sum(0)};
  }
};

std::vector<Shape> sequence(Size T, Size B) { return {{T, B, 3}}; }

std::pair<Tensor, Tensor> step(const Tensor &w, const Tensor &h, const Tensor &x) {
  Tensor next = Wave::apply(h + x, w);
  next.register_hook([=](Tensor g) { return g.clamp(-1, 1) * x; });
  next = checkpoint([=](const Tensor &in) { return (in * w).tanh() * in; }, next);
  return {next, next * h};
}

TEST(GradientNodes, InLoops) {
  Weight module;
  Function f = [module](const TensorList &in) {
    Tensor w = module->w;
    auto [last, ys] =
        scan([=](Tensor h, Tensor x) { return step(w, h, x); }, zeros({in[0].size(1), 3}), in[0]);
    return TensorList{last, ys};
  };
  expectSameForAllSizes(withGradients(module.ptr(), f), sequence);
}

TEST(GradientNodes, AroundLoops) {
  nn::LSTM lstm(nn::LSTMOptions(3, 4).num_layers(2).bidirectional(true));
  Function f = [lstm](const TensorList &in) mutable {
    Tensor ys = checkpoint([lstm](const Tensor &x) mutable { return std::get<0>(lstm(x)); }, in[0]);
    ys.register_hook([](Tensor g) { return g.clamp(-0.5, 0.5); });
    return TensorList{ys.sin()};
  };
  expectSameForAllSizes(withGradients(lstm.ptr(), f), sequence);
}

TEST(GradientNodes, GradientsOfGradients) {
  Weight module;
  Function f = [module](const TensorList &in) {
    Tensor w = module->w, x = in[0].detach().requires_grad_(), unused = zeros({2}, requires_grad());
    auto [last, ys] = scan([=](Tensor h, Tensor x) { return step(w, h, x); }, zeros({in[0].size(1), 3}), x);
    TensorList first = autograd::grad({ys.square().sum(), last.sum()}, {x, w, unused}, {}, true, true, true);
    EXPECT_FALSE(first[2].defined());
    TensorList second = autograd::grad({first[0].square().sum() + first[1].square().sum()}, {x, w});
    return TensorList{first[0], first[1], second[0], second[1]};
  };
  expectSameForAllSizes(f, sequence);
}

/// Several losses, each of which goes to the same gradients; one graph is used twice.
TEST(GradientNodes, AddUpGradients) {
  Weight module;
  Function f = [module](const TensorList &in) {
    Tensor x = in[0].detach().requires_grad_(), y = x * module->w;
    module->zero_grad();
    y.retain_grad();
    y.sin().sum().backward({}, /*retain_graph=*/true);
    autograd::backward({y.square().sum(), y.exp().mean()});
    return TensorList{x.grad(), module->w.grad(), y.grad()};
  };
  expectSameForAllSizes(f, sequence, {{1, 1}, {2, 5}, {7, 1}});
}

} // namespace
