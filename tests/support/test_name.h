#pragma once

#include <cctype>
#include <string>

namespace accelsim {

/// `text` in letters, digits and underscores only, for the PrintTo of a test's parameter: CTest
/// takes what that prints as the test's name.
inline std::string test_name(const std::string& text) {
    std::string name;
    for (char c : text) {
        const bool is_word = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (is_word || (!name.empty() && name.back() != '_')) name += is_word ? c : '_';
    }
    return name.empty() ? "nothing" : name;
}

}  // namespace accelsim
