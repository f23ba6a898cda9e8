#pragma once

#include <string>

#include "sw/params/run_params.h"
#include "sw/report/run_result.h"

namespace accelsim {

/// The run for people: one line a layer, totals, accuracy, verification. Only the `host` line
/// differs between two equal runs. With `quiet`, the totals alone.
std::string text_report(const RunResult& result, bool quiet);

/// report.json (schema `accelsim.report/1`).
std::string json_report(const RunResult& result);

/// layers.csv: one row a layer, named as in report.json, nested names joined by dots; RFC 4180
/// quotes, `\n` line ends.
std::string csv_report(const RunResult& result);

/// Writes report.json and layers.csv into the folder, each whole or not at all.
/// Throws UserError where the folder cannot be written.
void write_report_files(const OutputFolder& folder, const RunResult& result);

/// Creates the folder where it is missing. Throws UserError where no file can be written there: to
/// be called before a long run.
void check_output_directory(const OutputFolder& folder);

}  // namespace accelsim
