#pragma once

#include <optional>
#include <string>

#include "sw/config/load_config.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// What `accelsim run` was asked for. Options that are keys of the configuration are overrides in
/// `config`.
struct RunOptions {
    ConfigRequest config;
    std::optional<std::string> dump_tensors;  ///< folder
    std::optional<std::string> dump_program;  ///< file
    std::optional<WaveformParams> waveform;
    bool quiet = false;  ///< totals alone
};

/// Runs and reports; returns the exit status. Faults are thrown (UserError, InternalError).
int run_command(const RunOptions& options);

}  // namespace accelsim
