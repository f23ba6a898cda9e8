#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/numeric/requantize.h"
#include "sw/params/accelerator_params.h"

namespace accelsim {

/// How raw pixels become the network's real input: (pixel / scale - mean[c]) / std[c].
/// One value in `mean` or `std` serves every channel.
struct InputParams {
    double scale = 1.0;
    std::vector<double> mean{0.0};
    std::vector<double> std{1.0};
};

/// A single matrix product (m x k) * (k x n) with seeded values.
struct GemmParams {
    int64_t m = 8;
    int64_t k = 16;
    int64_t n = 8;
    bool relu = true;
};

/// A single convolution with seeded values. Padding is symmetric.
struct ConvParams {
    int64_t height = 16;
    int64_t width = 16;
    int64_t channels = 16;
    int64_t out_channels = 16;
    int kernel = 3;
    int stride = 1;
    int padding = 1;
    int groups = 1;
    bool relu = true;
};

/// Where the network comes from: exactly one of the four is set. Paths are resolved; `typed_path`
/// is as typed.
struct NetworkParams {
    std::optional<std::string> onnx;
    std::optional<std::string> yaml;
    std::optional<GemmParams> gemm;
    std::optional<ConvParams> conv;
    std::string typed_path;
    /// Replaces the input description that a YAML network carries itself.
    std::optional<InputParams> input;
};

enum class CalibrationMethod { kMinMax, kPercentile };

struct CalibrationParams {
    std::optional<std::string> images;  ///< resolved path; seeded images where empty
    std::string typed_images;
    int64_t first = 0;  ///< index of the first image used
    int64_t limit = 64;
    CalibrationMethod method = CalibrationMethod::kMinMax;
    double percentile = 99.99;  ///< of the absolute values, for kPercentile
};

/// What the user says of one layer's numbers; what is unset follows the network's.
struct LayerFormats {
    std::optional<int> weight_bits;
    std::optional<int> activation_bits;  ///< of the map that the layer writes
    std::optional<double> output_scale;  ///< real value of one step of it, in place of calibration
    Location where{};                    ///< of the layer's entry
};

/// Widths in the batch-norm unit.
struct BatchNormParams {
    int value_bits = 16;  ///< of what is normalized
    int scale_bits = 16;
};

struct QuantizationParams {
    int activation_bits = 8;
    int weight_bits = 8;
    std::optional<int> input_bits;      ///< of the network's input; activation_bits where empty
    std::optional<int> output_bits;     ///< of the network's output; activation_bits where empty
    std::optional<double> input_scale;  ///< real value of one step of the network's input, in place
                                        ///< of calibration
    Location where_input_scale{};
    std::map<std::string, LayerFormats> layers;  ///< by layer name
    bool per_channel_weights = true;
    RequantizeRule requantize = RequantizeRule::kMultiplierRound;
    BatchNormParams batch_norm;
    CalibrationParams calibration;
};

/// How a convolution's inner product is cut into K tiles (docs/TIMING.md, "Mappings").
enum class Mapping { kIm2col, kKernelOffset };

/// The outer loops of a layer, outermost first; K is always inside.
enum class LoopOrder { kPixelsChannels, kChannelsPixels };

/// What the user says of one layer's schedule; what is unset follows the default rule of
/// docs/TIMING.md.
struct ScheduleOverride {
    std::optional<int64_t> rows_per_block;
    std::optional<int64_t> cols_per_block;
    std::optional<int64_t> channels_per_block;  ///< input stationary alone
    std::optional<int64_t> k_tiles_per_block;
    std::optional<Mapping> mapping;
    std::optional<LoopOrder> loop_order;
    std::optional<bool> keep_output;  ///< the layer's output map stays on chip
    Location where{};  ///< of the layer's entry; unknown where the configuration has none

