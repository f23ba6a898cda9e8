#include "sw/network/images.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>

#include "tests/support/fault_of.h"
#include "tests/support/temporary_file.h"

namespace accelsim {
namespace {

std::string cifar_records(int count) {
    std::string bytes;
    for (int record = 0; record < count; ++record) {
        bytes.push_back(static_cast<char>(record));
        for (int i = 0; i < 3072; ++i)
            bytes.push_back(static_cast<char>((i / 1024) * 50 + i % 32 + record));
    }
    return bytes;
}

std::string big_endian(uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<char>(value >> shift & 0xff));
    return bytes;
}

std::string idx_images(uint32_t count, uint32_t height, uint32_t width) {
    std::string bytes =
        big_endian(0x803) + big_endian(count) + big_endian(height) + big_endian(width);
    for (uint32_t i = 0; i < count * height * width; ++i)
        bytes.push_back(static_cast<char>(i % 251));
    return bytes;
}

std::string npy(const std::string& type, const std::string& shape, const std::string& data) {
    const std::string header =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes.push_back(static_cast<char>(header.size()));
    bytes.push_back('\0');
    return bytes + header + data;
}

/// What loading those bytes says.
std::string load_fault(const std::string& name, const std::string& bytes, MapShape shape,
                       ImageSelection selection = {}) {
    const TemporaryPath file(name);
    file.write(bytes);
    return fault_of([&] { ImageSet::load(file.str(), name, shape, selection); });
}

TEST(Images, ReadsCifarRecordsWithLabels) {
    const TemporaryPath file("cifar.bin");
    file.write(cifar_records(5));
    const ImageSet set = ImageSet::load(file.str(), "cifar.bin", {32, 32, 3}, {2, 3});
    EXPECT_EQ(set.size(), 3);
    ASSERT_TRUE(set.has_labels());
    EXPECT_EQ(set.label(1), 3);
    const FloatMap pixels = set.pixels(1);
    EXPECT_EQ(pixels.at(0, 7, 0), 10.0f);
    EXPECT_EQ(pixels.at(31, 7, 2), 110.0f);
}

TEST(Images, ReadsIdxImagesAndLabels) {
    const TemporaryPath images("images-idx3-ubyte");
    const TemporaryPath labels("labels-idx1-ubyte");
    images.write(idx_images(4, 3, 2));
    labels.write(big_endian(0x801) + big_endian(4) + "\x07\x08\x09\x01");
    ImageSet set = ImageSet::load(images.str(), "images", {3, 2, 1}, {1, 2});
    EXPECT_FALSE(set.has_labels());
    set.load_labels(labels.str(), "labels", {1, 2});
    EXPECT_EQ(set.label(0), 8);
    EXPECT_EQ(set.pixels(1).at(2, 1, 0), 17.0f);
    // A flat network takes the same file.
    EXPECT_EQ(ImageSet::load(images.str(), "images", {1, 1, 6}, {0, 1}).pixels(0).data.size(), 6u);
}

TEST(Images, ReadsNpyInBothOrdersAndBothTypes) {
    const TemporaryPath file("images.npy");
    file.write(npy("|u1", "(1, 2, 2, 3)", std::string("\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b", 12)));
    EXPECT_EQ(ImageSet::load(file.str(), "n", {2, 2, 3}, {}).pixels(0).at(1, 0, 2), 8.0f);
    EXPECT_EQ(ImageSet::load(file.str(), "n", {2, 3, 2}, {}).pixels(0).at(1, 0, 1),
              9.0f);  // (N, C, H, W)

    const float reals[] = {-1.5f, 2.25f, 0.0f, 4.0f};
    std::string data(sizeof(reals), '\0');
    std::memcpy(data.data(), reals, sizeof(reals));
    file.write(npy("<f4", "(2, 2)", data));
    const ImageSet flat = ImageSet::load(file.str(), "n", {1, 1, 2}, {1, 1});
    EXPECT_EQ(flat.pixels(0).data, (std::vector<float>{0.0f, 4.0f}));
}

/// The labels 1 and 2 of a file of four.
std::vector<int> npy_labels(const std::string& type, const std::string& data) {
    const TemporaryPath file("labels.npy");
    file.write(npy(type, "(4,)", data));
    ImageSet set = ImageSet::seeded({1, 1, 1}, 2, 1);
    set.load_labels(file.str(), "labels.npy", {1, 2});
    return {set.label(0), set.label(1)};
}

TEST(Images, ReadsNpyLabelsOfEveryType) {
    const auto little_endian = [](size_t bytes, const std::string& values) {
        std::string data;
        for (char value : values) data += value + std::string(bytes - 1, '\0');
        return data;
    };
    EXPECT_EQ(npy_labels("|u1", "\x01\xff\x03\x04"), (std::vector<int>{255, 3}));
    EXPECT_EQ(npy_labels("<i4", little_endian(4, "\x01\x02\x03\x04")), (std::vector<int>{2, 3}));
    EXPECT_EQ(npy_labels("<i8", little_endian(8, "\x09\x08\x07\x06")), (std::vector<int>{8, 7}));
    EXPECT_EQ(npy_labels("<i4", std::string("\1\0\0\0\0\1\0\0\3\0\0\0\4\0\0\0", 16)),
              (std::vector<int>{256, 3}));
}

TEST(Images, RefusesBrokenNpyLabels) {
    const auto fault = [](const std::string& type, const std::string& data) {
        return fault_of([&] { npy_labels(type, data); });
    };
    EXPECT_EQ(fault("<f4", std::string(16, '\0')),
              "labels.npy: items must be one of '<i4', '<i8', '|u1', got '<f4'");
    EXPECT_EQ(fault("<i4", std::string(15, '\0')), "labels.npy: must have 84 bytes, got 83");
    EXPECT_EQ(fault("<i8", std::string(16, '\0') + std::string(16, '\xff')),
              "labels.npy: labels must be 0..2^28, got another one of image 2");
    const TemporaryPath file("matrix.npy");
    file.write(npy("|u1", "(2, 2)", "\1\2\3\4"));
    EXPECT_EQ(fault_of([&] {
                  ImageSet::seeded({1, 1, 1}, 2, 1).load_labels(file.str(), "m.npy", {0, 2});
              }),
              "m.npy: must have 1 dimension, each from 1 to 2^28, got (2, 2)");
}

TEST(Images, RefusesBrokenFiles) {
    const MapShape cifar{32, 32, 3};
    EXPECT_EQ(load_fault("a.bin", cifar_records(2) + "x", cifar),
              "a.bin: CIFAR-10 records must be 3073 bytes each, got 6147 bytes");
    EXPECT_EQ(load_fault("a.bin", "", cifar),
              "a.bin: CIFAR-10 records must be 3073 bytes each, got 0 bytes");
    EXPECT_EQ(load_fault("a.bin", "\x0a" + cifar_records(1).substr(1), cifar),
              "a.bin: CIFAR-10 labels must be 0..9, got label 10 of image 0");
    EXPECT_EQ(load_fault("a.bin", cifar_records(2), {28, 28, 1}),
              "a.bin: images must be 28x28x1, as the network's input, got 32x32x3");
    EXPECT_EQ(load_fault("a.bin", cifar_records(2), cifar, {1, 2}),
              "a.bin: images 1..2 must be in the file, got 2 images");
    EXPECT_EQ(load_fault("idx", idx_images(2, 3, 3).substr(0, 30), {3, 3, 1}),
              "idx: must have 34 bytes, got 30");
    EXPECT_EQ(load_fault("idx", "hello", {3, 3, 1}),
              "idx: must be .npy, CIFAR-10 records (.bin) or IDX images (magic 0x00000803), got "
              "another kind of file");
    EXPECT_EQ(load_fault("idx", big_endian(0x803) + "xx", {3, 3, 1}),
              "idx: must have at least 8 bytes, got 6");
    EXPECT_EQ(load_fault("idx", idx_images(0xffffffff, 0, 0).substr(0, 8) + std::string(8, '\xff'),
                         {3, 3, 1}),
              "idx: images must be 3x3x1, as the network's input, got 268435456x268435456x1");
}

TEST(Images, RefusesBrokenNpy) {
    const MapShape shape{1, 1, 4};
    EXPECT_EQ(load_fault("a.npy", "hello, this is no array", shape),
              "a.npy: must be a .npy file, got another magic");
    EXPECT_EQ(load_fault("a.npy", npy("<f8", "(1, 4)", std::string(32, 'x')), shape),
              "a.npy: items must be one of '<f4', '|u1', got '<f8'");
    EXPECT_EQ(load_fault("a.npy", npy("|u1", "(4,)", "abcd"), shape),
              "a.npy: must have 2 to 4 dimensions, each from 1 to 2^28, got (4,)");
    EXPECT_EQ(
        load_fault("a.npy", npy("|u1", "(99999999999999999999, 4)", "abcd"), shape),
        "a.npy: must have 2 to 4 dimensions, each from 1 to 2^28, got (99999999999999999999, 4)");
    EXPECT_EQ(load_fault("a.npy", npy("|u1", "(1, 4)", "abc"), shape),
              "a.npy: must have 74 bytes, got 73");
    EXPECT_EQ(load_fault("a.npy", npy("<f4", "(1, 4)", std::string(14, '\0') + "\xc0\x7f"), shape)
                  .substr(0, 27),
              "a.npy: values must be finit");
}

TEST(Images, SeededImagesAreStable) {
    const ImageSet few = ImageSet::seeded({8, 8, 3}, 2, 5);
    const ImageSet many = ImageSet::seeded({8, 8, 3}, 4, 5);
    EXPECT_EQ(few.pixels(1).data, many.pixels(1).data);
    EXPECT_NE(few.pixels(0).data, few.pixels(1).data);
    double sum = 0;
    for (float value : many.pixels(3).data) sum += double{value};
    EXPECT_NEAR(sum / 192, 127, 40);
}

TEST(Images, PreprocessingIsAppliedPerChannel) {
    FloatMap pixels({1, 1, 2});
    pixels.data = {255, 0};
    const InputParams preprocessing{255, {0.5, 0.25}, {0.5, 0.25}};
    EXPECT_EQ(real_input(pixels, preprocessing).data, (std::vector<float>{1.0f, -1.0f}));
    EXPECT_TRUE(can_be_negative(preprocessing));
    EXPECT_FALSE(can_be_negative(InputParams{}));
    EXPECT_EQ(
        fault_of([] {
            check_preprocessing({1, {0, 0}, {1}}, {4, 4, 3});
        }),
        "network.input.mean: must have one value or one for each of 3 channels, got 2 values");
}

TEST(Images, QuantizedInputRoundsHalfAwayAndClamps) {
    QuantizedNetwork network;
    network.input = {1, 1, 5};
    network.input_format = {4, true};
    network.input_scale = 0.5;
    FloatMap real(network.input);
    real.data = {0.25f, -0.25f, 0.2f, 99.0f, -99.0f};
    EXPECT_EQ(quantize_input(network, real).data, (std::vector<int32_t>{1, -1, 0, 7, -8}));
    network.input_format.is_signed = false;
    EXPECT_EQ(fault_of([&] { quantize_input(network, real); }),
              "images: must not be negative, as the calibration images are not, got -99.000000");
}

}  // namespace
}  // namespace accelsim
