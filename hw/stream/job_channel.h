#pragma once

#include <cstdint>
#include <systemc>

namespace accelsim {

/// The server's side of a job channel.
template <typename Job>
class JobIn : public virtual sc_core::sc_interface {
  public:
    virtual const Job& job() const = 0;
    /// Notified in the cycle in which a job starts, one delta after the sequencer issued it.
    virtual const sc_core::sc_event& default_event() const override = 0;
};

/// The sequencer's side.
template <typename Job>
class JobOut : public virtual sc_core::sc_interface {
  public:
    /// Starts `job` in this cycle. The server is idle: the start predicate says so.
    virtual void issue(const Job& job) = 0;
};

/// Carries job descriptors from the sequencer to one server. The predicate that allows a job to
/// start includes that the server is free, so there is no ready.
template <typename Job>
class JobChannel : public sc_core::sc_prim_channel, public JobIn<Job>, public JobOut<Job> {
  public:
    explicit JobChannel(const char* name) : sc_core::sc_prim_channel(name) {}

    void issue(const Job& job) override {
        next_ = job;
        request_update();
    }
    const Job& job() const override { return job_; }
    const sc_core::sc_event& default_event() const override { return issued_; }
    int64_t issued_jobs() const { return issued_jobs_; }
    const sc_core::sc_time& issued_at() const { return issued_at_; }  ///< the last one

  private:
    void update() override {
        job_ = next_;
        ++issued_jobs_;
        issued_at_ = sc_core::sc_time_stamp();
        issued_.notify(sc_core::SC_ZERO_TIME);
    }

    Job job_{};
    Job next_{};
    int64_t issued_jobs_ = 0;
    sc_core::sc_time issued_at_;
    sc_core::sc_event issued_;
};

}  // namespace accelsim
