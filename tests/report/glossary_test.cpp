#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "sw/report/columns.h"
#include "tests/support/golden.h"

namespace accelsim {
namespace {

template <typename Record>
void append_rows(const std::string& section, const std::vector<Column<Record>>& columns,
                 std::vector<std::string>& rows) {
    for (const auto& column : columns) rows.push_back(glossary_row(section, column));
}

/// The glossary that the reports' own tables ask for.
std::vector<std::string> expected_rows() {
    std::vector<std::string> rows;
    append_rows("", layer_columns(), rows);
    append_rows("totals.", totals_columns(), rows);
    append_rows("accuracy.", accuracy_columns(), rows);
    append_rows("verification.", verification_columns(), rows);
    append_rows("host.", host_columns(), rows);
    return rows;
}

/// The rows below the heading `## Glossary` of a README, up to the next heading.
std::vector<std::string> glossary_rows(const std::string& readme) {
    std::istringstream lines(readme);
    std::vector<std::string> rows;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("## ", 0) == 0) inside = line == "## Glossary";
        if (inside && line.rfind("| `", 0) == 0) rows.push_back(line);
    }
    return rows;
}

/// Rows of `left` that `right` lacks, one a line.
std::string lacking(const std::vector<std::string>& left, const std::vector<std::string>& right) {
    const std::set<std::string> known(right.begin(), right.end());
    std::string text;
    for (const std::string& row : left) {
        if (known.count(row) == 0) text += row + "\n";
    }
    return text;
}

TEST(Glossary, HasEveryFigureOfTheReports) {
    const std::string readme = read_file(std::filesystem::path(ACCELSIM_SOURCE_DIR) / "README.md");
    const auto rows = glossary_rows(readme);
    EXPECT_EQ(lacking(expected_rows(), rows), "")
        << "README.md, `## Glossary`: these rows are missing";
    EXPECT_EQ(lacking(rows, expected_rows()), "")
        << "README.md, `## Glossary`: no report shows these";
}

TEST(Glossary, CheckSeesAMissingRow) {
    EXPECT_FALSE(lacking(expected_rows(), glossary_rows("## Glossary\n\n## Limits\n")).empty());
    const std::string row = expected_rows().front();
    EXPECT_EQ(glossary_rows("## Glossary\n" + row + "\n"), std::vector<std::string>{row});
    EXPECT_TRUE(glossary_rows("## Limits\n" + row + "\n").empty());
}

}  // namespace
}  // namespace accelsim
