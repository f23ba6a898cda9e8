#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/cli/run_program.h"
#include "tests/support/test_name.h"

namespace accelsim {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::Le;
using ::testing::Not;
namespace fs = std::filesystem;

class WaveformWindow : public ::testing::TestWithParam<const char*> {};

TEST_P(WaveformWindow, OfAnotherFormIsRefused) {
    const std::string window = GetParam();
    const ProgramOutcome outcome =
        run_program("--config configs/gemm.yaml --vcd /dev/null '--vcd-window=" + window + "'");
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(outcome.errors,
              "--vcd-window: must be FIRST:LAST, two cycles from 0 on in that order, got '" +
                  window + "'\n");
}

INSTANTIATE_TEST_SUITE_P(All, WaveformWindow,
                         ::testing::Values(":", "5", "5:", ":5", "-1:5", "5:-1", "6:5", "1:2:3",
                                           "a:b", " 1:2", "1 :2", "0x1:2", "1:2.5",
                                           "0:9223372036854775808"));

TEST(WaveformOptions, EachFaultIsTold) {
    const auto errors = [](const std::string& options) {
        const ProgramOutcome outcome = run_program("--config configs/gemm.yaml " + options);
        EXPECT_EQ(outcome.status, 2);
        EXPECT_EQ(outcome.output, "");
        return outcome.errors;
    };
    EXPECT_EQ(errors("--vcd a.vcd --vcd b.vcd"),
              "--vcd: must be given once, got 'a.vcd' and 'b.vcd'\n");
    EXPECT_EQ(errors("--vcd /dev/null --vcd-layer a --vcd-window 1:2 --vcd-layer b "
                     "--vcd-window=3:4 --vcd-scope ''"),
              "--vcd-layer: must be given once, got 'a' and 'b'\n"
              "--vcd-window: must be given once, got '1:2' and '3:4'\n"
              "--vcd-scope: must not be empty, got ''\n");
    EXPECT_EQ(errors("--vcd-window 1:2 --vcd-layer a --vcd-scope '*' --vcd-scope b"),
              "--vcd-window: needs --vcd FILE, got '1:2'\n"
              "--vcd-layer: needs --vcd FILE, got 'a'\n"
              "--vcd-scope: needs --vcd FILE, got '*'\n");
    EXPECT_THAT(errors("--vcd /dev/null --vcd-scope '*.array' --vcd-scope '*.sequenser.*'"),
                HasSubstr("\n--vcd-scope: must match a signal, did you mean '*.sequencer.*'?, got "
                          "'*.sequenser.*'\n"));
}

class WaveformCommand : public RunFolder {
  protected:
    /// The waveform of the odd network's run.
    std::string waveform(const std::string& options) const {
        const fs::path file = folder_ / "new" / "waves.vcd";
        const ProgramOutcome outcome =
            run_program("--config tests/cli/data/odd.yaml --limit 1 --simulate 1 --vcd '" +
                        file.string() + "' " + options);
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        return whole_file(file);
    }
};

/// The `#time` lines of a VCD.
std::set<int64_t> times_of(const std::string& vcd) {
    std::istringstream lines(vcd);
    std::set<int64_t> times;
    for (std::string line; std::getline(lines, line);) {
        if (line[0] == '#') times.insert(std::stoll(line.substr(1)));
    }
    return times;
}

TEST_F(WaveformCommand, NarrowsWhatItWrites) {
    const std::string whole = waveform("--vcd-scope '*.sequencer.*'");
    EXPECT_THAT(whole, HasSubstr("$enddefinitions $end\n"));
    EXPECT_THAT(whole, HasSubstr("$scope module sequencer $end\n"));
    EXPECT_THAT(whole, Not(HasSubstr("$scope module array $end\n")));
    EXPECT_EQ(whole, waveform("--vcd-scope '*.sequencer.*'")) << "the same bytes again";
    const std::string window = waveform("--vcd-scope '*.sequencer.*' --vcd-window 100:200");
    const std::string layer = waveform("--vcd-scope '*.sequencer.*' --vcd-layer grouped");
    EXPECT_THAT(whole, HasSubstr("$timescale 1 ns"));
    ASSERT_FALSE(times_of(window).empty());
    EXPECT_EQ(*times_of(window).begin(), 200) << "cycle 100, of 2 ns";
    EXPECT_THAT(*times_of(window).rbegin(), AllOf(Gt(380), Le(402)));
    EXPECT_THAT(times_of(window), IsSubsetOf(times_of(whole)));
    EXPECT_LT(times_of(window).size(), times_of(layer).size());
    EXPECT_LT(times_of(layer).size(), times_of(whole).size());
}

TEST_F(WaveformCommand, SelectsByEachScope) {
    const std::string two = waveform("--vcd-scope '*.sequencer.*' --vcd-scope '*.pe_0_0'");
    for (const char* scope : {"sequencer", "array", "pe_0_0"}) {
        EXPECT_THAT(two, HasSubstr(std::string("$scope module ") + scope + " $end\n"));
    }
    EXPECT_THAT(two, HasSubstr(" clock $end\n"));
    EXPECT_THAT(two, HasSubstr(" layer $end\n"));
    EXPECT_THAT(two, Not(HasSubstr("$scope module pe_0_1 $end\n")));
}

TEST_F(WaveformCommand, DoesNotOverwriteTheProgram) {
    const std::string file = (folder_ / "one").string();
    const std::string same = (folder_ / "." / "two" / ".." / "one").string();
    const ProgramOutcome outcome = run_program("--config configs/gemm.yaml --vcd '" + file +
                                               "' --dump-program '" + same + "'");
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(outcome.errors,
              "--vcd: must be another file than that of --dump-program, got '" + file + "'\n");
    EXPECT_FALSE(fs::exists(file));
}

TEST_F(WaveformCommand, DoesNotChangeTheRun) {
    const auto outcome = [&](const std::string& options) {
        EXPECT_EQ(run_program("--config configs/conv.yaml" + options + output_option()).status, 0);
        nlohmann::json result = report();
        result.erase("host");
        return result;
    };
    EXPECT_EQ(outcome(" --vcd '" + (folder_ / "waves.vcd").string() + "'"),
              outcome(" --fidelity cycle"));
}

TEST_F(WaveformCommand, AFileThatCannotBeWrittenIsToldBeforeTheRun) {
    const ProgramOutcome outcome =
        run_program("--config configs/vgg16_ws.yaml --vcd /dev/null/waves.vcd");
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(outcome.errors,
              "--vcd: must be a file that can be written, got '/dev/null/waves.vcd'\n");
}

}  // namespace
}  // namespace accelsim
