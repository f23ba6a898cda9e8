#include "sw/config/config_tree.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "sw/yaml/parser.h"

namespace accelsim {
namespace {

namespace fs = std::filesystem;

/// Keys of one map of which only one may be given. `companion` belongs to the one that is replaced.
struct ExclusiveKeys {
    std::vector<std::string> map;
    std::vector<std::string> keys;
    std::string companion;
};

const std::vector<ExclusiveKeys>& exclusive_keys() {
    static const std::vector<ExclusiveKeys> table = {
        {{"network"}, {"onnx", "yaml", "gemm", "conv"}, "input"},
        {{"accelerator", "dram"}, {"gb_per_s", "bytes_per_cycle"}, ""},
        {{"accelerator", "dram"}, {"latency_ns", "latency_cycles"}, ""}};
    return table;
}

YamlNode* descend(YamlNode& root, const std::vector<std::string>& path) {
    YamlNode* node = &root;
    for (const std::string& key : path) {
        YamlNode::Entry* entry = node->find(key);
        if (!entry) return nullptr;
        node = &entry->value;
    }
    return node;
}

void erase_key(YamlNode& map, const std::string& key) {
    auto& entries = map.entries;
    entries.erase(std::remove_if(entries.begin(), entries.end(),
                                 [&](const YamlNode::Entry& entry) { return entry.key == key; }),
                  entries.end());
}

/// Takes from `base` what `over` is about to replace by an alternative of another name.
void drop_replaced(YamlNode& base, YamlNode& over) {
    for (const ExclusiveKeys& group : exclusive_keys()) {
        YamlNode* earlier = descend(base, group.map);
        YamlNode* later = descend(over, group.map);
        if (!earlier || !later) continue;
        const auto given = [&](const std::string& key) {
            const YamlNode::Entry* entry = later->find(key);
            return entry && !entry->value.is_null();
        };
        if (std::none_of(group.keys.begin(), group.keys.end(), given)) continue;
        for (const std::string& key : group.keys) {
            if (given(key) || !earlier->find(key)) continue;
            erase_key(*earlier, key);
            erase_key(*earlier, group.companion);
        }
    }
}

void lay_over(YamlNode& base, YamlNode over) {
    drop_replaced(base, over);
    merge_yaml(base, over);
}

/// Reads a file and, first, what it includes. `opened`: the files that led here.
YamlNode load_file(const std::string& path, std::vector<std::string>& opened,
                   std::vector<Fault>& faults) {
    YamlNode root = parse_yaml_file(path, path, faults);
    if (!root.is_map()) {
        if (faults.empty()) {
            faults.push_back(
                {root.where(), "", "must be a map of keys and values", root.to_string()});
        }
        throw UserError(faults);
    }
    const YamlNode::Entry* include = root.find("include");
    if (!include) return root;
    const YamlNode name = include->value;
    erase_key(root, "include");
    const auto refuse = [&](const std::string& rule) {
        faults.push_back({name.where(), "include", rule, name.to_string()});
    };
    if (!name.is_scalar()) {
        refuse("must be the path of one file");
        return root;
    }
    const std::string included =
        (fs::path(path).parent_path() / name.scalar).lexically_normal().string();
    if (std::error_code ignored; !fs::is_regular_file(included, ignored)) {
        refuse("file must exist");
        throw UserError(faults);
    }
    const std::string identity = fs::weakly_canonical(included).string();
    if (std::find(opened.begin(), opened.end(), identity) != opened.end()) {
        refuse("a file must not include itself, directly or through others");
        throw UserError(faults);
    }
    opened.push_back(identity);
    YamlNode base = load_file(included, opened, faults);
    opened.pop_back();
    lay_over(base, std::move(root));
    return base;
}

/// `a.b.c` as a, b, c.
std::vector<std::string> parts_of(const std::string& key) {
    std::vector<std::string> parts(1);
    for (char c : key) {
        if (c == '.') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

/// `value` wrapped in a map for each part of the override's key.
YamlNode wrapped_value(const ConfigOverride& change, std::vector<Fault>& faults) {
    const YamlSource source{change.option, "", false};
    YamlNode node;
    if (change.is_text) {
        node.kind = YamlNode::Kind::kScalar;
        node.source = std::make_shared<YamlSource>(source);
        node.scalar = change.value;
    } else {
        node = parse_yaml_text(change.value, source, faults);
    }
    const auto keys = parts_of(change.key);
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
        YamlNode map;
        map.kind = YamlNode::Kind::kMap;
        map.source = node.source;
        map.entries.push_back({*key, std::move(node), map.source, 0, 0});
        node = std::move(map);
    }
    return node;
}

void require_value(YamlNode& root, const ConfigOverride& need, std::vector<Fault>& faults) {
    auto keys = parts_of(need.key);
    if (const YamlNode* given = descend(root, keys)) {
        if (given->is_scalar() && given->scalar == need.value) return;
        faults.push_back({given->where(), need.key,
                          "must be " + need.value + " with " + need.option, given->to_string()});
        return;
    }
    keys.pop_back();
    const YamlNode* section = descend(root, keys);
    if (section && !section->is_map() && !section->is_null()) return;  // a fault of its own
    lay_over(root, wrapped_value(need, faults));
}

}  // namespace

YamlNode load_config_tree(const ConfigRequest& request, std::vector<Fault>& faults) {
    std::vector<std::string> opened;
    std::error_code ignored;
    opened.push_back(fs::weakly_canonical(request.path, ignored).string());
    YamlNode root = load_file(request.path, opened, faults);
    for (const ConfigOverride& change : request.overrides) {
        lay_over(root, wrapped_value(change, faults));
    }
    for (const ConfigOverride& need : request.needs) require_value(root, need, faults);
    return root;
}

}  // namespace accelsim
