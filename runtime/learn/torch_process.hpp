// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ecco {

/// Threads within one operation of torch, for the whole process. On CPUs one is best: more cores are used
/// better by more workers, and on a busy machine OpenMP's barriers spin. Call once, early in main.
void use_threads(int threads);

} // namespace ecco
