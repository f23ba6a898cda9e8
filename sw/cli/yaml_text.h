#pragma once

#include <string>

namespace accelsim {

/// A JSON object as YAML: maps of scalars and lists on one line, larger maps in blocks.
std::string yaml_text(const std::string& json);

}  // namespace accelsim
