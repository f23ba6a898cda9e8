#pragma once

#include <cstdint>
#include <vector>

#include "sw/driver/network_values.h"
#include "sw/driver/scheduled_network.h"
#include "sw/driver/verifier.h"
#include "sw/network/images.h"
#include "sw/network/parallel.h"
#include "sw/report/run_result.h"

namespace accelsim {

/// Images `first`..`end` - 1 of a set.
struct ImageRange {
    int64_t first = 0;
    int64_t end = 0;
};

struct DataSetResult {
    std::vector<int> predictions;  ///< the largest output of each image
    Verification verification;
    Differences differences;  ///< in the order of the images
};

/// The values of many images, each as the machine at transaction level gives them, on all threads
/// at once: timing does not depend on data, so it is not simulated again. With `reference` every
/// layer of every image is compared with the reference executor. The result does not depend on the
/// threads.
DataSetResult run_data_set(const ScheduledNetwork& scheduled, const NetworkValues& values,
                           const ImageSet& images, ImageRange range,
                           const InputParams& preprocessing,
                           const NetworkReferenceOptions* reference, int threads,
                           const ProgressCallback& progress);

}  // namespace accelsim
