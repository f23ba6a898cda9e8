#include "sw/cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/base/log.h"
#include "sw/base/nearest.h"
#include "sw/cli/check_command.h"
#include "sw/cli/compare_command.h"
#include "sw/cli/compare_passes_command.h"
#include "sw/cli/run_command.h"
#include "sw/cli/waveform_options.h"

namespace accelsim {
namespace {

constexpr int kUserFault = 2;
constexpr int kInternalFault = 3;

/// A command of the program; `run` is empty for those that are specified and not there yet.
struct Command {
    std::string name;
    std::string description;
    std::function<int(CLI::App&, std::vector<std::string>)> run;
};

/// CLI11 tells of a misspelt option only after everything else is right, and knows no nearest name.
void refuse_unknown_options(const CLI::App& app, const std::vector<std::string>& arguments) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    for (const std::string& argument : arguments) {
        const std::string name = argument.substr(0, argument.find('='));
        if (name.size() < 3 || name.rfind("--", 0) != 0) continue;
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        const std::string nearest = nearest_name(name, names);
        throw UserError(name, nearest.empty() ? "no such option (`--help` lists them)"
                                              : "no such option, did you mean '" + nearest + "'?");
    }
}

/// CLI11 wants the arguments last first. Returns true where it has answered by itself (--help,
/// --version).
bool parse(CLI::App& app, std::vector<std::string> arguments) {
    refuse_unknown_options(app, arguments);
    std::reverse(arguments.begin(), arguments.end());
    try {
        app.parse(arguments);
    } catch (const CLI::Success& answer) {
        app.exit(answer);
        return true;
    } catch (const CLI::ParseError& error) {
        throw UserError("", std::string(error.what()) + "; `accelsim --help` lists the options");
    }
    return false;
}

void add_config_options(CLI::App& app, ConfigRequest& request) {
    request.data_directory = data_directory(ACCELSIM_PROJECT_ROOT);
    app.add_option("--config", request.path, "run configuration (YAML), see configs/README.md")
        ->type_name("FILE")
        ->required();
    app.add_option_function<std::vector<std::string>>(
           "--set",
           [&request](const std::vector<std::string>& assignments) {
               for (const std::string& assignment : assignments) {
                   request.overrides.push_back(parse_set_option(assignment));
               }
           },
           "change a key of the configuration (repeatable)")
        ->type_name("key.path=value")
        ->allow_extra_args(false);
}

/// An option that is short for a key of the configuration.
CLI::Option* add_key_option(CLI::App& app, ConfigRequest& request, const std::string& option,
                            const std::string& type, const std::string& key,
                            const std::string& description, bool is_text) {
    return app
        .add_option_function<std::string>(
            option,
            [=, &request](const std::string& value) {
                request.overrides.push_back({option + " " + value, key, value, is_text});
            },
            description)
        ->type_name(type);
}

/// An option that people may expect; the error says why it is not there.
void refuse_option(CLI::App& app, const std::string& name, const std::string& reason) {
    app.add_option_function<std::string>(name,
                                         [=](const std::string&) { throw UserError(name, reason); })
        ->expected(0, 1)  // CLI11 knows no name of a hidden option whose value is missing
        ->group("");
}

void add_input_options(CLI::App& app, ConfigRequest& config) {
    add_key_option(app, config, "--network", "FILE.onnx", "network.onnx",
                   "run this model instead of the configuration's network", true);
    add_key_option(app, config, "--images", "FILE", "simulation.images",
                   "CIFAR-10 binary records, IDX or .npy", true)
        // Who names a file does not want seeded images in its place.
        ->each([&config](const std::string& file) {
            config.overrides.push_back(
                {"--images " + file, "simulation.if_images_absent", "error", true});
        });
    add_key_option(app, config, "--seed", "N", "simulation.seed", "of seeded weights and images",
                   false);
}

void add_key_options(CLI::App& app, ConfigRequest& config) {
    add_key_option(app, config, "--fidelity", "cycle|transaction|estimate", "simulation.fidelity",
                   "how closely the hardware is followed (default: transaction)", true);
    add_key_option(app, config, "--output", "DIR", "report.output",
                   "folder for report.json and layers.csv", true);
    add_input_options(app, config);
    add_key_option(app, config, "--limit", "N", "simulation.limit", "images evaluated", false);
    add_key_option(app, config, "--simulate", "N", "simulation.simulate",
                   "of them, images through the simulated hardware", false);
    add_key_option(app, config, "--labels", "FILE", "simulation.labels", "IDX or .npy", true);
    app.add_flag_callback(
        "--no-verify",
        [&config] {
            config.overrides.push_back({"--no-verify", "simulation.verify", "false"});
        },
        "do not compare with the reference executor");
}

bool is_same_file(const std::string& a, const std::string& b) {
    namespace fs = std::filesystem;
    std::error_code fails_where_one_is_absent;
    return fs::weakly_canonical(fs::absolute(a)) == fs::weakly_canonical(fs::absolute(b)) ||
           fs::equivalent(a, b, fails_where_one_is_absent);
}

int run(CLI::App& app, std::vector<std::string> arguments) {
    RunOptions options;
    add_config_options(app, options.config);
    add_key_options(app, options.config);
    app.add_option("--dump-tensors", options.dump_tensors,
                   "write each layer's integer tensors (.npy) and tensors.json")
        ->type_name("DIR");
    app.add_option("--dump-program", options.dump_program, "write the Program as text")
        ->type_name("FILE");
    app.add_flag("--quiet", options.quiet, "totals alone");
    WaveformOptions waveform;
    waveform.add_to(app);
    refuse_option(app, "--timeline", "is not available yet");
    if (parse(app, std::move(arguments))) return 0;
    options.waveform = waveform.params();
    if (options.waveform) options.config.needs.push_back(waveform.fidelity());
    if (options.waveform && options.dump_program &&
        is_same_file(*options.waveform->file, *options.dump_program)) {
        throw UserError("--vcd", "must be another file than that of --dump-program",
                        "'" + *options.waveform->file + "'");
    }
    if (options.quiet) set_log_level(LogLevel::kWarning);
    return run_command(options);
}

int check(CLI::App& app, std::vector<std::string> arguments) {
    if (arguments == std::vector<std::string>{"--config-reference"}) {
        fmt::print("{}", config_reference());
        return 0;
    }
    CheckOptions options;
    add_config_options(app, options.config);
    add_key_options(app, options.config);
    app.add_flag("--json", options.json, "the resolved configuration as JSON, and nothing else");
    app.add_flag("--program", options.program, "print every layer's Program as text too");
    app.add_flag("--config-reference", "print the reference of all keys (alone)");
    if (parse(app, std::move(arguments))) return 0;
    return check_command(options);
}

int compare(CLI::App& app, std::vector<std::string> arguments) {
    constexpr const char* kEveryFidelity = "compare runs every fidelity";
    constexpr const char* kEveryImage = "compare simulates all of its images, see `--limit N`";
    CompareOptions options;
    add_config_options(app, options.config);
    add_input_options(app, options.config);
    add_key_option(app, options.config, "--limit", "N", "simulation.limit",
                   "images compared (default: 1, or simulation.simulate)", false);
    app.add_flag("--quiet", options.quiet, "totals and verdict alone");
    refuse_option(app, "--fidelity", kEveryFidelity);
    refuse_option(app, "--simulate", kEveryImage);
    for (const char* name :
         {"--output", "--labels", "--no-verify", "--dump-tensors", "--dump-program", "--vcd",
          "--vcd-window", "--vcd-layer", "--vcd-scope", "--timeline"}) {
        refuse_option(app, name, "is an option of `accelsim run` alone");
    }
    if (parse(app, std::move(arguments))) return 0;
    for (const ConfigOverride& change : options.config.overrides) {
        if (change.key == "simulation.fidelity") throw UserError(change.option, kEveryFidelity);
        if (change.key == "simulation.simulate") throw UserError(change.option, kEveryImage);
    }
    if (options.quiet) set_log_level(LogLevel::kWarning);
    return compare_command(options);
}

int compare_passes(CLI::App& app, std::vector<std::string> arguments) {
    ComparePassesOptions options;
    add_config_options(app, options.config);
    add_input_options(app, options.config);
    add_key_option(app, options.config, "--limit", "N", "simulation.limit", "images compared",
                   false);
    add_key_option(app, options.config, "--labels", "FILE", "simulation.labels", "IDX or .npy",
                   true);
    refuse_option(app, "--fidelity", "compare-passes computes values and estimates times");
    if (parse(app, std::move(arguments))) return 0;
    return compare_passes_command(options);
}

const std::vector<Command>& commands() {
    static const std::vector<Command> table = {
        {"run", "simulate a network on an accelerator (the default command)", run},
        {"check", "read, check and resolve a configuration; run nothing", check},
        {"compare", "run every fidelity and compare; exit status 1 where a promise breaks",
         compare},
        {"compare-passes", "what fusing batch normalizations into the weights saves",
         compare_passes},
        {"inspect", "show an ONNX model", nullptr},
        {"diff", "two results side by side", nullptr},
        {"sweep", "explore designs", nullptr},
        {"vectors", "the array's trace files", nullptr},
        {"cosim", "own modules beside Verilated RTL", nullptr},
        {"scalesim", "SCALE-Sim's inputs and reports", nullptr}};
    return table;
}

const Command& find_command(const std::string& name) {
    std::vector<std::string> names;
    for (const Command& command : commands()) {
        if (command.name == name) return command;
        names.push_back(command.name);
    }
    const std::string nearest = nearest_name(name, names);
    throw UserError(name, nearest.empty()
                              ? "no such command (commands: run, check, compare, compare-passes)"
                              : "no such command, did you mean '" + nearest + "'?");
}

/// `accelsim --config FILE` is `accelsim run --config FILE`.
int dispatch(std::vector<std::string> arguments) {
    const bool is_named = !arguments.empty() && !arguments[0].empty() && arguments[0][0] != '-';
    const Command& command = find_command(is_named ? arguments[0] : "run");
    if (!command.run) {
        throw UserError("accelsim " + command.name, "this command does not exist yet");
    }
    if (is_named) arguments.erase(arguments.begin());
    CLI::App app("accelsim: " + command.description,
                 is_named ? "accelsim " + command.name : "accelsim");
    if (!is_named) {
        app.set_version_flag("--version", "accelsim " ACCELSIM_VERSION);
        std::string footer = "Commands (accelsim COMMAND --help):\n";
        for (const Command& other : commands()) {
            if (other.run) footer += fmt::format("  {:<14} {}\n", other.name, other.description);
        }
        app.footer(footer);
    }
    return command.run(app, std::move(arguments));
}

}  // namespace

int run_command_line(int argc, const char* const* argv) noexcept {
    try {
        return dispatch(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    } catch (const UserError& error) {
        fmt::print(stderr, "{}\n", error.what());
        return kUserFault;
    } catch (const std::exception& error) {
        fmt::print(stderr, "accelsim: internal fault: {}\n", error.what());
    } catch (...) {
        fmt::print(stderr, "accelsim: internal fault of an unknown kind\n");
    }
    return kInternalFault;
}

}  // namespace accelsim
