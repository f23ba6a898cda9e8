#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "hw/stream/job_channel.h"
#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"
#include "hw/trace/trace_scope.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

constexpr NumberFormat kTracedIndex{32, true};  ///< addresses, slots and counts of the model

/// Lanes of a word, `lane_0` and so on; `lanes()` tells where they lie now. `parts` operands in a
/// lane: `lane_0_0`, `lane_0_1`, ... (operand_pair.h).
inline void trace_lanes(const TraceScope& scope, VcdKind kind, NumberFormat format, size_t count,
                        std::function<RegisterWords()> lanes, int parts = 1) {
    scope.block({kind, format, static_cast<int>(count),
                 [](int lane) { return "lane_" + std::to_string(lane); }, std::move(lanes)},
                parts);
}

template <typename Payload>
size_t lane_count(const Payload& payload) {
    return payload.lanes.size();
}
inline size_t lane_count(const SumWord& word) { return word.lanes.size() + word.wide_lanes.size(); }
template <typename Payload>
RegisterWords words_of(const Payload& payload) {
    return payload.lanes.data();
}
inline RegisterWords words_of(const SumWord& word) { return word.words(); }

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
    scope.number("pitch", kTracedIndex, [&stream] { return stream.peek().pitch; });
    scope.bit("lanes_are_pixels", [&stream] { return stream.peek().lanes_are_pixels; });
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
        scope, VcdKind::kWire, format, lane_count(stream.peek()),
        [&stream] { return words_of(stream.peek()); }, parts);
    trace_payload(scope, stream);
}

/// `box()` tells the box now.
template <typename GetBox>
void trace_box(const TraceScope& scope, const std::string& name, GetBox box) {
    const TraceScope below = scope.scope(name);
    below.number("y0", kTracedIndex, [box] { return box().y0; });
    below.number("y1", kTracedIndex, [box] { return box().y1; });
    below.number("x0", kTracedIndex, [box] { return box().x0; });
    below.number("x1", kTracedIndex, [box] { return box().x1; });
    below.number("c0", kTracedIndex, [box] { return box().c0; });
    below.number("c1", kTracedIndex, [box] { return box().c1; });
}

inline void trace_job(const TraceScope& scope, const JobChannel<DmaTransfer>& channel) {
    scope.text("kind", [&channel] {
        constexpr std::array<const char*, 4> kNames = {"load_weights", "load_input",
                                                       "load_residual", "store"};
        return kNames[static_cast<size_t>(channel.job().kind)];
    });
    scope.number("slot", kTracedIndex, [&channel] { return channel.job().slot; });
    scope.number("dram_address", {64, false}, [&channel] { return channel.job().dram_address; });
    scope.bit("on_chip", [&channel] { return channel.job().on_chip; });
    scope.number("on_chip_slot", kTracedIndex, [&channel] { return channel.job().on_chip_slot; });
    trace_box(scope, "box", [&channel]() -> const Box& { return channel.job().box; });
}
inline void trace_job(const TraceScope& scope, const JobChannel<TileOperands>& channel) {
    const auto number = [&](const char* name, int32_t TileOperands::*field) {
        scope.number(name, kTracedIndex, [&channel, field] { return channel.job().*field; });
    };
    const auto bit = [&](const char* name, bool TileOperands::*field) {
        scope.bit(name, [&channel, field] { return channel.job().*field; });
    };
    number("depth_first", &TileOperands::depth_first);
    number("depth_count", &TileOperands::depth_count);
    number("first_pixel", &TileOperands::first_pixel);
    number("pixel_count", &TileOperands::pixel_count);
    number("input_slot", &TileOperands::input_slot);
    number("weight_slot", &TileOperands::weight_slot);
    number("weight_row", &TileOperands::weight_row);
    number("accumulator_slot", &TileOperands::accumulator_slot);
    bit("first_fold", &TileOperands::first_fold);
    bit("last_fold", &TileOperands::last_fold);
    bit("frees_input", &TileOperands::frees_input);
    bit("frees_weights", &TileOperands::frees_weights);
    bit("first_of_layer", &TileOperands::first_of_layer);
    trace_box(scope, "pixels", [&channel]() -> const Box& { return channel.job().pixels; });
    trace_box(scope, "input", [&channel]() -> const Box& { return channel.job().input; });
}
inline void trace_job(const TraceScope& scope, const JobChannel<PostJob>& channel) {
    scope.number("accumulator_slot", kTracedIndex,
                 [&channel] { return channel.job().accumulator_slot; });
    scope.number("output_slot", kTracedIndex, [&channel] { return channel.job().output_slot; });
    scope.number("residual_slot", kTracedIndex, [&channel] { return channel.job().residual_slot; });
    scope.bit("first_of_layer", [&channel] { return channel.job().first_of_layer; });
    trace_box(scope, "conv", [&channel]() -> const Box& { return channel.job().block.conv; });
    trace_box(scope, "output", [&channel]() -> const Box& { return channel.job().block.output; });
}

/// A job channel under its own name: `issue` in the cycles in which jobs start, how many have, and
/// the last one.
template <typename Job>
void trace_jobs(const TraceScope& machine, const JobChannel<Job>& channel,
                const sc_core::sc_time& clock_period) {
    const TraceScope scope = machine.scope(channel.basename());
    scope.bit("issue", [&channel, clock_period] {
        return channel.issued_jobs() > 0 &&
               sc_core::sc_time_stamp() - channel.issued_at() < clock_period;
    });
    scope.counter("issued_jobs", [&channel] { return channel.issued_jobs(); });
    trace_job(scope, channel);
}

}  // namespace accelsim
