#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sw/cost/estimate.h"
#include "sw/driver/layer_outcome.h"

namespace accelsim {

template <typename Value>
struct ByFidelity {
    Value cycle{};
    Value transaction{};
    Value estimate{};
};

/// A counter, cause or event on which the fidelities do not agree.
struct Disagreement {
    size_t image = 0;
    std::string figure;  ///< its name in report.json
    ByFidelity<std::optional<int64_t>> value;
    bool of_transaction = false;  ///< `transaction` differs from `cycle`
    bool of_estimate = false;     ///< `estimate` does
};

/// What the fidelities say of one layer, over all images.
struct LayerComparison {
    std::string name;
    std::string kind;
    ByFidelity<int64_t> cycles{};  ///< of the first image
    int64_t compared_values = 0;
    int64_t differing_values = 0;
    std::vector<Disagreement> disagreements{};
    bool estimate_exact = true;  ///< as it says itself

    /// Compares one image: the values of `transaction` with those of `cycle`, and every figure of
    /// the report that the hardware counts. `estimate` has none that depend on values.
    void add(const LayerOutcome& cycle, const LayerOutcome& transaction,
             const LayerEstimate& estimate);
};

/// Each promise of docs/TIMING.md and README.md that does not hold, as a line: `transaction` is
/// `cycle` in every value and figure, and an estimate that says exact is too; with ideal DRAM all
/// estimates say so.
std::vector<std::string> broken_promises(const std::vector<LayerComparison>& layers,
                                         bool is_dram_ideal);

/// One line a layer, what differs, totals and verdict; with `quiet` the last two.
std::string comparison_text(const std::vector<LayerComparison>& layers,
                            const std::vector<std::string>& broken, bool quiet);

}  // namespace accelsim
