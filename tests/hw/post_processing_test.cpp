// Post-processing with the residual buffer: every operation, under every kind of stalls.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "hw/layers/post_processing.h"
#include "hw/memory/residual_buffer.h"
#include "tests/hw/bench.h"
#include "tests/hw/initiator.h"
#include "tests/hw/post_case.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// Constants of every channel, as the constant memory would hold them.
struct Constants : ConstantSource {
    std::vector<ChannelConstants> channels;
    const ChannelConstants& constants(int32_t channel) const override {
        return channels[static_cast<size_t>(channel)];
    }
};

/// Sends each block's words from the cycle of its job on, as the accumulator does; its residual
/// operands are in their slot by then.
class PostBench {
  public:
    PostBench(PostCase& drawn, Stalls stalls, uint64_t seed)
        : drawn_(with_layer(drawn)),
          random_(seed),
          words_(words_channel_, drawn_.words, Coin(source_stalls(stalls), random_.next())),
          beats_(beats_channel_, drawn_.beats, Coin(source_stalls(stalls), random_.next())),
          issuer_(job_channel_, drawn_.jobs, Coin(source_stalls(stalls), random_.next())),
          sink_(output_channel_, Coin(sink_stalls(stalls), random_.next())),
          dut_("post_processing", drawn.params, drawn.array) {
        prepare_lanes(words_channel_, drawn.array.cols);
        prepare_lanes(beats_channel_, drawn.array.cols);
        prepare_lanes(output_channel_, drawn.array.cols);
        dut_.clock(bench_.clock);
        dut_.job(job_channel_);
        dut_.words(words_channel_);
        dut_.pool_beats(beats_channel_);
        dut_.constants(constants_);
        constants_.channels = drawn_.constants;
        dut_.residual(residual_);
        initiator_.socket.bind(residual_.fill);
        dut_.output(output_channel_);
        dut_.blocks_posted(posted_);
        words_.may_offer = beats_.may_offer = [this](size_t index) {
            const int64_t blocks = started_;
            return blocks > 0 &&
                   static_cast<int64_t>(index) < drawn_.block_end[static_cast<size_t>(blocks) - 1];
        };
        issuer_.may_issue = [this](size_t block) { return may_start(block); };
        issuer_.on_issue = [this](size_t block) {
            initiator_.write(drawn_.jobs[block].residual_slot, drawn_.operands[block]);
            ++started_;
            words_.offer();
            beats_.offer();
        };
        bench_.at_edge([this](int64_t cycle) { edge(cycle); });
        bench_.react(posted_, [this] { issuer_.issue(); });
        posted_at_ = bench_.record(posted_);
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return posted_.read() >= blocks(); });
        check_values();
        check_posting();
        if (!sink_stalls(stalls)) check_latency();
        if (stalls == Stalls::kNone) check_rate();
        return faults_.text();
    }

  private:
    /// The case with its jobs pointing to its own layer.
    static PostCase& with_layer(PostCase& drawn) {
        for (PostJob& job : drawn.jobs) job.layer = &drawn.layer;
        return drawn;
    }
    int64_t blocks() const { return static_cast<int64_t>(drawn_.jobs.size()); }

    void edge(int64_t cycle) {
        sink_.edge(cycle);
        words_.settle(cycle);
        beats_.settle(cycle);
        issuer_.edge(cycle);
        words_.offer();
        beats_.offer();
    }

    /// Array work: when the block before has left; a pooling layer's block follows at once.
    bool may_start(size_t block) const {
        if (drawn_.layer.uses_array) return posted_.read() >= static_cast<int64_t>(block);
        return block == 0 || static_cast<int64_t>(beats_.next()) >= drawn_.block_end[block - 1];
    }

    const std::vector<int64_t>& taken() const {
        return drawn_.layer.uses_array ? words_.taken() : beats_.taken();
    }

    void check_values() {
        faults_.expect_equal("words", drawn_.outputs.size(), sink_.items().size());
        for (size_t i = 0; i < std::min(drawn_.outputs.size(), sink_.items().size()); ++i) {
            const OutputWord& expected = drawn_.outputs[i];
            const OutputWord& actual = sink_.items()[i];
            const std::string name = "word " + std::to_string(i);
            faults_.expect_equal(name + ", address", expected.address, actual.address);
            faults_.expect_equal(name + ", slot", expected.slot, actual.slot);
            faults_.expect_equal(name + ", lanes", expected.lane_count, actual.lane_count);
            faults_.expect_equal(name + ", pitch", expected.pitch, actual.pitch);
            faults_.expect_equal(name + ", lanes are pixels", expected.lanes_are_pixels,
                                 actual.lanes_are_pixels);
            faults_.expect_all_equal(name + ", lane", expected.lanes, actual.lanes);
        }
        faults_.expect_equal("saturations", drawn_.saturations, dut_.stats().saturations);
        faults_.expect_equal("residual words", drawn_.layer.has_residual ? drawn_.words.size() : 0,
                             residual_.stats().read_words);
        faults_.expect_equal("blocks", blocks(), posted_.read());
    }

    /// A word leaves q cycles after the last of its window was taken.
    void check_latency() {
        std::vector<int64_t> left;
        for (const int64_t word : drawn_.output_of) {
            left.push_back(taken()[static_cast<size_t>(word)] + drawn_.params.pipeline_stages());
        }
        faults_.expect_all_equal("cycle of word", left, sink_.taken());
    }

    /// Whatever the sink does: a block is posted when its last word has been taken.
    void check_posting() {
        std::vector<int64_t> posted;
        for (size_t i = 0; i < std::min(drawn_.outputs.size(), sink_.taken().size()); ++i) {
            if (drawn_.output_of[i] + 1 == drawn_.block_end[posted.size()]) {
                posted.push_back(sink_.taken()[i] + 1);
            }
        }
        faults_.expect_all_equal("Q of block", posted, *posted_at_);
    }

    /// Rule 4 (Q - start = B + q), and for pooling layers Q = E + q with a beat in every cycle.
    void check_rate() {
        int64_t begin = 0, start = issuer_.starts()[0];
        for (size_t block = 0; block < drawn_.jobs.size(); ++block) {
            faults_.expect_equal("start of block", start, issuer_.starts()[block]);
            const int64_t end = start + drawn_.block_end[block] - begin;
            const int64_t posted = end + drawn_.params.pipeline_stages();
            faults_.expect_equal("Q by rule 4", posted, (*posted_at_)[block]);
            begin = drawn_.block_end[block];
            start = drawn_.layer.uses_array ? posted : end;
        }
    }

    PostCase& drawn_;
    oracle::Random random_;
    Bench bench_;
    Constants constants_;
    Stream<AccumulatorWord> words_channel_{"words"};
    Stream<Beat> beats_channel_{"beats"};
    Stream<OutputWord> output_channel_{"output"};
    JobChannel<PostJob> job_channel_{"jobs"};
    sc_core::sc_signal<int64_t> posted_;
    Source<AccumulatorWord> words_;
    Source<Beat> beats_;
    Issuer<PostJob> issuer_;
    Sink<OutputWord> sink_;
    ResidualBuffer residual_{"residual"};
    Initiator initiator_{"initiator"};
    PostProcessing dut_;
    int64_t started_ = 0;
    std::shared_ptr<std::vector<int64_t>> posted_at_;
    Faults faults_;
};