    bool has_sizes() const {
        return rows_per_block || cols_per_block || channels_per_block || k_tiles_per_block;
    }
};

/// The schedule of the whole network: what holds for every layer, and for single ones.
struct ScheduleParams {
    Mapping mapping = Mapping::kIm2col;
    bool keep_on_chip = false;                       ///< every map that can stay on chip does
    std::map<std::string, ScheduleOverride> layers;  ///< by layer name

    /// The layer's entry with the network's defaults filled in (keep_output stays as it is).
    ScheduleOverride of(const std::string& layer) const {
        const auto entry = layers.find(layer);
        ScheduleOverride result = entry == layers.end() ? ScheduleOverride{} : entry->second;
        if (!result.mapping) result.mapping = mapping;
        return result;
    }
};

/// The waveform of a run (`--vcd`).
struct WaveformParams {
    std::optional<std::string> file;  ///< none is written where empty
    int64_t first_cycle = 0;          ///< of the run, or of `layer` where that is given
    std::optional<int64_t> last_cycle;
    std::optional<std::string> layer;  ///< this layer alone
    std::vector<std::string> scopes;   ///< globs over full hierarchical names; all where empty
};

/// How closely a run follows the hardware (docs/DESIGN.md). All three report the same cycles and
/// counters; `exact` says where the last one may not.
enum class Fidelity {
    kCycle,        ///< every register, clocked
    kTransaction,  ///< a transaction for each transfer, times annotated; values of whole layers
    kEstimate,     ///< times alone, in plain C++
};
/// As the configuration and reports write it.
inline const char* to_string(Fidelity fidelity) {
    switch (fidelity) {
        case Fidelity::kCycle:
            return "cycle";
        case Fidelity::kTransaction:
            return "transaction";
        case Fidelity::kEstimate:
            return "estimate";
    }
    return "";
}

/// What values do in the array, counted on request.
struct ActivityParams {
    bool zero_gating = false;       ///< MACs with a zero operand; needs values
    bool register_toggles = false;  ///< bits of the array's registers that flip; kCycle alone

    bool any() const { return zero_gating || register_toggles; }
};

struct SimulationParams {
    Fidelity fidelity = Fidelity::kTransaction;
    bool values = true;  ///< false: times alone (kTransaction); kEstimate never computes any
    std::optional<std::string> images;  ///< resolved path; seeded images where empty
    std::string typed_images;
    std::optional<std::string> labels;  ///< resolved path; CIFAR-10 records carry their own
    std::string typed_labels;
    int64_t first = 0;     ///< index of the first image evaluated
    int64_t limit = 1;     ///< images evaluated
    int64_t simulate = 1;  ///< of them, how many run through the simulated hardware
    bool verify = true;
    ActivityParams activity;
    uint64_t seed = 1;
    int64_t watchdog_cycles =
        1'000'000;  ///< cycles without any progress before a deadlock is reported
};

/// What energy and area are computed from (docs/ENERGY.md).
struct EnergyParams {
    std::optional<std::string> table;  ///< resolved path; the shipped one where empty
    std::string typed_table;
    std::string dram = "lpddr4";      ///< a kind of the table
    std::optional<double> node_nm;    ///< the table's where empty
    std::optional<double> voltage_v;  ///< the table's where empty
    Location where_dram{};
    Location where_node{};
    Location where_voltage{};
};

/// A folder that the run writes to.
struct OutputFolder {
    OutputFolder(std::string folder, Location place = {})
        : path(std::move(folder)), where(std::move(place)) {}

    std::string path;
    Location where;  ///< where the user names it
};

struct ReportParams {
    std::optional<OutputFolder> output;  ///< resolved; nothing is written where empty
    std::string typed_output;
};

/// The whole run: the accelerator, the network, and what to do with them.
struct RunParams {
    AcceleratorParams accelerator;
    NetworkParams network;
    QuantizationParams quantization;
    bool fuse_batch_norm = true;
    Location where_passes{};
    ScheduleParams schedule;
    SimulationParams simulation;
    EnergyParams energy;
    ReportParams report;
    /// The resolved configuration as a JSON object, every key present, paths as typed.
    std::string resolved_json;
};

}  // namespace accelsim
