#pragma once

#include "tests/support/random_case.h"

/// The draws that single cases and chains share.
namespace accelsim::oracle {

/// A case before the oracle is asked; it may not fit.
RandomCase draft(Random& random);

Layer draw_convolution(Random& random);
Layer draw_pooling(Random& random);

/// The schedule of a layer, legal but for what does not fit.
SizeOverrides draw_overrides(Random& random, const Layer& layer, const Accelerator& accelerator);

/// Changes the layer so that its convolution's output has its input's height and width.
void keep_height_and_width(Random& random, Layer& layer);

/// Whether the layer has a batch normalization for the accelerator's unit.
bool draw_batch_norm(Random& random, const RandomCase& drawn);

/// The widths of a layer's weights and outputs.
void draw_layer_bits(Random& random, Accelerator& accelerator);

/// A buffer of `slots` slots of 2^low to 2^high bytes each, of any size between.
Buffer draw_buffer(Random& random, int64_t low, int64_t high);

}  // namespace accelsim::oracle
