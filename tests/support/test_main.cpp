#include <gtest/gtest.h>

#include <systemc>

/// libsystemc holds `main`; GoogleTest starts from its sc_main (never link gtest_main beside it).
int sc_main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
