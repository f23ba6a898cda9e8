#pragma once

#include <string>
#include <vector>

#include "sw/yaml/reader.h"

namespace accelsim {

/// The publications that a file of figures names, and the rule that every figure names one.
class Sources {
  public:
    /// Reads the file's `sources`.
    explicit Sources(YamlMap& root);

    /// Reads a key that must name one of them.
    void read(YamlMap& map, const std::string& key, Need need) const;

  private:
    std::vector<std::string> names_;
};

}  // namespace accelsim
