#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hw/top/transaction_accelerator.h"
#include "sw/base/log.h"
#include "sw/cli/compare_command.h"

namespace accelsim {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

struct Compared {
    int status = -1;
    std::string text;
};

/// `accelsim compare` of one matrix product, whose machine at transaction level `prepare` changes.
Compared compare(const std::function<void(TransactionAccelerator&)>& prepare) {
    set_log_level(LogLevel::kWarning);
    CompareOptions options;
    options.config.path = ACCELSIM_PROJECT_ROOT "/configs/gemm.yaml";
    options.prepare = prepare;
    ::testing::internal::CaptureStdout();
    Compared compared;
    compared.status = compare_command(options);
    compared.text = ::testing::internal::GetCapturedStdout();
    return compared;
}

TEST(BrokenPromise, IsNotSeenWhereThereIsNone) {
    const Compared compared =
        compare([](TransactionAccelerator& machine) {  // as many bytes as the configuration says
            machine.dram.set_service([](int64_t) { return 16; }, [] { return 0; });
        });
    EXPECT_EQ(compared.status, 0);
    EXPECT_THAT(compared.text, Not(HasSubstr("broken")));
}

TEST(BrokenPromise, OfTimeIsNamed) {
    const Compared compared = compare([](TransactionAccelerator& machine) {
        const auto one_late_cycle = [](int64_t cycle) { return cycle == 20 ? 0 : 16; };
        machine.dram.set_service(one_late_cycle, [] { return 0; });
    });
    EXPECT_EQ(compared.status, 1);
    EXPECT_THAT(compared.text, ContainsRegex("\ngemm +0 +cycles +4,509 +4,510 +4,509\n"));
    EXPECT_THAT(compared.text,
                ContainsRegex("\nbroken +gemm: transaction differs from cycle in cycles, "
                              "stall_cycles.dram_read, dram_read_weight_cycles"));
    EXPECT_THAT(compared.text, HasSubstr("\nverdict  1 promise does not hold\n"));
}

/// Computes nothing: maps stay as they were.
class IdleDatapath : public Datapath {
  public:
    ValueCounts compute(size_t, const DatapathMaps&) override { return {}; }
};

TEST(BrokenPromise, OfValuesIsCounted) {
    IdleDatapath idle;
    const Compared compared =
        compare([&](TransactionAccelerator& machine) { machine.engine.set_datapath(&idle); });
    EXPECT_EQ(compared.status, 1);
    EXPECT_THAT(compared.text,
                ContainsRegex("\nbroken +gemm: [0-9,]+ of 2,560 values of transaction differ"));
}

}  // namespace
}  // namespace accelsim
