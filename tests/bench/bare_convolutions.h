#pragma once

#include <dnnl.hpp>
#include <vector>

#include "sw/network/quantized_network.h"

namespace accelsim {

/// oneDNN's own 8-bit convolutions of the same layers, into 32-bit sums, on one thread: the limit
/// that the processor sets.
class BareConvolutions {
  public:
    explicit BareConvolutions(const std::vector<QuantizedLayer>& layers);
    void run();

  private:
    struct Layer {
        dnnl::convolution_forward convolution;
        dnnl::memory source, weights, sums;
    };

    dnnl::memory filled(const dnnl::memory::desc& desc);
    void add(const QuantizedLayer& layer);

    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_;
    std::vector<Layer> layers_;
};

}  // namespace accelsim
