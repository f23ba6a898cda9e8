#include "sw/report/columns.h"

#include <optional>

#include "sw/report/activity_columns.h"
#include "sw/report/energy_columns.h"

namespace accelsim {

namespace {

Json or_absent(const std::optional<int64_t>& value) { return value ? Json(*value) : absent(); }

}  // namespace

const std::vector<Column<RunResult>>& totals_columns() {
    using Run = RunResult;
    static const std::vector<Column<RunResult>> counted = {
        {"cycles", "cycles", "one inference: the sum of the layers",
         [](const Run& r) -> Json { return r.total_cycles(); }},
        {"macs", "MACs", "multiply-accumulates of one inference",
         [](const Run& r) -> Json { return r.total_macs(); }},
        {"utilization_fraction", "", "`macs` / (rows * cols * macs_per_pe * `cycles`)",
         [](const Run& r) -> Json { return r.utilization_fraction(); }},
        {"dram_read_bytes", "bytes", "bytes read from DRAM in one inference",
         [](const Run& r) -> Json { return r.total(&LayerCounters::dram_read_bytes); }},
        {"dram_write_bytes", "bytes", "bytes written to DRAM in one inference",
         [](const Run& r) -> Json { return r.total(&LayerCounters::dram_write_bytes); }},
        {"seconds_at_clock", "s", "`cycles` at the accelerator's clock",
         [](const Run& r) -> Json { return r.seconds_at_clock(); }},
        {"operations", "operations", "arithmetic operations of one inference",
         [](const Run& r) -> Json { return r.total_operations(); }},
    };
    static const std::vector<Column<RunResult>> columns =
        joined(joined(counted, totals_activity_columns()), totals_energy_columns());
    return columns;
}

const std::vector<Column<Accuracy>>& accuracy_columns() {
    static const std::vector<Column<Accuracy>> columns = {
        {"images", "images", "images with a label that were evaluated",
         [](const Accuracy& a) -> Json { return a.images; }},
        {"correct", "images", "images whose largest output is the label's",
         [](const Accuracy& a) -> Json { return a.correct; }},
        {"top1_fraction", "", "`correct` / `images`",
         [](const Accuracy& a) -> Json { return fraction_of(a.correct, a.images); }},
        {"float_correct", "images",
         "the same for the network before quantization, where it was run",
         [](const Accuracy& a) -> Json { return or_absent(a.float_correct); }},
        {"float_top1_fraction", "", "`float_correct` / `images`",
         [](const Accuracy& a) -> Json {
             return a.float_correct ? Json(fraction_of(*a.float_correct, a.images)) : absent();
         }},
        {"simulated_images", "images",
         "how many of them went through the simulated hardware (in `transaction` its timing once, "
         "values of each); the rest through the integer reference",
         [](const Accuracy& a) -> Json { return a.simulated_images; }},
    };
    return columns;
}

const std::vector<Column<Verification>>& verification_columns() {
    static const std::vector<Column<Verification>> columns = {
        {"checked", "", "every layer's output was compared with the integer reference",
         [](const Verification& v) -> Json { return v.checked; }},
        {"images", "images", "simulated images whose layers were compared",
         [](const Verification& v) -> Json { return v.images; }},
        {"compared_values", "values", "values compared",
         [](const Verification& v) -> Json { return v.compared_values; }},
        {"mismatches", "values", "values that differ",
         [](const Verification& v) -> Json { return v.mismatches; }},
        {"counter_mismatches", "counters",
         "counts of overflows and of saturations, one each a layer, that differ",
         [](const Verification& v) -> Json { return v.counter_mismatches; }},
    };
    return columns;
}

const std::vector<Column<RunResult>>& host_columns() {
    static const std::vector<Column<RunResult>> columns = {
        {"wall_seconds", "s", "duration of the run on the host",
         [](const RunResult& r) -> Json { return r.wall_seconds; }},
        {"peak_memory_bytes", "bytes", "largest memory of the run on the host",
         [](const RunResult& r) -> Json { return r.peak_memory_bytes; }},
    };
    return columns;
}

}  // namespace accelsim
