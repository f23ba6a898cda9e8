#include "sw/passes/calibrate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sw/network/load_network.h"
#include "sw/numeric/random.h"
#include "sw/passes/pipeline.h"
#include "tests/support/fault_of.h"

namespace accelsim {
namespace {

TEST(MagnitudeHistogram, FindsPercentilesWithinAThousandth) {
    const RandomStream random(1, 0);
    std::vector<float> values;
    MagnitudeHistogram histogram;
    for (uint64_t i = 0; i < 100000; ++i) {
        values.push_back(std::abs(random.gaussian(i)) * 50);
        histogram.add(values.back());
    }
    std::sort(values.begin(), values.end());
    for (double percent : {1.0, 50.0, 99.0, 99.99, 100.0}) {
        const auto rank = static_cast<size_t>(std::ceil(percent / 100 * 100000)) - 1;
        EXPECT_NEAR(histogram.percentile(percent), double{values[rank]}, 0.001 * 256) << percent;
    }
}

TEST(MagnitudeHistogram, DoesNotDependOnTheOrder) {
    MagnitudeHistogram up, down, other;
    for (int i = 0; i < 5000; ++i) {
        up.add(static_cast<float>(i) * 0.37f);
        (i % 2 == 0 ? down : other).add(static_cast<float>(4999 - i) * 0.37f);
    }
    other.add(down);
    for (double percent : {10.0, 90.0, 99.9})
        EXPECT_EQ(up.percentile(percent), other.percentile(percent));
    EXPECT_EQ(MagnitudeHistogram().percentile(50), 0);
}

TEST(Calibrate, DoesNotDependOnThreadsAndPercentilesAreBelowTheMaximum) {
    NetworkParams params;
    params.yaml = std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/mlp.yaml";
    const Graph graph = load_network(params, 1);
    const ImageSet images = ImageSet::seeded(graph.input, 16, 4);
    const auto whole = calibrate(graph, images, CalibrationMethod::kMinMax, 100);
    const auto cut = calibrate(graph, images, CalibrationMethod::kPercentile, 95, 1);
    const auto cut_by_two = calibrate(graph, images, CalibrationMethod::kPercentile, 95, 2);
    EXPECT_EQ(whole.input.magnitude, double{std::max(whole.input.max, -whole.input.min)});
    for (size_t i = 0; i < whole.outputs.size(); ++i) {
        EXPECT_EQ(cut.outputs[i].magnitude, cut_by_two.outputs[i].magnitude);
        EXPECT_LT(cut.outputs[i].magnitude, whole.outputs[i].magnitude);
        EXPECT_GT(cut.outputs[i].magnitude, 0.1 * whole.outputs[i].magnitude);
    }
}

TEST(Calibrate, ReportsProgressWithinAnImage) {
    NetworkParams params;
    params.yaml = std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/mlp.yaml";
    const Graph graph = load_network(params, 1);
    std::vector<int64_t> told;
    calibrate(graph, ImageSet::seeded(graph.input, 1, 4), CalibrationMethod::kMinMax, 100, 1,
              [&](int64_t done, int64_t total) {
                  told.push_back(done);
                  EXPECT_EQ(total, graph.macs());
              });
    ASSERT_GT(told.size(), 1u);
    EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
    EXPECT_EQ(told.front(), graph.nodes.front().macs());
    EXPECT_EQ(told.back(), graph.macs());
}

/// One Gemm without bias, all of whose weights are `weight`.
Graph gemm_of(float weight) {
    NetworkParams params;
    params.gemm = GemmParams{1, 4, 2, false};
    Graph graph = load_network(params, 1);
    for (float& value : graph.nodes[0].weights) value = weight;
    return graph;
}

TEST(Calibrate, RefusesValuesThatAreNotFinite) {
    constexpr float kHuge = std::numeric_limits<float>::max();
    for (CalibrationMethod method : {CalibrationMethod::kMinMax, CalibrationMethod::kPercentile}) {
        for (float weight : {kHuge, -kHuge, std::numeric_limits<float>::quiet_NaN()}) {
            const Graph graph = gemm_of(weight);
            const ImageSet images = ImageSet::seeded(graph.input, 3, 1);
            EXPECT_EQ(fault_of([&] { calibrate(graph, images, method, 99, 2); }),
                      "node 'gemm': must have finite outputs on the calibration images, got an "
                      "infinity or NaN");
        }
        Graph graph = gemm_of(1);
        graph.preprocessing.scale = std::numeric_limits<double>::min();
        EXPECT_EQ(
            fault_of([&] { calibrate(graph, ImageSet::seeded(graph.input, 1, 1), method, 99); }),
            "network.input: must make finite values of the calibration images, got an "
            "infinity or NaN");
    }
}

TEST(CompileNetwork, RefusesWeightsThatAFactorMadeInfinite) {
    const Graph graph = gemm_of(std::numeric_limits<float>::infinity());
    EXPECT_EQ(fault_of([&] {
                  compile_network(graph, true, {}, ImageSet::seeded(graph.input, 1, 1), 1, {}, 64);
              }),
              "node 'gemm': weights and bias must be finite, batch normalization and factors "
              "multiplied in, got an infinity or NaN");
}

}  // namespace
}  // namespace accelsim
