#include "sw/cost/provenance.h"

#include <algorithm>

#include "sw/base/nearest.h"

namespace accelsim {

Sources::Sources(YamlMap& root) {
    YamlMap map = root.map({"sources", "", "", Need::kRequired});
    for (auto& [name, source] : map.members({"<source>"})) {
        std::string text;
        source.text({"title", "", "", Need::kRequired}, text);
        source.text({"where", "", "", Need::kRequired}, text);
        names_.push_back(name);
    }
}

void Sources::read(YamlMap& map, const std::string& key, Need need) const {
    std::optional<std::string> name;
    map.text({key, "", "", need}, name);
    if (!name || std::find(names_.begin(), names_.end(), *name) != names_.end()) return;
    map.fault(key, "must be one of `sources` (" + join(names_) + ")");
}

}  // namespace accelsim
