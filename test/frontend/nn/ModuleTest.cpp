// The module tree: registration, traversal, names, modes, copies.
#include "test/frontend/nn/Expect.h"
#include <typeinfo>

namespace nn = ingot::nn;
using ingot::Tensor;
using namespace ingot::test;

namespace {

struct LeafImpl : nn::Module {
  LeafImpl() {
    weight = register_parameter("weight", ingot::ones({2, 3}));
    count = register_buffer("count", ingot::zeros({1}));
    register_parameter("bias", Tensor());
  }
  Tensor forward(Tensor x) { return x * weight; }
  Tensor weight, count;
};
INGOT_MODULE(Leaf);

struct TreeImpl : nn::Module {
  Leaf left, right;
  TreeImpl() {
    register_parameter("scale", ingot::ones({1}));
    register_module("left", left);
    register_module("right", right);
  }
  Tensor forward(Tensor x) { return left(x) + right(x); }
};
INGOT_MODULE(Tree);

struct CopyableImpl : nn::Cloneable<CopyableImpl> {
  CopyableImpl() { reset(); }
  void reset() override {
    fc = register_module("fc", nn::Linear(2, 2));
    offset = register_parameter("offset", ingot::zeros({2}));
    seen = register_buffer("seen", ingot::zeros({1}));
  }
  Tensor forward(Tensor x) { return fc(x) + offset; }
  nn::Linear fc{nullptr};
  Tensor offset, seen;
};
INGOT_MODULE(Copyable);

struct NotInResetImpl : nn::Cloneable<NotInResetImpl> {
  NotInResetImpl() { register_parameter("w", ingot::ones({1})); }
  void reset() override {}
};

using Strings = std::vector<std::string>;

} // namespace

TEST(Module, NamesParametersFromTheRootInOrder) {
  Tree tree;
  EXPECT_EQ(tree->named_parameters().keys(), (Strings{"scale", "left.weight", "right.weight"}));
  EXPECT_EQ(tree->named_parameters(/*recurse=*/false).keys(), Strings{"scale"});
  EXPECT_EQ(tree->named_buffers().keys(), (Strings{"left.count", "right.count"}));
  EXPECT_EQ(tree->parameters().size(), 3u);
  EXPECT_EQ(tree->parameters(false).size(), 1u);
  EXPECT_EQ(tree->buffers().size(), 2u);
  EXPECT_TRUE(tree->named_parameters()["left.weight"].is_same(tree->left->weight));
  EXPECT_EQ(tree->state_dict().keys(),
            (Strings{"scale", "left.weight", "left.count", "right.weight", "right.count"}));
}

TEST(Module, OmitsUndefinedParametersButReservesTheirNames) {
  Leaf leaf;
  EXPECT_EQ(leaf->named_parameters().keys(), Strings{"weight"});
  EXPECT_EQ(
      errorOf([&] { leaf->register_parameter("bias", ingot::ones({1})); }),
      "register_parameter: the name must be new in its module, got 'bias', which is a parameter already");
}

TEST(Module, RegistersParametersThatRequireAGradient) {
  Leaf leaf;
  EXPECT_TRUE(leaf->weight.requires_grad());
  EXPECT_FALSE(leaf->count.requires_grad());
  EXPECT_FALSE(leaf->register_parameter("frozen", ingot::ones({1}), /*requires_grad=*/false).requires_grad());
}

TEST(Module, TraversesParentsFirst) {
  Tree tree;
  EXPECT_EQ(tree->named_modules().keys(), (Strings{"", "left", "right"}));
  EXPECT_EQ(tree->named_modules("root").keys(), (Strings{"root", "root.left", "root.right"}));
  EXPECT_EQ(tree->modules(/*include_self=*/false).size(), 2u);
  EXPECT_EQ(tree->named_children().keys(), (Strings{"left", "right"}));
  EXPECT_EQ(tree->children()[1], tree->right.ptr());
  EXPECT_EQ(tree->modules()[0], tree.ptr());
}

