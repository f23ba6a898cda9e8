#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "sw/cli/run_inputs.h"
#include "sw/cost/cost_model.h"
#include "sw/driver/network_values.h"
#include "sw/driver/scheduled_network.h"
#include "sw/report/run_result.h"

namespace accelsim {

/// A network after some passes, on the hardware that they need: its figures by estimate, its values
/// by the kernels of the machine at transaction level.
class PassVariant {
  public:
    /// Loads, quantizes, plans and estimates it. `with_float`: tell how many images the network in
    /// real numbers gets right.
    PassVariant(const RunParams& params, bool fuses_batch_norm, const RunCosts& costs,
                bool with_float);

    const RunInputs& inputs() const { return inputs_; }
    const QuantizedNetwork& network() const { return inputs_.network(); }
    /// Figures of one inference.
    const RunResult& result() const { return result_; }

    using OnMap = std::function<void(size_t layer, const IntegerMap& map)>;
    /// The output of each layer for image `index`. Several threads may ask at once.
    void run_image(int64_t index, const OnMap& on_map) const;

  private:
    void estimate(const CostModel& cost);

    RunParams params_;
    RunInputs inputs_;
    std::optional<ScheduledNetwork> scheduled_;
    std::optional<NetworkValues> values_;
    RunResult result_;
};

}  // namespace accelsim
