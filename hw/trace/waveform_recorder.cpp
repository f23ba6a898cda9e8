#include "hw/trace/waveform_recorder.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sw/base/error.h"
#include "sw/base/nearest.h"

namespace accelsim {
namespace {

/// Half periods of the clock then fit a double and VCD's times an int64_t.
constexpr int64_t kCycleLimit = 1'000'000'000'000;

int64_t femtoseconds(const sc_core::sc_time& time) {
    return std::llround(time / sc_core::sc_time(1, sc_core::SC_PS)) * 1000;
}

void check(const WaveformParams& params, const std::vector<std::string>& layers) {
    if (params.first_cycle >= kCycleLimit) {
        throw UserError("--vcd-window", "must begin before cycle " + std::to_string(kCycleLimit),
                        std::to_string(params.first_cycle));
    }
    if (!params.layer) return;
    if (std::find(layers.begin(), layers.end(), *params.layer) != layers.end()) return;
    const std::string nearest = nearest_name(*params.layer, layers);
    throw UserError("--vcd-layer",
                    nearest.empty() ? "must be a layer (layers: " + join(layers) + ")"
                                    : "must be a layer, did you mean '" + nearest + "'?",
                    "'" + *params.layer + "'");
}

}  // namespace

WaveformRecorder::WaveformRecorder(const sc_core::sc_module_name& name,
                                   const WaveformParams& params, const std::string& top_scope,
                                   const sc_core::sc_time& clock_period,
                                   const std::vector<std::string>& layers,
                                   const std::function<void(const TraceScope&)>& trace)
    : sc_module(name),
      params_(params),
      period_(clock_period),
      tracer_(*params.file, params.scopes),
      cycle_(params.first_cycle) {
    check(params, layers);
    tracer_.clock(top_scope + ".clock");
    tracer_.always(top_scope + ".layer", [this] { return std::string_view(layer_); });
    trace(tracer_.scope(top_scope));
    tracer_.begin(femtoseconds(period_));
    SC_HAS_PROCESS(WaveformRecorder);
    SC_METHOD(sample);
    sensitive << window_begins_;
    dont_initialize();
}

void WaveformRecorder::layer_started(const std::string& layer) {
    layer_ = layer;
    if (begin_ && params_.layer && !end_) end_ = sc_core::sc_time_stamp();
    if (begin_ || (params_.layer && *params_.layer != layer)) return;
    begin_ = sc_core::sc_time_stamp();
    window_begins_.notify(period_ * (static_cast<double>(params_.first_cycle) + 0.5));
}

void WaveformRecorder::sample() {
    if (end_) return;
    try {
        tracer_.sample(cycle_);
    } catch (const UserError&) {  // no exception leaves a process
        failure_ = std::current_exception();
        sc_core::sc_stop();
        return;
    }
    ++cycle_;
    if (!params_.last_cycle || cycle_ <= *params_.last_cycle) next_trigger(period_);
}

void WaveformRecorder::finish() {
    if (failure_) std::rethrow_exception(failure_);
    if (cycle_ == params_.first_cycle) {
        const double cycles = (end_.value_or(sc_core::sc_time_stamp()) - begin_.value()) / period_;
        throw UserError("--vcd-window",
                        "must hold one of the " + std::to_string(static_cast<int64_t>(cycles)) +
                            " cycles of " + (params_.layer ? "the layer" : "the run"),
                        "a first cycle of " + std::to_string(params_.first_cycle));
    }
    tracer_.close(cycle_);
}

}  // namespace accelsim
