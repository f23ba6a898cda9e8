#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// A reader of value change dumps, written from IEEE Std 1364-2001, section 18, and what GTKWave
/// adds to it (string variables). It includes the standard library only.
namespace accelsim::vcd {

struct Variable {
    std::string type;  ///< wire, reg, integer, string
    int width = 0;
    bool is_signed = false;  ///< a comment directly before says two's complement
    /// (time, value) in the order of the file; bits without leading zeros, or text.
    std::vector<std::pair<int64_t, std::string>> changes;

    /// The value from `time` on; throws where there is none yet.
    const std::string& text(int64_t time) const;
    int64_t number(int64_t time) const;
};

struct Dump {
    std::string timescale;
    std::map<std::string, Variable> variables;  ///< by hierarchical name
    std::vector<int64_t> times;                 ///< every time stamp

    /// Throws std::out_of_range for a name that is not there.
    const Variable& at(const std::string& name) const { return variables.at(name); }
};

/// Throws std::runtime_error, with the line, for anything that the grammar does not allow, a value
/// of too many bits, a time that is not later than the one before, a variable without a first
/// value, or a change that changes nothing.
Dump read(const std::string& text);

}  // namespace accelsim::vcd
