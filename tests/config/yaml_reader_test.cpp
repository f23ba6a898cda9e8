#include "sw/yaml/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sw/yaml/parser.h"
#include "tests/support/test_name.h"

namespace accelsim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Colour { kRed, kGreen };

struct Sample {
    int rows = 8;
    double ratio = 0.5;
    bool on = true;
    std::string name = "none";
    Colour colour = Colour::kRed;
    Rational rate{3, 4};
    std::vector<double> mean{0.0};
    std::vector<Colour> colours{Colour::kGreen};
    std::optional<int64_t> limit;
};

const Choices<Colour> kColours = {{"red", Colour::kRed}, {"green", Colour::kGreen}};

/// Reads `text` as a file named t.yaml: `box` holds one key of each type.
void read_sample(YamlReader& reader, Sample& sample) {
    YamlMap box = reader.root().map({"box"});
    box.integer({"rows", "rows of it", "PEs"}, sample.rows, {1, 1024});
    box.real({"ratio"}, sample.ratio, {0.0, 1.0});
    box.boolean({"on"}, sample.on);
    box.text({"name"}, sample.name);
    box.choice({"colour"}, sample.colour, kColours, {"blue"});
    box.decimal({"rate"}, sample.rate, RealRange::positive(100));
    box.reals({"mean"}, sample.mean, {-10, 10}, {1, 3});
    box.choice_list({"colours"}, sample.colours, kColours);
    box.integer({"limit"}, sample.limit, {0, 10});
    box.not_yet("later");
}

YamlNode parsed(const std::string& text, std::vector<Fault>& faults) {
    return parse_yaml_text(text, {"t.yaml", ""}, faults);
}

