#include <fmt/format.h>

#include "sw/config/sections.h"

namespace accelsim {
namespace {

constexpr IntegerRange kArraySide{1, 1024};
constexpr IntegerRange kStages{0, 64};
constexpr IntegerRange kGapCycles{0, 4096};
constexpr IntegerRange kBanks{1, 1024};
constexpr IntegerRange kSlots{1, 2};
constexpr IntegerRange kAccumulatorBits{8, 32, " (wider ones are not available yet)"};
constexpr RealRange kClockMhz{0.001, 100'000};
constexpr IntegerRange kLatencyCycles{0, 1'000'000};
constexpr double kMostKib = 1024.0 * 1024.0;
constexpr double kMostRate = 1'000'000;
constexpr int64_t kBytesPerKib = 1024;
/// Bytes of a job times the denominator stay within 64 bits.
constexpr int64_t kMostBandwidthPart = int64_t{1} << 32;

void read_array(YamlMap map, ArrayParams& array) {
    map.integer({"rows", "rows of PEs; a beat carries one activation for each", "PEs"}, array.rows,
                kArraySide);
    map.integer({"cols", "columns of PEs; one output channel for each", "PEs"}, array.cols,
                kArraySide);
    map.choice({"dataflow", "what stays in the PEs: `ws` weight stationary"}, array.dataflow,
               {{"ws", Dataflow::kWeightStationary}}, {"os", "is"});
    map.choice(
        {"preload",
         "how the next tile's weights enter: `shadow` into a second set of registers while the "
         "tile before computes; `single` once its last beat is in; `drained` once its last "
         "result is out"},
        array.preload,
        {{"shadow", Preload::kShadow},
         {"single", Preload::kSingle},
         {"drained", Preload::kDrained}});
    map.integer(
        {"pe_pipeline_stages",
         "registers on the way from a PE to the one below, and the skew between rows", "cycles"},
        array.pe_pipeline_stages, {1, 64});
    map.integer({"input_stages", "registers before the array", "cycles"}, array.input_stages,
                kStages);
    map.integer({"load_gap", "wait between a finished weight load and the first beat", "cycles"},
                array.load_gap, kGapCycles);
    map.integer(
        {"accumulate_stages", "registers between the array's edge and the accumulator", "cycles"},
        array.accumulate_stages, kStages);
}

/// A capacity in KiB that makes whole bytes and divides into whole slots.
void read_capacity(YamlMap& map, int64_t& capacity_bytes, int& slots) {
    Rational kib = Rational::of(capacity_bytes, kBytesPerKib);
    map.decimal({"kib", "capacity of all slots together; a slot has `kib / slots`", "KiB"}, kib,
                RealRange::positive(kMostKib));
    map.integer({"slots", "2: one is filled while the other is used; 1: no overlap"}, slots,
                kSlots);
    const std::optional<Rational> bytes = multiply(kib, {kBytesPerKib, 1});
    if (!bytes || !bytes->is_integer()) {
        map.fault("kib", "must make whole bytes");
    } else if (bytes->numerator % slots != 0) {
        map.fault("kib", fmt::format("must make whole bytes in each of {} slots", slots));
    } else {
        capacity_bytes = bytes->numerator;
    }
}

void read_buffer(YamlMap map, const char* banks, BufferParams& buffer) {
    read_capacity(map, buffer.capacity_bytes, buffer.slots);
    map.integer({"banks", banks}, buffer.banks, kBanks);
}

void read_accumulator(YamlMap map, int cols, AccumulatorParams& accumulator) {
    read_capacity(map, accumulator.capacity_bytes, accumulator.slots);
    map.integer({"bits", "width of one partial sum", "bits"}, accumulator.bits, kAccumulatorBits);
    map.choice({"overflow", "what a sum outside that width does; either way it is counted"},
               accumulator.overflow,
               {{"wrap", Overflow::kWrap}, {"saturate", Overflow::kSaturate}});
    if (accumulator.slot_words(cols) < 1) {
        map.fault("kib", fmt::format("a slot must hold at least one word of {} x {} bits", cols,
                                     accumulator.bits));
    }
}

void read_post_processing(YamlMap map, PostProcessingParams& post_processing) {
    map.integer({"stages", "registers from an accumulator word to the output buffer", "cycles"},
                post_processing.stages, {1, 64});
    bool batch_norm_unit = false;
    map.boolean(
        {"batch_norm_unit", "a batch-norm unit in the data path (not available yet: false)"},
        batch_norm_unit);
    if (batch_norm_unit) map.fault("batch_norm_unit", "true is not available yet");
}

/// The two figures of the DRAM, each in the user's choice of units.
struct DramFigures {
    std::optional<Rational> gb_per_s;
    std::optional<Rational> bytes_per_cycle;
    std::optional<Rational> latency_ns;
    std::optional<int64_t> latency_cycles;
};

DramFigures read_dram_figures(YamlMap& map) {
    DramFigures figures;
    if (!map.has("bytes_per_cycle")) figures.gb_per_s = Rational{8, 1};
    if (!map.has("latency_cycles")) figures.latency_ns = Rational{120, 1};
    map.decimal({"gb_per_s", "bandwidth; 1 GB is 10^9 bytes", "GB/s"}, figures.gb_per_s,
                RealRange::positive(kMostRate));
    map.decimal({"bytes_per_cycle", "bandwidth, in place of `gb_per_s`", "bytes/cycle"},
                figures.bytes_per_cycle, RealRange::positive(kMostRate));
    map.decimal(
        {"latency_ns",
         "from a request to its last byte beyond the transfer itself; whole cycles, rounded up",
         "ns"},
        figures.latency_ns, {0, kMostRate});
    map.integer({"latency_cycles", "latency, in place of `latency_ns`", "cycles"},
                figures.latency_cycles, kLatencyCycles);
    if (figures.gb_per_s && figures.bytes_per_cycle) {
        map.fault("bytes_per_cycle", "must not be given together with gb_per_s");
    }
    if (figures.latency_ns && figures.latency_cycles) {
        map.fault("latency_cycles", "must not be given together with latency_ns");
    }
    return figures;
}

void resolve_bandwidth(YamlMap& accelerator, YamlMap& map, const DramFigures& figures,
                       const Rational& clock_mhz, DramParams& dram) {
    if (!figures.gb_per_s && !figures.bytes_per_cycle) return;  // refused before
    std::optional<Rational> rate = figures.bytes_per_cycle;
    if (!rate) {  // 10^9 bytes/s over 10^6 cycles/s
        rate = multiply(*figures.gb_per_s, {1000, 1});
        if (rate) rate = divide(*rate, clock_mhz);
    }
    if (!rate || rate->numerator > kMostBandwidthPart || rate->denominator > kMostBandwidthPart) {
        const std::string rule = "a fraction of at most 2^32 over 2^32 bytes a cycle";
        const char* const figure = figures.bytes_per_cycle ? "bytes_per_cycle" : "gb_per_s";
        if (map.has(figure)) {
            map.fault(figure, "must make " + rule);
        } else {
            accelerator.fault("clock_mhz", fmt::format("must make, of dram.gb_per_s {}, {}",
                                                       figures.gb_per_s->to_double(), rule));
        }
        return;
    }
    dram.bytes_per_cycle_numerator = rate->numerator;
    dram.bytes_per_cycle_denominator = rate->denominator;
}

void resolve_latency(YamlMap& map, const DramFigures& figures, const Rational& clock_mhz,
                     DramParams& dram) {
    if (figures.latency_cycles) dram.latency_cycles = *figures.latency_cycles;
    if (figures.latency_cycles || !figures.latency_ns) return;
    std::optional<Rational> cycles = multiply(*figures.latency_ns, clock_mhz);
    if (cycles) cycles = divide(*cycles, {1000, 1});
    if (!cycles || !kLatencyCycles.contains(cycles->ceil())) {
        map.fault("latency_ns", fmt::format("must make at most {} cycles", kLatencyCycles.most));
        return;
    }
    dram.latency_cycles = cycles->ceil();
}

void read_dram(YamlMap& accelerator, const Rational& clock_mhz, DramParams& dram) {
    YamlMap map = accelerator.map({"dram", "Main memory."});
    map.choice(
        {"model",
         "`bandwidth`: one channel of that rate and latency; `ideal`: neither costs a cycle"},
        dram.model, {{"ideal", DramModel::kIdeal}, {"bandwidth", DramModel::kBandwidth}}, {"ddr"});
    const DramFigures figures = read_dram_figures(map);
    if (dram.model == DramModel::kIdeal) return;
    resolve_bandwidth(accelerator, map, figures, clock_mhz, dram);
    resolve_latency(map, figures, clock_mhz, dram);
}

}  // namespace

void read_accelerator(YamlMap root, AcceleratorParams& params) {
    enum class Family { kSystolic };
    YamlMap map = root.map({"accelerator", "The hardware."});
    Family family = Family::kSystolic;
    map.choice({"family", "`systolic`: one PE array, layer after layer"}, family,
               {{"systolic", Family::kSystolic}}, {"streaming"});
    Rational clock_mhz = Rational::of(static_cast<int64_t>(params.clock_mhz));
    map.decimal(
        {"clock_mhz", "turns cycles into seconds, and the DRAM's figures into cycles", "MHz"},
        clock_mhz, kClockMhz);
    params.clock_mhz = clock_mhz.to_double();
    read_array(map.map({"array", "The systolic array."}), params.array);
    read_accumulator(
        map.map(
            {"accumulator", "Partial sums below the array: words of `cols` lanes of `bits` bits."}),
        params.array.cols, params.accumulator);
    read_buffer(
        map.map({"input_buffer", "Activations on chip."}),
        "words that a beat can read in a cycle (a word: up to `rows` channels of one pixel)",
        params.input_buffer);
    read_buffer(map.map({"weight_buffer", "Weights on chip."}),
                "of words of `cols` weights; read one word a cycle, however many",
                params.weight_buffer);
    read_buffer(map.map({"output_buffer", "Results on their way to DRAM."}),
                "of words of `cols` outputs; written and read one word a cycle, however many",
                params.output_buffer);
    read_post_processing(
        map.map({"post_processing", "Bias, requantization, ReLU and pooling; one word a cycle."}),
        params.post_processing);
    read_dram(map, clock_mhz, params.dram);
}

}  // namespace accelsim
