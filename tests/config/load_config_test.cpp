#include "sw/config/load_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/config/config_files.h"
#include "tests/support/test_name.h"

namespace accelsim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char* const kGemm = "network: {gemm: {m: 8, k: 16, n: 8}}\n";

class LoadConfig : public ::testing::Test {
  protected:
    /// The parameters of a file with that text after a valid network.
    RunParams load(const std::string& text, const std::vector<std::string>& sets = {}) {
        folder_.write("run.yaml", kGemm + text);
        return load_run_params(request_of("run.yaml", sets));
    }

    WorkingFolder folder_;
};

TEST_F(LoadConfig, DefaultsAreThoseOfTheParameters) {
    const RunParams params = load("");
    const RunParams defaults;
    EXPECT_EQ(params.accelerator.array.rows, defaults.accelerator.array.rows);
    EXPECT_EQ(params.accelerator.accumulator.capacity_bytes,
              defaults.accelerator.accumulator.capacity_bytes);
    EXPECT_EQ(params.accelerator.dram.bytes_per_cycle_numerator, 16);
    EXPECT_EQ(params.accelerator.dram.bytes_per_cycle_denominator, 1);
    EXPECT_EQ(params.accelerator.dram.latency_cycles, 60);
    EXPECT_EQ(params.quantization.activation_bits, 8);
    EXPECT_TRUE(params.fuse_batch_norm);
    EXPECT_FALSE(params.simulation.images);
    ASSERT_TRUE(params.network.gemm);
    EXPECT_EQ(params.network.gemm->k, 16);
}

TEST_F(LoadConfig, ReadsTheAccelerator) {
    const AcceleratorParams machine =
        load(
            "accelerator:\n"
            "  clock_mhz: 333.25\n"
            "  array: {rows: 12, cols: 14, preload: single, pe_pipeline_stages: 2, input_stages: "
            "0,\n"
            "          load_gap: 3, accumulate_stages: 4}\n"
            "  accumulator: {kib: 1.5, bits: 24, overflow: saturate, slots: 1}\n"
            "  input_buffer: {kib: 0.03125, banks: 2, slots: 2}\n"
            "  residual_buffer: {kib: 0.5, slots: 1}\n"
            "  post_processing: {stages: 7, rrelu: {state: 255, direction: right, taps: [1, 8]}}\n"
            "  dram: {model: ideal}\n")
            .accelerator;
    EXPECT_EQ(machine.clock_mhz, 333.25);
    EXPECT_EQ(machine.array.rows, 12);
    EXPECT_EQ(machine.array.cols, 14);
    EXPECT_EQ(machine.array.preload, Preload::kSingle);
    EXPECT_EQ(machine.array.pe_pipeline_stages, 2);
    EXPECT_EQ(machine.array.input_stages, 0);
    EXPECT_EQ(machine.array.load_gap, 3);
    EXPECT_EQ(machine.array.accumulate_stages, 4);
    EXPECT_EQ(machine.accumulator.capacity_bytes, 1536);
    EXPECT_EQ(machine.accumulator.bits, 24);
    EXPECT_EQ(machine.accumulator.overflow, Overflow::kSaturate);
    EXPECT_EQ(machine.accumulator.slots, 1);
    EXPECT_EQ(machine.input_buffer.capacity_bytes, 32);
    EXPECT_EQ(machine.input_buffer.banks, 2);
    EXPECT_EQ(machine.residual_buffer.capacity_bytes, 512);
    EXPECT_EQ(machine.residual_buffer.slots, 1);
    EXPECT_EQ(machine.post_processing.stages, 7);
    EXPECT_EQ(machine.post_processing.rrelu.state, 255);
    EXPECT_EQ(machine.post_processing.rrelu.direction, LfsrDirection::kRight);
    EXPECT_EQ(machine.post_processing.rrelu.taps, 0x81);
    EXPECT_EQ(machine.dram.model, DramModel::kIdeal);
}

