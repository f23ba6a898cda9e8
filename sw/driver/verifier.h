#pragma once

#include <optional>

#include "sw/driver/layer_outcome.h"
#include "sw/network/layer_maps.h"
#include "sw/network/quantized_network.h"
#include "sw/network/reference_executor.h"
#include "sw/report/run_result.h"

namespace accelsim {

/// Compares what the hardware made with the reference executor, layer by layer and value by value,
/// and its counts of overflows and saturations apart. Each difference is told as a warning.
class Verifier {
  public:
    Verifier(const QuantizedNetwork& network, NetworkReferenceOptions options)
        : network_(network), options_(std::move(options)) {}

    /// The layers of an image follow, in order.
    void start_image(const IntegerMap& input) { maps_.emplace(network_, input); }
    void check(const LayerOutcome& outcome);

    const Verification& result() const { return result_; }

  private:
    const QuantizedNetwork& network_;
    const NetworkReferenceOptions options_;
    std::optional<LayerMaps> maps_;  ///< of the reference
    Verification result_;
};

}  // namespace accelsim
