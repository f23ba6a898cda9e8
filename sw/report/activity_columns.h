#pragma once

#include <vector>

#include "sw/report/columns.h"

namespace accelsim {

/// What values did in the array; left out of a report where nothing was counted.
std::vector<Column<LayerResult>> layer_activity_columns();
std::vector<Column<RunResult>> totals_activity_columns();

}  // namespace accelsim
