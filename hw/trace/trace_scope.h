#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "hw/stream/register_words.h"
#include "hw/trace/vcd_writer.h"

namespace accelsim {

/// Registers that lie in memory one after the other.
struct TracedBlock {
    VcdKind kind = VcdKind::kRegister;
    NumberFormat format;
    int count = 0;
    std::function<std::string(int)> name;  ///< of element i, below the scope; may hold dots
    std::function<RegisterWords()> fetch;  ///< where they lie now
    int shift = 0;                         ///< of the value in its element
};

/// Where registrations go.
class TraceSink {
  public:
    virtual void add(const VcdVariable& variable, std::function<int64_t()> get) = 0;
    virtual void add(const std::string& name, std::function<std::string_view()> get) = 0;
    virtual void add(const TracedBlock& block, const std::string& scope) = 0;

  protected:
    ~TraceSink() = default;
};

/// Through which a block of the hardware names its registers for a waveform. The getters are called
/// in the middle of a clock cycle, when every process has settled, and show what the blocks see in
/// that cycle.
class TraceScope {
  public:
    TraceScope(TraceSink* sink, std::string name) : sink_(sink), name_(std::move(name)) {}

    TraceScope scope(const std::string& name) const { return TraceScope(sink_, path(name)); }

    /// One bit that a channel carries or a process drives.
    void bit(const std::string& name, std::function<int64_t()> get) const {
        sink_->add({path(name), VcdKind::kWire, {1, false}}, std::move(get));
    }
    void number(const std::string& name, NumberFormat format, std::function<int64_t()> get) const {
        sink_->add({path(name), VcdKind::kRegister, format}, std::move(get));
    }
    void counter(const std::string& name, std::function<int64_t()> get) const {
        sink_->add({path(name), VcdKind::kCounter, {64, false}}, std::move(get));
    }
    /// A state by its name, which is never empty.
    void text(const std::string& name, std::function<std::string_view()> get) const {
        sink_->add(path(name), std::move(get));
    }
    /// With several `parts` in an element (operand_pair.h) each is a signal of its own: `name_0`,
    /// `name_1`.
    void block(const TracedBlock& block, int parts = 1) const;

  private:
    std::string path(const std::string& name) const { return name_ + "." + name; }

    TraceSink* sink_;
    std::string name_;
};

inline void TraceScope::block(const TracedBlock& block, int parts) const {
    if (parts == 1) return sink_->add(block, name_);
    for (int i = 0; i < parts; ++i) {
        TracedBlock part = block;
        part.shift = i * 32 / parts;
        part.name = [name = block.name, i](int k) { return name(k) + "_" + std::to_string(i); };
        sink_->add(part, name_);
    }
}

}  // namespace accelsim
