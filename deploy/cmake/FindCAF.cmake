# SPDX-License-Identifier: Apache-2.0
# Debian ships the C++ Actor Framework without CMake files. Imports CAF::core and CAF::io, and takes no version but
# 0.17.6: its interfaces differ from release to release, and ecco is written for this one.

find_package(Threads REQUIRED)
find_path(CAF_INCLUDE_DIR caf/config.hpp)
find_library(CAF_CORE_LIBRARY caf_core)
find_library(CAF_IO_LIBRARY caf_io)
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY CAF_IO_LIBRARY)

# CAF_VERSION is {MAJOR}{MINOR}{PATCH}, two digits each: 1706.
if(CAF_INCLUDE_DIR)
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf_line REGEX "#define CAF_VERSION [0-9]+" LIMIT_COUNT 1)
  string(REGEX MATCH "[0-9]+" _caf_number "${_caf_line}")
  math(EXPR _caf_major "${_caf_number} / 10000")
  math(EXPR _caf_minor "${_caf_number} / 100 % 100")
  math(EXPR _caf_patch "${_caf_number} % 100")
  set(CAF_VERSION ${_caf_major}.${_caf_minor}.${_caf_patch})
  if(NOT CAF_VERSION VERSION_EQUAL 0.17.6)
    set(CAF_NOT_FOUND_MESSAGE "CAF ${CAF_VERSION} is in ${CAF_INCLUDE_DIR}, but ecco needs 0.17.6")
    unset(CAF_INCLUDE_DIR CACHE)
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  CAF
  REQUIRED_VARS CAF_CORE_LIBRARY CAF_IO_LIBRARY CAF_INCLUDE_DIR
  VERSION_VAR CAF_VERSION
  REASON_FAILURE_MESSAGE "${CAF_NOT_FOUND_MESSAGE}\n   On Debian 12: apt-get install libcaf-dev (deploy/setup.sh does it)")

if(CAF_FOUND AND NOT TARGET CAF::core)
  foreach(part core io)
    string(TOUPPER ${part} _caf_part)
    add_library(CAF::${part} UNKNOWN IMPORTED)
    set_target_properties(CAF::${part} PROPERTIES
      IMPORTED_LOCATION "${CAF_${_caf_part}_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}")
  endforeach()
  target_link_libraries(CAF::core INTERFACE Threads::Threads)
  target_link_libraries(CAF::io INTERFACE CAF::core)
endif()
