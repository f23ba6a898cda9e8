#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tests/support/random_case.h"
#include "tests/support/random_draw.h"
#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {
namespace {

constexpr uint64_t kCases = 20'000;

/// The case's schedule with every size as it was chosen.
SizeOverrides same_sizes(const RandomCase& drawn) {
    SizeOverrides overrides = drawn.overrides;
    const Sizes& sizes = drawn.answer.sizes;
    overrides.rows_per_block = sizes.rows_per_block;
    overrides.cols_per_block = sizes.cols_per_block;
    overrides.k_tiles_per_block = sizes.k_tiles_per_block;
    if (drawn.layer.kind == LayerKind::kConvolution && drawn.accelerator.input_stationary()) {
        overrides.channels_per_block = sizes.channels_per_block;
    }
    return overrides;
}

/// The K tiles of ws and is.
int64_t stationary_k_tiles(const RandomCase& drawn) {
    const Layer& layer = drawn.layer;
    const int64_t depth = drawn.accelerator.rows * drawn.accelerator.macs_per_pe;
    if (drawn.overrides.mapping == Mapping::kIm2col) return ceil_divide(k_extent(layer), depth);
    return layer.kernel.height * layer.kernel.width *
           ceil_divide(layer.input.channels / layer.groups, depth);
}

void check_stationary(const RandomCase& drawn, int64_t pixels, int64_t channel_blocks) {
    const Answer& answer = drawn.answer;
    const Counters& counters = answer.counters;
    const bool input_stationary = drawn.accelerator.input_stationary();
    const int64_t k_tiles = stationary_k_tiles(drawn);
    EXPECT_EQ(answer.tiles, answer.output_blocks * k_tiles);
    const int64_t words =
        input_stationary ? answer.pixel_blocks * drawn.layer.out_channels : pixels * channel_blocks;
    EXPECT_EQ(answer.compute_cycles, words * k_tiles);
    EXPECT_EQ(counters.accumulator_write_words, answer.compute_cycles);
    EXPECT_EQ(counters.accumulator_read_words, answer.compute_cycles);
    const int64_t loaded = answer.output_blocks * k_extent(drawn.layer);
    EXPECT_EQ(
        input_stationary ? counters.input_buffer_read_words : counters.weight_buffer_read_words,
        loaded);
    if (input_stationary) {
        EXPECT_EQ(counters.weight_buffer_read_words, answer.compute_cycles);
        EXPECT_EQ(answer.stalls.buffer_bank, 0);
    }
}

/// The beats of one output-stationary sum.
int64_t beats_of_a_sum(const RandomCase& drawn) {
    const Layer& layer = drawn.layer;
    const int64_t macs = drawn.accelerator.macs_per_pe;
    if (drawn.overrides.mapping == Mapping::kIm2col) return ceil_divide(k_extent(layer), macs);
    const int64_t channels = layer.input.channels / layer.groups;
    const int64_t depth = drawn.accelerator.rows * macs;
    return layer.kernel.height * layer.kernel.width *
           (channels / depth * drawn.accelerator.rows + ceil_divide(channels % depth, macs));
}

void check_output_stationary(const RandomCase& drawn, int64_t pixels, int64_t channel_blocks) {
    const Answer& answer = drawn.answer;
    const Counters& counters = answer.counters;
    const int64_t k = k_extent(drawn.layer);
    EXPECT_EQ(answer.tiles, answer.drains * answer.k_blocks);
    EXPECT_GE(answer.drains, answer.output_blocks);
    EXPECT_EQ(answer.compute_cycles, answer.drains * beats_of_a_sum(drawn));
    EXPECT_EQ(counters.weight_buffer_read_words, answer.drains * k);
    EXPECT_EQ(counters.accumulator_write_words, pixels * channel_blocks);
    EXPECT_EQ(counters.accumulator_read_words, pixels * channel_blocks);
    EXPECT_EQ(answer.stalls.weight_load, 0);
    EXPECT_FALSE(answer.events.first_load);
    const Accelerator& accelerator = drawn.accelerator;
    EXPECT_EQ(*answer.events.last_sum_final - *answer.events.first_sum_final,
              accelerator.row_skew * (accelerator.rows - 1) + accelerator.cols - 1);
}

TEST(TimingOracleInvariants, CausesAddUpAndCountersHaveTheirClosedForms) {
    for (uint64_t seed = 0; seed < kCases && !HasFailure(); ++seed) {
        const RandomCase drawn = random_case(seed);
        const Layer& layer = drawn.layer;
        const Answer& answer = drawn.answer;
        SCOPED_TRACE(describe(drawn));
        EXPECT_EQ(answer.cycles, answer.compute_cycles + answer.stalls.sum());
        EXPECT_LE(answer.dram_read_weight_cycles + answer.dram_read_residual_cycles,
                  answer.stalls.dram_read);
        const Map map = computed_map(layer);
        const Window pool = fused_window(layer);
        const bool pooling = layer.kind == LayerKind::kPooling;
        const int64_t pixels = map.height * map.width;
        const int64_t groups = pooling ? 1 : layer.groups;
        const int64_t channel_blocks =
            groups * ceil_divide(map.channels / groups, answer.sizes.channels_per_block);
        EXPECT_EQ(answer.output_blocks, answer.pixel_blocks * channel_blocks);
        const bool pixel_lanes = !pooling && drawn.accelerator.input_stationary();
        EXPECT_EQ(answer.counters.output_buffer_write_words,
                  pixel_lanes ? answer.pixel_blocks * layer.out_channels
                              : pixels / (pool.height * pool.width) * channel_blocks);
        if (pooling) {
            EXPECT_EQ(answer.compute_cycles,
                      pixels * channel_blocks * layer.kernel.height * layer.kernel.width);
            continue;
        }
        EXPECT_EQ(answer.counters.macs, pixels * k_extent(layer) * layer.out_channels);
        if (drawn.accelerator.output_stationary()) {
            check_output_stationary(drawn, pixels, channel_blocks);
        } else {
            check_stationary(drawn, pixels, channel_blocks);
        }
    }
}

/// Under an ideal DRAM the two stationary dataflows are each other's transpose: the rows of one
/// Gemm's product are the columns of the other's.
TEST(TimingOracleInvariants, InputStationaryIsWeightStationaryTransposed) {
    for (uint64_t seed = 0; seed < kCases / 4 && !HasFailure(); ++seed) {
        Random random(seed);
        RandomCase drawn = random_case(seed);
        Accelerator& accelerator = drawn.accelerator;
        accelerator.dram = {true, 1, 1, 0, {}};
        const int64_t m = random.between(1, 40), k = random.between(1, 60);
        const int64_t n = random.between(1, 40);
        SizeOverrides sizes;
        sizes.channels_per_block = random.between(1, n);
        sizes.k_tiles_per_block =
            random.between(1, ceil_divide(k, accelerator.rows * accelerator.macs_per_pe));
        accelerator.dataflow = Dataflow::kInputStationary;
        const Answer by_inputs = evaluate(gemm(m, k, n), accelerator, sizes);
        accelerator.dataflow = Dataflow::kWeightStationary;
        std::swap(accelerator.input_buffer, accelerator.weight_buffer);
        std::swap(accelerator.activation_bits, accelerator.weight_bits);
        std::swap(sizes.rows_per_block, sizes.channels_per_block);
        const Answer by_weights = evaluate(gemm(n, k, m), accelerator, sizes);
        if (by_inputs.verdict != Verdict::kRuns ||
            by_inputs.sizes.rows_per_block != std::min(accelerator.cols, m)) {
            continue;  // with fewer lanes than the other's columns it is another schedule
        }
        SCOPED_TRACE(describe(drawn));
        EXPECT_EQ(by_inputs.verdict, by_weights.verdict) << by_weights.reason;
        EXPECT_EQ(by_inputs.cycles, by_weights.cycles);
        EXPECT_EQ(by_inputs.stalls.weight_load, by_weights.stalls.weight_load);
        EXPECT_EQ(by_inputs.stalls.backpressure, by_weights.stalls.backpressure);
        EXPECT_EQ(*by_inputs.events.first_output, *by_weights.events.first_output);
        EXPECT_EQ(by_inputs.counters.macs, by_weights.counters.macs);
    }
}

/// A map that stays on chip costs no bytes, and its reader waits for weights alone.
TEST(TimingOracleInvariants, KeptMapsMoveNoBytes) {
    int64_t kept = 0;
    for (uint64_t seed = 0; seed < kCases / 10 && !HasFailure(); ++seed) {
        const std::vector<RandomCase> chain = random_chain(seed);
        for (const RandomCase& drawn : chain) {
            SCOPED_TRACE(describe(drawn));
            const Answer& answer = drawn.answer;
            EXPECT_EQ(answer.cycles, answer.compute_cycles + answer.stalls.sum());
            if (drawn.overrides.output_kept) {
                EXPECT_EQ(answer.counters.dram_write_bytes, 0);
            }
            if (!drawn.overrides.input_kept) continue;
            ++kept;
            EXPECT_EQ(answer.stalls.dram_read,
                      answer.dram_read_weight_cycles + answer.dram_read_residual_cycles);
            const bool array = drawn.layer.kind == LayerKind::kConvolution;
            EXPECT_TRUE(array || answer.counters.dram_read_bytes == 0);
        }
    }
    EXPECT_GE(kept, static_cast<int64_t>(kCases / 200));
}

TEST(TimingOracleInvariants, FasterDramIsNeverSlower) {
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        const RandomCase drawn = random_case(seed);
        SCOPED_TRACE(describe(drawn));
        Accelerator faster = drawn.accelerator;
        if (faster.dram.ideal || faster.dram.bytes_in_cycle) continue;
        faster.dram.bytes_per_cycle_numerator *= 2;
        faster.dram.latency_cycles /= 2;
        const int64_t cycles = evaluate(drawn.layer, faster, same_sizes(drawn)).cycles;
        ASSERT_LE(cycles, drawn.answer.cycles);
        faster.dram.ideal = true;
        ASSERT_LE(evaluate(drawn.layer, faster, same_sizes(drawn)).cycles, cycles);
    }
}

