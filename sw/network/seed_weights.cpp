#include "sw/network/seed_weights.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sw/network/float_executor.h"
#include "sw/network/images.h"
#include "sw/numeric/random.h"

namespace accelsim {
namespace {

// A little over half, as some round to zero later; more after pooling, so that enough is left
// before it.
constexpr double kWantedFraction = 0.55;
constexpr double kWantedPooledFraction = 0.65;
constexpr int64_t kSmallImagePixels = int64_t{64} * 64;

enum Stream : uint64_t { kWeights, kBias, kGamma, kMean, kVariance, kThreshold, kStreams };

struct Moments {
    double mean = 0;
    double variance = 0;
};

using Maps = std::vector<FloatMap>;

/// Mean and variance of every channel over all maps.
std::vector<Moments> channel_moments(const Maps& maps) {
    const auto channels = static_cast<size_t>(maps[0].shape.channels);
    std::vector<double> sum(channels), squares(channels);
    for (const FloatMap& map : maps) {
        for (size_t i = 0; i < map.data.size(); ++i) sum[i % channels] += double{map.data[i]};
    }
    const double count =
        static_cast<double>(maps[0].shape.pixels()) * static_cast<double>(maps.size());
    for (double& value : sum) value /= count;
    for (const FloatMap& map : maps) {
        for (size_t i = 0; i < map.data.size(); ++i) {
            const double distance = double{map.data[i]} - sum[i % channels];
            squares[i % channels] += distance * distance;
        }
    }
    std::vector<Moments> moments(channels);
    for (size_t c = 0; c < channels; ++c) moments[c] = {sum[c], squares[c] / count};
    return moments;
}

class Seeder {
  public:
    Seeder(Graph& graph, uint64_t seed) : graph_(graph), seed_(seed) {
        const int64_t count = graph.input.pixels() <= kSmallImagePixels ? 8 : 2;
        const ImageSet images = ImageSet::seeded(graph.input, count, seed);
        for (int64_t i = 0; i < count; ++i) {
            maps_.push_back(real_input(images.pixels(i), graph.preprocessing));
        }
    }

    void run() {
        for (size_t i = 0; i < graph_.nodes.size(); ++i) {
            Node& node = graph_.nodes[i];
            if (!node.has_weights() && node.op != Op::kBatchNorm) {
                advance(node);
                continue;
            }
            const bool is_last_of_layer = !next_is(i, Op::kBatchNorm);
            if (node.op == Op::kBatchNorm) {
                seed_batch_norm(i);
            } else {
                seed_convolution(i);
            }
            advance(node);
            if (is_last_of_layer) centre(i);
        }
    }

  private:
    RandomStream random(size_t node, Stream stream) const {
        return RandomStream(seed_, node * kStreams + stream);
    }

    bool next_is(size_t node, Op op) const {
        return node + 1 < graph_.nodes.size() && graph_.nodes[node + 1].op == op;
    }

    void advance(const Node& node) {
        for (FloatMap& map : maps_) map = apply_node(node, map);
    }

    void seed_convolution(size_t index) {
        Node& node = graph_.nodes[index];
        const float deviation = std::sqrt(2.0f / static_cast<float>(node.depth()));
        const RandomStream weights = random(index, kWeights);
        node.weights.resize(static_cast<size_t>(node.depth() * node.out_channels));
        for (size_t i = 0; i < node.weights.size(); ++i) {
            node.weights[i] = deviation * weights.gaussian(i);
        }
        const RandomStream bias = random(index, kBias);
        node.bias.resize(static_cast<size_t>(node.out_channels));
        for (size_t c = 0; c < node.bias.size(); ++c) node.bias[c] = bias.uniform(c, -0.1f, 0.1f);
    }

    /// Statistics near those of the data, so that the result is near, but not at, mean 0 and
    /// variance 1.
    void seed_batch_norm(size_t index) {
        BatchNorm& norm = graph_.nodes[index].norm;
        const auto moments = channel_moments(maps_);
        for (size_t c = 0; c < moments.size(); ++c) {
            const auto mean = static_cast<float>(moments[c].mean);
            const auto variance = static_cast<float>(moments[c].variance) + 1e-6f;
            norm.gamma.push_back(random(index, kGamma).uniform(c, 0.6f, 1.4f));
            norm.mean.push_back(mean +
                                std::sqrt(variance) * random(index, kMean).uniform(c, -0.2f, 0.2f));
            norm.variance.push_back(variance * random(index, kVariance).uniform(c, 0.8f, 1.25f));
            norm.beta.push_back(0.0f);
        }
    }

    /// The pooling that reads the node's output, past its ReLU.
    const Node* pooling_after(size_t index) const {
        const size_t next = index + (next_is(index, Op::kRelu) ? 2 : 1);
        const bool pools = next < graph_.nodes.size() && graph_.nodes[next].op == Op::kPool;
        return pools ? &graph_.nodes[next] : nullptr;
    }

    /// Shifts the node's channels (through its beta or bias) so that the wanted fraction of the
    /// first image's outputs, as pooling hands them on, is above zero.
    void centre(size_t index) {
        if (!next_is(index, Op::kRelu)) return;
        Maps pooled = maps_;
        const Node* pool = pooling_after(index);
        if (pool) {
            Node largest =
                *pool;  // an average of rectified values is above zero where the largest is
            largest.pool.kind = PoolKind::kMax;
            for (FloatMap& map : pooled) map = apply_node(largest, map);
        }
        const auto moments = channel_moments(pooled);
        double spread = 0;
        for (const Moments& channel : moments) spread += channel.variance;
        spread = std::sqrt(spread / static_cast<double>(moments.size()));
        const RandomStream threshold = random(index, kThreshold);
        std::vector<float> shift(moments.size());
        for (size_t c = 0; c < shift.size(); ++c) {
            const double distance = spread * double{threshold.uniform(c, -0.3f, 0.3f)};
            shift[c] = static_cast<float>(distance - moments[c].mean);
        }
        add_channels(pooled[0], shift);
        const float common = quantile(std::move(pooled[0].data),
                                      1 - (pool ? kWantedPooledFraction : kWantedFraction));
        for (float& value : shift) value -= common;
        apply_shift(graph_.nodes[index], shift);
    }

    static void add_channels(FloatMap& map, const std::vector<float>& values) {
        for (size_t i = 0; i < map.data.size(); ++i) map.data[i] += values[i % values.size()];
    }

    /// Half-way between two values, so that none of them becomes zero.
    static float quantile(std::vector<float> values, double fraction) {
        std::sort(values.begin(), values.end());
        const auto below = static_cast<size_t>(fraction * static_cast<double>(values.size()));
        if (below == 0) return values[0] - std::abs(values[0]) - 1.0f;
        return 0.5f * (values[below - 1] + values[below]);
    }

    void apply_shift(Node& node, const std::vector<float>& shift) {
        std::vector<float>& target = node.op == Op::kBatchNorm ? node.norm.beta : node.bias;
        for (size_t c = 0; c < shift.size(); ++c) target[c] += shift[c];
        for (FloatMap& map : maps_) add_channels(map, shift);
    }

    Graph& graph_;
    uint64_t seed_;
    Maps maps_;
};

}  // namespace

void seed_weights(Graph& graph, uint64_t seed) { Seeder(graph, seed).run(); }

}  // namespace accelsim
