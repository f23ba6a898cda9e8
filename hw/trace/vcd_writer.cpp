#include "hw/trace/vcd_writer.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>

#include "sw/base/error.h"

namespace accelsim {
namespace {

/// A `$scope` with what stands in it, in the order of declaration.
struct Scope {
    std::vector<std::pair<std::string, std::unique_ptr<Scope>>> scopes;
    std::map<std::string, Scope*> by_name;
    std::vector<size_t> variables;

    Scope* below(const std::string& name) {
        Scope*& scope = by_name[name];
        if (scope == nullptr) {
            scopes.emplace_back(name, std::make_unique<Scope>());
            scope = scopes.back().second.get();
        }
        return scope;
    }
};

Scope tree_of(const std::vector<VcdVariable>& variables) {
    Scope root;
    for (size_t i = 0; i < variables.size(); ++i) {
        const std::string& name = variables[i].name;
        Scope* scope = &root;
        size_t first = 0;
        for (size_t dot; (dot = name.find('.', first)) != std::string::npos; first = dot + 1) {
            scope = scope->below(name.substr(first, dot - first));
        }
        scope->variables.push_back(i);
    }
    return root;
}

std::string code_text(size_t number) {
    constexpr size_t kCharacters = '~' - '!' + 1;
    std::string code;
    for (size_t left = number + 1; left > 0; left = (left - 1) / kCharacters) {
        code += static_cast<char>('!' + (left - 1) % kCharacters);
    }
    return code;
}

VcdCode code_of(size_t number) {
    const std::string text = " " + code_text(number) + "\n";
    VcdCode code;
    text.copy(code.text.data(), text.size());
    code.length = static_cast<uint8_t>(text.size());
    return code;
}

std::string declaration(const VcdVariable& variable, size_t number) {
    const std::string name = variable.name.substr(variable.name.rfind('.') + 1);
    const std::string rest = " " + code_text(number) + " " + name + " $end\n";
    if (variable.kind == VcdKind::kCounter) return "$var integer 64" + rest;
    if (variable.kind == VcdKind::kText) return "$var string 1" + rest;
    const NumberFormat& format = variable.format;
    const std::string note =
        format.is_signed ? "$comment " + name + ": two's complement $end\n" : std::string();
    const std::string kind = variable.kind == VcdKind::kWire ? "wire " : "reg ";
    return note + "$var " + kind + std::to_string(format.bits) + rest;
}

template <typename Line>
void declare(const Scope& scope, const std::vector<VcdVariable>& variables, Line line) {
    for (const size_t i : scope.variables) line(declaration(variables[i], i));
    for (const auto& [name, below] : scope.scopes) {
        line("$scope module " + name + " $end\n");
        declare(*below, variables, line);
        line("$upscope $end\n");
    }
}

UserError cannot_write(const std::string& path, int error) {
    return UserError("--vcd",
                     std::string("must be a file that can be written, ") + std::strerror(error),
                     "'" + path + "'");
}

/// The largest time unit that divides `femtoseconds`: its name and how often it goes into them.
std::pair<std::string, int64_t> time_unit(int64_t femtoseconds) {
    constexpr const char* kUnits[] = {"fs", "ps", "ns", "us", "ms"};
    std::string name;
    for (const char* unit : kUnits) {
        for (const char* multiple : {"1 ", "10 ", "100 "}) {
            name = std::string(multiple) + unit;
            if (femtoseconds % 10 != 0) return {name, femtoseconds};
            femtoseconds /= 10;
        }
    }
    return {"1 s", femtoseconds};
}

}  // namespace

const VcdWriter::ByteDigits VcdWriter::kDigits = [] {
    ByteDigits digits{};
    for (unsigned byte = 0; byte < 256; ++byte) {
        for (unsigned i = 0; i < 8; ++i) digits[byte][i] = (byte >> (7 - i)) & 1 ? '1' : '0';
    }
    return digits;
}();

VcdWriter::~VcdWriter() {
    if (file_ == nullptr) return;
    try {
        flush();
    } catch (const UserError&) {  // whatever ended the run early is told
    }
    if (!has_values_) remove();
    if (file_ != nullptr) std::fclose(file_);
}

std::vector<VcdCode> VcdWriter::write_header(const std::vector<VcdVariable>& variables,
                                             int64_t clock_period_fs) {
    file_ = std::fopen(path_.c_str(), "wb");
    if (file_ == nullptr) throw cannot_write(path_, errno);
    std::setvbuf(file_, nullptr, _IONBF, 0);
    const auto [unit, units] = time_unit(clock_period_fs / 2);
    units_per_half_period_ = units;
    append_line("$version accelsim $end\n$timescale " + unit + " $end\n");
    append_line("$comment Numbers are unsigned unless a comment says two's complement. $end\n");
    declare(tree_of(variables), variables, [this](const std::string& line) { append_line(line); });
    append_line("$enddefinitions $end\n");
    std::vector<VcdCode> codes;
    for (size_t i = 0; i < variables.size(); ++i) codes.push_back(code_of(i));
    return codes;
}

void VcdWriter::begin_first_values() {
    make_room();
    append_line("$dumpvars\n");
}

void VcdWriter::end_first_values() { append_line("$end\n"); }

void VcdWriter::write_text(const VcdCode& code, std::string_view value) {
    make_room();
    std::string escaped = "s";
    for (const char c : value) {
        if (c > ' ' && c <= '~' && c != '\\') {
            escaped += c;
            continue;
        }
        char octal[8];
        std::snprintf(octal, sizeof(octal), "\\%03o", static_cast<unsigned char>(c));
        escaped += octal;
    }
    append_line(escaped + std::string(code.text.data(), code.length));
}

void VcdWriter::append_line(std::string_view text) {
    for (size_t done = 0; done < text.size();) {
        if (at_ == end_) flush();
        const size_t part = std::min(text.size() - done, static_cast<size_t>(end_ - at_));
        std::memcpy(at_, text.data() + done, part);
        at_ += part;
        done += part;
    }
}

void VcdWriter::write_stamp() {
    stamped_ = has_values_ = true;
    append_line("#" + std::to_string(time_) + "\n");
}

void VcdWriter::close(int64_t half_periods) {
    set_time(half_periods);
    make_room();
    flush();
    // Some file systems tell only now that there is no room.
    if (std::fclose(std::exchange(file_, nullptr)) != 0) fail(errno);
}

void VcdWriter::flush() {
    const auto bytes = static_cast<size_t>(at_ - buffer_.data());
    at_ = buffer_.data();
    if (std::fwrite(buffer_.data(), 1, bytes, file_) != bytes) fail(errno);
}

void VcdWriter::remove() {
    if (file_ != nullptr) std::fclose(std::exchange(file_, nullptr));
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path_, ignored)) std::filesystem::remove(path_, ignored);
}

void VcdWriter::fail(int error) {
    remove();
    throw cannot_write(path_, error);
}

}  // namespace accelsim
