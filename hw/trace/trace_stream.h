#pragma once

#include <cstdint>
#include <string>

#include "hw/stream/job_channel.h"
#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"
#include "hw/trace/trace_scope.h"

namespace accelsim {

constexpr NumberFormat kTracedIndex{32, true};  ///< addresses, slots and counts of the model

/// Lanes of a word, `lane_0` and so on; `lanes()` tells where they lie now. `parts` operands in a
/// lane: `lane_0_0`, `lane_0_1`, ... (operand_pair.h).
inline void trace_lanes(const TraceScope& scope, VcdKind kind, NumberFormat format, size_t count,
                        std::function<const int32_t*()> lanes, int parts = 1) {
    scope.block({kind, format, static_cast<int>(count),
                 [](int lane) { return "lane_" + std::to_string(lane); }, std::move(lanes)},
                parts);
}

/// `tag()` tells the tag that the word carries now.
template <typename Tag>
void trace_tag(const TraceScope& scope, Tag tag) {
    scope.number("address", kTracedIndex, [tag] { return tag().address; });
    scope.number("slot", kTracedIndex, [tag] { return tag().slot; });
    scope.number("pixel_count", kTracedIndex, [tag] { return tag().pixel_count; });
    scope.bit("first_fold", [tag] { return tag().first_fold; });
    scope.bit("first_beat", [tag] { return tag().first_beat; });
    scope.bit("last_beat", [tag] { return tag().last_beat; });
    scope.bit("first_of_layer", [tag] { return tag().first_of_layer; });
    scope.bit("drains", [tag] { return tag().drains; });
    scope.bit("no_pixel", [tag] { return tag().no_pixel; });
    scope.bit("padding", [tag] { return tag().padding; });
}

inline void trace_payload(const TraceScope& scope, const Stream<Beat>& stream) {
    trace_tag(scope, [&stream]() -> const BeatTag& { return stream.peek().tag; });
}
inline void trace_payload(const TraceScope& scope, const Stream<SumWord>& stream) {
    trace_tag(scope, [&stream]() -> const BeatTag& { return stream.peek().tag; });
}
inline void trace_payload(const TraceScope& scope, const Stream<WeightRow>& stream) {
    scope.bit("first", [&stream] { return stream.peek().first; });
}
inline void trace_payload(const TraceScope& scope, const Stream<AccumulatorWord>& stream) {
    scope.number("address", kTracedIndex, [&stream] { return stream.peek().address; });
    scope.bit("last", [&stream] { return stream.peek().last; });
}
inline void trace_payload(const TraceScope& scope, const Stream<OutputWord>& stream) {
    scope.number("address", kTracedIndex, [&stream] { return stream.peek().address; });
    scope.number("slot", kTracedIndex, [&stream] { return stream.peek().slot; });
    scope.number("lane_count", kTracedIndex, [&stream] { return stream.peek().lane_count; });
}

/// A channel below `scope` under its own name: valid, ready, its counters and all that it carries.
/// `format` is that of a lane.
template <typename Payload>
void trace_stream(const TraceScope& machine, const Stream<Payload>& stream, NumberFormat format,
                  int parts = 1) {
    const TraceScope scope = machine.scope(stream.basename());
    scope.bit("valid", [&stream] { return stream.valid(); });
    scope.bit("ready", [&stream] { return stream.ready(); });
    scope.counter("transfers", [&stream] { return stream.stats().transfers; });
    scope.counter("stalls", [&stream] { return stream.stats().stalls; });
    trace_lanes(
        scope, VcdKind::kWire, format, stream.peek().lanes.size(),
        [&stream] { return stream.peek().lanes.data(); }, parts);
    trace_payload(scope, stream);
}

/// A job channel under its own name: `issue` in the cycles in which jobs start, and how many have.
template <typename Job>
void trace_jobs(const TraceScope& machine, const JobChannel<Job>& channel,
                const sc_core::sc_time& clock_period) {
    const TraceScope scope = machine.scope(channel.basename());
    scope.bit("issue", [&channel, clock_period] {
        return channel.issued_jobs() > 0 &&
               sc_core::sc_time_stamp() - channel.issued_at() < clock_period;
    });
    scope.counter("issued_jobs", [&channel] { return channel.issued_jobs(); });
}

}  // namespace accelsim
