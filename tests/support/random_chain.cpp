#include <algorithm>

#include "tests/support/random_case.h"
#include "tests/support/random_draw.h"
#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {
namespace {

using Chain = std::vector<RandomCase>;

bool runs(RandomCase& drawn) {
    drawn.answer = evaluate(drawn.layer, drawn.accelerator, drawn.overrides);
    return drawn.answer.verdict == Verdict::kRuns && drawn.answer.cycles <= kLongestRandomCase;
}

/// The map that layer `source` writes, or the network's input.
Map source_map(const Chain& chain, int64_t source) {
    return source == kNetworkInput ? chain[0].layer.input
                                   : output_map(chain[static_cast<size_t>(source)].layer);
}

int64_t source_bits(const Chain& chain, int64_t source) {
    return source == kNetworkInput ? chain[0].accelerator.activation_bits
                                   : chain[static_cast<size_t>(source)].accelerator.output_bits;
}

/// Maps that array work follows hold pairs of operands; pooling keeps its input's format.
void fit_output_bits(RandomCase& drawn) {
    Accelerator& accelerator = drawn.accelerator;
    if (accelerator.macs_per_pe == 2 || drawn.layer.kind == LayerKind::kPooling) {
        accelerator.output_bits = accelerator.activation_bits;
    }
}

/// The maps in DRAM that have the height and width of `like`; the last layer's is there if not
/// kept.
std::vector<int64_t> residual_sources(const Chain& chain, const Map& like, bool last_kept) {
    const auto last = static_cast<int64_t>(chain.size()) - 1;
    std::vector<int64_t> sources;
    for (int64_t source = kNetworkInput; source <= last; ++source) {
        const Map map = source_map(chain, source);
        const bool kept = source == last
                              ? last_kept
                              : source != kNetworkInput &&
                                    chain[static_cast<size_t>(source)].overrides.output_kept;
        if (!kept && map.height == like.height && map.width == like.width) {
            sources.push_back(source);
        }
    }
    return sources;
}

/// A layer that may follow on the chain; its kernel may be too large for the map.
RandomCase draw_follower(Random& random, const Chain& chain, bool last_kept) {
    RandomCase drawn = chain.back();
    drawn.accelerator.activation_bits = chain.back().accelerator.output_bits;
    draw_layer_bits(random, drawn.accelerator);
    drawn.is_gemm = false;
    drawn.average_pooling = random.chance(50);
    drawn.layer = random.chance(30) ? draw_pooling(random) : draw_convolution(random);
    Layer& layer = drawn.layer;
    layer.input = output_map(chain.back().layer);
    layer.groups = 1;
    fit_output_bits(drawn);
    if (layer.kind == LayerKind::kConvolution && random.chance(50)) {
        const std::vector<int64_t> sources = residual_sources(chain, layer.input, last_kept);
        if (!sources.empty()) {
            const int64_t last = static_cast<int64_t>(sources.size()) - 1;
            drawn.residual_source = sources[static_cast<size_t>(random.between(0, last))];
            keep_height_and_width(random, layer);
            layer.out_channels = source_map(chain, drawn.residual_source).channels;
            layer.residual_bits = source_bits(chain, drawn.residual_source);
        }
    }
    drawn.batch_norm = draw_batch_norm(random, drawn);
    drawn.overrides = draw_overrides(random, layer, drawn.accelerator);
    return drawn;
}

/// Adds the layer, with the map between it and the last one in DRAM or on chip. False where it
/// does not run.
bool append(Chain& chain, RandomCase drawn, bool kept) {
    if (chain.empty() || !kept) {
        if (!runs(drawn)) return false;
        chain.push_back(drawn);
        return true;
    }
    RandomCase before = chain.back();
    before.overrides.output_kept = true;
    drawn.overrides.input_kept = true;
    if (!runs(before) || !runs(drawn)) return false;
    chain.back() = before;
    chain.push_back(drawn);
    return true;
}

}  // namespace

std::vector<RandomCase> random_chain(uint64_t seed) {
    Random random(seed);
    for (;;) {
        RandomCase drawn = draft(random);
        Accelerator& accelerator = drawn.accelerator;
        fit_output_bits(drawn);
        if (random.chance(50)) {
            accelerator.pe_pipeline_stages = random.between(1, 8);
            accelerator.rows = random.between(1, 40);
        }
        if (random.chance(60)) {  // room for a kept map
            accelerator.input_buffer = draw_buffer(random, 9, 13);
            accelerator.input_buffer.slots = 2;
        }
        drawn.seed = seed;
        drawn.overrides = draw_overrides(random, drawn.layer, accelerator);
        Chain chain;
        const auto length = static_cast<size_t>(random.between(2, 4));
        for (int draws = 0; chain.size() < length && draws < 20; ++draws) {
            const bool kept = random.chance(50);
            append(chain, chain.empty() ? drawn : draw_follower(random, chain, kept), kept);
            if (chain.empty()) break;
        }
        if (chain.size() >= 2) return chain;
    }
}

}  // namespace accelsim::oracle
