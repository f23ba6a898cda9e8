#include "sw/kernels/nonzero_macs.h"

#include <vector>

#include "sw/kernels/array_kernel.h"
#include "sw/kernels/packed_values.h"

namespace accelsim {
namespace {

using Counts = std::vector<int32_t>;  ///< (kernel_height, kernel_width, channels)

/// For each place of the kernel, the computed pixels whose activation there is not zero. A row of
/// the map is counted once for each column of the kernel, whichever of its rows see it.
class PixelCount {
  public:
    explicit PixelCount(const QuantizedLayer& layer)
        : layer_(layer),
          window_(layer.window),
          computed_(kernels::computed_pixels(layer)),
          row_pitch_(window_.kernel_width * layer.input.channels),
          counts_(static_cast<size_t>(window_.kernel_height * row_pitch_)),
          row_counts_(static_cast<size_t>(row_pitch_)) {}

    Counts of(const uint8_t* input) {
        const int64_t elements = layer_.input.width * layer_.input.channels;
        std::vector<int32_t> row(static_cast<size_t>(elements));
        for (int64_t y = 0; y < layer_.input.height; ++y) {
            kernels::unpack(input, y * elements, elements, layer_.input_format, row.data());
            add_row(y, row.data());
        }
        return std::move(counts_);
    }

  private:
    void add_row(int64_t y, const int32_t* row) {
        bool is_counted = false;
        for (int ky = 0; ky < window_.kernel_height; ++ky) {
            const int64_t below = y + window_.pad_top - ky;
            if (below < 0 || below % window_.stride_height != 0) continue;
            if (below / window_.stride_height >= computed_.height) continue;
            if (!is_counted) count_row(row);
            is_counted = true;
            int32_t* counts = counts_.data() + ky * row_pitch_;
            for (int64_t i = 0; i < row_pitch_; ++i) {
                counts[i] += row_counts_[static_cast<size_t>(i)];
            }
        }
    }

    void count_row(const int32_t* row) {
        const int64_t channels = layer_.input.channels;
        row_counts_.assign(row_counts_.size(), 0);
        for (int kx = 0; kx < window_.kernel_width; ++kx) {
            int32_t* counts = row_counts_.data() + kx * channels;
            for (int64_t pixel = 0; pixel < computed_.width; ++pixel) {
                const int64_t x = pixel * window_.stride_width + kx - window_.pad_left;
                if (x < 0 || x >= layer_.input.width) continue;
                const int32_t* values = row + x * channels;
                for (int64_t c = 0; c < channels; ++c) {
                    counts[c] += static_cast<int32_t>(values[c] != 0);
                }
            }
        }
    }

    const QuantizedLayer& layer_;
    const Window& window_;
    const MapShape computed_;
    const int64_t row_pitch_;
    Counts counts_;
    Counts row_counts_;  ///< (kernel_width, channels), of one row of the map
};

/// The same of the weights: the output channels of the activation's group.
Counts nonzero_weights(const QuantizedLayer& layer) {
    const int64_t places = int64_t{layer.window.kernel_height} * layer.window.kernel_width;
    const int64_t group_channels = layer.input.channels / layer.groups;
    const int64_t group_outputs = layer.out_channels() / layer.groups;
    const int16_t* weights = layer.weights.data();
    Counts counts(static_cast<size_t>(places * layer.input.channels));
    for (int64_t place = 0; place < places; ++place) {
        for (int64_t channel = 0; channel < group_channels; ++channel) {
            for (int64_t group = 0; group < layer.groups; ++group, weights += group_outputs) {
                int32_t nonzero = 0;
                for (int64_t o = 0; o < group_outputs; ++o) {
                    nonzero += static_cast<int32_t>(weights[o] != 0);
                }
                counts[static_cast<size_t>((place * layer.groups + group) * group_channels +
                                           channel)] = nonzero;
            }
        }
    }
    return counts;
}

}  // namespace

int64_t nonzero_macs(const QuantizedLayer& layer, const uint8_t* input) {
    if (!layer.has_array_work()) return 0;
    const Counts pixels = PixelCount(layer).of(input);
    const Counts weights = nonzero_weights(layer);
    int64_t macs = 0;
    for (size_t i = 0; i < pixels.size(); ++i) macs += int64_t{pixels[i]} * weights[i];
    return macs;
}

}  // namespace accelsim
