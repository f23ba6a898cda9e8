#include "sw/network/dump_tensors.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "tests/network/random_layer.h"
#include "tests/support/temporary_file.h"

namespace accelsim {
namespace {

/// Runs scripts/check_tensors.py on a dump and returns its exit status.
int check(const std::string& directory) {
    const std::string script = std::string(ACCELSIM_SOURCE_DIR) + "/scripts/check_tensors.py";
    return std::system(
               ("/usr/bin/python3 '" + script + "' '" + directory + "' > /dev/null").c_str()) /
           256;
}

void dump_random_layers(const std::string& directory, uint64_t first_seed,
                        const ReferenceOptions& accumulator) {
    QuantizedNetwork network;
    network.name = "odd";
    std::vector<LayerTensors> tensors;
    NetworkReferenceOptions options;
    for (uint64_t seed = first_seed; seed < first_seed + 60; ++seed) {
        Dice dice(seed);
        QuantizedLayer layer = random_layer(dice);
        layer.name = "/odd layer/" + std::to_string(seed);
        options.push_back(accumulator);
        options.back().fold_at_positions = dice(0, 1) == 0;
        add_random_words(layer, dice, options.back());
        LayerTensors dumped;
        dumped.input = random_input(layer, dice);
        dumped.residual = random_residual(layer, dice);
        dumped.output = run_reference(layer, dumped.input, options.back(),
                                      layer.residual ? &dumped.residual : nullptr)
                            .output;
        tensors.push_back(std::move(dumped));
        network.layers.push_back(std::move(layer));
    }
    dump_tensors(directory, network, tensors, options);
}

TEST(DumpTensors, NumPyRecomputesOddLayers) {
    if (std::system("/usr/bin/python3 -c 'import numpy' 2> /dev/null") != 0)
        GTEST_SKIP() << "NumPy is absent";
    const TemporaryPath directory("dump");
    dump_random_layers(directory.str(), 5000, {32, Overflow::kWrap, 8});
    EXPECT_EQ(check(directory.str()), 0);
    dump_random_layers(directory.str(), 6000, {14, Overflow::kWrap, 4});
    EXPECT_EQ(check(directory.str()), 0);
    dump_random_layers(directory.str(), 7000, {12, Overflow::kSaturate, 3});
    EXPECT_EQ(check(directory.str()), 0);
}

TEST(DumpTensors, TheScriptSeesOneWrongValue) {
    if (std::system("/usr/bin/python3 -c 'import numpy' 2> /dev/null") != 0)
        GTEST_SKIP() << "NumPy is absent";
    const TemporaryPath directory("dump");
    dump_random_layers(directory.str(), 5000, {});
    const std::string path = directory.str() + "/00__odd_layer_5000.output.npy";
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary | std::ios::ate);
    ASSERT_TRUE(file);
    file.seekg(-1, std::ios::end);
    const int last = file.get();
    file.seekp(-1, std::ios::end);
    file.put(static_cast<char>(last ^ 1));
    file.close();
    EXPECT_EQ(check(directory.str()), 1);
}

TEST(DumpTensors, SaysWhereItCannotWrite) {
    const TemporaryPath file("file");
    file.write("no directory");
    EXPECT_THROW(dump_tensors(file.str(), {}, {}, {}), UserError);
}

}  // namespace
}  // namespace accelsim
