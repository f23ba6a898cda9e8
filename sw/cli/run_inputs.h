#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sw/network/images.h"
#include "sw/network/parallel.h"
#include "sw/network/quantized_network.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// Threads for work on many images.
int worker_threads();

/// Shows a bar for work that reports how many of how many are done; the unit is for people.
ProgressCallback progress_bar(const char* what, const char* unit = "");

/// What a run simulates: the network as the accelerator runs it, and the images. Without
/// `simulation.values` there are no images, and the network has shapes and formats alone.
class RunInputs {
  public:
    /// `with_float`: the network in real numbers is run on images with labels.
    void load(const RunParams& params, bool with_float = true);

    const QuantizedNetwork& network() const { return network_; }
    const ImageSet& images() const { return images_; }
    const InputParams& preprocessing() const { return preprocessing_; }
    /// For people; empty without images.
    const std::string& images_source() const { return images_source_; }
    /// Images that the network before quantization gets right, where they have labels.
    std::optional<int64_t> float_correct() const { return float_correct_; }
    /// Image `index` as the network reads it.
    IntegerMap quantized(int64_t index) const;

  private:
    QuantizedNetwork network_;
    ImageSet images_;
    InputParams preprocessing_;
    std::string images_source_;
    std::optional<int64_t> float_correct_;
};

}  // namespace accelsim
