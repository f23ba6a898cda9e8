#pragma once

#include <cstdint>
#include <vector>

namespace accelsim {

/// A chain of `length` registers through which event tokens pass: what enters the first at a clock
/// edge stands at the last one's output `length - 1` edges later.
class TokenDelay {
  public:
    explicit TokenDelay(int64_t length) : tokens_(static_cast<size_t>(length)) {}

    /// One clock edge: `entering` tokens go in; returns how many stand at the output from now on.
    int64_t clock(int64_t entering) {
        tokens_[newest_] = entering;
        if (++newest_ == tokens_.size()) newest_ = 0;
        return tokens_[newest_];
    }
    bool is_wire() const { return tokens_.empty(); }

  private:
    std::vector<int64_t> tokens_;
    size_t newest_ = 0;
};

}  // namespace accelsim
