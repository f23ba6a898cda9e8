#include "sw/network/images.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "sw/base/error.h"
#include "sw/network/binary_file.h"
#include "sw/network/npy_header.h"
#include "sw/numeric/random.h"

namespace accelsim {
namespace {

bool ends_with(const std::string& text, const std::string& ending) {
    return text.size() >= ending.size() &&
           text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

void check_selection(const BinaryFile& file, ImageSelection selection, int64_t available) {
    if (selection.first < 0 || selection.limit < 1 || selection.first >= available ||
        selection.limit > available - selection.first) {
        file.refuse("images " + std::to_string(selection.first) + ".." +
                        std::to_string(selection.first + selection.limit - 1) +
                        " must be in the file",
                    std::to_string(available) + " images");
    }
}

/// A flat network takes one-channel images as vectors.
bool fits(MapShape network, MapShape image) {
    const bool flat = network.height == 1 && network.width == 1 && image.channels == 1;
    return network == image || (flat && network.channels == image.pixels());
}

void require_shape(const BinaryFile& file, MapShape network, MapShape image) {
    if (!fits(network, image)) {
        file.refuse("images must be " + to_string(network) + ", as the network's input",
                    to_string(image));
    }
}

constexpr int64_t kCifarPixels = 3072;
constexpr int64_t kCifarRecord = kCifarPixels + 1;
constexpr uint32_t kIdxImages = 0x803;  // unsigned bytes, three dimensions
constexpr uint32_t kIdxLabels = 0x801;

std::vector<int> read_npy_labels(BinaryFile& file, ImageSelection selection) {
    const NpyHeader header =
        read_npy_header(file, {{{"|u1", 1}, {"<i4", 4}, {"<i8", 8}}, 1, 1, "1 dimension"});
    const int64_t item_bytes = header.item_bytes;
    file.require_size(header.data_offset + header.shape[0] * item_bytes);
    check_selection(file, selection, header.shape[0]);
    const auto bytes =
        file.read(header.data_offset + selection.first * item_bytes, selection.limit * item_bytes);
    std::vector<int> labels;
    for (auto item = bytes.begin(); item != bytes.end(); item += item_bytes) {
        uint64_t label = 0;  // a negative one becomes a huge one
        for (int64_t i = item_bytes; i-- > 0;) label = label << 8 | item[i];
        if (label > static_cast<uint64_t>(kMaxMapElements)) {
            file.refuse("labels must be 0..2^28",
                        "another one of image " +
                            std::to_string(selection.first + static_cast<int64_t>(labels.size())));
        }
        labels.push_back(static_cast<int>(label));
    }
    return labels;
}

std::vector<int> read_idx_labels(BinaryFile& file, ImageSelection selection) {
    if (file.size() < 8 || file.read_big_endian(0) != kIdxLabels) {
        file.refuse("must be .npy or IDX labels (magic 0x00000801)", "another kind of file");
    }
    const int64_t count = file.read_big_endian(4);
    file.require_size(8 + count);
    check_selection(file, selection, count);
    const auto bytes = file.read(8 + selection.first, selection.limit);
    return {bytes.begin(), bytes.end()};
}

}  // namespace

ImageSet ImageSet::load(const std::string& path, const std::string& shown_name, MapShape shape,
                        ImageSelection selection) {
    if (ends_with(path, ".npy")) return load_npy(path, shown_name, shape, selection);
    if (ends_with(path, ".bin")) return load_cifar10(path, shown_name, shape, selection);
    return load_idx(path, shown_name, shape, selection);
}

ImageSet ImageSet::load_cifar10(const std::string& path, const std::string& shown_name,
                                MapShape shape, ImageSelection selection) {
    BinaryFile file(path, shown_name);
    if (file.size() == 0 || file.size() % kCifarRecord != 0) {
        file.refuse("CIFAR-10 records must be 3073 bytes each",
                    std::to_string(file.size()) + " bytes");
    }
    require_shape(file, shape, {32, 32, 3});
    check_selection(file, selection, file.size() / kCifarRecord);
    const auto records = file.read(selection.first * kCifarRecord, selection.limit * kCifarRecord);
    ImageSet set;
    set.shape_ = shape;
    set.size_ = selection.limit;
    set.order_ = Order::kNchw;
    for (int64_t i = 0; i < set.size_; ++i) {
        const auto record = records.begin() + i * kCifarRecord;
        if (*record > 9) {
            file.refuse("CIFAR-10 labels must be 0..9", "label " + std::to_string(*record) +
                                                            " of image " +
                                                            std::to_string(selection.first + i));
        }
        set.labels_.push_back(*record);
        set.bytes_.insert(set.bytes_.end(), record + 1, record + kCifarRecord);
    }
    return set;
}

ImageSet ImageSet::load_idx(const std::string& path, const std::string& shown_name, MapShape shape,
                            ImageSelection selection) {
    BinaryFile file(path, shown_name);
    if (file.size() < 4 || file.read_big_endian(0) != kIdxImages) {
        file.refuse("must be .npy, CIFAR-10 records (.bin) or IDX images (magic 0x00000803)",
                    "another kind of file");
    }
    constexpr int64_t kHeader = 16;
    const int64_t count = file.read_big_endian(4);
    const MapShape image{std::min<int64_t>(file.read_big_endian(8), kMaxMapElements),
                         std::min<int64_t>(file.read_big_endian(12), kMaxMapElements), 1};
    require_shape(file, shape, image);
    file.require_size(kHeader + count * image.elements());
    check_selection(file, selection, count);
    ImageSet set;
    set.shape_ = shape;
    set.size_ = selection.limit;
    set.bytes_ =
        file.read(kHeader + selection.first * image.elements(), selection.limit * image.elements());
    return set;
}

ImageSet ImageSet::load_npy(const std::string& path, const std::string& shown_name, MapShape shape,
                            ImageSelection selection) {
    BinaryFile file(path, shown_name);
    const NpyHeader header =
        read_npy_header(file, {{{"|u1", 1}, {"<f4", 4}}, 2, 4, "2 to 4 dimensions"});
    const auto& dims = header.shape;
    MapShape image{1, 1, 1};
    MapShape transposed{0, 0, 0};
    if (dims.size() == 2) image.channels = dims[1];
    if (dims.size() >= 3) image = {dims[1], dims[2], dims.size() == 4 ? dims[3] : 1};
    if (dims.size() == 4) transposed = {dims[2], dims[3], dims[1]};
    ImageSet set;
    if (!fits(shape, image) && fits(shape, transposed)) {
        set.order_ = Order::kNchw;
        image = transposed;
    }
    require_shape(file, shape, image);
    const int64_t image_bytes = shape.elements() * header.item_bytes;
    if (dims[0] > file.size()) file.refuse("must hold all its images", "a file that is cut off");
    file.require_size(header.data_offset + dims[0] * image_bytes);
    check_selection(file, selection, dims[0]);
    set.shape_ = shape;
    set.size_ = selection.limit;
    set.bytes_ = file.read(header.data_offset + selection.first * image_bytes,
                           selection.limit * image_bytes);
    if (header.item_bytes == 1) return set;
    set.reals_.resize(set.bytes_.size() / sizeof(float));
    std::memcpy(set.reals_.data(), set.bytes_.data(), set.bytes_.size());
    set.bytes_.clear();
    for (float value : set.reals_) {
        if (!std::isfinite(value)) file.refuse("values must be finite", std::to_string(value));
    }
    return set;
}

void ImageSet::load_labels(const std::string& path, const std::string& shown_name,
                           ImageSelection selection) {
    BinaryFile file(path, shown_name);
    labels_ = ends_with(path, ".npy") ? read_npy_labels(file, selection)
                                      : read_idx_labels(file, selection);
}

ImageSet ImageSet::seeded(MapShape shape, int64_t count, uint64_t seed) {
    constexpr int kWaves = 4;
    ImageSet set;
    set.shape_ = shape;
    set.size_ = count;
    set.bytes_.reserve(static_cast<size_t>(count * shape.elements()));
    for (int64_t image = 0; image < count; ++image) {
        const RandomStream random(seed, 0x696d616765000000u + static_cast<uint64_t>(image));
        uint64_t index = 0;
        for (int64_t y = 0; y < shape.height; ++y) {
            for (int64_t x = 0; x < shape.width; ++x) {
                for (int64_t c = 0; c < shape.channels; ++c) {
                    // Blocks of three sizes, each of its own level, and noise.
                    float value = 255.0f * 0.25f * random.uniform(index++);
                    for (int wave = 1; wave < kWaves; ++wave) {
                        const int64_t cell = (y >> (wave + 1)) * 4096 + (x >> (wave + 1));
                        const auto key =
                            static_cast<uint64_t>((cell * kWaves + wave) * shape.channels + c);
                        value += 255.0f * 0.25f * random.uniform((uint64_t{1} << 60) + key);
                    }
                    set.bytes_.push_back(static_cast<uint8_t>(value));
                }
            }
        }
    }
    return set;
}

FloatMap ImageSet::pixels(int64_t index) const {
    FloatMap map(shape_);
    const auto first = static_cast<size_t>(index * shape_.elements());
    const auto value = [&](size_t i) {
        return reals_.empty() ? static_cast<float>(bytes_[first + i]) : reals_[first + i];
    };
    for (size_t i = 0; i < map.data.size(); ++i) {
        const auto element = static_cast<int64_t>(i);
        const int64_t pixel = element / shape_.channels;
        const int64_t channel = element % shape_.channels;
        const int64_t source = order_ == Order::kNhwc ? element : channel * shape_.pixels() + pixel;
        map.data[i] = value(static_cast<size_t>(source));
    }
    return map;
}

FloatMap real_input(const FloatMap& pixels, const InputParams& preprocessing) {
    FloatMap real(pixels.shape);
    const auto channels = static_cast<size_t>(pixels.shape.channels);
    const auto of = [&](const std::vector<double>& values, size_t i) {
        return values.size() == 1 ? values[0] : values[i % channels];
    };
    for (size_t i = 0; i < real.data.size(); ++i) {
        const double value = static_cast<double>(pixels.data[i]) / preprocessing.scale;
        real.data[i] =
            static_cast<float>((value - of(preprocessing.mean, i)) / of(preprocessing.std, i));
    }
    return real;
}

void check_preprocessing(const InputParams& preprocessing, MapShape input) {
    std::vector<Fault> faults;
    const auto check = [&](const std::string& key, const std::vector<double>& values) {
        if (values.size() == 1 || static_cast<int64_t>(values.size()) == input.channels) return;
        faults.push_back({Location{}, key,
                          "must have one value or one for each of " +
                              std::to_string(input.channels) + " channels",
                          std::to_string(values.size()) + " values"});
    };
    check("network.input.mean", preprocessing.mean);
    check("network.input.std", preprocessing.std);
    if (!faults.empty()) throw UserError(std::move(faults));
}

bool can_be_negative(const InputParams& preprocessing) {
    const size_t count = std::max(preprocessing.mean.size(), preprocessing.std.size());
    for (size_t i = 0; i < count; ++i) {
        const double mean = preprocessing.mean[preprocessing.mean.size() == 1 ? 0 : i];
        const double deviation = preprocessing.std[preprocessing.std.size() == 1 ? 0 : i];
        if ((0 - mean) / deviation < 0 || preprocessing.scale * deviation < 0) return true;
    }
    return false;
}

IntegerMap quantize_input(const QuantizedNetwork& network, const FloatMap& real) {
    IntegerMap map(network.input);
    for (size_t i = 0; i < map.data.size(); ++i) {
        const double steps = static_cast<double>(real.data[i]) / network.input_scale;
        if (steps < -0.5 && !network.input_format.is_signed) {
            throw UserError("images", "must not be negative, as the calibration images are not",
                            std::to_string(real.data[i]));
        }
        const double low = static_cast<double>(network.input_format.min());
        const double high = static_cast<double>(network.input_format.max());
        map.data[i] = static_cast<int32_t>(std::min(std::max(std::round(steps), low), high));
    }
    return map;
}

}  // namespace accelsim
