#include "sw/base/nearest.h"

#include <algorithm>
#include <cctype>

namespace accelsim {
namespace {

/// Lower case, and `-` as `_`: differences that nobody means.
std::string folded(std::string text) {
    for (char& c : text) {
        c = c == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return text;
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment
/// distance).
size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
    for (size_t i = 0; i <= a.size(); ++i) {
        for (size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            const size_t substitution = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, substitution});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace

std::string nearest_name(const std::string& word, const std::vector<std::string>& names) {
    constexpr size_t kLongestWord = 64;
    std::string nearest;
    if (word.size() > kLongestWord) return nearest;
    size_t least = 1 + std::max<size_t>(word.size(), 2) / 3;
    for (const std::string& name : names) {
        const size_t distance = edit_distance(folded(word), folded(name));
        if (distance < least || (distance == least && nearest.empty())) {
            if (distance >= std::max(word.size(), name.size())) continue;  // nothing in common
            least = distance;
            nearest = name;
        }
    }
    return nearest;
}

std::string join(const std::vector<std::string>& words, const std::string& separator) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += separator;
        text += word;
    }
    return text;
}

}  // namespace accelsim
