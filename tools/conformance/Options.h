// Options by name: every option of the library is a row of Options.inc.
#pragma once
#include "tools/conformance/Inputs.h"

namespace ingot::conformance {

/// Sets the option `name`; false if Options has none of that name. A value that it cannot take is Unsupported.
template <class Options> bool setOption(Options &options, const std::string &name, const Value &value) {
#define OPTION(field)                                                                                        \
  if constexpr (requires { options.field(); })                                                               \
    if (name == #field)                                                                                      \
      return read(value, options.field()), true;
#include "tools/conformance/Options.inc"
#undef OPTION
  return false;
}

/// Sets all options of a case.
template <class Options> Options withOptions(Options options, Inputs &in) {
  for (const auto &item : in.theCase().options.items())
    if (!setOption(options, item.key(), in.option(item.key())))
      throw Unsupported("option " + item.key());
  return options;
}

} // namespace ingot::conformance
