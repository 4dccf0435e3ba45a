# cmake -D OUT=RuntimeText.inc -D HEADERS=a.h;b.h -P EmbedRuntime.cmake
#
# Writes three constants: runtimeAbi, the first header (the C contract); runtimeText, the others, under one include guard
# in the namespace ingot_rt::v1_<hash>; runtimeNamespace, "v1_<hash>". The hash is of the text, so that models compiled
# by different versions of ingot can be linked into one program, where inline functions of one name must be equal.

set(abi "")
set(text "")
foreach(header IN LISTS HEADERS)
  file(READ ${header} content)
  string(REGEX REPLACE "#pragma once\n" "" content "${content}")
  string(REGEX REPLACE "#include \"runtime/[^\n]*\n" "" content "${content}")
  string(REGEX REPLACE "// NOLINT[^\n]*\n" "" content "${content}")
  if(abi STREQUAL "")
    set(abi "${content}")
  else()
    string(APPEND text "//===-- ingot's runtime ---===//\n\n${content}\n")
  endif()
endforeach()

string(SHA256 hash "${text}")
string(SUBSTRING ${hash} 0 12 hash)
string(REPLACE "namespace v1" "namespace v1_${hash}" text "${text}")
string(TOUPPER "INGOT_RT_V1_${hash}" guard)
set(text "#ifndef ${guard}\n#define ${guard}\n\n${text}#endif // ${guard}\n")

# String literals have a limit of 65536 characters: adjacent ones are joined.
function(as_literal text result)
  set(literal "")
  string(LENGTH "${text}" length)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND literal "\n    R\"ingot(${piece})ingot\"")
    math(EXPR at "${at} + 8000")
  endwhile()
  set(${result} "${literal}" PARENT_SCOPE)
endfunction()
as_literal("${abi}" abi)
as_literal("${text}" text)

file(WRITE ${OUT} "// Written by runtime/EmbedRuntime.cmake.\n\
static constexpr char runtimeNamespace[] = \"v1_${hash}\";\n\
static constexpr char runtimeAbi[] =${abi};\n\
static constexpr char runtimeText[] =${text};\n")
