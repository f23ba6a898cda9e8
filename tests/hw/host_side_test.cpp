// What the host reaches: the bus, the program memory, the constants. And the residual buffer, which
// is read without a clock, too. A TLM access of theirs takes no time, so that nothing can stall.
#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "hw/control/program_memory.h"
#include "hw/memory/constant_memory.h"
#include "hw/memory/residual_buffer.h"
#include "hw/top/host_bus.h"
#include "tests/hw/bench.h"
#include "tests/hw/initiator.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

using tlm::tlm_response_status;

/// A target of the bus: remembers what reached it, and by which way.
class TargetStub : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<TargetStub> socket{"socket"};
    std::vector<uint64_t> blocking, debug;  ///< addresses

    explicit TargetStub(const sc_core::sc_module_name& name) : sc_module(name) {
        socket.register_b_transport(this, &TargetStub::transport);
        socket.register_transport_dbg(this, &TargetStub::transport_debug);
    }

  private:
    void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
        blocking.push_back(payload.get_address());
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    unsigned transport_debug(tlm::tlm_generic_payload& payload) {
        debug.push_back(payload.get_address());
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return payload.get_data_length();
    }
};

std::string route_everything() {
    HostBus bus("bus");
    TargetStub dram("dram"), program("program"), constants("constants"), input("input");
    Initiator host("host");
    host.socket.bind(bus.host);
    bus.dram.bind(dram.socket);
    bus.program.bind(program.socket);
    bus.constants.bind(constants.socket);
    bus.input_buffer.bind(input.socket);
    Faults faults;
    const std::map<HostBus::Target, TargetStub*> targets = {{HostBus::kDram, &dram},
                                                            {HostBus::kProgram, &program},
                                                            {HostBus::kConstants, &constants},
                                                            {HostBus::kInputBuffer, &input}};
    uint64_t offset = 0x12345678;
    uint8_t byte = 0;
    for (const auto& [target, stub] : targets) {
        const uint64_t address = HostBus::address(target, ++offset);
        // DRAM and the maps that stay on chip are the host's by debug transport alone.
        const bool by_debug = target == HostBus::kDram || target == HostBus::kInputBuffer;
        const auto blocking = host.access(tlm::TLM_WRITE_COMMAND, address, &byte, 1);
        const auto debug = host.access_debug(tlm::TLM_WRITE_COMMAND, address, &byte, 1);
        const auto refused = tlm::TLM_ADDRESS_ERROR_RESPONSE;
        faults.expect_equal("blocking", by_debug ? refused : tlm::TLM_OK_RESPONSE, blocking);
        faults.expect_equal("debug", by_debug ? tlm::TLM_OK_RESPONSE : refused, debug);
        const std::vector<uint64_t> once = {offset}, never;
        faults.expect_all_equal("blocking address", by_debug ? never : once, stub->blocking);
        faults.expect_all_equal("debug address", by_debug ? once : never, stub->debug);
    }
    const uint64_t nowhere = HostBus::address(static_cast<HostBus::Target>(9), 1);
    faults.expect_equal("nowhere", tlm::TLM_ADDRESS_ERROR_RESPONSE,
                        host.access(tlm::TLM_WRITE_COMMAND, nowhere, &byte, 1));
    faults.expect_equal("nowhere", tlm::TLM_ADDRESS_ERROR_RESPONSE,
                        host.access_debug(tlm::TLM_READ_COMMAND, nowhere, &byte, 1));
    return faults.text();
}

TEST(HostBus, RoutesByTheTopByte) { EXPECT_EQ(in_child_process(route_everything), ""); }

std::string use_program_memory() {
    Bench bench;
    ProgramMemory memory("memory");
    Initiator host("host");
    sc_core::sc_signal<bool> interrupt("interrupt");
    host.socket.bind(memory.host);
    memory.interrupt(interrupt);
    int64_t starts = 0;
    bench.react(memory.default_event(), [&] { ++starts; });
    Faults faults;
    const auto write = [&](ProgramMemory::Window window, auto table) {
        return host.access(tlm::TLM_WRITE_COMMAND, ProgramMemory::address(window), table.data(),
                           table.size() * sizeof(table[0]));
    };
    const auto status = [&] {
        uint8_t byte = 9;
        faults.expect_equal("status access", tlm::TLM_OK_RESPONSE,
                            host.access(tlm::TLM_READ_COMMAND,
                                        ProgramMemory::address(ProgramMemory::kStatus), &byte, 1));
        return byte;
    };
    LayerRegisters registers;
    registers.tiles = 17;
    write(ProgramMemory::kRegisters, std::vector<LayerRegisters>{registers});
    for (const int32_t count : {3, 1}) {  // a second table takes the place of the first
        std::vector<TileJob> tiles(static_cast<size_t>(count));
        tiles.back().depth_first = 10 + count;
        write(ProgramMemory::kTiles, tiles);
        faults.expect_equal("tile", 10 + count, memory.tile(count - 1).depth_first);
    }
    std::vector<OutputBlock> outputs(2);
    outputs[1].accumulated_tiles = 5;
    write(ProgramMemory::kOutputBlocks, outputs);
    std::vector<Box> inputs(2);
    inputs[1].c1 = 6;
    write(ProgramMemory::kInputBlocks, inputs);
    write(ProgramMemory::kWeightBlocks, std::vector<WeightBlock>{{100, 7, 8}});
    write(ProgramMemory::kDmaJobs, std::vector<DmaJob>{{DmaKind::kLoadResidual, 4}});
    faults.expect_equal("registers", 17, memory.registers().tiles);
    faults.expect_equal("output block", 5, memory.output_block(1).accumulated_tiles);
    faults.expect_equal("input block", 6, memory.input_block(1).c1);
    faults.expect_equal("weight block", 107,
                        memory.weight_block(0).dram_address + memory.weight_block(0).rows);
    faults.expect_equal("DMA job", 4, memory.dma_job(0).block);

    const auto settle = [&] { sc_core::sc_start(bench.clock.period()); };
    const auto look = [&](const std::string& when, int64_t started, bool done) {
        settle();
        faults.expect_equal(when + ", starts", started, starts);
        faults.expect_equal(when + ", status", done, status());
        faults.expect_equal(when + ", interrupt", done, interrupt.read());
    };
    look("at first", 0, false);
    write(ProgramMemory::kStart, std::vector<uint8_t>{1});
    look("started", 1, false);
    memory.set_done();
    look("done", 1, true);
    write(ProgramMemory::kStart, std::vector<uint8_t>{1});
    look("started again", 2, false);

    uint8_t byte = 0;
    for (const auto& [command, window] :
         {std::pair(tlm::TLM_READ_COMMAND, ProgramMemory::kTiles),
          std::pair(tlm::TLM_READ_COMMAND, ProgramMemory::kStart),
          std::pair(tlm::TLM_WRITE_COMMAND, ProgramMemory::kStatus)}) {
        faults.expect_equal("refused window", tlm::TLM_ADDRESS_ERROR_RESPONSE,
                            host.access(command, ProgramMemory::address(window), &byte, 1));
    }
    return faults.text();
}

