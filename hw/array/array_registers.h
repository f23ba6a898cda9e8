#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hw/stream/payloads.h"
#include "hw/stream/register_words.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/operand_formats.h"

namespace accelsim {

/// The array's registers that carry data, as tests, fault injection and waveforms name them. S:
/// stationary arrays (weight or input), O: output stationary.
enum class ArrayRegister {
    kInput,        ///< (row, stage): input and skew registers of a row, stage 0 is the newest
    kMoving,       ///< (row, col): operand that a PE hands to its right neighbour
    kActive,       ///< (row, col), S: stationary operand in use
    kShadow,       ///< (row, col), S: stationary operand being loaded; preload `shadow` only
    kPartialSum,   ///< (row, col, stage): S: stage 0 is the adder's register. O: the sum, stage 0
    kWeightInput,  ///< (col, stage): input and skew registers of a column's operands from the top
    kDeskew,       ///< (col, stage): cols - 1 - col registers that align the column's results
    kWeight,       ///< (row, col), O: weight that a PE hands down; none without row skew
    kProduct,      ///< (row, col, stage), O: the multiplier's p - 1 registers
    kResult,       ///< (row, col), O: finished sum on its way out; preload `shadow` only
};

/// Every register of an R x C systolic array and what one clock edge does to them. Plain C++: the
/// SystemC module around it only moves payloads.
class ArrayRegisters {
  public:
    virtual ~ArrayRegisters() = default;

    /// One clock edge. `beat` and `row` are what was accepted in the cycle that ends, or null.
    /// Returns the tag of the word that stands at the deskewed edge in the cycle that begins, or
    /// null.
    virtual const BeatTag* clock(const Beat* beat, const WeightRow* row) = 0;

    /// Copies the lanes of the word at the deskewed edge, narrow or wide as the sums are. Valid
    /// after `clock` returned a tag.
    virtual void read_word(SumWord* word) const = 0;

    /// Tag of the word whose sum stands at the bottom of column 0 (before deskewing), or null.
    virtual const BeatTag* column_0_tag() const = 0;

    /// True in the cycle in which PE(0, 0), or PE(R-1, C-1), first holds a final sum; output
    /// stationary alone.
    virtual bool first_pe_final() const { return false; }
    virtual bool last_pe_final() const { return false; }

    /// Sums that left their register's width; output stationary alone (else the accumulator's).
    virtual int64_t overflows() const { return 0; }

    /// Is there such a register? `stage` is 0 for those that have none.
    bool has_register(ArrayRegister which, int index, int col_or_stage, int stage = 0) const;
    /// Where a register that there is lies until the next clock edge. The PEs of a row follow one
    /// another there, as do the stages of an input line, and the columns of a stage of the
    /// deskewing. Operands and products are narrow; sums as the operands' formats and the width of
    /// their registers ask.
    virtual RegisterWords locate(ArrayRegister which, int index, int col_or_stage,
                                 int stage = 0) const = 0;
    /// Throws std::out_of_range where there is no such register.
    int64_t read(ArrayRegister which, int index, int col_or_stage, int stage = 0) const;
    /// Flips one bit of one register, as a particle would, between two clock edges. Throws
    /// std::out_of_range where there is no such register or bit.
    void flip(ArrayRegister which, int index, int col_or_stage, int stage, int bit);

    /// One-bit registers: tokens that travel beside the data, and marks of PEs, bit i of the i-th.
    struct Tokens {
        std::string name;
        const uint64_t* bits;
        int count;
    };
    /// Where they lie, for good.
    virtual std::vector<Tokens> tokens() const = 0;

    /// A copy in the same state.
    virtual std::unique_ptr<ArrayRegisters> clone() const = 0;

  protected:
    /// How many registers there are of a kind: lines (rows or columns), and in line `index` places
    /// and stages.
    struct Extent {
        int lines = 0;
        int places = 0;
        int stages = 0;
    };

  private:
    virtual Extent extent(ArrayRegister which, int index) const = 0;
    /// Whatever a flipped bit has disturbed must leave the array by itself.
    virtual void disturb() = 0;
    void require(ArrayRegister which, int index, int col_or_stage, int stage) const;
};

/// Bits of the partial sums' registers: 32, or as many more as no sum can leave; output stationary
/// those of the accumulator.
int sum_bits(const ArrayParams& array, const AccumulatorParams& accumulator,
             const OperandFormats& operands);

/// Whether the array's sums stand in words of 64 bits.
bool has_wide_sums(const ArrayParams& array, const AccumulatorParams& accumulator,
                   const OperandFormats& operands);

/// The registers of the array's dataflow. `accumulator` tells the width of output-stationary sums.
std::unique_ptr<ArrayRegisters> make_array_registers(const ArrayParams& array,
                                                     const AccumulatorParams& accumulator,
                                                     const OperandFormats& operands);

/// Calls f(first, count) for each run of set bits.
template <typename F>
void for_each_run(uint64_t bits, F f) {
    while (bits != 0) {
        const int first = __builtin_ctzll(bits);
        const uint64_t rest = ~(bits >> first);
        const int count = rest == 0 ? 64 - first : __builtin_ctzll(rest);
        f(first, count);
        if (first + count >= 64) return;
        bits &= ~uint64_t{0} << (first + count);
    }
}

}  // namespace accelsim