TEST(Module, AppliesAllKindsOfFunctions) {
  Tree tree;
  int count = 0;
  tree->apply([&](nn::Module &) { ++count; });
  std::as_const(*tree).apply([&](const nn::Module &) { ++count; });
  EXPECT_EQ(count, 6);
  Strings names;
  tree->apply([&](const std::string &name, nn::Module &) { names.push_back(name); });
  std::as_const(*tree).apply([&](const std::string &name, const nn::Module &) { names.push_back(name); },
                             "t");
  EXPECT_EQ(names, (Strings{"", "left", "right", "t", "t.left", "t.right"}));
  std::vector<std::shared_ptr<nn::Module>> pointers;
  tree->apply([&](const std::shared_ptr<nn::Module> &module) { pointers.push_back(module); });
  tree->apply(
      [&](const std::string &, const std::shared_ptr<nn::Module> &module) { pointers.push_back(module); });
  EXPECT_EQ(pointers.size(), 6u);
  EXPECT_EQ(pointers[4], tree->left.ptr());
}

TEST(Module, InitializesByType) {
  nn::Sequential net(nn::Linear(2, 2), nn::Conv2d(1, 1, 3));
  net->apply([](nn::Module &module) {
    ingot::NoGradGuard noGrad;
    if (typeid(module) == typeid(nn::Conv2dImpl))
      module.as<nn::Conv2d>()->weight.fill_(0.5);
    if (auto *linear = module.as<nn::LinearImpl>())
      linear->weight.fill_(2);
  });
  EXPECT_EQ(elements(net->at<nn::LinearImpl>(0).weight), (std::vector<float>{2, 2, 2, 2}));
  EXPECT_EQ(elements(net->at<nn::Conv2dImpl>(1).weight)[0], 0.5f);
  EXPECT_EQ(net->ptr(0)->as<nn::Conv2d>(), nullptr);
}

TEST(Module, NeedsASharedPointerToListItself) {
  TreeImpl tree;
  EXPECT_EQ(tree.modules(/*include_self=*/false).size(), 2u);
  EXPECT_NE(errorOf([&] { tree.modules(); }).find("is not held by a shared pointer"), std::string::npos);
}

TEST(Module, SwitchesModesOfAllBelow) {
  Tree tree;
  EXPECT_TRUE(tree->is_training());
  tree->eval();
  EXPECT_FALSE(tree->is_training() || tree->left->is_training() || tree->right->is_training());
  tree->right->train();
  EXPECT_TRUE(tree->right->is_training());
  EXPECT_FALSE(tree->is_training());
  tree->train();
  EXPECT_TRUE(tree->left->is_training());
}

TEST(Module, RefusesBadNames) {
  Tree tree;
  EXPECT_EQ(errorOf([&] { tree->register_module("", Leaf()); }),
            "register_module: the name must not be empty");
  EXPECT_EQ(errorOf([&] { tree->register_module("a.b", Leaf()); }),
            "register_module: the name must not contain a dot, got 'a.b'");
  EXPECT_EQ(errorOf([&] { tree->register_module("left", Leaf()); }),
            "register_module: the name must be new in its module, got 'left', which is a submodule already");
  EXPECT_EQ(errorOf([&] { tree->left->register_buffer("weight", ingot::ones({1})); }),
            "left (register_buffer): the name must be new in its module, got 'weight', which is a parameter "
            "already");
  EXPECT_EQ(errorOf([&] { tree->register_parameter("", ingot::ones({1})); }),
            "register_parameter: the name must not be empty");
  EXPECT_EQ(errorOf([&] { tree->unregister_module("up"); }),
            "unregister_module: the name must be that of a submodule, got 'up'");
  EXPECT_EQ(errorOf([&] { tree->replace_module("up", Leaf()); }),
            "replace_module: the name must be that of a submodule, got 'up'");
  EXPECT_EQ(errorOf([&] { tree->register_module("none", std::shared_ptr<nn::Module>()); }),
            "register_module: submodule 'none' must not be null");
  EXPECT_EQ(errorLine([&] { tree->register_module("", Leaf()); }), __LINE__);
}

