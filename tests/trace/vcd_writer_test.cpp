#include "hw/trace/vcd_writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/support/fault_of.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_file.h"
#include "tests/trace/vcd_reader.h"

namespace accelsim {
namespace {

constexpr int64_t kTwoNanoseconds = 2'000'000;  ///< in femtoseconds

constexpr const char* kSmallDump = R"($version accelsim $end
$timescale 1 ns $end
$comment Numbers are unsigned unless a comment says two's complement. $end
$scope module top $end
$var wire 1 ! clock $end
$var integer 64 # stalls $end
$var string 1 % state $end
$scope module pe_0 $end
$comment sum: two's complement $end
$var reg 12 " sum $end
$var wire 4 $ lane $end
$upscope $end
$upscope $end
$enddefinitions $end
#6
$dumpvars
1!
b111111111110 "
b0 #
b101 $
sidle %
$end
#7
0!
#10
b11111110000 "
b1111111111111111111111111111111111111111111111111111111111111111 #
sto\040run\134 %
#12
)";

TEST(VcdWriter, WritesWhatTheStandardSays) {
    const TemporaryPath path("small.vcd");
    VcdWriter writer(path.str());
    const auto codes = writer.write_header({{"top.clock", VcdKind::kWire, {1, false}},
                                            {"top.pe_0.sum", VcdKind::kRegister, {12, true}},
                                            {"top.stalls", VcdKind::kCounter, {64, false}},
                                            {"top.pe_0.lane", VcdKind::kWire, {4, false}},
                                            {"top.state", VcdKind::kText, {}}},
                                           kTwoNanoseconds);
    writer.set_time(6);
    writer.begin_first_values();
    writer.write_bit(codes[0], true);
    writer.write_bits(codes[1], 0xFFE);
    writer.write_bits(codes[2], 0);
    writer.write_bits(codes[3], 5);
    writer.write_text(codes[4], "idle");
    writer.end_first_values();
    writer.set_time(7);
    writer.write_bit(codes[0], false);
    writer.set_time(8);
    writer.set_time(10);
    writer.write_bits(codes[1], 0x7F0);
    writer.write_bits(codes[2], ~uint64_t{0});
    writer.write_text(codes[4], "to run\\");
    writer.close(12);
    EXPECT_EQ(read_file(path.str()), kSmallDump);
}

TEST(VcdWriter, TimeUnitDividesHalfThePeriod) {
    const auto timescale = [](int64_t period_fs, int64_t* time_of_cycle_1) {
        const TemporaryPath path("unit.vcd");
        VcdWriter writer(path.str());
        const auto codes = writer.write_header({{"a.b", VcdKind::kWire, {1, false}}}, period_fs);
        writer.set_time(2);
        writer.write_bit(codes[0], true);
        writer.close(4);
        const vcd::Dump dump = vcd::read(read_file(path.str()));
        *time_of_cycle_1 = dump.times.front();
        return dump.timescale;
    };
    int64_t time = 0;
    EXPECT_EQ(timescale(2'000'000, &time), "1 ns");
    EXPECT_EQ(time, 2);
    EXPECT_EQ(timescale(1'000'000, &time), "100 ps");
    EXPECT_EQ(time, 10);
    EXPECT_EQ(timescale(4'000'000, &time), "1 ns");
    EXPECT_EQ(time, 4);
    EXPECT_EQ(timescale(3'333'000, &time), "100 fs");  // 300 MHz in whole picoseconds
    EXPECT_EQ(time, 33'330);
    EXPECT_EQ(timescale(2'000'000'000'000'000, &time), "1 s");
    EXPECT_EQ(time, 2);
}

TEST(VcdWriter, ManyVariablesHaveCodesOfTheirOwn) {
    const TemporaryPath path("many.vcd");
    constexpr size_t kCount = 20'000;  // beyond one and two characters
    std::vector<VcdVariable> variables;
    for (size_t i = 0; i < kCount; ++i) {
        variables.push_back({"top.v" + std::to_string(i), VcdKind::kRegister, {32, false}});
    }
    VcdWriter writer(path.str());
    const auto codes = writer.write_header(variables, kTwoNanoseconds);
    for (int64_t time = 0; time < 8; ++time) {  // beyond the buffer
        writer.set_time(time);
        for (size_t i = 0; i < kCount; ++i) {
            writer.write_bits(codes[i], i + static_cast<uint64_t>(time) * kCount);
        }
    }
    writer.close(8);
    ASSERT_GT(std::filesystem::file_size(path.str()), size_t{2} << 20);
    const vcd::Dump dump = vcd::read(read_file(path.str()));
    for (size_t i = 0; i < kCount; ++i) {
        const vcd::Variable& variable = dump.at("top.v" + std::to_string(i));
        for (int64_t time = 0; time < 8; ++time) {
            ASSERT_EQ(variable.number(time), static_cast<int64_t>(i) + time * int64_t{kCount});
        }
    }
}

TEST(VcdWriter, EveryNumberOfBits) {
    const TemporaryPath path("bits.vcd");
    std::vector<VcdVariable> variables;
    for (int bits = 1; bits <= 64; ++bits) {
        variables.push_back({"v." + std::to_string(bits), VcdKind::kRegister, {bits, false}});
    }
    VcdWriter writer(path.str());
    const auto codes = writer.write_header(variables, kTwoNanoseconds);
    constexpr uint64_t kPattern = 0xA5C3'96F0'1234'8765;
    writer.set_time(0);
    for (size_t i = 0; i < codes.size(); ++i) {
        const uint64_t mask = ~uint64_t{0} >> (63 - i);
        writer.write_value(codes[i], kPattern & mask, mask);
    }
    writer.close(2);
    const vcd::Dump dump = vcd::read(read_file(path.str()));
    for (int bits = 1; bits <= 64; ++bits) {
        EXPECT_EQ(static_cast<uint64_t>(dump.at("v." + std::to_string(bits)).number(0)),
                  kPattern & (~uint64_t{0} >> (64 - bits)))
            << bits;
    }
}

const std::vector<VcdVariable> kOneBit = {{"top.bit", VcdKind::kWire, {1, false}}};

TEST(VcdWriter, FolderThatIsNotThere) {
    VcdWriter writer("/no/such/folder/waves.vcd");
    EXPECT_EQ(fault_of([&] { writer.write_header(kOneBit, kTwoNanoseconds); }),
              "--vcd: must be a file that can be written, No such file or directory, got "
              "'/no/such/folder/waves.vcd'");
}

TEST(VcdWriter, DiskThatIsFull) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "/dev/full is absent";
    const char* kFault =
        "--vcd: must be a file that can be written, No space left on device, got '/dev/full'";
    VcdWriter at_the_end("/dev/full");
    at_the_end.write_header(kOneBit, kTwoNanoseconds);
    EXPECT_EQ(fault_of([&] { at_the_end.close(2); }), kFault);

    VcdWriter on_the_way("/dev/full");
    const auto codes = on_the_way.write_header(kOneBit, kTwoNanoseconds);
    EXPECT_EQ(fault_of([&] {
                  for (int64_t time = 0; time < 1'000'000; ++time) {
                      on_the_way.set_time(time);
                      on_the_way.write_bit(codes[0], time % 2 != 0);
                  }
              }),
              kFault);
    EXPECT_TRUE(std::filesystem::exists("/dev/full"));
}

TEST(VcdWriter, AFileWithoutAValueIsRemoved) {
    const TemporaryPath path("empty.vcd");
    { VcdWriter(path.str()).write_header(kOneBit, kTwoNanoseconds); }
    EXPECT_FALSE(std::filesystem::exists(path.str()));
}

TEST(VcdWriter, AFileThatARunLeftBehindIsComplete) {
    const TemporaryPath path("early.vcd");
    {
        VcdWriter writer(path.str());
        const auto codes = writer.write_header(kOneBit, kTwoNanoseconds);
        writer.set_time(4);
        writer.write_bit(codes[0], true);
    }
    EXPECT_EQ(vcd::read(read_file(path.str())).at("top.bit").number(4), 1);
}

}  // namespace
}  // namespace accelsim
