# Finds the headers of hnswlib and defines the target hnswlib::hnswlib. Where the system has none, as on Fedora, they are
# fetched: only this project's sources include them.
find_path(Hnswlib_INCLUDE_DIR hnswlib/hnswlib.h)
mark_as_advanced(Hnswlib_INCLUDE_DIR)

if(NOT Hnswlib_INCLUDE_DIR)
  include(FetchContent)
  FetchContent_Declare(hnswlib_headers GIT_REPOSITORY https://github.com/nmslib/hnswlib.git GIT_TAG v0.8.0
                                       SOURCE_SUBDIR none) # its targets are not needed
  FetchContent_MakeAvailable(hnswlib_headers)
  set(Hnswlib_INCLUDE_DIR ${hnswlib_headers_SOURCE_DIR})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Hnswlib REQUIRED_VARS Hnswlib_INCLUDE_DIR)

if(Hnswlib_FOUND AND NOT TARGET hnswlib::hnswlib)
  add_library(hnswlib::hnswlib INTERFACE IMPORTED)
  target_include_directories(hnswlib::hnswlib SYSTEM INTERFACE ${Hnswlib_INCLUDE_DIR})
endif()
