#pragma once

#include <utility>
#include <vector>

#include "sw/report/columns.h"

namespace accelsim {

/// Energy of a layer; left out of a report without any.
std::vector<Column<LayerResult>> layer_energy_columns();
/// Energy, power and area of the run.
std::vector<Column<RunResult>> totals_energy_columns();

template <typename Record>
std::vector<Column<Record>> joined(std::vector<Column<Record>> columns,
                                   const std::vector<Column<Record>>& more) {
    columns.insert(columns.end(), more.begin(), more.end());
    return columns;
}

}  // namespace accelsim
