#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

namespace accelsim {

enum class ActivationKind : int32_t {
    kNone,
    kRelu,
    kLeakyRelu,       ///< negative values times a fixed slope
    kRandomizedRelu,  ///< negative values times the LFSR's slope
    kClip,            ///< limited to [low, high]
};

/// As networks and reports write it.
inline std::string to_string(ActivationKind kind) {
    switch (kind) {
        case ActivationKind::kNone:
            return "none";
        case ActivationKind::kRelu:
            return "relu";
        case ActivationKind::kLeakyRelu:
            return "leaky_relu";
        case ActivationKind::kRandomizedRelu:
            return "rrelu";
        case ActivationKind::kClip:
            return "clip";
    }
    return {};
}

constexpr int kSlopeFractionBits = 6;  ///< slopes are Q2.6

/// What happens to a requantized value before it is clamped to the output's format.
struct Activation {
    ActivationKind kind = ActivationKind::kNone;
    int32_t slope = 0;                                   ///< kLeakyRelu, Q2.6
    int32_t low = std::numeric_limits<int32_t>::min();   ///< kClip, in the output's steps
    int32_t high = std::numeric_limits<int32_t>::max();  ///< kClip
};

/// `random_slope` is the LFSR's (Q2.6), for kRandomizedRelu alone. A slope multiplies rounding
/// towards minus infinity, as an arithmetic shift does.
inline int32_t activate(const Activation& activation, int32_t value, int32_t random_slope) {
    const auto sloped = [value](int32_t slope) {
        return static_cast<int32_t>((int64_t{value} * slope) >> kSlopeFractionBits);
    };
    switch (activation.kind) {
        case ActivationKind::kNone:
            return value;
        case ActivationKind::kRelu:
            return std::max(value, 0);
        case ActivationKind::kLeakyRelu:
            return value < 0 ? sloped(activation.slope) : value;
        case ActivationKind::kRandomizedRelu:
            return value < 0 ? sloped(random_slope) : value;
        case ActivationKind::kClip:
            return std::min(std::max(value, activation.low), activation.high);
    }
    return value;
}

}  // namespace accelsim
