#include "sw/schedule/program.h"

namespace accelsim {

std::vector<int32_t> post_word_order(const LayerProgram& program, const ArrayParams& array,
                                     MapShape conv) {
    std::vector<int32_t> words(static_cast<size_t>(conv.elements()), -1);
    int32_t first_word = 0;
    for (const OutputBlock& block : program.output_blocks) {
        const Box& box = block.conv;
        for (int32_t y = box.y0; y < box.y1; ++y) {
            for (int32_t x = box.x0; x < box.x1; ++x) {
                const int32_t pixel = (y - box.y0) * box.cols() + x - box.x0;
                for (int32_t c = box.c0; c < box.c1; ++c) {
                    const int32_t word = array.is_input_stationary() ? c - box.c0 : pixel;
                    words[static_cast<size_t>((y * conv.width + x) * conv.channels + c)] =
                        first_word + word;
                }
            }
        }
        first_word +=
            array.is_input_stationary() ? box.channels() : static_cast<int32_t>(box.pixels());
    }
    return words;
}

}  // namespace accelsim
