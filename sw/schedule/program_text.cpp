#include <ostream>

#include <fmt/format.h>

#include "sw/schedule/program.h"

namespace accelsim {
namespace {

std::string text(const Box& box) {
    return fmt::format("[{}:{})x[{}:{})x[{}:{})", box.y0, box.y1, box.x0, box.x1, box.c0, box.c1);
}

std::string number(int32_t block) { return block < 0 ? "-" : std::to_string(block); }

std::string text(const LayerProgram& program, const DmaJob& job) {
    const auto block = static_cast<size_t>(job.block);
    switch (job.kind) {
        case DmaKind::kLoadWeights: {
            const WeightBlock& weights = program.weight_blocks[block];
            return fmt::format("load weights {} : {} k x {} channels from byte {}", job.block,
                               weights.rows, weights.lanes, weights.dram_address);
        }
        case DmaKind::kLoadInput:
            return fmt::format("load input {} : {}", job.block, text(program.input_blocks[block]));
        case DmaKind::kLoadResidual:
            return fmt::format("load residual {} : {}", job.block,
                               text(program.output_blocks[block].conv));
        case DmaKind::kStore:
            return fmt::format("store output {} : {}", job.block,
                               text(program.output_blocks[block].output));
    }
    return {};
}

}  // namespace

void dump_program(std::ostream& out, const LayerProgram& program) {
    const LayerRegisters& r = program.registers;
    out << fmt::format("layer {}\n", program.name)
        << fmt::format(
               "  sizes rows_per_block {} cols_per_block {} channels_per_block {} "
               "k_tiles_per_block {}\n",
               program.plan.sizes.rows_per_block, program.plan.sizes.cols_per_block,
               program.plan.sizes.channels_per_block, program.plan.sizes.k_tiles_per_block)
        << fmt::format("  input {}x{}x{} {} at byte {}\n", r.input_height, r.input_width,
                       r.input_channels, r.input_format.to_string(), r.input_address)
        << fmt::format("  output {}x{}x{} {} at byte {}\n", r.output_height, r.output_width,
                       r.output_channels, r.output_format.to_string(), r.output_address)
        << fmt::format("  window {}x{} stride {}x{} pad top {} left {}\n", r.kernel_height,
                       r.kernel_width, r.stride_height, r.stride_width, r.pad_top, r.pad_left)
        << (r.input_on_chip ? fmt::format("  input stays in slot {}\n", r.first_input_slot) : "")
        << (r.output_on_chip ? fmt::format("  output stays in slot {}\n", r.kept_output_slot) : "")
        << fmt::format("  weights {} bytes, {} MACs\n", program.plan.weights_bytes,
                       program.plan.macs);
    for (const DmaJob& job : program.dma_jobs) out << "  dma " << text(program, job) << "\n";
    for (size_t j = 0; j < program.output_blocks.size(); ++j) {
        out << fmt::format("  output block {} : {}\n", j, text(program.output_blocks[j].conv));
    }
    for (size_t i = 0; i < program.tiles.size(); ++i) {
        const TileJob& tile = program.tiles[i];
        out << fmt::format("  tile {} : output {}{} weights {} row {} input {} k [{}:{}){}{}{}{}\n",
                           i, tile.output_block,
                           tile.pixel_count == 0 ? ""
                                                 : fmt::format(" pixels [{}:{})", tile.first_pixel,
                                                               tile.first_pixel + tile.pixel_count),
                           number(tile.weight_block), tile.weight_row, number(tile.input_block),
                           tile.depth_first, tile.depth_first + tile.depth_count,
                           tile.first_fold ? " first" : "", tile.last_fold ? " last" : "",
                           tile.frees_weights ? " frees-weights" : "",
                           tile.frees_input ? " frees-input" : "");
    }
}

}  // namespace accelsim
