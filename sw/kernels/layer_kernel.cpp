#include "sw/kernels/layer_kernel.h"

#include <algorithm>
#include <optional>

#include "sw/base/error.h"
#include "sw/kernels/array_kernel.h"
#include "sw/kernels/onednn_convolution.h"
#include "sw/kernels/packed_values.h"
#include "sw/kernels/pairs_convolution.h"
#include "sw/kernels/pooling.h"
#include "sw/kernels/post_process.h"

namespace accelsim {

using namespace kernels;

namespace {

std::unique_ptr<ArrayKernel> choose_array_kernel(const QuantizedLayer& layer,
                                                 const ReferenceOptions& options,
                                                 const SumRange& range,
                                                 const KernelChoice& choice) {
    const int64_t macs = layer.conv.elements() * layer.depth();
    if (choice.onednn && macs >= choice.least_onednn_macs &&
        range.fits(std::min(options.accumulator_bits, 32)) && onednn_is_exact(layer)) {
        if (auto kernel = make_onednn_convolution(layer)) return kernel;
    }
    return std::make_unique<PairsConvolution>(layer, options, range, simd_kernels(choice.isa));
}

/// Of what the accumulators hold in the end: one that overflows keeps to its width.
SumRange accumulator_range(const SumRange& range, int bits) {
    if (range.fits(bits)) return range;
    const NumberFormat accumulator{bits, true};
    return {accumulator.min(), accumulator.max()};
}

void check(const QuantizedLayer& layer) {
    if (!layer.has_array_work()) return;
    const bool whole_groups = layer.groups > 0 && layer.input.channels % layer.groups == 0 &&
                              layer.out_channels() % layer.groups == 0;
    if (!whole_groups ||
        static_cast<int64_t>(layer.weights.size()) != layer.depth() * layer.out_channels()) {
        throw InternalError(layer.name + ": weights of another shape");
    }
    const MapShape computed = computed_pixels(layer);
    if (computed.height > layer.conv.height || computed.width > layer.conv.width) {
        throw InternalError(layer.name + ": fused pooling windows leave the map");
    }
}

}  // namespace

class LayerKernel::Implementation {
  public:
    Implementation(const QuantizedLayer& layer, const ReferenceOptions& options,
                   const KernelChoice& choice)
        : layer_(layer), simd_(simd_kernels(choice.isa)) {
        check(layer);
        if (!layer.has_array_work()) return;
        const SumRange range = sum_range(layer, std::min(options.accumulator_bits, 32));
        array_ = choose_array_kernel(layer, options, range, choice);
        post_process_.emplace(layer, options, accumulator_range(range, options.accumulator_bits),
                              simd_);
    }

    std::string name() const { return array_ ? array_->name() : "pool"; }

    ReferenceCounts run(const PackedMaps& maps, KernelWorkspace& workspace) const {
        if (layer_.residual.has_value() != (maps.residual != nullptr)) {
            throw InternalError(layer_.name + ": residual operand missing, or none expected");
        }
        const bool keeps_format = array_ || layer_.input_format == layer_.output_format;
        if (layer_.output_format.bits != 8 || !keeps_format) {
            auto* values =
                workspace.get<int32_t>(KernelWorkspace::kValues, layer_.output.elements());
            const ReferenceCounts counts = run_to(maps, values, workspace);
            pack(values, layer_.output.elements(), layer_.output_format.bits, maps.output);
            return counts;
        }
        if (!layer_.output_format.is_signed) return run_to(maps, maps.output, workspace);
        return run_to(maps, reinterpret_cast<int8_t*>(maps.output), workspace);
    }

  private:
    template <typename Value>
    ReferenceCounts run_to(const PackedMaps& maps, Value* output,
                           KernelWorkspace& workspace) const {
        if (array_) return convolve(maps, output, workspace);
        pool_map(layer_.pool, layer_.input, input_values<Value>(maps.input, workspace),
                 layer_.output, output, simd_);
        return {};
    }

