#include "sw/report/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace accelsim {

namespace {

constexpr size_t kGap = 2;

struct Prefix {
    const char* name;
    double factor;
};

}  // namespace

std::string TextTable::to_string() const {
    std::vector<size_t> widths(columns_.size(), 0);
    for (const auto& row : rows_) {
        for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    size_t line_width = kGap * (widths.size() - 1);
    for (const size_t width : widths) line_width += width;

    std::string text;
    for (const auto& row : rows_) {
        std::string line;
        for (size_t i = 0; i < row.size(); ++i) {
            if (i > 0) line.append(kGap, ' ');
            line += columns_[i] == Align::kLeft ? fmt::format("{:<{}}", row[i], widths[i])
                                                : fmt::format("{:>{}}", row[i], widths[i]);
        }
        if (row.empty()) line.assign(line_width, '-');
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string with_thousands(int64_t value) {
    std::string text = std::to_string(value);
    const size_t first_digit = value < 0 ? 1 : 0;
    for (size_t place = text.size(); place > first_digit + 3;) {
        place -= 3;
        text.insert(place, ",");
    }
    return text;
}

std::string readable_bytes(int64_t bytes) {
    constexpr std::array<const char*, 4> kPrefixes = {"KiB", "MiB", "GiB", "TiB"};
    constexpr int kStep = 1024;
    if (bytes < kStep) return fmt::format("{} B", bytes);
    double value = static_cast<double>(bytes) / kStep;
    size_t prefix = 0;
    while (value >= kStep && prefix + 1 < kPrefixes.size()) {
        value /= kStep;
        ++prefix;
    }
    return fmt::format("{:.1f} {}", value, kPrefixes[prefix]);
}

std::string readable_seconds(double seconds) {
    constexpr std::array<Prefix, 3> kPrefixes = {{{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}}};
    for (const Prefix& prefix : kPrefixes) {
        if (seconds >= prefix.factor) {
            return fmt::format("{:.2f} {}", seconds / prefix.factor, prefix.name);
        }
    }
    return fmt::format("{:.2f} ns", seconds / 1e-9);
}

std::string readable_energy(double energy_pj) {
    constexpr std::array<Prefix, 5> kPrefixes = {
        {{"J", 1e12}, {"mJ", 1e9}, {"uJ", 1e6}, {"nJ", 1e3}, {"pJ", 1}}};
    for (const Prefix& prefix : kPrefixes) {
        if (energy_pj < prefix.factor) continue;
        return fmt::format("{:.2f} {}", energy_pj / prefix.factor, prefix.name);
    }
    return fmt::format("{:.2f} pJ", energy_pj);
}

std::string percent(double fraction) { return fmt::format("{:.1f} %", 100 * fraction); }

}  // namespace accelsim
