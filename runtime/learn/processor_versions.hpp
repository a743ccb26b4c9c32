// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn: plain loops that the compiler turns into vectors.
#pragma once

/// Before a function: one version for processors with AVX-512, one with AVX2 and one for all others, chosen when the
/// program starts. That is before ThreadSanitizer is ready for it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define ECCO_FOR_EACH_PROCESSOR [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
#else
#define ECCO_FOR_EACH_PROCESSOR
#endif

/// What such a function calls must become part of each version of it.
#define ECCO_INLINE [[gnu::always_inline]] inline
