# SPDX-License-Identifier: Apache-2.0
# Imports Torch::Torch: LibTorch as Debian ships it (1.13.1), or that of any newer wheel or archive of PyTorch, whose
# folder with include/ and lib/ in it stands in CMAKE_PREFIX_PATH (CONTRIBUTING.md has the commands). PyTorch's own
# TorchConfig.cmake isn't used: that of a CUDA build refuses to load without all of the CUDA toolkit, of which ecco,
# which compiles no kernels, needs one header for CUDA graphs: cuda_runtime_api.h, in the toolkit and in the wheel
# nvidia-cuda-runtime that pip installs beside torch.
#
# Torch::Torch compiles with ECCO_CUDA_GRAPHS defined where the library has CUDA and that header was found.

find_package(Threads REQUIRED)
find_path(TORCH_INCLUDE_DIR ATen/ATen.h)
find_path(TORCH_API_INCLUDE_DIR torch/torch.h HINTS "${TORCH_INCLUDE_DIR}"
          PATH_SUFFIXES torch/csrc/api/include include/torch/csrc/api/include)
foreach(part torch torch_cpu c10 torch_cuda c10_cuda)
  find_library(TORCH_${part}_LIBRARY ${part} HINTS "${TORCH_INCLUDE_DIR}/../lib")
  mark_as_advanced(TORCH_${part}_LIBRARY)
endforeach()
find_path(TORCH_CUDA_INCLUDE_DIR cuda_runtime_api.h
          HINTS "${TORCH_INCLUDE_DIR}/../../nvidia/cu13/include" "${TORCH_INCLUDE_DIR}/../../nvidia/cuda_runtime/include"
                /usr/local/cuda/include)
mark_as_advanced(TORCH_INCLUDE_DIR TORCH_API_INCLUDE_DIR TORCH_CUDA_INCLUDE_DIR)

set(_torch_version_header "${TORCH_INCLUDE_DIR}/torch/headeronly/version.h")
if(NOT EXISTS "${_torch_version_header}")
  set(_torch_version_header "${TORCH_API_INCLUDE_DIR}/torch/version.h")
endif()
if(EXISTS "${_torch_version_header}")
  file(STRINGS "${_torch_version_header}" _torch_lines REGEX "#define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
  string(REGEX REPLACE "[^0-9;]" "" _torch_numbers "${_torch_lines}")
  list(JOIN _torch_numbers "." Torch_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  Torch
  REQUIRED_VARS TORCH_torch_LIBRARY TORCH_torch_cpu_LIBRARY TORCH_c10_LIBRARY TORCH_INCLUDE_DIR TORCH_API_INCLUDE_DIR
  VERSION_VAR Torch_VERSION
  REASON_FAILURE_MESSAGE "On Debian 12: apt-get install libtorch-dev (deploy/setup.sh does it)")

if(Torch_FOUND AND NOT TARGET Torch::Torch)
  add_library(Torch::Torch INTERFACE IMPORTED)
  target_include_directories(Torch::Torch INTERFACE "${TORCH_INCLUDE_DIR}" "${TORCH_API_INCLUDE_DIR}")
  target_link_libraries(Torch::Torch INTERFACE "${TORCH_torch_LIBRARY}" "${TORCH_torch_cpu_LIBRARY}"
                                               "${TORCH_c10_LIBRARY}" Threads::Threads)
  if(TORCH_torch_cuda_LIBRARY AND TORCH_c10_cuda_LIBRARY)
    # Nothing calls into torch_cuda, but unless it is loaded torch has no CUDA. What it needs itself, it finds.
    target_link_options(Torch::Torch INTERFACE LINKER:--allow-shlib-undefined)
    target_link_libraries(Torch::Torch INTERFACE "-Wl,--push-state,--no-as-needed,${TORCH_torch_cuda_LIBRARY},--pop-state"
                                                 "${TORCH_c10_cuda_LIBRARY}")
    if(TORCH_CUDA_INCLUDE_DIR)
      target_include_directories(Torch::Torch INTERFACE "${TORCH_CUDA_INCLUDE_DIR}")
      target_compile_definitions(Torch::Torch INTERFACE ECCO_CUDA_GRAPHS)
    else()
      message(STATUS "CUDA graphs: off, cuda_runtime_api.h isn't here (TORCH_CUDA_INCLUDE_DIR)")
    endif()
  endif()
endif()
