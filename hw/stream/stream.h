#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <systemc>

namespace accelsim {

/// Transfers and waits of one channel, counted by the consumer at each clock edge. Unit: cycles. In
/// all other cycles the consumer starves.
struct StreamStats {
    int64_t transfers = 0;
    int64_t stalls = 0;  ///< the producer waits: valid, not ready
};

/// What an observer (stall classifier, watchdog) can see of any channel.
class StreamStatus : public virtual sc_core::sc_interface {
  public:
    virtual std::string channel_name() const = 0;
    /// Valid and ready: a transfer happens at the end of this cycle.
    virtual bool firing() const = 0;
    /// Valid without ready: the channel's producer is blocked.
    virtual bool blocked() const = 0;
};

/// The producer's side. What is put is seen by the consumer from the next delta cycle on and stays
/// until the producer puts something else or withdraws it.
template <typename T>
class StreamOut : public virtual sc_core::sc_interface {
  public:
    /// The payload to fill before `put`. Its content is left over from two puts ago.
    virtual T& staging() = 0;
    virtual void put() = 0;
    virtual void withdraw() = 0;
    /// Ready as the consumer drives it in the cycle that ends at this clock edge.
    virtual bool ready() const = 0;
    virtual bool valid() const = 0;
    /// Notified when the consumer changes ready.
    const sc_core::sc_event& default_event() const override = 0;
};

/// The consumer's side.
template <typename T>
class StreamIn : public virtual sc_core::sc_interface {
  public:
    virtual const T& peek() const = 0;
    virtual bool valid() const = 0;
    virtual void set_ready(bool ready) = 0;
    virtual bool ready() const = 0;
    /// At a clock edge: counts the cycle that ends, and says whether a transfer happened in it.
    virtual bool take() = 0;
    /// Notified when valid rises or falls: an idle consumer may sleep until then.
    virtual const sc_core::sc_event& valid_changed() const = 0;
};

/// A valid/ready channel without registers of its own: valid and payload are the producer's
/// registers (or its combinational output), ready is the consumer's. A transfer happens at the
/// clock edge that ends a cycle in which both hold.
template <typename T>
class Stream : public sc_core::sc_prim_channel,
               public StreamOut<T>,
               public StreamIn<T>,
               public StreamStatus {
  public:
    explicit Stream(const char* name) : sc_core::sc_prim_channel(name) {}

    /// Gives both payload buffers their size once; payloads are never reallocated afterwards.
    template <typename Prepare>
    void prepare(Prepare prepare_payload) {
        for (T& payload : payloads_) prepare_payload(payload);
    }

    T& staging() override { return payloads_[1 - current_]; }
    void put() override {
        next_valid_ = true;
        swap_ = true;
        request_update();
    }
    void withdraw() override {
        if (!next_valid_) return;
        next_valid_ = false;
        request_update();
    }
    bool ready() const override { return ready_; }
    bool valid() const override { return valid_; }

    const T& peek() const override { return payloads_[current_]; }
    void set_ready(bool ready) override {
        if (next_ready_ == ready) return;
        next_ready_ = ready;
        request_update();
    }
    bool take() override {
        if (valid_ && ready_) {
            ++stats_.transfers;
            return true;
        }
        if (valid_) ++stats_.stalls;
        return false;
    }

    const StreamStats& stats() const { return stats_; }
    std::string channel_name() const override { return name(); }
    bool firing() const override { return valid_ && ready_; }
    bool blocked() const override { return valid_ && !ready_; }
    const sc_core::sc_event& default_event() const override { return ready_changed_; }
    const sc_core::sc_event& valid_changed() const override { return valid_changed_; }

  private:
    void update() override {
        if (swap_) current_ = 1 - current_;
        swap_ = false;
        if (next_valid_ != valid_) valid_changed_.notify(sc_core::SC_ZERO_TIME);
        valid_ = next_valid_;
        if (ready_ != next_ready_) {
            ready_ = next_ready_;
            ready_changed_.notify(sc_core::SC_ZERO_TIME);
        }
    }

    std::array<T, 2> payloads_{};
    unsigned current_ = 0;
    bool swap_ = false;
    bool valid_ = false;
    bool next_valid_ = false;
    bool ready_ = true;
    bool next_ready_ = true;
    StreamStats stats_;
    sc_core::sc_event ready_changed_;
    sc_core::sc_event valid_changed_;
};

}  // namespace accelsim
