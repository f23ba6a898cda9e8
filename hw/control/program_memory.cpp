#include "hw/control/program_memory.h"

#include <cstring>
#include <type_traits>

namespace accelsim {
namespace {

template <typename T>
void fill(std::vector<T>* table, const tlm::tlm_generic_payload& payload) {
    static_assert(std::is_trivially_copyable_v<T>, "tables travel as bytes");
    table->resize(payload.get_data_length() / sizeof(T));
    if (!table->empty()) {
        std::memcpy(table->data(), payload.get_data_ptr(), table->size() * sizeof(T));
    }
}

}  // namespace

ProgramMemory::ProgramMemory(const sc_core::sc_module_name& name) : sc_module(name) {
    SC_HAS_PROCESS(ProgramMemory);
    host.register_b_transport(this, &ProgramMemory::transport);
    SC_METHOD(drive_interrupt);
    sensitive << status_changed_;
    dont_initialize();
}

void ProgramMemory::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    const uint64_t window = payload.get_address() >> kWindowBits;
    if (payload.is_read()) {
        if (window != kStatus) {
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        *payload.get_data_ptr() = done_;
        return;
    }
    switch (window) {
        case kStart:
            done_ = false;
            status_changed_.notify(sc_core::SC_ZERO_TIME);
            start_.notify(sc_core::SC_ZERO_TIME);
            break;
        case kRegisters:
            fill(&registers_, payload);
            break;
        case kTiles:
            fill(&tiles_, payload);
            break;
        case kOutputBlocks:
            fill(&output_blocks_, payload);
            break;
        case kInputBlocks:
            fill(&input_blocks_, payload);
            break;
        case kWeightBlocks:
            fill(&weight_blocks_, payload);
            break;
        case kDmaJobs:
            fill(&dma_jobs_, payload);
            break;
        default:
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
}

void ProgramMemory::set_done() {
    done_ = true;
    status_changed_.notify(sc_core::SC_ZERO_TIME);
}

void ProgramMemory::drive_interrupt() { interrupt.write(done_); }

}  // namespace accelsim
