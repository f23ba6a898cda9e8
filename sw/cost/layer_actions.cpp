#include "sw/cost/layer_actions.h"

#include "sw/base/integer_math.h"

namespace accelsim {
namespace {

constexpr double kBytesPerKib = 1024;
constexpr int kBitsPerByte = 8;
/// A register's value is read once for each time that it is written.
constexpr int kAccessesPerWrite = 2;

/// Adds up one layer.
class Counting {
  public:
    Counting(const QuantizedLayer& layer, const LayerPlan& plan, const LayerCounters& counters,
             const AcceleratorParams& machine)
        : layer_(layer),
          plan_(plan),
          counters_(counters),
          machine_(machine),
          array_(machine.array),
          values_(layer.has_array_work() ? plan.macs / layer.depth() : 0) {
        constexpr size_t kMostActions = 40;
        actions_.reserve(kMostActions);
    }

    std::vector<Action> count() {
        if (layer_.has_array_work()) add_array();
        add_buffers();
        add_accumulator();
        add_post_processing();
        const int64_t dram_bytes = counters_.dram_read_bytes + counters_.dram_write_bytes;
        add(Component::kDram, CostEntry::kDramAccess, double(dram_bytes) * kBitsPerByte);
        return std::move(actions_);
    }

  private:
    void add(Component component, CostEntry entry, double amount) {
        actions_.push_back({component, entry, amount});
    }
    void add_logic(Component component, const std::vector<LogicBlock>& blocks, double times) {
        for (const LogicBlock& block : blocks) {
            add(component, costs_of(block.kind).energy, block.size * times);
        }
    }
    /// Bits in and out of a memory whose banks have so many bytes.
    void add_sram(Component component, double bits, double bank_bytes, CostEntry access,
                  CostEntry per_kib) {
        add(component, access, bits);
        add(component, per_kib, bits * (bank_bytes / kBytesPerKib));
    }

    void add_array() {
        const ArrayWidths widths = ArrayWidths::of(
            layer_.input_format.bits, layer_.weight_format.bits, array_, machine_.accumulator);
        const bool is_output = array_.is_output_stationary();
        ArrayActivity activity;
        activity.beats = counters_.compute_cycles;
        activity.loads = is_output ? 0 : plan_.tiles;
        activity.drains = is_output ? plan_.tiles / plan_.k_blocks : 0;
        add_logic(Component::kMac, mac_logic(widths, array_), double(plan_.macs));
        double bits = 0;
        for (const RegisterGroup& group : array_registers(array_, widths, activity)) {
            bits += kAccessesPerWrite * group.bits * group.writes;
        }
        if (!is_output) {  // the operands that stay are read at every beat
            const int held = array_.is_input_stationary() ? widths.activation : widths.weight;
            bits += double(held) * array_.word_channels() * array_.cols * double(activity.beats);
        }
        add(Component::kArrayRegisters, CostEntry::kRegisterAccess, bits);
    }

    void add_buffer(Component component, const BufferParams& buffer, int banks, double bits) {
        add_sram(component, bits, double(buffer.capacity_bytes) / banks, CostEntry::kBufferAccess,
                 CostEntry::kBufferAccessPerKib);
    }

    void add_buffers() {
        const bool reads_lanes = array_.is_input_stationary() && layer_.has_array_work();
        const double word = array_.word_channels();
        const double lanes = array_.cols;
        const int in = layer_.input_format.bits;
        const int out = layer_.output_format.bits;
        const LayerCounters& count = counters_;
        const int64_t kept = kept_words();
        add_buffer(Component::kInputBuffer, machine_.input_buffer, machine_.input_buffer.banks,
                   double(count.input_buffer_read_words) * (reads_lanes ? lanes : word) * in +
                       double(count.input_buffer_write_words - kept) * word * in +
                       double(kept) * word * out);
        add_buffer(Component::kWeightBuffer, machine_.weight_buffer, machine_.weight_buffer.banks,
                   double(count.weight_buffer_read_words + count.weight_buffer_write_words) *
                       (reads_lanes ? word : lanes) * layer_.weight_format.bits);
        add_buffer(
            Component::kOutputBuffer, machine_.output_buffer, machine_.output_buffer.banks,
            double(count.output_buffer_read_words + count.output_buffer_write_words) * lanes * out);
        int64_t words = count.input_buffer_read_words + count.input_buffer_write_words +
                        count.weight_buffer_read_words + count.weight_buffer_write_words +
                        count.output_buffer_read_words + count.output_buffer_write_words +
                        count.accumulator_read_words + count.accumulator_write_words;
        if (layer_.residual) {
            add_buffer(Component::kResidualBuffer, machine_.residual_buffer, 1,
                       2.0 * double(values_) * layer_.residual->format.bits);
            words += 2 * ceil_divide(values_, array_.cols);
        }
        add(Component::kControl, CostEntry::kCount, double(words) * kAddressBits);
    }

