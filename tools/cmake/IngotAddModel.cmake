# ingot_add_model(NAME SOURCES model.cpp ... [ARGS ...] [DEPENDS ...]): a model as a library.
#
#   ingot_add_model(lenet SOURCES lenet.cpp ARGS --target-cpu=x86-64-v3)
#   target_link_libraries(classify PRIVATE lenet)          # and #include "lenet.h" in classify.cpp
#
# Builds the exporter NAME_export from SOURCES, which calls ingot::export_main(argc, argv, "NAME", ...), and runs it at
# build time, in the folder of the CMakeLists.txt, whenever it or a file in DEPENDS has changed. ARGS go to its command
# line. NAME.o, NAME.h and, if the model has weights that are not embedded, NAME.safetensors land in the current build
# folder. The target NAME carries the object and the folder of the header; nothing else is linked. The property
# INGOT_WEIGHTS of NAME is the path of NAME.safetensors.
function(ingot_add_model name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ARGS;DEPENDS" ${ARGN})
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ingot_add_model(${name}): expected SOURCES files [ARGS ...] [DEPENDS ...], "
                        "got '${ARGN}'")
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR})
  add_executable(${name}_export ${ARG_SOURCES})
  set_target_properties(${name}_export PROPERTIES
    ADDITIONAL_CLEAN_FILES ${folder}/${name}.safetensors
    RUNTIME_OUTPUT_DIRECTORY ${folder})
  target_link_libraries(${name}_export PRIVATE ingot)

  set(object ${folder}/${name}.o)
  set(outputs ${object} ${folder}/${name}.h) # the weights file comes with them, or there is none
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${name}_export ${ARG_ARGS} -o ${folder}
    DEPENDS ${name}_export ${ARG_DEPENDS}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    COMMENT "Exporting ${name}"
    VERBATIM)
  add_custom_target(${name}_files DEPENDS ${outputs})

  # The object is linked by its path, so that a library that uses the model passes it on to the program.
  add_library(${name} INTERFACE)
  target_include_directories(${name} INTERFACE ${folder})
  target_link_libraries(${name} INTERFACE ${object})
  set_target_properties(${name} PROPERTIES INGOT_WEIGHTS ${folder}/${name}.safetensors)
  add_dependencies(${name} ${name}_files)
endfunction()
