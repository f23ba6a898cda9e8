#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "hw/trace/tracer.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// Writes a run's waveform: in the middle of each clock cycle of the window it shows what the
/// blocks see in that cycle, at the VCD time cycle * clock period. Cycle 0 is the one in which the
/// first layer starts, or with `WaveformParams::layer` that layer, the first time that it runs.
/// Outside the window nothing is woken.
class WaveformRecorder : public sc_core::sc_module {
  public:
    /// `trace` registers the machine's signals below the scope that it is given. Throws UserError
    /// where the file, the layer's name or the selection of signals is wrong.
    WaveformRecorder(const sc_core::sc_module_name& name, const WaveformParams& params,
                     const std::string& top_scope, const sc_core::sc_time& clock_period,
                     const std::vector<std::string>& layers,
                     const std::function<void(const TraceScope&)>& trace);

    /// The host writes START in the cycle that has just begun.
    void layer_started(const std::string& layer);

    /// After the run: completes the file. Throws UserError where it could not be written, which
    /// then has stopped the simulation, or where no cycle of the run lies in the window.
    void finish();

  private:
    void sample();

    const WaveformParams params_;
    const sc_core::sc_time period_;
    Tracer tracer_;
    sc_core::sc_event window_begins_;
    std::string layer_;                      ///< that runs
    std::optional<sc_core::sc_time> begin_;  ///< of cycle 0
    std::optional<sc_core::sc_time> end_;    ///< of the layer whose waveform it is
    int64_t cycle_;                          ///< the next to be sampled
    std::exception_ptr failure_;
};

}  // namespace accelsim
