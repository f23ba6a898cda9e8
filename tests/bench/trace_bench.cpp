// Rates of a 16 x 16 machine without a waveform, with one, and with the same signals traced by
// SystemC's own sc_trace. Goals: the waveform at least 4 times as fast as sc_trace, and no cost
// where none is written.
#include <benchmark/benchmark.h>

#include <ctime>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "hw/trace/trace_scope.h"
#include "sw/driver/cycle_simulation.h"
#include "sw/network/images.h"
#include "sw/network/load_network.h"
#include "sw/passes/pipeline.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// Every registered number as a variable of its own, as sc_trace needs it. At each clock edge they
/// take the values that the machine had in the cycle before.
class ScTrace : public sc_core::sc_module, private TraceSink {
  public:
    ClockPort clock{"clock"};

    ScTrace(const sc_core::sc_module_name& name, SystolicAccelerator& machine,
            const std::string& path)
        : sc_module(name), file_(sc_core::sc_create_vcd_trace_file(path.c_str())) {
        file_->set_time_unit(1, sc_core::SC_NS);
        clock(machine.clock);
        machine.trace(TraceScope(this, "accelerator"));
        SC_HAS_PROCESS(ScTrace);
        SC_METHOD(mirror);
        sensitive << clock;
    }
    ~ScTrace() override { sc_core::sc_close_vcd_trace_file(file_); }

  private:
    struct Block {
        TracedBlock source;
        std::vector<sc_dt::int64> values;
    };
    struct Number {
        std::function<int64_t()> get;
        sc_dt::int64 value = 0;
    };

    void add(const VcdVariable& variable, std::function<int64_t()> get) override {
        numbers_.push_back({std::move(get)});
        sc_core::sc_trace(file_, numbers_.back().value, variable.name, variable.format.bits);
    }
    void add(const std::string&, std::function<std::string_view()>) override {}
    void add(const TracedBlock& block, const std::string& scope) override {
        blocks_.push_back({block, std::vector<sc_dt::int64>(static_cast<size_t>(block.count))});
        for (int i = 0; i < block.count; ++i) {
            sc_core::sc_trace(file_, blocks_.back().values[static_cast<size_t>(i)],
                              scope + "." + block.name(i), block.format.bits);
        }
    }

    void mirror() {
        for (Block& block : blocks_) {
            const RegisterWords now = block.source.fetch();
            for (int i = 0; i < block.source.count; ++i) {
                block.values[static_cast<size_t>(i)] = now[i];
            }
        }
        for (Number& number : numbers_) number.value = number.get();
    }

    sc_core::sc_trace_file* file_;
    std::deque<Block> blocks_;
    std::deque<Number> numbers_;
};

enum class Waveform { kNone, kOurs, kScTrace };

const QuantizedNetwork& gemm() {
    static const QuantizedNetwork network = [] {
        NetworkParams params;
        params.gemm = GemmParams{256, 256, 64, true};
        Graph graph = load_network(params, 1);
        const ImageSet images = ImageSet::seeded(graph.input, 1, 1);
        return compile_network(std::move(graph), true, QuantizationParams{}, images);
    }();
    return network;
}

IntegerMap seeded_input() {
    const ImageSet images = ImageSet::seeded(gemm().input, 1, 1);
    return quantize_input(gemm(), real_input(images.pixels(0), InputParams{}));
}

/// Seconds of processor time and cycles of the run.
std::string simulate(Waveform waveform, const std::string& file) {
    AcceleratorParams accelerator;
    accelerator.array.rows = accelerator.array.cols = 16;
    const CycleSimulation simulation(accelerator, gemm(), {});
    int64_t cycles = 0;
    CycleSimulation::Watch watch;
    watch.on_layer = [&](const LayerOutcome& layer) { cycles += layer.counters.cycles; };
    std::unique_ptr<ScTrace> sc_trace;
    if (waveform == Waveform::kOurs) {
        watch.waveform.emplace();
        watch.waveform->file = file + ".vcd";
    } else if (waveform == Waveform::kScTrace) {
        watch.prepare = [&](SystolicAccelerator& machine) {
            sc_trace = std::make_unique<ScTrace>("sc_trace", machine, file);
        };
    }
    const std::vector<IntegerMap> images = {seeded_input()};
    const std::clock_t before = std::clock();
    simulation.run(images, watch);
    sc_trace.reset();
    const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    return std::to_string(seconds) + " " + std::to_string(cycles);
}

void Trace(benchmark::State& state, Waveform waveform) {
    const std::string file =
        (std::filesystem::temp_directory_path() / ("trace_bench_" + std::to_string(getpid())))
            .string();
    gemm();
    int64_t cycles = 0;
    for (auto _ : state) {
        const std::string text = in_child_process([&] { return simulate(waveform, file); });
        const size_t space = text.find(' ');
        if (space == std::string::npos) {
            state.SkipWithError(text.c_str());
            return;
        }
        state.SetIterationTime(std::stod(text));
        cycles += std::stoll(text.substr(space));
    }
    std::error_code absent;
    const auto bytes = std::filesystem::file_size(file + ".vcd", absent);
    if (!absent) {
        state.counters["bytes/cycle"] = static_cast<double>(bytes) *
                                        static_cast<double>(state.iterations()) /
                                        static_cast<double>(cycles);
    }
    std::filesystem::remove(file + ".vcd", absent);
    state.counters["cycles/s"] =
        benchmark::Counter(static_cast<double>(cycles), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(Trace, none, Waveform::kNone)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Trace, waveform, Waveform::kOurs)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Trace, sc_trace, Waveform::kScTrace)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace accelsim
