// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/torch_process.hpp"

#include <cstddef>
#include <limits>

#include <dlfcn.h>

#include <ATen/Parallel.h>

/// Read by jemalloc, which every program that trains is linked with: a step allocates and frees hundreds of blocks of
/// many megabytes, and glibc gives each back to the system, which clears it page by page on its next use. jemalloc
/// keeps them for a minute, in huge pages (benchmarks/README.md).
extern "C" const char* malloc_conf;
const char* malloc_conf = "thp:always,oversize_threshold:0,dirty_decay_ms:60000";

namespace ecco {

namespace {

/// The first arena, the main thread's, is made before jemalloc 5.3 heeds `oversize_threshold`, and gives back every
/// block of 8 MB and more at once: a third of a training step at 640 pixels went into clearing pages. Nothing is done
/// where another allocator runs (sanitizers) or an older jemalloc.
[[gnu::constructor]] void keep_large_blocks() {
  using mallctl_function = int(const char* name, void* old_value, std::size_t* old_size, void* value, std::size_t size);
  auto threshold = std::numeric_limits<std::size_t>::max();
  if (auto* set = reinterpret_cast<mallctl_function*>(dlsym(RTLD_DEFAULT, "mallctl")))
    (void)set("arena.0.oversize_threshold", nullptr, nullptr, &threshold, sizeof threshold);
}

} // namespace

void use_threads(int threads) {
  at::set_num_threads(threads);
  // Debian's LibTorch multiplies with OpenBLAS, whose threads know nothing of torch's: each of them spins for work.
  if (auto* set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
    set(threads);
}

} // namespace ecco
