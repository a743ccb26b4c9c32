# SPDX-License-Identifier: Apache-2.0
# Fuzzing needs clang with libFuzzer, whatever else compiles the rest: Debian's clang and libclang-rt-dev.
find_program(ECCO_FUZZ_CXX NAMES clang++ clang++-14 DOC "clang++ with libFuzzer, for the fuzz tests")
set(ecco_fuzz_flags -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
                    -D_GLIBCXX_ASSERTIONS)

# Looked at anew until it is found.
if(NOT ECCO_CAN_FUZZ)
  set(_probe "${CMAKE_CURRENT_BINARY_DIR}/fuzz_probe")
  file(WRITE "${_probe}.cpp" "#include <cstddef>\n#include <cstdint>\n"
                             "extern \"C\" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t) { return 0; }\n")
  set(_failed yes)
  if(ECCO_FUZZ_CXX)
    execute_process(COMMAND "${ECCO_FUZZ_CXX}" ${ecco_fuzz_flags} "${_probe}.cpp" -o "${_probe}"
                    RESULT_VARIABLE _failed OUTPUT_QUIET ERROR_QUIET)
  endif()
  if(_failed EQUAL 0)
    set(ECCO_CAN_FUZZ ON CACHE INTERNAL "Is there a clang++ with libFuzzer?")
  else()
    message(WARNING "no clang++ with libFuzzer: the fuzz tests will be skipped. Debian: apt install clang libclang-rt-dev")
  endif()
endif()

# ecco_fuzz(NAME rle SECONDS 20 SRCS tests/score/rle_fuzz.cpp runtime/score/rle.cpp ...)
# Builds a fuzzer from just these sources (relative to the project; INCLUDES, LIBS and AFTER, targets that must be built
# before, as needed), and lets it run so long as test fuzz_NAME. It begins
# with the files in tests/data/fuzz/NAME, knows the words of tests/data/fuzz/NAME.dict if there are any, and goes on from
# what it found in earlier runs. An input that it fails on lies in fuzz/NAME of the build folder.
function(ecco_fuzz)
  cmake_parse_arguments(arg "" "NAME;SECONDS" "SRCS;INCLUDES;LIBS;AFTER" ${ARGN})
  if(NOT ECCO_CAN_FUZZ)
    add_test(NAME fuzz_${arg_NAME} COMMAND "${CMAKE_COMMAND}" -E echo "skipped: no clang++ with libFuzzer")
    set_tests_properties(fuzz_${arg_NAME} PROPERTIES LABELS fuzz SKIP_REGULAR_EXPRESSION "^skipped")
    return()
  endif()
  set(folder "${PROJECT_BINARY_DIR}/fuzz/${arg_NAME}")
  file(MAKE_DIRECTORY "${folder}/found")
  set(objects)
  list(TRANSFORM arg_INCLUDES PREPEND "-isystem" OUTPUT_VARIABLE includes)
  list(TRANSFORM arg_LIBS PREPEND "-l" OUTPUT_VARIABLE libs)
  foreach(source ${arg_SRCS})
    string(REPLACE "/" "_" object "${source}")
    get_filename_component(file "${source}" ABSOLUTE BASE_DIR "${PROJECT_SOURCE_DIR}")
    set(object "${folder}/${object}.o")
    add_custom_command(
      OUTPUT "${object}"
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} "${ECCO_FUZZ_CXX}" ${ecco_fuzz_flags} "-I${PROJECT_SOURCE_DIR}" ${includes} -MD
              -MF "${object}.d" -c "${file}" -o "${object}"
      DEPENDS "${file}" ${arg_AFTER} DEPFILE "${object}.d" VERBATIM
      COMMENT "Building fuzzer object ${arg_NAME}/${source}")
    list(APPEND objects "${object}")
  endforeach()
  add_custom_command(
    OUTPUT "${folder}/fuzz_${arg_NAME}"
    COMMAND "${ECCO_FUZZ_CXX}" ${ecco_fuzz_flags} ${objects} -o "${folder}/fuzz_${arg_NAME}" ${libs} -lpthread
    DEPENDS ${objects} VERBATIM COMMENT "Linking fuzzer fuzz_${arg_NAME}")
  add_custom_target(ecco_fuzz_${arg_NAME} ALL DEPENDS "${folder}/fuzz_${arg_NAME}")

  set(data "${PROJECT_SOURCE_DIR}/tests/data/fuzz")
  set(words)
  if(EXISTS "${data}/${arg_NAME}.dict")
    set(words "-dict=${data}/${arg_NAME}.dict")
  endif()
  add_test(NAME fuzz_${arg_NAME}
           COMMAND "${folder}/fuzz_${arg_NAME}" -max_total_time=${arg_SECONDS} -max_len=4096 -timeout=30 -detect_leaks=0
                   -print_final_stats=1 -verbosity=0 ${words} "-artifact_prefix=${folder}/" "${folder}/found"
                   "${data}/${arg_NAME}")
  set_tests_properties(fuzz_${arg_NAME} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()
