#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sw/driver/layer_outcome.h"
#include "sw/network/layer_maps.h"
#include "sw/network/quantized_network.h"
#include "sw/network/reference_executor.h"
#include "sw/report/run_result.h"

namespace accelsim {

/// What differs from the reference, a line for each layer and kind: the first ones, and how many
/// there are.
class Differences {
  public:
    static constexpr size_t kMostLines = 20;

    void add(std::string line);
    Differences& operator+=(const Differences& later);

    const std::vector<std::string>& lines() const { return lines_; }
    int64_t count() const { return count_; }

    /// The lines from number `first` on, as warnings.
    void tell(size_t first = 0) const;
    /// How many are not among the lines, where there are such.
    void tell_how_many_more() const;

  private:
    std::vector<std::string> lines_;
    int64_t count_ = 0;
};

/// Compares what the hardware made with the reference executor, layer by layer and value by value,
/// and its counts of overflows and saturations apart.
class Verifier {
  public:
    Verifier(const QuantizedNetwork& network, NetworkReferenceOptions options)
        : network_(network), options_(std::move(options)) {}

    /// The layers of an image follow, in order.
    void start_image(const IntegerMap& input) { maps_.emplace(network_, input); }
    void check(const LayerOutcome& outcome);

    const Verification& result() const { return result_; }
    const Differences& differences() const { return differences_; }

  private:
    const QuantizedNetwork& network_;
    const NetworkReferenceOptions options_;
    std::optional<LayerMaps> maps_;  ///< of the reference
    Verification result_;
    Differences differences_;
};

}  // namespace accelsim