TEST(Module, ReplacesAndUnregisters) {
  Tree tree;
  Leaf other;
  tree->replace_module("left", other);
  EXPECT_EQ(tree->children()[0], other.ptr());
  EXPECT_EQ(tree->named_children().keys(), (Strings{"left", "right"}));
  EXPECT_EQ(errorOf([&] { other->register_buffer("", Tensor()); }),
            "left (register_buffer): the name must not be empty");
  EXPECT_EQ(errorOf([&] { tree->left->register_buffer("", Tensor()); }),
            "register_buffer: the name must not be empty"); // no longer below the tree
  tree->unregister_module("left");
  EXPECT_EQ(tree->named_children().keys(), Strings{"right"});
}

TEST(Module, ErrorsNameThePath) {
  Tree tree;
  Tree outer;
  outer->register_module("inner", tree);
  EXPECT_EQ(errorOf([&] { tree->left(ingot::ones({5})); }).substr(0, 16), "inner.left (mul)");
}

TEST(Module, HoldersShareAndMayBeEmpty) {
  Leaf leaf, same = leaf, empty = nullptr;
  EXPECT_EQ(leaf.get(), same.get());
  EXPECT_TRUE(leaf);
  EXPECT_FALSE(empty);
  EXPECT_TRUE(empty.is_empty());
  EXPECT_EQ(errorOf([&] { empty(ingot::ones({1})); }),
            "ModuleHolder: an empty holder must be given a module before it is used");
  EXPECT_EQ(errorLine([&] { empty(ingot::ones({1})); }), __LINE__);
  empty = leaf;
  EXPECT_EQ(empty.ptr(), leaf.ptr());
}

TEST(Module, HoldersCaptureTheLine) {
  nn::Linear fc(3, 2);
  Tensor bad = ingot::ones({1, 4});
  EXPECT_EQ(errorLine([&] { fc(bad); }), __LINE__);
  EXPECT_EQ(errorLine([&] { fc->forward(bad); }), __LINE__);
  EXPECT_EQ(errorOf([&] { fc(bad); }),
            "linear: the last size of input must be 3, got 4 (input [1, 4], weight [2, 3])");
}

TEST(Module, ClonesAreIndependent) {
  Copyable original;
  original->offset.detach().fill_(3);
  original->eval();
  auto copy = std::dynamic_pointer_cast<CopyableImpl>(original->clone());
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->named_parameters().keys(), original->named_parameters().keys());
  EXPECT_EQ(elements(copy->offset), (std::vector<float>{3, 3}));
  EXPECT_EQ(elements(copy->fc->weight), elements(original->fc->weight));
  EXPECT_FALSE(copy->is_training());
  EXPECT_TRUE(copy->offset.requires_grad());
  {
    ingot::NoGradGuard noGrad;
    copy->offset.fill_(5);
    copy->fc->weight.fill_(0);
  }
  EXPECT_EQ(elements(original->offset), (std::vector<float>{3, 3}));
  EXPECT_NE(elements(original->fc->weight), elements(copy->fc->weight));
}

TEST(Module, CloneNeedsCloneableAndReset) {
  Tree tree;
  EXPECT_NE(errorOf([&] { tree->clone(); }).find("clone() has not been implemented for "), std::string::npos);
  auto module = std::make_shared<NotInResetImpl>();
  EXPECT_NE(errorOf([&] { module->clone(); }).find("does not have the same parameters"), std::string::npos);
}

