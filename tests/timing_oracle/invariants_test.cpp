#include <gtest/gtest.h>

#include <array>

#include "tests/support/random_case.h"
#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {
namespace {

constexpr uint64_t kCases = 20'000;

SizeOverrides same_sizes(const Answer& answer) {
    return {answer.sizes.rows_per_block, answer.sizes.cols_per_block,
            answer.sizes.k_tiles_per_block};
}

TEST(TimingOracleInvariants, CausesAddUpAndCountersHaveTheirClosedForms) {
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        const RandomCase drawn = random_case(seed);
        const Layer& layer = drawn.layer;
        const Answer& answer = drawn.answer;
        const Counters& counters = answer.counters;
        SCOPED_TRACE(describe(drawn));
        ASSERT_EQ(answer.cycles, answer.compute_cycles + answer.stalls.sum());
        ASSERT_LE(answer.dram_read_weight_cycles, answer.stalls.dram_read);
        const Map map = computed_map(layer);
        const Window pool = fused_window(layer);
        const int64_t pixels = map.height * map.width;
        const int64_t groups = layer.kind == LayerKind::kPooling ? 1 : layer.groups;
        const int64_t channel_tiles =
            groups * ceil_divide(map.channels / groups, drawn.accelerator.cols);
        ASSERT_EQ(answer.output_blocks, answer.pixel_blocks * channel_tiles);
        ASSERT_EQ(counters.output_buffer_write_words,
                  pixels / (pool.height * pool.width) * channel_tiles);
        if (layer.kind == LayerKind::kPooling) {
            ASSERT_EQ(answer.compute_cycles,
                      pixels * channel_tiles * layer.kernel.height * layer.kernel.width);
            continue;
        }
        const int64_t k_tiles = ceil_divide(k_extent(layer), drawn.accelerator.rows);
        ASSERT_EQ(answer.tiles, answer.output_blocks * k_tiles);
        ASSERT_EQ(answer.compute_cycles, pixels * channel_tiles * k_tiles);
        ASSERT_EQ(counters.macs, pixels * k_extent(layer) * layer.out_channels);
        ASSERT_EQ(counters.weight_buffer_read_words, answer.output_blocks * k_extent(layer));
        ASSERT_EQ(counters.accumulator_write_words, answer.compute_cycles);
        ASSERT_EQ(counters.accumulator_read_words, answer.compute_cycles);
    }
}

TEST(TimingOracleInvariants, FasterDramIsNeverSlower) {
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        const RandomCase drawn = random_case(seed);
        SCOPED_TRACE(describe(drawn));
        Accelerator faster = drawn.accelerator;
        faster.dram.bytes_per_cycle_numerator *= 2;
        faster.dram.latency_cycles /= 2;
        const int64_t cycles = evaluate(drawn.layer, faster, same_sizes(drawn.answer)).cycles;
        ASSERT_LE(cycles, drawn.answer.cycles);
        faster.dram.ideal = true;
        ASSERT_LE(evaluate(drawn.layer, faster, same_sizes(drawn.answer)).cycles, cycles);
    }
}

/// Bytes that a stressed DRAM moves in a cycle: none in half of them.
int64_t stressed_bytes(uint64_t seed, int64_t cycle) {
    Random random(seed ^ (static_cast<uint64_t>(cycle) << 20U));
    return random.chance(50) ? 0 : random.between(1, 8);
}

TEST(TimingOracleInvariants, DramThatVariesKeepsTheSum) {
    for (uint64_t seed = 0; seed < kCases / 10; ++seed) {
        const RandomCase drawn = random_case(seed);
        SCOPED_TRACE(describe(drawn));
        Accelerator stressed = drawn.accelerator;
        stressed.dram.ideal = false;
        stressed.dram.bytes_in_cycle = [seed](int64_t cycle) {
            return stressed_bytes(seed, cycle);
        };
        const Answer answer = evaluate(drawn.layer, stressed, same_sizes(drawn.answer));
        ASSERT_EQ(answer.verdict, Verdict::kRuns);
        ASSERT_EQ(answer.cycles, answer.compute_cycles + answer.stalls.sum());
        stressed.dram.bytes_in_cycle = [](int64_t) { return 3; };
        const int64_t cycles = evaluate(drawn.layer, stressed, same_sizes(drawn.answer)).cycles;
        stressed.dram.bytes_in_cycle = nullptr;
        stressed.dram.bytes_per_cycle_numerator = 3;
        stressed.dram.bytes_per_cycle_denominator = 1;
        ASSERT_EQ(evaluate(drawn.layer, stressed, same_sizes(drawn.answer)).cycles, cycles);
    }
}

/// The buffers whose slots rule 1 to 4 name; bit b of a mask says that buffer b has two.
constexpr std::array<Buffer Accelerator::*, 4> kBuffers = {
    &Accelerator::accumulator, &Accelerator::output_buffer, &Accelerator::input_buffer,
    &Accelerator::weight_buffer};
constexpr unsigned kAccumulator = 1;
constexpr unsigned kOutput = 2;
constexpr unsigned kInput = 4;
constexpr unsigned kMasks = 16;

/// The same slots' sizes, one or two of each.
Accelerator with_slots(Accelerator accelerator, unsigned mask) {
    for (size_t b = 0; b < kBuffers.size(); ++b) {
        Buffer& buffer = accelerator.*kBuffers[b];
        const int64_t slot_bytes = buffer.capacity_bytes / buffer.slots;
        buffer.slots = (mask >> b & 1U) + 1;
        buffer.capacity_bytes = slot_bytes * buffer.slots;
    }
    return accelerator;
}

/// Where the accumulator and the output buffer both have one slot, stores go a block earlier, which
/// may serve better.
bool stores_move(LayerKind kind, unsigned mask, unsigned added) {
    if (kind == LayerKind::kPooling) return (mask & kOutput) == 0 && added == kOutput;
    return (mask & (kAccumulator | kOutput)) == 0 && (added == kAccumulator || added == kOutput);
}

TEST(TimingOracleInvariants, EverySlotCountRunsAndMoreAreNotSlower) {
    for (uint64_t seed = 0; seed < kCases / 4; ++seed) {
        const RandomCase drawn = random_case(seed);
        SCOPED_TRACE(describe(drawn));
        std::array<Answer, kMasks> answers;
        for (unsigned mask = 0; mask < kMasks; ++mask) {
            answers[mask] = evaluate(drawn.layer, with_slots(drawn.accelerator, mask),
                                     same_sizes(drawn.answer));
            ASSERT_EQ(answers[mask].verdict, Verdict::kRuns) << answers[mask].reason;
        }
        for (unsigned mask = 0; mask < kMasks; ++mask) {
            for (unsigned added = 1; added < kMasks; added *= 2) {
                const Answer& more = answers[mask | added];
                if (stores_move(drawn.layer.kind, mask, added)) continue;
                ASSERT_LE(more.cycles, answers[mask].cycles) << "mask " << mask << " + " << added;
            }
        }
    }
}

}  // namespace
}  // namespace accelsim::oracle
