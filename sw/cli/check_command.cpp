#include "sw/cli/check_command.h"

#include <fmt/format.h>

#include <iostream>
#include <streambuf>

#include "sw/cli/default_table.h"
#include "sw/cli/layer_result.h"
#include "sw/cli/yaml_text.h"
#include "sw/cost/cost_model.h"
#include "sw/driver/scheduled_network.h"
#include "sw/network/load_network.h"
#include "sw/passes/fuse_batch_norm.h"
#include "sw/passes/pipeline.h"
#include "sw/report/text_table.h"

namespace accelsim {
namespace {

constexpr const char* kHead =
    "# The configuration with every key, and what it comes to. Paths are as typed: it is a\n"
    "# configuration again where they lead to the same files, as in the folder of the original.\n";

/// Writes lines as YAML comments.
class CommentLines : public std::streambuf {
  public:
    explicit CommentLines(std::streambuf* out) : out_(out) {}

  protected:
    int_type overflow(int_type letter) override {
        if (at_start_) out_->sputn("# ", 2);
        at_start_ = letter == '\n';
        return out_->sputc(traits_type::to_char_type(letter));
    }

  private:
    std::streambuf* out_;
    bool at_start_ = true;
};

std::string buffer_line(const char* name, const BufferParams& buffer, int lanes, int bits) {
    return fmt::format(
        "# {:<16}{} slots of {} bytes ({} words of {} x {} bits), {} words a cycle\n", name,
        buffer.slots, buffer.capacity_bytes / buffer.slots,
        buffer.slot_bits() / (int64_t{bits} * lanes), lanes, bits, buffer.banks);
}

std::string dram_line(const DramParams& dram) {
    if (dram.model == DramModel::kIdeal) return "# dram            ideal\n";
    const std::string fraction = dram.bytes_per_cycle_denominator == 1
                                     ? ""
                                     : fmt::format("/{}", dram.bytes_per_cycle_denominator);
    return fmt::format("# dram            {}{} bytes a cycle, latency {} cycles\n",
                       dram.bytes_per_cycle_numerator, fraction, dram.latency_cycles);
}

/// What the configuration's figures come to in the machine's own units; comments.
std::string sizes_text(const RunParams& params) {
    const AcceleratorParams& machine = params.accelerator;
    const ArrayParams& array = machine.array;
    const int activation_bits = params.quantization.activation_bits;
    const int64_t macs = int64_t{array.rows} * array.cols * array.macs_per_pe;
    return "# sizes\n" +
           fmt::format("# {:<16}{} x {} PEs, {} MACs a cycle, {} GMAC/s\n", "array", array.rows,
                       array.cols, macs, static_cast<double>(macs) * machine.clock_mhz / 1000) +
           fmt::format("# {:<16}{} slots of {} words of {} x {} bits\n", "accumulator",
                       machine.accumulator.slots, machine.accumulator.slot_words(array.cols),
                       array.cols, machine.accumulator.bits) +
           buffer_line("input_buffer", machine.input_buffer, array.word_channels(),
                       activation_bits) +
           buffer_line("weight_buffer", machine.weight_buffer,
                       array.is_input_stationary() ? array.word_channels() : array.cols,
                       params.quantization.weight_bits) +
           buffer_line("output_buffer", machine.output_buffer, array.cols, activation_bits) +
           fmt::format("# {:<16}{} slots of {} bytes\n", "residual_buffer",
                       machine.residual_buffer.slots,
                       machine.residual_buffer.capacity_bytes / machine.residual_buffer.slots) +
           dram_line(machine.dram);
}

/// The network as the accelerator runs it, without values: a schedule needs formats and shapes.
QuantizedNetwork compile_for_schedule(const RunParams& params) {
    Graph graph = load_network(params.network, params.simulation.seed, Values::kNone);
    require_batch_norm_unit(graph, params);
    return compile_structure(std::move(graph), params.fuse_batch_norm, params.quantization,
                             params.accelerator.most_block_pixels());
}

/// One image's work.
std::string network_line(const QuantizedNetwork& network, const std::vector<LayerPlan>& plans) {
    int64_t macs = 0;
    for (const LayerPlan& plan : plans) macs += plan.macs;
    return fmt::format("# {:<16}{}: {} layers, {:.2f} MMAC an image\n", "network", network.name,
                       plans.size(), static_cast<double>(macs) / 1e6);
}

std::string area_line(const CostSummary& cost) {
    return fmt::format("# {:<16}{:.3f} mm2 at {} nm\n", "area", cost.area_mm2.total().value,
                       cost.node_nm);
}

/// Which of a layer's maps stay on chip.
std::string kept_maps(const LayerScheduleSummary& schedule) {
    if (schedule.input_on_chip && schedule.output_on_chip) return "both";
    return schedule.input_on_chip ? "input" : schedule.output_on_chip ? "output" : "-";
}

/// Of inputs, weights and outputs, such as `int8*int8>uint8`.
std::string formats_text(const QuantizedLayer& layer) {
    const std::string weights = layer.has_array_work() ? "*" + layer.weight_format.to_string() : "";
    return layer.input_format.to_string() + weights + ">" + layer.output_format.to_string();
}

/// Every layer's numbers, how it is cut, its outermost loop, and what stays on chip.
std::string schedule_table(const QuantizedNetwork& network, const ScheduledNetwork& scheduled) {
    std::vector<Align> columns(14, Align::kRight);
    columns[0] = columns[2] = Align::kLeft;
    TextTable table(columns);
    table.add_row({"layer", "output", "formats", "mapping", "outermost", "rows", "cols", "channels",
                   "k_tiles", "pixel_blocks", "channel_tiles", "k_blocks", "tiles", "on_chip"});
    for (size_t i = 0; i < network.layers.size(); ++i) {
        const QuantizedLayer& layer = network.layers[i];
        const LayerScheduleSummary schedule = schedule_summary(layer, scheduled.plans()[i]);
        const std::string& order = schedule.loop_order;
        std::vector<std::string> row = {layer.name, to_string(layer.output), formats_text(layer),
                                        schedule.mapping, order.substr(0, order.find(' '))};
        for (const int64_t number :
             {schedule.rows_per_block, schedule.cols_per_block, schedule.channels_per_block,
              schedule.k_tiles_per_block, schedule.pixel_blocks, schedule.channel_tiles,
              schedule.k_blocks, schedule.tiles}) {
            row.push_back(std::to_string(number));
        }
        row.push_back(kept_maps(schedule));
        table.add_row(row);
    }
    return table.to_string();
}

}  // namespace

int check_command(const CheckOptions& options) {
    const RunParams params = load_run_params(options.config);
    const RunCosts costs = load_costs(params.energy, kDefaultEnergyTable);
    if (options.json) {
        fmt::print("{}\n", params.resolved_json);
        return 0;
    }
    const QuantizedNetwork network = compile_for_schedule(params);
    const ScheduledNetwork scheduled(params.accelerator, network, params.schedule);
    std::cout << kHead << yaml_text(params.resolved_json) << "\n"
              << sizes_text(params)
              << area_line(CostModel(costs, params.accelerator, network).summary())
              << network_line(network, scheduled.plans());
    CommentLines lines(std::cout.rdbuf());
    std::ostream comments(&lines);
    comments << "schedule\n" << schedule_table(network, scheduled);
    for (size_t i = 0; options.program && i < network.layers.size(); ++i) {
        dump_program(comments, scheduled.program(i));
    }
    std::cout.flush();
    return 0;
}

}  // namespace accelsim
