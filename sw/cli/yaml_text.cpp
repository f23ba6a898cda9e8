#include "sw/cli/yaml_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace accelsim {
namespace {

using Json = nlohmann::ordered_json;

/// Whether YAML reads `text` back as that text without quotes.
bool is_plain_word(const std::string& text) {
    const auto is_safe = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '/' || c == '-';
    };
    const bool starts_as_word =
        !text.empty() &&
        (text[0] == '.' || text[0] == '/' || text[0] == '_' || (text[0] >= 'A' && text[0] <= 'z'));
    return starts_as_word && std::all_of(text.begin(), text.end(), is_safe) && text != "null" &&
           text != "true" && text != "false";
}

std::string scalar_text(const Json& value) {
    if (value.is_string() && is_plain_word(value.get<std::string>()))
        return value.get<std::string>();
    return value.dump();
}

std::string inline_text(const Json& value) {
    std::string text;
    for (const auto& [key, item] : value.items()) {
        if (!text.empty()) text += ", ";
        if (value.is_object()) text += scalar_text(key) + ": ";
        text += item.is_structured() ? inline_text(item) : scalar_text(item);
    }
    return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

/// Whether every member is a scalar or a list, so that the map reads well on one line.
bool is_flat(const Json& map) {
    return std::none_of(map.begin(), map.end(), [](const Json& item) { return item.is_object(); });
}

void append_block(const Json& map, const std::string& indent, std::string& text) {
    for (const auto& [key, item] : map.items()) {
        text += indent + scalar_text(key) + ":";
        if (item.is_object() && !is_flat(item)) {
            text += "\n";
            append_block(item, indent + "  ", text);
        } else {
            text += " " + (item.is_structured() ? inline_text(item) : scalar_text(item)) + "\n";
        }
    }
}

}  // namespace

std::string yaml_text(const std::string& json) {
    std::string text;
    append_block(Json::parse(json), "", text);
    return text;
}

}  // namespace accelsim
