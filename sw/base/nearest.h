#pragma once

#include <string>
#include <vector>

namespace accelsim {

/// The name that a misspelt `word` most likely meant; empty where none is close.
std::string nearest_name(const std::string& word, const std::vector<std::string>& names);

/// `a, b, c`.
std::string join(const std::vector<std::string>& words, const std::string& separator = ", ");

}  // namespace accelsim
