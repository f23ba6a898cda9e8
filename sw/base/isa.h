#pragma once

#include <string>

namespace accelsim {

/// The instruction sets for which kernels are compiled, each with those before it.
enum class Isa { kGeneric, kSse41, kAvx2, kAvx512, kNative };

/// ACCELSIM_MAX_ISA's value: `sse41`, `avx2`, `avx512` (without its dot products of bytes) or
/// `native`; empty: `native`. Throws UserError for any other.
Isa parse_isa_cap(const std::string& text);

/// The cap that the environment variable ACCELSIM_MAX_ISA sets, read once a process.
Isa isa_cap();

/// The best of the compiled instruction sets that this processor has, within the cap; never
/// kNative.
Isa usable_isa(Isa cap);

/// As ACCELSIM_MAX_ISA writes it.
std::string to_string(Isa isa);

}  // namespace accelsim