/// Whatever is drawn and however its maps lie, it runs or the sizes say why not.
TEST(TimingOracleInvariants, NothingThatFitsDeadlocks) {
    Random random(1);
    int64_t running = 0;
    for (uint64_t i = 0; i < kCases; ++i) {
        RandomCase drawn = draft(random);
        drawn.overrides.input_kept = random.chance(25);
        drawn.overrides.output_kept = random.chance(25);
        const Answer answer = evaluate(drawn.layer, drawn.accelerator, drawn.overrides);
        SCOPED_TRACE(describe(drawn));
        ASSERT_NE(answer.verdict, Verdict::kDeadlock) << answer.reason;
        if (answer.verdict == Verdict::kRuns) ++running;
    }
    EXPECT_GE(running, static_cast<int64_t>(kCases / 4));
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
        const Answer answer = evaluate(drawn.layer, stressed, same_sizes(drawn));
        ASSERT_EQ(answer.verdict, Verdict::kRuns);
        ASSERT_EQ(answer.cycles, answer.compute_cycles + answer.stalls.sum());
        stressed.dram.bytes_in_cycle = [](int64_t) { return 3; };
        const int64_t cycles = evaluate(drawn.layer, stressed, same_sizes(drawn)).cycles;
        stressed.dram.bytes_in_cycle = nullptr;
        stressed.dram.bytes_per_cycle_numerator = 3;
        stressed.dram.bytes_per_cycle_denominator = 1;
        ASSERT_EQ(evaluate(drawn.layer, stressed, same_sizes(drawn)).cycles, cycles);
    }
}

