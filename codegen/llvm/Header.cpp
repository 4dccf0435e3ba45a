#include "codegen/llvm/Header.h"
#include "codegen/llvm/HeaderNames.h"
#include "codegen/llvm/RuntimeText.inc"
#include "runtime/core/DType.h"
#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

using namespace ingot;
using namespace ingot::codegen;
using sizes::Expr;

namespace {

/// Text from the user inside a comment: one line, printable.
std::string commentText(std::string_view text) {
  std::string clean(text);
  for (char &c : clean)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\')
      c = '?';
  return clean;
}

//===-- Signatures --------------------------------------------------------------------------------------------===//

std::string shapeText(const TensorInfo &tensor) {
  std::string text = "[";
  for (const Expr &size : tensor.shape)
    text += (text.size() > 1 ? ", " : "") + size.str();
  return text + "]";
}

std::string typeText(const TensorInfo &tensor) { return tensor.dtype + " " + shapeText(tensor); }

std::string cType(const TensorInfo &tensor) { return std::string(ingot_rt::dtype_named(tensor.dtype)->c); }

/// A tensor parameter.
struct Argument {
  const TensorInfo *tensor;
  std::string name;
  bool output;
  bool scalar() const { return tensor->shape.empty(); }
};

/// The parameters of a function, with names that are fit for C and C++.
struct Signature {
  std::vector<Argument> inputs, outputs;
  std::vector<std::string> dims;
  std::map<std::string, std::string, std::less<>> dimNames; // as declared -> as a parameter

  explicit Signature(const FunctionInfo &function) {
    std::set<std::string> taken = {function.name};
    for (const DimInfo &dim : function.dims)
      dims.push_back(dimNames[dim.name] = parameterName(dim.name, taken));
    for (const TensorInfo &tensor : function.inputs)
      inputs.push_back({&tensor, parameterName(tensor.name, taken), false});
    for (const TensorInfo &tensor : function.outputs)
      outputs.push_back({&tensor, parameterName(tensor.name, taken), true});
  }

  std::vector<Argument> tensors() const {
    std::vector<Argument> all = inputs;
    all.insert(all.end(), outputs.begin(), outputs.end());
    return all;
  }

