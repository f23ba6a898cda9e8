#include "sw/kernels/pairs_convolution.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "sw/kernels/packed_values.h"

namespace accelsim::kernels {
namespace {

constexpr int64_t kStripBytes = int64_t{256} << 10;
constexpr int kMostLanes = 64;  ///< of a tile
constexpr int64_t kMax32 = std::numeric_limits<int32_t>::max();

/// Unsigned values of 16 bits are stored less half their range.
int32_t offset_of(NumberFormat format) {
    return format.max() > std::numeric_limits<int16_t>::max() ? 1 << (format.bits - 1) : 0;
}

}  // namespace

PairsConvolution::PairsConvolution(const QuantizedLayer& layer, const ReferenceOptions& options,
                                   const SumRange& range, const SimdKernels& simd)
    : layer_(layer),
      simd_(simd),
      computed_(computed_pixels(layer)),
      row_pitch_(((computed_.width - 1) * layer.window.stride_width + layer.window.kernel_width) *
                 layer.input.channels),
      input_offset_(offset_of(layer.input_format)),
      is_ordered_(!range.fits(options.accumulator_bits)),
      accumulator_{options.accumulator_bits, options.overflow == Overflow::kSaturate} {
    order_.fold_depth = layer.depth();
    if (is_ordered_) {
        order_.fold_at_positions = options.fold_at_positions;
        if (options.fold_depth > 0) {
            order_.fold_depth = std::min(options.fold_depth, layer.depth());
        }
    }
    choose_width(range);
    if (!is_ordered_) accumulator_ = {64, false};
    weights_ = pack_pair_weights(layer, order_, row_pitch_, input_offset_, simd);
}

void PairsConvolution::choose_width(const SumRange& range) {
    const int64_t input =
        std::max<int64_t>(layer_.input_format.magnitude() - input_offset_, input_offset_);
    const auto longest = [&](int64_t largest_sum, int64_t weight) {
        return std::max<int64_t>(1, largest_sum / (input * weight));
    };
    // A register of fewer than 32 bits and a fold's sum are added in 32 bits.
    const int64_t largest_fold = accumulator_.bits < 32 ? int64_t{1} << 30 : kMax32;
    order_.longest_piece = longest(largest_fold, layer_.weight_format.magnitude());
    is_wide_ = input_offset_ != 0 ||
               (is_ordered_ ? accumulator_.bits > 32 || order_.fold_depth > order_.longest_piece
                            : !range.fits(32));
    if (!is_wide_) return;
    order_.weight_planes = layer_.weight_format.bits > kPlaneBits ? 2 : 1;
    const int64_t weight =
        std::min(layer_.weight_format.magnitude(), int64_t{1} << (kPlaneBits - 1));
    order_.longest_piece = longest(kMax32, weight);
}

int64_t PairsConvolution::rows_at_once() const {
    const int64_t row_bytes = computed_.width * layer_.out_channels() *
                              static_cast<int64_t>(is_wide_ ? sizeof(int64_t) : sizeof(int32_t));
    return std::max<int64_t>(1, kStripBytes / row_bytes);
}

void PairsConvolution::widen_row(const uint8_t* input, int64_t y, int16_t* row) const {
    const auto padding = static_cast<int16_t>(-input_offset_);
    const int64_t channels = layer_.input.channels;
    const int64_t width = row_pitch_ / channels;
    const int64_t left = std::min<int64_t>(layer_.window.pad_left, width);
    const int64_t inside =
        y >= 0 && y < layer_.input.height ? std::min(layer_.input.width, width - left) : 0;
    std::fill_n(row, left * channels, padding);
    unpack(input, y * layer_.input.width * channels, inside * channels, layer_.input_format,
           row + left * channels, input_offset_);
    std::fill(row + (left + inside) * channels, row + row_pitch_, padding);
}

const int16_t* PairsConvolution::widen(const uint8_t* input, RowRange rows,
                                       KernelWorkspace& workspace) const {
    const int64_t first = rows.first * layer_.window.stride_height - layer_.window.pad_top;
    const int64_t count =
        (rows.count - 1) * layer_.window.stride_height + layer_.window.kernel_height;
    auto* strip = workspace.get<int16_t>(KernelWorkspace::kInput, count * row_pitch_ + 1);
    for (int64_t y = 0; y < count; ++y) widen_row(input, first + y, strip + y * row_pitch_);
    strip[count * row_pitch_] = 0;  // the second value of the last pair
    return strip;
}

int64_t PairsConvolution::compute(const uint8_t* input, RowRange rows, const SumRows& sums,
                                  KernelWorkspace& workspace) const {
    const int16_t* strip = widen(input, rows, workspace);
    const int64_t pixels = rows.count * computed_.width;
    int64_t overflows = 0;
    for (const PackedChannels& block : weights_.blocks) {
        for (int64_t first = 0; first < pixels; first += kTilePixels) {
            Tile tile;
            tile.pixels = static_cast<int>(std::min<int64_t>(kTilePixels, pixels - first));
            for (int i = 0; i < tile.pixels; ++i) {
                const int64_t y = (first + i) / computed_.width;
                const int64_t x = (first + i) % computed_.width;
                tile.input[i] = strip + y * layer_.window.stride_height * row_pitch_ +
                                x * layer_.window.stride_width * layer_.input.channels +
                                block.input_offset;
                tile.output[i] =
                    (y * layer_.conv.width + x) * layer_.out_channels() + block.first_channel;
            }
            overflows += compute_tile(block, tile, sums);
        }
    }
    return overflows;
}

int64_t PairsConvolution::compute_tile(const PackedChannels& block, const Tile& tile,
                                       const SumRows& sums) const {
    if (is_wide_) return compute_by_piece(block, tile, sums.wide);
    if (is_ordered_) return compute_by_piece(block, tile, sums.narrow);
    compute_plainly(block, tile, sums.narrow);
    return 0;
}

void PairsConvolution::compute_plainly(const PackedChannels& block, const Tile& tile,
                                       int32_t* sums) const {
    const PairProgram& program = weights_.programs[block.program];
    const bool fills_vectors = block.channels == int64_t{block.vectors} * simd_.lanes;
    alignas(64) int32_t spare[kTilePixels][kMostLanes];
    int32_t* rows[kTilePixels] = {};
    for (int i = 0; i < tile.pixels; ++i)
        rows[i] = fills_vectors ? sums + tile.output[i] : spare[i];
    simd_.multiply_pairs(program.runs.data(), static_cast<int64_t>(program.runs.size()), tile.input,
                         tile.pixels, block.weights.data(), block.vectors, rows);
    if (fills_vectors) return;
    for (int i = 0; i < tile.pixels; ++i) {
        std::copy_n(spare[i], block.channels, sums + tile.output[i]);
    }
}

template <typename Sum>
int64_t PairsConvolution::compute_by_piece(const PackedChannels& block, const Tile& tile,
                                           Sum* sums) const {
    constexpr bool kWide = std::is_same_v<Sum, int64_t>;
    const PairProgram& program = weights_.programs[block.program];
    const int64_t width = int64_t{block.vectors} * simd_.lanes;
    const int64_t elements = tile.pixels * width;
    alignas(64) int32_t products[kTilePixels * kMostLanes];
    alignas(64) Sum fold[kTilePixels * kMostLanes];
    alignas(64) Sum total[kTilePixels * kMostLanes];
    int32_t* rows[kTilePixels] = {};
    for (int i = 0; i < tile.pixels; ++i) rows[i] = products + i * width;
    std::fill_n(fold, elements, 0);
    std::fill_n(total, elements, 0);
    const int16_t* weights = block.weights.data();
    const int64_t* corrections = block.corrections.data();
    int64_t overflows = 0;
    for (const Piece& piece : program.pieces) {
        for (int plane = 0; plane < order_.weight_planes; ++plane) {
            simd_.multiply_pairs(&program.runs[static_cast<size_t>(piece.first_run)],
                                 piece.run_count, tile.input, tile.pixels, weights, block.vectors,
                                 rows);
            weights += piece.pairs * width * 2;
            if constexpr (kWide) simd_.add_wide(fold, products, elements, kPlaneBits * plane);
        }
        if constexpr (kWide) {
            if (!block.corrections.empty()) {
                for (int64_t e = 0; e < elements; ++e) fold[e] += corrections[e % width];
                corrections += width;
            }
            if (!piece.closes_fold) continue;
            overflows += simd_.accumulate_wide(total, fold, elements, accumulator_);
            std::fill_n(fold, elements, 0);
        } else {
            overflows += simd_.accumulate(total, products, elements, accumulator_);
        }
    }
    for (int i = 0; i < tile.pixels; ++i) {
        std::copy_n(total + i * width, block.channels, sums + tile.output[i]);
    }
    return overflows;
}

}  // namespace accelsim::kernels
