#include "sw/passes/calibrate.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#include "sw/base/error.h"
#include "sw/network/float_executor.h"

namespace accelsim {
namespace {

/// The input first, then every node's output.
class RangeRecorder {
  public:
    RangeRecorder(size_t tensors, bool with_histograms)
        : ranges_(tensors), histograms_(with_histograms ? tensors : 0) {}

    void add(size_t tensor, const FloatMap& map) {
        ActivationRange& range = ranges_[tensor];
        for (float value : map.data) range.is_finite &= std::isfinite(value);
        if (!range.is_finite) return;  // refused at the end, whichever image comes first
        for (float value : map.data) {
            range.min = std::min(range.min, value);
            range.max = std::max(range.max, value);
        }
        if (histograms_.empty()) return;
        for (float value : map.data) histograms_[tensor].add(std::abs(value));
    }

    void add(const RangeRecorder& other) {
        for (size_t i = 0; i < ranges_.size(); ++i) {
            ranges_[i].min = std::min(ranges_[i].min, other.ranges_[i].min);
            ranges_[i].max = std::max(ranges_[i].max, other.ranges_[i].max);
            ranges_[i].is_finite &= other.ranges_[i].is_finite;
        }
        for (size_t i = 0; i < histograms_.size(); ++i) histograms_[i].add(other.histograms_[i]);
    }

    ActivationRange range(size_t tensor, double percentile) const {
        ActivationRange range = ranges_[tensor];
        range.magnitude = std::max(-range.min, range.max);
        if (!histograms_.empty()) {
            range.magnitude = std::min(range.magnitude, histograms_[tensor].percentile(percentile));
        }
        return range;
    }

  private:
    std::vector<ActivationRange> ranges_;
    std::vector<MagnitudeHistogram> histograms_;
};

/// What follows the first such tensor is wrong because of it.
void require_finite(const Graph& graph, const Calibration& calibration) {
    constexpr const char* kFound = "an infinity or NaN";
    if (!calibration.input.is_finite) {
        throw UserError("network.input", "must make finite values of the calibration images",
                        kFound);
    }
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        if (calibration.outputs[i].is_finite) continue;
        throw UserError("node '" + graph.nodes[i].name + "'",
                        "must have finite outputs on the calibration images", kFound);
    }
}

}  // namespace

void MagnitudeHistogram::widen() {
    for (size_t i = 0; i < kBins; ++i) {
        const int64_t count = counts_[i];
        counts_[i] = 0;
        counts_[i / 2] += count;
    }
    width_ *= 2;
}

void MagnitudeHistogram::add(float magnitude) {
    while (magnitude >= width_ * kBins) widen();
    ++counts_[static_cast<size_t>(magnitude / width_)];
}

void MagnitudeHistogram::add(const MagnitudeHistogram& other) {
    MagnitudeHistogram aligned = other;
    while (aligned.width_ < width_) aligned.widen();
    while (width_ < aligned.width_) widen();
    for (size_t i = 0; i < kBins; ++i) counts_[i] += aligned.counts_[i];
}

double MagnitudeHistogram::percentile(double percent) const {
    int64_t total = 0;
    for (int64_t count : counts_) total += count;
    const double wanted = static_cast<double>(total) * percent / 100.0;
    int64_t below = 0;
    for (size_t i = 0; i < kBins && total > 0; ++i) {
        below += counts_[i];
        if (static_cast<double>(below) >= wanted) return width_ * static_cast<double>(i + 1);
    }
    return 0;
}

Calibration calibrate(const Graph& graph, const ImageSet& images, CalibrationMethod method,
                      double percentile, int threads, const ProgressCallback& progress) {
    const size_t tensors = graph.nodes.size() + 1;
    const bool with_histograms = method == CalibrationMethod::kPercentile;
    RangeRecorder all(tensors, with_histograms);
    std::mutex mutex;
    SharedProgress done(images.size() * graph.macs(), progress);
    for_each_index(images.size(), threads, [&](int64_t i) {
        RangeRecorder recorder(tensors, with_histograms);
        const FloatMap input = real_input(images.pixels(i), graph.preprocessing);
        recorder.add(0, input);
        run_float(graph, input, [&](size_t node, const FloatMap& map) {
            recorder.add(node + 1, map);
            done.add(graph.nodes[node].macs());
        });
        const std::lock_guard<std::mutex> lock(mutex);
        all.add(recorder);
    });
    Calibration calibration;
    calibration.input = all.range(0, percentile);
    for (size_t i = 1; i < tensors; ++i) calibration.outputs.push_back(all.range(i, percentile));
    require_finite(graph, calibration);
    return calibration;
}

}  // namespace accelsim