TEST_F(LoadConfig, ReadsEveryDataflow) {
    const auto array_of = [&](const std::string& keys) {
        return load("accelerator: {array: {" + keys + "}}\n" +
                    "quantization: {activation_bits: 2, weight_bits: 4}\n")
            .accelerator.array;
    };
    EXPECT_EQ(array_of("dataflow: ws").dataflow, Dataflow::kWeightStationary);
    EXPECT_EQ(array_of("dataflow: is, macs_per_pe: 2").dataflow, Dataflow::kInputStationary);
    const ArrayParams array = array_of("dataflow: os, row_skew: 0, macs_per_pe: 2");
    EXPECT_EQ(array.dataflow, Dataflow::kOutputStationary);
    EXPECT_EQ(array.row_skew, 0);
    EXPECT_EQ(array.macs_per_pe, 2);
    const PostProcessingParams post = load("").accelerator.post_processing;
    EXPECT_EQ(post.rrelu.state, LfsrParams{}.state);
    EXPECT_EQ(post.rrelu.taps, LfsrParams{}.taps) << "the published taps 8, 6, 5, 4";
}

TEST_F(LoadConfig, ReadsTheSchedule) {
    const ScheduleParams schedule =
        load(
            "accelerator: {array: {dataflow: is}}\n"
            "schedule:\n"
            "  mapping: kernel_offset\n"
            "  keep_on_chip: true\n"
            "  layers:\n"
            "    a: {channels_per_block: 12, loop_order: [pixels, channels, k], mapping: im2col}\n"
            "    b: {cols_per_block: 5, loop_order: [channels, pixels, k], keep_output: false}\n"
            "    c: {loop_order: null, mapping: null, keep_output: null}\n")
            .schedule;
    EXPECT_EQ(schedule.mapping, Mapping::kKernelOffset);
    EXPECT_TRUE(schedule.keep_on_chip);
    const ScheduleOverride a = schedule.of("a");
    EXPECT_EQ(a.channels_per_block, 12);
    EXPECT_EQ(a.loop_order, LoopOrder::kPixelsChannels);
    EXPECT_EQ(a.mapping, Mapping::kIm2col);
    EXPECT_FALSE(a.keep_output);
    const ScheduleOverride b = schedule.of("b");
    EXPECT_EQ(b.cols_per_block, 5);
    EXPECT_EQ(b.loop_order, LoopOrder::kChannelsPixels);
    EXPECT_EQ(b.mapping, Mapping::kKernelOffset) << "the network's";
    ASSERT_TRUE(b.keep_output);
    EXPECT_FALSE(*b.keep_output);
    const ScheduleOverride& c = schedule.layers.at("c");
    EXPECT_FALSE(c.loop_order);
    EXPECT_FALSE(c.mapping);
    EXPECT_FALSE(c.keep_output);
    EXPECT_EQ(schedule.of("unnamed").mapping, Mapping::kKernelOffset);
    EXPECT_EQ(load("").schedule.mapping, Mapping::kIm2col);
    EXPECT_FALSE(load("").schedule.keep_on_chip);
}

TEST_F(LoadConfig, ReadsTheRun) {
    folder_.write("images.bin", "x");
    const RunParams params = load(
        "quantization: {activation_bits: 4, weight_bits: 2, per_channel_weights: false,\n"
        "  requantize: shift_floor, calibration: {images: images.bin, first: 5, limit: 7,\n"
        "  method: percentile, percentile: 99.5}, batch_norm: {value_bits: 12, scale_bits: 9}}\n"
        "passes: [quantize]\n"
        "schedule: {layers: {conv1: {rows_per_block: 4}, fc.2: {k_tiles_per_block: 3}}}\n"
        "simulation: {images: images.bin, first: 1, limit: 9, simulate: 3, verify: false,\n"
        "  seed: 42, watchdog_cycles: 5000}\n"
        "report: {output: results}\n");
    EXPECT_EQ(params.quantization.activation_bits, 4);
    EXPECT_EQ(params.quantization.weight_bits, 2);
    EXPECT_FALSE(params.quantization.per_channel_weights);
    EXPECT_EQ(params.quantization.requantize, RequantizeRule::kShiftFloor);
    EXPECT_EQ(params.quantization.calibration.images, "images.bin");
    EXPECT_EQ(params.quantization.calibration.first, 5);
    EXPECT_EQ(params.quantization.calibration.limit, 7);
    EXPECT_EQ(params.quantization.calibration.method, CalibrationMethod::kPercentile);
    EXPECT_EQ(params.quantization.calibration.percentile, 99.5);
    EXPECT_EQ(params.quantization.batch_norm.value_bits, 12);
    EXPECT_EQ(params.quantization.batch_norm.scale_bits, 9);
    EXPECT_FALSE(params.fuse_batch_norm);
    EXPECT_EQ(params.where_passes.line, 5);
    EXPECT_EQ(params.schedule.layers.at("conv1").rows_per_block, 4);
    EXPECT_FALSE(params.schedule.layers.at("conv1").k_tiles_per_block);
    EXPECT_EQ(params.schedule.layers.at("fc.2").k_tiles_per_block, 3);
    EXPECT_EQ(params.schedule.layers.at("fc.2").where.file, "run.yaml");
    EXPECT_EQ(params.schedule.layers.at("fc.2").where.line, 6);
    EXPECT_EQ(params.schedule.layers.at("fc.2").where.column, 49);
    EXPECT_EQ(params.simulation.images, "images.bin");
    EXPECT_EQ(params.simulation.first, 1);
    EXPECT_EQ(params.simulation.limit, 9);
    EXPECT_EQ(params.simulation.simulate, 3);
    EXPECT_FALSE(params.simulation.verify);
    EXPECT_EQ(params.simulation.seed, 42u);
    EXPECT_EQ(params.simulation.watchdog_cycles, 5000);
    ASSERT_TRUE(params.report.output);
    EXPECT_EQ(params.report.output->path, "results");
    EXPECT_EQ(params.report.output->where.line, 9);
    EXPECT_EQ(params.report.output->where.column, 18);
}

