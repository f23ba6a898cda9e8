#pragma once

#include <gtest/gtest.h>

#include "tests/support/timing_oracle.h"

namespace accelsim::oracle {

/// R x C with every optional register left out, shadow preload and ideal DRAM.
inline Accelerator bare(int64_t rows, int64_t cols) {
    Accelerator accelerator;
    accelerator.rows = rows;
    accelerator.cols = cols;
    accelerator.input_stages = 0;
    accelerator.accumulate_stages = 0;
    accelerator.post_processing_stages = 0;
    accelerator.dram.ideal = true;
    return accelerator;
}

inline Answer run(const Layer& layer, const Accelerator& accelerator,
                  const SizeOverrides& sizes = {}) {
    Answer answer = evaluate(layer, accelerator, sizes);
    EXPECT_EQ(answer.verdict, Verdict::kRuns) << answer.reason;
    EXPECT_EQ(answer.cycles, answer.compute_cycles + answer.stalls.sum());
    return answer;
}

}  // namespace accelsim::oracle
