#include "sw/cost/array_cost.h"

#include "sw/base/integer_math.h"

namespace accelsim {
namespace {

/// 0 + 1 + ... + (n - 1).
double triangle(double n) { return n * (n - 1) / 2; }

RegisterGroup shifted(double count, int bits, double times) { return {count, bits, count * times}; }

std::vector<RegisterGroup> stationary_registers(const ArrayParams& array, const ArrayWidths& widths,
                                                const ArrayActivity& activity) {
    const double rows = array.rows;
    const double cols = array.cols;
    const double pes = rows * cols;
    const double load_rows = array.word_channels();
    const auto beats = static_cast<double>(activity.beats);
    const auto loads = static_cast<double>(activity.loads);
    const bool is_input = array.is_input_stationary();
    const int moving = array.macs_per_pe * (is_input ? widths.weight : widths.activation);
    const int loaded = is_input ? widths.activation : widths.weight;
    std::vector<RegisterGroup> groups = {
        shifted(rows * array.input_stages + array.pe_pipeline_stages * triangle(rows), moving,
                beats),
        shifted(pes, moving, beats),
        shifted(pes * array.pe_pipeline_stages, widths.sum, beats),
        shifted(triangle(cols), widths.sum, beats),
        shifted(cols * array.accumulate_stages, widths.sum, beats),
        shifted(cols * array.input_stages + triangle(cols), loaded, loads * load_rows),
        // Row n of a load passes n places of its column: the first one goes the whole way down.
        {load_rows * cols, loaded, loads * cols * triangle(load_rows + 1)},
    };
    if (array.preload == Preload::kShadow) {
        groups.push_back(shifted(load_rows * cols, loaded, loads));
    }
    return groups;
}

std::vector<RegisterGroup> output_registers(const ArrayParams& array, const ArrayWidths& widths,
                                            const ArrayActivity& activity) {
    const double rows = array.rows;
    const double cols = array.cols;
    const double pes = rows * cols;
    const auto beats = static_cast<double>(activity.beats);
    const auto drains = static_cast<double>(activity.drains);
    const int activation = array.macs_per_pe * widths.activation;
    const int weight = array.macs_per_pe * widths.weight;
    // A finished sum moves down through the rows below its own.
    const double moved = drains * cols * triangle(rows);
    const bool has_results = array.preload == Preload::kShadow;
    std::vector<RegisterGroup> groups = {
        shifted(rows * array.input_stages + array.row_skew * triangle(rows), activation, beats),
        shifted(pes, activation, beats),
        shifted(cols * array.input_stages + triangle(cols), weight, beats),
        shifted(array.row_skew == 0 ? cols : pes, weight, beats),
        shifted(pes * (array.pe_pipeline_stages - 1), widths.product(array.macs_per_pe), beats),
        {pes, widths.sum, pes * beats + (has_results ? 0 : moved)},
        shifted(triangle(cols), widths.sum, drains * rows),
        shifted(cols * array.accumulate_stages, widths.sum, drains * rows),
    };
    if (has_results) groups.push_back({pes, widths.sum, pes * drains + moved});
    return groups;
}

}  // namespace

ArrayWidths ArrayWidths::of(int activation_bits, int weight_bits, const ArrayParams& array,
                            const AccumulatorParams& accumulator) {
    const int exact = activation_bits + weight_bits + ceil_log2(array.word_channels());
    return {activation_bits, weight_bits, array.is_output_stationary() ? accumulator.bits : exact};
}

std::vector<RegisterGroup> array_registers(const ArrayParams& array, const ArrayWidths& widths,
                                           const ArrayActivity& activity) {
    return array.is_output_stationary() ? output_registers(array, widths, activity)
                                        : stationary_registers(array, widths, activity);
}

}  // namespace accelsim
