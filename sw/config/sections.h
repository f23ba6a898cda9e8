#pragma once

#include <optional>
#include <string>

#include "sw/params/run_params.h"
#include "sw/yaml/reader.h"

namespace accelsim {

/// Readers of the configuration's sections, one a top-level key. Each states its keys, units,
/// ranges and defaults (the parameter struct's own) once; the key reference comes from the same
/// calls.
/// Returns the map of the array, for rules that other sections share with it.
YamlMap read_accelerator(YamlMap root, AcceleratorParams& params);
void read_network(YamlMap root, const std::string& data_directory, NetworkParams& params);
void read_quantization(YamlMap root, const std::string& data_directory, QuantizationParams& params);
/// What the array's PEs ask of the operands' widths.
void check_operand_widths(YamlMap& array_map, const ArrayParams& array,
                          const QuantizationParams& quantization);
/// `where`: the key.
void read_passes(YamlMap root, bool& fuse_batch_norm, Location& where);
void read_schedule(YamlMap root, const AcceleratorParams& machine, ScheduleParams& params);
void read_simulation(YamlMap root, const std::string& data_directory, SimulationParams& params);
void read_energy(YamlMap root, const std::string& data_directory, EnergyParams& params);
void read_report(YamlMap root, const std::string& data_directory, ReportParams& params);

/// A path as typed and as resolved: relative to the file that states it, `${ACCELSIM_DATA}`
/// replaced.
struct PathPair {
    std::optional<std::string>& resolved;
    std::string& typed;
};

/// Reads a path that need not exist.
void read_path(YamlMap& map, const Key& key, const std::string& data_directory, PathPair path);
/// A fault where the path is given and is no readable file.
void require_file(YamlMap& map, const std::string& name, const std::optional<std::string>& path);
/// Reads `images` and `if_images_absent`; images that are absent and may be are empty afterwards.
void read_images(YamlMap& map, const std::string& description, const std::string& data_directory,
                 PathPair images);

}  // namespace accelsim
