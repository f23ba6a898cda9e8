#include "sw/network/seed_weights.h"

#include <algorithm>
#include <cmath>
#include <optional>
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
// Multiply-accumulates that take about as long as to draw a weight, and to centre an output.
constexpr int64_t kWeightMacs = 100;
constexpr int64_t kOutputMacs = 1500;
constexpr int64_t kSmallImagePixels = int64_t{64} * 64;

enum Stream : uint64_t { kWeights, kBias, kGamma, kMean, kVariance, kThreshold, kStreams };

struct Moments {
    double mean = 0;
    double variance = 0;
};

using Maps = std::vector<const FloatMap*>;

/// Mean and variance of every channel over all maps.
std::vector<Moments> channel_moments(const Maps& maps) {
    const auto channels = static_cast<size_t>(maps[0]->shape.channels);
    std::vector<double> sum(channels), squares(channels);
    for (const FloatMap* map : maps) {
        for (size_t i = 0; i < map->data.size(); ++i) sum[i % channels] += double{map->data[i]};
    }
    const double count =
        static_cast<double>(maps[0]->shape.pixels()) * static_cast<double>(maps.size());
    for (double& value : sum) value /= count;
    for (const FloatMap* map : maps) {
        for (size_t i = 0; i < map->data.size(); ++i) {
            const double distance = double{map->data[i]} - sum[i % channels];
            squares[i % channels] += distance * distance;
        }
    }
    std::vector<Moments> moments(channels);
    for (size_t c = 0; c < channels; ++c) moments[c] = {sum[c], squares[c] / count};
    return moments;
}

class Seeder {
  public:
    Seeder(Graph& graph, uint64_t seed) : graph_(graph), seed_(seed), readers_(graph.readers()) {
        const int64_t count = graph.input.pixels() <= kSmallImagePixels ? 8 : 2;
        const ImageSet images = ImageSet::seeded(graph.input, count, seed);
        for (int64_t i = 0; i < count; ++i) {
            images_.emplace_back(graph, real_input(images.pixels(i), graph.preprocessing));
        }
    }

    void run(const ProgressCallback& progress) {
        SharedProgress done(work(), progress);
        for (size_t i = 0; i < graph_.nodes.size(); ++i) {
            if (graph_.nodes[i].op == Op::kBatchNorm) seed_batch_norm(i);
            if (graph_.nodes[i].has_weights()) seed_convolution(i);
            maps_.clear();
            for (GraphMaps& image : images_) {
                maps_.push_back(&image.advance());
                done.add(graph_.nodes[i].macs());
            }
            if (const auto target = shifted_node(i)) centre(i, *target);
            done.add(seeding_work(graph_.nodes[i]));
        }
    }

  private:
    static int64_t seeding_work(const Node& node) {
        if (!node.has_weights()) return 0;
        return kWeightMacs * node.depth() * node.out_channels +
               kOutputMacs * node.output.elements();
    }

    int64_t work() const {
        int64_t sum = static_cast<int64_t>(images_.size()) * graph_.macs();
        for (const Node& node : graph_.nodes) sum += seeding_work(node);
        return sum;
    }

    RandomStream random(size_t node, Stream stream) const {
        return RandomStream(seed_, node * kStreams + stream);
    }

    /// The one node that reads this one, if it is of that operation.
    const Node* only_reader(size_t node, Op op) const {
        if (readers_[node].size() != 1) return nullptr;
        const Node& reader = graph_.nodes[readers_[node].front()];
        return reader.op == op ? &reader : nullptr;
    }

    /// The node whose constants can centre what an activation reads from node `index`: itself, or
    /// of an addition the later operand that nothing else reads.
    std::optional<size_t> shifted_node(size_t index) const {
        const Node& node = graph_.nodes[index];
        if (!only_reader(index, Op::kActivation)) return std::nullopt;
        if (node.has_weights() || node.op == Op::kBatchNorm) return index;
        if (node.op != Op::kAdd) return std::nullopt;
        int target = kNetworkInput;
        for (int operand : node.inputs) {
            if (operand <= target) continue;
            const auto producer = static_cast<size_t>(operand);
            const Op op = graph_.nodes[producer].op;
            const bool has_shift = graph_.nodes[producer].has_weights() || op == Op::kBatchNorm;
            if (has_shift && readers_[producer].size() == 1) target = operand;
        }
        if (target == kNetworkInput) return std::nullopt;
        return static_cast<size_t>(target);
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
        Maps inputs;
        for (const GraphMaps& image : images_) inputs.push_back(&image.next_input());
        const auto moments = channel_moments(inputs);
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

    /// The maximum pooling that reads the node's activation. (An average of rectified values is
    /// above zero nearly everywhere.)
    const Node* pooling_after(size_t index) const {
        const Node* pool = only_reader(readers_[index].front(), Op::kPool);
        return pool && pool->pool.kind == PoolKind::kMax ? pool : nullptr;
    }

    std::vector<FloatMap> pooled_by(const Node& pool) const {
        std::vector<FloatMap> pooled;
        for (const FloatMap* map : maps_) pooled.push_back(apply_node(pool, *map));
        return pooled;
    }

    /// Shifts the node's channels (through the beta or bias of `target`) so that the wanted
    /// fraction of the first image's outputs, as pooling hands them on, is above zero.
    void centre(size_t index, size_t target) {
        const Node* pool = pooling_after(index);
        const std::vector<FloatMap> pooled = pool ? pooled_by(*pool) : std::vector<FloatMap>{};
        Maps maps(maps_.begin(), maps_.end());
        for (size_t i = 0; i < pooled.size(); ++i) maps[i] = &pooled[i];
        const auto moments = channel_moments(maps);
        double spread = 0;
        for (const Moments& channel : moments) spread += channel.variance;
        spread = std::sqrt(spread / static_cast<double>(moments.size()));
        const RandomStream threshold = random(index, kThreshold);
        std::vector<float> shift(moments.size());
        for (size_t c = 0; c < shift.size(); ++c) {
            const double distance = spread * double{threshold.uniform(c, -0.3f, 0.3f)};
            shift[c] = static_cast<float>(distance - moments[c].mean);
        }
        FloatMap first = *maps[0];
        add_channels(first, shift);
        const float common =
            quantile(std::move(first.data), 1 - (pool ? kWantedPooledFraction : kWantedFraction));
        for (float& value : shift) value -= common;
        apply_shift(graph_.nodes[target], shift);
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
        for (FloatMap* map : maps_) add_channels(*map, shift);
    }

    Graph& graph_;
    uint64_t seed_;
    std::vector<std::vector<size_t>> readers_;
    std::vector<GraphMaps> images_;
    std::vector<FloatMap*> maps_;  ///< the newest output of each image
};

}  // namespace

void seed_weights(Graph& graph, uint64_t seed, const ProgressCallback& progress) {
    Seeder(graph, seed).run(progress);
}

}  // namespace accelsim
