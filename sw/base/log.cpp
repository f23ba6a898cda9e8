#include "sw/base/log.h"

#include <cstdio>

#include "sw/base/progress.h"

namespace accelsim {
namespace {

LogLevel g_level = LogLevel::kInfo;

const char* prefix(LogLevel level) {
    switch (level) {
        case LogLevel::kError:
            return "accelsim: error: ";
        case LogLevel::kWarning:
            return "accelsim: warning: ";
        case LogLevel::kDebug:
            return "accelsim: debug: ";
        case LogLevel::kInfo:
            break;
    }
    return "accelsim: ";
}

}  // namespace

void set_log_level(LogLevel level) { g_level = level; }

LogLevel log_level() { return g_level; }

void log_line(LogLevel level, const std::string& text) {
    if (level > g_level) return;
    clear_progress_bar();
    fmt::print(stderr, "{}{}\n", prefix(level), text);
}

}  // namespace accelsim
