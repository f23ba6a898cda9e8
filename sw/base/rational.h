#pragma once

#include <cstdint>
#include <numeric>
#include <optional>

namespace accelsim {

/// An exact fraction in lowest terms, denominator > 0.
struct Rational {
    int64_t numerator = 0;
    int64_t denominator = 1;

    static Rational of(int64_t numerator, int64_t denominator = 1) {
        const int64_t divisor = std::gcd(numerator, denominator);
        return {numerator / divisor, denominator / divisor};
    }
    double to_double() const {
        return static_cast<double>(numerator) / static_cast<double>(denominator);
    }
    bool is_integer() const { return denominator == 1; }
    /// Rounded up; for numerator >= 0.
    int64_t ceil() const { return numerator / denominator + (numerator % denominator != 0); }
    bool operator==(const Rational& other) const {
        return numerator == other.numerator && denominator == other.denominator;
    }
};

/// a * b, or nothing where the result leaves 64 bits.
inline std::optional<Rational> multiply(const Rational& a, const Rational& b) {
    const Rational left = Rational::of(a.numerator, b.denominator);
    const Rational right = Rational::of(b.numerator, a.denominator);
    Rational product;
    if (__builtin_mul_overflow(left.numerator, right.numerator, &product.numerator) ||
        __builtin_mul_overflow(left.denominator, right.denominator, &product.denominator)) {
        return std::nullopt;
    }
    return product;
}

/// a / b for b > 0, or nothing where the result leaves 64 bits.
inline std::optional<Rational> divide(const Rational& a, const Rational& b) {
    return multiply(a, {b.denominator, b.numerator});
}

}  // namespace accelsim
