// What the machine counts of its values, against the waveform of the same run.
#include <bitset>

#include "tests/trace/gemm_waveform.h"

namespace accelsim {
namespace {

class GemmActivity : public GemmWaveform {
  protected:
    /// The count to which a register of that name belongs; null for what is none.
    static int64_t RegisterToggles::*kind_of(const std::string& name) {
        const auto starts = [&](const char* text) { return name.rfind(text, 0) == 0; };
        if (starts("input_row_") || starts("top_col_")) return &RegisterToggles::input;
        if (starts("deskew_col_")) return &RegisterToggles::output;
        if (!starts("pe_")) return nullptr;  // tokens
        const std::string of_pe = name.substr(name.find('.') + 1);
        const auto is = [&](const char* text) { return of_pe.rfind(text, 0) == 0; };
        if (is("moving") || is("weight")) return &RegisterToggles::moving;
        if (is("active") || is("shadow")) return &RegisterToggles::stationary;
        if (is("product")) return &RegisterToggles::product;
        if (is("partial_sum")) return &RegisterToggles::partial_sum;
        return is("result") ? &RegisterToggles::output : nullptr;
    }

    int width(const std::string& operand) const {
        const std::string part = array.macs_per_pe == 2 ? "_0" : "";
        return wave.dump.at("accelerator.array.pe_0_0." + operand + part).width;
    }

    /// Bits of it that change, of the lowest `bits`.
    static int64_t flips(const vcd::Variable& variable, int bits) {
        int64_t flips = 0;
        uint64_t before = std::stoull(variable.changes.front().second, nullptr, 2);
        for (const auto& [time, text] : variable.changes) {
            const uint64_t now = std::stoull(text, nullptr, 2);
            const uint64_t mask = (uint64_t{1} << bits) - 1;
            flips += static_cast<int64_t>(std::bitset<64>((before ^ now) & mask).count());
            before = now;
        }
        return flips;
    }
};

TEST_P(GemmActivity, TogglesAreTheChangesOfTheWaveform) {
    RegisterToggles expected;
    const std::string above = "accelerator.array.";
    // A waveform shows products with more copies of their sign than their registers have.
    const int product = width("moving") + width(wave.top_operand()) + array.macs_per_pe - 1;
    for (const auto& [name, variable] : wave.dump.variables) {
        if (name.rfind(above, 0) != 0) continue;
        const auto kind = kind_of(name.substr(above.size()));
        if (kind == nullptr) continue;
        expected.*kind +=
            flips(variable, kind == &RegisterToggles::product ? product : variable.width);
    }
    const RegisterToggles& counted = wave.toggles;
    EXPECT_EQ(counted.input, expected.input);
    EXPECT_EQ(counted.moving, expected.moving);
    EXPECT_EQ(counted.stationary, expected.stationary);
    EXPECT_EQ(counted.product, expected.product);
    EXPECT_EQ(counted.partial_sum, expected.partial_sum);
    EXPECT_EQ(counted.output, expected.output);
    EXPECT_GT(counted.total(), 10 * wave.cycles);
}

TEST_P(GemmActivity, NonzeroMacsAreThoseOfTheMatrices) {
    int64_t macs = 0;
    for (int64_t pixel = 0; pixel < wave.kM; ++pixel) {
        for (int64_t k = 0; k < wave.kK; ++k) {
            for (int64_t channel = 0; channel < wave.kN; ++channel) {
                macs += wave.x_at(pixel, k) != 0 && wave.w_at(k, channel) != 0;
            }
        }
    }
    EXPECT_EQ(wave.nonzero_macs, macs);
}

INSTANTIATE_TEST_SUITE_P(Dataflows, GemmActivity, ::testing::ValuesIn(kGemmCases));

}  // namespace
}  // namespace accelsim
