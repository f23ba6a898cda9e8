#include "sw/passes/quantize_batch_norm.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace accelsim {
namespace {

constexpr double kLargestOffset = std::numeric_limits<int32_t>::max();

double largest_magnitude(const std::vector<double>& values) {
    double largest = 0;
    for (const double value : values) largest = std::max(largest, std::abs(value));
    return largest;
}

bool fits(double value, int shift, double limit) {
    return std::round(std::ldexp(value, shift)) <= limit;
}

int32_t fixed(double value, int shift) {
    return static_cast<int32_t>(std::round(std::ldexp(value, shift)));
}

}  // namespace

std::vector<double> batch_norm_gains(const BatchNorm& norm) {
    std::vector<double> gains;
    for (size_t c = 0; c < norm.gamma.size(); ++c) {
        gains.push_back(double{norm.gamma[c]} /
                        std::sqrt(double{norm.variance[c]} + double{norm.epsilon}));
    }
    return gains;
}

void set_batch_norm(QuantizedLayer& layer, const BatchNorm& norm, double& target) {
    if (layer.weights.empty()) return;
    UnfusedBatchNorm& unit = *layer.batch_norm;
    const std::vector<double> gains = batch_norm_gains(norm);
    const std::vector<double> offsets(norm.beta.begin(), norm.beta.end());
    const double gain = largest_magnitude(gains) * unit.value_scale;
    const double offset = largest_magnitude(offsets);
    const auto largest_scale = static_cast<double>(unit.scale_format.max());
    const auto all_fit = [&](int shift) {
        return fits(gain / target, shift, largest_scale) &&
               fits(offset / target, shift, kLargestOffset);
    };
    while (!all_fit(0)) target *= 2;
    unit.shift = kMaxBatchNormShift;
    while (!all_fit(unit.shift)) --unit.shift;
    for (size_t c = 0; c < gains.size(); ++c) {
        unit.constants.push_back({fixed(double{norm.mean[c]} / unit.value_scale, 0),
                                  fixed(gains[c] * unit.value_scale / target, unit.shift),
                                  fixed(offsets[c] / target, unit.shift)});
    }
}

}  // namespace accelsim
