#include <algorithm>
#include <string>

#include "hw/array/systolic_array.h"

namespace accelsim {
namespace {

using Names = std::function<std::string(int)>;

Names numbered(const std::string& before, const std::string& after = "") {
    return [=](int i) { return before + std::to_string(i) + after; };
}

/// Names the registers of one array, row by row or line by line, as they lie one after the other.
class ArrayTrace {
  public:
    ArrayTrace(const TraceScope& scope, const ArrayRegisters& registers, const ArrayParams& params)
        : scope_(scope), registers_(registers), params_(params) {}

    /// A register of every PE, if they have it.
    void pes(const std::string& name, ArrayRegister which, NumberFormat format, int parts = 1,
             int stage = 0) const {
        for (int row = 0; registers_.has_register(which, row, 0, stage); ++row) {
            block(
                numbered("pe_" + std::to_string(row) + "_", "." + name), format, params_.cols,
                [=, &r = registers_] { return r.locate(which, row, 0, stage); }, parts);
        }
    }

    /// One register a stage of every PE; that of stage 0 has no number.
    void pe_stages(const std::string& name, ArrayRegister which, NumberFormat format) const {
        for (int stage = 0; registers_.has_register(which, 0, 0, stage); ++stage) {
            pes(stage == 0 ? name : name + "_" + std::to_string(stage), which, format, 1, stage);
        }
    }

    /// The registers before each of `count` rows or columns of the array.
    void lines(const std::string& name, ArrayRegister which, NumberFormat format, int count) const {
        for (int line = 0; line < count; ++line) {
            int stages = 0;
            while (registers_.has_register(which, line, stages)) ++stages;
            block(
                numbered(name + std::to_string(line) + ".stage_"), format, stages,
                [=, &r = registers_] { return r.locate(which, line, 0); }, params_.macs_per_pe);
        }
    }

    /// The weights that reach every row of their column at once.
    void broadcast_weights(NumberFormat format) const {
        block(
            numbered("top_col_", ".broadcast"), format, params_.cols,
            [&r = registers_] { return r.locate(ArrayRegister::kWeight, 0, 0); },
            params_.macs_per_pe);
    }

    void deskew(NumberFormat format) const {
        for (int stage = 0; stage < params_.cols - 1; ++stage) {
            block(numbered("deskew_col_", ".stage_" + std::to_string(stage)), format,
                  params_.cols - 1 - stage,
                  [=, &r = registers_] { return r.locate(ArrayRegister::kDeskew, 0, stage); });
        }
    }

    /// In numbers of at most 64 bits.
    void tokens() const {
        const TraceScope scope = scope_.scope("tokens");
        for (const ArrayRegisters::Tokens& tokens : registers_.tokens()) {
            for (int first = 0; first < tokens.count; first += 64) {
                const int bits = std::min(tokens.count - first, 64);
                scope.number(first == 0 ? tokens.name : tokens.name + "_" + std::to_string(first),
                             {bits, false}, [word = tokens.bits + first / 64] {
                                 return static_cast<int64_t>(*word);
                             });
            }
        }
    }

  private:
    void block(Names name, NumberFormat format, int count, std::function<RegisterWords()> fetch,
               int parts = 1) const {
        scope_.block({VcdKind::kRegister, format, count, std::move(name), std::move(fetch)}, parts);
    }

    const TraceScope& scope_;
    const ArrayRegisters& registers_;
    const ArrayParams& params_;
};

}  // namespace

void SystolicArray::trace(const TraceScope& scope) const {
    const bool swapped = params_.is_input_stationary();
    const NumberFormat moving = swapped ? operands_.weight : operands_.activation;
    const NumberFormat from_top = swapped ? operands_.activation : operands_.weight;
    const NumberFormat sum{sum_bits_, true};
    const NumberFormat product{32, true};
    const int parts = params_.macs_per_pe;
    const ArrayTrace array(scope, *registers_, params_);

    array.pes("moving", ArrayRegister::kMoving, moving, parts);
    if (params_.is_output_stationary()) {
        if (params_.row_skew > 0) {
            array.pes("weight", ArrayRegister::kWeight, from_top, parts);
        } else {
            array.broadcast_weights(from_top);
        }
        array.pe_stages("product", ArrayRegister::kProduct, product);
    }
    array.pes("active", ArrayRegister::kActive, from_top, parts);
    array.pes("shadow", ArrayRegister::kShadow, from_top, parts);
    array.pe_stages("partial_sum", ArrayRegister::kPartialSum, sum);
    array.pes("result", ArrayRegister::kResult, sum);
    array.lines("input_row_", ArrayRegister::kInput, moving, params_.rows);
    array.lines("top_col_", ArrayRegister::kWeightInput, from_top, params_.cols);
    array.deskew(sum);
    array.tokens();
}

}  // namespace accelsim
