#include <gtest/gtest.h>

#include <string>

#include "tests/passes/same_structure.h"

namespace accelsim {
namespace {

TEST(CompileStructure, IsThatOfTheLargestNetwork) {
    expect_same_layers(
        network_in(std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/vgg16_imagenet.yaml"));
}

}  // namespace
}  // namespace accelsim
