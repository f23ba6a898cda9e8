// Rates of `transaction`. Goals, one thread, 16 x 16 weight stationary: VGG16's convolutions at
// 224 x 224 with values within 4 times of oneDNN's own 8-bit convolutions (8 x 8: 8 times), without
// values in 0.15 s; 1,000 images of ResNet-20 in 5 s on two cores; time grows with the work, memory
// does not.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "sw/driver/data_set.h"
#include "sw/driver/transaction_simulation.h"
#include "sw/network/images.h"
#include "tests/bench/bare_convolutions.h"
#include "tests/bench/bench_networks.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

AcceleratorParams array_of(int64_t side) {
    AcceleratorParams accelerator;
    accelerator.array.rows = accelerator.array.cols = static_cast<int>(side);
    accelerator.input_buffer.banks = accelerator.array.rows;
    return accelerator;
}

template <typename Work>
double seconds_of(Work&& work) {
    const auto before = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
}

int64_t peak_kib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/// What one run in a process of its own came to: SystemC elaborates once a process.
struct Timed {
    double seconds = 0;
    double bare_seconds = 0;  ///< oneDNN's convolutions, just before
    int64_t cycles = 0;
    int64_t grown_kib = 0;  ///< of the process's largest memory, by the run
};

/// One image; `values` are made before the clock starts, as is the plan.
std::optional<Timed> run_once(benchmark::State& state, const TransactionSimulation& simulation,
                              const NetworkValues* values, BareConvolutions* bare = nullptr) {
    const std::string text = in_child_process([&] {
        const std::vector<IntegerMap> images = {IntegerMap(simulation.network().input)};
        Timed timed;
        TransactionSimulation::Watch watch;
        watch.every_output = false;
        watch.on_layer = [&](const LayerOutcome& layer) { timed.cycles += layer.counters.cycles; };
        if (bare) {
            bare->run();  // a forked process copies every page that it writes, once
            timed.bare_seconds = seconds_of([&] { bare->run(); });
        }
        const int64_t before = peak_kib();
        timed.seconds = seconds_of([&] { simulation.run(values, images, watch); });
        std::ostringstream out;
        out << timed.seconds << " " << timed.bare_seconds << " " << timed.cycles << " "
            << peak_kib() - before;
        return out.str();
    });
    std::istringstream in(text);
    Timed timed;
    if (!(in >> timed.seconds >> timed.bare_seconds >> timed.cycles >> timed.grown_kib)) {
        state.SkipWithError(text.c_str());
        return std::nullopt;
    }
    state.SetIterationTime(timed.seconds);
    return timed;
}

/// Rates over all iterations.
class Rates {
  public:
    void add(const Timed& timed) {
        cycles_ += timed.cycles;
        seconds_ += timed.seconds;
    }
    void show(benchmark::State& state, const QuantizedNetwork& network) const {
        const double runs = static_cast<double>(state.iterations());
        state.counters["Mcycles/s"] = static_cast<double>(cycles_) / seconds_ * 1e-6;
        state.counters["GMAC/s"] = static_cast<double>(macs_of(network)) * runs / seconds_ * 1e-9;
    }

  private:
    int64_t cycles_ = 0;
    double seconds_ = 0;
};

/// oneDNN and the whole simulation in turn, so that what else the machine does slows both down.
void Vgg16BesideOnednn(benchmark::State& state) {
    const QuantizedNetwork& network = vgg16_convolutions_224();
    const TransactionSimulation simulation(array_of(state.range(0)), network, {});
    const NetworkValues values(simulation);
    BareConvolutions bare(network.layers);
    std::vector<double> ratios;
    std::vector<double> bare_seconds;
    Rates rates;
    for (auto _ : state) {
        const auto timed = run_once(state, simulation, &values, &bare);
        if (!timed) return;
        rates.add(*timed);
        ratios.push_back(timed->seconds / timed->bare_seconds);
        bare_seconds.push_back(timed->bare_seconds);
    }
    const auto median = [](std::vector<double>& all) {
        std::sort(all.begin(), all.end());
        return all[all.size() / 2];
    };
    state.counters["median ratio"] = median(ratios);
    state.counters["oneDNN ms"] = median(bare_seconds) * 1e3;
    rates.show(state, network);
}
BENCHMARK(Vgg16BesideOnednn)
    ->ArgName("side")
    ->Arg(8)
    ->Arg(16)
    ->Arg(32)
    ->Iterations(15)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void Transaction(benchmark::State& state, NetworkMaker make) {
    const QuantizedNetwork& network = make();
    const TransactionSimulation simulation(array_of(state.range(0)), network, {});
    std::optional<NetworkValues> values;
    if (state.range(1) != 0) values.emplace(simulation);
    Rates rates;
    for (auto _ : state) {
        const auto timed = run_once(state, simulation, values ? &*values : nullptr);
        if (!timed) return;
        rates.add(*timed);
    }
    rates.show(state, network);
}
#define ACCELSIM_NETWORK(NAME, NETWORK)           \
    BENCHMARK_CAPTURE(Transaction, NAME, NETWORK) \
        ->ArgNames({"side", "values"})            \
        ->ArgsProduct({{8, 16, 32}, {0, 1}})      \
        ->UseManualTime()                         \
        ->MinTime(0.1)                            \
        ->Unit(benchmark::kMillisecond)
ACCELSIM_NETWORK(vgg16_224, vgg16_convolutions_224);
ACCELSIM_NETWORK(vgg16_cifar10, vgg16_cifar10);
ACCELSIM_NETWORK(resnet20, resnet20);

/// The same layer with 1, 2, 4 and 8 times the rows: nanoseconds for 1,000 MACs stay where they
/// are, and the memory that a run without values takes does too.
void WorkOf(benchmark::State& state) {
    const QuantizedNetwork network = one_convolution(state.range(0), 256);
    const TransactionSimulation simulation(array_of(8), network, {});
    std::optional<NetworkValues> values;
    if (state.range(1) != 0) values.emplace(simulation);
    double seconds = 0;
    int64_t cycles = 0;
    int64_t grown_kib = 0;
    for (auto _ : state) {
        const auto timed = run_once(state, simulation, values ? &*values : nullptr);
        if (!timed) return;
        seconds += timed->seconds;
        cycles = timed->cycles;
        grown_kib = std::max(grown_kib, timed->grown_kib);
    }
    state.counters["Mcycles"] = static_cast<double>(cycles) * 1e-6;
    state.counters["ns/kMAC"] = seconds / static_cast<double>(state.iterations()) * 1e12 /
                                static_cast<double>(macs_of(network));
    state.counters["grown KiB"] = static_cast<double>(grown_kib);
}
BENCHMARK(WorkOf)
    ->ArgNames({"times", "values"})
    ->ArgsProduct({{1, 2, 4, 8}, {0, 1}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

/// The values of many images, without verification.
void DataSet(benchmark::State& state) {
    constexpr int64_t kImages = 1000;
    const QuantizedNetwork& network = resnet20();
    const ScheduledNetwork scheduled(array_of(8), network, {});
    const NetworkValues values(scheduled);
    const ImageSet images = ImageSet::seeded(network.input, kImages, 1);
    for (auto _ : state) {
        run_data_set(scheduled, values, images, {0, kImages}, InputParams{}, nullptr,
                     static_cast<int>(state.range(0)), {});
    }
    state.counters["images/s"] = benchmark::Counter(
        static_cast<double>(kImages * state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(DataSet)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kSecond);

}  // namespace
}  // namespace accelsim
