#pragma once

#include <systemc>

namespace accelsim {

/// What a clocked block sees of the clock: a process sensitive to the port runs at each rising
/// edge.
class ClockEdge : public virtual sc_core::sc_interface {
  public:
    /// True in the process that this cycle's rising edge has woken; false where another event has.
    virtual bool posedge() const = 0;
    const sc_core::sc_event& default_event() const override = 0;
};

using ClockPort = sc_core::sc_port<ClockEdge>;

/// The machine's only clock. Only rising edges are simulated: an sc_clock also schedules the
/// falling ones and toggles a signal, which took a fifth of a cycle's time on an 8 x 8 array.
class Clock : public sc_core::sc_module, public ClockEdge {
  public:
    Clock(const sc_core::sc_module_name& name, const sc_core::sc_time& period)
        : sc_module(name), period_(period) {
        SC_HAS_PROCESS(Clock);
        SC_METHOD(schedule);
        sensitive << edge_;
    }

    bool posedge() const override { return edge_.triggered(); }
    const sc_core::sc_event& default_event() const override { return edge_; }
    const sc_core::sc_event& posedge_event() const { return edge_; }
    const sc_core::sc_time& period() const { return period_; }

  private:
    /// The first edge is at time 0, after initialization.
    void schedule() {
        edge_.notify(started_ ? period_ : sc_core::SC_ZERO_TIME);
        started_ = true;
    }

    const sc_core::sc_time period_;
    sc_core::sc_event edge_;
    bool started_ = false;
};

}  // namespace accelsim
