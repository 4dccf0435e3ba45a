// The names of C++ types, for messages. Not a public header.
#pragma once
#include <string>
#include <typeinfo>

namespace ingot::detail {

/// "ingot::nn::LinearImpl".
std::string typeName(const std::type_info &type);

} // namespace ingot::detail
