#include "sw/yaml/node.h"

namespace accelsim {
namespace {

Location located(const std::shared_ptr<const YamlSource>& source, int line, int column) {
    if (!source) return {};
    if (!source->has_lines) return {source->name, 0, 0};
    return {source->name, line, column};
}

}  // namespace

Location YamlNode::where() const { return located(source, line, column); }

Location YamlNode::Entry::where() const { return located(source, line, column); }

std::string YamlNode::to_string() const {
    switch (kind) {
        case Kind::kMap:
            return "a map";
        case Kind::kList:
            return "a list";
        case Kind::kScalar:
            return quoted ? "\"" + scalar + "\"" : scalar;
        case Kind::kNull:
            break;
    }
    return "nothing";
}

YamlNode::Entry* YamlNode::find(const std::string& key) {
    for (Entry& entry : entries) {
        if (entry.key == key) return &entry;
    }
    return nullptr;
}

const YamlNode::Entry* YamlNode::find(const std::string& key) const {
    return const_cast<YamlNode*>(this)->find(key);
}

void merge_yaml(YamlNode& base, const YamlNode& over) {
    if (!base.is_map() || !over.is_map()) {
        base = over;
        return;
    }
    for (const YamlNode::Entry& entry : over.entries) {
        if (YamlNode::Entry* earlier = base.find(entry.key)) {
            merge_yaml(earlier->value, entry.value);
        } else {
            base.entries.push_back(entry);
        }
    }
}

}  // namespace accelsim
