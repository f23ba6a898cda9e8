#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace accelsim {

/// A feature map's extent: height x width x channels, NHWC order, one image.
struct MapShape {
    int64_t height = 1;
    int64_t width = 1;
    int64_t channels = 1;

    int64_t pixels() const { return height * width; }
    int64_t elements() const { return height * width * channels; }
    bool operator==(const MapShape& other) const {
        return height == other.height && width == other.width && channels == other.channels;
    }
    bool operator!=(const MapShape& other) const { return !(*this == other); }
};

/// A feature map of one image, NHWC: element (y, x, c) is data[(y * width + x) * channels + c].
template <typename T>
struct FeatureMap {
    MapShape shape;
    std::vector<T> data;

    FeatureMap() = default;
    explicit FeatureMap(MapShape extent)
        : shape(extent), data(static_cast<size_t>(extent.elements())) {}

    int64_t index(int64_t y, int64_t x, int64_t c) const {
        return (y * shape.width + x) * shape.channels + c;
    }
    T& at(int64_t y, int64_t x, int64_t c) { return data[static_cast<size_t>(index(y, x, c))]; }
    const T& at(int64_t y, int64_t x, int64_t c) const {
        return data[static_cast<size_t>(index(y, x, c))];
    }
};

/// Integer activations as every part of the machine sees them: up to 16 bits, signed or not.
using IntegerMap = FeatureMap<int32_t>;

}  // namespace accelsim
