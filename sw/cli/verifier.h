#pragma once

#include "sw/driver/host_driver.h"
#include "sw/network/quantized_network.h"
#include "sw/network/reference_executor.h"
#include "sw/report/run_result.h"

namespace accelsim {

/// Compares what the hardware made with the reference executor, layer by layer and value by value,
/// and its counts of overflows and saturations apart. Each difference is told as a warning.
class Verifier {
  public:
    Verifier(const QuantizedNetwork& network, const ReferenceOptions& options)
        : network_(network), options_(options) {}

    /// The layers of an image follow, in order.
    void start_image(const IntegerMap& input);
    void check(const LayerOutcome& outcome);

    const Verification& result() const { return result_; }

  private:
    const QuantizedNetwork& network_;
    const ReferenceOptions options_;
    IntegerMap expected_;  ///< the reference's output of the layer before
    Verification result_;
};

}  // namespace accelsim