/// The faults of `text`, one a line; empty where there are none.
std::string faults_of(const std::string& text) {
    std::vector<Fault> faults;
    YamlNode root = parsed(text, faults);
    YamlReader reader(std::move(root), std::move(faults));
    Sample sample;
    read_sample(reader, sample);
    try {
        reader.finish();
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

TEST(YamlReader, ReadsEveryType) {
    std::vector<Fault> faults;
    YamlReader reader(
        parsed("box:\n  {rows: 16, ratio: 1e-1, on: false, name: '8', colour: green, rate: 0.75,\n"
               "   mean: [1, -2.5], colours: [red, green], limit: 3}\n",
               faults));
    Sample sample;
    sample.rate = {1, 1};
    read_sample(reader, sample);
    EXPECT_NO_THROW(reader.finish());
    EXPECT_EQ(sample.rows, 16);
    EXPECT_EQ(sample.ratio, 0.1);
    EXPECT_FALSE(sample.on);
    EXPECT_EQ(sample.name, "8");
    EXPECT_EQ(sample.colour, Colour::kGreen);
    EXPECT_EQ(sample.rate, (Rational{3, 4}));
    EXPECT_THAT(sample.mean, ElementsAre(1, -2.5));
    EXPECT_THAT(sample.colours, ElementsAre(Colour::kRed, Colour::kGreen));
    EXPECT_EQ(sample.limit, 3);
    EXPECT_EQ(reader.values().dump(),
              R"({"box":{"rows":16,"ratio":0.1,"on":false,"name":"8","colour":"green","rate":0.75,)"
              R"("mean":[1.0,-2.5],"colours":["red","green"],"limit":3}})");
}

TEST(YamlReader, KeepsDefaultsOfAbsentKeys) {
    std::vector<Fault> faults;
    YamlReader reader(parsed("{}", faults));
    Sample sample;
    read_sample(reader, sample);
    EXPECT_NO_THROW(reader.finish());
    EXPECT_EQ(reader.values().dump(),
              R"({"box":{"rows":8,"ratio":0.5,"on":true,"name":"none","colour":"red","rate":0.75,)"
              R"("mean":[0.0],"colours":["green"],"limit":null}})");
    EXPECT_EQ(reader.keys()[1].path, "box.rows");
    EXPECT_EQ(reader.keys()[1].allowed, "an integer from 1 to 1024");
    EXPECT_EQ(reader.keys()[1].initial, "8");
    EXPECT_EQ(reader.keys()[1].unit, "PEs");
}

TEST(YamlReader, OptionalKeysStayEmptyWhereNothingIsGiven) {
    std::vector<Fault> faults;
    YamlReader reader(
        parsed("given: {colour: green, colours: [red], on: false}\n"
               "none: {colour: null, colours: null, on: null}\n",
               faults));
    const auto read = [&](const char* name) {
        YamlMap map = reader.root().map({name});
        std::optional<Colour> colour;
        std::optional<std::vector<Colour>> colours;
        std::optional<bool> on;
        map.choice({"colour"}, colour, kColours);
        map.choice_list({"colours"}, colours, kColours);
        map.boolean({"on"}, on);
        return std::make_tuple(colour, colours, on);
    };
    EXPECT_EQ(read("given"),
              std::make_tuple(std::optional(Colour::kGreen),
                              std::optional(std::vector{Colour::kRed}), std::optional(false)));
    for (const char* name : {"none", "absent"}) {
        const auto [colour, colours, on] = read(name);
        EXPECT_FALSE(colour || colours || on) << name;
    }
    EXPECT_NO_THROW(reader.finish());
    EXPECT_EQ(reader.values().dump(), R"({"given":{"colour":"green","colours":["red"],"on":false},)"
                                      R"("none":{"colour":null,"colours":null,"on":null},)"
                                      R"("absent":{"colour":null,"colours":null,"on":null}})");
}

struct WrongText {
    const char* text;
    const char* message;
};

void PrintTo(const WrongText& wrong, std::ostream* out) { *out << test_name(wrong.message); }

class YamlReaderRefuses : public ::testing::TestWithParam<WrongText> {};

TEST_P(YamlReaderRefuses, WithPlaceAndRule) {
    EXPECT_EQ(faults_of(GetParam().text), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, YamlReaderRefuses,
    ::testing::Values(
        WrongText{"box:\n  rows: 0\n",
                  "t.yaml:2:9: box.rows: must be an integer from 1 to 1024, got 0"},
        WrongText{"box: {rows: 010}",
                  "t.yaml:1:13: box.rows: must be an integer from 1 to 1024, got 010"},
        WrongText{"box: {rows: 0x10}",
                  "t.yaml:1:13: box.rows: must be an integer from 1 to 1024, got 0x10"},
        WrongText{"box: {rows: 1e3}",
                  "t.yaml:1:13: box.rows: must be an integer from 1 to 1024, got 1e3"},
        WrongText{"box: {rows: 8.0}",
                  "t.yaml:1:13: box.rows: must be an integer from 1 to 1024, got 8.0"},
        WrongText{"box: {rows: 99999999999999999999}",
                  "t.yaml:1:13: box.rows: must be an integer from 1 to 1024, got "
                  "99999999999999999999"},
        WrongText{"box: {rows: \"8\"}",
                  "t.yaml:1:13: box.rows: must be an integer from 1 to 1024, got \"8\""},
        WrongText{"box: {rows: [8]}",
                  "t.yaml:1:13: box.rows: must be an integer from 1 to 1024, got a list"},
        WrongText{"box: {rows: }",
                  "t.yaml:1:13: box.rows: must be an integer from 1 to 1024, got nothing"},
        WrongText{"box: {ratio: nan}",
                  "t.yaml:1:14: box.ratio: must be a number from 0 to 1, got nan"},
        WrongText{
            "box: {rate: 0}",
            "t.yaml:1:13: box.rate: must be a number above 0, at most 100, with no more than 10 "
            "decimals, got 0"},
        WrongText{
            "box: {rate: 0.12345678901}",
            "t.yaml:1:13: box.rate: must be a number above 0, at most 100, with no more than 10 "
            "decimals, got 0.12345678901"},
        WrongText{"box: {on: yes}", "t.yaml:1:11: box.on: must be true or false, got yes"},
        WrongText{"box: {name: {}}", "t.yaml:1:13: box.name: must be text, got a map"},
        WrongText{"box: {colour: geen}",
                  "t.yaml:1:15: box.colour: must be one of red, green (did you mean 'green'?), got "
                  "geen"},
        WrongText{
            "box: {colour: blue}",
            "t.yaml:1:15: box.colour: must be one of red, green ('blue' is not available yet), "
            "got blue"},
        WrongText{"box: {mean: [1, two]}",
                  "t.yaml:1:17: box.mean: must be a number from -10 to 10, got two"},
        WrongText{
            "box: {mean: [1, 2, 3, 4]}",
            "t.yaml:1:13: box.mean: must be a list of 1 to 3, each a number from -10 to 10, got "
            "4 of them"},
        WrongText{"box: {colours: red}",
                  "t.yaml:1:16: box.colours: must be a list of red | green, got red"},
        WrongText{"box: {later: 1}", "t.yaml:1:14: box.later: is not available yet, got 1"},
        WrongText{"box: 5", "t.yaml:1:6: box: must be a map of keys and values, got 5"},
        WrongText{"box: {row: 5}", "t.yaml:1:7: box.row: no such key, did you mean 'rows'?"},
        WrongText{"qqqqqq: 5", "t.yaml:1:1: qqqqqq: no such key (known here: box)"},
        WrongText{"box:\n  rows: 4\n  rows: 5\n",
                  "t.yaml:3:3: box.rows: given twice (first at line 2), got 5"},
        WrongText{"- 1\n", "t.yaml:1:1: must be a map of keys and values, got a list"},
        WrongText{"", "t.yaml:1:1: must be a map of keys and values, got nothing"},
        WrongText{"box: &a {rows: 4}", "t.yaml:1:6: YAML anchors are not supported"},
        WrongText{
            "box: {<<: 4}",
            "t.yaml:1:7: <<: YAML merge keys are not supported\n"
            "t.yaml:1:7: box.<<: no such key (known here: rows, ratio, on, name, colour, rate, "
            "mean, colours, limit)"},
        WrongText{"box: {rows: !!int 4}",
                  "t.yaml:1:13: YAML tags are not supported, got tag:yaml.org,2002:int"},
        WrongText{"box: {rows: 4}\n---\nbox: {rows: 5}\n",
                  "t.yaml:2:1: must be a single YAML document, got another one here"}));

TEST(YamlReader, LocatesSyntaxErrors) {
    EXPECT_THAT(faults_of("box: {rows: 4\n"), HasSubstr("t.yaml:2:1: YAML syntax: "));
    EXPECT_THAT(faults_of("box:\n\trows: 4\n"), HasSubstr("t.yaml:2:"));
}

TEST(YamlReader, EndsWhereTheParserFindsDocumentsWithoutEnd) {
    EXPECT_EQ(faults_of(",box: {rows: 4}"),
              "t.yaml:1:1: must be a single YAML document, got another one here");
}

TEST(YamlReader, RefusesDeepNesting) {
    constexpr size_t kDeep = 100'000;
    EXPECT_THAT(faults_of("box: " + std::string(kDeep, '[')), HasSubstr("t.yaml:1:"));
}

TEST(YamlReader, RefusesAliases) {
    EXPECT_THAT(faults_of("a: &x 1\nbox: *x\n"),
                HasSubstr("t.yaml:2:6: YAML aliases are not supported: write the value out"));
}

TEST(YamlReader, CollectsFaultsInOrderOfTheFile) {
    EXPECT_EQ(faults_of("box:\n  colur: red\n  on: 1\n  rows: x\n"),
              "t.yaml:2:3: box.colur: no such key, did you mean 'colour'?\n"
              "t.yaml:3:7: box.on: must be true or false, got 1\n"
              "t.yaml:4:9: box.rows: must be an integer from 1 to 1024, got x");
}

TEST(YamlReader, RequiresKeysAtThePlaceOfTheirMap) {
    std::vector<Fault> faults;
    YamlReader reader(parsed("net:\n  - {m: 1}\n  - {k: 2}\n", faults));
    for (YamlMap& layer : reader.root().maps({"net"})) {
        int64_t m = 0;
        std::optional<int64_t> k;
        layer.integer({"m", "", "", Need::kRequired}, m, {1, 9});
        layer.integer({"k"}, k, {1, 9});
    }
    try {
        reader.finish();
        FAIL() << "no fault";
    } catch (const UserError& error) {
        EXPECT_STREQ(error.what(), "t.yaml:3:5: net[1].m: is required");
    }
    EXPECT_EQ(reader.values().dump(), R"({"net":[{"m":1,"k":null},{"m":0,"k":2}]})");
}

TEST(YamlNode, LaterMapsWinKeyByKey) {
    std::vector<Fault> faults;
    YamlNode base = parsed("{a: {x: 1, y: 2}, b: [1, 2]}", faults);
    merge_yaml(base, parsed("{a: {y: 3}, b: [4]}", faults));
    EXPECT_EQ(base.find("a")->value.find("x")->value.scalar, "1");
    EXPECT_EQ(base.find("a")->value.find("y")->value.scalar, "3");
    EXPECT_EQ(base.find("b")->value.items.size(), 1u);
}

}  // namespace
}  // namespace accelsim
