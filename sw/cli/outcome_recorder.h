#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sw/cost/cost_model.h"
#include "sw/driver/scheduled_network.h"
#include "sw/driver/verifier.h"
#include "sw/network/dump_tensors.h"
#include "sw/network/layer_maps.h"
#include "sw/report/run_result.h"

namespace accelsim {

/// Takes what each simulated layer leaves, whatever the fidelity: compares values with the
/// reference executor and tells at once what differs, keeps the tensors that are to be dumped, and
/// describes the layers in the run's result.
class OutcomeRecorder {
  public:
    struct Options {
        bool verify = true;
        bool keep_tensors = false;  ///< of the first image
        const CostModel* cost = nullptr;
    };

    /// `inputs`: the images that are simulated; empty where no values are. All arguments outlive
    /// it.
    OutcomeRecorder(const ScheduledNetwork& scheduled, const NetworkReferenceOptions& reference,
                    const std::vector<IntegerMap>& inputs, Options options, RunResult& result);

    /// The layers of an image follow, in order. Throws InternalError where an image's timing
    /// differs from the first one's.
    void add(const LayerOutcome& outcome);

    const Verification& verification() const { return verifier_.result(); }
    const Differences& differences() const { return verifier_.differences(); }
    const std::vector<LayerTensors>& tensors() const { return tensors_; }
    /// The largest output of each image.
    const std::vector<int>& predictions() const { return predictions_; }

  private:
    void add_values(const LayerOutcome& outcome);
    void add_counters(const LayerOutcome& outcome);

    const ScheduledNetwork& scheduled_;
    const std::vector<IntegerMap>& inputs_;
    const Options options_;
    RunResult& result_;
    Verifier verifier_;
    std::optional<LayerMaps> dumped_;
    std::vector<LayerTensors> tensors_;
    std::vector<int> predictions_;
};

}  // namespace accelsim
