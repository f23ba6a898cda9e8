#include "tests/passes/random_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "sw/network/seed_weights.h"
#include "sw/numeric/random.h"

namespace accelsim {
namespace {

class GraphDrawer {
  public:
    GraphDrawer(uint64_t seed, bool with_random_slopes)
        : stream_(seed, 0), kinds_(with_random_slopes ? 4 : 3) {
        graph_.input = {draw(3, 8), draw(3, 8), draw(1, 4)};
        graph_.preprocessing.scale = 255;
    }

    Graph run() {
        maps_ = {kNetworkInput};
        for (int64_t steps = draw(3, 7); steps > 0; --steps) {
            const int source = any_map();
            const auto step = draw(0, 5);
            if (step < 2) {
                maps_.push_back(activated(convolution(source, draw(1, 5))));
            } else if (step < 5) {
                maps_.push_back(addition(source));
            } else {
                maps_.push_back(pooling(source));
            }
        }
        join();
        make_names_unique(graph_);
        return std::move(graph_);
    }

  private:
    int64_t draw(int64_t low, int64_t high) {
        return low +
               static_cast<int64_t>(stream_.bits(next_++) % static_cast<uint64_t>(high - low + 1));
    }
    int any_map() {
        return maps_[static_cast<size_t>(draw(0, static_cast<int64_t>(maps_.size()) - 1))];
    }

    int append(Op op, std::vector<int> inputs, Node node = {}) {
        node.op = op;
        node.inputs = std::move(inputs);
        EXPECT_FALSE(append_node(graph_, std::move(node)));
        return static_cast<int>(graph_.nodes.size()) - 1;
    }

    int convolution(int source, int64_t out_channels) {
        Node node;
        node.out_channels = out_channels;
        if (draw(0, 1) == 0) node.window = {3, 3, 1, 1, 1, 1, 1, 1};
        const int conv = append(Op::kConv, {source}, node);
        return draw(0, 2) == 0 ? append(Op::kBatchNorm, {conv}) : conv;
    }

    int activated(int source) {
        constexpr ActivationKind kKinds[] = {ActivationKind::kRelu, ActivationKind::kLeakyRelu,
                                             ActivationKind::kClip,
                                             ActivationKind::kRandomizedRelu};
        if (draw(0, 3) == 0) return source;
        Node node;
        node.activation = {kKinds[draw(0, kinds_ - 1)], 0.25f, -1.0f, 2.0f};
        return append(Op::kActivation, {source}, node);
    }

    /// Of `operand` and a convolution of any map of its height and width.
    int addition(int operand) {
        const MapShape shape = graph_.shape_of(operand);
        int source = any_map();
        const MapShape other = graph_.shape_of(source);
        if (other.height != shape.height || other.width != shape.width) source = operand;
        const int conv = convolution(source, shape.channels);
        return activated(append(Op::kAdd, draw(0, 1) == 0 ? std::vector<int>{operand, conv}
                                                          : std::vector<int>{conv, operand}));
    }

    int pooling(int source) {
        Node node;
        node.pool.kind = draw(0, 1) == 0 ? PoolKind::kMax : PoolKind::kAverage;
        const MapShape map = graph_.shape_of(source);
        if (std::min(map.height, map.width) >= 2) {
            node.pool.window =
                draw(0, 1) == 0 ? Window{2, 2, 2, 2} : Window{3, 3, 2, 2, 1, 1, 1, 1};
        }
        return append(Op::kPool, {source}, node);
    }

    /// Adds a Gemm of each map that nothing reads.
    void join() {
        const auto readers = graph_.readers();
        int sum = kNetworkInput;
        for (size_t i = 0; i < readers.size(); ++i) {
            if (!readers[i].empty()) continue;
            Node gemm;
            gemm.out_channels = 6;
            const int flat = append(Op::kFlatten, {static_cast<int>(i)});
            const int part = append(Op::kGemm, {flat}, gemm);
            sum = sum == kNetworkInput ? part : append(Op::kAdd, {sum, part});
        }
    }

    RandomStream stream_;
    uint64_t next_ = 0;
    int64_t kinds_;
    Graph graph_;
    std::vector<int> maps_;
};

}  // namespace

Graph random_structure(uint64_t seed, bool with_random_slopes) {
    return GraphDrawer(seed, with_random_slopes).run();
}

Graph random_graph(uint64_t seed, bool with_random_slopes) {
    Graph graph = random_structure(seed, with_random_slopes);
    seed_weights(graph, seed);
    return graph;
}

}  // namespace accelsim
