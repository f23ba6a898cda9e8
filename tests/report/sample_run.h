#pragma once

#include "sw/report/run_result.h"

namespace accelsim {

/// A run with a convolution, a pooling layer and a Gemm, each with figures of its own.
inline RunResult sample_run() {
    RunResult run;
    run.version = "1.2.3";
    run.network = "sample";
    run.config_json = R"({"accelerator": {"clock_mhz": 500, "array": {"rows": 8, "cols": 4}}})";
    run.fidelity = "cycle";
    run.seed = 7;
    run.clock_mhz = 500;
    run.rows = 8;
    run.cols = 4;
    run.dataflow = "weight-stationary";
    run.images_source = "seeded";

    LayerResult conv;
    conv.name = "conv1";
    conv.kind = "conv";
    conv.source = "input";
    conv.activation = "relu";
    conv.input = {32, 32, 3};
    conv.conv = {32, 32, 64};
    conv.output = {16, 16, 64};
    conv.kernel_height = conv.kernel_width = 3;
    conv.input_format = "Q2.6";
    conv.weight_format = "Q1.7";
    conv.output_format = "UQ3.5";
    conv.schedule = {"im2col", "pixels channels k", 4, 32, 4, 4, 8, 16, 1, 512};
    conv.batch_norm_format = "int16 x int16 >> 12";
    conv.macs = 1'769'472;
    conv.normalized_values = 65'536;
    conv.utilization_fraction = 0.5;
    LayerCounters& counters = conv.counters;
    counters.cycles = 110'592;
    counters.compute_cycles = 65'536;
    counters.stall_cycles = {1000, 56, 20'000, 4000, 20'000, 0};
    counters.dram_read_weight_cycles = 900;
    counters.input_buffer_read_words = 1;
    counters.input_buffer_write_words = 2;
    counters.weight_buffer_read_words = 3;
    counters.weight_buffer_write_words = 4;
    counters.output_buffer_read_words = 5;
    counters.output_buffer_write_words = 6;
    counters.accumulator_read_words = 7;
    counters.accumulator_write_words = 8;
    counters.dram_read_bytes = 4800;
    counters.dram_write_bytes = 16'384;
    counters.accumulator_overflows = 9;
    counters.output_saturations = 10;
    counters.events.first_load_cycle = 61;
    counters.events.first_input_cycle = 1069;
    run.layers.push_back(conv);

    LayerResult pool;
    pool.name = "pool, \"wide\"";
    pool.kind = "pool";
    pool.source = "conv1";
    pool.activation = "none";
    pool.input = pool.conv = {16, 16, 64};
    pool.output = {1, 1, 64};
    pool.kernel_height = pool.kernel_width = 16;
    pool.input_format = pool.output_format = "UQ3.5";
    pool.schedule = {"stream", "pixels channels k", 1, 1, 4, 0, 1, 16, 0, 16, false, true};
    pool.start_cycle = 110'592;
    pool.counters.cycles = pool.counters.compute_cycles = 4096;
    pool.counters.dram_read_bytes = 3 * 1024 * 1024;
    pool.counters.dram_write_bytes = 64;
    run.layers.push_back(pool);

    LayerResult gemm = conv;
    gemm.name = "classes";
    gemm.kind = "gemm";
    gemm.source = "pool, \"wide\"";
    gemm.residual_source = "conv1";
    gemm.residual_format = "UQ4.4";
    gemm.activation = "rrelu";
    gemm.schedule.mapping = "kernel_offset";
    gemm.schedule.loop_order = "channels pixels k";
    gemm.schedule.input_on_chip = true;
    gemm.input = {1, 1, 64};
    gemm.conv = gemm.output = {1, 1, 10};
    gemm.kernel_height = gemm.kernel_width = 1;
    gemm.batch_norm_format.clear();
    gemm.macs = 640;
    gemm.normalized_values = 0;
    gemm.start_cycle = 114'688;
    gemm.utilization_fraction = 0.02;
    gemm.counters.cycles = 1000;
    gemm.counters.compute_cycles = 24;
    gemm.counters.stall_cycles = {900, 76, 0, 0, 0, 0};
    gemm.counters.events.last_accumulate_cycle = 923;
    run.layers.push_back(gemm);

    run.accuracy = Accuracy{466, 412, 414, 3};
    run.verification = {true, 3, 1'234'567, 0};
    run.wall_seconds = 1.5;
    run.peak_memory_bytes = 100 * 1024 * 1024;
    return run;
}

/// The same as an estimate, its second layer not exact.
inline RunResult estimated_run() {
    RunResult run = sample_run();
    run.fidelity = "estimate";
    run.images_source.clear();
    run.accuracy.reset();
    run.verification = {};
    for (LayerResult& layer : run.layers) {
        layer.has_values = false;
        layer.exact = true;
    }
    run.layers[1].exact = false;
    return run;
}

/// The same with an energy table's figures.
inline RunResult priced_run() {
    RunResult run = sample_run();
    for (LayerResult& layer : run.layers) {
        ComponentFigures& energy = layer.energy_pj.emplace();
        energy[Component::kMac] = {500, 300, 600};
        energy[Component::kDram] = {1000, 1000, 1500};
    }
    CostSummary& cost = run.cost.emplace();
    cost.area_mm2[Component::kMac] = {0.25, 0.25, 0.25};
    cost.area_mm2[Component::kInputBuffer] = {0.5, 0.5, 0.5};
    cost.leakage_mw = {0.5, 0.5, 0.5};
    cost.node_nm = 40;
    cost.voltage_v = 0.8;
    cost.not_counted = std::vector<std::string>(8, "a part of it");
    cost.not_counted.emplace_back("clock tree");
    return run;
}

}  // namespace accelsim
