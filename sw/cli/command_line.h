#pragma once

namespace accelsim {

/// Parses the command line, runs the command and tells faults on standard error. Returns the exit
/// status: 0 done and every check held, 1 values differ, 2 the user's fault, 3 internal fault or
/// deadlock. Nothing leaves it as an exception.
int run_command_line(int argc, const char* const* argv) noexcept;

}  // namespace accelsim
