#include "tests/hw/fault_experiment.h"

#include <gtest/gtest.h>

#include <sstream>

#include "hw/stream/operand_pair.h"
#include "tests/hw/bench.h"

namespace accelsim {
namespace {

constexpr int kOperandBits = 16;  ///< of one of a pair

using Words = std::vector<std::vector<int64_t>>;

template <typename T>
const T* entering(const std::map<int64_t, T>& items, int64_t edge) {
    const auto found = items.find(edge);
    return found == items.end() ? nullptr : &found->second;
}

/// One clock edge; true where a word stands at the array's edge after it.
bool clock(const FaultExperiment& experiment, ArrayRegisters* array, int64_t edge) {
    return array->clock(entering(experiment.beats, edge), entering(experiment.rows, edge)) !=
           nullptr;
}

void read(const FaultExperiment& experiment, const ArrayRegisters& array, Words* words) {
    SumWord word;
    word.resize(experiment.array.cols,
                has_wide_sums(experiment.array, experiment.accumulator, experiment.operands));
    array.read_word(&word);
    words->push_back(lanes_of(word));
}

/// Clocks the array from `edge` on to the end.
void finish(const FaultExperiment& experiment, ArrayRegisters* array, int64_t edge, Words* words) {
    for (; edge < experiment.edges; ++edge) {
        if (clock(experiment, array, edge)) read(experiment, *array, words);
    }
}

Outputs difference(const Words& expected, const Words& actual) {
    Outputs changed;
    for (size_t word = 0; word < expected.size(); ++word) {
        for (size_t col = 0; col < expected[word].size(); ++col) {
            if (expected[word][col] != actual[word][col]) {
                changed.insert({word, static_cast<int>(col)});
            }
        }
    }
    return changed;
}

std::string message(const FaultExperiment& experiment, const Place& place, int64_t now,
                    uint64_t seed) {
    const ArrayParams& array = experiment.array;
    std::ostringstream text;
    text << "ACCELSIM_TEST_SEED=" << seed << ", " << place.name() << " after edge " << now << ", "
         << array.rows << " x " << array.cols << ", p " << array.pe_pipeline_stages << ", a "
         << array.input_stages << ", g " << array.load_gap << ", s " << array.row_skew << ", W "
         << array.macs_per_pe << ", preload " << static_cast<int>(array.preload);
    return text.str();
}

}  // namespace

std::string Place::name() const {
    constexpr const char* kNames[] = {"kInput",      "kMoving",      "kActive", "kShadow",
                                      "kPartialSum", "kWeightInput", "kDeskew", "kWeight",
                                      "kProduct",    "kResult"};
    std::ostringstream text;
    text << kNames[static_cast<int>(which)] << "(" << index << ", " << col_or_stage << ", " << stage
         << "), operand " << operand;
    return text.str();
}

int32_t nonzero_operand(oracle::Random& random) {
    const auto value = static_cast<int32_t>(random.between(1, 127));
    return random.chance(50) ? value : -value;
}

int32_t nonzero_lane(const ArrayParams& array, oracle::Random& random) {
    const int32_t first = nonzero_operand(random);
    return array.macs_per_pe == 1 ? first : operand_pair(first, nonzero_operand(random));
}

void add_place(const ArrayParams& array, Place place, bool pairs, std::vector<Place>* places) {
    for (place.operand = 0; place.operand < (pairs ? array.macs_per_pe : 1); ++place.operand) {
        places->push_back(place);
    }
}

std::set<ArrayRegister> flip_everything(const FaultExperiment& experiment, uint64_t seed) {
    oracle::Random random(seed);
    std::set<ArrayRegister> kinds_that_reach;
    const auto array =
        make_array_registers(experiment.array, experiment.accumulator, experiment.operands);
    Words golden, before;
    finish(experiment, array->clone().get(), 0, &golden);
    EXPECT_EQ(golden.size(), experiment.words);

    for (int64_t now = 0; now < experiment.edges; ++now) {
        const bool word_stands = clock(experiment, array.get(), now);
        for (const Place& place : experiment.places) {
            const auto flipped = array->clone();
            Words words = before;
            const RegisterWords word =
                flipped->locate(place.which, place.index, place.col_or_stage, place.stage);
            const int bits = word.wide != nullptr ? word.word_bits() : kOperandBits;
            flipped->flip(place.which, place.index, place.col_or_stage, place.stage,
                          static_cast<int>(bits * place.operand + random.between(0, bits - 1)));
            if (word_stands) read(experiment, *flipped, &words);
            finish(experiment, flipped.get(), now + 1, &words);
            const Outputs expected = experiment.reach(place, now);
            if (words.size() != golden.size() || difference(golden, words) != expected) {
                ADD_FAILURE() << message(experiment, place, now, seed) << "\nreaches "
                              << ::testing::PrintToString(expected) << ", changed "
                              << ::testing::PrintToString(difference(golden, words));
                return kinds_that_reach;
            }
            if (!expected.empty()) kinds_that_reach.insert(place.which);
        }
        if (word_stands) read(experiment, *array, &before);
    }
    return kinds_that_reach;
}

}  // namespace accelsim
