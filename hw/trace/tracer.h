#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hw/trace/trace_scope.h"
#include "hw/trace/vcd_writer.h"

namespace accelsim {

/// Looks once a clock cycle at the registered signals and writes those that changed. A signal that
/// is not selected is forgotten at its registration and costs nothing; the clock and the text of
/// `always` need no selection.
class Tracer : private TraceSink {
  public:
    /// `selections` are globs over full names, of which one must match; without any all signals
    /// are selected. A scope's name selects everything below it. Throws UserError where `path`
    /// cannot be written.
    Tracer(const std::string& path, const std::vector<std::string>& selections);

    TraceScope scope(const std::string& name) { return TraceScope(this, name); }
    /// A bit that the writer itself raises at the start of a cycle and lowers in its middle.
    void clock(const std::string& name);
    /// A text that is never empty.
    void always(const std::string& name, std::function<std::string_view()> get);

    /// After the last registration. Throws UserError where a glob matches no signal.
    void begin(int64_t clock_period_fs);
    void sample(int64_t cycle);
    /// `cycle` is the one after the last that was sampled.
    void close(int64_t cycle) { writer_.close(2 * cycle); }

  private:
    struct Selection {
        std::string glob;
        bool has_matched = false;
    };
    struct Block {
        std::function<RegisterWords()> fetch;
        int first;  ///< element of the array that `fetch` returns
        int count;
        int shift;      ///< of the value in its element
        uint64_t mask;  ///< of the value, shifted down
        size_t place;   ///< of its elements in `before_` and of its codes
    };
    /// Of words of this type.
    template <typename Word>
    struct Blocks {
        std::vector<Block> blocks;
        std::vector<Word> before;  ///< by variable; of those that stand in a block
    };
    struct Number {
        std::function<int64_t()> get;
        uint64_t mask;
        size_t variable;
        uint64_t before = 0;
    };
    struct Text {
        std::function<std::string_view()> get;
        size_t variable;
        std::string before;
    };

    void add(const VcdVariable& variable, std::function<int64_t()> get) override;
    void add(const std::string& name, std::function<std::string_view()> get) override;
    void add(const TracedBlock& block, const std::string& scope) override;

    bool selects(const std::string& name);
    size_t declare(const VcdVariable& variable);
    template <typename Word>
    void forget_blocks(Blocks<Word>& blocks) const;
    template <typename Word>
    void sample_blocks(Blocks<Word>& blocks);
    void sample_numbers();
    void sample_texts();
    void forget();
    void require_matches() const;

    VcdWriter writer_;
    std::vector<Selection> selections_;
    std::set<std::string> names_;  ///< patterns of names, for what to say of a glob without a match
    std::vector<VcdVariable> variables_;
    std::vector<VcdCode> codes_;  ///< by variable
    Blocks<int32_t> narrow_blocks_;
    Blocks<int64_t> wide_blocks_;
    std::vector<Number> numbers_;
    std::vector<Text> texts_;
    int clock_ = -1;  ///< its variable
    bool first_sample_ = true;
};

}  // namespace accelsim
