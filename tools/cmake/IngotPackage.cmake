# ingot_package(): other projects find ingot, in the build folder and where it is installed, by CMake (find_package(ingot)
# with ingot_DIR=<build folder>) and by pkg-config (ingot.pc). Call it when the libraries have been declared.
#
#   cmake --install build --prefix /opt/ingot      headers, libraries, ingotConfig.cmake, ingot.pc, the tools

function(ingot_package)
  get_property(libraries GLOBAL PROPERTY INGOT_LIBRARIES)
  export(TARGETS ingot ${libraries} FILE ${PROJECT_BINARY_DIR}/ingotTargets.cmake)
  set(INGOT_ADD_MODEL ${PROJECT_SOURCE_DIR}/tools/cmake/IngotAddModel.cmake)
  configure_file(${PROJECT_SOURCE_DIR}/tools/cmake/ingotConfig.cmake.in ${PROJECT_BINARY_DIR}/ingotConfig.cmake @ONLY)
  ingot_write_pc(${PROJECT_BINARY_DIR}/ingot.pc ${PROJECT_BINARY_DIR}/include ${PROJECT_BINARY_DIR}/lib)

  install(TARGETS ingot ${libraries} EXPORT ingotTargets ARCHIVE DESTINATION lib)
  install(EXPORT ingotTargets DESTINATION lib/cmake/ingot)
  set(INGOT_ADD_MODEL "\${CMAKE_CURRENT_LIST_DIR}/IngotAddModel.cmake")
  configure_file(${PROJECT_SOURCE_DIR}/tools/cmake/ingotConfig.cmake.in ${PROJECT_BINARY_DIR}/install/ingotConfig.cmake @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/install/ingotConfig.cmake ${PROJECT_SOURCE_DIR}/tools/cmake/IngotAddModel.cmake
    DESTINATION lib/cmake/ingot)
  ingot_write_pc(${PROJECT_BINARY_DIR}/install/ingot.pc "\${pcfiledir}/../../include" "\${pcfiledir}/..")
  install(FILES ${PROJECT_BINARY_DIR}/install/ingot.pc DESTINATION lib/pkgconfig)
  ingot_install_headers()
endfunction()

function(ingot_write_pc file includedir libdir)
  get_property(libraries GLOBAL PROPERTY INGOT_LIBRARIES)
  list(REMOVE_ITEM libraries IngotRuntime) # headers only
  list(TRANSFORM libraries PREPEND "-l")
  list(JOIN libraries " " libraries)
  configure_file(${PROJECT_SOURCE_DIR}/tools/cmake/ingot.pc.in ${file} @ONLY)
endfunction()

# The public headers: those that do not say otherwise, as in tools/dev/check-includes.py.
function(ingot_install_headers)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/frontend
    ${PROJECT_SOURCE_DIR}/frontend/*.h ${PROJECT_SOURCE_DIR}/frontend/*.inc)
  foreach(header IN LISTS headers)
    file(READ ${PROJECT_SOURCE_DIR}/frontend/${header} text LIMIT 200)
    if(text MATCHES "^//[^\n]*Not a public header")
      continue()
    endif()
    cmake_path(GET header PARENT_PATH folder)
    install(FILES ${PROJECT_SOURCE_DIR}/frontend/${header} DESTINATION include/ingot/${folder})
  endforeach()
  install(DIRECTORY ${PROJECT_BINARY_DIR}/include/ingot_generated DESTINATION include)
endfunction()
