#include "sw/kernels/onednn_convolution.h"

#include <omp.h>

#include <algorithm>
#include <dnnl.hpp>
#include <string>
#include <vector>

#include "sw/kernels/packed_values.h"

namespace accelsim::kernels {
namespace {

/// oneDNN works on the calling thread alone: threads are for images, and a process that has started
/// a team of threads hangs when it forks.
class OneThread {
  public:
    OneThread() : threads_before_(omp_get_max_threads()) { omp_set_num_threads(1); }
    ~OneThread() { omp_set_num_threads(threads_before_); }
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

  private:
    int threads_before_;
};

const dnnl::engine& engine() {
    static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

dnnl::memory::desc map_desc(MapShape shape, dnnl::memory::data_type type) {
    return {{1, shape.channels, shape.height, shape.width}, type, dnnl::memory::format_tag::nhwc};
}

/// (groups, out_channels, channels, height, width), the first two as one without groups.
dnnl::memory::dims weight_dims(const QuantizedLayer& layer) {
    const int64_t groups = layer.groups;
    const int64_t channels = layer.input.channels / groups;
    const int64_t height = layer.window.kernel_height;
    const int64_t width = layer.window.kernel_width;
    if (groups == 1) return {layer.out_channels(), channels, height, width};
    return {groups, layer.out_channels() / groups, channels, height, width};
}

dnnl::convolution_forward::primitive_desc describe(const QuantizedLayer& layer) {
    using Type = dnnl::memory::data_type;
    const Window& window = layer.window;
    const dnnl::memory::desc weights(weight_dims(layer), Type::s8, dnnl::memory::format_tag::any);
    const dnnl::convolution_forward::desc convolution(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
        map_desc(layer.input, layer.input_format.is_signed ? Type::s8 : Type::u8), weights,
        map_desc(layer.conv, Type::s32), {window.stride_height, window.stride_width},
        {window.pad_top, window.pad_left}, {window.pad_bottom, window.pad_right});
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return {convolution, attributes, engine()};
}

class OnednnConvolution : public ArrayKernel {
  public:
    OnednnConvolution(const QuantizedLayer& layer,
                      const dnnl::convolution_forward::primitive_desc& description)
        : layer_(layer),
          description_(description),
          convolution_(description),
          weights_(description.weights_desc(), engine()) {
        std::vector<int8_t> plain(layer.weights.size());
        std::transform(layer.weights.begin(), layer.weights.end(), plain.begin(),
                       [](int16_t weight) { return static_cast<int8_t>(weight); });
        const auto tag =
            layer.groups == 1 ? dnnl::memory::format_tag::hwio : dnnl::memory::format_tag::hwigo;
        dnnl::memory from({weight_dims(layer), dnnl::memory::data_type::s8, tag}, engine(),
                          plain.data());
        dnnl::stream stream(engine());
        dnnl::reorder(from, weights_).execute(stream, from, weights_);
        stream.wait();
    }

    std::string name() const override { return "onednn_int8"; }
    bool is_wide() const override { return false; }
    int64_t rows_at_once() const override { return layer_.conv.height; }

    int64_t compute(const uint8_t* input, RowRange, const SumRows& sums,
                    KernelWorkspace& workspace) const override {
        const OneThread one_thread;
        auto* scratchpad =
            workspace.get<uint8_t>(KernelWorkspace::kScratchpad,
                                   static_cast<int64_t>(description_.scratchpad_desc().get_size()));
        // oneDNN does not write to its source.
        auto* source = const_cast<uint8_t*>(bytes_of(input, workspace));
        dnnl::stream stream(engine());
        convolution_.execute(
            stream,
            {{DNNL_ARG_SRC, {description_.src_desc(), engine(), source}},
             {DNNL_ARG_WEIGHTS, weights_},
             {DNNL_ARG_DST, {description_.dst_desc(), engine(), sums.narrow}},
             {DNNL_ARG_SCRATCHPAD, {description_.scratchpad_desc(), engine(), scratchpad}}});
        stream.wait();
        return 0;
    }

  private:
    /// A byte for each value.
    const uint8_t* bytes_of(const uint8_t* input, KernelWorkspace& workspace) const {
        if (layer_.input_format.bits == 8) return input;
        const int64_t elements = layer_.input.elements();
        auto* bytes = workspace.get<uint8_t>(KernelWorkspace::kInput, elements);
        unpack(input, 0, elements, layer_.input_format, bytes);
        return bytes;
    }

    const QuantizedLayer& layer_;
    dnnl::convolution_forward::primitive_desc description_;
    dnnl::convolution_forward convolution_;
    dnnl::memory weights_;  ///< in the order that the convolution wants
};

}  // namespace

std::unique_ptr<ArrayKernel> make_onednn_convolution(const QuantizedLayer& layer) {
    const bool fits_bytes = layer.input_format.bits <= 8 && layer.weight_format.min() >= -128 &&
                            layer.weight_format.max() <= 127;
    if (!fits_bytes) return nullptr;
    const OneThread one_thread;
    try {
        const auto description = describe(layer);
        const std::string loop = description.impl_info_str();
        if (loop.rfind("ref", 0) == 0) return nullptr;
        return std::make_unique<OnednnConvolution>(layer, description);
    } catch (const dnnl::error& error) {
        if (error.status == dnnl_unimplemented) return nullptr;
        throw;
    }
}

}  // namespace accelsim::kernels
