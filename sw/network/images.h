#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sw/base/tensor.h"
#include "sw/network/float_executor.h"
#include "sw/network/quantized_network.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// Which images of a file: `limit` of them from index `first`.
struct ImageSelection {
    int64_t first = 0;
    int64_t limit = 1;
};

/// Images as a file or a seed gives them (raw pixels, not yet the network's real input), labels
/// where known.
class ImageSet {
  public:
    /// Reads the selected images of a file, and no others: CIFAR-10 binary records (`.bin`, with
    /// labels), IDX, or
    /// `.npy` (uint8 or float32; (N, features), (N, H, W), (N, H, W, C) or (N, C, H, W), told apart
    /// by `shape`, and NHWC where both fit). A flat network takes one-channel images. UserErrors
    /// name the file as `shown_name`.
    static ImageSet load(const std::string& path, const std::string& shown_name, MapShape shape,
                         ImageSelection selection);
    /// `count` smooth random images of pixels 0..255; image i is the same whatever the count.
    static ImageSet seeded(MapShape shape, int64_t count, uint64_t seed);

    /// Replaces the labels by those of an IDX label file, or of an `.npy` vector of uint8, int32 or
    /// int64.
    void load_labels(const std::string& path, const std::string& shown_name,
                     ImageSelection selection);

    int64_t size() const { return size_; }
    MapShape shape() const { return shape_; }
    bool has_labels() const { return !labels_.empty(); }
    int label(int64_t index) const { return labels_[static_cast<size_t>(index)]; }
    FloatMap pixels(int64_t index) const;

  private:
    enum class Order { kNhwc, kNchw };

    static ImageSet load_cifar10(const std::string& path, const std::string& shown_name,
                                 MapShape shape, ImageSelection selection);
    static ImageSet load_idx(const std::string& path, const std::string& shown_name, MapShape shape,
                             ImageSelection selection);
    static ImageSet load_npy(const std::string& path, const std::string& shown_name, MapShape shape,
                             ImageSelection selection);

    MapShape shape_;
    int64_t size_ = 0;
    Order order_ = Order::kNhwc;
    std::vector<uint8_t> bytes_;  ///< one of these two holds the pixels
    std::vector<float> reals_;
    std::vector<int> labels_;
};

/// (pixel / scale - mean[c]) / std[c]
FloatMap real_input(const FloatMap& pixels, const InputParams& preprocessing);

/// Throws a UserError where `mean` or `std` do not fit the channels.
void check_preprocessing(const InputParams& preprocessing, MapShape input);

/// True where a pixel, which is never negative, can become a negative real input.
bool can_be_negative(const InputParams& preprocessing);

/// Real input to integers: round half away from zero, clamp. A UserError where a value is negative
/// and the network was quantized for inputs that are not.
IntegerMap quantize_input(const QuantizedNetwork& network, const FloatMap& real);

}  // namespace accelsim
