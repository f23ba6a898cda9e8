#include <gtest/gtest.h>

#include "tests/config/wrong_config.h"

namespace accelsim {
namespace {

class WrongRun : public WrongConfig {};

TEST_P(WrongRun, IsToldWithItsPlace) { expect_told(kGemm); }

INSTANTIATE_TEST_SUITE_P(
    All, WrongRun,
    ::testing::Values(
        Wrong{"acelerator: {}", "2:1: acelerator: no such key, did you mean 'accelerator'?"},
        Wrong{"energy: {table: t.yaml}",
              "2:17: energy.table: file must exist (looked for t.yaml), got t.yaml"},
        Wrong{"energy: {dram: [1]}", "2:16: energy.dram: must be text, got a list"},
        Wrong{"energy: {node_nm: 0}",
              "2:19: energy.node_nm: must be a number above 0, at most 1000, got 0"},
        Wrong{"energy: {voltage_v: -1}",
              "2:21: energy.voltage_v: must be a number above 0, at most 10, got -1"},
        Wrong{"network: {}", "2:1: network: given twice (first at line 1), got a map"},
        Wrong{"quantization: {activation_bits: 17}",
              "2:33: quantization.activation_bits: must be an integer from 2 to 16, got 17"},
        Wrong{"quantization: {layers: {gemm: {weight_bits: 1}}}",
              "2:45: quantization.layers.gemm.weight_bits: must be an integer from 2 to 16, got 1"},
        Wrong{"quantization: {layers: {gemm: {output_scale: 0}}}",
              "2:46: quantization.layers.gemm.output_scale: must be a number above 0, at most "
              "1000000000, got 0"},
        Wrong{"quantization: {layers: {gemm: {bits: 4}}}",
              "2:32: quantization.layers.gemm.bits: no such key (known here: weight_bits, "
              "activation_bits, output_scale)"},
        Wrong{"quantization: {batch_norm: {value_bits: 17}}",
              "2:41: quantization.batch_norm.value_bits: must be an integer from 2 to 16, got 17"},
        Wrong{"quantization: {batch_norm: {scale_bits: 1}}",
              "2:41: quantization.batch_norm.scale_bits: must be an integer from 2 to 16, got 1"},
        Wrong{"quantization: {requantize: scale_rne}",
              "2:28: quantization.requantize: must be one of multiplier_round, shift_floor "
              "('scale_rne' is not available yet), got scale_rne"},
        Wrong{"quantization: {calibration: {method: entropy}}",
              "2:38: quantization.calibration.method: must be one of min_max, percentile, got "
              "entropy"},
        Wrong{"quantization: {calibration: {limit: 1000001}}",
              "2:37: quantization.calibration.limit: must be an integer from 1 to 1000000, got "
              "1000001"},
        Wrong{"quantization: {calibration: {images: no.bin}}",
              "2:38: quantization.calibration.images: file must exist (looked for no.bin), got "
              "no.bin"},
        Wrong{
            "passes: [quantize, fuse_batch_norm]",
            "2:9: passes: must end with quantize: the hardware computes with integers, got a list"},
        Wrong{"passes: [quantise]",
              "2:10: passes: must be one of fuse_batch_norm, quantize (did you mean 'quantize'?), "
              "got "
              "quantise"},
        Wrong{"passes: [quantize, quantize]",
              "2:9: passes: must name a pass once only, got a list"},
        Wrong{"schedule: {layers: {conv1: {rows_per_blok: 4}}}",
              "2:29: schedule.layers.conv1.rows_per_blok: no such key, did you mean "
              "'rows_per_block'?"},
        Wrong{"simulation: {fidelity: transactions}",
              "2:24: simulation.fidelity: must be one of transaction, cycle, estimate (did you "
              "mean 'transaction'?), got transactions"},
        Wrong{"simulation: {values: 1}", "2:22: simulation.values: must be true or false, got 1"},
        Wrong{"simulation: {fidelity: cycle, values: false}",
              "2:39: simulation.values: must be true with fidelity cycle: every register carries "
              "its value, got false"},
        Wrong{"simulation: {fidelity: estimate, values: true}",
              "2:42: simulation.values: must be false with fidelity estimate: it computes times "
              "alone, got true"},
        Wrong{"simulation: {limit: 10000001}",
              "2:21: simulation.limit: must be an integer from 1 to 10000000, got 10000001"},
        Wrong{"simulation: {limit: 2, simulate: 3}",
              "2:34: simulation.simulate: must be at most simulation.limit (2), got 3"},
        Wrong{"simulation: {simulate: 0}",
              "2:24: simulation.simulate: must be an integer from 1 to 10000000, got 0"},
        Wrong{"simulation: {verify: yes}",
              "2:22: simulation.verify: must be true or false, got yes"},
        Wrong{"simulation: {images: \"${HOME}/x.bin\"}",
              "2:22: simulation.images: may use ${ACCELSIM_DATA} at its start, and no other "
              "variable, "
              "got \"${HOME}/x.bin\""},
        Wrong{"simulation: {labels: run.yaml}",
              "2:22: simulation.labels: needs simulation.images, got run.yaml"},
        Wrong{"include: none.yaml", "2:10: include: file must exist, got none.yaml"},
        Wrong{"include: run.yaml",
              "2:10: include: a file must not include itself, directly or through others, got "
              "run.yaml"},
        Wrong{"include: [run.yaml]", "2:10: include: must be the path of one file, got a list"}));

/// The text is the whole file.
class WrongNetwork : public WrongConfig {};

TEST_P(WrongNetwork, IsToldWithItsPlace) { expect_told(""); }

INSTANTIATE_TEST_SUITE_P(
    All, WrongNetwork,
    ::testing::Values(
        Wrong{"passes: [quantize]", "1:1: network: is required"},
        Wrong{"network: {}",
              "1:10: network: must have exactly one of onnx, yaml, gemm, conv, got none"},
        Wrong{"network: {gemm: {}, conv: {}}",
              "1:10: network: must have exactly one of onnx, yaml, gemm, conv, got gemm, conv"},
        Wrong{"network: {onnx: no.onnx}",
              "1:17: network.onnx: file must exist (looked for no.onnx), got no.onnx"},
        Wrong{"network: {onnx: \"${ACCELSIM_DATA}/no.onnx\"}",
              "1:17: network.onnx: file must exist (looked for data/no.onnx), got "
              "\"${ACCELSIM_DATA}/no.onnx\""},
        Wrong{"network: {topology: t.csv}",
              "1:10: network: must have exactly one of onnx, yaml, gemm, conv, got none\n"
              "run.yaml:1:21: network.topology: is not available yet, got t.csv"},
        Wrong{"network: {gemm: {m: 0x10}}",
              "1:21: network.gemm.m: must be an integer from 1 to 1000000, got 0x10"},
        Wrong{"network: {gemm: {}, input: {scale: 255}}",
              "1:28: network.input: is for onnx and yaml; gemm has seeded inputs"},
        Wrong{"network: {yaml: run.yaml, input: {scale: 0}}",
              "1:42: network.input.scale: must be a number above 0, at most 1000000000, got 0"},
        Wrong{"network: {yaml: run.yaml, input: {mean: [1, 2], std: [1, 2, 3]}}",
              "1:54: network.input.std: must have as many values as mean, or one, got 3"},
        Wrong{"network: {conv: {channels: 6, groups: 4}}",
              "1:39: network.conv.groups: must divide channels and out_channels, got 4"},
        Wrong{"network: {conv: {padding: 3}}",
              "1:27: network.conv.padding: must be less than the kernel, got 3"},
        Wrong{"network: {conv: {height: 4, kernel: 7, padding: 1}}",
              "1:37: network.conv.kernel: must not be larger than the padded map, got 7"}));

TEST(WrongOverride, IsToldByItsOption) {
    const WorkingFolder folder;
    folder.write("run.yaml", kGemm);
    EXPECT_EQ(
        faults_of(request_of("run.yaml", {"network.gemm.m=0"})),
        "--set network.gemm.m=0: network.gemm.m: must be an integer from 1 to 1000000, got 0");
    EXPECT_EQ(faults_of(request_of("run.yaml", {"simulation.limt=4"})),
              "--set simulation.limt=4: simulation.limt: no such key, did you mean 'limit'?");
    EXPECT_EQ(
        faults_of(request_of("run.yaml", {"accelerator.array={rows: 4, rows: 5}"})),
        "--set accelerator.array={rows: 4, rows: 5}: rows: given twice (first at line 1), got 5");
    EXPECT_EQ(faults_of(request_of("run.yaml", {"accelerator.clock_mhz=333.3333333333",
                                                "accelerator.dram.latency_cycles=5"})),
              "--set accelerator.clock_mhz=333.3333333333: accelerator.clock_mhz: must make, of "
              "dram.gb_per_s 8, a fraction of at most 2^32 over 2^32 bytes a cycle, got "
              "333.3333333333");
    EXPECT_THROW(parse_set_option("simulation.limit"), UserError);
    EXPECT_THROW(parse_set_option("=4"), UserError);
    EXPECT_THROW(parse_set_option("a..b=4"), UserError);
}

TEST(WrongNeed, IsToldWhereTheConfigurationSaysOtherwise) {
    const WorkingFolder folder;
    const auto faults_with = [&](const std::string& text, const std::vector<std::string>& sets) {
        folder.write("run.yaml", kGemm + text);
        ConfigRequest request = request_of("run.yaml", sets);
        request.needs.push_back({"--vcd", "simulation.fidelity", "cycle", true});
        return faults_of(request);
    };
    EXPECT_EQ(faults_with("simulation: {fidelity: transaction}\n", {}),
              "run.yaml:2:24: simulation.fidelity: must be cycle with --vcd, got transaction");
    EXPECT_EQ(faults_with("", {"simulation.fidelity=estimate"}),
              "--set simulation.fidelity=estimate: simulation.fidelity: must be cycle with --vcd, "
              "got estimate");
    EXPECT_EQ(faults_with("simulation: [1]\n", {}),
              "run.yaml:2:13: simulation: must be a map of keys and values, got a list");
    EXPECT_EQ(faults_with("simulation: {values: false}\n", {}),
              "run.yaml:2:22: simulation.values: must be true with fidelity cycle: every register "
              "carries its value, got false");
}

TEST(WrongFile, IsTold) {
    const WorkingFolder folder;
    EXPECT_EQ(faults_of(request_of("none.yaml")), "none.yaml: file cannot be read");
    EXPECT_EQ(faults_of(request_of(".")), ".: file cannot be read");
    folder.write("empty.yaml", "");
    EXPECT_EQ(faults_of(request_of("empty.yaml")),
              "empty.yaml:1:1: must be a map of keys and values, got nothing");
    folder.write("broken.yaml", "network: {gemm: {m: 8}\npasses: 1\n");
    EXPECT_EQ(faults_of(request_of("broken.yaml")).rfind("broken.yaml:2:1: YAML syntax: ", 0), 0u)
        << faults_of(request_of("broken.yaml"));
}

TEST(WrongInclude, IsToldWithItsFile) {
    const WorkingFolder folder;
    folder.write("hw/base.yaml", "accelerator:\n  array: {rows: x}\n");
    folder.write("run.yaml", std::string(kGemm) + "include: hw/base.yaml\n");
    EXPECT_EQ(
        faults_of(request_of("run.yaml")),
        "hw/base.yaml:2:17: accelerator.array.rows: must be an integer from 1 to 1024, got x");
}

TEST(WrongInclude, CyclesAreRefused) {
    const WorkingFolder folder;
    folder.write("a.yaml", "include: b.yaml\n");
    folder.write("b.yaml", "include: a.yaml\n");
    EXPECT_EQ(
        faults_of(request_of("a.yaml")),
        "b.yaml:1:10: include: a file must not include itself, directly or through others, got "
        "a.yaml");
}

TEST(WrongConfigs, AreToldTogetherInTheOrderOfTheFile) {
    const WorkingFolder folder;
    folder.write("run.yaml",
                 "network: {gemm: {m: 0}}\n"
                 "accelerator:\n  array: {colls: 4}\n  dram: {model: fast}\n"
                 "simulation: {seed: -1}\n");
    EXPECT_EQ(
        faults_of(request_of("run.yaml")),
        "run.yaml:1:21: network.gemm.m: must be an integer from 1 to 1000000, got 0\n"
        "run.yaml:3:11: accelerator.array.colls: no such key, did you mean 'cols'?\n"
        "run.yaml:4:17: accelerator.dram.model: must be one of ideal, bandwidth, got fast\n"
        "run.yaml:5:20: simulation.seed: must be an integer from 0 to 9223372036854775807, got "
        "-1");
}

}  // namespace
}  // namespace accelsim