/// The buffers whose slots rule 1 to 4 name; bit b of a mask says that buffer b has two.
constexpr std::array<Buffer Accelerator::*, 5> kBuffers = {
    &Accelerator::accumulator, &Accelerator::output_buffer, &Accelerator::residual_buffer,
    &Accelerator::input_buffer, &Accelerator::weight_buffer};
constexpr unsigned kAccumulator = 1;
constexpr unsigned kOutput = 2;
constexpr unsigned kResidual = 4;
constexpr unsigned kMasks = 32;

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

/// Whether the stores go a block earlier (rule 1), which may serve better.
bool stores_go_early(const Layer& layer, unsigned mask) {
    if ((mask & kOutput) != 0) return false;
    return layer.kind == LayerKind::kPooling || (mask & kAccumulator) == 0 ||
           (layer.residual_bits && (mask & kResidual) == 0);
}

TEST(TimingOracleInvariants, EverySlotCountRunsAndMoreAreNotSlower) {
    for (uint64_t seed = 0; seed < kCases / 4; ++seed) {
        const RandomCase drawn = random_case(seed);
        SCOPED_TRACE(describe(drawn));
        std::array<Answer, kMasks> answers;
        for (unsigned mask = 0; mask < kMasks; ++mask) {
            answers[mask] =
                evaluate(drawn.layer, with_slots(drawn.accelerator, mask), same_sizes(drawn));
            ASSERT_EQ(answers[mask].verdict, Verdict::kRuns) << answers[mask].reason;
        }
        for (unsigned mask = 0; mask < kMasks; ++mask) {
            for (unsigned added = 1; added < kMasks; added *= 2) {
                const Answer& more = answers[mask | added];
                if (stores_go_early(drawn.layer, mask) !=
                    stores_go_early(drawn.layer, mask | added)) {
                    continue;
                }
                ASSERT_LE(more.cycles, answers[mask].cycles) << "mask " << mask << " + " << added;
            }
        }
    }
}

}  // namespace
}  // namespace accelsim::oracle
