// The names in a header: C identifiers from the user's names. Internal to codegen/llvm.
#pragma once
#include <set>
#include <string>
#include <string_view>

namespace ingot::codegen {

/// [A-Za-z_][A-Za-z0-9_]*
bool isIdentifier(std::string_view text);

/// A keyword of C or C++, a common macro, or a name that the emitted code uses.
bool isReservedName(std::string_view text);

/// A name for a parameter: an identifier made from `text` ("input.0" gives input_0) that is neither reserved nor in
/// `taken`, which it joins.
std::string parameterName(std::string_view text, std::set<std::string> &taken);

/// ASCII letters in upper case, for macros.
std::string upperCase(std::string text);

} // namespace ingot::codegen
