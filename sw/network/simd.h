#pragma once

/// Compiles a function once for each instruction set and picks at run time. The results are the
/// same to the last bit: only independent lanes are vectorised, and contraction is off.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ACCELSIM_SIMD_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define ACCELSIM_SIMD_CLONES
#endif
