#include "hw/control/job_builder.h"

#include "hw/stream/word_layout.h"
#include "sw/timing/scoreboard.h"

namespace accelsim {

JobBuilder::JobBuilder(const AcceleratorParams& params)
    : array_(params.array),
      accumulator_slots_(params.accumulator.slots),
      weight_slots_(params.weight_buffer.slots),
      output_slots_(params.output_buffer.slots),
      residual_slots_(params.residual_buffer.slots) {}

DmaTransfer JobBuilder::transfer(const ProgramSource& program, const DmaJob& job) const {
    const LayerRegisters& layer = program.registers();
    DmaTransfer transfer;
    transfer.kind = job.kind;
    switch (job.kind) {
        case DmaKind::kLoadWeights: {
            const WeightBlock& block = program.weight_block(job.block);
            transfer.slot = slot_of(job.block, weight_slots_);
            transfer.map_width = array_.is_input_stationary() ? block.lanes : block.rows;
            transfer.map_channels = array_.is_input_stationary() ? block.rows : block.lanes;
            transfer.box = {0, 1, 0, transfer.map_width, 0, transfer.map_channels};
            transfer.dram_address = block.dram_address;
            transfer.format = layer.weight_format;
            break;
        }
        case DmaKind::kLoadInput:
            transfer.slot = layer.input_slot_of(job.block);
            transfer.box = program.input_block(job.block);
            transfer.map_width = layer.input_width;
            transfer.map_channels = layer.input_channels;
            transfer.dram_address = layer.input_address;
            transfer.format = layer.input_format;
            break;
        case DmaKind::kLoadResidual:
            transfer.slot = slot_of(job.block, residual_slots_);
            transfer.box = program.output_block(job.block).conv;
            transfer.map_width = layer.conv_width;
            transfer.map_channels = layer.output_channels;
            transfer.dram_address = layer.residual_address;
            transfer.format = layer.residual_format;
            break;
        case DmaKind::kStore:
            transfer.slot = slot_of(job.block, output_slots_);
            transfer.box = program.output_block(job.block).output;
            transfer.map_width = layer.output_width;
            transfer.map_channels = layer.output_channels;
            transfer.dram_address = layer.output_address;
            transfer.format = layer.output_format;
            transfer.pitch = output_pitch(layer, program.output_block(job.block), array_);
            transfer.on_chip = layer.output_on_chip;
            transfer.on_chip_slot = layer.kept_output_slot;
            break;
    }
    return transfer;
}

TileOperands JobBuilder::operands(const ProgramSource& program, int64_t tile_index) const {
    const LayerRegisters& layer = program.registers();
    const TileJob& tile = program.tile(tile_index);
    const OutputBlock& block = program.output_block(tile.output_block);
    TileOperands job;
    job.layer = &layer;
    if (tile.input_block >= 0) {
        job.input = program.input_block(tile.input_block);
        job.input_slot = layer.input_slot_of(tile.input_block);
    }
    job.pixels = block.conv;
    job.first_pixel = tile.first_pixel;
    job.pixel_count = tile.pixel_count;
    job.depth_first = tile.depth_first;
    job.depth_count = tile.depth_count;
    job.group_first_channel = block.conv.c0 / layer.group_out_channels * layer.group_channels;
    if (tile.weight_block >= 0) {
        job.weight_slot = slot_of(tile.weight_block, weight_slots_);
        job.weight_row = tile.weight_row;
        job.weight_rows = program.weight_block(tile.weight_block).rows;
        job.weight_lanes = program.weight_block(tile.weight_block).lanes;
    }
    job.accumulator_slot = slot_of(tile.output_block, accumulator_slots_);
    job.first_fold = tile.first_fold;
    job.last_fold = tile.last_fold;
    job.frees_input = tile.frees_input;
    job.frees_weights = tile.frees_weights;
    // Of an output-stationary layer the first sums are those of the first tile that drains.
    job.first_of_layer =
        tile_index == (array_.is_output_stationary() && layer.uses_array ? layer.k_blocks - 1 : 0);
    return job;
}

PostJob JobBuilder::post(const ProgramSource& program, int64_t output_block) const {
    PostJob job;
    job.layer = &program.registers();
    job.block = program.output_block(output_block);
    job.accumulator_slot = slot_of(output_block, accumulator_slots_);
    job.output_slot = slot_of(output_block, output_slots_);
    job.residual_slot = slot_of(output_block, residual_slots_);
    job.first_of_layer = output_block == 0;
    return job;
}

}  // namespace accelsim
