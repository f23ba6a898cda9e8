// Which signals a waveform has, and what those of the job channels say.
#include <set>

#include "tests/trace/gemm_waveform.h"

namespace accelsim {
namespace {

class GemmSignals : public GemmWaveform {};

/// What the jobs that start cover: every MAC once, every output once.
TEST_P(GemmSignals, JobsSayWhatTheyAre) {
    int64_t macs = 0, posted = 0, stored = 0, loaded_weights = 0;
    for (int64_t t = 0; t < wave.cycles; ++t) {
        const auto issued = [&](const std::string& channel) {
            return wave.at(channel + ".issue", t) != 0;
        };
        const auto elements = [&](const std::string& box) {
            const auto extent = [&](const std::string& axis) {
                return wave.at(box + "." + axis + "1", t) - wave.at(box + "." + axis + "0", t);
            };
            return extent("y") * extent("x") * extent("c");
        };
        if (issued("feed_jobs")) {
            const int64_t channels =
                wave.at("feed_jobs.pixels.c1", t) - wave.at("feed_jobs.pixels.c0", t);
            const int64_t outputs = array.is_output_stationary()
                                        ? wave.at("feed_jobs.pixel_count", t) * channels
                                        : elements("feed_jobs.pixels");
            macs += wave.at("feed_jobs.depth_count", t) * outputs;
        }
        if (issued("post_jobs")) posted += elements("post_jobs.output");
        if (!issued("dma_jobs")) continue;
        const std::string kind = wave.dump.at("accelerator.dma_jobs.kind").text(2 * t);
        if (kind == "store") stored += elements("dma_jobs.box");
        if (kind == "load_weights") loaded_weights += elements("dma_jobs.box");
    }
    EXPECT_EQ(macs, wave.kM * wave.kK * wave.kN);
    EXPECT_EQ(posted, wave.kM * wave.kN);
    EXPECT_EQ(stored, wave.kM * wave.kN);
    EXPECT_GE(loaded_weights, wave.kK * wave.kN);
}

/// A block of fewer lanes than the one before leaves nothing of that in the pipeline.
TEST_P(GemmSignals, LanesWithoutAValueHoldNothing) {
    int64_t unused = 0, used = 0;
    for (int64_t t = 0; t < wave.cycles; ++t) {
        const std::string axis = array.is_input_stationary() ? "y" : "c";
        const int64_t lanes =
            wave.at("post_jobs.conv." + axis + "1", t) - wave.at("post_jobs.conv." + axis + "0", t);
        for (const std::string stage : {"0", "1", "2"}) {
            const std::string scope = "post_processing.stage_" + stage;
            if (wave.at(scope + ".valid", t) == 0) continue;
            for (int lane = 0; lane < array.cols; ++lane) {
                const int64_t value = wave.at(scope + ".lane_" + std::to_string(lane), t);
                used += lane < lanes && value != 0;
                if (lane < lanes) continue;
                ++unused;
                ASSERT_EQ(value, 0) << scope << " lane " << lane << " cycle " << t;
            }
        }
    }
    EXPECT_GT(used, wave.kM * wave.kN / 2);
    // Seven channels are two blocks of three and one of one; nine pixels fill their lanes.
    EXPECT_EQ(unused > 0, !array.is_input_stationary());
}

/// Each register of the array, by docs/WAVEFORMS.md, and no other.
TEST_P(GemmSignals, EveryRegisterHasItsSignal) {
    const bool os = array.is_output_stationary();
    std::set<std::string> expected;
    const auto add = [&](const std::string& name, bool is_pair) {
        for (int part = 0; part < (is_pair ? array.macs_per_pe : 1); ++part) {
            const bool has_parts = is_pair && array.macs_per_pe == 2;
            expected.insert(name + (has_parts ? "_" + std::to_string(part) : ""));
        }
    };
    for (int row = 0; row < array.rows; ++row) {
        for (int s = 0; s < delay(row, 0) - 1; ++s) {
            add("input_row_" + std::to_string(row) + ".stage_" + std::to_string(s), true);
        }
        for (int col = 0; col < array.cols; ++col) {
            const std::string pe = "pe_" + std::to_string(row) + "_" + std::to_string(col) + ".";
            add(pe + "moving", true);
            add(pe + wave.top_operand(), true);
            if (os) add(pe + "result", false);
            if (!os) add(pe + "shadow", true);
            for (int s = 0; s < (os ? 1 : array.pe_pipeline_stages); ++s) {
                add(pe + stage("partial_sum", s), false);
            }
            for (int s = 0; os && s < array.pe_pipeline_stages - 1; ++s) {
                add(pe + stage("product", s), false);
            }
        }
    }
    for (int col = 0; col < array.cols; ++col) {
        const std::string number = std::to_string(col);
        for (int s = 0; s < array.input_stages + col; ++s) {
            add("top_col_" + number + ".stage_" + std::to_string(s), true);
        }
        for (int s = 0; s < array.cols - 1 - col; ++s) {
            add("deskew_col_" + number + ".stage_" + std::to_string(s), false);
        }
    }
    std::set<std::string> found;
    const std::string above = "accelerator.array.";
    for (const auto& [name, variable] : wave.dump.variables) {
        if (name.rfind(above, 0) != 0 || name.rfind(above + "tokens.", 0) == 0) continue;
        found.insert(name.substr(above.size()));
    }
    EXPECT_EQ(found, expected);
}

INSTANTIATE_TEST_SUITE_P(Dataflows, GemmSignals, ::testing::ValuesIn(kGemmCases));

}  // namespace
}  // namespace accelsim
