#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sw/params/accelerator_params.h"
#include "sw/timing/layer_counters.h"
#include "tests/trace/vcd_reader.h"

namespace accelsim {

/// The waveform of a GEMM X (m, k) * W (k, n) on a small array, as the independent reader sees it,
/// with the operands that it must show.
struct GemmWave {
    static constexpr int64_t kM = 9, kK = 10, kN = 7;

    /// A bit that is flipped in the middle of a cycle, before the waveform's sample of it.
    struct Flip {
        int64_t cycle;
        int row, col, bit;
    };

    ArrayParams array;
    std::string outcome;  ///< empty where the run verified its own values
    std::string bytes;
    vcd::Dump dump;
    int64_t cycles = 0;
    int64_t nonzero_macs = 0;  ///< as the machine counts them
    RegisterToggles toggles;   ///< likewise
    std::vector<int64_t> x, w;

    explicit GemmWave(const ArrayParams& params, std::optional<Flip> flip = std::nullopt);

    /// Of a signal below `accelerator` in a cycle.
    int64_t at(const std::string& name, int64_t cycle) const {
        return dump.at("accelerator." + name).number(2 * cycle);
    }
    int64_t pe(int row, int col, const std::string& name, int64_t cycle) const {
        return at("array.pe_" + std::to_string(row) + "_" + std::to_string(col) + "." + name,
                  cycle);
    }
    /// The operands that a register of a PE holds: two where it multiplies two pairs.
    std::vector<int64_t> operands(int row, int col, const std::string& name, int64_t cycle) const;
    /// The sum of the products of its operands.
    int64_t product(int row, int col, int64_t cycle) const;
    /// The operand from the top: stationary, or in the output-stationary array the passing weight.
    std::string top_operand() const { return array.is_output_stationary() ? "weight" : "active"; }
    /// A valid, ready word passes the channel in this cycle.
    bool fires(const std::string& channel, int64_t cycle) const {
        return at(channel + ".valid", cycle) != 0 && at(channel + ".ready", cycle) != 0;
    }
    bool has_token(const std::string& chain, int place, int64_t cycle) const {
        return ((at("array.tokens." + chain, cycle) >> place) & 1) != 0;
    }

    int64_t x_at(int64_t pixel, int64_t k) const {
        return pixel < kM && k < kK ? x[static_cast<size_t>(pixel * kK + k)] : 0;
    }
    int64_t w_at(int64_t k, int64_t channel) const {
        return k < kK && channel < kN ? w[static_cast<size_t>(k * kN + channel)] : 0;
    }
};

}  // namespace accelsim
