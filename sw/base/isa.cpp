#include "sw/base/isa.h"

#include <algorithm>
#include <cstdlib>

#include "sw/base/error.h"

namespace accelsim {
namespace {

constexpr const char* kVariable = "ACCELSIM_MAX_ISA";

Isa processor_isa() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        return Isa::kAvx512;
    }
    if (__builtin_cpu_supports("avx2")) return Isa::kAvx2;
    if (__builtin_cpu_supports("sse4.1")) return Isa::kSse41;
#endif
    return Isa::kGeneric;
}

}  // namespace

std::string to_string(Isa isa) {
    switch (isa) {
        case Isa::kGeneric:
            return "generic";
        case Isa::kSse41:
            return "sse41";
        case Isa::kAvx2:
            return "avx2";
        case Isa::kAvx512:
            return "avx512";
        case Isa::kNative:
            return "native";
    }
    return {};
}

Isa parse_isa_cap(const std::string& text) {
    if (text.empty()) return Isa::kNative;
    for (Isa isa : {Isa::kSse41, Isa::kAvx2, Isa::kAvx512, Isa::kNative}) {
        if (text == to_string(isa)) return isa;
    }
    throw UserError(kVariable, "must be sse41, avx2, avx512 or native", text);
}

Isa isa_cap() {
    static const Isa cap = [] {
        const char* text = std::getenv(kVariable);
        return parse_isa_cap(text ? text : "");
    }();
    return cap;
}

Isa usable_isa(Isa cap) {
    static const Isa processor = processor_isa();
    return std::min(cap, processor);
}

}  // namespace accelsim
