#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/yaml/node.h"
#include "sw/yaml/scalar.h"

namespace accelsim {

enum class Need { kOptional, kRequired };

/// A key as the code that reads it declares it; the key reference is made from this.
struct Key {
    std::string name;
    std::string description = "";
    std::string unit = "";
    Need need = Need::kOptional;
    std::string initial = "";  ///< for the reference, of a default that other keys decide
};

/// What the key reference says of one key.
struct KeyRecord {
    std::string path;  ///< `accelerator.array.rows`
    std::string description;
    std::string unit;
    std::string allowed;  ///< `an integer from 1 to 1024`, `true or false`, ...; empty for a map
    std::string initial;  ///< the default, or `required`; empty where there is neither
};

/// The names of an enumeration's values.
template <typename T>
using Choices = std::vector<std::pair<std::string, T>>;

class YamlReader;

/// A map of a YAML file, read key by key. A getter leaves its value alone where the key is absent
/// (so the value's content is the default), collects a fault where the key is wrong, and ticks the
/// key off: YamlReader::finish() reports every key that no getter asked for. An absent map reads as
/// an empty one in which nothing is required.
///
///     YamlMap array = root.map({"array", "the systolic array"});
///     array.integer({"rows", "rows of PEs"}, params.rows, {1, 1024});
///     array.choice({"preload", "..."}, params.preload, {{"shadow", Preload::kShadow}});
class YamlMap {
  public:
    /// Any integer type. Plain decimal digits only, so that 010, 0x10 and 1e3 cannot mean two
    /// things.
    template <typename Integer>
    void integer(const Key& key, Integer& value, IntegerRange range) {
        value = static_cast<Integer>(*read_integer(key, static_cast<int64_t>(value), range));
    }
    /// Stays empty where the key is absent or null.
    template <typename Integer>
    void integer(const Key& key, std::optional<Integer>& value, IntegerRange range) {
        std::optional<int64_t> wide;
        if (value) wide = static_cast<int64_t>(*value);
        wide = read_integer(key, wide, range);
        value.reset();
        if (wide) value = static_cast<Integer>(*wide);
    }
    /// A list of `sizes` integers; a single integer stands for a list of one.
    void integers(const Key& key, std::vector<int64_t>& values, IntegerRange range,
                  IntegerRange sizes);
    void real(const Key& key, double& value, RealRange range);
    void real(const Key& key, std::optional<double>& value, RealRange range);
    void reals(const Key& key, std::vector<double>& values, RealRange range, IntegerRange sizes);
    /// Exact: 0.75 is 3/4. At most kMostDecimals digits after the point.
    void decimal(const Key& key, Rational& value, RealRange range);
    void decimal(const Key& key, std::optional<Rational>& value, RealRange range);
    void boolean(const Key& key, bool& value);
    void boolean(const Key& key, std::optional<bool>& value);
    void text(const Key& key, std::string& value);
    void text(const Key& key, std::optional<std::string>& value);
    /// `not_yet`: names that are specified but not implemented.
    template <typename T>
    void choice(const Key& key, std::optional<T>& value, const Choices<T>& choices,
                const std::vector<std::string>& not_yet = {}) {
        std::optional<size_t> index;
        if (value) index = index_of(*value, choices);
        index = read_choice(key, index, names_of(choices), not_yet);
        value.reset();
        if (index) value = choices[*index].second;
    }
    template <typename T>
    void choice(const Key& key, T& value, const Choices<T>& choices,
                const std::vector<std::string>& not_yet = {}) {
        std::optional<T> given = value;
        choice(key, given, choices, not_yet);
        value = given.value();
    }
    /// A list of choices.
    template <typename T>
    void choice_list(const Key& key, std::optional<std::vector<T>>& values,
                     const Choices<T>& choices, const std::vector<std::string>& not_yet = {}) {
        std::optional<std::vector<size_t>> indices;
        if (values) {
            indices.emplace();
            for (const T& value : *values) indices->push_back(index_of(value, choices));
        }
        indices = read_choice_list(key, std::move(indices), names_of(choices), not_yet);
        values.reset();
        if (!indices) return;
        values.emplace();
        for (size_t index : *indices) values->push_back(choices[index].second);
    }
    template <typename T>
    void choice_list(const Key& key, std::vector<T>& values, const Choices<T>& choices,
                     const std::vector<std::string>& not_yet = {}) {
        std::optional<std::vector<T>> given = std::move(values);
        choice_list(key, given, choices, not_yet);
        values = std::move(given.value());
    }

