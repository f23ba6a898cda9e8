#pragma once

#include <cctype>
#include <cstddef>
#include <string>

namespace accelsim {

/// A parameterised test's name, unique by `index` and telling by `text`: letters, digits and
/// underscores only.
inline std::string test_name(const std::string& text, size_t index) {
    constexpr size_t kLongest = 60;
    std::string name;
    for (char c : text.substr(0, kLongest)) {
        const bool is_word = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (is_word || (!name.empty() && name.back() != '_')) name += is_word ? c : '_';
    }
    return name + "_" + std::to_string(index);
}

}  // namespace accelsim
