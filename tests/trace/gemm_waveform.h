#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/trace/gemm_wave.h"

namespace accelsim {

struct GemmCase {
    const char* name;
    Dataflow dataflow;
    int macs_per_pe;
    int pe_pipeline_stages;
};

inline void PrintTo(const GemmCase& c, std::ostream* out) { *out << c.name; }

inline ArrayParams array_of(const GemmCase& c) {
    ArrayParams params;
    params.rows = 4;
    params.cols = 3;
    params.dataflow = c.dataflow;
    params.macs_per_pe = c.macs_per_pe;
    params.pe_pipeline_stages = c.pe_pipeline_stages;
    params.input_stages = 2;
    params.accumulate_stages = 2;
    return params;
}

inline int64_t ceil_of(int64_t value, int64_t divisor) { return (value + divisor - 1) / divisor; }

class GemmWaveform : public ::testing::TestWithParam<GemmCase> {
  protected:
    void SetUp() override { ASSERT_EQ(wave.outcome, ""); }

    /// Cycles from an accepted beat to its operand in PE(row, col).
    int64_t delay(int row, int col) const {
        const int skew = array.is_output_stationary() ? array.row_skew : array.pe_pipeline_stages;
        return 1 + array.input_stages + skew * row + col;
    }
    std::string stage(const std::string& name, int number) const {
        return number == 0 ? name : name + "_" + std::to_string(number);
    }

    /// The operand pairs that PE(row, col) multiplies for a beat of a tile.
    struct Pairs {
        std::vector<int64_t> moving, top;
    };
    Pairs expected(int64_t tile, int64_t beat, int row, int col) const {
        Pairs pairs;
        for (int part = 0; part < array.macs_per_pe; ++part) {
            const int64_t k_tiles = ceil_of(wave.kK, array.word_channels());
            const int64_t k =
                tile % k_tiles * array.word_channels() + row * array.macs_per_pe + part;
            const int64_t first = tile / k_tiles * array.cols;  // channel or pixel
            switch (array.dataflow) {
                case Dataflow::kWeightStationary:
                    pairs.moving.push_back(wave.x_at(beat, k));
                    pairs.top.push_back(wave.w_at(k, first + col));
                    break;
                case Dataflow::kInputStationary:
                    pairs.moving.push_back(wave.w_at(k, beat));
                    pairs.top.push_back(wave.x_at(first + col, k));
                    break;
                case Dataflow::kOutputStationary: {
                    const int64_t pixel_tiles = ceil_of(wave.kM, array.rows);
                    const int64_t depth = beat * array.macs_per_pe + part;
                    pairs.moving.push_back(wave.x_at(tile % pixel_tiles * array.rows + row, depth));
                    pairs.top.push_back(wave.w_at(depth, tile / pixel_tiles * array.cols + col));
                }
            }
        }
        return pairs;
    }

    int64_t sum_before(int row, int col, int64_t cycle) const {
        const int last = array.pe_pipeline_stages - 1;
        if (array.is_output_stationary()) {
            const bool starts =
                wave.has_token("first", static_cast<int>(delay(row, col)) - 1 + last, cycle);
            return starts ? 0 : wave.pe(row, col, "partial_sum", cycle - 1);
        }
        return row == 0 ? 0 : wave.pe(row - 1, col, stage("partial_sum", last), cycle - 1);
    }

    const ArrayParams array = array_of(GetParam());
    const GemmWave wave{array};
};

/// Every dataflow, with one pair and two, and with pipelined PEs.
inline const GemmCase kGemmCases[] = {
    GemmCase{"ws", Dataflow::kWeightStationary, 1, 1},
    GemmCase{"ws_pipelined", Dataflow::kWeightStationary, 1, 3},
    GemmCase{"ws_pairs", Dataflow::kWeightStationary, 2, 1},
    GemmCase{"is", Dataflow::kInputStationary, 1, 1},
    GemmCase{"is_pairs_pipelined", Dataflow::kInputStationary, 2, 2},
    GemmCase{"os", Dataflow::kOutputStationary, 1, 1},
    GemmCase{"os_pipelined", Dataflow::kOutputStationary, 1, 3},
    GemmCase{"os_pairs", Dataflow::kOutputStationary, 2, 1}};

}  // namespace accelsim