TEST(ProgramMemory, KeepsTablesAndTellsOfStartAndDone) {
    EXPECT_EQ(in_child_process(use_program_memory), "");
}

std::string use_constant_memory() {
    ConstantMemory memory("memory");
    Initiator host("host");
    host.socket.bind(memory.host);
    Faults faults;
    std::vector<ChannelConstants> constants(5), others = {{-1, -2, -3, {-4, -5, -6}}};
    for (int32_t c = 0; c < 5; ++c)
        constants[static_cast<size_t>(c)] = {c, 10 * c, 100 * c, {1 + c, 2 * c, 3 * c}};
    const auto write = [&](size_t first, std::vector<ChannelConstants>& table, size_t count) {
        faults.expect_equal("access", tlm::TLM_OK_RESPONSE,
                            host.access(tlm::TLM_WRITE_COMMAND, first * sizeof(ChannelConstants),
                                        table.data(), count * sizeof(ChannelConstants)));
    };
    write(0, constants, 0);  // a layer without constants
    write(0, constants, 5);
    write(3, others, 1);
    write(5, others, 1);  // one more channel leaves those before it alone
    for (int32_t c = 0; c < 5; ++c) {
        const ChannelConstants& channel = memory.constants(c);
        faults.expect_equal("bias", c == 3 ? -1 : c, channel.bias);
        faults.expect_equal("multiplier", c == 3 ? -2 : 10 * c, channel.multiplier);
        faults.expect_equal("shift", c == 3 ? -3 : 100 * c, channel.shift);
        faults.expect_equal("mean", c == 3 ? -4 : 1 + c, channel.batch_norm.mean);
        faults.expect_equal("scale", c == 3 ? -5 : 2 * c, channel.batch_norm.scale);
        faults.expect_equal("offset", c == 3 ? -6 : 3 * c, channel.batch_norm.offset);
    }
    return faults.text();
}

TEST(ConstantMemory, KeepsEveryChannel) { EXPECT_EQ(in_child_process(use_constant_memory), ""); }

std::string use_residual_buffer() {
    ResidualBuffer buffer("buffer");
    Initiator writer("writer");
    writer.socket.bind(buffer.fill);
    std::vector<int16_t> slots[2];
    for (int16_t i = 0; i < 60; ++i) {
        slots[0].push_back(static_cast<int16_t>(7 * i));
        slots[1].push_back(static_cast<int16_t>(-i));
    }
    writer.write(0, slots[0]);
    writer.write(1, slots[1]);
    Faults faults;
    int64_t reads = 0;
    const NumberFormat usual{16, true}, magnitudes{16, false};
    for (const ResidualWord& word : {ResidualWord{0, 0, 1, 8, usual},
                                     {1, 13, 1, 5, usual},
                                     {0, 2, 9, 6, usual},
                                     {1, 59, 4, 1, usual},
                                     {1, 0, 3, 7, magnitudes},
                                     {0, 0, 1, 0, usual}}) {
        std::vector<int32_t> operands(10, 99), expected(10, 99);
        for (int32_t lane = 0; lane < word.lanes; ++lane) {
            const int32_t element =
                slots[word.slot][static_cast<size_t>(word.first_element + lane * word.stride)];
            expected[static_cast<size_t>(lane)] =
                word.format.is_signed || element >= 0 ? element : element + 65536;
        }
        buffer.read_word(word, operands.data());
        faults.expect_all_equal("operand", expected, operands);
        faults.expect_equal("words read", ++reads, buffer.stats().read_words);
    }
    return faults.text();
}

TEST(ResidualBuffer, ReadsEveryStride) { EXPECT_EQ(in_child_process(use_residual_buffer), ""); }

}  // namespace
}  // namespace accelsim
