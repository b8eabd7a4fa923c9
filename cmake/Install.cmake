# What `cmake --install` copies: the program with its manual page and completions of shells, the libraries with their
# headers, the CMake package and the pkg-config file. The libraries are exported apart, so that core needs no CUDA
# toolkit.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/warp2vec)

set(components core)
if(warp2vec_has_cuda)
  list(APPEND components cuda)
endif()
foreach(component ${components})
  get_target_property(library warp2vec::${component} ALIASED_TARGET)
  install(TARGETS ${library} EXPORT warp2vec_${component})
  install(EXPORT warp2vec_${component} NAMESPACE warp2vec:: DESTINATION ${package_dir})
endforeach()
if(WARP2VEC_BUILD_CLI)
  install(TARGETS warp2vec)
  if(TARGET warp2vec_mpi)
    install(TARGETS warp2vec_mpi DESTINATION ${CMAKE_INSTALL_LIBDIR}/warp2vec)
  endif()
  if(NOT CMAKE_CROSSCOMPILING)
    set(documentation ${PROJECT_BINARY_DIR}/documentation)
    install(FILES ${documentation}/warp2vec.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    install(FILES ${documentation}/warp2vec DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${documentation}/_warp2vec DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${documentation}/warp2vec.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  endif()
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/warp2vec DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# What links a static library links what that needs, too.
if(BUILD_SHARED_LIBS)
  set(needs_dependencies FALSE)
  set(pkg_config_dependencies "")
else()
  set(needs_dependencies TRUE)
  set(pkg_config_dependencies "Requires.private: zlib liblzma libzstd libutf8proc libhwy\nLibs.private: -lbz2 -pthread\n") # bzip2 often has no .pc
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/warp2vecConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/warp2vecConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/warp2vecConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/warp2vecConfig.cmake ${PROJECT_BINARY_DIR}/warp2vecConfigVersion.cmake
        ${PROJECT_SOURCE_DIR}/cmake/FindZstd.cmake ${PROJECT_SOURCE_DIR}/cmake/FindUtf8proc.cmake
  DESTINATION ${package_dir})

file(RELATIVE_PATH headers_from_pc ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${PROJECT_SOURCE_DIR}/cmake/warp2vec.pc.in ${PROJECT_BINARY_DIR}/warp2vec.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/warp2vec.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
