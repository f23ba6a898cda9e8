#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sw/config/load_config.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// `--vcd` and the options that narrow it. Whether a layer or a signal is of that name is seen when
/// the machine stands.
class WaveformOptions {
  public:
    void add_to(CLI::App& app);
    /// What was typed; empty without `--vcd`. A UserError with every fault.
    std::optional<WaveformParams> params() const;
    /// What a waveform needs of the configuration: a fidelity that has registers.
    static ConfigOverride fidelity();

  private:
    // All that were given: of the first three there may be one.
    std::vector<std::string> files_;
    std::vector<std::string> windows_;
    std::vector<std::string> layers_;
    std::vector<std::string> scopes_;
};

}  // namespace accelsim
