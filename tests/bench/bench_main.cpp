#include <benchmark/benchmark.h>

#include <systemc>

/// libsystemc holds `main`; the benchmarks start from its sc_main.
int sc_main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
