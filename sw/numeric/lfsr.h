#pragma once

#include <cstdint>

namespace accelsim {

enum class LfsrDirection { kLeft, kRight };

/// The 8-bit Fibonacci LFSR of a randomized ReLU. Its first state must not be zero.
struct LfsrParams {
    uint8_t state = 0x0C;  ///< at the start of each layer and image
    LfsrDirection direction = LfsrDirection::kLeft;
    uint8_t taps =
        0xB8;  ///< bit i: register bit i feeds back; the published 8, 6, 5, 4 count from 1
};

/// Linear feedback shift register: at each step the exclusive or of its taps enters at the end from
/// which it shifts.
class Lfsr {
  public:
    explicit Lfsr(const LfsrParams& params) : params_(params), state_(params.state) {}

    uint8_t state() const { return state_; }

    void step() {
        const bool feedback = __builtin_parity(state_ & params_.taps) != 0;
        state_ = params_.direction == LfsrDirection::kLeft
                     ? static_cast<uint8_t>((state_ << 1) | (feedback ? 0x01 : 0))
                     : static_cast<uint8_t>((state_ >> 1) | (feedback ? 0x80 : 0));
    }

    /// Slope of a randomized ReLU for negative values, Q2.6: 8 + floor(state[3:0] * 13 / 16), that
    /// is 0.125 .. 0.3125.
    int32_t slope() const { return 8 + ((state_ & 0x0F) * 13) / 16; }

  private:
    LfsrParams params_;
    uint8_t state_;
};

}  // namespace accelsim
