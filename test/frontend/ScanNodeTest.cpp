// Code of the user in backward passes through loops: hooks, custom functions and checkpoints in a step do what they do in the
// same steps written one after another.
#include "test/frontend/Expect.h"
#include "test/frontend/Unrolled.h"

using namespace ingot;
using namespace ingot::test;
using autograd::AutogradContext;

namespace {

void expectSame(const Tensor &got, const Tensor &wanted) {
  ASSERT_TRUE(got.defined() && wanted.defined());
  EXPECT_EQ(got.sizes(), wanted.sizes());
  EXPECT_TRUE(got.allclose(wanted, 1e-4, 1e-5)) << got << " instead of " << wanted;
}

using Loop = std::function<std::pair<Tensor, Tensor>(const Step &, Tensor, const Tensor &, bool)>;

std::pair<Tensor, Tensor> looped(const Step &step, Tensor carry, const Tensor &xs, bool reverse) {
  return scan(step, carry, xs, reverse);
}

Tensor lossOf(const std::pair<Tensor, Tensor> &results) {
  auto weights = [](const Tensor &like) {
    return (arange(like.numel(), kFloat32) * 0.37).sin().view(like.sizes());
  };
  return (results.first * weights(results.first)).sum() +
         (results.second.square() * weights(results.second)).sum();
}

/// The loop, and its gradients with respect to leaves, agree with what is written out; so do gradients of gradients.
struct SameAsUnrolled {
  Tensor h = randn({2, 3}, requires_grad()), w = randn({3}, requires_grad());

