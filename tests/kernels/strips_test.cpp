#include <gtest/gtest.h>

#include "tests/kernels/kernel_case.h"

namespace accelsim {
namespace {

/// Many rows, so that the sums are computed in several strips.
KernelCase tall_case(PoolKind pool, Dice& dice) {
    KernelCase drawn = plain_convolution({62, 41, 3}, 64, 3, true, dice);
    QuantizedLayer& layer = drawn.layer;
    layer.activation.kind = ActivationKind::kRandomizedRelu;
    layer.output_format.is_signed = true;
    layer.pool.kind = pool;
    Window& window = layer.pool.window;
    window.kernel_height = window.stride_height = 3;
    window.kernel_width = window.stride_width = 2;
    layer.output = {62 / 3, 41 / 2, 64};
    layer.residual.emplace();
    layer.residual->format = {5, true};
    layer.residual->sum_format = {8, true};
    layer.residual->add = {1 << 30, 2, 1 << 30, 1, 1 << 30, 17};
    drawn.residual = random_residual(layer, dice);
    add_random_words(layer, dice, drawn.options);
    return drawn;
}

TEST(LayerKernel, StripsEndWherePoolingWindowsEnd) {
    Dice dice(12);
    for (PoolKind pool : {PoolKind::kMax, PoolKind::kAverage}) {
        KernelCase drawn = tall_case(pool, dice);
        expect_equal(drawn, "bytes");
        drawn.layer.output_format.bits = 7;
        expect_equal(drawn, "7 bits");
        drawn.options.accumulator_bits = 14;
        drawn.options.fold_depth = 4;
        expect_equal(drawn, "ordered");
        drawn.layer.input_format.bits = drawn.layer.weight_format.bits = 16;
        drawn.options.accumulator_bits = 40;
        expect_equal(drawn, "wide");
    }
}

}  // namespace
}  // namespace accelsim
