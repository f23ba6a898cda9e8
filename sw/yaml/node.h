#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sw/base/error.h"

namespace accelsim {

/// Where YAML text comes from: a file, or an option of the command line.
struct YamlSource {
    std::string name;       ///< as shown to the user: the path as typed, or `--set key=value`
    std::string directory;  ///< relative paths in the text start here
    bool has_lines = true;  ///< false for an option: its faults show no line
};

/// A YAML value that knows where it stands. Keys of a map are unique and keep their order.
struct YamlNode {
    enum class Kind { kNull, kScalar, kList, kMap };
    struct Entry;

    Kind kind = Kind::kNull;
    std::shared_ptr<const YamlSource> source;
    int line = 0;
    int column = 0;
    std::string scalar;
    bool quoted = false;  ///< a quoted scalar is text, whatever it looks like
    std::vector<YamlNode> items;
    std::vector<Entry> entries;

    bool is_null() const { return kind == Kind::kNull; }
    bool is_map() const { return kind == Kind::kMap; }
    bool is_list() const { return kind == Kind::kList; }
    bool is_scalar() const { return kind == Kind::kScalar; }
    Location where() const;
    /// As a fault shows it: the scalar as typed, `a map`, `a list` or `nothing`.
    std::string to_string() const;
    /// The entry of that key, or null.
    Entry* find(const std::string& key);
    const Entry* find(const std::string& key) const;
};

struct YamlNode::Entry {
    std::string key;
    YamlNode value;
    std::shared_ptr<const YamlSource> source;
    int line = 0;
    int column = 0;

    Location where() const;
};

/// Lays `over` upon `base`: maps merge key by key, anything else of `over` replaces.
void merge_yaml(YamlNode& base, const YamlNode& over);

}  // namespace accelsim
