# How a library, a TableGen file and a test of ingot are declared. One source a line, sorted, no globs.

# The binaries of LLVM 22 that the build and the tests run (mlir-tblgen, FileCheck, llvm-nm ...).
set(INGOT_LLVM_BIN ${LLVM_TOOLS_BINARY_DIR})

# MLIR's headers take seconds to parse: every source file that includes them starts from this one precompiled header.
file(WRITE ${CMAKE_BINARY_DIR}/ingot_pch.cpp "// anchors the precompiled header\n")
add_library(ingot_pch OBJECT ${CMAKE_BINARY_DIR}/ingot_pch.cpp)
target_include_directories(ingot_pch SYSTEM PUBLIC ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
target_precompile_headers(ingot_pch PRIVATE ${PROJECT_SOURCE_DIR}/tools/cmake/MlirPch.h)
set(INGOT_WARNINGS -Wall -Wextra -Wno-unused-parameter -Wno-comment)
target_compile_options(ingot_pch PRIVATE ${INGOT_WARNINGS})
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(ingot_pch PRIVATE -fpch-instantiate-templates "SHELL:-Xclang -fno-pch-timestamp")
endif()

# ingot_objects(NAME SOURCES ... [LINK ...]): object files that include MLIR, from the precompiled header.
function(ingot_objects name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} OBJECT ${ARG_SOURCES})
  ingot_use_mlir(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
endfunction()

# ingot_use_mlir(TARGET): include folders, warnings and the precompiled header.
function(ingot_use_mlir name)
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>)
  target_include_directories(${name} SYSTEM PUBLIC ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_options(${name} PRIVATE ${INGOT_WARNINGS})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${name} PRIVATE -fpch-instantiate-templates "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  target_precompile_headers(${name} REUSE_FROM ingot_pch)
endfunction()

# ingot_mlir_library(NAME SOURCES ... [LINK ...] [DEPENDS ...]): a static library that includes MLIR.
function(ingot_mlir_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set_property(GLOBAL APPEND PROPERTY INGOT_LIBRARIES ${name})
  ingot_use_mlir(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} MLIR LLVM)
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# ingot_library(NAME SOURCES ... [LINK ...]): a static library without MLIR.
function(ingot_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set_property(GLOBAL APPEND PROPERTY INGOT_LIBRARIES ${name})
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>)
  target_compile_options(${name} PRIVATE ${INGOT_WARNINGS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
endfunction()

# ingot_test(NAME SOURCES ... [LINK ...] [MLIR]): a GoogleTest program, run by CTest (stage `unit`) under its name. With
# MLIR its sources start from the precompiled header.
function(ingot_test name)
  cmake_parse_arguments(ARG "MLIR" "" "SOURCES;LINK" ${ARGN})
  if(ARG_MLIR) # as a library: the precompiled header is for position-independent code, programs are compiled otherwise
    ingot_objects(${name}-objects SOURCES ${ARG_SOURCES} LINK ${ARG_LINK} GTest::gtest)
    add_executable(${name} $<TARGET_OBJECTS:${name}-objects>)
  else()
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
    target_compile_options(${name} PRIVATE ${INGOT_WARNINGS})
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# ingot_tablegen(TARGET SOURCE.td OUT.inc ARGS...): runs mlir-tblgen; OUT lands beside SOURCE's place in the build tree.
# Collects outputs; ingot_tablegen_target(TARGET) makes the target that depends on all of them.
set_property(GLOBAL PROPERTY INGOT_TD_OUTPUTS "")
function(ingot_tablegen source out)
  cmake_path(GET source STEM stem)
  set(td ${CMAKE_CURRENT_SOURCE_DIR}/${source})
  set(result ${CMAKE_CURRENT_BINARY_DIR}/${out})
  cmake_path(GET result PARENT_PATH folder)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${result}
    COMMAND ${INGOT_LLVM_BIN}/mlir-tblgen -I ${PROJECT_SOURCE_DIR} -I ${LLVM_INCLUDE_DIRS} ${ARGN} ${td} --write-if-changed
            -o ${result} -d ${result}.d
    DEPENDS ${td}
    DEPFILE ${result}.d
    COMMENT "mlir-tblgen ${out}"
    VERBATIM)
  set_property(GLOBAL APPEND PROPERTY INGOT_TD_OUTPUTS ${result})
endfunction()
function(ingot_tablegen_target name)
  get_property(outputs GLOBAL PROPERTY INGOT_TD_OUTPUTS)
  add_custom_target(${name} DEPENDS ${outputs})
  set_property(GLOBAL PROPERTY INGOT_TD_OUTPUTS "")
endfunction()

# ingot_pointwise_headers(TARGET): makes the target that writes the public pointwise functions from the op records,
# include/ingot_generated/Pointwise{Methods,Functions,Table}.inc in the build tree (tools/dev/gen-pointwise.py).
function(ingot_pointwise_headers name)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(folder ${PROJECT_BINARY_DIR}/include/ingot_generated)
  file(GLOB records CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/ir/*/*.td) # the script reads them all
  set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${name}.stamp)
  add_custom_command(
    OUTPUT ${stamp}
    BYPRODUCTS
      ${folder}/PointwiseFunctions.inc
      ${folder}/PointwiseMethods.inc
      ${folder}/PointwiseTable.inc
    COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tools/dev/gen-pointwise.py ${folder}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS
      ${records}
      ${PROJECT_SOURCE_DIR}/tools/dev/gen-pointwise.py
      ${PROJECT_SOURCE_DIR}/tools/dev/records.py
    COMMENT "Pointwise functions from the op records"
    VERBATIM)
  add_custom_target(${name} DEPENDS ${stamp})
endfunction()
