#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace accelsim {

enum class Align { kLeft, kRight };

/// Lines up cells in columns that are as wide as their widest cell, two spaces apart.
class TextTable {
  public:
    explicit TextTable(std::vector<Align> columns) : columns_(std::move(columns)) {}

    /// A row may have fewer cells than the table has columns.
    void add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    /// A line of dashes across the table.
    void add_rule() { rows_.emplace_back(); }
    std::string to_string() const;

  private:
    std::vector<Align> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// `1234567` as `1,234,567`.
std::string with_thousands(int64_t value);
/// `1536` as `1.5 KiB`.
std::string readable_bytes(int64_t bytes);
/// 0.0125 s as `12.50 ms`.
std::string readable_seconds(double seconds);
/// 1234.5 pJ as `1.23 nJ`.
std::string readable_energy(double energy_pj);
/// 0.125 as `12.5 %`.
std::string percent(double fraction);

}  // namespace accelsim
