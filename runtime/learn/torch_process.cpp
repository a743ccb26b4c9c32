// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/torch_process.hpp"

#include <ATen/Parallel.h>

namespace ecco {

void use_threads(int threads) {
  at::set_num_threads(threads);
}

} // namespace ecco
