#include "sw/config/load_config.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sw/config/config_tree.h"
#include "sw/config/sections.h"

namespace accelsim {
namespace {

RunParams read_run(YamlReader& reader, const std::string& data_directory) {
    RunParams params;
    YamlMap root = reader.root();
    YamlMap array = read_accelerator(root, params.accelerator);
    read_network(root, data_directory, params.network);
    read_quantization(root, data_directory, params.quantization);
    check_operand_widths(array, params.accelerator.array, params.quantization);
    read_passes(root, params.fuse_batch_norm, params.where_passes);
    read_schedule(root, params.accelerator, params.schedule);
    read_simulation(root, data_directory, params.simulation);
    read_energy(root, data_directory, params.energy);
    read_report(root, data_directory, params.report);
    return params;
}

/// A table cell must not end at a bar of its text.
std::string cell(const std::string& text) {
    std::string escaped;
    for (char c : text) escaped += c == '|' ? "\\|" : std::string(1, c);
    return escaped;
}

std::string parent_of(const std::string& path) {
    const size_t dot = path.rfind('.');
    return dot == std::string::npos ? "" : path.substr(0, dot);
}

std::string table_of(const std::vector<KeyRecord>& keys, const std::string& map) {
    std::string rows;
    for (const KeyRecord& key : keys) {
        if (parent_of(key.path) != map || key.allowed.empty()) continue;
        const std::string name = map.empty() ? key.path : key.path.substr(map.size() + 1);
        const std::string initial = key.initial.empty() ? "" : "`" + key.initial + "`";
        rows += fmt::format("| `{}` | {} | {} | {} | {} |\n", name, initial, cell(key.allowed),
                            key.unit, cell(key.description));
    }
    if (rows.empty()) return rows;
    return "| key | default | allowed | unit | meaning |\n|---|---|---|---|---|\n" + rows + "\n";
}

const char* const kReferenceIntroduction =
    R"(<!-- Made by `accelsim check --config-reference` from the code that reads the keys; a test compares. -->
# Configurations

Each file here is a whole run (`accelsim --config configs/NAME.yaml`) and says in its first line what it is for; `hw/` holds accelerators to
include, `networks/` network descriptions.

- `include: FILE` at the top level reads another file first; later keys win, key by key. Lists are replaced whole.
- `--set key.path=value` on the command line comes last.
- Of keys that exclude each other (`onnx`, `yaml`, `gemm`, `conv`; `gb_per_s`, `bytes_per_cycle`; `latency_ns`, `latency_cycles`) the later one
  takes the earlier one's place; both in one file are an error.
- Paths are relative to the file that states them, and to the working directory on the command line. `${ACCELSIM_DATA}` at the start of a path is
  that environment variable, else `../shared/data` beside the project.
- Integers are plain decimal digits; `null` unsets a key that has no default.
- A key that is not listed, or is given twice, is an error.

)";

}  // namespace

ConfigOverride parse_set_option(const std::string& assignment) {
    const size_t equals = assignment.find('=');
    const std::string key = assignment.substr(0, equals);
    const bool has_empty_part = key.empty() || key.front() == '.' || key.back() == '.' ||
                                key.find("..") != std::string::npos;
    if (equals == std::string::npos || has_empty_part) {
        throw UserError("--set", "must be key.path=value", "'" + assignment + "'");
    }
    return {"--set " + assignment, key, assignment.substr(equals + 1)};
}

RunParams load_run_params(const ConfigRequest& request) {
    std::vector<Fault> faults;
    YamlNode tree = load_config_tree(request, faults);
    YamlReader reader(std::move(tree), std::move(faults));
    RunParams params = read_run(reader, request.data_directory);
    reader.finish();
    params.resolved_json = reader.values().dump();
    return params;
}

std::string config_reference() {
    YamlReader reader = YamlReader::describing();
    read_run(reader, "");
    std::string text = kReferenceIntroduction;
    text += "## Top level\n\n" + table_of(reader.keys(), "");
    for (const KeyRecord& key : reader.keys()) {
        if (!key.allowed.empty()) continue;
        text += "## " + key.path + "\n\n" + key.description + "\n\n" +
                table_of(reader.keys(), key.path);
    }
    text.pop_back();
    return text;
}

}  // namespace accelsim
