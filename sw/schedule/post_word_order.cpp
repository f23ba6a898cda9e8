#include <cstdint>
#include <utility>
#include <vector>

#include "sw/schedule/program.h"
#include "sw/timing/program_walk.h"

namespace accelsim {
namespace {

/// Numbers the words of the output blocks as the walk comes to them.
class WordOrder {
  public:
    WordOrder(bool lanes_are_pixels, MapShape conv)
        : lanes_are_pixels_(lanes_are_pixels),
          conv_(conv),
          words_(static_cast<size_t>(conv.elements()), -1) {}

    std::vector<int32_t> take() { return std::move(words_); }

    void begin_block(const OutputBlock& block, const ChannelBlock& /*channels*/) {
        const Box& box = block.conv;
        for (int64_t y = box.y0; y < box.y1; ++y) {
            for (int64_t x = box.x0; x < box.x1; ++x) {
                const int64_t pixel = (y - box.y0) * box.cols() + x - box.x0;
                for (int64_t c = box.c0; c < box.c1; ++c) {
                    const int64_t word = lanes_are_pixels_ ? c - box.c0 : pixel;
                    words_[static_cast<size_t>((y * conv_.width + x) * conv_.channels + c)] =
                        static_cast<int32_t>(first_word_ + word);
                }
            }
        }
        first_word_ += lanes_are_pixels_ ? box.channels() : box.pixels();
    }

    // Of no interest.
    int64_t enter(const LoopPlace& /*place*/, const OperandWindows& /*windows*/) { return 0; }
    int64_t enter_inner(const LoopPlace& /*place*/, const OperandWindows& /*windows*/) { return 0; }
    void load_weights(int64_t /*number*/, const WeightKey& /*key*/, const ChannelBlock& /*of*/) {}
    void load_input(int64_t /*number*/, const Box& /*box*/) {}
    void tiles(const OperandBlocks& /*operands*/, int64_t /*k_block*/) {}
    void drained_tiles(const OperandBlocks& /*operands*/, int64_t /*k_block*/,
                       int64_t /*first_pixel*/, int64_t /*pixels*/, int64_t /*count*/) {}
    void pooling_tile(const OperandBlocks& /*operands*/) {}
    void end_block() {}

  private:
    const bool lanes_are_pixels_;
    const MapShape conv_;
    std::vector<int32_t> words_;
    int64_t first_word_ = 0;
};

}  // namespace

std::vector<int32_t> post_word_order(const LayerLoops& loops, const ArrayParams& array,
                                     MapShape conv) {
    WordOrder order(loops.lanes_are_pixels, conv);
    ProgramWalk<WordOrder>(loops, array, order).run();
    return order.take();
}

}  // namespace accelsim
