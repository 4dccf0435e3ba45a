// Code of the user in backward passes: hooks, custom functions, checkpoints.
#include "test/frontend/Expect.h"
#include <cmath>

using namespace ingot;
using namespace ingot::test;
using autograd::AutogradContext;

namespace {

//===--- hooks --------------------------------------------------------------------------------------------------===//

TEST(Hooks, OfLeavesSeeAndReplaceGradients) {
  Tensor w = leaf({1.0, 2.0}), seen;
  w.register_hook([&](Tensor g) { seen = g; });
  unsigned twice = w.register_hook([](Tensor g) { return g * 2; });
  (w * w).sum().backward();
  expectClose(w.grad(), {4.0, 8.0});
  expectClose(seen, {2.0, 4.0});
  w.remove_hook(twice);
  w.mutable_grad().reset();
  (w * 3).sum().backward();
  expectClose(w.grad(), {3.0, 3.0});
  expectClose(seen, {3.0, 3.0});
}

TEST(Hooks, OfResultsHoldForUsesBeforeAndAfter) {
  Tensor w = leaf({1.0, 2.0}), y = w * 3, before = y.exp(), scale = tensor({10.0, 100.0}), seen;
  y.register_hook([&](const Tensor &g) {
    seen = g;
    return g * scale;
  });
  Tensor loss = (before + y * y).sum();
  loss.backward();
  double a = std::exp(3.0) + 6, b = std::exp(6.0) + 12;
  expectClose(seen, {a, b});
  expectClose(w.grad(), {30 * a, 300 * b});
}

TEST(Hooks, RunOnceInReverseOrderOfTheProgram) {
  Tensor w = leaf({2.0}), x = w * w, y = x.sin(), z = y + x;
  std::string order;
  for (auto [name, tensor] : {std::pair("x", x), std::pair("y", y), std::pair("z", z)})
    tensor.register_hook([&order, name = std::string(name)](Tensor) { order += name; });
  z.sum().backward();
  EXPECT_EQ(order, "zyx");
  expectClose(w.grad(), {4 * (1 + std::cos(4.0))});
}

TEST(Hooks, MayRead) {
  Tensor w = leaf({3.0, 4.0}), y = w * 2, z = y * y;
  double norm = 0;
  z.register_hook([](Tensor g) { return g * g.sum().item<float>(); });
  y.register_hook([&](Tensor g) { norm = g.norm().item<double>(); });
  z.sum().backward();
  EXPECT_NEAR(norm, 2 * std::hypot(12.0, 16.0), 1e-4);
  expectClose(w.grad(), {48.0, 64.0});
}

TEST(Hooks, AfterReadingAndForViewsAndRetainedGradients) {
  Tensor w = leaf({{1.0, 2.0}, {3.0, 4.0}}), column = w.select(1, 1), y = column * 2;
  column.register_hook([](Tensor g) { return g * 10; });
  y.register_hook([](Tensor g) { return g + 1; });
  y.retain_grad();
  Tensor loss = y.sum();
  EXPECT_EQ(loss.item<float>(), 12);
  (loss + column.sum() + y.sum()).backward(); // uses before and after the read
  expectClose(y.grad(), {3.0, 3.0});
  expectClose(w.grad(), {{0.0, 70.0}, {0.0, 70.0}});
}

TEST(Hooks, OfCopiesAreTheirOwn) {
  auto gradient = [](const std::function<Tensor(const Tensor &)> &copy) {
    Tensor w = leaf({1.0, 2.0}), y = w * 2, other = y * 3, z = copy(y);
    Tensor last = z + 1;
    z.register_hook([](Tensor g) { return g * 10; });
    z.retain_grad();
    (other + last).sum().backward();
    expectClose(z.grad(), {10.0, 10.0});
    return w.grad();
  };
  expectClose(gradient([](const Tensor &y) { return y.clone(); }), {26.0, 26.0});
  expectClose(gradient([](const Tensor &y) { return y.view({2}); }), {26.0, 26.0});
  expectClose(gradient([](const Tensor &y) { return zeros({2}).copy_(y); }), {26.0, 26.0});
  expectClose(gradient([](const Tensor &y) { return y.expand({2}); }), {26.0, 26.0});
}

TEST(Hooks, StayWithTheValueThatIsChangedInPlace) {
  Tensor w = leaf({1.0, 2.0}), y = w * 2;
  y.register_hook([](Tensor g) { return g * 100; });
  y.mul_(3);
  (y * y).sum().backward();
  expectClose(w.grad(), {7200.0, 14400.0});
}

TEST(Hooks, OfGradAndOfTraces) {
  Tensor x = leaf({2.0, 3.0}), hidden = x * x;
  hidden.register_hook([](Tensor g) { return g * 2; });
  TensorList grads = autograd::grad({hidden.sum()}, {x, hidden});
  expectClose(grads[0], {8.0, 12.0});
  expectClose(grads[1], {2.0, 2.0});

  nn::Linear model(2, 2);
  optim::SGD optimizer(model->parameters(), 0.1);
  Program step = trace("step",
                       [&](Tensor x) {
                         optimizer.zero_grad();
                         Tensor y = model(x);
                         y.register_hook([](Tensor g) { return g.clamp(-1, 1); });
                         Tensor loss = y.square().sum();
                         loss.backward();
                         optimizer.step();
                         return loss;
                       },
                       {{"x", {4, 2}}});
  EXPECT_NE(step.str().find("ingot.clamp"), std::string::npos) << step.str();
}

TEST(Hooks, RefuseWhatMakesNoSense) {
  Tensor w = leaf({1.0, 2.0});
  EXPECT_ERROR("must require grad", ones({2}).register_hook([](Tensor g) { return g; }));
  EXPECT_ERROR("the number of a hook", w.remove_hook(0));
  w.register_hook([](Tensor) { return ones({3}); });
  EXPECT_ERROR("of the sizes of float32[2]", w.sum().backward());
  w.remove_hook(0);
  w.register_hook([](Tensor g) { return g.isnan().any().item<bool>() ? g * 0 : g; });
  EXPECT_ERROR("nothing can be read", trace("f",
                                            [&](Tensor x) {
                                              Tensor v = x.clone().requires_grad_();
                                              v.register_hook([](Tensor g) { return g * g.item<float>(); });
                                              v.sum().backward();
                                              return v.grad();
                                            },
                                            {{"x", {1}}}));
}

//===--- custom functions ---------------------------------------------------------------------------------------===//

/// x^3 as its author sees it, with a factor on the gradient.
struct Cube : autograd::Function<Cube> {
  static Tensor forward(AutogradContext *context, const Tensor &x, double factor) {
    context->save_for_backward({x});
    context->saved_data["factor"] = factor;
    return x * x * x;
  }
  static autograd::tensor_list backward(AutogradContext *context, autograd::tensor_list gradients) {
    Tensor x = context->get_saved_variables()[0];
    return {gradients[0] * 3 * x * x * context->saved_data["factor"].toDouble(), Tensor()};
  }
};

/// exp, whose derivative is its result.
struct Exp : autograd::Function<Exp> {
  static Tensor forward(AutogradContext *context, const Tensor &x) {
    Tensor y = x.exp();
    context->save_for_backward({y});
    return y;
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    return {gradients[0] * context->get_saved_variables()[0]};
  }
};

/// Quotient and remainder; the latter is taken for constant.
struct DivMod : autograd::Function<DivMod> {
  static TensorList forward(AutogradContext *context, const Tensor &a, const Tensor &b) {
    context->save_for_backward({a, b});
    Tensor quotient = (a / b).floor(), remainder = a - quotient * b;
    context->mark_non_differentiable({remainder});
    return {quotient, remainder};
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    TensorList saved = context->get_saved_variables();
    Tensor a = saved[0], b = saved[1];
    TensorList result = {gradients[0] / b, Tensor()};
    if (context->needs_input_grad(1))
      result[1] = -gradients[0] * a / (b * b);
    return result;
  }
};

TEST(Functions, TheirBackwardIsTheDerivative) {
  Tensor x = leaf({1.0, 2.0}), y = Cube::apply(x * 2, 0.5);
  EXPECT_TRUE(y.requires_grad());
  expectClose(y, {8.0, 64.0});
  (y * y).sum().backward();
  expectClose(x.grad(), {2 * 8.0 * 12 * 0.5 * 2, 2 * 64.0 * 48 * 0.5 * 2});
  EXPECT_FALSE(Cube::apply(ones({2}), 1.0).requires_grad());
  NoGradGuard guard;
  EXPECT_FALSE(Cube::apply(x, 1.0).requires_grad());
}

/// x * factor + bias, in place.
struct ScaleInPlace : autograd::Function<ScaleInPlace> {
  static Tensor forward(AutogradContext *context, Tensor x, double factor,
                        const std::optional<Tensor> &bias) {
    context->saved_data["factor"] = factor;
    x.mul_(factor);
    if (bias)
      x.add_(*bias);
    context->mark_dirty({x});
    return x;
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    // As libtorch counts: the bias is tensor 1, argument 2.
    Tensor bias = context->needs_input_grad(1) ? gradients[0] : Tensor();
    return {gradients[0] * context->saved_data["factor"].toDouble(), Tensor(), bias};
  }
};

struct ForgetsResult : autograd::Function<ForgetsResult> {
  static Tensor forward(AutogradContext *context, Tensor x) {
    context->mark_dirty({x.add_(1)});
    return x * 2;
  }
  static TensorList backward(AutogradContext *, TensorList gradients) { return gradients; }
};

TEST(Functions, ChangeArgumentsInPlace) {
  Tensor x = leaf({1.0, 2.0}), bias = leaf({10.0, 20.0}), y = x * 3;
  Tensor z = ScaleInPlace::apply(y, 5.0, std::optional<Tensor>(bias));
  EXPECT_TRUE(z.is_same(y));
  expectClose(y, {25.0, 50.0});
  (y * tensor({1.0, 2.0})).sum().backward();
  expectClose(x.grad(), {15.0, 30.0});
  expectClose(bias.grad(), {1.0, 2.0});
  Tensor view = (x * 1).view({1, 2});
  ScaleInPlace::apply(view, 2.0, std::optional<Tensor>());
  EXPECT_ERROR("a leaf that requires grad must not be changed in place",
               ScaleInPlace::apply(x, 2.0, std::optional<Tensor>()));
  EXPECT_ERROR("ForgetsResult::apply: mark_dirty takes arguments of forward that are among its results",
               ForgetsResult::apply(x * 2));
}

TEST(Functions, SavedTensorsAreThoseOfTheCall) {
  Tensor x = leaf({1.0, 2.0}), inner = x * 1, y = Cube::apply(inner, 1.0);
  inner.mul_(100);
  EXPECT_EQ(y.sum().item<float>(), 9);
  y.sum().backward();
  expectClose(x.grad(), {3.0, 12.0});
}

TEST(Functions, GradientsOfGradients) {
  Tensor x = leaf({0.5, 1.0});
  Tensor g =
      autograd::grad({Cube::apply(x, 1.0).sum() + Exp::apply(x).sum()}, {x}, {}, std::nullopt, true)[0];
  Tensor h = autograd::grad({g.sum()}, {x}, {}, std::nullopt, true)[0];
  expectClose(h, {3 + std::exp(0.5), 6 + std::exp(1.0)});
  h.sum().backward();
  expectClose(x.grad(), {6 + std::exp(0.5), 6 + std::exp(1.0)});
}

TEST(Functions, SeveralResultsAndArguments) {
  Tensor a = leaf({7.0, 9.0}), b = tensor({2.0, 4.0});
  TensorList results = DivMod::apply(a, b);
  expectClose(results[0], {3.0, 2.0});
  expectClose(results[1], {1.0, 1.0});
  EXPECT_FALSE(results[1].requires_grad());
  (results[0] * 2 + results[1]).sum().backward();
  expectClose(a.grad(), {1.0, 0.5});
}

struct Halves : autograd::Function<Halves> {
  static inline int backwards = 0;
  static TensorList forward(AutogradContext *, const Tensor &x) { return {x * 0.5, x * 0.25, x * 0.125}; }
  static TensorList backward(AutogradContext *, TensorList gradients) {
    ++backwards;
    return {gradients[0] * 0.5 + gradients[1] * 0.25 + gradients[2] * 0.125};
  }
};

TEST(Functions, RunAfterTheHooksOfAllResults) {
  for (size_t hooked : {0, 1, 2}) {
    Tensor x = leaf({8.0, 16.0});
    TensorList results = Halves::apply(x);
    results[hooked].register_hook([](Tensor g) { return g * 100; });
    (results[0] + results[1] + results[2]).sum().backward();
    double wanted = 0.875 + 99 * 0.5 / double(1 << hooked);
    expectClose(x.grad(), {wanted, wanted});
  }
  EXPECT_EQ(Halves::backwards, 3); // with the gradients of all results at once
}

// A function that keeps a value as its argument, and hooks that come later.
TEST(Functions, HooksOfArgumentsMayComeLater) {
  Tensor x = leaf({1.0, 2.0}), y = x * 2, z = Cube::apply(y, 1.0);
  Tensor c = checkpoint([](const Tensor &in) { return in * in; }, y);
  y.register_hook([](Tensor g) { return g * 10; });
  (z + c).sum().backward();
  expectClose(x.grad(), {20.0 * (12 + 4), 20.0 * (48 + 8)});
}

struct TooFew : autograd::Function<TooFew> {
  static Tensor forward(AutogradContext *, const Tensor &x, const Tensor &) { return x * 1; }
  static TensorList backward(AutogradContext *, TensorList gradients) { return gradients; }
};
struct WrongSizes : autograd::Function<WrongSizes> {
  static Tensor forward(AutogradContext *context, const Tensor &x) {
    context->saved_data["size"] = int64_t(x.size(0));
    return x.sum();
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    return {gradients[0].expand({context->saved_data["size"].toInt() + 1})};
  }
};

TEST(Functions, WrongBackwardsAreNamed) {
  Tensor x = leaf({1.0, 2.0});
  EXPECT_ERROR("TooFew must return one gradient for each of the 2 arguments",
               TooFew::apply(x, x).sum().backward());
  EXPECT_ERROR("WrongSizes must return a gradient of the sizes of argument 0, float32[2]",
               WrongSizes::apply(x).backward());
  Tensor y = Cube::apply(x, 1.0).sum();
  y.backward();
  EXPECT_ERROR("retain_graph", y.backward());
  EXPECT_ERROR("must be an integer", IValue(1.5).toInt());
}

//===--- checkpoints --------------------------------------------------------------------------------------------===//

TEST(Checkpoint, GivesTheSameGradients) {
  manual_seed(1);
  nn::Sequential block(nn::Linear(4, 8), nn::Tanh(), nn::Linear(8, 4));
  Tensor x = randn({3, 4}, requires_grad());
  auto forward = [&](const Tensor &in) { return block->forward(in); };
  auto gradients = [&](const Tensor &y) {
    y.square().sum().backward();
    TensorList all;
    for (Tensor &parameter : block->parameters()) {
      all.push_back(parameter.grad().clone());
      parameter.mutable_grad().reset();
    }
    all.push_back(x.grad().clone());
    x.mutable_grad().reset();
    return all;
  };
  TensorList wanted = gradients(forward(forward(x)));
  TensorList got = gradients(checkpoint(forward, checkpoint(forward, x)));
  Tensor y = checkpoint(forward, checkpoint(forward, x));
  y.sum().item<float>(); // a read between
  TensorList later = gradients(y);
  for (size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_TRUE(got[i].allclose(wanted[i], 1e-5, 1e-6)) << i;
    EXPECT_TRUE(later[i].allclose(wanted[i], 1e-5, 1e-6)) << i;
  }
}

TEST(Checkpoint, RandomNumbersAreTheSameAgain) {
  manual_seed(3);
  Tensor x = leaf({1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0}), y;
  auto noisy = [](const Tensor &in) { return in * rand({8}); };
  y = checkpoint([&](const Tensor &in) { return checkpoint(noisy, noisy(in)); }, x);
  rand({8}).sum().item<float>();
  y.sum().backward();
  EXPECT_TRUE(x.grad().allclose(y)) << x.grad() << y;
}

TEST(Checkpoint, GradientsOfGradients) {
  Tensor x = leaf({0.5, 1.0}), w = leaf({2.0, 3.0});
  auto f = [&](const Tensor &in) { return (in * w).sin() * in; };
  auto second = [&](const Tensor &y) {
    TensorList first = autograd::grad({(y * y).sum()}, {x, w}, {}, true, true);
    return autograd::grad({(first[0] * first[1]).sum()}, {x, w});
  };
  TensorList wanted = second(f(x)), got = second(checkpoint(f, x));
  for (size_t i : {0, 1})
    EXPECT_TRUE(got[i].allclose(wanted[i], 1e-5, 1e-6)) << got[i] << " instead of " << wanted[i];
}

TEST(Checkpoint, OfSeveralTensorsAndInPlaceChanges) {
  Tensor a = leaf({1.0, 2.0}), b = leaf({3.0, 4.0}), hidden = a * 2;
  TensorList results = checkpoint([](const TensorList &in) { return TensorList{in[0] * in[1], in[1].exp()}; },
                                  TensorList{hidden, b});
  hidden.zero_();
  results[0].sum().backward();
  expectClose(a.grad(), {6.0, 8.0});
  expectClose(b.grad(), {2.0, 4.0});
}

} // namespace
