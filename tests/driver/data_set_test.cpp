// Many images at once: what each of them gives alone in the machine, whatever the threads.
#include "sw/driver/data_set.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "sw/driver/transaction_simulation.h"
#include "sw/network/evaluate.h"
#include "tests/hw/machine_run.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_of.h"

namespace accelsim {
namespace {

constexpr ImageRange kRange{1, 33};
constexpr int kThreads[] = {1, 2, 4};

/// What a run gave, to compare and to read.
std::string tell(const std::vector<int>& predictions, const Verification& verification,
                 const Differences& differences) {
    std::string text;
    for (const int prediction : predictions) text += fmt::format("{} ", prediction);
    text += fmt::format("\nchecked {}, images {}, values {}, mismatches {}, counters {}\n",
                        verification.checked, verification.images, verification.compared_values,
                        verification.mismatches, verification.counter_mismatches);
    for (const std::string& line : differences.lines()) text += line + "\n";
    return text + fmt::format("{} differences\n", differences.count());
}

/// The small network on an array (maps kept on chip, residual addition, randomized ReLU, pooling,
/// formats below a byte) with seeded images.
class SmallDataSet {
  public:
    explicit SmallDataSet(const SmallArray& array, bool keep_on_chip = true)
        : run_(small_run(array, keep_on_chip)),
          simulation_(run_.accelerator, run_.network, run_.schedule),
          values_(simulation_),
          images_(ImageSet::seeded(run_.network.input, kRange.end, 1)),
          reference_(simulation_.reference_options()) {
        for (int64_t i = 0; i < static_cast<int64_t>(run_.images.size()); ++i) {
            EXPECT_EQ(quantized(i).data, run_.images[static_cast<size_t>(i)].data);
        }
    }

    DataSetResult run(int threads, const NetworkReferenceOptions* reference,
                      const ProgressCallback& progress = {}) const {
        return run_data_set(simulation_, values_, images_, kRange, preprocessing_, reference,
                            threads, progress);
    }

    std::string tell_run(int threads, const NetworkReferenceOptions* reference) const {
        const DataSetResult result = run(threads, reference);
        return tell(result.predictions, result.verification, result.differences);
    }

    /// The same images one after the other through the machine.
    std::string tell_machine(const NetworkReferenceOptions& reference) const {
        return in_child_process([&] {
            Verifier verifier(run_.network, reference);
            std::vector<IntegerMap> inputs;
            for (int64_t i = kRange.first; i < kRange.end; ++i) inputs.push_back(quantized(i));
            std::vector<int> predictions;
            TransactionSimulation::Watch watch;
            watch.on_layer = [&](LayerOutcome outcome) {
                if (outcome.layer == 0) verifier.start_image(inputs[outcome.image]);
                outcome.image += static_cast<size_t>(kRange.first);
                verifier.check(outcome);
                if (outcome.layer + 1 < run_.network.layers.size()) return;
                predictions.push_back(top_class(outcome.output.data));
            };
            simulation_.run(&values_, inputs, watch);
            return tell(predictions, verifier.result(), verifier.differences());
        });
    }

    /// What the reference executor alone says.
    std::vector<int> reference_predictions() const {
        std::vector<int> predictions;
        for (int64_t i = kRange.first; i < kRange.end; ++i) {
            predictions.push_back(
                top_class(run_reference(run_.network, quantized(i), reference_).data));
        }
        return predictions;
    }

    const NetworkReferenceOptions& reference() const { return reference_; }

    /// From now on the network takes no negative input, as every image has.
    void refuse_every_image() { run_.network.input_format.is_signed = false; }

  private:
    IntegerMap quantized(int64_t index) const {
        return quantize_input(run_.network, real_input(images_.pixels(index), preprocessing_));
    }

    const InputParams preprocessing_{255, {0.5}, {0.25}};
    MachineRun run_;
    const TransactionSimulation simulation_;
    const NetworkValues values_;
    const ImageSet images_;
    const NetworkReferenceOptions reference_;
};

TEST(DataSet, EqualsTheImagesOneByOne) {
    for (const SmallArray& array : kSmallArrays) {
        for (const bool keep_on_chip : {false, true}) {
            const SmallDataSet set(array, keep_on_chip);
            const std::string machine = set.tell_machine(set.reference());
            EXPECT_THAT(machine, ::testing::HasSubstr("mismatches 0, counters 0\n0 differences"));
            const std::vector<int> predictions = set.reference_predictions();
            EXPECT_GT(std::set<int>(predictions.begin(), predictions.end()).size(), 1u);
            for (const int threads : kThreads) {
                SCOPED_TRACE(fmt::format("{}, macs_per_pe {}, keep_on_chip {}, {} threads",
                                         to_string(array.dataflow), array.macs_per_pe, keep_on_chip,
                                         threads));
                EXPECT_EQ(set.tell_run(threads, &set.reference()), machine);
                const DataSetResult unchecked = set.run(threads, nullptr);
                EXPECT_EQ(unchecked.predictions, predictions);
                EXPECT_FALSE(unchecked.verification.checked);
                EXPECT_EQ(unchecked.verification.compared_values, 0);
            }
        }
    }
}

/// A reference whose random slopes are others: what hardware with a broken LFSR would look like.
TEST(DataSet, CountsWhatDiffersAndTellsItInTheOrderOfTheImages) {
    const SmallDataSet set({});
    NetworkReferenceOptions other = set.reference();
    for (ReferenceOptions& layer : other) layer.lfsr.state ^= 5;
    const std::string machine = set.tell_machine(other);
    EXPECT_THAT(machine, ::testing::ContainsRegex("mismatches [1-9][0-9]"));
    for (const int threads : kThreads) {
        SCOPED_TRACE(threads);
        const DataSetResult result = set.run(threads, &other);
        EXPECT_EQ(tell(result.predictions, result.verification, result.differences), machine);
        EXPECT_FALSE(result.verification.passed());
        EXPECT_EQ(result.predictions, set.reference_predictions()) << "the hardware's own";
        ASSERT_EQ(result.differences.lines().size(), Differences::kMostLines);
        EXPECT_GT(result.differences.count(), 32) << "one in each image at least";
        EXPECT_THAT(result.differences.lines().front(), ::testing::HasSubstr(", image 1: "));
    }
}

TEST(DataSet, ReportsProgress) {
    const SmallDataSet set({});
    for (const int threads : kThreads) {
        int64_t expected = 0;
        set.run(threads, nullptr, [&](int64_t done, int64_t total) {
            EXPECT_EQ(done, ++expected);
            EXPECT_EQ(total, 32);
        });
        EXPECT_EQ(expected, 32);
    }
}

TEST(DataSet, EndsWithWhatAnImageThrows) {
    SmallDataSet set({});
    set.refuse_every_image();
    for (const int threads : kThreads) {
        EXPECT_THAT(fault_of([&] { set.run(threads, nullptr); }), ::testing::HasSubstr("negative"));
    }
}

TEST(DataSet, EndsWithWhatItsWatcherThrows) {
    const SmallDataSet set({});
    for (const int threads : kThreads) {
        EXPECT_THROW(set.run(threads, &set.reference(),
                             [](int64_t done, int64_t) {
                                 if (done == 5) throw std::runtime_error("the terminal is gone");
                             }),
                     std::runtime_error);
    }
}

}  // namespace
}  // namespace accelsim
