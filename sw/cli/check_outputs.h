#pragma once

#include <string>

namespace accelsim {

/// To be called before a long run. Both throw UserError, with `option` as its key, where the result
/// could not be written; folders are made where they are missing, and a file that is there keeps
/// its content.
void check_folder(const std::string& option, const std::string& folder);
void check_file(const std::string& option, const std::string& file);

}  // namespace accelsim
