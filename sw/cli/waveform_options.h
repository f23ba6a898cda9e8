#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "sw/params/run_params.h"

namespace accelsim {

/// `--vcd` and the options that narrow it. Whether a layer or a signal is of that name is seen when
/// the machine stands.
class WaveformOptions {
  public:
    void add_to(CLI::App& app);
    /// What was typed; empty without `--vcd`. A UserError with every fault.
    std::optional<WaveformParams> params() const;

  private:
    std::optional<std::string> file_;
    std::optional<std::string> window_;
    std::optional<std::string> layer_;
    std::optional<std::string> scope_;
};

}  // namespace accelsim