  void expect(const Step &step, bool second = true) const {
    for (int64_t length : {1, 2, 5})
      for (bool reverse : {false, true}) {
        Tensor xs = randn({length, 2, 3}, requires_grad());
        TensorList got = run(looped, step, xs, reverse, second),
                   wanted = run(unrolled, step, xs, reverse, second);
        for (size_t i = 0; i < wanted.size(); ++i) {
          SCOPED_TRACE("length " + std::to_string(length) + (reverse ? ", reverse" : "") + ", result " +
                       std::to_string(i));
          expectSame(got[i], wanted[i]);
        }
      }
  }

private:
  TensorList run(const Loop &loop, const Step &step, const Tensor &xs, bool reverse, bool second) const {
    manual_seed(11);
    auto results = loop(step, h, xs, reverse);
    TensorList all = autograd::grad({lossOf(results)}, {h, w, xs}, {}, second, second);
    if (second) {
      Tensor penalty = zeros({});
      for (const Tensor &each : all)
        penalty = penalty + each.square().sum();
      for (const Tensor &each : autograd::grad({penalty}, {h, w, xs}))
        all.push_back(each);
    }
    all.push_back(results.first), all.push_back(results.second);
    all.push_back(rand({2})); // the generator goes on from the same state
    return all;
  }
};

TEST(ScanHooks, ChangeTheGradientOfEachStep) {
  SameAsUnrolled same;
  same.expect([&](Tensor h, Tensor x) {
    Tensor next = (h * same.w + x).tanh();
    next.register_hook([=](Tensor g) { return g * x * 2; });
    return std::pair(next, next * h);
  });
}

TEST(ScanHooks, OfArgumentsOfTheStep) {
  SameAsUnrolled same;
  Tensor scale = tensor({0.5, 2.0, -1.0});
  same.expect([&](Tensor h, Tensor x) {
    Tensor early = h.sin();
    h.register_hook([&](Tensor g) { return g * scale; });
    x.register_hook([&](Tensor g) { return g + scale; });
    return std::pair(early * same.w + x * h, x.exp() * h);
  });
}

TEST(ScanHooks, MayReturnNothingAndComeInOrder) {
  SameAsUnrolled same;
  std::string order;
  auto step = [&](Tensor h, Tensor x) {
    Tensor a = h * same.w, b = a.sin() + x;
    a.register_hook([&](Tensor g) { order += g.sizes() == Shape{2, 3} ? "a" : "?"; });
    b.register_hook([&](Tensor) { order += "b"; });
    a.register_hook([&](Tensor g) { return g.clamp(-0.5, 0.5); });
    return std::pair(b, a * b);
  };
  same.expect(step, false);
  order.clear();
  Tensor xs = randn({4, 2, 3});
  lossOf(scan(step, same.h, xs)).backward();
  EXPECT_EQ(order, "ba"); // called once, for the step of the loop
}

TEST(ScanHooks, OfViewsAndPartsThatAreChangedInPlace) {
  SameAsUnrolled same;
  same.expect([&](Tensor h, Tensor x) {
    Tensor next = h * same.w, row = next[0];
    row.register_hook([](Tensor g) { return g * 3; });
    Tensor doubled = row * 2;
    next[1].mul_(x[0]);
    return std::pair(next.sin(), x + doubled);
  });
}

/// x^3, of which the derivative is the author's.
struct Cube : autograd::Function<Cube> {
  static Tensor forward(AutogradContext *context, const Tensor &x, const Tensor &w, double factor) {
    context->save_for_backward({x, w});
    context->saved_data["factor"] = factor;
    return x * x * x * w;
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    TensorList saved = context->get_saved_variables();
    Tensor x = saved[0], w = saved[1];
    double factor = context->saved_data["factor"].toDouble();
    return {gradients[0] * 3 * x * x * w * factor, (gradients[0] * x * x * x).sum(0), Tensor()};
  }
};

/// tanh and its square, by the results.
struct Tanh : autograd::Function<Tanh> {
  static TensorList forward(AutogradContext *context, const Tensor &x) {
    Tensor y = x.tanh();
    context->save_for_backward({y});
    return {y, y * y};
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    Tensor y = context->get_saved_variables()[0], d = 1 - y * y;
    return {gradients[0] * d + gradients[1] * 2 * y * d};
  }
};

TEST(ScanFunctions, BackwardIsTheDerivativeOfEachStep) {
  SameAsUnrolled same;
  same.expect([&](Tensor h, Tensor x) {
    Tensor next = Cube::apply((h + x).sin(), same.w, 0.25);
    return std::pair(next, next * 2);
  });
}

TEST(ScanFunctions, OfSeveralResults) {
  SameAsUnrolled same;
  same.expect([&](Tensor h, Tensor x) {
    TensorList results = Tanh::apply(h * same.w + x);
    return std::pair(results[0], results[1]);
  });
  same.expect([&](Tensor h, Tensor x) { return std::pair(Tanh::apply(h * same.w + x)[0], x * h); });
}

TEST(ScanCheckpoints, GiveTheSameGradients) {
  SameAsUnrolled same;
  Tensor bias = randn({3}, requires_grad());
  auto step = [&](bool isCheckpoint) {
    return [&, isCheckpoint](Tensor h, Tensor x) {
      auto f = [&same, x](const Tensor &in) { return (in * same.w + x).tanh().exp() * same.w; };
      Tensor next = isCheckpoint ? checkpoint(f, h) : f(h);
      return std::pair(next.sin(), next * 2);
    };
  };
  same.expect(step(true));
  Tensor xs = randn({4, 2, 3}, requires_grad());
  auto gradients = [&](bool isCheckpoint) {
    return autograd::grad({lossOf(scan(step(isCheckpoint), same.h, xs))}, {same.h, same.w, xs});
  };
  TensorList got = gradients(true), wanted = gradients(false);
  for (size_t i = 0; i < got.size(); ++i)
    expectSame(got[i], wanted[i]);
}

TEST(ScanCheckpoints, RandomNumbersAreTheSameAgain) {
  SameAsUnrolled same;
  same.expect([&](Tensor h, Tensor x) {
    auto noisy = [&same, x](const Tensor &in) { return (in * same.w + x).sin() * rand({2, 3}); };
    Tensor next = checkpoint(noisy, nn::functional::dropout(h));
    return std::pair(next, next * rand({3}));
  });
}

TEST(ScanHooks, MayDrawRandomNumbers) {
  SameAsUnrolled same;
  same.expect(
      [&](Tensor h, Tensor x) {
        Tensor next = (h * same.w + nn::functional::dropout(x)).tanh();
        next.register_hook([](Tensor g) { return g + rand({2, 3}); });
        return std::pair(next, next);
      },
      false);
}

TEST(ScanCheckpoints, OfLoops) {
  SameAsUnrolled same;
  Tensor xs = randn({4, 2, 3}, requires_grad());
  auto step = [&](Tensor h, Tensor x) {
    Tensor next = (h * same.w + x).tanh();
    next.register_hook([](Tensor g) { return g.clamp(-0.5, 0.5) * 2; });
    return std::pair(next, next * rand({2, 3}));
  };
  auto gradients = [&](const Loop &loop, bool isCheckpoint) {
    auto f = [&](const TensorList &in) {
      auto [last, ys] = loop(step, in[0], in[1], false);
      return TensorList{last, ys};
    };
    manual_seed(5);
    TensorList results = isCheckpoint ? checkpoint(f, TensorList{same.h, xs}) : f({same.h, xs});
    return autograd::grad({lossOf({results[0], results[1]})}, {same.h, same.w, xs});
  };
  TensorList wanted = gradients(unrolled, false);
  for (const TensorList &got : {gradients(looped, false), gradients(looped, true), gradients(unrolled, true)})
    for (size_t i = 0; i < wanted.size(); ++i)
      expectSame(got[i], wanted[i]);
}

TEST(ScanNodes, OfNestedLoops) {
  SameAsUnrolled same;
  Tensor inputs = randn({3, 3}, requires_grad());
  auto nested = [&](const Loop &loop) {
    return [&same, &inputs, loop](Tensor h, Tensor x) {
      auto inner = [&](Tensor g, Tensor y) {
        g = Cube::apply((g + y * x).sin(), same.w, 0.5);
        g.register_hook([=](Tensor d) { return d * y; });
        return std::pair(g, g * x);
      };
      auto [last, all] = loop(inner, h, inputs, true);
      Tensor end = last * 2;
      end.register_hook([](Tensor d) { return d * 0.5; });
      return std::pair(end, all.sum(0));
    };
  };
  Tensor xs = randn({2, 2, 3}, requires_grad());
  auto gradients = [&](const Loop &loop) {
    TensorList all = autograd::grad({lossOf(loop(nested(loop), same.h, xs, false))},
                                    {same.h, same.w, xs, inputs}, {}, true, true);
    for (const Tensor &each : autograd::grad({all[0].square().sum() + all[1].sum()}, {same.w, xs, inputs}))
      all.push_back(each);
    return all;
  };
  TensorList got = gradients(looped), wanted = gradients(unrolled);
  for (size_t i = 0; i < got.size(); ++i)
    expectSame(got[i], wanted[i]);
}

TEST(ScanNodes, AfterReadsAndTwice) {
  SameAsUnrolled same;
  auto gradients = [&](const Loop &loop, bool reads) {
    Tensor xs = (arange(12, kFloat32) * 0.1).view({2, 2, 3});
    double scale = 0.75;
    auto results = loop(
        [&](Tensor h, Tensor x) {
          Tensor next = Cube::apply((h * scale + x).sin(), same.w, 0.5);
          next.register_hook([&](Tensor g) { return g * scale; });
          return std::pair(next, next);
        },
        same.h * 2, xs, false);
    Tensor loss = lossOf(results);
    if (reads)
      loss.item<float>();
    TensorList all = autograd::grad({loss}, {same.h, same.w}, {}, true);
    if (reads)
      all[0].sum().item<float>();
    for (const Tensor &each : autograd::grad({loss * 2}, {same.h, same.w}))
      all.push_back(each);
    EXPECT_ERROR("retain_graph", loss.backward());
    return all;
  };
  TensorList wanted = gradients(unrolled, false), got = gradients(looped, false),
             later = gradients(looped, true);
  for (size_t i = 0; i < got.size(); ++i)
    expectSame(got[i], wanted[i]), expectSame(later[i], wanted[i]);
}

TEST(ScanNodes, ChangesThatGradientsDoNotSee) {
  SameAsUnrolled same;
  same.expect([&](Tensor h, Tensor x) {
    Tensor next = (h * same.w + x).sin();
    {
      NoGradGuard guard;
      next.mul_(0.5);
    }
    return std::pair(next, next * next);
  });
}

TEST(ScanNodes, NoSteps) {
  Tensor h = tensor({1.0, 2.0}, requires_grad()), w = ones({2}, requires_grad());
  auto step = [&](Tensor h, Tensor x) {
    Tensor next = h * x * w;
    next.register_hook([](Tensor g) { return g * 100; });
    return std::pair(next, h);
  };
  TensorList grads = autograd::grad({scan(step, h, zeros({0, 2})).first.sum()}, {h, w});
  expectSame(grads[0], ones({2}));
  expectSame(grads[1], zeros({2}));
}

TEST(ScanNodes, IntegersAreCarriedAlong) {
  Tensor h = tensor({1.0, 2.0}, requires_grad());
  auto step = [](const TensorList &carry, const TensorList &) {
    Tensor next = carry[0] * (carry[1] + 1);
    next.register_hook([n = carry[1]](Tensor g) { return g * n; });
    return std::pair(TensorList{next, carry[1] + 1}, TensorList{next, carry[1]});
  };
  auto [last, ys] = scan(step, {h, tensor(int64_t(1), kInt64)}, {}, false, 3);
  EXPECT_EQ(last[1].item<int64_t>(), 4);
  last[0].sum().backward();
  expectSame(h.grad(), tensor({2.0 * 3 * 4 * 6, 2.0 * 3 * 4 * 6}));
}

TEST(ScanNodes, RefuseWhatALoopCannotDo) {
  Tensor xs = randn({3, 2}), w = ones({2}, requires_grad()), y = w * 2, kept;
  auto run = [&](auto hook) {
    auto step = [&](Tensor h, Tensor x) {
      Tensor next = h * x;
      next.register_hook(hook);
      return std::pair(next, next);
    };
    scan(step, w * 1, xs).first.sum().backward();
  };
  EXPECT_ERROR("in the body of a scan nothing can be read",
               run([](Tensor g) { return g * g.sum().item<float>(); }));
  EXPECT_ERROR("a hook must return a gradient of the sizes of float32[2]",
               run([](Tensor) { return ones({3}); }));
  EXPECT_ERROR("the body of a scan cannot change a tensor from outside", run([&](Tensor g) { xs.add_(g); }));
  run([&](Tensor g) { kept = g; });
  EXPECT_ERROR("recorded in the body of a scan cannot be used outside", kept.sum().item<float>());
  EXPECT_ERROR("recorded in the body of a scan cannot be used outside", w * kept);
  std::string error = errorOf([&] {
    scan(
        [&](Tensor h, Tensor x) {
          y.register_hook([](Tensor g) { return g; });
          return std::pair(h * x, y);
        },
        w, xs);
  });
  EXPECT_NE(error.find("register_hook: in the body of a scan only what the step computes can get a hook"),
            std::string::npos)
      << error;
  EXPECT_NE(error.find("ScanNodeTest.cpp:"), std::string::npos) << error;
}

} // namespace
