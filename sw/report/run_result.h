#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sw/base/tensor.h"
#include "sw/cost/cost_model.h"
#include "sw/timing/layer_counters.h"

namespace accelsim {

/// `part` / `whole`; 0 where there is no whole.
double fraction_of(int64_t part, int64_t whole);

/// How a layer was cut into tiles.
struct LayerScheduleSummary {
    std::string mapping;         ///< `im2col`, `kernel_offset`, or `stream` for a pooling layer
    std::string loop_order;      ///< outermost first, such as `pixels channels k`
    int64_t rows_per_block = 0;  ///< output rows (before fused pooling) of a pixel block
    int64_t cols_per_block = 0;
    int64_t channels_per_block = 0;  ///< output channels
    int64_t k_tiles_per_block = 0;
    int64_t pixel_blocks = 0;
    int64_t channel_tiles = 0;  ///< blocks of output channels, over all groups
    int64_t k_blocks = 0;
    int64_t tiles = 0;
    bool input_on_chip = false;  ///< the input map never left the chip
    bool output_on_chip = false;
};

struct LayerResult {
    std::string name;
    std::string kind;              ///< `conv`, `gemm` or `pool`
    std::string source;            ///< the layer whose output it reads; empty: the network's input
    std::string residual_source;   ///< the same of its residual addition's operand
    std::string activation;        ///< `none`, `relu`, ...
    std::string pooling = "none";  ///< `none`, or kind and window, such as `max 2x2`
    MapShape input;
    MapShape conv;
    MapShape output;
    int kernel_height = 1;
    int kernel_width = 1;
    int groups = 1;
    std::string input_format;
    std::string weight_format;  ///< empty for a pooling layer
    std::string output_format;
    std::string residual_format;    ///< empty without a residual addition
    std::string batch_norm_format;  ///< empty without an unfused batch normalization
    LayerScheduleSummary schedule;
    int64_t macs = 0;               ///< dense, padding counted
    int64_t normalized_values = 0;  ///< by an unfused batch normalization
    double utilization_fraction = 0;
    int64_t start_cycle = 0;
    LayerCounters counters;
    bool has_values = true;     ///< false: what depends on data was not counted
    std::optional<bool> exact;  ///< of an estimate: the clocked machine would count the same
    std::optional<ComponentFigures> energy_pj;
    std::optional<Figure> zero_gated_mac_energy_pj;  ///< where zero operands were counted

    /// Of a MAC two; of a value that is normalized three: subtraction, multiplication, addition.
    int64_t operations() const { return 2 * macs + 3 * normalized_values; }
    /// MACs whose operands are both not zero, where they were counted; and the others.
    std::optional<int64_t> nonzero_macs() const;
    std::optional<int64_t> gated_macs() const;
    /// Of the array's register bits in a clock, where they were counted.
    std::optional<double> register_toggle_fraction() const;
};

/// Top-1 over the images with labels. `float_*` is the network before quantization, where it was
/// run.
struct Accuracy {
    int64_t images = 0;
    int64_t correct = 0;
    std::optional<int64_t> float_correct;
    int64_t simulated_images =
        0;  ///< through the hardware; the rest through the reference executor
};

struct Verification {
    bool checked = false;
    int64_t images = 0;
    int64_t compared_values = 0;
    int64_t mismatches = 0;
    int64_t counter_mismatches = 0;

    Verification& operator+=(const Verification& other);
    bool passed() const { return mismatches == 0 && counter_mismatches == 0; }
};

/// One run, complete: what every report is written from.
struct RunResult {
    std::string version;
    std::string network;
    std::string config_json;  ///< the resolved configuration, a JSON object, paths as typed
    std::string fidelity;
    uint64_t seed = 0;
    double clock_mhz = 0;
    int rows = 0;
    int cols = 0;
    int macs_per_pe = 1;
    std::string dataflow;       ///< for people, such as `weight-stationary`
    std::string images_source;  ///< where the input images come from, for people
    std::vector<LayerResult> layers;
    std::optional<CostSummary> cost;
    std::optional<Accuracy> accuracy;
    Verification verification;
    double wall_seconds = 0;
    int64_t peak_memory_bytes = 0;

    /// The sum of one counter over the layers, such as `total(&LayerCounters::dram_read_bytes)`.
    int64_t total(int64_t LayerCounters::*counter) const;
    int64_t total_cycles() const { return total(&LayerCounters::cycles); }
    int64_t total_macs() const;
    int64_t total_operations() const;
    /// Empty where they were not counted, as the next three.
    std::optional<int64_t> total_nonzero_macs() const;
    std::optional<int64_t> total_register_toggles() const;
    std::optional<double> register_toggle_fraction() const;
    std::optional<double> zero_gated_mac_energy_pj() const;
    /// Of that many multiply-accumulates in that many cycles, against the array's peak.
    double utilization_fraction(int64_t macs, int64_t cycles) const;
    double utilization_fraction() const;
    double seconds_at_clock() const;
    /// Of one inference: the sum of the layers.
    ComponentFigures energy_pj() const;
    double power_mw() const;
    double energy_delay_product_js() const;
    double tops_per_w() const;
    /// False where times alone were simulated.
    bool has_values() const;
    /// False where a layer's figures are an estimate that may differ from the clocked machine's.
    bool is_exact() const;
};

}  // namespace accelsim
