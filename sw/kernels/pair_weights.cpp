#include "sw/kernels/pair_weights.h"

#include <algorithm>

#include "sw/base/integer_math.h"

namespace accelsim::kernels {
namespace {

using Tap = PairProgram::Tap;

/// Cuts the inner product of `groups` groups into pieces and pairs its input values.
class ProgramBuilder {
  public:
    ProgramBuilder(const QuantizedLayer& layer, const SumOrder& order, int64_t row_pitch,
                   int64_t groups)
        : layer_(layer),
          order_(order),
          row_pitch_(row_pitch),
          channels_(layer.input.channels / layer.groups),
          groups_(groups) {}

    PairProgram build() {
        int64_t fold_first = 0;
        int64_t piece_first = 0;
        for (int64_t k = 1; k <= layer_.depth(); ++k) {
            const bool at_end = k == layer_.depth();
            const bool position_ends = order_.fold_at_positions && k % channels_ == 0;
            const bool fold_ends = at_end || position_ends || k - fold_first == order_.fold_depth;
            if (!fold_ends && k - piece_first < order_.longest_piece) continue;
            add_piece(piece_first, k, fold_ends);
            piece_first = k;
            if (fold_ends) fold_first = k;
        }
        return std::move(program_);
    }

  private:
    Tap tap(int64_t k, int64_t group) const {
        const int64_t position = k / channels_;
        const int64_t y = position / layer_.window.kernel_width;
        const int64_t x = position % layer_.window.kernel_width;
        return {k, group,
                y * row_pitch_ + x * layer_.input.channels + group * channels_ + k % channels_};
    }

    void add_piece(int64_t first, int64_t end, bool closes_fold) {
        std::vector<Tap> taps;
        for (int64_t k = first; k < end; ++k) {
            for (int64_t group = 0; group < groups_; ++group) taps.push_back(tap(k, group));
        }
        std::sort(taps.begin(), taps.end(),
                  [](const Tap& a, const Tap& b) { return a.offset < b.offset; });
        Piece piece;
        piece.first_run = static_cast<int64_t>(program_.runs.size());
        piece.closes_fold = closes_fold;
        int64_t next_offset = -1;
        for (size_t i = 0; i < taps.size(); ++piece.pairs) {
            const Tap& tap = taps[i];
            const bool has_second = i + 1 < taps.size() && taps[i + 1].offset == tap.offset + 1;
            if (tap.offset != next_offset) {
                program_.runs.push_back({static_cast<int32_t>(tap.offset), 0});
            }
            ++program_.runs.back().pairs;
            program_.taps.push_back(tap);
            program_.taps.push_back(has_second ? taps[i + 1] : Tap{});
            next_offset = tap.offset + 2;
            i += has_second ? 2 : 1;
        }
        piece.run_count = static_cast<int64_t>(program_.runs.size()) - piece.first_run;
        program_.pieces.push_back(piece);
    }

    const QuantizedLayer& layer_;
    const SumOrder& order_;
    int64_t row_pitch_;
    int64_t channels_;  ///< of the input, a group
    int64_t groups_;
    PairProgram program_;
};

/// The low byte of a weight, signed, or what is above it; the whole weight where it has one plane.
int16_t plane_of(int16_t weight, int plane, int planes) {
    const auto low = static_cast<int8_t>(weight);
    if (planes == 1) return weight;
    return static_cast<int16_t>(plane == 0 ? low : (weight - low) / (1 << kPlaneBits));
}

/// Writes a block's weights in its program's order.
class BlockPacker {
  public:
    BlockPacker(const QuantizedLayer& layer, const PairProgram& program, int planes, int lanes,
                PackedChannels& block)
        : layer_(layer),
          program_(program),
          planes_(planes),
          width_(static_cast<size_t>(block.vectors * lanes)),
          columns_(layer.out_channels() / layer.groups),
          block_(block) {}

    void pack() {
        const auto elements = static_cast<size_t>(program_.pairs() * planes_) * width_ * 2;
        block_.weights.assign(elements, 0);
        int16_t* row = block_.weights.data();
        size_t first = 0;
        for (const Piece& piece : program_.pieces) {
            const size_t end = first + 2 * static_cast<size_t>(piece.pairs);
            for (int plane = 0; plane < planes_; ++plane) {
                for (size_t i = first; i < end; i += 2, row += 2 * width_) {
                    pack_tap(program_.taps[i], plane, row);
                    pack_tap(program_.taps[i + 1], plane, row + 1);
                }
            }
            first = end;
        }
    }

    /// What inputs that are `input_offset` less than they stand for take from each piece's sums.
    void correct(int64_t input_offset) {
        block_.corrections.assign(program_.pieces.size() * width_, 0);
        const int16_t* weight = block_.weights.data();
        int64_t* correction = block_.corrections.data();
        for (const Piece& piece : program_.pieces) {
            for (int plane = 0; plane < planes_; ++plane) {
                const int64_t scale = input_offset * (int64_t{1} << (kPlaneBits * plane));
                for (int64_t pair = 0; pair < piece.pairs; ++pair) {
                    for (size_t n = 0; n < width_; ++n, weight += 2) {
                        correction[n] += scale * (weight[0] + weight[1]);
                    }
                }
            }
            correction += width_;
        }
    }

  private:
    void pack_tap(const Tap& tap, int plane, int16_t* row) {
        if (tap.k < 0) return;
        const int64_t first = tap.group * columns_;
        const int64_t count = std::min(columns_, block_.channels - first);
        const int16_t* from = &layer_.weights[static_cast<size_t>(tap.k * layer_.out_channels() +
                                                                  block_.first_channel + first)];
        for (int64_t n = 0; n < count; ++n)
            row[(first + n) * 2] = plane_of(from[n], plane, planes_);
    }

    const QuantizedLayer& layer_;
    const PairProgram& program_;
    int planes_;
    size_t width_;
    int64_t columns_;  ///< of a group
    PackedChannels& block_;
};

}  // namespace

PairWeights pack_pair_weights(const QuantizedLayer& layer, const SumOrder& order, int64_t row_pitch,
                              int32_t input_offset, const SimdKernels& simd) {
    PairWeights packed;
    const int64_t columns = layer.out_channels() / layer.groups;
    const int64_t widest = int64_t{simd.lanes} * simd.vectors;
    const int64_t shared =
        std::clamp<int64_t>(simd.lanes / columns, 1, layer.groups);  // groups in a block
    int64_t built_for = 0;
    for (int64_t group = 0; group < layer.groups; group += shared) {
        const int64_t groups = std::min(shared, layer.groups - group);
        if (groups != built_for) {
            packed.programs.push_back(ProgramBuilder(layer, order, row_pitch, groups).build());
            built_for = groups;
        }
        for (int64_t n = 0; n < groups * columns; n += widest) {
            PackedChannels block;
            block.first_channel = group * columns + n;
            block.channels = std::min(widest, groups * columns - n);
            block.input_offset = group * (layer.input.channels / layer.groups);
            block.vectors = static_cast<int>(ceil_divide(block.channels, simd.lanes));
            block.program = packed.programs.size() - 1;
            BlockPacker packer(layer, packed.programs.back(), order.weight_planes, simd.lanes,
                               block);
            packer.pack();
            if (input_offset != 0) packer.correct(input_offset);
            packed.blocks.push_back(std::move(block));
        }
    }
    for (PairProgram& program : packed.programs) program.taps = {};
    return packed;
}

}  // namespace accelsim::kernels