  /// One text a parameter, in the order of the C signature: inputs, dimensions, outputs.
  template <class Tensor, class Dim> std::vector<std::string> parameters(Tensor tensor, Dim dim) const {
    std::vector<std::string> list;
    for (const Argument &argument : inputs)
      list.push_back(tensor(argument));
    for (const std::string &name : dims)
      list.push_back(dim(name));
    for (const Argument &argument : outputs)
      list.push_back(tensor(argument));
    return list;
  }
};

/// Writes a size as C++ that does not overflow unnoticed.
struct SizeWriter {
  const Signature &signature;
  std::string constant(int64_t value) const {
    return "rt::Size(" + (value == INT64_MIN ? "INT64_MIN" : std::to_string(value)) + ")";
  }
  std::string dim(const std::string &name) const { return "rt::Size(" + signature.dimNames.at(name) + ")"; }
  std::string add(const std::string &a, const std::string &b) const { return "(" + a + " + " + b + ")"; }
  std::string mul(const std::string &a, const std::string &b) const { return a + " * " + b; }
  std::string floordiv(const std::string &a, const std::string &b) const {
    return "rt::Size::floordiv(" + a + ", " + b + ")";
  }
  std::string mod(const std::string &a, const std::string &b) const {
    return "rt::Size::mod(" + a + ", " + b + ")";
  }
  std::string min(const std::string &a, const std::string &b) const {
    return "rt::Size::min(" + a + ", " + b + ")";
  }
  std::string max(const std::string &a, const std::string &b) const {
    return "rt::Size::max(" + a + ", " + b + ")";
  }
};

std::string elementCount(const TensorInfo &tensor, const Signature &signature) {
  Expr count = 1;
  for (const Expr &size : tensor.shape)
    count = count * size;
  return count.isConstant() ? std::to_string(count.constant())
                            : count.visit<std::string>(SizeWriter{signature});
}

std::string upperBound(const sizes::Range &range) {
  return range.max ? std::to_string(*range.max) : "INT64_MAX";
}

//===-- Text --------------------------------------------------------------------------------------------------===//

constexpr size_t columns = 110;

/// `head` + list + `tail`, broken behind commas where lines get too long.
std::string listed(const std::string &head, const std::vector<std::string> &list, const std::string &tail) {
  std::string text, line = head;
  size_t indent = head.size();
  for (size_t i = 0; i < list.size(); ++i) {
    std::string item = list[i] + (i + 1 < list.size() ? "," : tail);
    bool first = line.size() == indent;
    if (!first && line.size() + 1 + item.size() > columns) {
      text += line + "\n";
      line = std::string(indent, ' ') + item;
    } else {
      line += (first ? "" : " ") + item;
    }
  }
  return text + line + (list.empty() ? tail : "") + "\n";
}

/// Comment lines: `first` before the first, then as far indented, broken between words.
std::string comment(const std::string &first, const std::string &words) {
  std::string text, line = first;
  size_t indent = first.size();
  for (size_t at = 0; at < words.size();) {
    size_t end = std::min(words.find(' ', at), words.size());
    std::string word = words.substr(at, end - at);
    bool start = line.size() == indent;
    if (!start && line.size() + 1 + word.size() > columns) {
      text += line + "\n";
      line = first.substr(0, first.find("///") + 3);
      line += std::string(indent - line.size(), ' ') + word;
    } else {
      line += (start ? "" : " ") + word;
    }
    at = end + 1;
  }
  return text + line + "\n";
}

/// A row of a parameter list in a comment.
std::string row(const std::string &indent, const std::string &name, size_t width, const std::string &what) {
  return comment(indent + "///   " + name + std::string(width > name.size() ? width - name.size() : 0, ' ') +
                     "  ",
                 what);
}

std::string rangeText(const std::string &name, const sizes::Range &range) {
  return std::to_string(range.min) + " <= " + name + (range.max ? " <= " + std::to_string(*range.max) : "");
}

//===-- The emitter -------------------------------------------------------------------------------------------===//

class HeaderEmitter {
public:
  explicit HeaderEmitter(const ModuleInfo &module) : module(module), prefix(module.name) {}

  std::string emit() {
    std::string guard = "INGOT_MODEL_" + prefix + "_H";
    opening();
    out += "#ifndef " + guard + "\n#define " + guard + "\n\n" + runtimeAbi + "\n";
    out += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    cState();
    for (const FunctionInfo &function : module.functions)
      cFunction(function);
    out += "#ifdef __cplusplus\n}\n#endif\n\n";
    out += "#if defined(__cplusplus) && !defined(INGOT_C_ONLY) && \\\n"
           "    (__cplusplus >= 201703L || (defined(_MSVC_LANG) && _MSVC_LANG >= 201703L))\n\n";
    out += runtimeText;
    cppModel();
    out += "\n#endif // C++17\n\n#endif // " + guard + "\n";
    return std::move(out);
  }

private:
  void opening();
  void cState();
  void cFunction(const FunctionInfo &function);
  void documentParameters(const FunctionInfo &function, const Signature &signature, const std::string &indent,
                          bool c);
  void cppModel();
  void cppConstruction();
  void cppFunction(const FunctionInfo &function);
  void cppCheck(const FunctionInfo &function, const Signature &signature);
  void cppObject();

  std::string workspaceText(const FunctionInfo &function) const {
    return function.workspace.str() + " bytes" + (function.workspace.isConstant() ? "" : " for workers = 1");
  }
  std::string call(const FunctionInfo &function) const { return "::" + prefix + "_" + function.name; }
  std::string qualified(const FunctionInfo &function) const { return prefix + "::Model::" + function.name; }

