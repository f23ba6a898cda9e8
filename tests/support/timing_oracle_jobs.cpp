#include "tests/support/timing_oracle_jobs.h"

#include <limits>

namespace accelsim::oracle {

JobList::JobList(const Layer& layer, const Accelerator& accelerator, const SizeOverrides& overrides,
                 Program& program)
    : layer_(layer),
      accelerator_(accelerator),
      overrides_(overrides),
      program_(program),
      weights_(accelerator.weight_buffer.slots),
      inputs_(program.input_slots) {}

int64_t JobList::weights(const std::array<int64_t, 3>& key, int64_t k, int64_t channels) {
    const int64_t held = weights_.find(key);
    if (held != kNoBlock) return held;
    const int64_t number = weights_.add(key);
    program_.counters.weight_buffer_write_words +=
        accelerator_.input_stationary() ? channels * ceil_divide(k, accelerator_.word_channels())
                                        : k;
    program_.weight_last_reader.push_back(0);
    add_load(JobKind::kWeightLoad, number, ceil_divide(k * channels * accelerator_.weight_bits, 8));
    return number;
}

int64_t JobList::input(const Box& box) {
    if (overrides_.input_kept || box.empty()) return kNoBlock;
    const int64_t held = inputs_.find(box);
    if (held != kNoBlock) return held;
    const int64_t number = inputs_.add(box);
    program_.counters.input_buffer_write_words +=
        box.rows.size() * box.cols.size() *
        ceil_divide(box.channels.size(), accelerator_.word_channels());
    program_.input_last_reader.push_back(0);
    add_load(JobKind::kInputLoad, number,
             box_bytes(layer_.input, box, accelerator_.activation_bits));
    return number;
}

void JobList::residual(const Box& box) {
    add_load(JobKind::kResidualLoad, output_block(),
             box_bytes(kernel_map(layer_), box, *layer_.residual_bits));
}

void JobList::store(const Box& box) {
    const int64_t pixels = box.rows.size() * box.cols.size();
    const int64_t words = pixels * ceil_divide(box.channels.size(), accelerator_.cols);
    Counters& counters = program_.counters;
    counters.output_buffer_read_words += words;
    const auto number = static_cast<int64_t>(stores_.size());
    if (overrides_.output_kept) {
        counters.input_buffer_write_words +=
            pixels * ceil_divide(box.channels.size(), accelerator_.word_channels());
        stores_.push_back({JobKind::kKeptStore, number, 0, words});
    } else {
        const int64_t bytes = box_bytes(output_map(layer_), box, accelerator_.output_bits);
        counters.dram_write_bytes += bytes;
        stores_.push_back({JobKind::kStore, number, bytes, 0});
    }
}

void JobList::finish() { add_stores_before(std::numeric_limits<int64_t>::max()); }

void JobList::add_load(JobKind kind, int64_t number, int64_t bytes) {
    add_stores_before(output_block());
    program_.jobs.push_back({kind, number, bytes, 0});
    program_.counters.dram_read_bytes += bytes;
}

/// Store j stands directly before the first load whose first use is in output block j + this or
/// later.
int64_t JobList::store_distance() const {
    if (accelerator_.output_buffer.slots > 1) return 3;
    const bool one_residual_slot =
        layer_.residual_bits.has_value() && accelerator_.residual_buffer.slots == 1;
    const bool held = layer_.kind == LayerKind::kPooling || accelerator_.accumulator.slots == 1 ||
                      one_residual_slot;
    return held ? 2 : 3;
}

void JobList::add_stores_before(int64_t first_use) {
    const auto count = static_cast<int64_t>(stores_.size());
    for (; stores_listed_ < count && stores_listed_ + store_distance() <= first_use;
         ++stores_listed_) {
        program_.jobs.push_back(stores_[static_cast<size_t>(stores_listed_)]);
    }
}

}  // namespace accelsim::oracle