    /// Words of an output map that stays in the input buffer, where they are as wide as the output.
    int64_t kept_words() const {
        if (!plan_.on_chip.output) return 0;
        const int64_t groups = layer_.has_array_work() ? layer_.groups : 1;
        const int64_t channels = layer_.output.channels / groups;
        const int64_t block = plan_.sizes.channels_per_block;
        const int64_t word = array_.word_channels();
        const int64_t words =
            channels / block * ceil_divide(block, word) + ceil_divide(channels % block, word);
        return int64_t{layer_.output.height} * layer_.output.width * groups * words;
    }

    void add_accumulator() {
        const AccumulatorParams& sums = machine_.accumulator;
        const int64_t written = counters_.accumulator_write_words;
        const int64_t words = written + counters_.accumulator_read_words;
        if (words == 0) return;
        add_sram(Component::kAccumulator, double(words) * array_.cols * sums.bits,
                 double(sums.capacity_bytes) / array_.cols, CostEntry::kAccumulatorAccess,
                 CostEntry::kAccumulatorAccessPerKib);
        if (array_.is_output_stationary()) return;
        // Every word of an output block is written once for each K tile; all but the first add.
        const int64_t first = written * plan_.output_blocks / plan_.tiles;
        add(Component::kAccumulator, CostEntry::kAdd,
            double(written - first) * array_.cols * sums.bits);
    }

    void add_post_processing() {
        const PostFeatures features = PostFeatures::of(layer_);
        const Window& window = layer_.pool.window;
        const int64_t entering = layer_.has_array_work()
                                     ? values_
                                     : int64_t{layer_.output.height} * layer_.output.width *
                                           layer_.output.channels * window.kernel_height *
                                           window.kernel_width;
        add_logic(Component::kPostProcessing, value_logic(features, machine_.accumulator),
                  double(entering));
        add_logic(Component::kPostProcessing, pool_logic(features), double(entering));
        add(Component::kPostProcessing, CostEntry::kRegisterAccess,
            double(entering) * kAccessesPerWrite * machine_.post_processing.pipeline_stages() *
                kPostBits);
    }

    const QuantizedLayer& layer_;
    const LayerPlan& plan_;
    const LayerCounters& counters_;
    const AcceleratorParams& machine_;
    const ArrayParams& array_;
    const int64_t values_;  ///< sums that post-processing takes
    std::vector<Action> actions_;
};

}  // namespace

std::vector<Action> layer_actions(const QuantizedLayer& layer, const LayerPlan& plan,
                                  const LayerCounters& counters,
                                  const AcceleratorParams& accelerator) {
    return Counting(layer, plan, counters, accelerator).count();
}

LogicCosts costs_of(Logic kind) {
    using E = CostEntry;
    switch (kind) {
        case Logic::kMultiplier:
            return {E::kMultiply, E::kMultiplierLeakage, E::kMultiplierArea};
        case Logic::kAdder:
            return {E::kAdd, E::kAdderLeakage, E::kAdderArea};
        case Logic::kComparator:
            return {E::kCompare, E::kComparatorLeakage, E::kComparatorArea};
        case Logic::kCounter:
            return {E::kCount, E::kCounterLeakage, E::kCounterArea};
        case Logic::kRegister:
            break;
    }
    return {E::kRegisterAccess, E::kRegisterLeakage, E::kRegisterArea};
}

std::vector<LogicBlock> mac_logic(const ArrayWidths& widths, const ArrayParams& array) {
    return {{Logic::kMultiplier, double(widths.activation) * widths.weight},
            {Logic::kAdder, widths.added_bits(array.macs_per_pe)}};
}

}  // namespace accelsim
