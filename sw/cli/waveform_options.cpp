#include "sw/cli/waveform_options.h"

#include <charconv>
#include <utility>
#include <vector>

#include "sw/base/error.h"

namespace accelsim {
namespace {

/// Decimal digits and nothing else.
std::optional<int64_t> parse_cycle(const std::string& text) {
    int64_t cycle = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, cycle);
    if (error != std::errc() || stop != end || text[0] == '-') return std::nullopt;
    return cycle;
}

/// `FIRST:LAST`, both cycles included.
std::optional<std::pair<int64_t, int64_t>> parse_window(const std::string& text) {
    const size_t colon = text.find(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto first = parse_cycle(text.substr(0, colon));
    const auto last = parse_cycle(text.substr(colon + 1));
    if (!first || !last || *first > *last) return std::nullopt;
    return std::make_pair(*first, *last);
}

}  // namespace

void WaveformOptions::add_to(CLI::App& app) {
    app.add_option("--vcd", file_, "write the registers, channels and state machines as a waveform")
        ->type_name("FILE");
    app.add_option("--vcd-window", window_,
                   "of it these cycles alone, counted from the start of the run, or of --vcd-layer")
        ->type_name("FIRST:LAST");
    app.add_option("--vcd-layer", layer_, "of it this layer alone")->type_name("NAME");
    app.add_option("--vcd-scope", scope_,
                   "of it the signals whose full name matches, such as '*.array.pe_0_*'")
        ->type_name("GLOB");
}

std::optional<WaveformParams> WaveformOptions::params() const {
    std::vector<Fault> faults;
    const auto refuse = [&](const char* option, const char* rule, const std::string& got) {
        faults.push_back(Fault{Location{}, option, rule, "'" + got + "'"});
    };
    WaveformParams waveform;
    waveform.file = file_;
    if (window_) {
        if (const auto window = parse_window(*window_)) {
            waveform.first_cycle = window->first;
            waveform.last_cycle = window->second;
        } else {
            refuse("--vcd-window", "must be FIRST:LAST, two cycles from 0 on in that order",
                   *window_);
        }
    }
    waveform.layer = layer_;
    if (scope_) waveform.scope = *scope_;
    if (scope_ && scope_->empty()) refuse("--vcd-scope", "must not be empty", *scope_);
    if (!file_) {
        if (window_) refuse("--vcd-window", "needs --vcd FILE", *window_);
        if (layer_) refuse("--vcd-layer", "needs --vcd FILE", *layer_);
        if (scope_) refuse("--vcd-scope", "needs --vcd FILE", *scope_);
    }
    if (!faults.empty()) throw UserError(std::move(faults));
    if (!file_) return std::nullopt;
    return waveform;
}

}  // namespace accelsim
