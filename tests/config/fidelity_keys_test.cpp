#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/config_files.h"

namespace accelsim {
namespace {

using ::testing::HasSubstr;

class FidelityKeys : public ::testing::Test {
  protected:
    RunParams load(const std::string& text, const std::vector<ConfigOverride>& needs = {}) {
        folder_.write("run.yaml", "network: {gemm: {m: 8, k: 16, n: 8}}\n" + text);
        ConfigRequest request = request_of("run.yaml");
        request.needs = needs;
        return load_run_params(request);
    }

    WorkingFolder folder_;
};

TEST_F(FidelityKeys, DecideWhatIsSimulated) {
    const auto simulation = [&](const std::string& keys) {
        return load("simulation: {limit: 9" + keys + "}\n").simulation;
    };
    EXPECT_EQ(simulation("").fidelity, Fidelity::kTransaction);
    EXPECT_TRUE(simulation("").values);
    EXPECT_EQ(simulation("").simulate, 9) << "all of them";
    EXPECT_EQ(simulation(", simulate: 2").simulate, 2);
    EXPECT_FALSE(simulation(", values: false").values);
    EXPECT_EQ(simulation(", values: false").simulate, 1) << "times alone";
    EXPECT_EQ(simulation(", fidelity: cycle").fidelity, Fidelity::kCycle);
    EXPECT_TRUE(simulation(", fidelity: cycle").values);
    EXPECT_EQ(simulation(", fidelity: cycle").simulate, 1);
    EXPECT_EQ(simulation(", fidelity: cycle, simulate: 3").simulate, 3);
    for (const char* keys : {", fidelity: estimate", ", fidelity: estimate, values: false"}) {
        EXPECT_EQ(simulation(keys).fidelity, Fidelity::kEstimate);
        EXPECT_FALSE(simulation(keys).values);
        EXPECT_EQ(simulation(keys).simulate, 1);
    }
    const SimulationParams defaults;
    EXPECT_EQ(load("").simulation.fidelity, defaults.fidelity);
    EXPECT_EQ(load("").simulation.values, defaults.values);
    EXPECT_EQ(load("").simulation.simulate, defaults.simulate);
}

TEST_F(FidelityKeys, AreTakenFromOptionsWhereTheConfigurationDoesNotSay) {
    for (const char* text :
         {"", "simulation: {limit: 4}\n", "simulation:\n", "simulation: {fidelity: cycle}\n"}) {
        const RunParams params = load(text, {{"--vcd", "simulation.fidelity", "cycle", true}});
        EXPECT_EQ(params.simulation.fidelity, Fidelity::kCycle) << text;
        EXPECT_EQ(params.simulation.simulate, 1) << text;
        EXPECT_THAT(params.resolved_json, HasSubstr(R"("fidelity":"cycle")")) << text;
    }
}

TEST_F(FidelityKeys, ResolveToThemselves) {
    for (const char* fidelity : {"transaction", "cycle", "estimate"}) {
        const std::string resolved =
            load("simulation: {limit: 5, fidelity: " + std::string(fidelity) + "}\n").resolved_json;
        const bool is_estimate = fidelity == std::string("estimate");
        EXPECT_THAT(resolved, HasSubstr(is_estimate ? R"("values":false)" : R"("values":true)"));
        folder_.write("resolved.yaml", resolved);
        EXPECT_EQ(load_run_params(request_of("resolved.yaml")).resolved_json, resolved);
    }
}

}  // namespace
}  // namespace accelsim
