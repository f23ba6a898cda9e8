#pragma once

namespace accelsim {

/// The energy table of runs that name none.
inline constexpr const char* kDefaultEnergyTable =
    ACCELSIM_PROJECT_ROOT "/configs/energy/default_40nm.yaml";

}  // namespace accelsim
