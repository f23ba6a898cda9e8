#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace accelsim {

/// Slot of block `number` of a buffer of one or two slots: `number` mod `slots`.
inline size_t slot_of_block(int64_t number, int slots) {
    return slots == 1 ? 0 : static_cast<size_t>(number & 1);
}

/// The blocks that are in a buffer's one or two slots: the last loaded ones.
template <typename Key>
class SlotWindow {
  public:
    explicit SlotWindow(int slots) : slots_(slots) {}

    /// Number of the block with this key; `*is_new` says that it must be loaded first.
    int64_t find_or_load(const Key& key, bool* is_new) {
        for (int64_t number = loaded_ < slots_ ? 0 : loaded_ - slots_; number < loaded_; ++number) {
            if (keys_[place(number)] != key) continue;
            *is_new = false;
            return number;
        }
        *is_new = true;
        keys_[place(loaded_)] = key;
        return loaded_++;
    }

    int64_t loaded() const { return loaded_; }

    /// The slot whose block was loaded first (age 0), next, ...
    size_t slot_by_age(size_t age) const {
        const auto slots = static_cast<size_t>(slots_);
        return age < slots ? (static_cast<size_t>(loaded_) + age) % slots : age;
    }

    /// Calls f(key) for every key, the oldest first.
    template <typename F>
    void for_each(F f) {
        for (int64_t number = loaded_ < slots_ ? 0 : loaded_ - slots_; number < loaded_; ++number) {
            f(keys_[place(number)]);
        }
    }

    /// The same blocks, the oldest first, whatever their numbers.
    bool holds_the_same(const SlotWindow& other) const {
        const int64_t count = loaded_ < slots_ ? loaded_ : slots_;
        if (count != (other.loaded_ < slots_ ? other.loaded_ : slots_)) return false;
        for (int64_t age = 1; age <= count; ++age) {
            if (keys_[place(loaded_ - age)] != other.keys_[place(other.loaded_ - age)])
                return false;
        }
        return true;
    }

  private:
    size_t place(int64_t number) const { return slot_of_block(number, slots_); }

    int slots_;
    int64_t loaded_ = 0;
    std::array<Key, 2> keys_{};
};

}  // namespace accelsim
