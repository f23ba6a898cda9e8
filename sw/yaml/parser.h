#pragma once

#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/yaml/node.h"

namespace accelsim {

/// Parses a file of one YAML document without anchors, aliases, merge keys and tags. Faults, of
/// syntax and duplicate keys too, are added to `faults`; the tree holds what could be read.
/// `shown_name` is the file's name in faults.
YamlNode parse_yaml_file(const std::string& path, const std::string& shown_name,
                         std::vector<Fault>& faults);

/// The same for a text.
YamlNode parse_yaml_text(const std::string& text, const YamlSource& source,
                         std::vector<Fault>& faults);

}  // namespace accelsim
