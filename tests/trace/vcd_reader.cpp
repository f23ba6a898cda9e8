#include "tests/trace/vcd_reader.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace accelsim::vcd {
namespace {

class Parser {
  public:
    explicit Parser(const std::string& text) : words_(text) {}

    Dump parse() {
        while (!definitions_ended_) declaration();
        std::string word;
        while (next(&word)) change(word);
        for (const auto& [name, variable] : dump_.variables) {
            if (variable.changes.empty()) fault("no first value of " + name);
        }
        return std::move(dump_);
    }

  private:
    [[noreturn]] void fault(const std::string& what) const {
        throw std::runtime_error("VCD, word " + std::to_string(count_) + ": " + what);
    }

    bool next(std::string* word) {
        ++count_;
        return static_cast<bool>(words_ >> *word);
    }
    std::string next() {
        std::string word;
        if (!next(&word)) fault("the file ends too early");
        return word;
    }

    std::string until_end() {
        std::string text;
        for (std::string word = next(); word != "$end"; word = next()) {
            text += (text.empty() ? "" : " ") + word;
        }
        return text;
    }

    void declaration() {
        const std::string keyword = next();
        const std::string text = until_end();
        std::istringstream words(text);
        if (keyword == "$comment") {
            comment_ = text;
            return;
        }
        if (keyword == "$timescale") {
            dump_.timescale = text;
        } else if (keyword == "$scope") {
            std::string kind, name;
            words >> kind >> name;
            if (kind != "module") fault("scope of kind " + kind);
            scopes_.push_back(name);
        } else if (keyword == "$upscope") {
            if (scopes_.empty()) fault("no scope to leave");
            scopes_.pop_back();
        } else if (keyword == "$var") {
            variable(text);
        } else if (keyword == "$enddefinitions") {
            if (!scopes_.empty()) fault("an open scope");
            definitions_ended_ = true;
        } else if (keyword != "$version" && keyword != "$date") {
            fault("keyword " + keyword);
        }
        comment_.clear();
    }

    void variable(const std::string& text) {
        std::istringstream words(text);
        Variable variable;
        std::string code, reference, rest, name;
        words >> variable.type >> variable.width >> code >> reference;
        if (words.fail() || words >> rest) fault("variable " + text);
        variable.is_signed = comment_ == reference + ": two's complement";
        for (const std::string& scope : scopes_) name += scope + ".";
        name += reference;
        const auto [place, is_new] = dump_.variables.emplace(name, variable);
        if (!is_new) fault("a second " + name);
        if (!by_code_.emplace(code, &place->second).second) fault("a second variable " + code);
    }

    void change(const std::string& word) {
        if (word == "$dumpvars" || word == "$end") return;
        const char kind = word[0];
        const std::string rest = word.substr(1);
        if (kind == '#') {
            time(std::stoll(rest));
        } else if (kind == '0' || kind == '1') {
            value(rest, std::string(1, kind), 1, "wire reg");
        } else if (kind == 'b') {
            if (rest.empty() || rest.find_first_not_of("01") != std::string::npos) {
                fault("value " + word);
            }
            const size_t first = std::min(rest.find('1'), rest.size() - 1);
            value(next(), rest.substr(first), static_cast<int>(rest.size()), "wire reg integer");
        } else if (kind == 's') {
            value(next(), rest, 1, "string");
        } else {
            fault("word " + word);
        }
    }

    void time(int64_t now) {
        if (!dump_.times.empty() && now <= dump_.times.back()) fault("time goes back");
        dump_.times.push_back(now);
    }

    void value(const std::string& code, const std::string& text, int bits,
               const std::string& types) {
        const auto found = by_code_.find(code);
        if (found == by_code_.end()) fault("no variable has code " + code);
        Variable& variable = *found->second;
        if (types.find(variable.type) == std::string::npos) fault("value of another kind");
        if (bits > variable.width) fault("too many bits: " + text);
        if (dump_.times.empty()) fault("a value without a time");
        if (!variable.changes.empty() && variable.changes.back().second == text) {
            fault("nothing changes: " + code + " " + text);
        }
        variable.changes.emplace_back(dump_.times.back(), text);
    }

    std::istringstream words_;
    int64_t count_ = 0;
    Dump dump_;
    std::map<std::string, Variable*> by_code_;
    std::vector<std::string> scopes_;
    std::string comment_;
    bool definitions_ended_ = false;
};

}  // namespace

const std::string& Variable::text(int64_t time) const {
    auto after = std::upper_bound(changes.begin(), changes.end(), time,
                                  [](int64_t t, const auto& change) { return t < change.first; });
    if (after == changes.begin()) throw std::runtime_error("no value yet");
    return (--after)->second;
}

int64_t Variable::number(int64_t time) const {
    const uint64_t bits = std::stoull(text(time), nullptr, 2);
    if (!is_signed || width == 64 || (bits >> (width - 1)) == 0) return static_cast<int64_t>(bits);
    return static_cast<int64_t>(bits) - (int64_t{1} << width);
}

Dump read(const std::string& text) { return Parser(text).parse(); }

}  // namespace accelsim::vcd
