// A GEMM rebuilt from its waveform, cycle by cycle, by what docs/TIMING.md says of the array.
#include "tests/trace/gemm_waveform.h"

namespace accelsim {
namespace {

TEST_P(GemmWaveform, EverySumIsTheOneBeforePlusWeightTimesActivation) {
    const int p = array.pe_pipeline_stages;
    int64_t products = 0;
    for (int64_t t = 1; t < wave.cycles; ++t) {
        ASSERT_FALSE(wave.at("sums.valid", t) != 0 && wave.at("sums.ready", t) == 0);
        for (int row = 0; row < array.rows; ++row) {
            for (int col = 0; col < array.cols; ++col) {
                SCOPED_TRACE("cycle " + std::to_string(t) + " PE " + std::to_string(row) + " " +
                             std::to_string(col));
                int64_t product = wave.product(row, col, t);
                products += product != 0;
                if (array.is_output_stationary() && p > 1) {
                    ASSERT_EQ(wave.pe(row, col, "product", t), product);
                    product = wave.pe(row, col, stage("product", p - 2), t - 1);
                }
                ASSERT_EQ(wave.pe(row, col, "partial_sum", t), sum_before(row, col, t) + product);
                const char* shifted = array.is_output_stationary() ? "product" : "partial_sum";
                const int stages = array.is_output_stationary() ? p - 1 : p;
                for (int s = 1; s < stages; ++s) {
                    ASSERT_EQ(wave.pe(row, col, stage(shifted, s), t),
                              wave.pe(row, col, stage(shifted, s - 1), t - 1));
                }
            }
        }
    }
    // Zeros apart, each MAC of the product has been seen once.
    EXPECT_GT(products, wave.kM * wave.kN * wave.kK / array.macs_per_pe / 2);
    EXPECT_LE(products, wave.kM * wave.kN * wave.kK);
}

TEST_P(GemmWaveform, RegistersAreAsWideAsWhatTheyHold) {
    const bool pairs = array.macs_per_pe == 2;
    const auto width = [&](const std::string& name) {
        return wave.dump.at("accelerator.array.pe_3_2." + name).width;
    };
    const int activation_bits = pairs ? 2 : 8, weight_bits = pairs ? 4 : 8;
    const bool swapped = array.is_input_stationary();
    EXPECT_EQ(width(pairs ? "moving_1" : "moving"), swapped ? weight_bits : activation_bits);
    EXPECT_EQ(width(wave.top_operand() + (pairs ? "_1" : "")),
              swapped ? activation_bits : weight_bits);
    EXPECT_EQ(width("partial_sum"), 32);
}

TEST_P(GemmWaveform, OperandsMoveOneRegisterACycle) {
    for (int64_t t = 1; t < wave.cycles; ++t) {
        for (int row = 0; row < array.rows; ++row) {
            for (int col = 0; col < array.cols; ++col) {
                if (col > 0) {
                    ASSERT_EQ(wave.operands(row, col, "moving", t),
                              wave.operands(row, col - 1, "moving", t - 1));
                }
                if (col == 0 && array.macs_per_pe == 1) {
                    const std::string last = std::to_string(delay(row, 0) - 2);
                    ASSERT_EQ(wave.pe(row, 0, "moving", t),
                              wave.at("array.input_row_" + std::to_string(row) + ".stage_" + last,
                                      t - 1));
                }
                if (array.is_output_stationary() && row > 0) {
                    ASSERT_EQ(wave.operands(row, col, "weight", t),
                              wave.operands(row - 1, col, "weight", t - 1));
                }
            }
        }
    }
}

TEST_P(GemmWaveform, EveryBeatMeetsItsOperands) {
    int64_t tile = -1, beat = 0, beats = 0;
    for (int64_t t = 0; t < wave.cycles; ++t) {
        if (!wave.fires("array_beats", t)) continue;
        beat = wave.at("array_beats.first_beat", t) != 0 ? 0 : beat + 1;
        tile += beat == 0;
        ++beats;
        for (int row = 0; row < array.rows; ++row) {
            for (int col = 0; col < array.cols; ++col) {
                const int64_t arrives = t + delay(row, col);
                const Pairs pairs = expected(tile, beat, row, col);
                ASSERT_EQ(wave.operands(row, col, "moving", arrives), pairs.moving)
                    << "tile " << tile << " beat " << beat << " PE " << row << " " << col;
                ASSERT_EQ(wave.operands(row, col, wave.top_operand(), arrives), pairs.top)
                    << "tile " << tile << " beat " << beat << " PE " << row << " " << col;
            }
        }
    }
    EXPECT_GT(tile, 2);
    EXPECT_EQ(beats, wave.at("array_beats.transfers", wave.cycles - 1));
}

/// Words and the addresses that travel with them move one register a cycle.
TEST_P(GemmWaveform, WordsMoveOneStageACycle) {
    int64_t sums = 0, posted = 0;
    for (int64_t t = 1; t < wave.cycles; ++t) {
        SCOPED_TRACE("cycle " + std::to_string(t));
        // A stage without a word holds 0 (MachineWaveform.StagesWithoutAWordHoldNothing), and what
        // a channel holds then means nothing.
        const auto expect_follows = [&](const std::string& next, const std::string& before,
                                        bool valid, const std::vector<std::string>& signals) {
            ASSERT_EQ(wave.at(next + ".valid", t), valid) << next;
            for (const std::string& signal : signals) {
                if (!valid) continue;
                ASSERT_EQ(wave.at(next + "." + signal, t), wave.at(before + "." + signal, t - 1))
                    << next << " " << signal;
            }
        };
        for (int col = 0; col + 1 < array.cols && wave.at("sums.valid", t) != 0; ++col) {
            ASSERT_EQ(wave.at("sums.lane_" + std::to_string(col), t),
                      wave.at("array.deskew_col_" + std::to_string(col) + ".stage_" +
                                  std::to_string(array.cols - 2 - col),
                              t));
        }
        const bool entered = wave.fires("sums", t - 1);
        const bool taken = wave.fires("accumulator_words", t - 1);
        sums += entered;
        posted += taken;
        const std::string sum_stage = "accumulator.stage_", post_stage = "post_processing.stage_";
        expect_follows(sum_stage + "0", "sums", entered, {"address", "lane_0", "lane_2"});
        expect_follows(sum_stage + "1", sum_stage + "0", wave.at(sum_stage + "0.valid", t - 1) != 0,
                       {"address", "lane_1"});
        expect_follows(post_stage + "0", "accumulator_words", taken, {"address"});
        for (int stage = 1; stage < 4; ++stage) {
            const std::string before = post_stage + std::to_string(stage - 1);
            expect_follows(stage == 3 ? "output_words" : post_stage + std::to_string(stage), before,
                           wave.at(before + ".valid", t - 1) != 0, {"address"});
        }
    }
    EXPECT_EQ(sums, wave.at("sums.transfers", wave.cycles - 1));
    EXPECT_GE(posted, wave.kN);
}

TEST_P(GemmWaveform, SumsAreTheProduct) {
    const int64_t blocks_of = array.is_output_stationary()
                                  ? ceil_of(wave.kM, array.rows)
                                  : ceil_of(wave.kK, array.word_channels());
    std::vector<int64_t> sums(static_cast<size_t>(wave.kM * wave.kN));
    int64_t tile = 0;
    for (int64_t t = 0; t < wave.cycles; ++t) {
        if (!wave.fires("sums", t)) continue;
        const int64_t address = wave.at("sums.address", t);
        for (int lane = 0; lane < array.cols; ++lane) {
            const int64_t other = tile / blocks_of * array.cols + lane;
            const int64_t pixel = array.is_input_stationary() ? other : address;
            const int64_t channel = array.is_input_stationary() ? address : other;
            if (pixel >= wave.kM || channel >= wave.kN || wave.at("sums.no_pixel", t) != 0)
                continue;
            int64_t& sum = sums[static_cast<size_t>(pixel * wave.kN + channel)];
            if (wave.at("sums.first_fold", t) != 0) sum = 0;
            sum += wave.at("sums.lane_" + std::to_string(lane), t);
        }
        tile += wave.at("sums.last_beat", t);
    }
    for (int64_t pixel = 0; pixel < wave.kM; ++pixel) {
        for (int64_t channel = 0; channel < wave.kN; ++channel) {
            int64_t exact = 0;
            for (int64_t k = 0; k < wave.kK; ++k)
                exact += wave.x_at(pixel, k) * wave.w_at(k, channel);
            ASSERT_EQ(sums[static_cast<size_t>(pixel * wave.kN + channel)], exact)
                << pixel << " " << channel;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Dataflows, GemmWaveform, ::testing::ValuesIn(kGemmCases));

/// Every signal whose value in a cycle differs between two dumps.
std::vector<std::string> differences(const vcd::Dump& a, const vcd::Dump& b, int64_t cycle) {
    std::vector<std::string> names;
    for (const auto& [name, variable] : a.variables) {
        if (variable.text(2 * cycle) != b.at(name).text(2 * cycle)) names.push_back(name);
    }
    return names;
}

TEST(FaultWaveform, ShowsTheFlippedBitAndWhereItGoes) {
    const ArrayParams array = array_of({"ws", Dataflow::kWeightStationary, 1, 1});
    const GemmWave clean(array);
    ASSERT_EQ(clean.outcome, "");
    constexpr int kBit = 20;
    const int64_t struck = clean.cycles / 2;
    const GemmWave hit(array, GemmWave::Flip{struck, 1, 2, kBit});
    ASSERT_EQ(hit.outcome, "");
    using Names = std::vector<std::string>;
    for (int64_t t = 0; t < struck; ++t) ASSERT_EQ(differences(clean.dump, hit.dump, t), Names{});
    const int64_t before = clean.pe(1, 2, "partial_sum", struck);
    EXPECT_EQ(hit.pe(1, 2, "partial_sum", struck), before ^ (1 << kBit));
    for (int row = 1; row < 4; ++row) {
        EXPECT_EQ(differences(clean.dump, hit.dump, struck + row - 1),
                  Names{"accelerator.array.pe_" + std::to_string(row) + "_2.partial_sum"});
    }
}

TEST(GemmWaveformFile, SameRunSameBytes) {
    const ArrayParams array = array_of({"os", Dataflow::kOutputStationary, 1, 1});
    const GemmWave first(array);
    ASSERT_EQ(first.outcome, "");
    EXPECT_EQ(first.bytes, GemmWave(array).bytes);
}

}  // namespace
}  // namespace accelsim
