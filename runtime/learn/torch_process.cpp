// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/torch_process.hpp"

#include <dlfcn.h>

#include <ATen/Parallel.h>

/// Read by jemalloc, which every program that trains is linked with: a step allocates and frees hundreds of blocks of
/// many megabytes, and glibc gives each back to the system, which clears it page by page on its next use. Kept for a
/// minute, in huge pages, they cost a sixth less time (benchmarks/README.md).
extern "C" const char* malloc_conf;
const char* malloc_conf = "thp:always,oversize_threshold:0,dirty_decay_ms:60000";

namespace ecco {

void use_threads(int threads) {
  at::set_num_threads(threads);
  // Debian's LibTorch multiplies with OpenBLAS, whose threads know nothing of torch's: each of them spins for work.
  if (auto* set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
    set(threads);
}

} // namespace ecco
