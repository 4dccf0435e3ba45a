// Sequential, lists and dictionaries of modules and parameters, AnyModule, Functional.
#include "test/frontend/nn/Expect.h"
#include <type_traits>

namespace nn = ingot::nn;
using ingot::Tensor;
using namespace ingot::test;

namespace {

struct DoubleImpl : nn::Module {
  Tensor forward(Tensor x) { return x * 2; }
};
INGOT_MODULE(Double);

struct SplitImpl : nn::Module {
  std::tuple<Tensor, Tensor> forward(const Tensor &x) { return {x, x * 3}; }
};
INGOT_MODULE(Split);

struct JoinImpl : nn::Module {
  Tensor forward(std::tuple<Tensor, Tensor> both) { return std::get<0>(both) + std::get<1>(both); }
};
INGOT_MODULE(Join);

struct PowerImpl : nn::Module {
  int forward(int base, int exponent) const { return exponent == 0 ? 1 : base * forward(base, exponent - 1); }
};
INGOT_MODULE(Power);

using Strings = std::vector<std::string>;

} // namespace

TEST(Sequential, CallsOneAfterAnother) {
  nn::Sequential net(Double{}, nn::ReLU(), Double{});
  expectTensor(net(ingot::tensor({-1.0, 2.0})), {2}, {0, 8});
  expectTensor(net->forward(ingot::tensor({1.0})), {1}, {4});
  EXPECT_EQ(net->size(), 3u);
  EXPECT_EQ(net->named_children().keys(), (Strings{"0", "1", "2"}));
}

TEST(Sequential, TakesNamesAndGrows) {
  nn::Sequential net({{"first", nn::Linear(2, 2)}, {"act", nn::ReLU()}});
  net->push_back("last", nn::Linear(2, 1));
  EXPECT_EQ(net->named_parameters().keys(),
            (Strings{"first.weight", "first.bias", "last.weight", "last.bias"}));
  nn::Sequential other;
  other->extend(*net);
  EXPECT_EQ(other->size(), 3u);
  EXPECT_EQ(other->ptr(0), net->ptr(0));
  EXPECT_EQ(errorOf([&] { net->push_back("act", nn::ReLU()); }),
            "register_module: the name must be new in its module, got 'act', which is a submodule already");
}

TEST(Sequential, Nests) {
  nn::Sequential net(Double{}, nn::Sequential(Double{}, nn::Sequential(Double{})));
  expectTensor(net(ingot::tensor({1.0})), {1}, {8});
}

TEST(Sequential, PassesValuesOfAnyType) {
  nn::Sequential net(Split{}, Join{});
  expectTensor(net(ingot::tensor({1.0})), {1}, {4});
  nn::Sequential power;
  power->push_back(Power());
  EXPECT_EQ(power->forward<int>(2, 10), 1024);
  auto [a, b] = nn::Sequential(Split{})->forward<std::tuple<Tensor, Tensor>>(ingot::tensor({1.0}));
  expectTensor(b, {1}, {3});
}

TEST(Sequential, AccessesByTypeAndPlace) {
  nn::Sequential net(nn::Linear(2, 3), nn::ReLU());
  EXPECT_EQ(net->at<nn::LinearImpl>(0).options.out_features(), 3);
  EXPECT_EQ(net[1]->name(), "ingot::nn::ReLUImpl");
  size_t count = 0;
  for (auto &module : *net)
    count += !module.is_empty();
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(errorOf([&] { net->ptr(2); }),
            "Sequential: the index must be below the number of modules, 2, got 2");
  EXPECT_NE(errorOf([&] { net->at<nn::Conv2dImpl>(0); }).find("the type must be that of the module"),
            std::string::npos);
}

TEST(Sequential, ReportsErrors) {
  nn::Sequential net(nn::Linear(2, 3), nn::Linear(4, 1));
  Tensor x = ingot::ones({1, 2});
  EXPECT_EQ(errorOf([&] { net(x); }),
            "1 (linear): the last size of input must be 4, got 3 (input [1, 3], weight [1, 4])");
  EXPECT_EQ(errorLine([&] { net(x); }), __LINE__);
  EXPECT_EQ(errorLine([&] { net->forward(x); }), __LINE__);
  EXPECT_EQ(errorOf([&] { nn::Sequential()(x); }),
            "Sequential: a Sequential that is called must have modules");
  EXPECT_NE(errorOf([&] { net->forward(x, x); }).find("forward takes 1 argument, got 2"), std::string::npos);
  EXPECT_NE(errorOf([&] { net->forward(5); }).find("argument 0 must be a ingot::Tensor"), std::string::npos);
}

