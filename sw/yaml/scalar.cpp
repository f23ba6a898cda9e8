#include "sw/yaml/scalar.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace accelsim {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The digits of `text` from `at` on; moves `at` behind them.
std::string_view take_digits(std::string_view text, size_t& at) {
    const size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return text.substr(first, at - first);
}

/// The parts of a decimal number, or nothing where the text is none: `-12.50e3`, `.5` and `5.` are;
/// `012` and `0x1` are not.
struct DecimalText {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
    bool has_point = false;
    bool has_exponent = false;
};

std::optional<DecimalText> split_decimal(const YamlNode& node) {
    if (!node.is_scalar() || node.quoted) return std::nullopt;
    const std::string_view text = node.scalar;
    DecimalText parts;
    size_t at = 0;
    if (at < text.size() && (text[at] == '-' || text[at] == '+'))
        parts.negative = text[at++] == '-';
    parts.whole = take_digits(text, at);
    if (at < text.size() && text[at] == '.') {
        parts.has_point = true;
        parts.fraction = take_digits(text, ++at);
    }
    if (parts.whole.empty() && parts.fraction.empty()) return std::nullopt;
    if (parts.whole.size() > 1 && parts.whole[0] == '0') return std::nullopt;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        parts.has_exponent = true;
        if (++at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        if (take_digits(text, at).empty()) return std::nullopt;
    }
    if (at != text.size()) return std::nullopt;
    return parts;
}

/// std::from_chars reads no plus sign.
std::string_view without_plus(const YamlNode& node) {
    std::string_view text = node.scalar;
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    return text;
}

template <typename T>
std::optional<T> convert(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::string IntegerRange::to_string() const {
    return least == most ? fmt::format("{}", least)
                         : fmt::format("an integer from {} to {}{}", least, most, remark);
}

std::string RealRange::to_string() const {
    return above_least ? fmt::format("a number above {}, at most {}", least, most)
                       : fmt::format("a number from {} to {}", least, most);
}

std::optional<int64_t> parse_integer(const YamlNode& node) {
    const std::optional<DecimalText> parts = split_decimal(node);
    if (!parts || parts->has_point || parts->has_exponent) return std::nullopt;
    return convert<int64_t>(without_plus(node));
}

std::optional<double> parse_real(const YamlNode& node) {
    if (!split_decimal(node)) return std::nullopt;
    return convert<double>(without_plus(node));
}

std::optional<Rational> parse_decimal(const YamlNode& node) {
    constexpr size_t kMostDigits = 18;  // fit 64 bits
    const std::optional<DecimalText> parts = split_decimal(node);
    if (!parts || parts->has_exponent || parts->fraction.size() > kMostDecimals ||
        parts->whole.size() + parts->fraction.size() > kMostDigits) {
        return std::nullopt;
    }
    int64_t numerator = 0;
    int64_t denominator = 1;
    for (char digit : parts->whole) numerator = numerator * 10 + (digit - '0');
    for (char digit : parts->fraction) {
        numerator = numerator * 10 + (digit - '0');
        denominator *= 10;
    }
    return Rational::of(parts->negative ? -numerator : numerator, denominator);
}

std::optional<bool> parse_boolean(const YamlNode& node) {
    if (!node.is_scalar() || node.quoted) return std::nullopt;
    if (node.scalar == "true") return true;
    if (node.scalar == "false") return false;
    return std::nullopt;
}

std::optional<std::string> parse_text(const YamlNode& node) {
    if (!node.is_scalar()) return std::nullopt;
    return node.scalar;
}

}  // namespace accelsim
