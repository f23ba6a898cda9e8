#include "sw/cli/waveform_options.h"

#include <charconv>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/base/nearest.h"

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
    const auto add = [&](const char* name, std::vector<std::string>& values,
                         const char* description, const char* type) {
        app.add_option(name, values, description)
            ->type_name(type)
            ->expected(1)
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    };
    add("--vcd", files_, "write the registers, channels and state machines as a waveform", "FILE");
    add("--vcd-window", windows_,
        "of it these cycles alone, counted from the start of the run, or of --vcd-layer",
        "FIRST:LAST");
    add("--vcd-layer", layers_, "of it this layer alone", "NAME");
    add("--vcd-scope", scopes_,
        "of it the signals whose full name matches, such as '*.array.pe_0_*' (repeatable)", "GLOB");
}

std::optional<WaveformParams> WaveformOptions::params() const {
    std::vector<Fault> faults;
    const auto refuse = [&](const char* option, const char* rule, const std::string& got) {
        faults.push_back(Fault{Location{}, option, rule, "'" + got + "'"});
    };
    const auto only = [&](const char* option, const std::vector<std::string>& values) {
        if (values.size() > 1) refuse(option, "must be given once", join(values, "' and '"));
        return values.empty() ? std::nullopt : std::optional(values.front());
    };
    WaveformParams waveform;
    waveform.file = only("--vcd", files_);
    waveform.layer = only("--vcd-layer", layers_);
    waveform.scopes = scopes_;
    if (const auto text = only("--vcd-window", windows_)) {
        if (const auto window = parse_window(*text)) {
            waveform.first_cycle = window->first;
            waveform.last_cycle = window->second;
        } else {
            refuse("--vcd-window", "must be FIRST:LAST, two cycles from 0 on in that order", *text);
        }
    }
    for (const std::string& scope : scopes_) {
        if (scope.empty()) refuse("--vcd-scope", "must not be empty", scope);
    }
    if (files_.empty()) {
        if (!windows_.empty()) refuse("--vcd-window", "needs --vcd FILE", windows_.front());
        if (!layers_.empty()) refuse("--vcd-layer", "needs --vcd FILE", layers_.front());
        if (!scopes_.empty()) refuse("--vcd-scope", "needs --vcd FILE", scopes_.front());
    }
    if (!faults.empty()) throw UserError(std::move(faults));
    if (files_.empty()) return std::nullopt;
    return waveform;
}

ConfigOverride WaveformOptions::fidelity() {
    return {"--vcd", "simulation.fidelity", to_string(Fidelity::kCycle), true};
}

}  // namespace accelsim
