#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace accelsim {

/// The count of an event behind a chain of `length` registers: each event is a token that enters
/// the chain at the clock edge after it is visible and is visible again `length` cycles after it
/// first was.
class DelayedCount {
  public:
    explicit DelayedCount(int64_t length) : tokens_(static_cast<size_t>(length)) {}

    /// Without registers the event itself is what is visible.
    bool is_wire() const { return tokens_.empty(); }

    /// One clock edge; `source` is the event's count in the cycle that ends. True where tokens
    /// arrive.
    bool clock(int64_t source) {
        tokens_[newest_] = source - seen_;
        seen_ = source;
        if (++newest_ == tokens_.size()) newest_ = 0;
        count_ += tokens_[newest_];
        return tokens_[newest_] > 0;
    }

    /// START: tokens that are still on their way belong to the layer before.
    void restart(int64_t source) {
        std::fill(tokens_.begin(), tokens_.end(), 0);
        seen_ = source;
        count_ = 0;
    }

    int64_t count() const { return count_; }

  private:
    std::vector<int64_t> tokens_;
    size_t newest_ = 0;
    int64_t seen_ = 0;
    int64_t count_ = 0;
};

}  // namespace accelsim
