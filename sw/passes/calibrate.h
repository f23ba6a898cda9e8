#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sw/network/graph.h"
#include "sw/network/images.h"
#include "sw/network/parallel.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// How often each magnitude occurs, in bins of a width that doubles as values grow. The counts do
/// not depend on the order of the values.
class MagnitudeHistogram {
  public:
    void add(float magnitude);
    void add(const MagnitudeHistogram& other);
    /// The upper edge of the bin that holds that percentile; 0 where nothing was added.
    double percentile(double percent) const;

  private:
    static constexpr int kBins = 8192;
    void widen();

    std::array<int64_t, kBins> counts_{};
    double width_ = 1.0 / (int64_t{1} << 40);
};

/// The values that one tensor took.
struct ActivationRange {
    float min = 0;
    float max = 0;
    double magnitude =
        0;  ///< what the largest step stands for: by minimum and maximum, or by percentile
    bool is_finite = true;  ///< false: an infinity or NaN was among them
};

/// The ranges of a network's tensors: of its input, and of each node's output.
struct Calibration {
    ActivationRange input;
    std::vector<ActivationRange> outputs;
};

/// Runs the images through the float network and records what each tensor holds. Throws UserError
/// that names the first tensor whose values are not all finite. `progress` counts
/// multiply-accumulates.
Calibration calibrate(const Graph& graph, const ImageSet& images, CalibrationMethod method,
                      double percentile, int threads = 1, const ProgressCallback& progress = {});

}  // namespace accelsim
