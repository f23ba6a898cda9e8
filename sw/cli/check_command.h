#pragma once

#include <optional>
#include <string>

#include "sw/config/load_config.h"

namespace accelsim {

/// What `accelsim check` was asked for.
struct CheckOptions {
    ConfigRequest config;
    bool json = false;     ///< the resolved configuration as one JSON object, and nothing else
    bool program = false;  ///< the Program as text too, in comments
};

/// Reads, checks and resolves, prints the result; runs nothing. Returns the exit status.
int check_command(const CheckOptions& options);

}  // namespace accelsim
