#include "tests/bench/bare_convolutions.h"

#include <omp.h>

#include <cstdint>

#include "sw/numeric/random.h"

namespace accelsim {

BareConvolutions::BareConvolutions(const std::vector<QuantizedLayer>& layers) : stream_(engine_) {
    omp_set_num_threads(1);
    for (const QuantizedLayer& layer : layers) add(layer);
}

void BareConvolutions::run() {
    for (Layer& layer : layers_) {
        layer.convolution.execute(stream_, {{DNNL_ARG_SRC, layer.source},
                                            {DNNL_ARG_WEIGHTS, layer.weights},
                                            {DNNL_ARG_DST, layer.sums}});
    }
    stream_.wait();
}

dnnl::memory BareConvolutions::filled(const dnnl::memory::desc& desc) {
    dnnl::memory memory(desc, engine_);
    auto* bytes = static_cast<uint8_t*>(memory.get_data_handle());
    const RandomStream random(3, desc.get_size());
    for (size_t i = 0; i < desc.get_size(); ++i) bytes[i] = static_cast<uint8_t>(random.bits(i));
    return memory;
}

void BareConvolutions::add(const QuantizedLayer& layer) {
    using Tag = dnnl::memory::format_tag;
    using Type = dnnl::memory::data_type;
    const Window& window = layer.window;
    const dnnl::convolution_forward::primitive_desc description(
        {dnnl::prop_kind::forward_inference,
         dnnl::algorithm::convolution_direct,
         {{1, layer.input.channels, layer.input.height, layer.input.width}, Type::u8, Tag::nhwc},
         {{layer.out_channels(), layer.input.channels, window.kernel_height, window.kernel_width},
          Type::s8,
          Tag::any},
         {{1, layer.out_channels(), layer.conv.height, layer.conv.width}, Type::s32, Tag::nhwc},
         {window.stride_height, window.stride_width},
         {window.pad_top, window.pad_left},
         {window.pad_bottom, window.pad_right}},
        engine_);
    layers_.push_back({dnnl::convolution_forward(description), filled(description.src_desc()),
                       filled(description.weights_desc()),
                       dnnl::memory(description.dst_desc(), engine_)});
}

}  // namespace accelsim
