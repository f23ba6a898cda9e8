#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sw/yaml/reader.h"

namespace accelsim {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(int64_t value) { return value; }
Json to_json(double value) { return value; }
Json to_json(bool value) { return value; }
Json to_json(const std::string& value) { return value; }
Json to_json(const Rational& value) {
    return value.is_integer() ? Json(value.numerator) : Json(value.to_double());
}

template <typename T>
Json to_json(const std::vector<T>& values) {
    Json list = Json::array();
    for (const T& value : values) list.push_back(to_json(value));
    return list;
}

/// As YAML shows it: text without quotes.
std::string shown(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// A reference token of a JSON pointer.
std::string escaped(const std::string& name) {
    std::string text;
    for (char c : name) text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return text;
}

/// Values that parse but leave their range are refused like those that do not parse.
template <typename Parse, typename Range>
auto within(Parse parse, Range range) {
    return [parse, range](const YamlNode& node) {
        auto value = parse(node);
        if (value && !range.contains(*value)) value.reset();
        return value;
    };
}

std::optional<Rational> decimal_within(const YamlNode& node, RealRange range) {
    std::optional<Rational> value = parse_decimal(node);
    if (value && !range.contains(value->to_double())) value.reset();
    return value;
}

std::string decimal_text(RealRange range) {
    return fmt::format("{}, with no more than {} decimals", range.to_string(), kMostDecimals);
}

}  // namespace

YamlMap::YamlMap(YamlReader* reader, const YamlNode* node, std::string path, std::string pointer)
    : reader_(reader),
      node_(node),
      path_(std::move(path)),
      pointer_(std::move(pointer)),
      visit_(reader->visit(node, path_)) {}

const YamlNode* YamlMap::find(const std::string& name) const {
    const YamlNode::Entry* entry = node_ ? node_->find(name) : nullptr;
    return entry ? &entry->value : nullptr;
}

bool YamlMap::has(const std::string& name) const {
    const YamlNode* node = find(name);
    return node && !node->is_null();
}

std::vector<std::string> YamlMap::keys() const {
    std::vector<std::string> names;
    if (!node_) return names;
    for (const YamlNode::Entry& entry : node_->entries) names.push_back(entry.key);
    return names;
}

std::string YamlMap::directory_of(const std::string& name) const {
    const YamlNode* node = find(name);
    return node && node->source ? node->source->directory : "";
}

Location YamlMap::where() const { return node_ ? node_->where() : Location{}; }

Location YamlMap::where(const std::string& name) const {
    const YamlNode* node = find(name);
    return node ? node->where() : where();
}

Location YamlMap::where_key(const std::string& name) const {
    const YamlNode::Entry* entry = node_ ? node_->find(name) : nullptr;
    return entry ? entry->where() : where();
}

std::string YamlMap::path_of(const std::string& name) const {
    return path_.empty() ? name : path_ + "." + name;
}

void YamlMap::fault(const std::string& name, const std::string& rule,
                    std::optional<std::string> got) {
    const YamlNode* node = find(name);
    reader_->fault({where(name), path_of(name), rule, got ? *got : node ? node->to_string() : ""});
}

void YamlMap::store(const std::string& name, const Json& value) {
    (*reader_->values_)[Json::json_pointer(pointer_ + "/" + escaped(name))] = value;
}

const YamlNode* YamlMap::take(const Key& key, const std::string& allowed,
                              const std::string& initial) {
    reader_->visits_[visit_].known.push_back(key.name);
    const bool required = key.need == Need::kRequired;
    const std::string& shown_initial = key.initial.empty() ? initial : key.initial;
    reader_->keys_.push_back({path_of(key.name), key.description, key.unit, allowed,
                              required ? "required" : shown_initial});
    const YamlNode* node = find(key.name);
    if (required && node_ && (!node || node->is_null())) {
        reader_->fault({where(key.name), path_of(key.name), "is required", ""});
        return nullptr;
    }
    return node;
}

template <typename T, typename Parse>
std::optional<T> YamlMap::read(const Key& key, std::optional<T> initial, const std::string& allowed,
                               Parse parse) {
    const YamlNode* node = take(key, allowed, initial ? shown(to_json(*initial)) : "");
    const bool unset = node && node->is_null() && !initial;
    if (node && !unset) {
        if (const std::optional<T> value = parse(*node)) {
            initial = value;
        } else {
            fault(key.name, "must be " + allowed);
        }
    }
    store(key.name, initial ? to_json(*initial) : Json());
    return initial;
}

template <typename T, typename Parse>
void YamlMap::read_list(const Key& key, std::vector<T>& values, IntegerRange sizes,
                        const std::string& allowed, Parse parse) {
    const std::string count = sizes.least == sizes.most
                                  ? std::to_string(sizes.least)
                                  : fmt::format("{} to {}", sizes.least, sizes.most);
    const std::string rule = "a list of " + count + ", each " + allowed;
    const YamlNode* node = take(key, rule, to_json(values).dump());
    if (node) {
        values.clear();
        const std::vector<YamlNode>& items = node->is_list() ? node->items : std::vector{*node};
        if (!sizes.contains(static_cast<int64_t>(items.size()))) {
            fault(key.name, "must be " + rule, fmt::format("{} of them", items.size()));
        }
        for (const YamlNode& item : items) {
            if (const std::optional<T> value = parse(item)) {
                values.push_back(*value);
            } else {
                reader_->fault(
                    {item.where(), path_of(key.name), "must be " + allowed, item.to_string()});
            }
        }
    }
    store(key.name, to_json(values));
}

std::optional<int64_t> YamlMap::read_integer(const Key& key, std::optional<int64_t> initial,
                                             IntegerRange range) {
    return read(key, initial, range.to_string(), within(parse_integer, range));
}

void YamlMap::integers(const Key& key, std::vector<int64_t>& values, IntegerRange range,
                       IntegerRange sizes) {
    read_list(key, values, sizes, range.to_string(), within(parse_integer, range));
}

void YamlMap::real(const Key& key, double& value, RealRange range) {
    value = *read(key, std::optional(value), range.to_string(), within(parse_real, range));
}

void YamlMap::real(const Key& key, std::optional<double>& value, RealRange range) {
    value = read(key, value, range.to_string(), within(parse_real, range));
}

void YamlMap::reals(const Key& key, std::vector<double>& values, RealRange range,
                    IntegerRange sizes) {
    read_list(key, values, sizes, range.to_string(), within(parse_real, range));
}

void YamlMap::decimal(const Key& key, std::optional<Rational>& value, RealRange range) {
    value = read(key, value, decimal_text(range),
                 [range](const YamlNode& node) { return decimal_within(node, range); });
}

void YamlMap::decimal(const Key& key, Rational& value, RealRange range) {
    std::optional<Rational> given = value;
    decimal(key, given, range);
    value = *given;
}

void YamlMap::boolean(const Key& key, std::optional<bool>& value) {
    value = read(key, value, "true or false", parse_boolean);
}

void YamlMap::boolean(const Key& key, bool& value) {
    std::optional<bool> given = value;
    boolean(key, given);
    value = *given;
}

void YamlMap::text(const Key& key, std::string& value) {
    value = *read(key, std::optional(value), "text", parse_text);
}

void YamlMap::text(const Key& key, std::optional<std::string>& value) {
    value = read(key, value, "text", parse_text);
}

YamlMap YamlMap::child(const std::string& name, const YamlNode* node) {
    if (node && node->is_null()) node = nullptr;
    if (node && !node->is_map()) {
        fault(name, "must be a map of keys and values");
        node = nullptr;
    }
    store(name, Json::object());
    return {reader_, node, path_of(name), pointer_ + "/" + escaped(name)};
}

YamlMap YamlMap::map(const Key& key) { return child(key.name, take(key, "", "")); }

std::optional<YamlMap> YamlMap::optional_map(const Key& key) {
    const YamlNode* node = take(key, "", "");
    if (reader_->describing_ || (node && !node->is_null())) return child(key.name, node);
    store(key.name, Json());
    return std::nullopt;
}

std::vector<YamlMap> YamlMap::maps(const Key& key) {
    const YamlNode* node = take(key, "a list of maps", "");
    std::vector<YamlMap> children;
    store(key.name, Json::array());
    if (node && !node->is_list() && !node->is_null()) fault(key.name, "must be a list of maps");
    if (!node || !node->is_list()) return children;
    const std::string pointer = pointer_ + "/" + escaped(key.name) + "/";
    for (size_t index = 0; index < node->items.size(); ++index) {
        const YamlNode& item = node->items[index];
        const std::string path = path_of(key.name) + "[" + std::to_string(index) + "]";
        if (!item.is_map()) {
            reader_->fault(
                {item.where(), path, "must be a map of keys and values", item.to_string()});
            continue;
        }
        children.push_back({reader_, &item, path, pointer + std::to_string(children.size())});
    }
    return children;
}

std::vector<std::pair<std::string, YamlMap>> YamlMap::members(const Key& placeholder) {
    std::vector<std::pair<std::string, YamlMap>> children;
    if (reader_->describing_) {
        take(placeholder, "", "");
        children.emplace_back(placeholder.name, child(placeholder.name, nullptr));
    }
    for (const std::string& name : keys()) {
        reader_->visits_[visit_].known.push_back(name);
        children.emplace_back(name, child(name, find(name)));
    }
    return children;
}

void YamlMap::not_yet(const std::string& name) {
    if (!find(name)) return;
    reader_->visits_[visit_].known.push_back(name);
    reader_->fault({where(name), path_of(name), "is not available yet", find(name)->to_string()});
}

}  // namespace accelsim
