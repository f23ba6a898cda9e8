#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/config/config_files.h"
#include "tests/support/golden.h"

namespace accelsim {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(ShippedConfigs, Load) {
    const fs::path configs = fs::path(ACCELSIM_PROJECT_ROOT) / "configs";
    const std::string data = data_directory(ACCELSIM_PROJECT_ROOT);
    int loaded = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(configs)) {
        if (entry.path().extension() != ".yaml") continue;
        SCOPED_TRACE(entry.path().filename());
        ConfigRequest request = request_of(entry.path().string());
        request.data_directory = data;
        const std::string text = read_file(entry.path());
        EXPECT_EQ(text.rfind("# ", 0), 0u) << "the first line says what the file is for";
        const std::string faults = faults_of(request);
        const bool needs_data = text.find("onnx: \"${ACCELSIM_DATA}") != std::string::npos;
        if (needs_data && !fs::exists(data)) {
            EXPECT_THAT(faults, HasSubstr("file must exist"));
        } else {
            EXPECT_EQ(faults, "");
            ++loaded;
        }
    }
    EXPECT_GE(loaded, 16);
}

TEST(ShippedConfigs, AcceleratorsLoad) {
    const WorkingFolder folder;
    const fs::path hw = fs::path(ACCELSIM_PROJECT_ROOT) / "configs/hw";
    for (const fs::directory_entry& entry : fs::directory_iterator(hw)) {
        folder.write("run.yaml", "network: {gemm: {}}\ninclude: " + entry.path().string() + "\n");
        EXPECT_EQ(faults_of(request_of("run.yaml")), "") << entry.path();
        EXPECT_EQ(load_run_params(request_of("run.yaml")).accelerator.dram.model, DramModel::kIdeal)
            << entry.path();
    }
}

TEST(ConfigReference, IsTheCommittedFile) {
    const fs::path committed = fs::path(ACCELSIM_PROJECT_ROOT) / "configs/README.md";
    EXPECT_TRUE(matches_golden(committed, config_reference()));
}

}  // namespace
}  // namespace accelsim