/// Runs the case under every kind of stalls; the differences, with how to see them again.
std::string faults_of(const PostCase& drawn, uint64_t seed) {
    for (const Stalls stalls : kAllStalls) {
        PostCase copy = drawn;
        const std::string text =
            in_child_process([&] { return PostBench(copy, stalls, seed).run(stalls); });
        if (text.empty()) continue;
        return "ACCELSIM_TEST_SEED=" + std::to_string(seed) + ", " + stalls_name(stalls) + "\n" +
               text;
    }
    return "";
}

/// What the case is a case of, by name.
std::map<std::string, bool> features(const PostCase& drawn) {
    const LayerRegisters& layer = drawn.layer;
    const ArrayParams& array = drawn.array;
    const bool array_work = layer.uses_array;
    const bool fused = array_work && layer.pool != PoolMode::kNone;
    const auto with = [&](ActivationKind kind) {
        return array_work && layer.activation.kind == kind;
    };
    return {
        {"weight stationary", array.dataflow == Dataflow::kWeightStationary},
        {"output stationary", array.is_output_stationary()},
        {"input stationary", array.is_input_stationary()},
        {"pooling layer", !array_work},
        {"pooling layer of an input-stationary array", !array_work && array.is_input_stationary()},
        {"fused pooling", fused && !array.is_input_stationary()},
        {"fused pooling of lanes", fused && array.is_input_stationary()},
        {"average", layer.pool == PoolMode::kAverage},
        {"residual", layer.has_residual},
        {"batch norm", layer.has_batch_norm},
        {"batch norm, lanes are pixels", layer.has_batch_norm && array.is_input_stationary()},
        {"batch norm and residual", layer.has_batch_norm && layer.has_residual},
        {"batch-norm unit bypassed", drawn.params.batch_norm_unit && !layer.has_batch_norm},
        {"residual, lanes are pixels", layer.has_residual && array.is_input_stationary()},
        {"relu", with(ActivationKind::kRelu)},
        {"leaky relu", with(ActivationKind::kLeakyRelu)},
        {"randomized relu", with(ActivationKind::kRandomizedRelu)},
        {"clip", with(ActivationKind::kClip)},
        {"shift rule", array_work && layer.requantize == RequantizeRule::kShiftFloor},
    };
}