    /// A map of bytes is what it is packed to.
    template <typename Value>
    const Value* input_values(const uint8_t* input, KernelWorkspace& workspace) const {
        if constexpr (sizeof(Value) == 1) {
            return reinterpret_cast<const Value*>(input);
        } else {
            const int64_t elements = layer_.input.elements();
            auto* values = workspace.get<Value>(KernelWorkspace::kInput, elements);
            unpack(input, 0, elements, layer_.input_format, values);
            return values;
        }
    }

    SumRows sums_for(int64_t rows, KernelWorkspace& workspace) const {
        const int64_t elements =
            std::max(rows, std::min(array_->rows_at_once(), layer_.conv.height)) *
            layer_.conv.width * layer_.conv.channels;
        SumRows sums;
        if (array_->is_wide()) {
            sums.wide = workspace.get<int64_t>(KernelWorkspace::kSums, elements);
        } else {
            sums.narrow = workspace.get<int32_t>(KernelWorkspace::kSums, elements);
        }
        return sums;
    }

    /// Strip by strip, so that sums stay in the caches.
    template <typename Value>
    ReferenceCounts convolve(const PackedMaps& maps, Value* output,
                             KernelWorkspace& workspace) const {
        const bool pools = layer_.pool.kind != PoolKind::kNone;
        const int64_t step = pools ? layer_.pool.window.stride_height : 1;
        const int64_t most_rows = std::max<int64_t>(1, array_->rows_at_once() / step) * step;
        const int64_t pitch = layer_.conv.width * layer_.conv.channels;
        const MapShape computed = computed_pixels(layer_);
        ReferenceCounts counts;
        for (RowRange rows; rows.first < computed.height; rows.first += rows.count) {
            rows.count = std::min(most_rows, computed.height - rows.first);
            const SumRows sums = sums_for(rows.count, workspace);
            counts.overflows += array_->compute(maps.input, rows, sums, workspace);
            Value* values = pools
                                ? workspace.get<Value>(KernelWorkspace::kStrip, rows.count * pitch)
                                : output + rows.first * pitch;
            counts.saturations += post_process(maps, rows, sums, values, workspace);
            if (!pools) continue;
            const MapShape pooled{rows.count / step, layer_.output.width, layer_.output.channels};
            pool_map(layer_.pool, {rows.count, layer_.conv.width, layer_.conv.channels}, values,
                     pooled, output + rows.first / step * pooled.width * pooled.channels, simd_);
        }
        return counts;
    }

    /// The computed pixels of those rows.
    template <typename Value>
    int64_t post_process(const PackedMaps& maps, RowRange rows, const SumRows& sums, Value* values,
                         KernelWorkspace& workspace) const {
        const int64_t pitch = layer_.conv.width * layer_.conv.channels;
        const int64_t elements = computed_pixels(layer_).width * layer_.conv.channels;
        const bool has_gaps = elements != pitch;
        const int64_t stretches = has_gaps ? rows.count : 1;
        const int64_t stretch = has_gaps ? elements : rows.count * pitch;
        int64_t saturations = 0;
        for (int64_t i = 0; i < stretches; ++i) {
            const SumRows from{sums.narrow ? sums.narrow + i * pitch : nullptr,
                               sums.wide ? sums.wide + i * pitch : nullptr};
            saturations += post_process_->run(from, (rows.first + i) * pitch, stretch,
                                              maps.residual, values + i * pitch, workspace);
        }
        return saturations;
    }

    const QuantizedLayer& layer_;
    const SimdKernels& simd_;
    std::unique_ptr<ArrayKernel> array_;  ///< none: a pooling layer
    std::optional<PostProcess> post_process_;
};

LayerKernel::LayerKernel(const QuantizedLayer& layer, const ReferenceOptions& options,
                         const KernelChoice& choice)
    : implementation_(std::make_unique<Implementation>(layer, options, choice)) {}

LayerKernel::~LayerKernel() = default;
LayerKernel::LayerKernel(LayerKernel&&) noexcept = default;
LayerKernel& LayerKernel::operator=(LayerKernel&&) noexcept = default;

ReferenceCounts LayerKernel::run(const PackedMaps& maps, KernelWorkspace& workspace) const {
    return implementation_->run(maps, workspace);
}

std::string LayerKernel::name() const { return implementation_->name(); }

}  // namespace accelsim
