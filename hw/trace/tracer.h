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
/// is not selected is forgotten at its registration and costs nothing.
class Tracer : private TraceSink {
  public:
    /// `selection` is a glob over full names; a scope's name selects everything below it. Throws
    /// UserError where `path` cannot be written.
    Tracer(const std::string& path, std::string selection);

    TraceScope scope(const std::string& name) { return TraceScope(this, name); }
    /// A bit that the writer itself raises at the start of a cycle and lowers in its middle.
    void clock(const std::string& name);

    /// After the last registration. Throws UserError where no signal was selected.
    void begin(int64_t clock_period_fs);
    void sample(int64_t cycle);
    /// `cycle` is the one after the last that was sampled.
    void close(int64_t cycle) { writer_.close(2 * cycle); }

  private:
    struct Block {
        std::function<const int32_t*()> fetch;
        int first;  ///< element of the array that `fetch` returns
        int count;
        int shift;      ///< of the value in its element
        uint32_t mask;  ///< of the value, shifted down
        size_t place;   ///< of its elements in `before_` and of its codes
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
    void sample_block(const Block& block);
    void sample_numbers();
    void sample_texts();
    void forget();
    [[noreturn]] void report_no_match() const;

    VcdWriter writer_;
    const std::string selection_;
    std::set<std::string> rejected_;  ///< patterns of names, kept while nothing is selected
    std::vector<VcdVariable> variables_;
    std::vector<VcdCode> codes_;  ///< by variable
    std::vector<Block> blocks_;
    std::vector<Number> numbers_;
    std::vector<Text> texts_;
    std::vector<int32_t> before_;  ///< by variable; of those that stand in a block
    int clock_ = -1;               ///< its variable
    bool first_sample_ = true;
};

}  // namespace accelsim
