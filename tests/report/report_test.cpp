#include "sw/report/report.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sw/base/error.h"
#include "sw/report/columns.h"
#include "sw/report/text_table.h"
#include "tests/report/sample_run.h"
#include "tests/support/golden.h"

namespace accelsim {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path golden(const std::string& name) {
    return fs::path(ACCELSIM_SOURCE_DIR) / "tests/report/golden" / name;
}

/// A folder of this test's own, gone when the test ends.
class ReportFiles : public ::testing::Test {
  protected:
    ReportFiles() {
        std::string name = (fs::temp_directory_path() / "accelsim_report_XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
    }
    ~ReportFiles() override { fs::remove_all(directory_); }

    fs::path directory_;
};

TEST(TextReport, ShowsLayersTotalsAccuracyAndVerification) {
    EXPECT_TRUE(matches_golden(golden("network.txt"), text_report(sample_run(), false)));
}

TEST(TextReport, QuietShowsTotalsAlone) {
    EXPECT_TRUE(matches_golden(golden("quiet.txt"), text_report(sample_run(), true)));
}

TEST(TextReport, SingleLayerShowsItsEvents) {
    RunResult run = sample_run();
    run.layers.resize(1);
    run.accuracy.reset();
    run.verification = {};
    EXPECT_TRUE(matches_golden(golden("single_layer.txt"), text_report(run, false)));
}

TEST(TextReport, MarksWhatAnEstimateIsNotSureOf) {
    EXPECT_TRUE(matches_golden(golden("estimate.txt"), text_report(estimated_run(), false)));
    RunResult run = estimated_run();
    run.layers[1].exact = true;
    EXPECT_EQ(text_report(run, false).find('~'), std::string::npos);
}

TEST(TextReport, ShowsEnergyAndAreaByComponentAndWhatIsNotCounted) {
    EXPECT_TRUE(matches_golden(golden("energy.txt"), text_report(priced_run(), false)));
    EXPECT_EQ(text_report(sample_run(), false).find("not counted"), std::string::npos);
}

TEST(JsonReport, EnergyIsTheSumOfItsComponentsAndLayers) {
    const json report = json::parse(json_report(priced_run()));
    const json& totals = report["totals"];
    EXPECT_EQ(report["layers"][0]["energy_pj"], 1500.0);
    EXPECT_EQ(report["layers"][0]["energy_by_component_pj"]["dram"], 1000.0);
    EXPECT_EQ(totals["energy_pj"], 4500.0);
    EXPECT_EQ(totals["energy_low_pj"], 3900.0);
    EXPECT_EQ(totals["energy_high_pj"], 6300.0);
    EXPECT_EQ(totals["energy_by_component_pj"]["mac"], 1500.0);
    // 115,688 cycles at 500 MHz are 231.376 us.
    EXPECT_DOUBLE_EQ(totals["power_mw"], 4500e-9 / 231.376e-6);
    EXPECT_DOUBLE_EQ(totals["energy_delay_product_js"], 4500e-12 * 231.376e-6);
    EXPECT_DOUBLE_EQ(totals["tops_per_w"], (2 * (1'769'472 + 640) + 3 * 65'536) / 4500.0);
    EXPECT_EQ(totals["area_mm2"], 0.75);
    EXPECT_EQ(totals["not_counted"].size(), 9U);
}

TEST(TextReport, SaysWhyThereAreNoValues) {
    RunResult run = estimated_run();
    EXPECT_NE(text_report(run, false).find("fidelity estimate (times alone), seed 7\n\n"),
              std::string::npos);
    EXPECT_NE(text_report(run, false).find("verification  no values: fidelity estimate\n"),
              std::string::npos);
    run.fidelity = "transaction";
    EXPECT_NE(text_report(run, false).find("verification  no values: simulation.values is false\n"),
              std::string::npos);
}

TEST(TextReport, TellsOfTimingThatIsSimulatedOnce) {
    RunResult run = sample_run();
    const auto says = [&](const std::string& line) {
        return text_report(run, false).find("              " + line) != std::string::npos;
    };
    EXPECT_TRUE(says("3 through the simulated hardware, 463 through the integer reference\n"));
    run.fidelity = "transaction";
    EXPECT_TRUE(
        says("3 through the simulated hardware (its timing once), 463 through the integer "
             "reference\n"));
    run.accuracy->simulated_images = 1;
    EXPECT_TRUE(says("1 through the simulated hardware, 465 through the integer reference\n"));
}

TEST(TextReport, CountsMismatches) {
    RunResult run = sample_run();
    run.verification = {true, 1, 1000, 1};
    EXPECT_NE(
        text_report(run, false).find("1 image, every layer: 1,000 values compared, 1 differs"),
        std::string::npos);
    EXPECT_EQ(text_report(run, false).find("counts of overflows"), std::string::npos);
    run.verification.counter_mismatches = 2;
    EXPECT_NE(text_report(run, false).find("counts of overflows and saturations: 2 differ\n"),
              std::string::npos);
}

TEST(TextReport, TwoMacsAPeDoubleThePeak) {
    RunResult run = sample_run();
    const double plain = run.utilization_fraction();
    run.macs_per_pe = 2;
    EXPECT_EQ(run.utilization_fraction(), plain / 2);
    EXPECT_EQ(run.utilization_fraction(64, 2), 0.5) << "64 of 2 x 64 MACs";
    EXPECT_NE(text_report(run, false).find(" 8 x 4 weight-stationary array of 2 MACs a PE at 500"),
              std::string::npos);
}

TEST(TimingDifference, NamesWhatDiffersButNotWhatValuesDecide) {
    const LayerCounters first = sample_run().layers.front().counters;
    LayerCounters second = first;
    second.accumulator_overflows += 1;
    second.output_saturations += 1;
    EXPECT_EQ(timing_difference(first, second), "");
    second.dram_read_bytes += 1;
    EXPECT_EQ(timing_difference(first, second), "dram_read_bytes");
    second = first;
    ++second.stall_cycles.fill_drain;
    EXPECT_EQ(timing_difference(first, second), "stall_cycles.fill_drain");
    second = first;
    second.events.first_input_cycle.reset();
    EXPECT_EQ(timing_difference(first, second), "events.first_input_cycle");
}

TEST(JsonReport, HasTheDocumentedKeys) {
    EXPECT_TRUE(matches_golden(golden("report.json"), json_report(sample_run())));
}

TEST(JsonReport, LeavesOutWhatIsNotKnown) {
    RunResult run = sample_run();
    run.accuracy->float_correct.reset();
    json report = json::parse(json_report(run));
    EXPECT_FALSE(report["accuracy"].contains("float_correct"));
    EXPECT_FALSE(report["accuracy"].contains("float_top1_fraction"));
    run.accuracy.reset();
    report = json::parse(json_report(run));
    EXPECT_FALSE(report.contains("accuracy"));
    EXPECT_FALSE(report["totals"].contains("energy_pj"));
}

TEST(JsonReport, AnEstimateSaysWhatIsExactAndCountsNoValues) {
    const json layers = json::parse(json_report(estimated_run()))["layers"];
    EXPECT_EQ(layers[0]["exact"], true);
    EXPECT_EQ(layers[1]["exact"], false);
    for (const json& layer : layers) {
        EXPECT_TRUE(layer.at("accumulator_overflows").is_null());
        EXPECT_TRUE(layer.at("output_saturations").is_null());
        EXPECT_TRUE(layer.at("dram_read_bytes").is_number());
    }
    EXPECT_FALSE(json::parse(json_report(sample_run()))["layers"][0].contains("exact"));
}

TEST(JsonReport, CyclesAreComputeAndStalls) {
    const json report = json::parse(json_report(sample_run()));
    int64_t total = 0;
    for (const json& layer : report["layers"]) {
        int64_t sum = layer["compute_cycles"].get<int64_t>();
        for (const json& stall : layer["stall_cycles"]) sum += stall.get<int64_t>();
        EXPECT_EQ(sum, layer["cycles"].get<int64_t>()) << layer["name"];
        total += sum;
    }
    EXPECT_EQ(report["totals"]["cycles"].get<int64_t>(), total);
}

TEST(JsonReport, SurvivesNamesThatAreNotUtf8) {
    RunResult run = sample_run();
    run.layers.front().name = "conv\xff";
    EXPECT_TRUE(json::accept(json_report(run)));
}

TEST(CsvReport, HasTheSameFigures) {
    EXPECT_TRUE(matches_golden(golden("layers.csv"), csv_report(sample_run())));
}

TEST(CsvReport, LeavesCellsWithoutAFigureEmpty) {
    EXPECT_NE(csv_report(estimated_run()).find(",4800,16384,,,true,0,61,1069,"), std::string::npos);
    EXPECT_NE(csv_report(sample_run()).find(",4800,16384,9,10,,0,61,1069,"), std::string::npos);
}

TEST(CsvReport, QuotesWhatWouldBreakARow) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"plain", "plain"}, {"a,b", "\"a,b\""}, {"a\"b", "\"a\"\"b\""}, {"a\nb", "\"a\nb\""}};
    for (const auto& [name, cell] : cases) {
        RunResult run = sample_run();
        run.layers.resize(1);
        run.layers.front().name = name;
        EXPECT_NE(csv_report(run).find("\n" + cell + ",conv,"), std::string::npos) << name;
    }
}

TEST_F(ReportFiles, AreWrittenWhole) {
    const fs::path output = directory_ / "new" / "folder";
    write_report_files(output.string(), sample_run());
    EXPECT_EQ(read_file(output / "report.json"), json_report(sample_run()));
    EXPECT_EQ(read_file(output / "layers.csv"), csv_report(sample_run()));
    const auto entries = fs::directory_iterator(output);
    EXPECT_EQ(std::distance(begin(entries), end(entries)), 2) << "a draft is left";
}

TEST_F(ReportFiles, RefuseAFileInPlaceOfTheFolder) {
    const fs::path file = directory_ / "file";
    std::ofstream(file) << "kept";
    EXPECT_THROW(check_output_directory(file.string()), UserError);
    EXPECT_THROW(check_output_directory((file / "below").string()), UserError);
    EXPECT_THROW(check_output_directory({""}), UserError);
    EXPECT_EQ(read_file(file), "kept");
}

TEST_F(ReportFiles, RefuseAFolderWithoutPermission) {
    fs::permissions(directory_, fs::perms::owner_read | fs::perms::owner_exec);
    // Root may write anywhere, so a child without its rights tries.
    const pid_t child = ::fork();
    if (child == 0) {
        constexpr uid_t kNobody = 65534;
        if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(2);
        try {
            check_output_directory(directory_.string());
        } catch (const UserError&) {
            ::_exit(0);
        }
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    fs::permissions(directory_, fs::perms::owner_all);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(ReportFiles, NameTheFolderInTheError) {
    const std::string file = (directory_ / "file").string();
    std::ofstream{file};
    try {
        check_output_directory(file);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_EQ(std::string(error.what()),
                  "report.output: must be a folder that files can be written to (Not a directory), "
                  "got '" +
                      file + "'");
    }
}

TEST(ReadableNumbers, HaveUnits) {
    EXPECT_EQ(with_thousands(0), "0");
    EXPECT_EQ(with_thousands(999), "999");
    EXPECT_EQ(with_thousands(-1000), "-1,000");
    EXPECT_EQ(with_thousands(1234567), "1,234,567");
    EXPECT_EQ(readable_bytes(1023), "1023 B");
    EXPECT_EQ(readable_bytes(1536), "1.5 KiB");
    EXPECT_EQ(readable_bytes(int64_t{5} << 40), "5.0 TiB");
    EXPECT_EQ(readable_seconds(2.5), "2.50 s");
    EXPECT_EQ(readable_seconds(0.0025), "2.50 ms");
    EXPECT_EQ(readable_seconds(2.5e-9), "2.50 ns");
    EXPECT_EQ(percent(0.125), "12.5 %");
}

}  // namespace
}  // namespace accelsim