TEST_F(LoadConfig, AnIdealDramNeedsNoFractionOfTheClock) {
    const auto params =
        load("", {"accelerator.clock_mhz=333.3333333333", "accelerator.dram.model=ideal"});
    EXPECT_EQ(params.accelerator.dram.model, DramModel::kIdeal);
}

struct DramCase {
    const char* text;
    int64_t numerator;
    int64_t denominator;
    int64_t latency_cycles;
};

void PrintTo(const DramCase& figures, std::ostream* out) { *out << test_name(figures.text); }

class DramFigures : public LoadConfig, public ::testing::WithParamInterface<DramCase> {};

TEST_P(DramFigures, AreExact) {
    const DramParams dram = load(GetParam().text).accelerator.dram;
    EXPECT_EQ(dram.bytes_per_cycle_numerator, GetParam().numerator);
    EXPECT_EQ(dram.bytes_per_cycle_denominator, GetParam().denominator);
    EXPECT_EQ(dram.latency_cycles, GetParam().latency_cycles);
}

INSTANTIATE_TEST_SUITE_P(
    All, DramFigures,
    ::testing::Values(
        DramCase{"accelerator: {clock_mhz: 500, dram: {gb_per_s: 8, latency_ns: 120}}", 16, 1, 60},
        DramCase{"accelerator: {clock_mhz: 1000, dram: {gb_per_s: 12.8, latency_ns: 0.1}}", 64, 5,
                 1},
        DramCase{"accelerator: {clock_mhz: 333.3, dram: {gb_per_s: 12.8, latency_ns: 10}}", 128000,
                 3333, 4},
        DramCase{"accelerator: {dram: {bytes_per_cycle: 0.75, latency_cycles: 0}}", 3, 4, 0},
        DramCase{"accelerator: {dram: {bytes_per_cycle: 3.2, latency_cycles: 7}}", 16, 5, 7},
        DramCase{"accelerator: {dram: {bytes_per_cycle: 16, latency_ns: 0}}", 16, 1, 0}));

TEST_F(LoadConfig, LaterKeysWinOneByOne) {
    folder_.write("hw/base.yaml",
                  "include: deeper.yaml\naccelerator: {array: {rows: 4, cols: 4}}\n");
    folder_.write("hw/deeper.yaml",
                  "accelerator: {array: {rows: 2, load_gap: 5}}\nsimulation: {seed: 9}\n");
    const RunParams params = load("include: hw/base.yaml\naccelerator: {array: {cols: 6}}\n",
                                  {"accelerator.array.load_gap=1", "passes=[quantize]"});
    EXPECT_EQ(params.accelerator.array.rows, 4);
    EXPECT_EQ(params.accelerator.array.cols, 6);
    EXPECT_EQ(params.accelerator.array.load_gap, 1);
    EXPECT_EQ(params.simulation.seed, 9u);
    EXPECT_FALSE(params.fuse_batch_norm);
}

