#include <algorithm>
#include <nlohmann/json.hpp>

#include "sw/base/nearest.h"
#include "sw/yaml/reader.h"

namespace accelsim {
namespace {

using Json = nlohmann::ordered_json;

std::string one_of(const std::vector<std::string>& names) {
    return names.size() == 1 ? names[0] : "one of " + join(names);
}

/// The name's place in `names`; where it is none of them, its fault in `rule`.
std::optional<size_t> find_choice(const YamlNode& node, const std::vector<std::string>& names,
                                  const std::vector<std::string>& not_yet, std::string& rule) {
    const auto found = std::find(names.begin(), names.end(), node.scalar);
    if (node.is_scalar() && found != names.end()) {
        return static_cast<size_t>(found - names.begin());
    }
    rule = "must be " + one_of(names);
    if (!node.is_scalar()) return std::nullopt;
    if (std::find(not_yet.begin(), not_yet.end(), node.scalar) != not_yet.end()) {
        rule += " ('" + node.scalar + "' is not available yet)";
    } else if (const std::string nearest = nearest_name(node.scalar, names); !nearest.empty()) {
        rule += " (did you mean '" + nearest + "'?)";
    }
    return std::nullopt;
}

Json picked(const std::vector<size_t>& indices, const std::vector<std::string>& names) {
    Json words = Json::array();
    for (size_t index : indices) words.push_back(names[index]);
    return words;
}

}  // namespace

std::optional<size_t> YamlMap::read_choice(const Key& key, std::optional<size_t> initial,
                                           const std::vector<std::string>& names,
                                           const std::vector<std::string>& not_yet) {
    const YamlNode* node = take(key, one_of(names), initial ? names[*initial] : "");
    const bool unset = node && node->is_null() && !initial;
    if (node && !unset) {
        std::string rule;
        if (const auto found = find_choice(*node, names, not_yet, rule)) {
            initial = found;
        } else {
            fault(key.name, rule);
        }
    }
    store(key.name, initial ? Json(names[*initial]) : Json());
    return initial;
}

std::optional<std::vector<size_t>> YamlMap::read_choice_list(
    const Key& key, std::optional<std::vector<size_t>> initial,
    const std::vector<std::string>& names, const std::vector<std::string>& not_yet) {
    const std::string allowed = "a list of " + join(names, " | ");
    const YamlNode* node = take(key, allowed, initial ? picked(*initial, names).dump() : "");
    const bool unset = node && node->is_null() && !initial;
    if (node && !unset) {
        std::vector<size_t> indices;
        bool given = node->is_list();
        if (!given) fault(key.name, "must be " + allowed);
        for (const YamlNode& item : node->items) {
            std::string rule;
            if (const auto found = find_choice(item, names, not_yet, rule)) {
                indices.push_back(*found);
            } else {
                reader_->fault({item.where(), path_of(key.name), rule, item.to_string()});
                given = false;
            }
        }
        if (given) initial = std::move(indices);
    }
    store(key.name, initial ? picked(*initial, names) : Json());
    return initial;
}

}  // namespace accelsim
