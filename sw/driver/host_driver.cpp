#include "sw/driver/host_driver.h"

#include <algorithm>
#include <string>
#include <utility>

#include "hw/memory/element_packing.h"
#include "sw/base/error.h"
#include "sw/driver/bus_access.h"

namespace accelsim {
namespace {

constexpr int64_t kWatchCycles = 16384;  ///< between two looks of the watchdog
}  // namespace

HostDriver::HostDriver(const sc_core::sc_module_name& name, const SystolicAccelerator& machine,
                       HostTask task, RunningHosts& running)
    : sc_module(name), machine_(machine), task_(std::move(task)), running_(running) {
    SC_HAS_PROCESS(HostDriver);
    running_.begin();
    SC_THREAD(run);
    SC_METHOD(watch);
}

void HostDriver::run() {
    try {
        run_images();
    } catch (...) {  // no exception leaves an SC_THREAD
        if (!failure_) failure_ = std::current_exception();
    }
    running_.end(failure_ != nullptr);
}

void HostDriver::run_images() {
    write_dram(task_.layout->total_bytes() - 1, {0});  // gives DRAM its size at once
    wait(machine_.clock.posedge_event());
    for (image_ = 0; image_ < task_.images->size(); ++image_) {
        write_dram(task_.layout->network_input_address(),
                   pack_map((*task_.images)[image_], task_.network->input_format));
        for (layer_ = 0; layer_ < task_.network->layers.size(); ++layer_) {
            run_layer(image_, layer_);
        }
    }
}

void HostDriver::run_layer(size_t image, size_t layer) {
    prepare_layer(image, layer);
    const Snapshot before(machine_);
    if (task_.on_start) task_.on_start(layer);
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
    outcome.output = kept_ ? read_kept(description) : read_output(layer, description);
    task_.on_layer(outcome);
}

IntegerMap HostDriver::read_output(size_t layer, const QuantizedLayer& description) {
    const int64_t bytes =
        packed_bytes(description.output.elements(), description.output_format.bits);
    return unpack_map(read_dram(task_.layout->layer(layer).output_address, bytes).data(),
                      description.output, description.output_format);
}

IntegerMap HostDriver::read_kept(const QuantizedLayer& description) {
    std::vector<int16_t> elements(static_cast<size_t>(description.output.elements()));
    const size_t bytes = elements.size() * sizeof(elements[0]);
    tlm::tlm_generic_payload payload;
    describe_access(payload, tlm::TLM_READ_COMMAND,
                    HostBus::address(HostBus::kInputBuffer, ElementSlots::address(*kept_, 0)),
                    elements.data(), bytes);
    if (bus->transport_dbg(payload) != bytes) {
        throw InternalError("host: the map of layer " + description.name + " is not on chip");
    }
    IntegerMap map(description.output);
    const int32_t mask = element_mask(description.output_format);
    std::transform(elements.begin(), elements.end(), map.data.begin(),
                   [mask](int16_t element) { return element & mask; });
    return map;
}

void HostDriver::prepare_layer(size_t image, size_t layer) {
    LayerProgram program = task_.program(layer);
    tiles_ = program.plan.tiles;
    kept_.reset();
    if (program.plan.on_chip.output) kept_ = program.plan.on_chip.kept_output_slot;
    if (image == 0 && program.plan.weights_bytes > 0) {
        write_dram(task_.layout->layer(layer).weights_address, task_.packed_weights(layer));
    }
    write_program(std::move(program));
}

void HostDriver::write_program(LayerProgram program) {
    // Each table goes as soon as the machine has its copy: two of a large layer need much memory.
    const auto table = [&](ProgramMemory::Window window, auto entries) {
        write(HostBus::address(HostBus::kProgram, ProgramMemory::address(window)), entries.data(),
              entries.size() * sizeof(entries[0]));
    };
    table(ProgramMemory::kRegisters, std::vector<LayerRegisters>{program.registers});
    table(ProgramMemory::kTiles, std::move(program.tiles));
    table(ProgramMemory::kOutputBlocks, std::move(program.output_blocks));
    table(ProgramMemory::kInputBlocks, std::move(program.input_blocks));
    table(ProgramMemory::kWeightBlocks, std::move(program.weight_blocks));
    table(ProgramMemory::kDmaJobs, std::move(program.dma_jobs));
    std::vector<ChannelConstants> constants(program.bias.size());
    for (size_t c = 0; c < constants.size(); ++c) {
        constants[c] = {program.bias[c], program.multiplier.empty() ? 0 : program.multiplier[c],
                        program.shift[c],
                        program.batch_norm.empty() ? BatchNormConstants{} : program.batch_norm[c]};
    }
    write(HostBus::address(HostBus::kConstants, 0), constants.data(),
          constants.size() * sizeof(ChannelConstants));
}

void HostDriver::access(tlm::tlm_command command, uint64_t address, void* data, size_t bytes) {
    tlm::tlm_generic_payload payload;
    describe_access(payload, command, address, data, bytes);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    bus->b_transport(payload, delay);
    if (!payload.is_response_ok()) throw InternalError("host: a control access was refused");
}

void HostDriver::write(uint64_t address, const void* data, size_t bytes) {
    access(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes);
}

uint8_t HostDriver::read_status() {
    uint8_t status = 0;
    access(tlm::TLM_READ_COMMAND,
           HostBus::address(HostBus::kProgram, ProgramMemory::address(ProgramMemory::kStatus)),
           &status, sizeof(status));
    return status;
}

void HostDriver::access_dram(tlm::tlm_command command, int64_t address, uint8_t* data,
                             size_t bytes) {
    debug_access(bus, command, HostBus::address(HostBus::kDram, static_cast<uint64_t>(address)),
                 data, bytes);
}

void HostDriver::write_dram(int64_t address, const std::vector<uint8_t>& bytes) {
    access_dram(tlm::TLM_WRITE_COMMAND, address, const_cast<uint8_t*>(bytes.data()), bytes.size());
}

std::vector<uint8_t> HostDriver::read_dram(int64_t address, int64_t count) {
    std::vector<uint8_t> bytes(static_cast<size_t>(count));
    access_dram(tlm::TLM_READ_COMMAND, address, bytes.data(), bytes.size());
    return bytes;
}

void HostDriver::watch() {
    const int64_t interval = std::min(kWatchCycles, task_.watchdog_cycles);
    // Half a cycle away from the edges, where every process has settled.
    const double offset = watching_ ? 0 : 0.5;
    watching_ = true;
    next_trigger(machine_.clock.period() * (static_cast<double>(interval) + offset));
    if (!machine_.sequencer.running() || failure_) return;
    if (task_.on_progress && tiles_ > 0) {
        task_.on_progress(image_, layer_,
                          static_cast<double>(machine_.sequencer.tiles_fed_in_layer()) /
                              static_cast<double>(tiles_));
    }
    const int64_t progress = machine_.activity();
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