TEST(Sequential, Clones) {
  nn::Sequential net({{"fc", nn::Linear(2, 2)}});
  auto copy = std::dynamic_pointer_cast<nn::SequentialImpl>(net->clone());
  EXPECT_EQ(copy->named_parameters().keys(), net->named_parameters().keys());
  EXPECT_EQ(elements(copy->at<nn::LinearImpl>(0).weight), elements(net->at<nn::LinearImpl>(0).weight));
  EXPECT_NE(copy->ptr(0), net->ptr(0));
}

TEST(AnyModule, ChecksTypes) {
  nn::AnyModule any(Power{});
  EXPECT_EQ(any.forward<int>(3, 2), 9);
  EXPECT_NE(errorOf([&] { any.forward<int>(3); }).find("takes 2 arguments, got 1"), std::string::npos);
  EXPECT_NE(errorOf([&] { any.forward<int>(3, 2.0); }).find("argument 1 must be a int"), std::string::npos);
  EXPECT_NE(errorOf([&] { any.forward<float>(3, 2); }).find("AnyValue"), std::string::npos);
  EXPECT_TRUE(nn::AnyModule().is_empty());
  EXPECT_EQ(errorOf([&] { nn::AnyModule().ptr(); }),
            "AnyModule: an empty AnyModule must be given a module before it is used");
  EXPECT_EQ(any.type_info(), typeid(PowerImpl));
  EXPECT_EQ(any.get<Power>().get(), any.ptr().get());
}

TEST(Functional, WrapsFunctions) {
  nn::Sequential net(nn::Functional(ingot::relu), nn::Functional([](Tensor x) { return x + 1; }),
                     nn::Functional([](const Tensor &x, double factor) { return x * factor; }, 3.0));
  expectTensor(net(ingot::tensor({-2.0, 2.0})), {2}, {3, 9});
}

TEST(ModuleList, KeepsModulesByPlace) {
  nn::ModuleList list(nn::Linear(1, 1), nn::ReLU());
  list->push_back(nn::Tanh());
  list->insert(0, nn::Sigmoid());
  ASSERT_EQ(list->size(), 4u);
  Strings names;
  for (const auto &module : *list)
    names.push_back(module->name());
  EXPECT_EQ(names, (Strings{"ingot::nn::SigmoidImpl", "ingot::nn::LinearImpl", "ingot::nn::ReLUImpl",
                            "ingot::nn::TanhImpl"}));
  EXPECT_EQ(list->named_parameters().keys(), (Strings{"1.weight", "1.bias"}));
  EXPECT_EQ(list->at<nn::LinearImpl>(1).options.in_features(), 1);
  EXPECT_EQ(errorOf([&] { list->at<nn::LinearImpl>(0); }),
            "ModuleList: module 0 must be a ingot::nn::LinearImpl, got ingot::nn::SigmoidImpl");
  EXPECT_EQ(errorOf([&] { list->ptr(4); }),
            "ModuleList: the index must be below the number of modules, 4, got 4");
  EXPECT_EQ(std::dynamic_pointer_cast<nn::ModuleListImpl>(list->clone())->size(), 4u);
}

TEST(ModuleDict, KeepsModulesByName) {
  nn::ModuleDict dict;
  dict->insert("fc", nn::Linear(1, 1));
  dict->update({{"act", nn::ReLU().ptr()}, {"fc", nn::Linear(2, 2).ptr()}});
  EXPECT_EQ(dict->keys(), (Strings{"fc", "act"}));
  EXPECT_EQ(dict->at<nn::LinearImpl>("fc").options.in_features(), 2);
  EXPECT_EQ(dict->pop("act")->name(), "ingot::nn::ReLUImpl");
  EXPECT_FALSE(dict->contains("act"));
  EXPECT_EQ(errorOf([&] { dict->pop("act"); }), "Module 'act' is not defined");
  dict->clear();
  EXPECT_TRUE(dict->empty());
  EXPECT_TRUE(dict->children().empty());
}

TEST(ParameterList, RegistersByPlace) {
  nn::ParameterList list(ingot::ones({2}), ingot::zeros({1}).set_requires_grad(true));
  list->append(ingot::ones({3}));
  EXPECT_EQ(list->named_parameters().keys(), (Strings{"0", "1", "2"}));
  EXPECT_TRUE(list->at(1).requires_grad());
  EXPECT_FALSE(list->at(0).requires_grad());
  EXPECT_EQ(errorOf([&] { list->at(3); }),
            "ParameterList: the index must be below the number of parameters, 3, got 3");
}

TEST(ParameterDict, RegistersByName) {
  nn::ParameterDict dict;
  dict->insert("a", ingot::ones({2}));
  dict->insert("b", ingot::ones({3}));
  EXPECT_EQ(dict->named_parameters().keys(), (Strings{"a", "b"}));
  EXPECT_EQ(dict->pop("a").numel(), 2);
  EXPECT_EQ(dict->named_parameters().keys(), Strings{"b"});
  EXPECT_EQ(dict->get("b").numel(), 3);
}
