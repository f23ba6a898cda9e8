#include "sw/driver/host_driver.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sw/base/error.h"

namespace accelsim {
namespace {

constexpr int64_t kWatchCycles = 16384;  ///< between two looks of the watchdog

}  // namespace

HostDriver::HostDriver(const sc_core::sc_module_name& name, const SystolicAccelerator& machine,
                       HostTask task)
    : sc_module(name), machine_(machine), task_(std::move(task)) {
    SC_HAS_PROCESS(HostDriver);
    SC_THREAD(run);
    SC_METHOD(watch);
}

void HostDriver::run() {
    try {
        run_images();
    } catch (...) {  // no exception leaves an SC_THREAD
        if (!failure_) failure_ = std::current_exception();
    }
    sc_core::sc_stop();
}

void HostDriver::run_images() {
    write_dram(task_.layout->total_bytes() - 1, {0});  // gives DRAM its size at once
    wait(machine_.clock.posedge_event());
    for (image_ = 0; image_ < task_.images->size(); ++image_) {
        write_dram(task_.layout->layer(0).input_address,
                   pack_map((*task_.images)[image_], task_.network->input_format));
        for (layer_ = 0; layer_ < task_.network->layers.size(); ++layer_) {
            run_layer(image_, layer_);
        }
    }
}

void HostDriver::run_layer(size_t image, size_t layer) {
    const LayerProgram program = task_.program(layer);
    if (image == 0) load_weights(program, layer);
    write_program(program);
    tiles_ = program.registers.tiles;

    const Snapshot before(machine_);
    const uint8_t one = 1;
    write(HostBus::address(HostBus::kProgram, ProgramMemory::address(ProgramMemory::kStart)), &one,
          sizeof(one));
    do {
        wait(interrupt.default_event());
    } while (read_status() == 0);

    const QuantizedLayer& description = task_.network->layers[layer];
    LayerOutcome outcome;
    outcome.image = image;
    outcome.layer = layer;
    outcome.counters = Snapshot(machine_).since(before);
    const int64_t bytes =
        packed_bytes(description.output.elements(), description.output_format.bits);
    outcome.output = unpack_map(read_dram(program.registers.output_address, bytes),
                                description.output, description.output_format);
    task_.on_layer(outcome);
}

void HostDriver::load_weights(const LayerProgram& program, size_t layer) {
    if (program.weights_bytes == 0) return;
    write_dram(task_.layout->layer(layer).weights_address, task_.packed_weights(layer));
}

void HostDriver::write_program(const LayerProgram& program) {
    const auto table = [&](ProgramMemory::Window window, const auto& entries) {
        write(HostBus::address(HostBus::kProgram, ProgramMemory::address(window)), entries.data(),
              entries.size() * sizeof(entries[0]));
    };
    const std::vector<LayerRegisters> registers{program.registers};
    table(ProgramMemory::kRegisters, registers);
    table(ProgramMemory::kTiles, program.tiles);
    table(ProgramMemory::kOutputBlocks, program.output_blocks);
    table(ProgramMemory::kInputBlocks, program.input_blocks);
    table(ProgramMemory::kWeightBlocks, program.weight_blocks);
    table(ProgramMemory::kDmaJobs, program.dma_jobs);
    std::vector<ChannelConstants> constants(program.bias.size());
    for (size_t c = 0; c < constants.size(); ++c) {
        constants[c] = {program.bias[c], program.multiplier.empty() ? 0 : program.multiplier[c],
                        program.shift[c]};
    }
    write(HostBus::address(HostBus::kConstants, 0), constants.data(),
          constants.size() * sizeof(ChannelConstants));
}

void HostDriver::write(uint64_t address, const void* data, size_t bytes) {
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(const_cast<void*>(data)));
    payload.set_data_length(static_cast<unsigned>(bytes));
    payload.set_streaming_width(static_cast<unsigned>(bytes));
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    bus->b_transport(payload, delay);
    if (!payload.is_response_ok()) throw InternalError("host: a control write was refused");
}

uint8_t HostDriver::read_status() {
    uint8_t status = 0;
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(
        HostBus::address(HostBus::kProgram, ProgramMemory::address(ProgramMemory::kStatus)));
    payload.set_data_ptr(&status);
    payload.set_data_length(sizeof(status));
    payload.set_streaming_width(sizeof(status));
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    bus->b_transport(payload, delay);
    if (!payload.is_response_ok()) throw InternalError("host: the status read was refused");
    return status;
}

void HostDriver::write_dram(int64_t address, const std::vector<uint8_t>& bytes) {
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(HostBus::address(HostBus::kDram, static_cast<uint64_t>(address)));
    payload.set_data_ptr(const_cast<uint8_t*>(bytes.data()));
    payload.set_data_length(static_cast<unsigned>(bytes.size()));
    bus->transport_dbg(payload);
}

std::vector<uint8_t> HostDriver::read_dram(int64_t address, int64_t count) {
    std::vector<uint8_t> bytes(static_cast<size_t>(count));
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(HostBus::address(HostBus::kDram, static_cast<uint64_t>(address)));
    payload.set_data_ptr(bytes.data());
    payload.set_data_length(static_cast<unsigned>(bytes.size()));
    bus->transport_dbg(payload);
    return bytes;
}

void HostDriver::watch() {
    const int64_t interval = std::min(kWatchCycles, task_.watchdog_cycles);
    next_trigger(machine_.clock.period() * static_cast<double>(interval));
    if (!machine_.sequencer.running() || failure_) return;
    if (task_.on_progress && tiles_ > 0) {
        task_.on_progress(image_, layer_,
                          static_cast<double>(machine_.sequencer.tiles_fed_in_layer()) /
                              static_cast<double>(tiles_));
    }
    const int64_t progress = machine_.sequencer.progress() + machine_.dma.stats().read_bytes +
                             machine_.dma.stats().write_bytes;
    still_cycles_ = progress == last_progress_ ? still_cycles_ + interval : 0;
    last_progress_ = progress;
    if (still_cycles_ < task_.watchdog_cycles) return;
    try {
        report_deadlock();
    } catch (...) {
        failure_ = std::current_exception();
        sc_core::sc_stop();
    }
}

void HostDriver::report_deadlock() const {
    std::string text = "deadlock: no progress for " + std::to_string(still_cycles_) +
                       " cycles in layer " + task_.network->layers[layer_].name + "\n" +
                       machine_.sequencer.describe_waiting();
    for (const std::string& channel : machine_.blocked_channels()) {
        text += "  channel " + channel + " is blocked: valid, not ready\n";
    }
    throw InternalError(text);
}

}  // namespace accelsim
