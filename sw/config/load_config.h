#pragma once

#include <string>
#include <vector>

#include "sw/params/run_params.h"

namespace accelsim {

/// A value that the command line lays over the configuration.
struct ConfigOverride {
    std::string option;  ///< as typed, its name in faults: `--set simulation.limit=4`
    std::string key;     ///< dotted path
    std::string value;
    bool is_text = false;  ///< taken as it stands; otherwise it is YAML, such as `[1, 2]`
};

/// What a run's configuration is read from.
struct ConfigRequest {
    std::string path;
    std::vector<ConfigOverride> overrides;
    /// What options need: taken where the configuration does not say, a fault where it says
    /// something else.
    std::vector<ConfigOverride> needs;
    std::string data_directory;  ///< what `${ACCELSIM_DATA}` stands for
};

/// `--set key.path=value` as an override; a UserError where it is not of that form.
ConfigOverride parse_set_option(const std::string& assignment);

/// The environment's ACCELSIM_DATA, else ../shared/data beside the project; absolute.
std::string data_directory(const std::string& project_root);

/// Reads the file, what it includes and the overrides, checks every key and rule, and resolves
/// them. Throws a UserError with every fault found.
RunParams load_run_params(const ConfigRequest& request);

/// The reference of all keys in Markdown: configs/README.md, made from the code that reads them.
std::string config_reference();

}  // namespace accelsim
