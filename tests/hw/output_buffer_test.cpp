// The output buffer alone. It is always ready, so only its source can stall.
#include <gtest/gtest.h>

#include <map>

#include "hw/memory/output_buffer.h"
#include "sw/base/integer_math.h"
#include "tests/hw/bench.h"
#include "tests/hw/initiator.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

constexpr int32_t kPixels = 11;
constexpr int kWords = 80;

/// Words of channels or of pixels in any order into both slots; what the DMA reads afterwards,
/// pixel by pixel, is what was written last.
class OutputBench {
  public:
    OutputBench(Stalls stalls, uint64_t seed)
        : random_(seed),
          words_(draw()),
          source_(channel_, words_, Coin(source_stalls(stalls), random_.next())),
          dut_("output_buffer", array_) {
        prepare_lanes(channel_, array_.cols);
        dut_.clock(bench_.clock);
        dut_.words(channel_);
        reader_.socket.bind(dut_.drain);
        bench_.at_edge([this](int64_t cycle) {
            source_.settle(cycle);
            source_.offer();
        });
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return source_.done(); });
        faults_.expect_equal("words written", kWords, dut_.stats().write_words);
        const int64_t span = source_.taken().back() - source_.taken()[0] + 1;
        if (!source_stalls(stalls)) faults_.expect_equal("cycles", kWords, span);
        check_reads();
        return faults_.text();
    }

  private:
    struct Pixel {
        int32_t slot = 0;
        int32_t pixel = 0;
        bool operator<(const Pixel& o) const {
            return slot != o.slot ? slot < o.slot : pixel < o.pixel;
        }
    };

    std::vector<OutputWord> draw() {
        array_.cols = static_cast<int>(random_.between(1, 9));
        const bool by_channel = random_.chance(50);
        channels_ = static_cast<int32_t>(random_.between(1, by_channel ? 20 : array_.cols));
        pitch_ = by_channel ? channels_ : array_.cols;
        const int32_t pixels = by_channel ? std::min(kPixels, array_.cols) : kPixels;
        std::vector<OutputWord> words;
        while (words.size() < kWords) {
            OutputWord word;
            word.slot = static_cast<int32_t>(random_.between(0, 1));
            word.address =
                static_cast<int32_t>(random_.between(0, (by_channel ? channels_ : pixels) - 1));
            word.lane_count = by_channel ? pixels : channels_;
            word.pitch = pitch_;
            word.lanes_are_pixels = by_channel;
            for (int32_t lane = 0; lane < array_.cols; ++lane) {
                word.lanes.push_back(static_cast<int32_t>(random_.between(-32768, 32767)));
                if (lane >= word.lane_count) continue;
                const int32_t pixel = by_channel ? lane : word.address;
                const int32_t channel = by_channel ? word.address : lane;
                model_[{word.slot, pixel}][channel] = word.lanes.back();
            }
            words.push_back(std::move(word));
        }
        return words;
    }

    void check_reads() {
        int64_t read_words = 0;
        for (const auto& [place, values] : model_) {
            const int32_t last = values.rbegin()->first;
            const std::vector<int16_t> read =
                reader_.read(place.slot, int64_t{place.pixel} * pitch_, last + 1);
            read_words += ceil_divide(last + 1, array_.cols);
            for (const auto& [channel, value] : values) {
                faults_.expect_equal(
                    "pixel " + std::to_string(place.pixel) + ", channel " + std::to_string(channel),
                    value, read[static_cast<size_t>(channel)]);
            }
        }
        faults_.expect_equal("words read", read_words, dut_.stats().read_words);
    }

    oracle::Random random_;
    ArrayParams array_;
    int32_t channels_ = 1;
    int32_t pitch_ = 1;
    std::map<Pixel, std::map<int32_t, int32_t>> model_;  ///< by channel
    const std::vector<OutputWord> words_;
    Bench bench_;
    Stream<OutputWord> channel_{"words"};
    Source<OutputWord> source_;
    Initiator reader_{"reader"};
    OutputBuffer dut_;
    Faults faults_;
};

TEST(OutputBuffer, KeepsEveryPixel) {
    constexpr uint64_t kCases = 60;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        for (const Stalls stalls : {Stalls::kNone, Stalls::kSource}) {
            const std::string text =
                in_child_process([&] { return OutputBench(stalls, seed).run(stalls); });
            ASSERT_EQ(text, "") << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

}  // namespace
}  // namespace accelsim
