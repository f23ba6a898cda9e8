#include "sw/driver/data_set.h"

#include <memory>
#include <mutex>
#include <utility>

#include "sw/network/evaluate.h"

namespace accelsim {
namespace {

/// Memory for as many threads as ask at a time.
class MemoryPool {
  public:
    using Memory = NetworkValues::Memory;

    std::unique_ptr<Memory> take() {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (free_.empty()) return std::make_unique<Memory>();
        std::unique_ptr<Memory> memory = std::move(free_.back());
        free_.pop_back();
        return memory;
    }
    void give_back(std::unique_ptr<Memory> memory) {
        const std::lock_guard<std::mutex> lock(mutex_);
        free_.push_back(std::move(memory));
    }

  private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Memory>> free_;
};

}  // namespace

DataSetResult run_data_set(const ScheduledNetwork& scheduled, const NetworkValues& values,
                           const ImageSet& images, ImageRange range,
                           const InputParams& preprocessing,
                           const NetworkReferenceOptions* reference, int threads,
                           const ProgressCallback& progress) {
    const QuantizedNetwork& network = scheduled.network();
    const int64_t count = range.end - range.first;
    DataSetResult result;
    result.predictions.resize(static_cast<size_t>(count));
    struct Checked {
        Verification verification;
        Differences differences;
    };
    std::vector<Checked> checked(static_cast<size_t>(count));
    MemoryPool pool;
    const auto run_image = [&](int64_t index) {
        const auto place = static_cast<size_t>(index);
        LayerOutcome outcome;
        outcome.image = static_cast<size_t>(range.first + index);
        const IntegerMap input =
            quantize_input(network, real_input(images.pixels(range.first + index), preprocessing));
        std::unique_ptr<Verifier> verifier;
        if (reference) {
            verifier = std::make_unique<Verifier>(network, *reference);
            verifier->start_image(input);
        }
        std::unique_ptr<NetworkValues::Memory> memory = pool.take();
        values.run(input, *memory, [&](size_t layer, const uint8_t* output, ValueCounts counts) {
            const QuantizedLayer& description = network.layers[layer];
            const bool last = layer + 1 == network.layers.size();
            if (!verifier && !last) return;
            outcome.layer = layer;
            outcome.counters.accumulator_overflows = counts.accumulator_overflows;
            outcome.counters.output_saturations = counts.output_saturations;
            outcome.output = unpack_map(output, description.output, description.output_format);
            if (verifier) verifier->check(outcome);
            if (last) result.predictions[place] = top_class(outcome.output.data);
        });
        pool.give_back(std::move(memory));
        if (verifier) checked[place] = {verifier->result(), verifier->differences()};
    };
    for_each_index(count, threads, run_image, progress);
    for (const Checked& of_image : checked) {
        result.verification += of_image.verification;
        result.differences += of_image.differences;
    }
    return result;
}

}  // namespace accelsim
