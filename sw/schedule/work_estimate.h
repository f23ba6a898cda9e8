#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sw/schedule/plan.h"

namespace accelsim {

/// How far a run is, in cycles that the plans expect: layers differ by orders of magnitude.
class WorkEstimate {
  public:
    explicit WorkEstimate(const std::vector<LayerPlan>& plans) {
        for (const LayerPlan& plan : plans) before_.push_back(before_.back() + plan.least_cycles);
    }

    int64_t total(int64_t images) const { return images * before_.back(); }

    /// Cycles until `fraction` of layer `layer` of image `image` is done.
    int64_t done(size_t image, size_t layer, double fraction) const {
        const auto of_layer = static_cast<double>(before_[layer + 1] - before_[layer]);
        return static_cast<int64_t>(image) * before_.back() + before_[layer] +
               static_cast<int64_t>(fraction * of_layer);
    }

  private:
    std::vector<int64_t> before_{0};  ///< by layer: of one image's layers before it
};

}  // namespace accelsim
