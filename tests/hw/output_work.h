#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "hw/stream/operand_pair.h"
#include "hw/stream/payloads.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/operand_formats.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// Registers of any width that wrap or saturate.
inline AccumulatorParams draw_accumulator(oracle::Random& random) {
    AccumulatorParams accumulator;
    accumulator.bits = random.pick({32, 32, 31, 20, 12, 33, 48, 63, 64});
    accumulator.overflow = random.chance(50) ? Overflow::kWrap : Overflow::kSaturate;
    return accumulator;
}

/// A few drains of an output-stationary array, each of one or more K blocks of random beats, and
/// the words that must come out: by the words of docs/TIMING.md, in plain loops.
struct OutputWork {
    static constexpr size_t kDrains = 5;

    struct Block {
        size_t drain = 0;
        bool first = false, last = false;  ///< of its drain
        size_t first_beat = 0;
        int64_t beats = 0;
    };
    std::vector<Block> blocks;
    std::vector<Beat> beats;
    std::vector<WeightRow> rows;  ///< one for each beat
    std::vector<SumWord> words;   ///< R for each drain, the array's last row first
    int64_t overflows = 0;

    OutputWork(const ArrayParams& params, const AccumulatorParams& accumulator,
               const OperandFormats& operands, oracle::Random& random)
        : array_(params), accumulator_(accumulator), operands_(operands), random_(random) {
        for (size_t drain = 0; drain < kDrains; ++drain) add_drain(drain);
    }

    size_t last_beat_of_drain(size_t drain) const {
        size_t last = 0;
        for (const Block& block : blocks) {
            if (block.drain <= drain) last = block.first_beat + static_cast<size_t>(block.beats);
        }
        return last - 1;
    }

  private:
    int32_t draw(int64_t first, int64_t last) {
        return static_cast<int32_t>(random_.between(first, last));
    }

    void add_drain(size_t drain) {
        sums_.assign(static_cast<size_t>(array_.rows * array_.cols), 0);
        // The second drain is as short as can be: it must wait for the first.
        const int64_t count = drain == 1 ? 1 : random_.between(1, 3);
        BeatTag tag;
        tag.address = draw(0, 99);
        tag.slot = draw(0, 1);
        tag.pixel_count = draw(1, array_.rows);
        for (int64_t k = 0; k < count; ++k) {
            Block block{drain, k == 0, k + 1 == count, beats.size(), 1};
            if (drain != 1 && random_.chance(60)) block.beats = draw(1, 2 * array_.rows + 3);
            tag.first_fold = block.first;
            for (int64_t b = 0; b < block.beats; ++b) {
                tag.first_beat = b == 0;
                tag.last_beat = b + 1 == block.beats;
                tag.drains = block.last && tag.last_beat;
                tag.first_of_layer = drain == 0 && tag.drains;
                add_beat(tag);
            }
            blocks.push_back(block);
        }
        for (int row = array_.rows - 1; row >= 0; --row) add_word(tag, row);
    }

    /// (k of the beat) operands of a lane, and the lane. Half of them are extreme.
    int32_t draw_lane(NumberFormat format, std::vector<int64_t>* operands) {
        const int64_t extreme = random_.chance(70) ? format.min() : format.max();
        for (int k = 0; k < array_.macs_per_pe; ++k) {
            operands->push_back(random_.chance(50) ? extreme : draw(format.min(), format.max()));
        }
        const auto first = static_cast<int32_t>(operands->end()[-array_.macs_per_pe]);
        return array_.macs_per_pe == 1
                   ? first
                   : operand_pair(first, static_cast<int32_t>(operands->back()));
    }

    void add_beat(const BeatTag& tag) {
        Beat beat;
        beat.tag = tag;
        WeightRow row;
        row.first = tag.first_beat;
        std::vector<int64_t> activations, weights;
        for (int r = 0; r < array_.rows; ++r)
            beat.lanes.push_back(draw_lane(operands_.activation, &activations));
        for (int c = 0; c < array_.cols; ++c)
            row.lanes.push_back(draw_lane(operands_.weight, &weights));
        const int depth = array_.macs_per_pe;
        for (int r = 0; r < array_.rows; ++r) {
            for (int c = 0; c < array_.cols; ++c) {
                int64_t product = 0;
                for (int k = 0; k < depth; ++k) {
                    product += activations[static_cast<size_t>(r * depth + k)] *
                               weights[static_cast<size_t>(c * depth + k)];
                }
                add(&sums_[static_cast<size_t>(r * array_.cols + c)], product);
            }
        }
        beats.push_back(std::move(beat));
        rows.push_back(std::move(row));
    }

    void add(int64_t* sum, int64_t product) {
        __extension__ using Wide = __int128;
        const Wide span = Wide{1} << accumulator_.bits, high = span / 2 - 1;
        Wide exact = Wide{*sum} + product;
        if (exact < -span / 2 || exact > high) {
            ++overflows;
            if (accumulator_.overflow == Overflow::kSaturate) {
                exact = exact > high ? high : -span / 2;
            } else {
                exact = ((exact + span / 2) % span + span) % span - span / 2;
            }
        }
        *sum = static_cast<int64_t>(exact);
    }

    void add_word(const BeatTag& tag, int row) {
        SumWord word;
        word.tag.address = tag.address + row;
        word.tag.slot = tag.slot;
        word.tag.no_pixel = row >= tag.pixel_count;
        word.tag.last_beat = row == 0;
        for (int c = 0; c < array_.cols; ++c) {
            word.wide_lanes.push_back(sums_[static_cast<size_t>(row * array_.cols + c)]);
        }
        words.push_back(std::move(word));
    }

    const ArrayParams array_;
    const AccumulatorParams accumulator_;
    const OperandFormats operands_;
    oracle::Random& random_;
    std::vector<int64_t> sums_;  ///< (rows, cols), of the drain
};

}  // namespace accelsim
