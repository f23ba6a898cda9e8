#include "tests/hw/output_fault_reach.h"

#include <algorithm>

namespace accelsim {
namespace {

bool has_results(const ArrayParams& params) { return params.preload == Preload::kShadow; }

std::vector<Place> all_places(const ArrayParams& params) {
    std::vector<Place> places;
    const auto add = [&](const Place& place, bool pairs) {
        add_place(params, place, pairs, &places);
    };
    for (int r = 0; r < params.rows; ++r) {
        for (int s = 0; s < params.input_stages + params.row_skew * r; ++s) {
            add({ArrayRegister::kInput, r, s}, true);
        }
        for (int c = 0; c < params.cols; ++c) {
            add({ArrayRegister::kMoving, r, c}, true);
            if (params.row_skew > 0) add({ArrayRegister::kWeight, r, c}, true);
            for (int s = 0; s < params.pe_pipeline_stages - 1; ++s) {
                add({ArrayRegister::kProduct, r, c, s}, false);
            }
            add({ArrayRegister::kPartialSum, r, c}, false);
            if (has_results(params)) add({ArrayRegister::kResult, r, c}, false);
        }
    }
    for (int c = 0; c < params.cols; ++c) {
        for (int s = 0; s < params.input_stages + c; ++s) {
            add({ArrayRegister::kWeightInput, c, s}, true);
        }
        for (int s = 0; s < params.cols - 1 - c; ++s) add({ArrayRegister::kDeskew, c, s}, false);
    }
    return places;
}

/// Cycles from a drain's last beat until its last word has left the array.
int64_t drain_cycles(const ArrayParams& params) {
    return params.input_stages + params.pe_pipeline_stages + params.row_skew * (params.rows - 1) +
           params.cols + params.rows + (has_results(params) ? 0 : params.load_gap);
}

}  // namespace

DrainTimetable::DrainTimetable(const ArrayParams& params, oracle::Random& random) {
    for (size_t drain = 0; drain < kDrains; ++drain) feed_drain(params, random);
    edges = last.back() + drain_cycles(params) + 2;
}

void DrainTimetable::feed_drain(const ArrayParams& params, oracle::Random& random) {
    const size_t drain = last.size();
    int64_t free = drain == 0 ? 2 : last.back() + 1;
    if (drain > 0 && !has_results(params)) free = last.back() + drain_cycles(params);
    const int64_t blocks = random.between(1, 2);
    for (int64_t block = 0; block < blocks; ++block) {
        const int64_t count = random.between(1, 4);
        const bool drains = block + 1 == blocks;
        if (drain > 0 && drains && has_results(params)) {
            free = std::max(free, last.back() + 1 + params.rows - count);
        }
        for (int64_t b = 0; b < count; ++b) {
            BeatTag tag;
            tag.first_fold = block == 0;
            tag.first_beat = b == 0;
            tag.last_beat = b + 1 == count;
            tag.drains = drains && tag.last_beat;
            tag.pixel_count = params.rows;
            beats.push_back({free++, drain, tag});
            free += b + 1 < count && random.chance(50);
        }
        free += random.chance(30);
    }
    const auto of_drain = [&](const FedBeat& beat) { return beat.drain == drain; };
    first.push_back(std::find_if(beats.begin(), beats.end(), of_drain)->edge);
    last.push_back(beats.back().edge);
}

FaultExperiment output_experiment(const ArrayParams& params, oracle::Random& random) {
    const DrainTimetable times(params, random);
    FaultExperiment experiment;
    experiment.array = params;
    experiment.edges = times.edges;
    experiment.words = DrainTimetable::kDrains * static_cast<size_t>(params.rows);
    experiment.places = all_places(params);
    for (const DrainTimetable::FedBeat& fed : times.beats) {
        Beat& beat = experiment.beats[fed.edge];
        beat.tag = fed.tag;
        for (int r = 0; r < params.rows; ++r) beat.lanes.push_back(nonzero_lane(params, random));
        WeightRow& row = experiment.rows[fed.edge];
        row.first = fed.tag.first_beat;
        for (int c = 0; c < params.cols; ++c) row.lanes.push_back(nonzero_lane(params, random));
    }
    experiment.reach = [reach = OutputReach(params, times)](const Place& place, int64_t now) {
        return reach.of(place, now);
    };
    return experiment;
}

Outputs OutputReach::of(const Place& place, int64_t now) const {
    const int index = place.index, col = place.col_or_stage;
    switch (place.which) {
        case ArrayRegister::kInput:
            return sums_of(now - place.col_or_stage, index, index + 1, 0, params_.cols);
        case ArrayRegister::kMoving:
            return sums_of(now - hops(index, col), index, index + 1, col + 1, params_.cols);
        case ArrayRegister::kWeightInput:
            return sums_of(now - place.col_or_stage, 0, params_.rows, index, index + 1);
        case ArrayRegister::kWeight:
            return sums_of(now - hops(index, col), index + 1, params_.rows, col, col + 1);
        case ArrayRegister::kProduct:
            // Every product is added, a bubble's too, to the sum that then stands there.
            return by_sum(place, now - place.stage + params_.pe_pipeline_stages - 1);
        case ArrayRegister::kPartialSum:
            return by_sum(place, now);
        case ArrayRegister::kResult:
            for (size_t drain = 0; drain < DrainTimetable::kDrains; ++drain) {
                const Outputs reached = by_finished(place, now, drain, finished(drain, index, col));
                if (!reached.empty()) return reached;
            }
            return {};
        case ArrayRegister::kDeskew:
            return by_deskew(index, now - 1 - place.col_or_stage);
        default:
            return {};
    }
}

Outputs OutputReach::sums_of(int64_t edge, int first_row, int end_row, int first_col,
                             int end_col) const {
    Outputs reached;
    for (const DrainTimetable::FedBeat& beat : times_.beats) {
        if (beat.edge != edge) continue;
        for (int row = first_row; row < end_row; ++row) {
            for (int col = first_col; col < end_col; ++col) {
                reached.insert({word(beat.drain, row), col});
            }
        }
    }
    return reached;
}

int64_t OutputReach::bottom_edge(size_t drain, int col) const {
    return finished(drain, params_.rows - 1, col) + (has_results(params_) ? 0 : params_.load_gap);
}

Outputs OutputReach::by_sum(const Place& pe, int64_t now) const {
    const int row = pe.index, col = pe.col_or_stage;
    for (size_t drain = 0; drain < DrainTimetable::kDrains; ++drain) {
        const int64_t start = times_.first[drain] + hops(row, col) + params_.pe_pipeline_stages - 1;
        if (has_results(params_)) {
            if (now >= start && now < finished(drain, row, col)) return {{word(drain, row), col}};
        } else {
            const Outputs reached = by_finished(pe, now, drain, start);
            if (!reached.empty()) return reached;
        }
    }
    return {};
}

Outputs OutputReach::by_finished(const Place& pe, int64_t now, size_t drain, int64_t since) const {
    const int64_t moved = now - bottom_edge(drain, pe.col_or_stage);
    if (moved <= 0) {
        if (now < since) return {};
        return {{word(drain, pe.index), pe.col_or_stage}};
    }
    if (pe.index < moved) return {};
    return {{word(drain, pe.index - static_cast<int>(moved)), pe.col_or_stage}};
}

Outputs OutputReach::by_deskew(int col, int64_t stood) const {
    for (size_t drain = 0; drain < DrainTimetable::kDrains; ++drain) {
        const int64_t b = stood - bottom_edge(drain, col);
        if (b < 0 || b >= params_.rows) continue;
        return {{word(drain, params_.rows - 1 - static_cast<int>(b)), col}};
    }
    return {};
}

}  // namespace accelsim
