#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"

namespace accelsim {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class FidelityCommand : public RunFolder {
  protected:
    /// The report of a run, and its text in `text_`.
    json run(const std::string& options) {
        const ProgramOutcome outcome =
            run_program("--config tests/cli/data/odd.yaml " + options + output_option());
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        text_ = outcome.output;
        return report();
    }

    std::string text_;
};

TEST_F(FidelityCommand, TransactionReportsWhatCycleDoes) {
    json cycle = run("--fidelity cycle");
    EXPECT_THAT(text_, HasSubstr(", fidelity cycle, seed 1\n"));
    json transaction = run("--fidelity transaction");
    EXPECT_THAT(text_, HasSubstr(", fidelity transaction, seed 1\n"));
    EXPECT_EQ(cycle["fidelity"], "cycle");
    EXPECT_EQ(transaction["fidelity"], "transaction");
    for (json* report : {&cycle, &transaction}) {
        expect_identities(*report);
        EXPECT_FALSE((*report)["layers"][0].contains("exact"));
        report->erase("host");
        report->erase("fidelity");
        (*report)["config"]["simulation"].erase("fidelity");
    }
    EXPECT_EQ(cycle, transaction);
    EXPECT_EQ(run("")["fidelity"], "transaction") << "the default";
}

TEST_F(FidelityCommand, TimesAloneAreTheSame) {
    const json full = run("--fidelity cycle");
    for (const std::string options : {"--fidelity estimate", "--set simulation.values=false"}) {
        const bool is_estimate = options.find("estimate") != std::string::npos;
        const json times = run(options);
        expect_identities(times);
        EXPECT_EQ(times["totals"], full["totals"]);
        EXPECT_EQ(times["verification"]["checked"], false);
        EXPECT_FALSE(times.contains("accuracy"));
        ASSERT_EQ(times["layers"].size(), full["layers"].size());
        for (size_t i = 0; i < times["layers"].size(); ++i) {
            json expected = full["layers"][i];
            EXPECT_TRUE(expected["accumulator_overflows"].is_number());
            expected["accumulator_overflows"] = expected["output_saturations"] = nullptr;
            if (is_estimate) expected["exact"] = true;
            EXPECT_EQ(times["layers"][i], expected);
        }
        EXPECT_THAT(text_, HasSubstr(" (times alone), seed 1\n\n")) << "no images";
        EXPECT_THAT(
            text_,
            HasSubstr(is_estimate ? "verification  no values: fidelity estimate\n"
                                  : "verification  no values: simulation.values is false\n"));
        EXPECT_THAT(text_, Not(HasSubstr("~")));
        const std::string table = whole_file(folder_ / "layers.csv");
        EXPECT_THAT(table, HasSubstr(is_estimate ? ",,,true," : ",,,,")) << table;
    }
}

TEST_F(FidelityCommand, TensorsNeedValues) {
    const fs::path tensors = folder_ / "tensors";
    const fs::path config = folder_ / "run.yaml";
    std::ofstream(config)
        << "network: {gemm: {}}\nsimulation: {fidelity: estimate, values: false}\n";
    const auto errors = [&](const std::string& options) {
        const ProgramOutcome outcome =
            run_program("--dump-tensors '" + tensors.string() + "' " + options);
        EXPECT_EQ(outcome.status, 2);
        EXPECT_EQ(outcome.output, "");
        EXPECT_FALSE(fs::exists(tensors));
        return outcome.errors;
    };
    EXPECT_EQ(errors("--config configs/gemm.yaml --set simulation.values=false"),
              "--set simulation.values=false: simulation.values: must be true with --dump-tensors, "
              "got false\n");
    EXPECT_EQ(errors("--config configs/gemm.yaml --fidelity estimate"),
              "--dump-tensors: needs values, and fidelity estimate has none\n");
    EXPECT_EQ(errors("--config '" + config.string() + "'"),
              "--dump-tensors: needs values, and fidelity estimate has none\n");
    EXPECT_EQ(errors("--fidelity transaction --config '" + config.string() + "'"),
              config.string() +
                  ":2:42: simulation.values: must be true with --dump-tensors, got false\n");
}

}  // namespace
}  // namespace accelsim
