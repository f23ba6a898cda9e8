#include "sw/driver/transaction_host.h"

#include <utility>

#include "sw/base/error.h"
#include "sw/driver/bus_access.h"

namespace accelsim {

LayerCommand layer_command(const ScheduledNetwork& scheduled, size_t layer) {
    const QuantizedLayer& description = scheduled.network().layers[layer];
    const OnChipMaps& on_chip = scheduled.plans()[layer].on_chip;
    LayerCommand command;
    command.loops = scheduled.loops(layer);
    command.layer = layer;
    command.input_bytes = map_bytes(description.input, description.input_format);
    if (description.residual) {
        command.residual_bytes = map_bytes(description.conv, description.residual->format);
    }
    command.output_bytes = map_bytes(description.output, description.output_format);
    command.first_input_slot = on_chip.first_input_slot;
    command.kept_output_slot = on_chip.kept_output_slot;
    return command;
}

TransactionHost::TransactionHost(const sc_core::sc_module_name& name,
                                 TransactionAccelerator& machine, TransactionTask task,
                                 RunningHosts& running)
    : sc_module(name), machine_(machine), task_(std::move(task)), running_(running) {
    SC_HAS_PROCESS(TransactionHost);
    running_.begin();
    machine_.engine.set_progress([this](int64_t blocks) { report_progress(blocks); });
    SC_THREAD(run);
}

void TransactionHost::run() {
    try {
        run_images();
    } catch (...) {  // no exception leaves an SC_THREAD
        failure_ = std::current_exception();
    }
    ended_ = true;
    running_.end(failure_ != nullptr);
}

void TransactionHost::run_images() {
    const NetworkLayout& layout = task_.scheduled->layout();
    if (task_.values) {  // gives DRAM its size at once
        uint8_t last = 0;
        access_dram(tlm::TLM_WRITE_COMMAND, layout.maps_bytes() - 1, &last, sizeof(last));
    }
    const QuantizedNetwork& network = task_.scheduled->network();
    const size_t runs = task_.values ? task_.images->size() : 1;
    for (image_ = 0; image_ < runs; ++image_) {
        if (task_.values) {
            std::vector<uint8_t> packed = pack_map((*task_.images)[image_], network.input_format);
            access_dram(tlm::TLM_WRITE_COMMAND, layout.network_input_address(), packed.data(),
                        packed.size());
        }
        for (layer_ = 0; layer_ < network.layers.size(); ++layer_) run_layer(image_, layer_);
    }
}

void TransactionHost::run_layer(size_t image, size_t layer) {
    LayerCommand command = layer_command(*task_.scheduled, layer);
    access(tlm::TLM_WRITE_COMMAND, LayerEngine::kCommand, &command, sizeof(command));
    uint8_t status = 1;
    access(tlm::TLM_WRITE_COMMAND, LayerEngine::kStart, &status, sizeof(status));
    do {
        wait(interrupt.default_event());
        access(tlm::TLM_READ_COMMAND, LayerEngine::kStatus, &status, sizeof(status));
    } while (status == 0);
    if (machine_.engine.failure()) std::rethrow_exception(machine_.engine.failure());

    LayerOutcome outcome;
    outcome.image = image;
    outcome.layer = layer;
    outcome.counters = machine_.engine.counters();
    const bool last = layer + 1 == task_.scheduled->network().layers.size();
    if (task_.values && (task_.every_output || last)) outcome.output = read_output(layer);
    task_.on_layer(outcome);
    if (task_.on_progress) task_.on_progress(image, layer, 1.0);
}

void TransactionHost::report_progress(int64_t blocks) {
    constexpr int64_t kBlocks = 1024;  // between two reports
    const int64_t all = task_.scheduled->plans()[layer_].output_blocks;
    if (!task_.on_progress || blocks % kBlocks != 0 || blocks == all) return;
    task_.on_progress(image_, layer_, static_cast<double>(blocks) / static_cast<double>(all));
}

IntegerMap TransactionHost::read_output(size_t layer) {
    const QuantizedLayer& description = task_.scheduled->network().layers[layer];
    const OnChipMaps& on_chip = task_.scheduled->plans()[layer].on_chip;
    std::vector<uint8_t> bytes(
        static_cast<size_t>(map_bytes(description.output, description.output_format)));
    if (on_chip.output) {
        debug_access(bus, tlm::TLM_READ_COMMAND,
                     HostBus::address(HostBus::kInputBuffer,
                                      LayerEngine::kept_address(on_chip.kept_output_slot, 0)),
                     bytes.data(), bytes.size());
    } else {
        access_dram(tlm::TLM_READ_COMMAND, task_.scheduled->layout().layer(layer).output_address,
                    bytes.data(), bytes.size());
    }
    return unpack_map(bytes.data(), description.output, description.output_format);
}

void TransactionHost::access(tlm::tlm_command command, uint64_t address, void* data, size_t bytes) {
    tlm::tlm_generic_payload payload;
    describe_access(payload, command, HostBus::address(HostBus::kProgram, address), data, bytes);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    bus->b_transport(payload, delay);
    if (!payload.is_response_ok()) throw InternalError("host: a control access was refused");
}

void TransactionHost::access_dram(tlm::tlm_command command, int64_t address, uint8_t* data,
                                  size_t bytes) {
    debug_access(bus, command, HostBus::address(HostBus::kDram, static_cast<uint64_t>(address)),
                 data, bytes);
}

}  // namespace accelsim
