#pragma once

#include <systemc>

namespace accelsim {

/// The hosts of one elaboration. The simulation ends with the last of them, or with the first that
/// fails.
class RunningHosts {
  public:
    void begin() { ++running_; }
    void end(bool failed) {
        if (--running_ == 0 || failed) sc_core::sc_stop();
    }
    /// Runs until every host has ended.
    void simulate() {
        // sc_stop tells what everyone knows.
        sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO,
                                                sc_core::SC_DO_NOTHING);
        sc_core::sc_start();
    }

  private:
    int running_ = 0;
};

}  // namespace accelsim
