#pragma once

#include <vector>

#include "sw/base/error.h"
#include "sw/config/load_config.h"
#include "sw/yaml/node.h"

namespace accelsim {

/// The configuration before any key is judged: the file over what it includes, the overrides over
/// both, and what options need where neither says it. Where keys exclude each other (network
/// sources, units of the DRAM's figures), the later one takes the earlier one's place. Throws where
/// a file does not parse; other faults are added to `faults`.
YamlNode load_config_tree(const ConfigRequest& request, std::vector<Fault>& faults);

}  // namespace accelsim
