#include "tests/property/compare_answer.h"

namespace accelsim {
namespace {

void compare_timing(const oracle::Answer& expected, const LayerCounters& actual,
                    Differences* differences) {
    differences->compare("cycles", expected.cycles, actual.cycles);
    differences->compare("compute", expected.compute_cycles, actual.compute_cycles);
    const StallCycles& stalls = actual.stall_cycles;
    differences->compare("dram_read", expected.stalls.dram_read, stalls.dram_read);
    differences->compare("dram_write", expected.stalls.dram_write, stalls.dram_write);
    differences->compare("buffer_bank", expected.stalls.buffer_bank, stalls.buffer_bank);
    differences->compare("backpressure", expected.stalls.backpressure, stalls.backpressure);
    differences->compare("weight_load", expected.stalls.weight_load, stalls.weight_load);
    differences->compare("fill_drain", expected.stalls.fill_drain, stalls.fill_drain);
    differences->compare("dram_read_weight", expected.dram_read_weight_cycles,
                         actual.dram_read_weight_cycles);
    differences->compare("cycles = compute + stalls", actual.cycles,
                         actual.compute_cycles + stalls.total());
}

void compare_counters(const oracle::Counters& expected, const LayerCounters& actual,
                      Differences* differences) {
    differences->compare("input reads", expected.input_buffer_read_words,
                         actual.input_buffer_read_words);
    differences->compare("input writes", expected.input_buffer_write_words,
                         actual.input_buffer_write_words);
    differences->compare("weight reads", expected.weight_buffer_read_words,
                         actual.weight_buffer_read_words);
    differences->compare("weight writes", expected.weight_buffer_write_words,
                         actual.weight_buffer_write_words);
    differences->compare("output reads", expected.output_buffer_read_words,
                         actual.output_buffer_read_words);
    differences->compare("output writes", expected.output_buffer_write_words,
                         actual.output_buffer_write_words);
    differences->compare("accumulator reads", expected.accumulator_read_words,
                         actual.accumulator_read_words);
    differences->compare("accumulator writes", expected.accumulator_write_words,
                         actual.accumulator_write_words);
    differences->compare("DRAM read bytes", expected.dram_read_bytes, actual.dram_read_bytes);
    differences->compare("DRAM write bytes", expected.dram_write_bytes, actual.dram_write_bytes);
}

void compare_events(const oracle::Events& expected, const LayerEvents& actual,
                    Differences* differences) {
    differences->compare("first_load", expected.first_load, actual.first_load_cycle);
    differences->compare("first_input", expected.first_input, actual.first_input_cycle);
    differences->compare("last_input", expected.last_input, actual.last_input_cycle);
    differences->compare("first_output", expected.first_output, actual.first_output_cycle);
    differences->compare("last_column_first_output", expected.last_column_first_output,
                         actual.last_column_first_output_cycle);
    differences->compare("last_output", expected.last_output, actual.last_output_cycle);
    differences->compare("last_accumulate", expected.last_accumulate, actual.last_accumulate_cycle);
    differences->compare("first_sum_final", expected.first_sum_final, actual.first_sum_final_cycle);
    differences->compare("last_sum_final", expected.last_sum_final, actual.last_sum_final_cycle);
}

}  // namespace

void compare_answer(const oracle::Answer& expected, const LayerCounters& actual,
                    Differences* differences) {
    compare_timing(expected, actual, differences);
    compare_counters(expected.counters, actual, differences);
    compare_events(expected.events, actual.events, differences);
}

oracle::Answer to_answer(const LayerCounters& from) {
    oracle::Answer answer;
    answer.cycles = from.cycles;
    answer.compute_cycles = from.compute_cycles;
    const StallCycles& stalls = from.stall_cycles;
    answer.stalls = {stalls.dram_read,    stalls.dram_write,  stalls.buffer_bank,
                     stalls.backpressure, stalls.weight_load, stalls.fill_drain};
    answer.dram_read_weight_cycles = from.dram_read_weight_cycles;
    answer.counters = {0,
                       from.input_buffer_read_words,
                       from.input_buffer_write_words,
                       from.weight_buffer_read_words,
                       from.weight_buffer_write_words,
                       from.accumulator_read_words,
                       from.accumulator_write_words,
                       from.output_buffer_read_words,
                       from.output_buffer_write_words,
                       from.dram_read_bytes,
                       from.dram_write_bytes};
    const LayerEvents& events = from.events;
    answer.events = {events.first_load_cycle,
                     events.first_input_cycle,
                     events.last_input_cycle,
                     events.first_output_cycle,
                     events.last_column_first_output_cycle,
                     events.last_output_cycle,
                     events.last_accumulate_cycle,
                     events.first_sum_final_cycle,
                     events.last_sum_final_cycle};
    return answer;
}

void compare_plan(const oracle::Answer& expected, const LayerPlan& plan, Differences* differences) {
    const oracle::Sizes& sizes = expected.sizes;
    differences->compare("rows_per_block", sizes.rows_per_block, plan.sizes.rows_per_block);
    differences->compare("cols_per_block", sizes.cols_per_block, plan.sizes.cols_per_block);
    differences->compare("channels_per_block", sizes.channels_per_block,
                         plan.sizes.channels_per_block);
    differences->compare("k_tiles_per_block", sizes.k_tiles_per_block,
                         plan.sizes.k_tiles_per_block);
    differences->compare("pixel_blocks", expected.pixel_blocks, plan.pixel_blocks);
    differences->compare("k_blocks", expected.k_blocks, plan.k_blocks);
    differences->compare("output_blocks", expected.output_blocks, plan.output_blocks);
    differences->compare("tiles", expected.tiles, plan.tiles);
    differences->compare("macs", expected.counters.macs, plan.macs);
}

}  // namespace accelsim
