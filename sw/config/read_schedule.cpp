#include <algorithm>

#include "sw/config/sections.h"

namespace accelsim {
namespace {

constexpr IntegerRange kTileSize{1, 1'000'000};

const Choices<Mapping>& mappings() {
    static const Choices<Mapping> choices = {{"im2col", Mapping::kIm2col},
                                             {"kernel_offset", Mapping::kKernelOffset}};
    return choices;
}

void read_sizes(YamlMap& map, const ArrayParams& array, ScheduleOverride& layer) {
    map.integer({"rows_per_block", "output rows of a pixel block, before fused pooling", "pixels"},
                layer.rows_per_block, kTileSize);
    map.integer(
        {"cols_per_block", "output columns of a pixel block, before fused pooling", "pixels"},
        layer.cols_per_block, kTileSize);
    map.integer({"channels_per_block",
                 "output channels of a block, with `dataflow: is` (in the others the array's "
                 "columns are the channels of a block)",
                 "channels"},
                layer.channels_per_block, kTileSize);
    if (layer.channels_per_block && !array.is_input_stationary()) {
        map.fault("channels_per_block",
                  "is for accelerator.array.dataflow is; in the others a block's channels are the "
                  "array's columns");
    }
    map.integer(
        {"k_tiles_per_block", "tiles of the inner product that are loaded together", "tiles"},
        layer.k_tiles_per_block, kTileSize);
}

void read_loop_order(YamlMap& map, std::optional<LoopOrder>& order) {
    enum class Loop { kPixels, kChannels, kK };
    std::optional<std::vector<Loop>> loops;
    map.choice_list(
        {"loop_order",
         "blocks of output pixels, blocks of output channels and k, outermost first; k is always "
         "the last. Left out: `[pixels, channels, k]`, with `dataflow: is` `[channels, pixels, "
         "k]`"},
        loops, {{"pixels", Loop::kPixels}, {"channels", Loop::kChannels}, {"k", Loop::kK}});
    if (!loops) return;
    const std::vector<Loop> pixels_first = {Loop::kPixels, Loop::kChannels, Loop::kK};
    if (!std::is_permutation(loops->begin(), loops->end(), pixels_first.begin(),
                             pixels_first.end())) {
        map.fault("loop_order", "must name pixels, channels and k, each once");
    } else if (loops->back() != Loop::kK) {
        map.fault("loop_order",
                  "must end with k: an accumulator slot holds one output block at a time, so that "
                  "block's inner product has to be complete before the next block begins");
    } else {
        order = *loops == pixels_first ? LoopOrder::kPixelsChannels : LoopOrder::kChannelsPixels;
    }
}

/// A kept map fills one slot of the input buffer, so the layer's own input needs another.
void check_kept(YamlMap& map, const std::string& key, bool is_kept,
                const AcceleratorParams& machine) {
    if (!is_kept || machine.input_buffer.slots == 2) return;
    map.fault(key, "needs accelerator.input_buffer.slots 2: the map stays in one of them");
}

void read_layer(YamlMap& map, const AcceleratorParams& machine, ScheduleOverride& layer) {
    read_sizes(map, machine.array, layer);
    map.choice({"mapping", "this layer's, in place of `schedule.mapping`"}, layer.mapping,
               mappings());
    read_loop_order(map, layer.loop_order);
    map.boolean({"keep_output",
                 "whether the layer's output stays in the input buffer, in place of "
                 "`schedule.keep_on_chip`; true is an error where it cannot"},
                layer.keep_output);
    check_kept(map, "keep_output", layer.keep_output.value_or(false), machine);
}

}  // namespace

void read_schedule(YamlMap root, const AcceleratorParams& machine, ScheduleParams& params) {
    YamlMap map =
        root.map({"schedule",
                  "How layers are cut into tiles, and in which order. Without it, the rules of "
                  "docs/TIMING.md."});
    map.choice({"mapping",
                "how a convolution's inner product is cut into tiles of k: `im2col` runs on across "
                "kernel positions; `kernel_offset` cuts the channels of each position by "
                "themselves"},
               params.mapping, mappings());
    map.boolean({"keep_on_chip",
                 "every map that fits one slot of the input buffer and is read by the next layer "
                 "alone stays there, in place of its way through DRAM"},
                params.keep_on_chip);
    check_kept(map, "keep_on_chip", params.keep_on_chip, machine);
    YamlMap by_layer = map.map({"layers", "Single layers, by the layer's name."});
    for (auto& [name, layer] : by_layer.members(
             {"<layer>", "One layer's schedule; what is left out follows the rules."})) {
        ScheduleOverride& given = params.layers[name];
        given.where = by_layer.where_key(name);
        read_layer(layer, machine, given);
    }
}

}  // namespace accelsim
