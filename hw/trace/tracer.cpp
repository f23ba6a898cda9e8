#include "hw/trace/tracer.h"

#include <algorithm>
#include <cctype>
#include <type_traits>
#include <utility>

#include "hw/trace/glob.h"
#include "sw/base/error.h"
#include "sw/base/nearest.h"

namespace accelsim {
namespace {

uint64_t low_bits(int bits) { return ~uint64_t{0} >> (64 - bits); }

const int32_t* words_of(const RegisterWords& registers, int32_t) { return registers.narrow; }
const int64_t* words_of(const RegisterWords& registers, int64_t) { return registers.wide; }

/// The pattern that the name shares with those that differ in their numbers only.
std::string without_numbers(const std::string& name) {
    std::string pattern;
    for (const char c : name) {
        const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
        if (!digit || pattern.empty() || pattern.back() != '*') pattern += digit ? '*' : c;
    }
    return pattern;
}

}  // namespace

Tracer::Tracer(const std::string& path, const std::vector<std::string>& selections)
    : writer_(path) {
    for (const std::string& glob : selections) selections_.push_back({glob});
}

bool Tracer::selects(const std::string& name) {
    bool selected = selections_.empty();
    bool all_matched = true;
    for (Selection& selection : selections_) {
        if (!selected || !selection.has_matched) {
            const bool matches =
                glob_matches(selection.glob, name) || glob_matches(selection.glob + ".*", name);
            selected |= matches;
            selection.has_matched |= matches;
        }
        all_matched &= selection.has_matched;
    }
    if (!all_matched) names_.insert(without_numbers(name));
    return selected;
}

size_t Tracer::declare(const VcdVariable& variable) {
    variables_.push_back(variable);
    return variables_.size() - 1;
}

void Tracer::clock(const std::string& name) {
    selects(name);
    clock_ = static_cast<int>(declare({name, VcdKind::kWire, {1, false}}));
}

void Tracer::always(const std::string& name, std::function<std::string_view()> get) {
    selects(name);
    texts_.push_back({std::move(get), declare({name, VcdKind::kText, {}}), {}});
}

void Tracer::add(const VcdVariable& variable, std::function<int64_t()> get) {
    if (!selects(variable.name)) return;
    const auto mask = low_bits(variable.format.bits);
    numbers_.push_back({std::move(get), mask, declare(variable)});
}

void Tracer::add(const std::string& name, std::function<std::string_view()> get) {
    if (selects(name)) texts_.push_back({std::move(get), declare({name, VcdKind::kText, {}}), {}});
}

void Tracer::add(const TracedBlock& block, const std::string& scope) {
    std::vector<Block>* blocks = nullptr;  // with the element before, if that is selected
    for (int i = 0; i < block.count; ++i) {
        const std::string name = scope + "." + block.name(i);
        if (!selects(name)) {
            blocks = nullptr;
            continue;
        }
        const size_t place = declare({name, block.kind, block.format});
        if (blocks == nullptr) {
            const bool is_wide = block.fetch().wide != nullptr;
            blocks = is_wide ? &wide_blocks_.blocks : &narrow_blocks_.blocks;
            blocks->push_back({block.fetch, i, 0, block.shift, low_bits(block.format.bits), place});
        }
        ++blocks->back().count;
    }
}

void Tracer::begin(int64_t clock_period_fs) {
    require_matches();
    codes_ = writer_.write_header(variables_, clock_period_fs);
    if (!narrow_blocks_.blocks.empty()) narrow_blocks_.before.resize(variables_.size());
    if (!wide_blocks_.blocks.empty()) wide_blocks_.before.resize(variables_.size());
}

void Tracer::require_matches() const {
    std::vector<std::string> names, scopes;
    for (const std::string& pattern : names_) {
        names.push_back(pattern);
        const size_t last_dot = pattern.rfind('.');
        for (size_t dot = 0; (dot = pattern.find('.', dot)) != std::string::npos; ++dot) {
            names.push_back("*" + pattern.substr(dot));
            if (dot < last_dot) names.push_back("*" + pattern.substr(dot, last_dot - dot) + ".*");
        }
        const std::string scope = pattern.substr(0, pattern.find('.', pattern.find('.') + 1));
        if (scopes.empty() || scopes.back() != scope) scopes.push_back(scope);
    }
    std::vector<Fault> faults;
    for (const Selection& selection : selections_) {
        if (selection.has_matched) continue;
        const std::string nearest = nearest_name(without_numbers(selection.glob), names);
        faults.push_back({Location{}, "--vcd-scope",
                          nearest.empty() ? "must match a signal (there are " + join(scopes) + ")"
                                          : "must match a signal, did you mean '" + nearest + "'?",
                          "'" + selection.glob + "'"});
    }
    if (!faults.empty()) throw UserError(std::move(faults));
}

template <typename Word>
void Tracer::forget_blocks(Blocks<Word>& blocks) const {
    for (const Block& block : blocks.blocks) {
        const Word* now = words_of(block.fetch(), Word{}) + block.first;
        Word* before = blocks.before.data() + block.place;
        for (int i = 0; i < block.count; ++i) before[i] = ~now[i];
    }
}

void Tracer::forget() {
    forget_blocks(narrow_blocks_);
    forget_blocks(wide_blocks_);
    for (Number& number : numbers_) number.before = ~static_cast<uint64_t>(number.get());
    for (Text& text : texts_) text.before.clear();
}

void Tracer::sample(int64_t cycle) {
    writer_.set_time(2 * cycle);
    if (first_sample_) {
        forget();
        writer_.begin_first_values();
    }
    if (clock_ >= 0) writer_.write_bit(codes_[static_cast<size_t>(clock_)], true);
    sample_blocks(narrow_blocks_);
    sample_blocks(wide_blocks_);
    sample_numbers();
    sample_texts();
    if (first_sample_) writer_.end_first_values();
    first_sample_ = false;
    if (clock_ < 0) return;
    writer_.set_time(2 * cycle + 1);
    writer_.write_bit(codes_[static_cast<size_t>(clock_)], false);
}

template <typename Word>
void Tracer::sample_blocks(Blocks<Word>& blocks) {
    constexpr int kChunk = 16;
    using Bits = std::make_unsigned_t<Word>;
    for (const Block& block : blocks.blocks) {
        const Word* now = words_of(block.fetch(), Word{}) + block.first;
        Word* before = blocks.before.data() + block.place;
        const VcdCode* codes = codes_.data() + block.place;
        const auto field = static_cast<Bits>(block.mask << block.shift);
        for (int first = 0; first < block.count; first += kChunk) {
            const int end = std::min(first + kChunk, block.count);
            Word changed = 0;
            for (int i = first; i < end; ++i) changed |= now[i] ^ before[i];
            if ((static_cast<Bits>(changed) & field) == 0) continue;
            for (int i = first; i < end; ++i) {
                if ((static_cast<Bits>(now[i] ^ before[i]) & field) == 0) continue;
                before[i] = now[i];
                const uint64_t value = static_cast<Bits>(now[i]) >> block.shift & block.mask;
                writer_.write_value(codes[i], value, block.mask);
            }
        }
    }
}

void Tracer::sample_numbers() {
    for (Number& number : numbers_) {
        const uint64_t now = static_cast<uint64_t>(number.get()) & number.mask;
        if (now == number.before) continue;
        number.before = now;
        writer_.write_value(codes_[number.variable], now, number.mask);
    }
}

void Tracer::sample_texts() {
    for (Text& text : texts_) {
        const std::string_view now = text.get();
        if (now == text.before) continue;
        text.before = now;
        writer_.write_text(codes_[text.variable], now);
    }
}

}  // namespace accelsim
