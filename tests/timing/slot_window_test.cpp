// The last loaded blocks against a plain list of them.
#include "sw/timing/slot_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/support/random_case.h"

namespace accelsim {
namespace {

constexpr int kSteps = 400;
constexpr int64_t kKeys = 4;

/// The keys of the blocks in the slots, the oldest first.
std::vector<int64_t> keys_in(SlotWindow<int64_t> window) {
    std::vector<int64_t> keys;
    window.for_each([&](int64_t& key) { keys.push_back(key); });
    return keys;
}

TEST(SlotWindow, LoadsWhatIsNotThere) {
    for (const int slots : {1, 2}) {
        oracle::Random random(static_cast<uint64_t>(slots));
        SlotWindow<int64_t> window(slots);
        std::vector<int64_t> loads;  // every key that was loaded
        for (int step = 0; step < kSteps; ++step) {
            const int64_t key = random.between(1, kKeys);
            const auto resident = loads.end() - std::min<int64_t>(slots, window.loaded());
            const auto found = std::find(resident, loads.end(), key);
            const auto number = found - loads.begin();
            const bool expect_new = found == loads.end();
            if (expect_new) loads.push_back(key);
            bool is_new = !expect_new;
            ASSERT_EQ(window.find_or_load(key, &is_new), number) << "step " << step;
            ASSERT_EQ(is_new, expect_new) << "step " << step;
            ASSERT_EQ(window.loaded(), static_cast<int64_t>(loads.size()));
            const auto count = std::min<std::ptrdiff_t>(slots, loads.end() - loads.begin());
            ASSERT_EQ(keys_in(window), std::vector(loads.end() - count, loads.end()));
        }
    }
}

TEST(SlotWindow, TellsTheOldestSlot) {
    SlotWindow<int64_t> window(2);
    bool is_new = false;
    for (int64_t block = 0; block < 5; ++block) {
        window.find_or_load(block, &is_new);
        if (block == 0) continue;
        EXPECT_EQ(window.slot_by_age(0), static_cast<size_t>((block - 1) % 2));
        EXPECT_EQ(window.slot_by_age(1), static_cast<size_t>(block % 2));
    }
    const SlotWindow<int64_t> single(1);
    EXPECT_EQ(single.slot_by_age(0), 0u);
    EXPECT_EQ(single.slot_by_age(1), 1u) << "the slot that is not there stays as it is";
}

TEST(SlotWindow, ComparesBlocksAndNotTheirNumbers) {
    oracle::Random random(7);
    int same = 0;
    for (int run = 0; run < kSteps; ++run) {
        const int slots = static_cast<int>(random.between(1, 2));
        SlotWindow<int64_t> a(slots), b(slots);
        bool is_new = false;
        for (SlotWindow<int64_t>* window : {&a, &b}) {
            for (int64_t i = random.between(0, 4); i > 0; --i) {
                window->find_or_load(random.between(1, 2), &is_new);
            }
        }
        const bool expected = keys_in(a) == keys_in(b);
        same += expected;
        ASSERT_EQ(a.holds_the_same(b), expected) << "run " << run;
    }
    EXPECT_GT(same, kSteps / 10);
    EXPECT_LT(same, kSteps * 9 / 10);
}

}  // namespace
}  // namespace accelsim
