#include "sw/base/error.h"

#include <utility>

namespace accelsim {

std::string Fault::to_string() const {
    std::string text;
    if (!where.file.empty()) {
        text = where.file + ":";
        if (where.line > 0) {
            text += std::to_string(where.line) + ":" + std::to_string(where.column) + ":";
        }
        text += " ";
    }
    if (!key.empty()) text += key + ": ";
    text += rule;
    if (!got.empty()) text += ", got " + got;
    return text;
}

UserError::UserError(std::vector<Fault> faults) : faults_(std::move(faults)) {
    for (const Fault& fault : faults_) {
        if (!text_.empty()) text_ += "\n";
        text_ += fault.to_string();
    }
}

UserError::UserError(std::string key, std::string rule, std::string got)
    : UserError(
          std::vector<Fault>{Fault{Location{}, std::move(key), std::move(rule), std::move(got)}}) {}

}  // namespace accelsim
