#include "codegen/llvm/HeaderNames.h"
#include "codegen/llvm/Header.h"
#include "runtime/core/DType.h"
#include <algorithm>
#include <cctype>
#include <cstdio>

using namespace ingot;
using namespace ingot::codegen;

namespace {

const std::set<std::string_view> reservedNames = {
    // keywords of C11 and C++20
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch",
    "char", "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl",
    "concept", "const", "const_cast", "consteval", "constexpr", "constinit", "continue", "decltype",
    "default", "delete", "do", "double", "dynamic_cast", "else", "enum", "explicit", "export", "extern",
    "false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new",
    "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private", "protected", "public",
    "register", "reinterpret_cast", "requires", "restrict", "return", "short", "signed", "sizeof", "static",
    "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local", "throw", "true",
    "try", "typedef", "typeid", "typename", "typeof", "union", "unsigned", "using", "virtual", "void",
    "volatile", "wchar_t", "while", "xor", "xor_eq",
    // macros of the standard libraries, and of platforms
    "EOF", "I", "NULL", "assert", "errno", "linux", "stderr", "stdin", "stdout", "unix",
    // what the emitted functions and their bodies name
    "call", "host", "record", "rt", "state", "status", "std", "workers", "workspace"};

/// Members of an emitted Model that are no function of the user's.
const std::set<std::string_view> modelMembers = {
    "Call", "Model",   "ModelBase", "clone",       "copy_model", "from_memory", "load",
    "save", "object_", "set_host",  "clone_model", "load_model", "parse_model", "save_model"};

uint64_t fnv1a(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : text)
    hash = (hash ^ c) * 0x100000001b3;
  return hash;
}

/// ` 'name'`
std::string quoted(const std::string &name) { return " '" + name + "'"; }

/// All that a caller sees, as text; lengths keep names apart.
class Description {
public:
  explicit Description(const ModuleInfo &module) {
    add(module.name);
    for (const FunctionInfo &function : module.functions) {
      add(function.writesState ? "updating" : "reading");
      add(function.name);
      for (const TensorInfo &tensor : function.inputs)
        add("in", tensor);
      for (const DimInfo &dim : function.dims) {
        add(dim.name);
        add(std::to_string(dim.range.min) + ".." + std::to_string(dim.range.max.value_or(INT64_MAX)));
      }
      for (const TensorInfo &tensor : function.outputs)
        add("out", tensor);
    }
    for (const StateInfo &state : module.states) {
      add("state", state.tensor);
      for (const std::string &alias : state.aliases)
        add(alias);
    }
    add(module.embeddedWeights ? "embedded" : "separate");
  }

  std::string text;

private:
  void add(std::string_view item) {
    ((text += std::to_string(item.size())) += ':') += std::string(item) + ";";
  }
  void add(std::string_view kind, const TensorInfo &tensor) {
    add(kind);
    add(tensor.name);
    add(tensor.dtype);
    for (const sizes::Expr &size : tensor.shape)
      add(size.str());
  }
};

/// Finds what stands in the way of a header.
class InterfaceCheck {
public:
  explicit InterfaceCheck(const ModuleInfo &module) : module(module) {}

  std::optional<std::string> run() {
    name("export", module.name);
    for (const char *symbol : {"state", "host", "interface", "state_size", "states", "sites", "prepare",
                               "unprepare", "embedded_state", "INTERFACE", "STATE_SIZE"})
      symbols.insert(module.name + "_" + symbol);
    for (const FunctionInfo &function : module.functions)
      check(function);
    for (const StateInfo &state : module.states)
      check("state", state.tensor);
    return problem;
  }

private:
  void fail(std::string text) {
    if (!problem)
      problem = std::move(text);
  }

  void name(const std::string &what, const std::string &text) {
    if (!isIdentifier(text))
      fail(what + quoted(text) + ": required a C identifier as its name");
    else if (isReservedName(text) || text.starts_with("ingot_") || text.starts_with("__"))
      fail(what + quoted(text) + ": required a name that C and C++ leave free, got a reserved one");
  }

  void symbol(const FunctionInfo &function, const std::string &text) {
    if (!symbols.insert(module.name + "_" + text).second)
      fail("function" + quoted(function.name) + ": required another name, its symbol" +
           quoted(module.name + "_" + text) + " is taken");
  }

  void check(const FunctionInfo &function) {
    name("function", function.name);
    symbol(function, function.name);
    symbol(function, function.name + "_workspace");
    symbol(function, upperCase(function.name + "_workspace"));
    for (const std::string &member : {function.name, "reserve_" + function.name,
                                      "check_" + function.name + "_", function.name + "_workspace"})
      if (modelMembers.contains(member) || !members.insert(member).second)
        fail("function" + quoted(function.name) + ": required another name, the member" + quoted(member) +
             " of Model is taken");
    std::set<std::string> dims;
    for (const DimInfo &dim : function.dims)
      if (!dims.insert(dim.name).second)
        fail("function" + quoted(function.name) + ": dimension" + quoted(dim.name) + " occurs twice");
    auto tensor = [&](const std::string &what, const TensorInfo &info) {
      std::string who = "function" + quoted(function.name) + ", " + what;
      check(who, info);
      for (const sizes::Expr &size : info.shape)
        for (const std::string &dim : size.dims())
          if (!dims.contains(dim))
            fail(who + quoted(info.name) + ": required sizes over the dimensions of the function, got " +
                 size.str());
    };
    for (const TensorInfo &input : function.inputs)
      tensor("input", input);
    for (const TensorInfo &output : function.outputs)
      tensor("output", output);
  }

  void check(const std::string &what, const TensorInfo &tensor) {
    const ingot_rt::DType *dtype = ingot_rt::dtype_named(tensor.dtype);
    if (!dtype || dtype->abi == 0)
      fail(what + quoted(tensor.name) + ": required a dtype of the C interface, got" + quoted(tensor.dtype));
  }

  const ModuleInfo &module;
  std::set<std::string> symbols, members;
  std::optional<std::string> problem;
};

} // namespace

bool codegen::isIdentifier(std::string_view text) {
  auto letter = [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '_'); };
  return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) &&
         std::ranges::all_of(text, letter);
}

bool codegen::isReservedName(std::string_view text) { return reservedNames.contains(text); }

std::string codegen::parameterName(std::string_view text, std::set<std::string> &taken) {
  std::string name(text);
  for (char &c : name)
    if (!isIdentifier(std::string("_") + c))
      c = '_';
  if (!isIdentifier(name))
    name = "_" + name;
  while (isReservedName(name) || name.starts_with("ingot_") || name.ends_with("_t") ||
         !taken.insert(name).second)
    name += '_';
  return name;
}

std::string codegen::upperCase(std::string text) {
  for (char &c : text)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string codegen::interfaceSymbol(const ModuleInfo &module) {
  char hash[17];
  std::snprintf(hash, sizeof hash, "%016llx",
                static_cast<unsigned long long>(fnv1a(Description(module).text)));
  return module.name + "_interface_" + std::to_string(interfaceVersion) + "_" + hash;
}

std::optional<std::string> codegen::checkInterface(const ModuleInfo &module) {
  return InterfaceCheck(module).run();
}
