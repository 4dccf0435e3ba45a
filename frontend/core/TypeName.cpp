#include "frontend/core/TypeName.h"
#include "llvm/Demangle/Demangle.h"
#include <string_view>

namespace ingot::detail {

std::string typeName(const std::type_info &type) {
  // The demangler takes symbols: that of the type's information, "typeinfo for ingot::nn::LinearImpl".
  constexpr std::string_view prefix = "typeinfo for ";
  std::string symbol = llvm::demangle(std::string("_ZTI") + type.name());
  return symbol.starts_with(prefix) ? symbol.substr(prefix.size()) : type.name();
}

} // namespace ingot::detail
