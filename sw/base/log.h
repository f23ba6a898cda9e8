#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace accelsim {

enum class LogLevel { kError, kWarning, kInfo, kDebug };

/// Messages above this level are dropped; kInfo at first.
void set_log_level(LogLevel level);
LogLevel log_level();

/// One line on standard error, `accelsim: warning: text`; results go to standard output, never
/// through here. Not for several threads at a time.
void log_line(LogLevel level, const std::string& text);

template <typename... Args>
void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    if (level <= log_level()) log_line(level, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::kWarning, format, std::forward<Args>(args)...);
}

template <typename... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::kInfo, format, std::forward<Args>(args)...);
}

template <typename... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::kDebug, format, std::forward<Args>(args)...);
}

}  // namespace accelsim
