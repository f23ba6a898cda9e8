#pragma once

#include <functional>
#include <string>

#include "sw/base/error.h"

namespace accelsim {

/// What the UserError says that the action throws; empty where it throws none.
inline std::string fault_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

}  // namespace accelsim
