#include <fmt/format.h>

#include "sw/config/sections.h"

namespace accelsim {
namespace {

constexpr IntegerRange kArraySide{1, 1024};
constexpr IntegerRange kStages{0, 64};
constexpr IntegerRange kGapCycles{0, 4096};
constexpr IntegerRange kBanks{1, 1024};
constexpr IntegerRange kSlots{1, 2};
constexpr IntegerRange kAccumulatorBits{8, 64};
constexpr RealRange kClockMhz{0.001, 100'000};
constexpr IntegerRange kLatencyCycles{0, 1'000'000};
constexpr double kMostKib = 1024.0 * 1024.0;
constexpr double kMostRate = 1'000'000;
constexpr int64_t kBytesPerKib = 1024;
constexpr int kLfsrBits = 8;
/// Bytes of a job times the denominator stay within 64 bits.
constexpr int64_t kMostBandwidthPart = int64_t{1} << 32;

void read_dataflow(YamlMap& map, ArrayParams& array) {
    map.choice({"dataflow",
                "what stays in the PEs: `ws` weights, `os` outputs (the sums), `is` inputs "
                "(activations)"},
               array.dataflow,
               {{"ws", Dataflow::kWeightStationary},
                {"os", Dataflow::kOutputStationary},
                {"is", Dataflow::kInputStationary}});
    map.choice(
        {"preload",
         "how the next tile's stationary operands enter: `shadow` into a second set of registers "
         "while the tile before computes; `single` once its last beat is in; `drained` once its "
         "last result is out. With `os` how the sums leave: `shadow` from result registers "
         "beside them, while the next tile computes; `single` and `drained` the sums themselves, "
         "and the next tile waits"},
        array.preload,
        {{"shadow", Preload::kShadow},
         {"single", Preload::kSingle},
         {"drained", Preload::kDrained}});
}

void read_array(YamlMap& map, ArrayParams& array) {
    map.integer({"rows", "rows of PEs: k of the inner product; with `os` output pixels", "PEs"},
                array.rows, kArraySide);
    map.integer({"cols", "columns of PEs: output channels; with `is` output pixels", "PEs"},
                array.cols, kArraySide);
    read_dataflow(map, array);
    map.integer({"macs_per_pe",
                 "products of a PE in a cycle; with 2 it adds those of two 2-bit activations and "
                 "two weights of at most 4 bits",
                 "MACs"},
                array.macs_per_pe, {1, 2});
    map.integer({"pe_pipeline_stages",
                 "registers on the way from a PE to the one below, and the skew between rows; with "
                 "`os` from a PE's operands to its sum",
                 "cycles"},
                array.pe_pipeline_stages, {1, 64});
    map.integer({"input_stages", "registers before the array", "cycles"}, array.input_stages,
                kStages);
    map.integer({"load_gap",
                 "wait between a finished load and the first beat; with `os`, where the sums "
                 "themselves leave, between the last sum and their way out",
                 "cycles"},
                array.load_gap, kGapCycles);
    map.integer({"row_skew",
                 "how much later a row's operands come than those of the row above; 0, with `os` "
                 "alone: an operand reaches all rows of its column at once",
                 "cycles"},
                array.row_skew, {0, 1});
    if (array.row_skew == 0 && !array.is_output_stationary()) {
        map.fault("row_skew", "0 is for dataflow os: elsewhere sums go from row to row");
    }
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

void read_rrelu(YamlMap map, LfsrParams& lfsr) {
    map.integer({"state", "register at the start of each layer and image; 0 would never change"},
                lfsr.state, {1, 255});
    map.choice({"direction", "in which the register shifts; `left` is towards tap 8"},
               lfsr.direction, {{"left", LfsrDirection::kLeft}, {"right", LfsrDirection::kRight}});
    std::vector<int64_t> taps;
    for (int tap = kLfsrBits; tap > 0; --tap) {
        if ((lfsr.taps >> (tap - 1) & 1) != 0) taps.push_back(tap);
    }
    map.integers({"taps", "bits, counted from 1, whose exclusive or enters the register"}, taps,
                 {1, kLfsrBits}, {1, kLfsrBits});
    unsigned mask = 0;
    for (const int64_t tap : taps) {
        const unsigned bit = 1U << (tap - 1);
        if ((mask & bit) != 0) map.fault("taps", fmt::format("must name tap {} once only", tap));
        mask |= bit;
    }
    lfsr.taps = static_cast<uint8_t>(mask);
}

void read_post_processing(YamlMap map, PostProcessingParams& post_processing) {
    map.integer({"stages", "registers from an accumulator word to the output buffer", "cycles"},
                post_processing.stages, {1, 64});
    map.boolean({"batch_norm_unit",
                 "a unit for batch normalizations that are not fused; every word passes its three "
                 "registers"},
                post_processing.batch_norm_unit);
    read_rrelu(map.map({"rrelu",
                        "The shift register of randomized ReLUs (8 bits, Fibonacci). It steps once "
                        "a word."}),
               post_processing.rrelu);
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

YamlMap read_accelerator(YamlMap root, AcceleratorParams& params) {
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
    YamlMap array = map.map({"array", "The systolic array."});
    read_array(array, params.array);
    read_accumulator(
        map.map(
            {"accumulator", "Partial sums below the array: words of `cols` lanes of `bits` bits."}),
        params.array.cols, params.accumulator);
    read_buffer(map.map({"input_buffer", "Activations on chip."}),
                "words that a beat can read in a cycle (a word: up to `rows * macs_per_pe` "
                "channels of one pixel)",
                params.input_buffer);
    read_buffer(map.map({"weight_buffer", "Weights on chip."}),
                "of words of `cols` weights (with `is` of up to `rows * macs_per_pe`); read one "
                "word a cycle, however many",
                params.weight_buffer);
    read_buffer(map.map({"output_buffer", "Results on their way to DRAM."}),
                "of words of `cols` outputs; written and read one word a cycle, however many",
                params.output_buffer);
    YamlMap residual_buffer =
        map.map({"residual_buffer", "Second operands of residual additions."});
    read_capacity(residual_buffer, params.residual_buffer.capacity_bytes,
                  params.residual_buffer.slots);
    read_post_processing(map.map({"post_processing",
                                  "Bias, requantization, residual addition, activation and "
                                  "pooling; one word a cycle."}),
                         params.post_processing);
    read_dram(map, clock_mhz, params.dram);
    return array;
}

void check_operand_widths(YamlMap& array_map, const ArrayParams& array,
                          const QuantizationParams& quantization) {
    // Single layers are checked when they are planned.
    if (quantization.input_bits || !quantization.layers.empty()) return;
    if (array.macs_per_pe == 1 || (quantization.activation_bits == kPairedActivationBits &&
                                   quantization.weight_bits <= kMostPairedWeightBits)) {
        return;
    }
    array_map.fault("macs_per_pe",
                    fmt::format("2 needs quantization.activation_bits {} and weight_bits of at "
                                "most {} (they are {} and {})",
                                kPairedActivationBits, kMostPairedWeightBits,
                                quantization.activation_bits, quantization.weight_bits));
}

}  // namespace accelsim
