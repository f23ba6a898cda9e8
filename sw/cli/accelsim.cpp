#include <sysc/kernel/sc_externs.h>

#include <cstdlib>

#include "sw/cli/command_line.h"

int sc_main(int argc, char** argv) { return accelsim::run_command_line(argc, argv); }

/// SystemC's own `main` would print its banner on standard error of every run.
int main(int argc, char** argv) {
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
