#include "hw/transaction/layer_engine.h"

#include <cstring>
#include <type_traits>

#include "sw/timing/layer_timing.h"

namespace accelsim {

LayerEngine::LayerEngine(const sc_core::sc_module_name& name, const AcceleratorParams& params,
                         const sc_core::sc_time& clock_period, TransactionDma& dma)
    : sc_module(name), params_(params), clock_period_(clock_period), dma_(dma) {
    SC_HAS_PROCESS(LayerEngine);
    host.register_b_transport(this, &LayerEngine::transport);
    SC_THREAD(run);
    constexpr size_t kStackBytes = size_t{4} << 20;  // value kernels run on it
    set_stack_size(kStackBytes);
}

void LayerEngine::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
    static_assert(std::is_trivially_copyable_v<LayerCommand>, "commands travel as bytes");
    const auto is = [&](Register place, bool read, size_t bytes) {
        return payload.get_address() == place && payload.is_read() == read &&
               payload.get_data_length() == bytes;
    };
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (is(kStatus, true, 1)) {
        *payload.get_data_ptr() = done_;
    } else if (is(kCommand, false, sizeof(LayerCommand))) {
        std::memcpy(&command_, payload.get_data_ptr(), sizeof(LayerCommand));
    } else if (is(kStart, false, 1)) {
        done_ = false;
        start_.notify(sc_core::SC_ZERO_TIME);
    } else {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
}

void LayerEngine::run() {
    while (true) {
        wait(start_);
        interrupt.write(false);
        wait(sc_core::SC_ZERO_TIME);  // the host sees it fall, also where the layer fails at once
        try {
            run_layer();
        } catch (...) {  // no exception leaves an SC_THREAD
            failure_ = std::current_exception();
        }
        done_ = true;
        interrupt.write(true);
    }
}

void LayerEngine::run_layer() {
    // (1) When everything happens: transactions with annotated times, ahead of SystemC's own.
    LayerTimingOptions options;
    options.on_block = on_block_;
    counters_ = time_layer(command_.loops, params_, dma_, options);
    // (2) What it comes to.
    if (datapath_) compute_values();
    // (3) Time catches up.
    wait(sc_core::sc_time::from_value(static_cast<uint64_t>(counters_.cycles) *
                                      clock_period_.value()));
}

void LayerEngine::compute_values() {
    const LayerLoops& loops = command_.loops;
    DatapathMaps maps;
    maps.input = loops.input_on_chip ? kept_[static_cast<size_t>(command_.first_input_slot)].data()
                                     : dma_.memory(loops.input_address, command_.input_bytes);
    if (command_.residual_bytes > 0) {
        maps.residual = dma_.memory(loops.residual_address, command_.residual_bytes);
    }
    if (loops.output_on_chip) {
        std::vector<uint8_t>& slot = kept_[static_cast<size_t>(command_.kept_output_slot)];
        slot.resize(static_cast<size_t>(command_.output_bytes));
        maps.output = slot.data();
    } else {
        maps.output = dma_.memory(loops.output_address, command_.output_bytes);
    }
    const ValueCounts counts = datapath_->compute(command_.layer, maps);
    counters_.accumulator_overflows = counts.accumulator_overflows;
    counters_.output_saturations = counts.output_saturations;
}

}  // namespace accelsim
