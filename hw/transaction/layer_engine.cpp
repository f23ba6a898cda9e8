#include "hw/transaction/layer_engine.h"

#include <cstring>
#include <type_traits>

#include "hw/memory/cycle_time.h"
#include "sw/timing/layer_timing.h"

namespace accelsim {

LayerEngine::LayerEngine(const sc_core::sc_module_name& name, const AcceleratorParams& params,
                         const sc_core::sc_time& clock_period)
    : sc_module(name), dma("dma", clock_period), params_(params), clock_period_(clock_period) {
    SC_HAS_PROCESS(LayerEngine);
    host.register_b_transport(this, &LayerEngine::transport);
    input_buffer.register_transport_dbg(this, &LayerEngine::read_kept);
    SC_METHOD(step);
    sensitive << start_;
    dont_initialize();
}

void LayerEngine::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
    static_assert(std::is_trivially_copyable_v<LayerCommand>, "commands travel as bytes");
    const auto reads = [&](Register place, size_t bytes) {
        return payload.is_read() && payload.get_address() == place &&
               payload.get_data_length() == bytes;
    };
    const auto writes = [&](Register place, size_t bytes) {
        return payload.is_write() && payload.get_address() == place &&
               payload.get_data_length() == bytes;
    };
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    } else if (reads(kStatus, 1)) {
        *payload.get_data_ptr() = done_;
    } else if (payload.is_write() && state_ != State::kIdle) {
        payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);  // a layer runs
    } else if (writes(kCommand, sizeof(LayerCommand))) {
        std::memcpy(&command_, payload.get_data_ptr(), sizeof(LayerCommand));
    } else if (writes(kStart, 1)) {
        done_ = false;
        state_ = State::kStarted;
        start_.notify(sc_core::SC_ZERO_TIME);
    } else {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
}

void LayerEngine::step() {
    if (state_ == State::kStarted) {
        if (interrupt.read()) {  // the host sees it fall, also where the layer fails at once
            interrupt.write(false);
            next_trigger(sc_core::SC_ZERO_TIME);
            return;
        }
        state_ = State::kRunning;
        sc_core::sc_time duration = sc_core::SC_ZERO_TIME;
        try {
            duration = time_of_cycles(run_layer(), clock_period_);
        } catch (...) {  // the host is told
            failure_ = std::current_exception();
        }
        next_trigger(duration);
    } else if (state_ == State::kRunning) {
        state_ = State::kIdle;
        done_ = true;
        interrupt.write(true);
    }
}

int64_t LayerEngine::run_layer() {
    // (1) When everything happens: transactions with annotated times, ahead of SystemC's own.
    LayerTimingOptions options;
    options.on_block = on_block_;
    counters_ = time_layer(command_.loops, params_, dma, options);
    // (2) What it comes to.
    if (datapath_) compute_values();
    return counters_.cycles;
}

unsigned LayerEngine::read_kept(tlm::tlm_generic_payload& payload) {
    const uint64_t slot = payload.get_address() >> kSlotBits;
    const uint64_t first = payload.get_address() - (slot << kSlotBits);
    const unsigned bytes = payload.get_data_length();
    if (!payload.is_read() || slot >= kept_.size() || first + bytes > kept_[slot].size()) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return 0;
    }
    std::memcpy(payload.get_data_ptr(), kept_[slot].data() + first, bytes);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return bytes;
}

void LayerEngine::compute_values() {
    const LayerLoops& loops = command_.loops;
    DatapathMaps maps;
    maps.input = loops.input_on_chip ? kept_[static_cast<size_t>(command_.first_input_slot)].data()
                                     : dma.memory(loops.input_address, command_.input_bytes);
    if (command_.residual_bytes > 0) {
        maps.residual = dma.memory(loops.residual_address, command_.residual_bytes);
    }
    if (loops.output_on_chip) {
        std::vector<uint8_t>& slot = kept_[static_cast<size_t>(command_.kept_output_slot)];
        slot.resize(static_cast<size_t>(command_.output_bytes));
        maps.output = slot.data();
    } else {
        maps.output = dma.memory(loops.output_address, command_.output_bytes);
    }
    const ValueCounts counts = datapath_->compute(command_.layer, maps);
    counters_.accumulator_overflows = counts.accumulator_overflows;
    counters_.output_saturations = counts.output_saturations;
    counters_.nonzero_macs = counts.nonzero_macs;
}

}  // namespace accelsim
