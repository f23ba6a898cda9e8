#pragma once

#include <cstdint>

#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"

namespace accelsim {

/// Sends a tile's rows of stationary operands, one a cycle, the last place first: the array pushes
/// them down. Plain C++; the buffer that holds the operands clocks it and fills the rows:
/// fill(place, lanes).
class RowLoader {
  public:
    explicit RowLoader(int32_t places) : places_(places) {}

    bool active() const { return active_; }
    int32_t place() const { return place_; }

    /// The first row is valid in the cycle in which the job starts.
    template <typename Fill>
    void start(StreamOut<WeightRow>* out, Fill fill) {
        active_ = true;
        place_ = places_ - 1;
        present(out, fill);
    }

    /// One clock edge; true where it ended the load.
    template <typename Fill>
    bool advance(StreamOut<WeightRow>* out, Fill fill) {
        if (!out->ready()) return false;
        if (--place_ >= 0) {  // the row was taken: the next one
            present(out, fill);
            return false;
        }
        out->withdraw();
        active_ = false;
        return true;
    }

  private:
    template <typename Fill>
    void present(StreamOut<WeightRow>* out, Fill fill) {
        WeightRow& row = out->staging();
        row.first = place_ == places_ - 1;
        fill(place_, &row.lanes);
        out->put();
    }

    const int32_t places_;  ///< of a column: rows, twice as many where a PE holds two operands
    bool active_ = false;
    int32_t place_ = 0;
};

}  // namespace accelsim
