#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

namespace accelsim {

/// Seeds first .. first + count - 1; a given ACCELSIM_TEST_SEED is the only one.
struct Seeds {
    explicit Seeds(uint64_t usual_count) : usual(usual_count), count(usual_count) {
        if (const char* given = std::getenv("ACCELSIM_TEST_CASES")) {
            count = std::strtoull(given, nullptr, 10);
        }
        if (const char* given = std::getenv("ACCELSIM_TEST_SEED")) {
            first = std::strtoull(given, nullptr, 10);
            count = 1;
        }
    }

    uint64_t usual;
    uint64_t first = 0;
    uint64_t count;
};

/// Counts the features of the cases; each must be in one of twenty.
class Coverage {
  public:
    void add(const std::map<std::string, bool>& features) {
        for (const auto& [name, present] : features) counts_[name] += present ? 1 : 0;
    }

    void check(const Seeds& seeds) const {
        for (const auto& [name, count] : counts_) {
            std::printf("%-30s %5.1f %% of the cases\n", name.c_str(),
                        100.0 * static_cast<double>(count) / static_cast<double>(seeds.count));
            if (seeds.count >= seeds.usual) {
                EXPECT_GE(count * 20, seeds.count) << name;
            }
        }
    }

  private:
    std::map<std::string, uint64_t> counts_;
};

}  // namespace accelsim