TEST_F(LoadConfig, LaterNetworkReplacesEarlierOneAndItsInput) {
    folder_.write("net.yaml", "");
    folder_.write("base.yaml", "network: {yaml: net.yaml, input: {scale: 255}}\n");
    const RunParams replaced = load("include: base.yaml\n", {"network.gemm.k=32"});
    EXPECT_FALSE(replaced.network.yaml);
    EXPECT_FALSE(replaced.network.input);
    EXPECT_EQ(replaced.network.gemm->k, 32);
    EXPECT_EQ(replaced.network.gemm->m, 8);

    folder_.write("same.yaml", "include: base.yaml\nnetwork: {yaml: net.yaml}\n");
    EXPECT_EQ(load_run_params(request_of("same.yaml")).network.input->scale, 255);
}

TEST_F(LoadConfig, LaterUnitsOfTheDramReplaceEarlierOnes) {
    folder_.write("base.yaml", "accelerator: {dram: {gb_per_s: 4, latency_ns: 20}}\n");
    const DramParams dram =
        load("include: base.yaml\naccelerator: {dram: {bytes_per_cycle: 2}}\n").accelerator.dram;
    EXPECT_EQ(dram.bytes_per_cycle_numerator, 2);
    EXPECT_EQ(dram.latency_cycles, 10);
}

TEST_F(LoadConfig, PathsStartAtTheFileThatStatesThem) {
    folder_.write("sub/net.yaml", "");
    folder_.write("sub/base.yaml", "network: {yaml: net.yaml}\n");
    folder_.write("data/x.bin", "x");
    folder_.write("run.yaml",
                  "include: sub/base.yaml\nsimulation: {images: \"${ACCELSIM_DATA}/x.bin\"}\n");
    const RunParams params = load_run_params(request_of("run.yaml"));
    EXPECT_EQ(params.network.yaml, "sub/net.yaml");
    EXPECT_EQ(params.network.typed_path, "net.yaml");
    EXPECT_EQ(params.simulation.images, "data/x.bin");
    EXPECT_EQ(params.simulation.typed_images, "${ACCELSIM_DATA}/x.bin");
}

TEST_F(LoadConfig, AbsentImagesBecomeSeededOnesOnlyWhereAllowed) {
    const std::string images = "images: \"${ACCELSIM_DATA}/no.bin\"";
    const RunParams params =
        load("simulation: {" + images + ", if_images_absent: seeded, labels: no.labels}\n");
    EXPECT_FALSE(params.simulation.images);
    EXPECT_FALSE(params.simulation.labels);
    EXPECT_EQ(params.simulation.typed_images, "${ACCELSIM_DATA}/no.bin");
    EXPECT_THROW(load("simulation: {" + images + "}\n"), UserError);
}

TEST_F(LoadConfig, ResolvedConfigurationLoadsToItself) {
    const std::string resolved =
        load(
            "accelerator: {clock_mhz: 333.3, dram: {bytes_per_cycle: 0.75}}\n"
            "schedule: {keep_on_chip: true, layers: {gemm: {rows_per_block: 4, mapping: "
            "kernel_offset,\n"
            "  loop_order: [channels, pixels, k], keep_output: false}, other: {}}}\n"
            "simulation: {limit: 5}\n")
            .resolved_json;
    EXPECT_THAT(resolved, HasSubstr(R"("rrelu":{"state":12,"direction":"left","taps":[8,6,5,4]})"));
    EXPECT_THAT(resolved,
                HasSubstr(R"("loop_order":["channels","pixels","k"],"keep_output":false)"));
    EXPECT_THAT(resolved, HasSubstr(R"("mapping":null,"loop_order":null,"keep_output":null)"));
    EXPECT_THAT(resolved, HasSubstr(R"("fidelity":"transaction","values":true)"));
    EXPECT_THAT(resolved, HasSubstr(R"("limit":5,"simulate":5)"));
    EXPECT_THAT(resolved, HasSubstr(R"("bytes_per_cycle":0.75,"latency_ns":120)"));
    folder_.write("resolved.yaml", resolved);
    EXPECT_EQ(load_run_params(request_of("resolved.yaml")).resolved_json, resolved);
}

}  // namespace
}  // namespace accelsim