    /// A map whose defaults hold where it is absent.
    YamlMap map(const Key& key);
    /// A map that means something by being there.
    std::optional<YamlMap> optional_map(const Key& key);
    /// A list of maps; empty where the key is absent.
    std::vector<YamlMap> maps(const Key& key);
    /// Every member of a map whose keys the user chooses and whose values are maps. The key
    /// reference calls the keys `placeholder`.
    std::vector<std::pair<std::string, YamlMap>> members(const Key& placeholder);
    /// A key that is specified but not implemented: a fault where it is given.
    void not_yet(const std::string& name);

    /// Present and not null.
    bool has(const std::string& name) const;
    bool is_present() const { return node_ != nullptr; }
    /// The names of the keys, as the file orders them.
    std::vector<std::string> keys() const;
    /// Where a relative path in that key's value starts.
    std::string directory_of(const std::string& name) const;
    /// The place of the key's value; of the map where there is none.
    Location where(const std::string& name) const;
    Location where() const;
    /// The place of the key itself; of the map where there is none.
    Location where_key(const std::string& name) const;
    /// The whole path of a key of this map, for messages.
    std::string path_of(const std::string& name) const;
    /// Collects a fault of the caller's own finding, at the key's value. `got` is the value as
    /// typed where not given.
    void fault(const std::string& name, const std::string& rule,
               std::optional<std::string> got = std::nullopt);

  private:
    friend class YamlReader;
    YamlMap(YamlReader* reader, const YamlNode* node, std::string path, std::string pointer);

    const YamlNode* find(const std::string& name) const;
    const YamlNode* take(const Key& key, const std::string& allowed, const std::string& initial);
    void store(const std::string& name, const nlohmann::ordered_json& value);
    YamlMap child(const std::string& name, const YamlNode* node);
    template <typename T, typename Parse>
    std::optional<T> read(const Key& key, std::optional<T> initial, const std::string& allowed,
                          Parse parse);
    template <typename T, typename Parse>
    void read_list(const Key& key, std::vector<T>& values, IntegerRange sizes,
                   const std::string& allowed, Parse parse);
    std::optional<int64_t> read_integer(const Key& key, std::optional<int64_t> initial,
                                        IntegerRange range);
    std::optional<size_t> read_choice(const Key& key, std::optional<size_t> initial,
                                      const std::vector<std::string>& names,
                                      const std::vector<std::string>& not_yet);
    std::optional<std::vector<size_t>> read_choice_list(const Key& key,
                                                        std::optional<std::vector<size_t>> initial,
                                                        const std::vector<std::string>& names,
                                                        const std::vector<std::string>& not_yet);

    template <typename T>
    static std::vector<std::string> names_of(const Choices<T>& choices) {
        std::vector<std::string> names;
        for (const auto& choice : choices) names.push_back(choice.first);
        return names;
    }
    template <typename T>
    static size_t index_of(const T& value, const Choices<T>& choices) {
        for (size_t index = 0; index < choices.size(); ++index) {
            if (choices[index].second == value) return index;
        }
        throw InternalError("a default is none of its key's choices");
    }

    YamlReader* reader_;
    const YamlNode* node_;  ///< null where the map is absent
    std::string path_;
    std::string pointer_;  ///< JSON pointer of this map in the values
    size_t visit_;
};

/// Reads one document through its root map; collects the faults, the keys' declarations and their
/// values.
class YamlReader {
  public:
    /// `faults`: those that parsing the tree found.
    explicit YamlReader(YamlNode root, std::vector<Fault> faults = {});
    /// `shown_name` is the file's name in faults.
    static YamlReader from_file(const std::string& path, const std::string& shown_name);
    /// Reads nothing and visits everything: every optional map is there, every `members` has its
    /// placeholder.
    static YamlReader describing();
    ~YamlReader();
    YamlReader(const YamlReader&) = delete;
    YamlReader& operator=(const YamlReader&) = delete;

    YamlMap root();
    void fault(Fault fault) { faults_.push_back(std::move(fault)); }
    bool has_faults() const { return !faults_.empty(); }
    const std::vector<KeyRecord>& keys() const { return keys_; }
    /// Every key that was read with its value, in the order of reading; null where there is no
    /// value.
    const nlohmann::ordered_json& values() const { return *values_; }
    /// Throws a UserError with every fault, keys that nothing asked for among them.
    void finish();

  private:
    friend class YamlMap;
    /// What was asked of one map.
    struct Visit {
        const YamlNode* node;
        std::string path;
        std::vector<std::string> known;
    };
    struct Describing {};
    explicit YamlReader(Describing);
    size_t visit(const YamlNode* node, const std::string& path);
    void report_unknown_keys();

    YamlNode root_;
    bool describing_ = false;
    std::vector<Fault> faults_;
    std::vector<KeyRecord> keys_;
    std::deque<Visit> visits_;
    std::unique_ptr<nlohmann::ordered_json> values_;
};

}  // namespace accelsim
