#pragma once

#include <cstdint>

#include "sw/timing/server_jobs.h"

namespace accelsim {

/// The runs of a DMA transfer: stretches of consecutive elements of the tensor in DRAM, each moved
/// as the bytes that cover it. Runs that touch are one run.
class TransferRuns {
  public:
    struct Run {
        int64_t byte_address = 0;
        int64_t bytes = 0;
        int skipped_bits = 0;  ///< of the first byte, that belong to the element before
        int64_t elements = 0;
        int64_t first_element = 0;  ///< within the box, in its order
    };

    TransferRuns() = default;
    explicit TransferRuns(const DmaTransfer& transfer) : transfer_(transfer) {
        const Box& box = transfer.box;
        const bool all_channels = box.channels() == transfer.map_channels;
        const bool all_cols = box.cols() == transfer.map_width;
        run_elements_ = box.channels();
        if (all_channels) run_elements_ *= box.cols();
        if (all_channels && all_cols) run_elements_ *= box.rows();
        runs_per_row_ = all_channels ? 1 : box.cols();
        count_ = all_channels && all_cols ? 1 : int64_t{box.rows()} * runs_per_row_;
    }

    int64_t count() const { return count_; }

    Run run(int64_t index) const {
        const Box& box = transfer_.box;
        const int64_t y = box.y0 + index / runs_per_row_;
        const int64_t x = box.x0 + index % runs_per_row_;
        const int64_t first = (y * transfer_.map_width + x) * transfer_.map_channels + box.c0;
        const int bits = transfer_.format.bits;
        Run run;
        run.elements = run_elements_;
        run.first_element = index * run_elements_;
        run.skipped_bits = static_cast<int>(first * bits % 8);
        run.byte_address = transfer_.dram_address + first * bits / 8;
        run.bytes = (run.skipped_bits + run_elements_ * bits + 7) / 8;
        return run;
    }

  private:
    DmaTransfer transfer_;
    int64_t run_elements_ = 0;
    int64_t runs_per_row_ = 1;
    int64_t count_ = 0;
};

}  // namespace accelsim