  const ModuleInfo &module;
  std::string prefix, out;
};

void HeaderEmitter::opening() {
  out += "// " + prefix + ": a model compiled by ingot. Link " + prefix +
         ".o, which needs no other library.\n//\n";
  for (const FunctionInfo &function : module.functions) {
    std::string inputs, outputs;
    for (const TensorInfo &tensor : function.inputs)
      inputs += (inputs.empty() ? "" : ", ") + commentText(tensor.name) + ": " + typeText(tensor);
    for (const TensorInfo &tensor : function.outputs)
      outputs += (outputs.empty() ? "" : ", ") + commentText(tensor.name) + ": " + typeText(tensor);
    out += "//   " + function.name + "(" + inputs + ") -> (" + outputs + ")" +
           (function.writesState ? ", updates the state" : "") + "\n";
  }
  out += "//\n// The C interface comes first, the C++17 interface (" + prefix +
         "::Model) is at the end; define INGOT_C_ONLY to leave it out.\n"
         "// Written by the compiler: changes are lost.\n";
}

void HeaderEmitter::cState() {
  std::string p = prefix, symbol = interfaceSymbol(module);
  out += "//===-- " + p +
         " in C ---===//\n//\n"
         "// Arrays are row-major and element-aligned; no two of one call overlap. State and workspace are "
         "64-byte aligned.\n"
         "// Functions return an ingot_status, allocate nothing, start no thread and keep no pointer.\n\n"
         "/// The parameters and buffers in the layout that the object computes with: " +
         p +
         "_state_size() bytes, which can\n"
         "/// be copied, mapped and saved as they are.\n"
         "typedef struct " +
         p + "_state " + p +
         "_state;\n"
         "typedef ingot_host " +
         p +
         "_host;\n\n"
         "/// Of the object that fits this header. Each including file refers to it, so another object does "
         "not link.\n"
         "#define " +
         upperCase(p) + "_INTERFACE " + symbol +
         "\n"
         "extern const int32_t " +
         symbol +
         ";\n"
         "#if defined(__GNUC__)\n"
         "static const int32_t *const " +
         p + "_interface __attribute__((used)) = &" + symbol +
         ";\n"
         "#endif\n\n";
  out +=
      "/// Bytes of the state" + std::string(module.states.empty() ? "; 0: this model has none.\n" : ".\n");
  out += "#define " + upperCase(p) + "_STATE_SIZE " + std::to_string(module.stateBytes) +
         "\n"
         "int64_t " +
         p +
         "_state_size(void);\n\n"
         "/// The table of parameters and buffers, *count rows, constant; null where there are none:\n";
  for (const StateInfo &state : module.states) {
    std::string aliases;
    for (const std::string &alias : state.aliases)
      aliases += (aliases.empty() ? ", also " : ", ") + commentText(alias);
    out += "///   " + commentText(state.tensor.name) + "  " + typeText(state.tensor) + aliases + "\n";
  }
  out += "const ingot_state_entry *" + p +
         "_states(int32_t *count);\n\n"
         "/// The table of run-time checks that ingot_error::site refers to, *count rows; null where there "
         "are none.\n"
         "const ingot_site *" +
         p +
         "_sites(int32_t *count);\n\n"
         "/// Makes the state from row-major arrays, one for each row of " +
         p +
         "_states(), in its order.\n"
         "int32_t " +
         p + "_prepare(" + p +
         "_state *state, const void *const canonical[]);\n\n"
         "/// The reverse: writes row-major arrays.\n"
         "int32_t " +
         p + "_unprepare(const " + p + "_state *state, void *const canonical[]);\n\n";
  if (module.embeddedWeights)
    out += "/// The weights in the object, prepared, read-only. A function that writes state needs a copy.\n"
           "const " +
           p + "_state *" + p + "_embedded_state(void);\n\n";
}

/// What each parameter is; the C++ interface has no state and host.
void HeaderEmitter::documentParameters(const FunctionInfo &function, const Signature &signature,
                                       const std::string &indent, bool c) {
  size_t width = std::string_view("workspace").size();
  for (const Argument &argument : signature.tensors())
    width = std::max(width, argument.name.size());
  for (const std::string &dim : signature.dims)
    width = std::max(width, dim.size());
  auto tensor = [&](const Argument &argument) {
    out +=
        row(indent, argument.name, width, (argument.output ? "out, " : "in, ") + typeText(*argument.tensor));
  };
  if (c)
    out += row(indent, "state", width, function.writesState ? "in and out" : "in");
  std::ranges::for_each(signature.inputs, tensor);
  for (size_t i = 0; i < signature.dims.size(); ++i)
    out += row(indent, signature.dims[i], width, rangeText(function.dims[i].name, function.dims[i].range));
  std::ranges::for_each(signature.outputs, tensor);
  out += row(indent, "workspace", width,
             workspaceText(function) + ", 64-byte aligned, of any contents" +
                 (c ? "; may be null when that is 0" : ""));
  if (c)
    out += row(indent, "host", width, "threads and a place for error details; may be null");
}

void HeaderEmitter::cFunction(const FunctionInfo &function) {
  Signature signature(function);
  std::string symbol = prefix + "_" + function.name;
  out += "/// " + function.name +
         (function.writesState ? ": updates the state.\n" : ": only reads the state.\n");
  documentParameters(function, signature, "", true);
  std::string dims;
  for (const DimInfo &dim : function.dims)
    dims += (dims.empty() ? "" : " or ") + dim.name;
  out +=
      comment("/// ", "Returns INGOT_OK" +
                          (dims.empty() ? "" : ", or INGOT_ERROR_DIMENSION if " + dims + " is out of range") +
                          ". A call that fails has written nothing.");
  out += comment("/// ",
                 function.writesState
                     ? "Threads: the call needs the state for itself."
                     : "Threads: calls may share the state; each needs a workspace and outputs of its own.");

  std::vector<std::string> list = signature.parameters(
      [](const Argument &a) { return (a.output ? "" : "const ") + cType(*a.tensor) + " *" + a.name; },
      [](const std::string &dim) { return "int64_t " + dim; });
  list.insert(list.begin(), (function.writesState ? "" : "const ") + prefix + "_state *state");
  list.emplace_back("void *workspace");
  list.push_back("const " + prefix + "_host *host");
  out += listed("int32_t " + symbol + "(", list, ");") + "\n";

  out +=
      comment("/// ", "Bytes of the workspace of " + symbol + ": " + workspaceText(function) +
                          ". The dimensions must be in range; workers is that of the host, 1 without one.");
  if (function.workspace.isConstant())
    out += "#define " + upperCase(symbol) + "_WORKSPACE " + function.workspace.str() + "\n";
  list.clear();
  for (const std::string &dim : signature.dims)
    list.push_back("int64_t " + dim);
  list.emplace_back("int32_t workers");
  out += listed("int64_t " + symbol + "_workspace(", list, ");") + "\n";
}

//===-- C++ ---------------------------------------------------------------------------------------------------===//

void HeaderEmitter::cppModel() {
  out += "\n//===-- " + prefix +
         " in C++ ---===//\n\n"
         "namespace " +
         prefix +
         " {\n"
         "namespace rt = ::ingot_rt::" +
         runtimeNamespace +
         ";\n"
         "using rt::Buffer;\nusing rt::Code;\nusing rt::Span;\nusing rt::Status;\n\n"
         "/// The model: its weights, a workspace, and a member for each function. Move-only.\n"
         "///\n"
         "/// A member takes inputs, dimensions and outputs in the order of the C function: arrays as Span "
         "(std::vector, std::array,\n"
         "/// C arrays or {pointer, size}, with at least the elements of their shape), rank 0 by value or "
         "reference. It checks them\n"
         "/// before it calls the object. Without a last argument `workspace` it uses the model's own, "
         "allocates where that is too\n"
         "/// small (reserve_...() does so ahead), needs the model for itself, and leaves its status in "
         "status(), too.\n"
         "class Model : public rt::ModelBase {\n"
         "public:\n";
  cppConstruction();
  for (const FunctionInfo &function : module.functions)
    cppFunction(function);
  out += "private:\n";
  for (const FunctionInfo &function : module.functions)
    cppCheck(function, Signature(function));
  cppObject();
  out += "};\n\n} // namespace " + prefix + "\n";
}

void HeaderEmitter::cppConstruction() {
  bool writes = std::ranges::any_of(module.functions, &FunctionInfo::writesState);
  if (module.states.empty()) {
    out += "  /// This model has no state.\n"
           "  Model() : ModelBase(rt::Buffer()) {}\n\n";
    return;
  }
  if (module.embeddedWeights && writes)
    out += "  /// A model with a copy of the weights in the object; status() says whether there was memory "
           "for it.\n"
           "  Model() : ModelBase(copy_model(object_(), " +
           prefix + "_embedded_state())) {}\n\n";
  else if (module.embeddedWeights)
    out += "  /// A model with the weights in the object. Allocates nothing.\n"
           "  Model()\n      : ModelBase(rt::Buffer::borrow(" +
           prefix + "_embedded_state(), std::size_t(" + prefix + "_state_size()))) {}\n\n";
  else
    out += "  /// A model without weights: all calls fail with Code::not_loaded.\n"
           "  Model()\n      : ModelBase(rt::Status(rt::Code::not_loaded, \"" +
           prefix + "::Model: required weights from load(), got none\")) {}\n\n";
  out += "  /// A model with the weights of a safetensors file. Whether that succeeded: bool(model), "
         "model.status(), whose message\n"
         "  /// names what is missing or differs. Tensors that the model does not have are ignored.\n"
         "  static Model load(const std::string &path) { return Model(load_model(object_(), path)); }\n\n"
         "  /// The same, of a file that lies in memory; it is not needed afterwards.\n"
         "  static Model from_memory(rt::Span<const std::byte> bytes) { return Model(parse_model(object_(), "
         "bytes)); }\n\n"
         "  /// Writes the weights as a safetensors file; an old one is replaced in one step, or stays if "
         "that fails.\n"
         "  [[nodiscard]] rt::Status save(const std::string &path) const { return save_model(object_(), "
         "path); }\n\n"
         "  /// A model with a copy of the weights as they are now.\n"
         "  Model clone() const { return Model(clone_model(object_())); }\n\n";
}

void HeaderEmitter::cppFunction(const FunctionInfo &function) {
  Signature signature(function);
  std::string name = function.name, constness = function.writesState ? "" : " const";
  std::vector<std::string> parameters = signature.parameters(
      [](const Argument &a) {
        std::string type = cType(*a.tensor);
        if (a.scalar())
          return type + (a.output ? " &" : " ") + a.name;
        return "rt::Span<" + std::string(a.output ? "" : "const ") + type + "> " + a.name;
      },
      [](const std::string &dim) { return "std::int64_t " + dim; });
  std::vector<std::string> arguments = signature.parameters([](const Argument &a) { return a.name; },
                                                            [](const std::string &dim) { return dim; });
  std::vector<std::string> values =
      signature.parameters([](const Argument &a) { return a.scalar() ? "&" + a.name : a.name + ".data()"; },
                           [](const std::string &dim) { return dim; });
  std::vector<std::string> dimParameters;
  for (const std::string &dim : signature.dims)
    dimParameters.push_back("std::int64_t " + dim);
  std::vector<std::string> sizeArguments = signature.dims;
  sizeArguments.emplace_back("workers()");
  std::string size = listed("[&] { return " + call(function) + "_workspace(", sizeArguments, "); }");
  size.pop_back();

  out +=
      "  /// " + name + (function.writesState ? ": updates the weights.\n" : ": only reads the weights.\n");
  documentParameters(function, signature, "  ", false);
  out += listed("  const rt::Status &" + name + "(", parameters, ") {");
  out += listed("    rt::Status status = check_" + name + "_(", arguments, ")");
  out.pop_back();
  out += "\n                            .reserve(*this, " + size + ");\n";
  arguments.emplace_back("workspace()");
  out += "    if (status)\n" + listed("      status = " + name + "(", arguments, ");");
  out += "    return record(std::move(status));\n  }\n";

  arguments.pop_back();
  parameters.emplace_back("rt::Span<std::byte> workspace");
  out += listed("  [[nodiscard]] rt::Status " + name + "(", parameters, ")" + constness + " {");
  out += listed("    return check_" + name + "_(", arguments, ")");
  out += "        .workspace(workspace, " + size + ")\n        .run([&](const ingot_host *host) {\n";
  values.insert(values.begin(), "static_cast<" + std::string(function.writesState ? "" : "const ") + prefix +
                                    "_state *>(state())");
  values.emplace_back("workspace.data()");
  values.emplace_back("host");
  out += listed("          return " + call(function) + "(", values, ");") + "        });\n  }\n";

  out += "  /// Makes the model's own workspace large enough for calls of " + name + " of these sizes.\n" +
         listed("  [[nodiscard]] rt::Status reserve_" + name + "(", dimParameters, ") {") +
         "    return Call(*this, \"" + qualified(function) + "\")";
  for (size_t i = 0; i < signature.dims.size(); ++i)
    out += "\n        .dimension(\"" + function.dims[i].name + "\", " + signature.dims[i] + ", " +
           std::to_string(function.dims[i].range.min) + ", " + upperBound(function.dims[i].range) + ")";
  out += "\n        .reserve(*this, " + size + ");\n  }\n";
  dimParameters.emplace_back("std::int32_t workers = 1");
  sizeArguments.back() = "workers";
  out += "  /// Bytes of the workspace of " + name + ". The dimensions must be in range.\n" +
         listed("  static std::int64_t " + name + "_workspace(", dimParameters, ") {") +
         listed("    return " + call(function) + "_workspace(", sizeArguments, ");") + "  }\n\n";
}

/// The checks of a call, in the order of its parameters but dimensions first: sizes depend on them.
void HeaderEmitter::cppCheck(const FunctionInfo &function, const Signature &signature) {
  std::vector<std::string> parameters = signature.parameters(
      [](const Argument &a) {
        std::string type = cType(*a.tensor);
        if (a.scalar())
          return a.output ? type + " &" : type;
        return "rt::Span<" + std::string(a.output ? "" : "const ") + type + "> " + a.name;
      },
      [](const std::string &dim) { return "std::int64_t " + dim; });
  out += listed("  Call check_" + function.name + "_(", parameters, ") const {") + "    Call call(*this, \"" +
         qualified(function) + "\");\n";
  for (size_t i = 0; i < signature.dims.size(); ++i)
    out += "    call.dimension(\"" + function.dims[i].name + "\", " + signature.dims[i] + ", " +
           std::to_string(function.dims[i].range.min) + ", " + upperBound(function.dims[i].range) + ");\n";
  for (const Argument &a : signature.tensors())
    if (!a.scalar())
      out += "    call.argument(\"" + a.name + "\", \"" + typeText(*a.tensor) + "\", " + a.name +
             ".size(), " + elementCount(*a.tensor, signature) + ");\n";
  out += "    return call;\n  }\n";
}

void HeaderEmitter::cppObject() {
  if (module.states.empty())
    return;
  std::string p = prefix;
  out += "  explicit Model(ModelBase base) : ModelBase(std::move(base)) {}\n\n"
         "  static rt::Object object_() {\n"
         "    rt::Object object = {};\n"
         "    object.name = \"" +
         p +
         "\";\n"
         "    object.stateSize = " +
         p +
         "_state_size();\n"
         "    object.states = " +
         p +
         "_states(&object.stateCount);\n"
         "    object.prepare = [](void *state, const void *const canonical[]) {\n"
         "      return " +
         p + "_prepare(static_cast<" + p +
         "_state *>(state), canonical);\n"
         "    };\n"
         "    object.unprepare = [](const void *state, void *const canonical[]) {\n"
         "      return " +
         p + "_unprepare(static_cast<const " + p +
         "_state *>(state), canonical);\n"
         "    };\n"
         "    return object;\n"
         "  }\n";
}

} // namespace

std::string codegen::emitHeader(const ModuleInfo &module) { return HeaderEmitter(module).emit(); }