TEST(PostProcessing, FinishesEveryWordInItsCycle) {
    constexpr uint64_t kCases = 400;
    std::map<std::string, int> covered;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        const PostCase drawn = draw_post_case(seed);
        for (const auto& [name, present] : features(drawn)) covered[name] += present;
        ASSERT_EQ(faults_of(drawn, seed), "");
    }
    constexpr int kLeastPercent = 5;
    for (const auto& [name, cases] : covered) {
        std::cout << cases << " cases: " << name << "\n";
        EXPECT_GE(cases * 100, static_cast<int>(kCases) * kLeastPercent) << name;
    }
}

/// The founding run: two words of four lanes, in each of two layers. Nothing but the activation
/// changes the values.
PostCase worked_example(ActivationKind activation, const std::vector<int32_t>& first_word) {
    PostCase result;
    result.array.cols = 4;
    result.layer.requantize = RequantizeRule::kShiftFloor;
    result.layer.output_format = {8, true};
    result.layer.activation.kind = activation;
    result.constants.resize(4);
    for (int layer = 0; layer < 2; ++layer) {
        PostJob job;
        job.first_of_layer = true;
        job.block.conv = job.block.output = {0, 2, 0, 1, 0, 4};
        result.jobs.push_back(job);
        result.operands.emplace_back();
        result.words.push_back({{-2, -2, -3, -8}, 0, false});
        result.words.push_back({{0, 6, 1, 0}, 1, true});
        result.outputs.push_back({first_word, 0, 0, 4, 4, false});
        result.outputs.push_back({{0, 6, 1, 0}, 1, 0, 4, 4, false});
        for (int word = 0; word < 2; ++word) result.output_of.push_back(layer * 2 + word);
        result.block_end.push_back(layer * 2 + 2);
    }
    return result;
}

TEST(PostProcessing, RepeatsTheWorkedExample) {
    constexpr uint64_t kCases = 20;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        const PostCase relu = worked_example(ActivationKind::kRelu, {0, 0, 0, 0});
        ASSERT_EQ(faults_of(relu, seed), "");
        const PostCase rrelu = worked_example(ActivationKind::kRandomizedRelu, {-1, -1, -1, -3});
        ASSERT_EQ(faults_of(rrelu, seed), "");
    }
}

}  // namespace
}  // namespace accelsim
