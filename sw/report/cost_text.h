#pragma once

#include <string>

#include "sw/report/run_result.h"
#include "sw/report/text_table.h"

namespace accelsim {

/// Energy, power and area of the run by component; nothing where they are not known.
void add_cost_rows(const RunResult& run, TextTable& table);

/// What they leave out.
std::string not_counted_lines(const RunResult& run);

}  // namespace accelsim
