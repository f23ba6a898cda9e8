#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sw/numeric/number_format.h"

namespace accelsim {

enum class VcdKind {
    kWire,      ///< what a channel carries
    kRegister,  ///< what a clock edge keeps
    kCounter,   ///< 64-bit integer
    kText,      ///< GTKWave's string variable: states by their names
};

struct VcdVariable {
    std::string name;  ///< hierarchical: every part but the last is a scope
    VcdKind kind = VcdKind::kWire;
    NumberFormat format{1, false};  ///< of kWire and kRegister
};

/// A variable's identifier code with the characters that surround it in a value change.
struct VcdCode {
    std::array<char, 7> text{};  ///< space, code, newline
    uint8_t length = 0;
};

/// Writes a value change dump (IEEE Std 1364-2001, section 18) with GTKWave's string variables. The
/// caller says what changed; a time stamp is written where a change follows. The same calls give
/// the same bytes: the file has no date.
class VcdWriter {
  public:
    explicit VcdWriter(std::string path) : path_(std::move(path)), buffer_(kBufferBytes) {}
    /// Completes the file, as far as it goes; one without a value is removed.
    ~VcdWriter();
    VcdWriter(const VcdWriter&) = delete;
    VcdWriter& operator=(const VcdWriter&) = delete;

    /// Opens the file and declares the variables, code i for variable i. Throws UserError where the
    /// file cannot be written, as all that follows; what had been written is then removed. Times
    /// are in half clock periods, of which two, in femtoseconds, are `clock_period_fs`: the time
    /// unit divides the half period.
    std::vector<VcdCode> write_header(const std::vector<VcdVariable>& variables,
                                      int64_t clock_period_fs);

    /// The changes that follow happen at this time, which is later than all before it.
    void set_time(int64_t half_periods) {
        time_ = half_periods * units_per_half_period_;
        stamped_ = false;
    }

    void write_bit(const VcdCode& code, bool value) {
        make_room();
        *at_++ = value ? '1' : '0';
        append(code.text.data() + 1, code.length - 1);
    }

    /// `value` has no bits but the variable's, which `mask` has.
    void write_value(const VcdCode& code, uint64_t value, uint64_t mask) {
        if (mask == 1) {
            write_bit(code, value != 0);
        } else {
            write_bits(code, value);
        }
    }
    void write_bits(const VcdCode& code, uint64_t value) {
        make_room();
        *at_++ = 'b';
        const int digits = value == 0 ? 1 : 64 - __builtin_clzll(value);
        value <<= 64 - digits;
        for (int done = 0; done < digits; done += 8, value <<= 8) {
            std::memcpy(at_ + done, kDigits[value >> 56].data(), 8);
        }
        at_ += digits;
        append(code.text.data(), code.length);
    }

    /// `value` is not empty. What is not a printable character is written as in C, in octal.
    void write_text(const VcdCode& code, std::string_view value);

    /// The changes between these two are the first values of all variables.
    void begin_first_values();
    void end_first_values();

    /// Writes the time at which the dump ends, and what is still in memory.
    void close(int64_t half_periods);

  private:
    static constexpr size_t kBufferBytes = size_t{1} << 20;
    static constexpr int kLongestChange = 128;  ///< bytes of a time stamp and a change of 64 bits
    using ByteDigits = std::array<std::array<char, 8>, 256>;
    static const ByteDigits kDigits;

    void make_room() {
        if (end_ - at_ < kLongestChange) flush();
        if (!stamped_) write_stamp();
    }
    void append(const char* text, size_t length) {
        std::memcpy(at_, text, sizeof(VcdCode::text) - 1);
        at_ += length;
    }
    void append_line(std::string_view text);
    void write_stamp();
    void flush();
    void remove();
    [[noreturn]] void fail(int error);

    const std::string path_;
    std::FILE* file_ = nullptr;
    std::vector<char> buffer_;
    char* at_ = buffer_.data();
    char* const end_ = buffer_.data() + buffer_.size();
    bool has_values_ = false;
    int64_t units_per_half_period_ = 1;
    int64_t time_ = 0;
    bool stamped_ = true;
};

}  // namespace accelsim
