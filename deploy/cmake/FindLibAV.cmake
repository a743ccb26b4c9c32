# SPDX-License-Identifier: Apache-2.0

# Finds FFmpeg's libraries (5.1 or newer) through pkg-config.
# Defines LibAV_FOUND and the imported target LibAV::LibAV with all five of them.
find_package(PkgConfig QUIET)
if(PKG_CONFIG_FOUND)
  pkg_check_modules(LibAV QUIET IMPORTED_TARGET libavformat>=59.27 libavcodec>=59.37 libavfilter>=8.44
                    libswscale>=6.7 libavutil>=57.28)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  LibAV REQUIRED_VARS LibAV_LINK_LIBRARIES
  REASON_FAILURE_MESSAGE "Debian: apt install libavformat-dev libavfilter-dev libswscale-dev")

if(LibAV_FOUND AND NOT TARGET LibAV::LibAV)
  add_library(LibAV::LibAV ALIAS PkgConfig::LibAV)
endif()
