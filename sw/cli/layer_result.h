#pragma once

#include <cstddef>

#include "sw/network/quantized_network.h"
#include "sw/report/run_result.h"
#include "sw/schedule/plan.h"

namespace accelsim {

LayerScheduleSummary schedule_summary(const QuantizedLayer& layer, const LayerPlan& plan);

/// What the report says of one layer, but for what the hardware counted.
LayerResult describe_layer(const QuantizedNetwork& network, size_t index, const LayerPlan& plan);

}  // namespace accelsim
