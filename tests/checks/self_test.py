#!/usr/bin/python3 -B
"""Shows that each check can fail, on small trees of its own."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import include_direction
import listed_files

PROJECT = Path(__file__).resolve().parents[2]
CLANG_FORMAT_MISSING = 77


class Tree(unittest.TestCase):
    """Gives each test an empty project."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name in ("sw", "hw", "tests"):
            (self.root / name).mkdir()

    def write(self, name, *lines):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")


class IncludeDirection(Tree):
    def faults_of(self, file, *lines):
        self.write(file, *lines)
        return [fault for fault in include_direction.check(self.root) if fault.startswith(file)]

    def test_passes_what_the_table_allows(self):
        self.assertEqual(self.faults_of("hw/array/pe.h", "#include <systemc>", '#include "sw/base/tensor.h"'), [])
        self.assertEqual(self.faults_of("hw/control/sequencer.h", '#include "sw/schedule/program.h"'), [])
        self.assertEqual(self.faults_of("sw/cli/run.cpp", '#include "sw/driver/driver.h"'), [])

    def test_sees_an_include_upwards(self):
        self.assertEqual(
            self.faults_of("sw/base/log.h", "", '#include "sw/numeric/requantize.h"'),
            ["sw/base/log.h:2: include: sw/base must not see it, got sw/numeric/requantize.h"])

    def test_sees_neighbours_that_must_not_know_each_other(self):
        self.assertEqual(len(self.faults_of("hw/array/pe.h", '#include "hw/layers/relu.h"')), 1)
        self.assertEqual(len(self.faults_of("hw/top/top.h", '#include "sw/schedule/tiling.h"')), 1)

    def test_sees_an_oracle_that_reaches_what_it_judges(self):
        self.write("sw/network/graph.h", '#include "sw/timing/jobs.h"')
        faults = self.faults_of("tests/support/timing_oracle_sizes.cpp", '#include "sw/network/graph.h"')
        self.assertIn(
            "tests/support/timing_oracle_sizes.cpp:1: include: tests/support/timing_oracle must not reach it, "
            "got sw/timing/jobs.h (by way of sw/network/graph.h)", faults)

    def test_sees_a_reference_executor_that_knows_parameters(self):
        self.assertEqual(len(self.faults_of("sw/network/reference_executor.h", '#include "sw/params/run_params.h"')), 1)

    def test_sees_hardware_that_reaches_graphs(self):
        self.write("sw/schedule/program.h", '#include "sw/network/graph.h"')
        self.assertEqual(len(self.faults_of("hw/control/sequencer.h", '#include "sw/schedule/program.h"')), 1)

    def test_sees_systemc_on_the_host_side(self):
        self.assertEqual(len(self.faults_of("sw/base/log.h", "#include <systemc>")), 1)
        self.assertEqual(len(self.faults_of("hw/array/pe.h", "#include <systemc.h>")), 1)

    def test_sees_relative_paths_and_unknown_folders(self):
        self.assertEqual(len(self.faults_of("sw/base/log.cpp", '#include "log.h"')), 1)
        self.assertEqual(len(self.faults_of("sw/extra/extra.cpp")), 1)


class ListedFiles(Tree):
    def test_passes_a_complete_tree(self):
        self.write("sw/base/CMakeLists.txt", "accelsim_library(accelsim_base SOURCES log.cpp)")
        self.write("sw/base/log.h")
        self.write("sw/base/log.cpp", '#include "sw/base/log.h"')
        self.assertEqual(listed_files.check(self.root), [])

    def test_sees_forgotten_files(self):
        self.write("sw/base/CMakeLists.txt", "# log.cpp")
        self.write("sw/base/log.h")
        self.write("sw/base/log.cpp")
        self.assertEqual(listed_files.check(self.root), [
            "sw/base/log.cpp:1: source: must be named in a CMakeLists.txt",
            "sw/base/log.h:1: header: must be included by some file"])


class Format(Tree):
    def test_sees_a_file_that_is_not_formatted(self):
        (self.root / "scripts").mkdir()
        shutil.copy(PROJECT / "scripts/format", self.root / "scripts/format")
        shutil.copy(PROJECT / ".clang-format", self.root / ".clang-format")
        self.write("sw/good.cpp", "int x = 1;")
        good = self.format_status()
        if good == CLANG_FORMAT_MISSING:
            self.skipTest("clang-format 14 is not installed")
        self.write("sw/bad.cpp", "int  x=1 ;")
        self.assertEqual(good, 0)
        self.assertNotEqual(self.format_status(), 0)

    def format_status(self):
        return subprocess.run([self.root / "scripts/format", "--check"], capture_output=True).returncode


if __name__ == "__main__":
    unittest.main()
