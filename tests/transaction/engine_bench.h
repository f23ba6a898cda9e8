#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>
#include <utility>

#include "hw/top/transaction_accelerator.h"
#include "tests/hw/bench.h"
#include "tests/hw/initiator.h"

namespace accelsim {

/// The machine at transaction level, with a thread of the test in the host's place.
class EngineBench : public sc_core::sc_module {
  public:
    TransactionAccelerator machine;
    Initiator host{"host"};
    Faults faults;

    explicit EngineBench(const AcceleratorParams& params)
        : sc_module(sc_core::sc_module_name("bench")), machine("machine", params) {
        sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
        sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO,
                                                sc_core::SC_DO_NOTHING);
        host.socket.bind(machine.bus.host);
        SC_HAS_PROCESS(EngineBench);
        SC_THREAD(run_host);
    }

    /// Runs the thread to its end; returns what was wrong.
    std::string run(std::function<void()> host_thread) {
        host_thread_ = std::move(host_thread);
        sc_core::sc_start();
        faults.expect_equal("end of the host's thread", true, ended_);
        return faults.text();
    }

    // For the thread.
    tlm::tlm_response_status access(tlm::tlm_command command, uint64_t place, void* data,
                                    size_t bytes) {
        return host.access(command, HostBus::address(HostBus::kProgram, place), data, bytes);
    }
    void write_command(LayerCommand command) {
        faults.expect_equal(
            "response to a command", tlm::TLM_OK_RESPONSE,
            access(tlm::TLM_WRITE_COMMAND, LayerEngine::kCommand, &command, sizeof(command)));
    }
    void start(tlm::tlm_response_status response = tlm::TLM_OK_RESPONSE) {
        uint8_t one = 1;
        faults.expect_equal("response to START", response,
                            access(tlm::TLM_WRITE_COMMAND, LayerEngine::kStart, &one, 1));
    }
    bool done() {
        uint8_t status = 2;
        faults.expect_equal("response of STATUS", tlm::TLM_OK_RESPONSE,
                            access(tlm::TLM_READ_COMMAND, LayerEngine::kStatus, &status, 1));
        return status != 0;
    }
    void wait_for_interrupt() {
        do {
            sc_core::wait(machine.interrupt.default_event());
        } while (!machine.interrupt.read());
    }
    /// Gives DRAM its size.
    void reserve(int64_t bytes) {
        uint8_t last = 0;
        host.access_debug(tlm::TLM_WRITE_COMMAND,
                          HostBus::address(HostBus::kDram, static_cast<uint64_t>(bytes - 1)), &last,
                          1);
    }
    /// It is now this many cycles after `from`, to the last picosecond.
    void expect_cycles(const std::string& what, int64_t cycles, const sc_core::sc_time& from) {
        const auto period = static_cast<int64_t>(machine.clock_period.value());
        const auto passed = static_cast<int64_t>((sc_core::sc_time_stamp() - from).value());
        faults.expect_equal(what, cycles, passed / period);
        faults.expect_equal(what + ", part of a cycle", 0, passed % period);
    }

  private:
    void run_host() {
        host_thread_();
        ended_ = true;
        sc_core::sc_stop();
    }

    std::function<void()> host_thread_;
    bool ended_ = false;
};

}  // namespace accelsim
