#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace accelsim {

/// The blocks that are in a buffer's slots: the last `slots` loaded ones.
template <typename Key>
class SlotWindow {
  public:
    explicit SlotWindow(int slots) : slots_(static_cast<size_t>(slots)) {}

    /// Number of the block with this key; `*is_new` says that it must be loaded first.
    int32_t find_or_load(const Key& key, bool* is_new) {
        const size_t oldest = loaded_.size() > slots_ ? loaded_.size() - slots_ : 0;
        for (size_t i = oldest; i < loaded_.size(); ++i) {
            if (loaded_[i] == key) {
                *is_new = false;
                return static_cast<int32_t>(i);
            }
        }
        loaded_.push_back(key);
        *is_new = true;
        return static_cast<int32_t>(loaded_.size() - 1);
    }

    std::vector<Key> take() { return std::move(loaded_); }

  private:
    size_t slots_;
    std::vector<Key> loaded_;
};

}  // namespace accelsim
