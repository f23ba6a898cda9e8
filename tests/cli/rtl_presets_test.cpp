#include <gtest/gtest.h>

#include "tests/cli/run_program.h"
#include "tests/support/rtl_tables.h"

namespace accelsim {
namespace {

using nlohmann::json;

/// The shipped configurations of real RTL, run as a user runs them.
class RtlPresets : public RunFolder {
  protected:
    /// Of the only layer.
    json events_of(const std::string& arguments) {
        const ProgramOutcome outcome =
            run_program("--config configs/" + arguments + output_option());
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        EXPECT_EQ(report()["verification"]["mismatches"], 0);
        return report()["layers"][0]["events"];
    }
};

std::string set(const std::string& key, int value) {
    return " --set " + key + "=" + std::to_string(value);
}

std::string square_array(int side) {
    return set("accelerator.array.rows", side) + set("accelerator.array.cols", side);
}

std::string gemm(int m, int k, int n) {
    return set("network.gemm.m", m) + set("network.gemm.k", k) + set("network.gemm.n", n);
}

TEST_F(RtlPresets, SystolicTensorsWeightStationary) {
    for (const SystolicTensorsRow& row : kSystolicTensors) {
        if (row.m != 16 && row.m != 36) continue;  // tests/hw runs them all
        const int n = row.array_n;
        const json events = events_of("rtl_systolic_tensors_ws.yaml" + square_array(n) +
                                      gemm(row.m, row.k_tiles * n, n));
        EXPECT_EQ(events["first_load_cycle"], 0);
        EXPECT_EQ(events["first_input_cycle"], row.first_token);
        EXPECT_EQ(events["first_output_cycle"], row.first_out);
        EXPECT_EQ(events["last_output_cycle"], row.last_out);
        EXPECT_EQ(events["first_sum_final_cycle"], nullptr);
    }
}

TEST_F(RtlPresets, SystolicTensorsOutputStationary) {
    for (const SystolicTensorsOsRow& row : kSystolicTensorsOs) {
        const json events = events_of("rtl_systolic_tensors_os.yaml" + square_array(row.array_n) +
                                      gemm(row.array_n, row.k, row.array_n));
        EXPECT_EQ(events["first_load_cycle"], nullptr);
        EXPECT_EQ(events["first_input_cycle"], 0);
        EXPECT_EQ(events["first_sum_final_cycle"], row.first_final) << row.array_n << " " << row.k;
        EXPECT_EQ(events["last_sum_final_cycle"], row.last_final) << row.array_n << " " << row.k;
    }
}

/// Every kernel position of the founding array has the same phases.
void expect_phases(const json& events, const FoundingRow& row) {
    EXPECT_EQ(events["first_load_cycle"], 0);
    EXPECT_EQ(events["first_input_cycle"], row.exec_first - row.wload_first);
    EXPECT_EQ(events["last_input_cycle"], row.exec_end - 1 - row.wload_first);
    EXPECT_EQ(events["first_output_cycle"], row.psum_col0_first - row.wload_first);
    EXPECT_EQ(events["last_column_first_output_cycle"], row.psum_col7_first - row.wload_first);
    EXPECT_EQ(events["last_output_cycle"], row.psum_col7_end - 1 - row.wload_first);
    EXPECT_EQ(events["last_accumulate_cycle"], row.sfu_acc_end - 1 - row.wload_first);
}

TEST_F(RtlPresets, FoundingArray) {
    const json events = events_of("rtl_founding_8x8.yaml");
    for (const FoundingRow& row : kFounding) expect_phases(events, row);
}

TEST_F(RtlPresets, FoundingArrayOfTwoBits) {
    const json events = events_of("rtl_founding_8x8_2bit.yaml");
    for (const FoundingRow& row : kFoundingTwoBits) expect_phases(events, row);
    const json layer = report()["layers"][0];
    EXPECT_EQ(layer["macs"], 36 * 16 * 8);
    EXPECT_DOUBLE_EQ(layer["utilization_fraction"].get<double>(),
                     36.0 * 16 * 8 / (8 * 8 * 2 * layer["cycles"].get<double>()));
}

/// The last of eight bursts, one an input channel, and the drain behind it.
TEST_F(RtlPresets, FoundingArrayOutputStationary) {
    const FoundingOsRow& row = kFoundingOs;
    const std::string preset = "rtl_founding_8x8_os.yaml";
    for (const std::string& mode :
         {preset, preset + " --set quantization.activation_bits=2" +
                      set("accelerator.array.macs_per_pe", 2) + set("network.gemm.k", 144)}) {
        const json events = events_of(mode);
        const json layer = report()["layers"][0];
        EXPECT_EQ(layer["schedule"]["tiles"], 8) << mode;
        EXPECT_EQ(layer["compute_cycles"], 8 * (row.exec_end - row.last_burst)) << mode;
        EXPECT_EQ(events["first_input_cycle"], 0) << mode;
        const int end = events["last_input_cycle"].get<int>() + 1;
        EXPECT_EQ(end, layer["compute_cycles"]) << "the bursts follow each other at once";
        EXPECT_EQ(events["first_output_cycle"], end + row.psum_col0_first - row.exec_end) << mode;
        EXPECT_EQ(events["last_output_cycle"], end + row.psum_col7_end - 1 - row.exec_end) << mode;
        EXPECT_EQ(events["last_column_first_output_cycle"].get<int>() -
                      events["first_output_cycle"].get<int>(),
                  7)
            << "one column a cycle";
    }
}

}  // namespace
}  // namespace accelsim
