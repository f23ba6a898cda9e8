#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sw/base/rational.h"
#include "sw/yaml/node.h"

namespace accelsim {

/// Both ends included.
struct IntegerRange {
    int64_t least;
    int64_t most;
    const char* remark = "";  ///< ends the rule

    bool contains(int64_t value) const { return least <= value && value <= most; }
    /// `an integer from 1 to 8`.
    std::string to_string() const;
};

/// Both ends included, unless `above_least`.
struct RealRange {
    double least;
    double most;
    bool above_least = false;

    static RealRange positive(double most) { return {0.0, most, true}; }
    bool contains(double value) const {
        return (above_least ? value > least : value >= least) && value <= most;
    }
    /// `a number from 0 to 1`, `a number above 0, at most 1`.
    std::string to_string() const;
};

/// Decimal digits with an optional sign and no leading zero; nothing for any other node.
std::optional<int64_t> parse_integer(const YamlNode& node);
/// Decimal digits with an optional point and exponent; no hexadecimal, infinity or NaN.
std::optional<double> parse_real(const YamlNode& node);
inline constexpr size_t kMostDecimals = 10;
/// Decimal digits with an optional point: at most 18, of them kMostDecimals after it.
std::optional<Rational> parse_decimal(const YamlNode& node);
/// `true` or `false`.
std::optional<bool> parse_boolean(const YamlNode& node);
/// Any scalar, quoted or not.
std::optional<std::string> parse_text(const YamlNode& node);

}  // namespace accelsim
