#include "sw/yaml/reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "sw/base/nearest.h"
#include "sw/yaml/parser.h"

namespace accelsim {

using Json = nlohmann::ordered_json;

YamlReader::YamlReader(YamlNode root, std::vector<Fault> faults)
    : root_(std::move(root)),
      faults_(std::move(faults)),
      values_(std::make_unique<Json>(Json::object())) {
    // A file that did not parse has no keys to judge.
    if (!root_.is_map() && faults_.empty()) {
        fault({root_.where(), "", "must be a map of keys and values", root_.to_string()});
    }
}

YamlReader::YamlReader(Describing)
    : describing_(true), values_(std::make_unique<Json>(Json::object())) {}

YamlReader YamlReader::from_file(const std::string& path, const std::string& shown_name) {
    std::vector<Fault> faults;
    YamlNode root = parse_yaml_file(path, shown_name, faults);
    return YamlReader(std::move(root), std::move(faults));
}

YamlReader YamlReader::describing() { return YamlReader(Describing{}); }

YamlReader::~YamlReader() = default;

YamlMap YamlReader::root() { return {this, root_.is_map() ? &root_ : nullptr, "", ""}; }

size_t YamlReader::visit(const YamlNode* node, const std::string& path) {
    for (size_t index = 0; node && index < visits_.size(); ++index) {
        if (visits_[index].node == node) return index;
    }
    visits_.push_back({node, path, {}});
    return visits_.size() - 1;
}

void YamlReader::report_unknown_keys() {
    for (const Visit& visit : visits_) {
        if (!visit.node) continue;
        for (const YamlNode::Entry& entry : visit.node->entries) {
            const auto& known = visit.known;
            if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
            const std::string nearest = nearest_name(entry.key, known);
            const std::string hint = nearest.empty() ? " (known here: " + join(known) + ")"
                                                     : ", did you mean '" + nearest + "'?";
            const std::string prefix = visit.path.empty() ? "" : visit.path + ".";
            fault({entry.where(), prefix + entry.key, "no such key" + hint, ""});
        }
    }
}

void YamlReader::finish() {
    report_unknown_keys();
    if (faults_.empty()) return;
    const auto place = [](const Fault& fault) {
        return std::tie(fault.where.file, fault.where.line, fault.where.column);
    };
    std::stable_sort(faults_.begin(), faults_.end(),
                     [&](const Fault& a, const Fault& b) { return place(a) < place(b); });
    throw UserError(faults_);
}

}  // namespace accelsim
