#include <gtest/gtest.h>

#include "tests/config/wrong_config.h"

namespace accelsim {
namespace {

class WrongAccelerator : public WrongConfig {};

TEST_P(WrongAccelerator, IsToldWithItsPlace) { expect_told(kGemm); }

INSTANTIATE_TEST_SUITE_P(
    All, WrongAccelerator,
    ::testing::Values(
        Wrong{"accelerator: {family: streaming}",
              "2:23: accelerator.family: must be systolic ('streaming' is not available yet), got "
              "streaming"},
        Wrong{"accelerator: {array: {rows: 0}}",
              "2:29: accelerator.array.rows: must be an integer from 1 to 1024, got 0"},
        Wrong{"accelerator: {array: {row: 4}}",
              "2:23: accelerator.array.row: no such key, did you mean 'rows'?"},
        Wrong{"accelerator:\n  array:\n    cols: 010\n",
              "4:11: accelerator.array.cols: must be an integer from 1 to 1024, got 010"},
        Wrong{"accelerator: {array: {dataflow: ows}}",
              "2:33: accelerator.array.dataflow: must be one of ws, os, is (did you mean 'ws'?), "
              "got ows"},
        Wrong{"accelerator: {array: {macs_per_pe: 3}}",
              "2:36: accelerator.array.macs_per_pe: must be an integer from 1 to 2, got 3"},
        Wrong{"accelerator: {array: {macs_per_pe: 2}}",
              "2:36: accelerator.array.macs_per_pe: 2 needs quantization.activation_bits 2 and "
              "weight_bits of at most 4 (they are 8 and 8), got 2"},
        Wrong{"quantization: {activation_bits: 2, weight_bits: 5}\n"
              "accelerator: {array: {macs_per_pe: 2}}",
              "3:36: accelerator.array.macs_per_pe: 2 needs quantization.activation_bits 2 and "
              "weight_bits of at most 4 (they are 2 and 5), got 2"},
        Wrong{"quantization: {activation_bits: 3, weight_bits: 4}\n"
              "accelerator: {array: {macs_per_pe: 2}}",
              "3:36: accelerator.array.macs_per_pe: 2 needs quantization.activation_bits 2 and "
              "weight_bits of at most 4 (they are 3 and 4), got 2"},
        Wrong{"accelerator: {array: {row_skew: 2}}",
              "2:33: accelerator.array.row_skew: must be an integer from 0 to 1, got 2"},
        Wrong{"accelerator: {array: {row_skew: 0, dataflow: is}}",
              "2:33: accelerator.array.row_skew: 0 is for dataflow os: elsewhere sums go from row "
              "to row, got 0"},
        Wrong{"accelerator: {residual_buffer: {kib: 0.3}}",
              "2:38: accelerator.residual_buffer.kib: must make whole bytes, got 0.3"},
        Wrong{"accelerator: {residual_buffer: {banks: 4}}",
              "2:33: accelerator.residual_buffer.banks: no such key (known here: kib, slots)"},
        Wrong{"accelerator: {post_processing: {rrelu: {state: 0}}}",
              "2:48: accelerator.post_processing.rrelu.state: must be an integer from 1 to 255, "
              "got 0"},
        Wrong{"accelerator: {post_processing: {rrelu: {direction: up}}}",
              "2:52: accelerator.post_processing.rrelu.direction: must be one of left, right, got "
              "up"},
        Wrong{
            "accelerator: {post_processing: {rrelu: {taps: [8, 9]}}}",
            "2:51: accelerator.post_processing.rrelu.taps: must be an integer from 1 to 8, got 9"},
        Wrong{"accelerator: {post_processing: {rrelu: {taps: [8, 6, 8]}}}",
              "2:47: accelerator.post_processing.rrelu.taps: must name tap 8 once only, got a "
              "list"},
        Wrong{"accelerator: {post_processing: {rrelu: {taps: []}}}",
              "2:47: accelerator.post_processing.rrelu.taps: must be a list of 1 to 8, each an "
              "integer from 1 to 8, got 0 of them"},
        Wrong{
            "accelerator: {array: {preload: shaddow}}",
            "2:32: accelerator.array.preload: must be one of shadow, single, drained (did you mean "
            "'shadow'?), got shaddow"},
        Wrong{
            "accelerator: {clock_mhz: -1}",
            "2:26: accelerator.clock_mhz: must be a number from 0.001 to 100000, with no more than "
            "10 decimals, got -1"},
        Wrong{
            "accelerator: {clock_mhz: 0.0009}",
            "2:26: accelerator.clock_mhz: must be a number from 0.001 to 100000, with no more than "
            "10 decimals, got 0.0009"},
        Wrong{"accelerator: {accumulator: {bits: 7}}",
              "2:35: accelerator.accumulator.bits: must be an integer from 8 to 64, got 7"},
        Wrong{"accelerator: {accumulator: {bits: 65}}",
              "2:35: accelerator.accumulator.bits: must be an integer from 8 to 64, got 65"},
        Wrong{"accelerator: {array: {cols: 64}, accumulator: {kib: 0.25}}",
              "2:53: accelerator.accumulator.kib: a slot must hold at least one word of 64 x 32 "
              "bits, "
              "got 0.25"},
        Wrong{"accelerator: {input_buffer: {slots: 3}}",
              "2:37: accelerator.input_buffer.slots: must be an integer from 1 to 2, got 3"},
        Wrong{"accelerator: {weight_buffer: {kib: 0.3}}",
              "2:36: accelerator.weight_buffer.kib: must make whole bytes, got 0.3"},
        Wrong{"accelerator: {output_buffer: {kib: 0.0009765625}}",
              "2:36: accelerator.output_buffer.kib: must make whole bytes in each of 2 slots, got "
              "0.0009765625"},
        Wrong{"accelerator: {post_processing: {batch_norm_unit: 1}}",
              "2:50: accelerator.post_processing.batch_norm_unit: must be true or false, got 1"},
        Wrong{
            "accelerator: {dram: {model: ddr}}",
            "2:29: accelerator.dram.model: must be one of ideal, bandwidth ('ddr' is not available "
            "yet), got ddr"},
        Wrong{
            "accelerator: {dram: {gb_per_s: 8, bytes_per_cycle: 16}}",
            "2:52: accelerator.dram.bytes_per_cycle: must not be given together with gb_per_s, got "
            "16"},
        Wrong{"accelerator: {dram: {latency_ns: 8, latency_cycles: 16}}",
              "2:53: accelerator.dram.latency_cycles: must not be given together with latency_ns, "
              "got "
              "16"},
        Wrong{"accelerator: {dram: {bytes_per_cycle: lots}}",
              "2:39: accelerator.dram.bytes_per_cycle: must be a number above 0, at most 1000000, "
              "with "
              "no more than 10 decimals, got lots"},
        Wrong{"accelerator: {clock_mhz: 0.001, dram: {gb_per_s: 1000000}}",
              "2:50: accelerator.dram.gb_per_s: must make a fraction of at most 2^32 over 2^32 "
              "bytes a "
              "cycle, got 1000000"},
        Wrong{"accelerator: {clock_mhz: 333.3333333333}",
              "2:26: accelerator.clock_mhz: must make, of dram.gb_per_s 8, a fraction of at most "
              "2^32 over 2^32 bytes a cycle, got 333.3333333333"},
        Wrong{"accelerator: {clock_mhz: 100000, dram: {latency_ns: 1000000}}",
              "2:53: accelerator.dram.latency_ns: must make at most 1000000 cycles, got 1000000"}));

class WrongSchedule : public WrongConfig {};

TEST_P(WrongSchedule, IsToldWithItsPlace) { expect_told(kGemm); }

INSTANTIATE_TEST_SUITE_P(
    All, WrongSchedule,
    ::testing::Values(
        Wrong{"schedule: {mapping: im2row}",
              "2:21: schedule.mapping: must be one of im2col, kernel_offset (did you mean "
              "'im2col'?), got im2row"},
        Wrong{"schedule: {layers: {a: {mapping: kernel}}}",
              "2:34: schedule.layers.a.mapping: must be one of im2col, kernel_offset, got kernel"},
        Wrong{"schedule: {layers: {a: {channels_per_block: 16}}}",
              "2:45: schedule.layers.a.channels_per_block: is for accelerator.array.dataflow is; "
              "in the others a block's channels are the array's columns, got 16"},
        Wrong{"schedule: {layers: {a: {loop_order: [channels, k, pixels]}}}",
              "2:37: schedule.layers.a.loop_order: must end with k: an accumulator slot holds one "
              "output block at a time, so that block's inner product has to be complete before "
              "the next block begins, got a list"},
        Wrong{"schedule: {layers: {a: {loop_order: [channels, k]}}}",
              "2:37: schedule.layers.a.loop_order: must name pixels, channels and k, each once, "
              "got a list"},
        Wrong{"schedule: {layers: {a: {loop_order: [pixels, pixels, k]}}}",
              "2:37: schedule.layers.a.loop_order: must name pixels, channels and k, each once, "
              "got a list"},
        Wrong{"schedule: {layers: {a: {loop_order: []}}}",
              "2:37: schedule.layers.a.loop_order: must name pixels, channels and k, each once, "
              "got a list"},
        Wrong{"schedule: {layers: {a: {loop_order: [pixel, channels, k]}}}",
              "2:38: schedule.layers.a.loop_order: must be one of pixels, channels, k (did you "
              "mean 'pixels'?), got pixel"},
        Wrong{"schedule: {layers: {a: {loop_order: k}}}",
              "2:37: schedule.layers.a.loop_order: must be a list of pixels | channels | k, got "
              "k"},
        Wrong{"schedule: {layers: {a: {keep_output: maybe}}}",
              "2:38: schedule.layers.a.keep_output: must be true or false, got maybe"},
        Wrong{"schedule: {keep_on_chip: true}\naccelerator: {input_buffer: {slots: 1}}",
              "2:26: schedule.keep_on_chip: needs accelerator.input_buffer.slots 2: the map stays "
              "in one of them, got true"},
        Wrong{"schedule: {layers: {a: {keep_output: true}}}\n"
              "accelerator: {input_buffer: {slots: 1}}",
              "2:38: schedule.layers.a.keep_output: needs accelerator.input_buffer.slots 2: the "
              "map stays in one of them, got true"}));

}  // namespace
}  // namespace accelsim
