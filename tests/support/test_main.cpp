#include <gtest/gtest.h>

#include <systemc>

/// libsystemc holds `main`; GoogleTest starts from its sc_main (never link gtest_main beside it). A
/// SystemC warning fails a test.
int sc_main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
    return RUN_ALL_TESTS();
}
