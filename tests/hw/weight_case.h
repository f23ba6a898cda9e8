#pragma once

#include <cstdint>
#include <vector>

#include "hw/stream/operand_pair.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// Tiles of random weight blocks, and what must leave the buffer for them.
struct WeightCase {
    static constexpr size_t kJobs = 6;

    ArrayParams array;
    LayerRegisters layer;
    std::vector<TileOperands> jobs;
    std::vector<std::vector<int16_t>> blocks;  ///< content of the slot for each job
    /// Of each job, in order: `is` the beats of R lanes, else the rows of C lanes.
    std::vector<std::vector<std::vector<int32_t>>> words;
    int64_t read_words = 0;

    WeightCase(Dataflow dataflow, uint64_t seed) : random_(seed) {
        array.dataflow = dataflow;
        array.rows = draw(1, 9);
        array.cols = draw(1, 9);
        array.macs_per_pe = draw(1, 2);
        layer.group_channels = draw(1, 12);
        layer.positions_apart = random_.chance(50);
        for (size_t i = 0; i < kJobs; ++i) add_job();
    }

  private:
    int32_t draw(int64_t first, int64_t last) {
        return static_cast<int32_t>(random_.between(first, last));
    }

    void add_job() {
        TileOperands job;
        job.layer = &layer;
        job.weight_slot = static_cast<int32_t>(jobs.size() % 2);
        job.depth_first = draw(0, 40);
        job.depth_count = draw(1, array.is_output_stationary() ? 30 : array.word_channels());
        job.weight_row = draw(0, 20);
        job.weight_rows = job.weight_row + job.depth_count + draw(0, 5);
        job.weight_lanes = draw(1, array.is_input_stationary() ? 20 : array.cols);
        job.accumulator_slot = draw(0, 1);
        job.first_fold = random_.chance(50);
        job.first_of_layer = jobs.empty();
        job.frees_weights = random_.chance(50);
        blocks.emplace_back(static_cast<size_t>(job.weight_rows * job.weight_lanes));
        for (int16_t& weight : blocks.back()) weight = static_cast<int16_t>(draw(-128, 127));
        words.emplace_back();
        if (array.is_input_stationary()) {
            add_beats(job);
        } else if (array.is_output_stationary()) {
            add_rows(job);
        } else {
            add_load(job);
        }
        jobs.push_back(job);
    }

    /// Weight of the tile's k `i` and an output channel of the block; 0 where there is none.
    int32_t weight(const TileOperands& job, int32_t i, int32_t channel) const {
        if (i >= job.depth_count || channel >= job.weight_lanes) return 0;
        const int32_t k = job.weight_row + i;
        const int32_t place = array.is_input_stationary() ? channel * job.weight_rows + k
                                                          : k * job.weight_lanes + channel;
        return blocks.back()[static_cast<size_t>(place)];
    }

    /// `depth` k from `i` on in one lane; a PE that takes pairs finds a zero beyond them.
    int32_t lane(const TileOperands& job, int32_t i, int32_t depth, int32_t channel) const {
        const int32_t first = weight(job, i, channel);
        if (array.macs_per_pe == 1) return first;
        return operand_pair(first, depth == 2 ? weight(job, i + 1, channel) : 0);
    }

    void add_load(const TileOperands& job) {
        for (int32_t place = array.word_channels() - 1; place >= 0; --place) {
            words.back().emplace_back();
            for (int32_t c = 0; c < array.cols; ++c) {
                words.back().back().push_back(weight(job, place, c));
            }
        }
        read_words += job.depth_count;
    }

    /// W of k a row, but none beyond the tile and, kernel position by kernel position, none beyond
    /// the position.
    void add_rows(const TileOperands& job) {
        for (int32_t i = 0; i < job.depth_count;) {
            const int32_t next = job.depth_first + i + 1;
            const bool ends = i + 1 == job.depth_count ||
                              (layer.positions_apart && next % layer.group_channels == 0);
            const int32_t depth = array.macs_per_pe == 2 && !ends ? 2 : 1;
            words.back().emplace_back();
            for (int32_t c = 0; c < array.cols; ++c) {
                words.back().back().push_back(lane(job, i, depth, c));
            }
            i += depth;
        }
        read_words += job.depth_count;
    }

    void add_beats(const TileOperands& job) {
        for (int32_t channel = 0; channel < job.weight_lanes; ++channel) {
            words.back().emplace_back();
            for (int32_t row = 0; row < array.rows; ++row) {
                words.back().back().push_back(
                    lane(job, array.macs_per_pe * row, array.macs_per_pe, channel));
            }
        }
        read_words += job.weight_lanes;
    }

    oracle::Random random_;
};

}  // namespace accelsim
