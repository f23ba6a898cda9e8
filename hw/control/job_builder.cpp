#include "hw/control/job_builder.h"

#include "sw/timing/scoreboard.h"

namespace accelsim {

JobBuilder::JobBuilder(const AcceleratorParams& params)
    : accumulator_slots_(params.accumulator.slots),
      input_slots_(params.input_buffer.slots),
      weight_slots_(params.weight_buffer.slots),
      output_slots_(params.output_buffer.slots) {}

DmaTransfer JobBuilder::transfer(const ProgramSource& program, const DmaJob& job) const {
    const LayerRegisters& layer = program.registers();
    DmaTransfer transfer;
    transfer.kind = job.kind;
    switch (job.kind) {
        case DmaKind::kLoadWeights: {
            const WeightBlock& block = program.weight_block(job.block);
            transfer.slot = slot_of(job.block, weight_slots_);
            transfer.box = {0, 1, 0, block.rows, 0, block.lanes};
            transfer.map_width = block.rows;
            transfer.map_channels = block.lanes;
            transfer.dram_address = block.dram_address;
            transfer.format = layer.weight_format;
            break;
        }
        case DmaKind::kLoadInput:
            transfer.slot = slot_of(job.block, input_slots_);
            transfer.box = program.input_block(job.block);
            transfer.map_width = layer.input_width;
            transfer.map_channels = layer.input_channels;
            transfer.dram_address = layer.input_address;
            transfer.format = layer.input_format;
            break;
        case DmaKind::kStore:
            transfer.slot = slot_of(job.block, output_slots_);
            transfer.box = program.output_block(job.block).output;
            transfer.map_width = layer.output_width;
            transfer.map_channels = layer.output_channels;
            transfer.dram_address = layer.output_address;
            transfer.format = layer.output_format;
            break;
    }
    return transfer;
}

LoadJob JobBuilder::load(const ProgramSource& program, const TileJob& tile) const {
    LoadJob job;
    job.slot = slot_of(tile.weight_block, weight_slots_);
    job.first_row = tile.weight_row;
    job.rows = tile.depth_count;
    job.lanes = program.weight_block(tile.weight_block).lanes;
    job.frees_slot = tile.frees_weights;
    return job;
}

FeedJob JobBuilder::feed(const ProgramSource& program, int64_t tile_index) const {
    const LayerRegisters& layer = program.registers();
    const TileJob& tile = program.tile(tile_index);
    const OutputBlock& block = program.output_block(tile.output_block);
    FeedJob job;
    job.layer = &layer;
    if (tile.input_block >= 0) {
        job.input = program.input_block(tile.input_block);
        job.input_slot = slot_of(tile.input_block, input_slots_);
    }
    job.pixels = block.conv;
    job.depth_first = tile.depth_first;
    job.depth_count = tile.depth_count;
    job.group_first_channel = block.conv.c0 / layer.group_out_channels * layer.group_channels;
    job.accumulator_slot = slot_of(tile.output_block, accumulator_slots_);
    job.first_fold = tile.first_fold;
    job.frees_slot = tile.frees_input;
    job.first_of_layer = tile_index == 0;
    return job;
}

PostJob JobBuilder::post(const ProgramSource& program, int64_t output_block) const {
    PostJob job;
    job.layer = &program.registers();
    job.block = program.output_block(output_block);
    job.accumulator_slot = slot_of(output_block, accumulator_slots_);
    job.output_slot = slot_of(output_block, output_slots_);
    return job;
}

}  // namespace accelsim
