// Weights files: round trips, and files that do not fit.
#include "test/frontend/nn/Expect.h"
#include "test/support/TempFolder.h"

namespace nn = ingot::nn;
using ingot::Tensor;
using namespace ingot::test;

namespace {

nn::Sequential makeNet() { return nn::Sequential({{"fc", nn::Linear(3, 2)}, {"norm", nn::BatchNorm1d(2)}}); }

struct TiedImpl : nn::Module {
  TiedImpl() {
    Tensor weight = register_parameter("encoder", ingot::ones({2}));
    register_parameter("decoder", weight);
  }
};
INGOT_MODULE(Tied);

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST(Io, RoundTrip) {
  TempFolder folder;
  nn::Sequential net = makeNet(), other = makeNet();
  ingot::save(net, folder.path("net.safetensors"));
  EXPECT_NE(elements(other->at<nn::LinearImpl>(0).weight), elements(net->at<nn::LinearImpl>(0).weight));
  ingot::load(other, folder.path("net.safetensors"));
  EXPECT_EQ(elements(other->at<nn::LinearImpl>(0).weight), elements(net->at<nn::LinearImpl>(0).weight));
  EXPECT_EQ(elements(other->at<nn::LinearImpl>(0).bias), elements(net->at<nn::LinearImpl>(0).bias));
  EXPECT_EQ(folder.count(), 1) << "nothing but the file is left";
  ingot::save(other, folder.path("other.safetensors"));
  EXPECT_EQ(readFile(folder.path("net.safetensors")), readFile(folder.path("other.safetensors")));
}

TEST(Io, NamesArePyTorchs) {
  TempFolder folder;
  ingot::save(makeNet(), folder.path("net.safetensors"));
  auto tensors = ingot::load_tensors(folder.path("net.safetensors"));
  EXPECT_EQ(tensors.keys(),
            (std::vector<std::string>{"fc.bias", "fc.weight", "norm.bias", "norm.num_batches_tracked",
                                      "norm.running_mean", "norm.running_var", "norm.weight"}));
  EXPECT_EQ(tensors["norm.num_batches_tracked"].dtype(), ingot::kInt64);
  EXPECT_EQ(tensors["fc.weight"].sizes().vec(), (std::vector<int64_t>{2, 3}));
}

TEST(Io, KeepsAllTypes) {
  TempFolder folder;
  ingot::OrderedDict<std::string, Tensor> tensors;
  for (auto type : {ingot::kBool, ingot::kInt8, ingot::kInt32, ingot::kInt64, ingot::kFloat16,
                    ingot::kBFloat16, ingot::kFloat32, ingot::kFloat64})
    tensors.insert(toString(type), ingot::ones({2, 1}, type));
  tensors.insert("empty", ingot::ones({0, 3}));
  tensors.insert("scalar", ingot::tensor(2.5));
  ingot::save_tensors(tensors, folder.path("all.safetensors"));
  auto loaded = ingot::load_tensors(folder.path("all.safetensors"));
  ASSERT_EQ(loaded.size(), tensors.size());
  for (const auto &item : tensors) {
    EXPECT_EQ(loaded[item.key()].dtype(), item.value().dtype()) << item.key();
    EXPECT_EQ(loaded[item.key()].sizes(), item.value().sizes()) << item.key();
    EXPECT_EQ(elements(loaded[item.key()]), elements(item.value())) << item.key();
  }
}

TEST(Io, ListsAllMisfitsAndChangesNothing) {
  TempFolder folder;
  std::string path = folder.path("bad.safetensors");
  ingot::OrderedDict<std::string, Tensor> tensors = nn::Sequential(makeNet())->state_dict();
  tensors.erase("fc.bias");
  tensors.erase("fc.weight");
  tensors.insert("fc.weight", ingot::zeros({3, 2}));
  tensors.erase("norm.weight");
  tensors.insert("norm.weight", ingot::zeros({2}, ingot::kFloat64));
  tensors.insert("head", ingot::ones({1}));
  ingot::save_tensors(tensors, path);

  nn::Sequential net = makeNet();
  std::vector<float> before = elements(net->at<nn::LinearImpl>(0).weight);
  std::string text = errorOf([&] { ingot::load(net, path); });
  EXPECT_TRUE(contains(text, "load: " + path + ": does not fit ingot::nn::SequentialImpl: ")) << text;
  EXPECT_TRUE(contains(text,
                       "'fc.weight': required f32 [2, 3], got f32 [3, 2]; 'fc.bias' is missing: required "
                       "f32 [2]; 'norm.weight': required f32 [2], got f64 [2]; 'head' is unexpected: "
                       "f32 [1]"))
      << text;
  EXPECT_EQ(elements(net->at<nn::LinearImpl>(0).weight), before);
  EXPECT_FALSE(contains(errorOf([&] { ingot::load(net, path, /*strict=*/false); }), "unexpected"));
}

TEST(Io, IgnoresUnexpectedUnlessStrict) {
  TempFolder folder;
  nn::Sequential net = makeNet();
  auto tensors = net->state_dict();
  tensors.insert("generator", ingot::zeros({2}, ingot::kInt64)); // of an exported program that draws numbers
  ingot::save_tensors(tensors, folder.path("exported.safetensors"));
  EXPECT_EQ(errorOf([&] { ingot::load(net, folder.path("exported.safetensors")); }), "no error");
  tensors.insert("head", ingot::ones({1}));
  ingot::save_tensors(tensors, folder.path("more.safetensors"));
  EXPECT_EQ(errorOf([&] { ingot::load(net, folder.path("more.safetensors"), /*strict=*/false); }),
            "no error");
  EXPECT_TRUE(
      contains(errorOf([&] { ingot::load(net, folder.path("more.safetensors")); }), "'head' is unexpected"));
}

TEST(Io, IgnoresMissingUnlessStrict) {
  TempFolder folder;
  nn::Sequential net = makeNet();
  ingot::OrderedDict<std::string, Tensor> tensors;
  tensors.insert("fc.bias", ingot::full({2}, 3.0));
  ingot::save_tensors(tensors, folder.path("part.safetensors"));
  EXPECT_TRUE(contains(errorOf([&] { ingot::load(net, folder.path("part.safetensors")); }),
                       "'fc.weight' is missing"));
  ingot::load(net, folder.path("part.safetensors"), /*strict=*/false);
  EXPECT_EQ(elements(net->at<nn::LinearImpl>(0).bias), (std::vector<float>{3, 3}));
}

TEST(Io, SavesTensorsAndLists) {
  TempFolder folder;
  std::string one = folder.path("one.safetensors"), two = folder.path("two.safetensors");
  ingot::save(ingot::full({2}, 7), one);
  Tensor loaded;
  ingot::load(loaded, one);
  expectTensor(loaded, {2}, {7, 7});
  std::vector<Tensor> list(11, ingot::ones({1})), read;
  list[10] = ingot::tensor({1, 2, 3});
  ingot::save(list, two);
  ingot::load(read, two);
  ASSERT_EQ(read.size(), 11u);
  EXPECT_EQ(elements(read[10]), (std::vector<float>{1, 2, 3}));
  EXPECT_TRUE(contains(errorOf([&] { ingot::load(loaded, two); }), "required one tensor, got 11"));
  ingot::save(makeNet(), two);
  EXPECT_TRUE(
      contains(errorOf([&] { ingot::load(read, two); }), "required a list of tensors, called 0, 1, ..."));
}

// What torch.save has written; test/frontend/io tests the format.
TEST(Io, ReadsFilesOfPyTorch) {
  const std::string data = INGOT_TEST_DATA;
  for (const char *name : {"/state_dict.pt", "/checkpoint.pt"}) {
    nn::Sequential net = makeNet();
    if (std::string(name) == "/state_dict.pt")
      ingot::load(net, data + name);
    else
      net->load_state_dict(ingot::load_tensors(data + name, "model."));
    expectTensor(net->at<nn::LinearImpl>(0).weight, {2, 3}, {0, 1, 2, 3, 4, 5});
    expectTensor(net->at<nn::BatchNorm1dImpl>(1).running_var, {2}, {50, 51});
    expectTensor(net->at<nn::BatchNorm1dImpl>(1).num_batches_tracked, {}, {60});
  }
  std::vector<Tensor> list;
  ingot::load(list, data + "/list.pt");
  ASSERT_EQ(list.size(), 7u);
  expectTensor(list[1], {4, 3}, {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
  expectTensor(list[4], {}, {2.5});
  EXPECT_EQ(list[5].dtype(), ingot::kBFloat16);
  nn::Sequential net = makeNet();
  EXPECT_TRUE(
      contains(errorOf([&] { ingot::load(net, data + "/checkpoint.pt"); }), "'model.fc.bias' is unexpected"));
  EXPECT_TRUE(contains(errorOf([&] { ingot::load_tensors(data + "/list.pt", "model."); }),
                       "no tensor's name begins with 'model.'"));
  EXPECT_TRUE(contains(errorOf([&] { ingot::load(net, data + "/module.pt"); }),
                       "'torch.nn.modules.container.Sequential' is not part of a state dict"));
}

// What torch::save of libtorch has written.
TEST(Io, ReadsFilesOfLibtorch) {
  const std::string data = INGOT_TEST_DATA;
  Tensor tensor;
  ingot::load(tensor, data + "/libtorch_tensor.pt");
  expectTensor(tensor, {3}, {0, 1, 2});
  std::vector<Tensor> list;
  ingot::load(list, data + "/libtorch_list.pt");
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[1].dtype(), ingot::kInt64);
  nn::Sequential net({{"fc", nn::Linear(3, 2)}, {"block", nn::Sequential(nn::BatchNorm1d(2))}});
  ingot::load(net, data + "/libtorch_module.pt");
  expectTensor(net->at<nn::LinearImpl>(0).weight, {2, 3}, {0, 1, 2, 3, 4, 5});
}

TEST(Io, TiedTensorsAreOne) {
  TempFolder folder;
  Tied tied;
  ingot::save(tied, folder.path("tied.safetensors"));
  EXPECT_EQ(ingot::load_tensors(folder.path("tied.safetensors")).size(), 2u);
  ingot::OrderedDict<std::string, Tensor> tensors;
  tensors.insert("decoder", ingot::full({2}, 5.0));
  ingot::save_tensors(tensors, folder.path("one.safetensors"));
  ingot::load(tied, folder.path("one.safetensors"));
  EXPECT_EQ(elements(tied->parameters()[0]), (std::vector<float>{5, 5}));
  tensors.insert("encoder", ingot::zeros({2}));
  ingot::save_tensors(tensors, folder.path("two.safetensors"));
  EXPECT_TRUE(
      contains(errorOf([&] { ingot::load(tied, folder.path("two.safetensors")); }),
               "'encoder' and 'decoder' are one tensor in the module, but what is loaded for them differs"));
}

TEST(Io, TiedTensorsOfAStateDictAreOne) {
  Tied tied;
  ingot::OrderedDict<std::string, Tensor> tensors;
  tensors.insert("decoder", ingot::full({2}, 5, ingot::kInt64)); // of another type, and equal in the module's
  tensors.insert("encoder", ingot::full({2}, 5.0));
  tied->load_state_dict(tensors);
  EXPECT_EQ(elements(tied->parameters()[0]), (std::vector<float>{5, 5}));
  tensors["encoder"] = ingot::full({3}, 5.0);
  EXPECT_TRUE(
      contains(errorOf([&] { tied->load_state_dict(tensors); }), "'encoder': required f32 [2], got f32 [3]"));
  tensors["encoder"] = ingot::zeros({2});
  EXPECT_TRUE(
      contains(errorOf([&] { tied->load_state_dict(tensors); }),
               "'encoder' and 'decoder' are one tensor in the module, but what is loaded for them differs"));
  EXPECT_EQ(elements(tied->parameters()[0]), (std::vector<float>{5, 5}));
}

TEST(Io, NamesBadFiles) {
  TempFolder folder;
  nn::Sequential net = makeNet();
  EXPECT_TRUE(contains(errorOf([&] { ingot::load(net, "/no/such.safetensors"); }), "/no/such.safetensors"));
  EXPECT_EQ(errorLine([&] { ingot::load(net, "/no/such.safetensors"); }), __LINE__);
  ingot::save(net, folder.path("good.safetensors"));
  std::string bytes = readFile(folder.path("good.safetensors"));
  std::string truncated = folder.write("truncated.safetensors", bytes.substr(0, bytes.size() - 4));
  EXPECT_TRUE(contains(errorOf([&] { ingot::load(net, truncated); }), "truncated.safetensors"));
  EXPECT_TRUE(contains(errorOf([&] { ingot::load_tensors(folder.write("text", "hello")); }),
                       "not a safetensors file"));
  EXPECT_TRUE(contains(errorOf([&] { ingot::save(net, folder.path("no/such")); }), "no/such"));
  EXPECT_EQ(folder.count(), 3);
}
