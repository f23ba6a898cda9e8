#pragma once

#include <cstdint>
#include <optional>

namespace accelsim {

/// Where the cycles of a layer went, other than into accepted beats. Unit: cycles.
struct StallCycles {
    int64_t dram_read = 0;
    int64_t dram_write = 0;
    int64_t buffer_bank = 0;
    int64_t backpressure = 0;
    int64_t weight_load = 0;
    int64_t fill_drain = 0;

    int64_t total() const {
        return dram_read + dram_write + buffer_bank + backpressure + weight_load + fill_drain;
    }
};

/// Edges of a layer, counted in cycles from its start; empty where there is none.
struct LayerEvents {
    std::optional<int64_t> first_load_cycle;
    std::optional<int64_t> first_input_cycle;
    std::optional<int64_t> last_input_cycle;
    std::optional<int64_t> first_output_cycle;
    std::optional<int64_t> last_column_first_output_cycle;
    std::optional<int64_t> last_output_cycle;
    std::optional<int64_t> last_accumulate_cycle;
    std::optional<int64_t> first_sum_final_cycle;
    std::optional<int64_t> last_sum_final_cycle;
};

/// Bits of the array's data registers that flipped from one clock to the next, by what the
/// registers hold.
struct RegisterToggles {
    int64_t input = 0;       ///< operands before the array: input and skew registers
    int64_t moving = 0;      ///< operands on their way from PE to PE
    int64_t stationary = 0;  ///< operands that stay in their PE, in use or loaded for the next tile
    int64_t product = 0;     ///< output stationary: products before they are added
    int64_t partial_sum = 0;    ///< sums in the PEs
    int64_t output = 0;         ///< finished sums on their way out: result and deskew registers
    int64_t register_bits = 0;  ///< no count: the width of all these registers together

    int64_t total() const { return input + moving + stationary + product + partial_sum + output; }
};

/// Everything the hardware counted in one layer.
struct LayerCounters {
    int64_t cycles = 0;
    int64_t compute_cycles = 0;
    StallCycles stall_cycles;
    int64_t dram_read_weight_cycles = 0;  ///< the part of dram_read that waits for weights
    int64_t input_buffer_read_words = 0;
    int64_t input_buffer_write_words = 0;
    int64_t weight_buffer_read_words = 0;
    int64_t weight_buffer_write_words = 0;
    int64_t output_buffer_read_words = 0;
    int64_t output_buffer_write_words = 0;
    int64_t accumulator_read_words = 0;
    int64_t accumulator_write_words = 0;
    int64_t dram_read_bytes = 0;
    int64_t dram_write_bytes = 0;
    int64_t accumulator_overflows = 0;
    int64_t output_saturations = 0;
    LayerEvents events;
    // What values do, where it was asked for.
    std::optional<int64_t> nonzero_macs;  ///< multiplications of two operands that are not zero
    std::optional<RegisterToggles> register_toggles;
};

}  // namespace accelsim
