# SPDX-License-Identifier: Apache-2.0

# Warnings for our own code, as errors unless ECCO_WERROR is off. Without -Wrestrict: GCC 12 sees overlaps in
# std::string's operator+ that are not there (GCC bug 105651).
function(ecco_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-restrict)
  if(ECCO_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# ecco_library(NAME policy SRCS a.cpp b.cpp DEPS ecco::messages PRIVATE_DEPS Torch::Torch)
# One library a layer, used only through its alias ecco::NAME. Includes are written from the project's root.
function(ecco_library)
  cmake_parse_arguments(arg "" "NAME" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(ecco_${arg_NAME} STATIC ${arg_SRCS})
  add_library(ecco::${arg_NAME} ALIAS ecco_${arg_NAME})
  target_include_directories(ecco_${arg_NAME} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_link_libraries(ecco_${arg_NAME} PUBLIC ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
  ecco_warnings(ecco_${arg_NAME})
endfunction()

# ecco_test(NAME policy SRCS a_test.cpp DEPS ecco::policy LABEL pure [TIMEOUT 60])
# One Boost.Test binary a layer, named ecco_NAME_test; ctest runs it as NAME.
function(ecco_test)
  cmake_parse_arguments(arg "" "NAME;LABEL;TIMEOUT" "SRCS;DEPS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(ecco_${arg_NAME}_test ${PROJECT_SOURCE_DIR}/tests/support/main.cpp ${arg_SRCS})
  target_link_libraries(ecco_${arg_NAME}_test PRIVATE ${arg_DEPS} Boost::unit_test_framework)
  target_compile_definitions(ecco_${arg_NAME}_test PRIVATE BOOST_TEST_DYN_LINK
                             ECCO_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  ecco_warnings(ecco_${arg_NAME}_test)
  add_test(NAME ${arg_NAME} COMMAND ecco_${arg_NAME}_test)
  set_tests_properties(${arg_NAME} PROPERTIES LABELS "${arg_LABEL}" TIMEOUT ${arg_TIMEOUT}
                       # Properties draw the same cases each time: what fails, fails for everybody (CONTRIBUTING.md).
                       ENVIRONMENT "RC_PARAMS=seed=20261128")
endfunction()
