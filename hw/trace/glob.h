#pragma once

#include <string_view>

namespace accelsim {

/// Does the whole of `text` match? `*` stands for any characters, dots too, and `?` for one.
inline bool glob_matches(std::string_view pattern, std::string_view text) {
    size_t p = 0, t = 0;
    size_t star =
        std::string_view::npos;  // the last `*`, and what it has taken ends before `retry`
    size_t retry = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace accelsim
