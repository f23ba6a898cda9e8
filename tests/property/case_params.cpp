#include "tests/property/case_params.h"

namespace accelsim {
namespace {

BufferParams to_buffer(const oracle::Buffer& buffer) {
    return {buffer.capacity_bytes, static_cast<int>(buffer.banks), static_cast<int>(buffer.slots)};
}

Dataflow to_dataflow(oracle::Dataflow dataflow) {
    switch (dataflow) {
        case oracle::Dataflow::kWeightStationary:
            return Dataflow::kWeightStationary;
        case oracle::Dataflow::kOutputStationary:
            return Dataflow::kOutputStationary;
        case oracle::Dataflow::kInputStationary:
            return Dataflow::kInputStationary;
    }
    return Dataflow::kWeightStationary;
}

Preload to_preload(oracle::Preload preload) {
    switch (preload) {
        case oracle::Preload::kShadow:
            return Preload::kShadow;
        case oracle::Preload::kSingle:
            return Preload::kSingle;
        case oracle::Preload::kDrained:
            return Preload::kDrained;
    }
    return Preload::kShadow;
}

ArrayParams to_array(const oracle::Accelerator& from) {
    ArrayParams array;
    array.rows = static_cast<int>(from.rows);
    array.cols = static_cast<int>(from.cols);
    array.dataflow = to_dataflow(from.dataflow);
    array.preload = to_preload(from.preload);
    array.macs_per_pe = static_cast<int>(from.macs_per_pe);
    array.pe_pipeline_stages = static_cast<int>(from.pe_pipeline_stages);
    array.input_stages = static_cast<int>(from.input_stages);
    array.load_gap = static_cast<int>(from.load_gap);
    array.row_skew = static_cast<int>(from.row_skew);
    array.accumulate_stages = static_cast<int>(from.accumulate_stages);
    return array;
}

LfsrParams random_lfsr(uint64_t seed) {
    oracle::Random random(seed ^ 0x1f5);
    LfsrParams lfsr;
    lfsr.state = static_cast<uint8_t>(random.between(1, 255));
    lfsr.direction = random.pick({LfsrDirection::kLeft, LfsrDirection::kRight});
    lfsr.taps = static_cast<uint8_t>(random.between(1, 255));
    return lfsr;
}

}  // namespace

AcceleratorParams to_params(const oracle::RandomCase& drawn) {
    const oracle::Accelerator& from = drawn.accelerator;
    AcceleratorParams params;
    params.array = to_array(from);
    params.accumulator.capacity_bytes = from.accumulator.capacity_bytes;
    params.accumulator.bits = static_cast<int>(from.accumulator_bits);
    params.accumulator.overflow =
        drawn.accumulator_saturates ? Overflow::kSaturate : Overflow::kWrap;
    params.accumulator.slots = static_cast<int>(from.accumulator.slots);
    params.input_buffer = to_buffer(from.input_buffer);
    params.weight_buffer = to_buffer(from.weight_buffer);
    params.output_buffer = to_buffer(from.output_buffer);
    params.residual_buffer = to_buffer(from.residual_buffer);
    params.post_processing.stages = static_cast<int>(from.post_processing_stages);
    params.post_processing.batch_norm_unit = from.batch_norm_unit;
    params.post_processing.rrelu = random_lfsr(drawn.seed);
    params.dram.model = from.dram.ideal ? DramModel::kIdeal : DramModel::kBandwidth;
    params.dram.bytes_per_cycle_numerator = from.dram.bytes_per_cycle_numerator;
    params.dram.bytes_per_cycle_denominator = from.dram.bytes_per_cycle_denominator;
    params.dram.latency_cycles = from.dram.latency_cycles;
    return params;
}

ScheduleOverride to_schedule(const oracle::RandomCase& drawn) {
    const oracle::SizeOverrides& from = drawn.overrides;
    ScheduleOverride schedule;
    schedule.rows_per_block = from.rows_per_block;
    schedule.cols_per_block = from.cols_per_block;
    schedule.channels_per_block = from.channels_per_block;
    schedule.k_tiles_per_block = from.k_tiles_per_block;
    if (drawn.layer.kind == oracle::LayerKind::kConvolution) {
        schedule.mapping =
            from.mapping == oracle::Mapping::kIm2col ? Mapping::kIm2col : Mapping::kKernelOffset;
    }
    if (from.loop_order) {
        schedule.loop_order = *from.loop_order == oracle::LoopOrder::kPixelsChannels
                                  ? LoopOrder::kPixelsChannels
                                  : LoopOrder::kChannelsPixels;
    }
    schedule.keep_output = from.output_kept;
    return schedule;
}

}  // namespace accelsim
