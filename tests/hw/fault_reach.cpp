#include "tests/hw/fault_reach.h"

#include <algorithm>

namespace accelsim {
namespace {

constexpr int64_t kNever = INT64_MAX / 2;

}  // namespace

Timetable::Timetable(const ArrayParams& params, oracle::Random& random) {
    const int64_t pass = int64_t{params.pe_pipeline_stages - 1} * (params.rows - 1);
    const int64_t drain =
        params.input_stages + params.pe_pipeline_stages * params.rows + params.cols;
    int64_t row_free = 2, start = 0, end = 0;
    for (int tile = 0; tile < kTiles; ++tile) {
        if (tile > 0) {
            const int64_t after[] = {start + pass, end + pass, end + drain};
            row_free = std::max(row_free, after[static_cast<int>(params.preload)]);
        }
        load.emplace_back();
        for (int place = 0; place < params.word_channels(); ++place) {
            row_free += random.chance(20);
            load.back().push_back(row_free++);
        }
        int64_t free = std::max(end, row_free);
        start = free;
        for (int64_t b = random.between(1, 4); b >= 0; --b) {
            beats.push_back({free++, tile, beats.empty() || beats.back().tile != tile});
            free += random.chance(30);
        }
        end = beats.back().edge + 1;
    }
    edges = end + drain + 2;
}

namespace {

/// Every register that such an array has.
std::vector<Place> all_places(const ArrayParams& params) {
    std::vector<Place> places;
    const auto add = [&](const Place& place, bool pairs) {
        add_place(params, place, pairs, &places);
    };
    for (int r = 0; r < params.rows; ++r) {
        for (int s = 0; s < params.input_stages + params.pe_pipeline_stages * r; ++s) {
            add({ArrayRegister::kInput, r, s}, true);
        }
        for (int c = 0; c < params.cols; ++c) {
            add({ArrayRegister::kMoving, r, c}, true);
            add({ArrayRegister::kActive, r, c}, true);
            if (params.preload == Preload::kShadow) add({ArrayRegister::kShadow, r, c}, true);
            for (int s = 0; s < params.pe_pipeline_stages; ++s) {
                add({ArrayRegister::kPartialSum, r, c, s}, false);
            }
        }
    }
    for (int c = 0; c < params.cols; ++c) {
        for (int s = 0; s < params.input_stages + c; ++s) {
            add({ArrayRegister::kWeightInput, c, s}, false);
        }
        for (int s = 0; s < params.cols - 1 - c; ++s) add({ArrayRegister::kDeskew, c, s}, false);
    }
    return places;
}

}  // namespace

FaultExperiment stationary_experiment(const ArrayParams& params, oracle::Random& random) {
    const Timetable times(params, random);
    FaultExperiment experiment;
    experiment.array = params;
    experiment.edges = times.edges;
    experiment.words = times.beats.size();
    experiment.places = all_places(params);
    for (const Timetable::FedBeat& fed : times.beats) {
        Beat& beat = experiment.beats[fed.edge];
        beat.tag.first_beat = fed.first;
        for (int r = 0; r < params.rows; ++r) beat.lanes.push_back(nonzero_lane(params, random));
    }
    for (const std::vector<int64_t>& load : times.load) {
        for (const int64_t edge : load) {
            WeightRow& row = experiment.rows[edge];
            row.first = edge == load.front();
            for (int c = 0; c < params.cols; ++c) row.lanes.push_back(nonzero_operand(random));
        }
    }
    experiment.reach = [reach = Reach(params, times)](const Place& place, int64_t now) {
        return reach.of(place, now);
    };
    return experiment;
}

Outputs Reach::of(const Place& place, int64_t now) const {
    const int64_t input = now - place.col_or_stage;
    switch (place.which) {
        case ArrayRegister::kInput:
            return beat_fed_at(input, 0, params_.cols);
        case ArrayRegister::kMoving:
            return beat_fed_at(now - hops(place), place.col_or_stage + 1, params_.cols);
        case ArrayRegister::kPartialSum:
            return beat_fed_at(now - place.stage - hops(place), place.col_or_stage,
                               place.col_or_stage + 1);
        case ArrayRegister::kDeskew: {
            const int64_t bottom =
                params_.input_stages + params_.pe_pipeline_stages * params_.rows + place.index;
            return beat_fed_at(input - bottom, place.index, place.index + 1);
        }
        case ArrayRegister::kWeightInput:
            return tile_loading_at(input, place.index);
        case ArrayRegister::kShadow:
            return by_shadow(place, now);
        case ArrayRegister::kActive:
            return params_.preload == Preload::kShadow ? by_active(place, now)
                                                       : by_only_register(place, now);
        default:
            return {};
    }
}

int64_t Reach::hops(const Place& pe) const {
    return params_.input_stages + int64_t{params_.pe_pipeline_stages} * pe.index + pe.col_or_stage;
}

Outputs Reach::beat_fed_at(int64_t edge, int first_col, int end_col) const {
    Outputs reached;
    for (size_t b = 0; b < times_.beats.size(); ++b) {
        if (times_.beats[b].edge != edge) continue;
        for (int c = first_col; c < end_col; ++c) reached.insert({b, c});
    }
    return reached;
}

Outputs Reach::whole_tile(int tile, int col) const {
    Outputs reached;
    for (size_t b = 0; b < times_.beats.size(); ++b) {
        if (times_.beats[b].tile == tile) reached.insert({b, col});
    }
    return reached;
}

Outputs Reach::beats_met(const Place& pe, int64_t now, int64_t last) const {
    Outputs reached;
    for (size_t b = 0; b < times_.beats.size(); ++b) {
        const int64_t meets = times_.beats[b].edge + hops(pe);
        if (meets > now && meets <= last) reached.insert({b, pe.col_or_stage});
    }
    return reached;
}

Outputs Reach::tile_loading_at(int64_t edge, int col) const {
    for (int tile = 0; tile < Timetable::kTiles; ++tile) {
        for (const int64_t taken : times_.load[static_cast<size_t>(tile)]) {
            if (taken == edge) return whole_tile(tile, col);
        }
    }
    return {};
}

int Reach::rows_entered(int tile, int col, int64_t now) const {
    int count = 0;
    for (const int64_t taken : times_.load[static_cast<size_t>(tile)]) {
        count += taken + params_.input_stages + col <= now;
    }
    return count;
}

std::optional<int> Reach::loaded_tile(const Place& place, int64_t now) const {
    for (int tile = Timetable::kTiles - 1; tile >= 0; --tile) {
        if (rows_entered(tile, place.col_or_stage, now) > column_place(place)) return tile;
    }
    return std::nullopt;
}

int64_t Reach::swap_edge(const Place& pe, int tile) const {
    for (const Timetable::FedBeat& beat : times_.beats) {
        if (beat.tile == tile && beat.first) return beat.edge + hops(pe);
    }
    return kNever;
}

Outputs Reach::by_shadow(const Place& place, int64_t now) const {
    const std::optional<int> tile = loaded_tile(place, now);
    if (!tile || swap_edge(place, *tile) <= now) return {};
    return whole_tile(*tile, place.col_or_stage);
}

Outputs Reach::by_active(const Place& place, int64_t now) const {
    int64_t replaced = kNever;
    for (int tile = Timetable::kTiles - 1; tile >= 0; --tile) {
        if (swap_edge(place, tile) > now) replaced = swap_edge(place, tile);
    }
    return beats_met(place, now, replaced - 1);
}

Outputs Reach::by_only_register(const Place& place, int64_t now) const {
    const int col = place.col_or_stage;
    const std::optional<int> tile = loaded_tile(place, now);
    // (1) An operand on its way ends in another place and serves its whole tile.
    if (tile && rows_entered(*tile, col, now) < params_.word_channels()) {
        return whole_tile(*tile, col);
    }
    // (2) One in its place serves until the next load reaches it.
    const int next = tile ? *tile + 1 : 0;
    if (next == Timetable::kTiles) return beats_met(place, now, kNever);
    const auto row = static_cast<size_t>(column_place(place));
    const int64_t taken = times_.load[static_cast<size_t>(next)][row];
    return beats_met(place, now, taken + params_.input_stages + col);
}

}  // namespace accelsim
