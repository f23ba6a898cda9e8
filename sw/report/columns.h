#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sw/report/run_result.h"

namespace accelsim {

using Json = nlohmann::ordered_json;

/// One figure of a report. The tables below are the only place that knows its name; report.json,
/// layers.csv, the text report and the README's glossary all follow them.
template <typename Record>
struct Column {
    const char* name;  ///< path in report.json; dots nest
    const char* unit;  ///< empty for text and ratios
    const char* description;
    Json (*value)(
        const Record&);  ///< null where there is none; `absent()` where the key is left out
};

inline Json absent() { return Json(Json::value_t::discarded); }

const std::vector<Column<LayerResult>>& layer_columns();
const std::vector<Column<RunResult>>& totals_columns();
const std::vector<Column<Accuracy>>& accuracy_columns();
const std::vector<Column<Verification>>& verification_columns();
const std::vector<Column<RunResult>>& host_columns();

/// Name of the first counter or event that differs; empty where none does. Counts that depend on
/// values (overflows, saturations) are not compared.
std::string timing_difference(const LayerCounters& left, const LayerCounters& right);

/// The column's row in the README's glossary; `section` is where report.json holds it, such as
/// `totals.`.
template <typename Record>
std::string glossary_row(const std::string& section, const Column<Record>& column) {
    return "| `" + section + column.name + "` | " + column.unit + " | " + column.description + " |";
}

}  // namespace accelsim
