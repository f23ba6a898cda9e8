#include "sw/driver/snapshot.h"

namespace accelsim {
namespace {

RegisterToggles difference(const RegisterToggles& now, const RegisterToggles& then) {
    RegisterToggles toggles = now;
    using Toggles = RegisterToggles;
    for (int64_t Toggles::*kind : {&Toggles::input, &Toggles::moving, &Toggles::stationary,
                                   &Toggles::product, &Toggles::partial_sum, &Toggles::output}) {
        toggles.*kind -= then.*kind;
    }
    return toggles;
}

}  // namespace

Snapshot::Snapshot(const SystolicAccelerator& machine)
    : sequencer_(machine.sequencer.stats()),
      input_(machine.input_buffer.stats()),
      weights_(machine.weight_buffer.stats()),
      array_(machine.array.stats()),
      array_overflows_(machine.array.overflows()),
      accumulator_(machine.accumulator.stats()),
      post_(machine.post_processing.stats()),
      output_(machine.output_buffer.stats()),
      dma_(machine.dma.stats()) {
    if (machine.array.activity() != nullptr) activity_ = *machine.array.activity();
}

LayerCounters Snapshot::since(const Snapshot& before) const {
    LayerCounters c;
    const Sequencer::Stats& now = sequencer_;
    const Sequencer::Stats& then = before.sequencer_;
    c.cycles = now.cycles - then.cycles;
    c.compute_cycles = now.compute - then.compute;
    c.stall_cycles.dram_read = now.dram_read - then.dram_read;
    c.stall_cycles.dram_write = now.dram_write - then.dram_write;
    c.stall_cycles.buffer_bank = now.buffer_bank - then.buffer_bank;
    c.stall_cycles.backpressure = now.backpressure - then.backpressure;
    c.stall_cycles.weight_load = now.weight_load - then.weight_load;
    c.stall_cycles.fill_drain = now.fill_drain - then.fill_drain;
    c.dram_read_weight_cycles = now.dram_read_weight - then.dram_read_weight;
    c.input_buffer_read_words = input_.read_words - before.input_.read_words;
    c.input_buffer_write_words = dma_.input_write_words - before.dma_.input_write_words;
    c.weight_buffer_read_words = weights_.read_words - before.weights_.read_words;
    c.weight_buffer_write_words = dma_.weight_write_words - before.dma_.weight_write_words;
    c.output_buffer_read_words = output_.read_words - before.output_.read_words;
    c.output_buffer_write_words = output_.write_words - before.output_.write_words;
    c.accumulator_read_words = accumulator_.read_words - before.accumulator_.read_words;
    c.accumulator_write_words = accumulator_.write_words - before.accumulator_.write_words;
    c.dram_read_bytes = dma_.read_bytes - before.dma_.read_bytes;
    c.dram_write_bytes = dma_.write_bytes - before.dma_.write_bytes;
    c.accumulator_overflows = accumulator_.overflows - before.accumulator_.overflows +
                              array_overflows_ - before.array_overflows_;
    c.output_saturations = post_.saturations - before.post_.saturations;
    if (activity_ && activity_->counts.zero_gating) {
        c.nonzero_macs = activity_->nonzero_macs - before.activity_->nonzero_macs;
    }
    if (activity_ && activity_->counts.register_toggles) {
        c.register_toggles =
            difference(activity_->register_toggles, before.activity_->register_toggles);
    }

    const auto in_layer = [&](int64_t cycle) -> std::optional<int64_t> {
        if (cycle < now.start_cycle) return std::nullopt;  // of an earlier layer, or never
        return cycle - now.start_cycle;
    };
    c.events.first_load_cycle = in_layer(now.first_load_cycle);
    c.events.first_input_cycle = in_layer(now.first_input_cycle);
    c.events.last_input_cycle = in_layer(now.last_input_cycle);
    c.events.first_output_cycle = in_layer(array_.first_output_cycle);
    c.events.last_column_first_output_cycle = in_layer(array_.last_column_first_output_cycle);
    c.events.last_output_cycle = in_layer(array_.last_output_cycle);
    c.events.first_sum_final_cycle = in_layer(array_.first_sum_final_cycle);
    c.events.last_sum_final_cycle = in_layer(array_.last_sum_final_cycle);
    c.events.last_accumulate_cycle = in_layer(accumulator_.last_accumulate_cycle);
    return c;
}

}  // namespace accelsim
