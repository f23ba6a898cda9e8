#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/config/config_files.h"
#include "tests/support/test_name.h"

namespace accelsim {

/// Line 1 of a configuration: a valid network.
inline constexpr const char* kGemm = "network: {gemm: {m: 8, k: 16, n: 8}}\n";

/// A configuration with one fault; `message` follows `run.yaml:`.
struct Wrong {
    const char* text;
    const char* message;
};

inline void PrintTo(const Wrong& wrong, std::ostream* out) { *out << test_name(wrong.message); }

class WrongConfig : public ::testing::TestWithParam<Wrong> {
  protected:
    /// `first_line` comes before the parameter's text.
    void expect_told(const std::string& first_line) const {
        folder_.write("run.yaml", first_line + GetParam().text);
        EXPECT_EQ(faults_of(request_of("run.yaml")), std::string("run.yaml:") + GetParam().message);
    }

  private:
    WorkingFolder folder_;
};

}  // namespace accelsim