TEST(Module, ConvertsFloatingPointOnly) {
  nn::BatchNorm1d norm(2);
  norm->to(ingot::kFloat64);
  EXPECT_EQ(norm->weight.dtype(), ingot::kFloat64);
  EXPECT_EQ(norm->running_var.dtype(), ingot::kFloat64);
  EXPECT_EQ(norm->num_batches_tracked.dtype(), ingot::kInt64);
  EXPECT_TRUE(norm->weight.requires_grad());
  norm->to(ingot::kCPU);
  EXPECT_EQ(norm->weight.dtype(), ingot::kFloat64);
}

TEST(Module, StateDictRoundTrip) {
  Tree tree, other;
  {
    ingot::NoGradGuard noGrad;
    tree->left->weight.fill_(7);
    tree->right->count.fill_(9);
  }
  other->load_state_dict(tree->state_dict());
  EXPECT_EQ(elements(other->left->weight)[0], 7);
  EXPECT_EQ(elements(other->right->count)[0], 9);
  EXPECT_FALSE(other->left->weight.is_same(tree->left->weight));
}

TEST(Module, StateDictListsAllMisfits) {
  Tree tree;
  ingot::OrderedDict<std::string, Tensor> state;
  state.insert("scale", ingot::ones({2}));
  state.insert("left.weight", ingot::zeros({2, 3}));
  state.insert("extra", ingot::ones({1}, ingot::kInt64));
  std::string text = errorOf([&] { tree->load_state_dict(state); });
  EXPECT_NE(text.find("'scale': required f32 [1], got f32 [2]; 'left.count' is missing: required f32 [1]; "
                      "'right.weight' is missing: required f32 [2, 3]; "
                      "'right.count' is missing: required f32 [1]; 'extra' is unexpected: i64 [1]"),
            std::string::npos)
      << text;
  EXPECT_EQ(elements(tree->left->weight)[0], 1) << "nothing may be changed";
}

TEST(Module, LoadsWhatFitsUnlessStrict) {
  Tree tree;
  ingot::OrderedDict<std::string, Tensor> state;
  state.insert("left.weight", ingot::full({2, 3}, 4, ingot::kFloat64)); // converted, as copy_ does
  state.insert("extra", ingot::ones({1}));
  auto [missing, unexpected] = tree->load_state_dict(state, /*strict=*/false);
  EXPECT_EQ(missing, (std::vector<std::string>{"scale", "left.count", "right.weight", "right.count"}));
  EXPECT_EQ(unexpected, (std::vector<std::string>{"extra"}));
  EXPECT_EQ(elements(tree->left->weight)[0], 4);
  EXPECT_EQ(tree->left->weight.dtype(), ingot::kFloat32);
  state.insert("scale", ingot::ones({2})); // sizes must agree always
  EXPECT_NE(
      errorOf([&] { tree->load_state_dict(state, false); }).find("'scale': required f32 [1], got f32 [2]"),
      std::string::npos);
}

TEST(OrderedDict, KeepsOrderAndChecksKeys) {
  ingot::OrderedDict<std::string, int> dict("Number");
  dict.insert("b", 2);
  dict.insert("a", 1);
  dict.insert("c", 3);
  EXPECT_EQ(dict.keys(), (Strings{"b", "a", "c"}));
  EXPECT_EQ(dict.values(), (std::vector<int>{2, 1, 3}));
  EXPECT_EQ(dict["a"], 1);
  EXPECT_EQ(dict[1].key(), "a");
  EXPECT_EQ(*dict[2], 3);
  EXPECT_TRUE(dict.contains("c"));
  EXPECT_EQ(dict.find("d"), nullptr);
  EXPECT_EQ(errorOf([&] { dict.insert("a", 4); }), "Number 'a' already defined");
  EXPECT_EQ(errorOf([&] { dict["d"]; }), "Number 'd' is not defined");
  EXPECT_EQ(errorOf([&] { dict[3]; }), "Number at 3 does not exist: there are 3");
  dict.erase("b");
  EXPECT_EQ(dict["c"], 3);
  EXPECT_EQ(dict.size(), 2u);
}
