#pragma once

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <systemc>
#include <utility>
#include <vector>

#include "hw/stream/clock.h"
#include "hw/stream/job_channel.h"
#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"
#include "tests/support/random_case.h"

/// The test bench of a single module. Cycles are counted as docs/TIMING.md counts them: cycle n
/// begins at clock edge n, and what a process does at that edge is seen in cycle n.
namespace accelsim {

enum class Stalls { kNone, kSource, kSink, kBoth };
constexpr Stalls kAllStalls[] = {Stalls::kNone, Stalls::kSource, Stalls::kSink, Stalls::kBoth};

inline const char* stalls_name(Stalls stalls) {
    constexpr const char* kNames[] = {"no stalls", "source stalls", "sink stalls", "both stall"};
    return kNames[static_cast<int>(stalls)];
}
inline bool source_stalls(Stalls s) { return s == Stalls::kSource || s == Stalls::kBoth; }
inline bool sink_stalls(Stalls s) { return s == Stalls::kSink || s == Stalls::kBoth; }

/// Seed of a random test: ACCELSIM_TEST_SEED replays a failure.
inline uint64_t test_seed() {
    const char* given = std::getenv("ACCELSIM_TEST_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
}

/// The bytes that a DRAM of changing service moves in a cycle: 0 to 7.
inline int64_t uneven_service(int64_t cycle) {
    return static_cast<int64_t>(oracle::Random(static_cast<uint64_t>(cycle)).next() % 8);
}

/// What differs from what was expected, one a line; the first few.
class Faults {
  public:
    template <typename A, typename B>
    void expect_equal(const std::string& what, const A& expected, const B& actual) {
        constexpr int kShown = 8;
        if (static_cast<int64_t>(expected) == static_cast<int64_t>(actual)) return;
        if (++count_ > kShown) return;
        text_ << "  " << what << ": expected " << static_cast<int64_t>(expected) << ", got "
              << static_cast<int64_t>(actual) << "\n";
    }
    template <typename A, typename B>
    void expect_all_equal(const std::string& what, const A& expected, const B& actual) {
        expect_equal(what + ", count", expected.size(), actual.size());
        for (size_t i = 0; i < expected.size() && i < actual.size(); ++i) {
            expect_equal(what + " " + std::to_string(i), expected[i], actual[i]);
        }
    }
    std::string text() const { return text_.str(); }

  private:
    int count_ = 0;
    std::ostringstream text_;
};

/// Says cycle by cycle whether one end of a stream goes on: always, or at random.
class Coin {
  public:
    Coin(bool stalls, uint64_t seed)
        : random_(seed), percent_(stalls ? random_.pick<int64_t>({15, 50, 85}) : 100) {}
    bool flip() { return random_.chance(percent_); }

  private:
    oracle::Random random_;
    int64_t percent_;
};

/// Sends items in order; an item that is offered stays until it is taken.
template <typename T>
class Source {
  public:
    Source(Stream<T>& stream, std::vector<T> items, Coin coin)
        : stream_(stream), items_(std::move(items)), coin_(coin) {}

    /// The machine's own rule for when item `index` may be offered.
    std::function<bool(size_t index)> may_offer = [](size_t) { return true; };

    /// At a clock edge: was the item taken in the cycle that ends?
    void settle(int64_t cycle) {
        if (offers_ && stream_.ready()) {
            taken_.push_back(cycle - 1);
            offers_ = false;
        }
        open_ = coin_.flip();
    }
    /// Offers the next item, if it may be; again in the same cycle when something has allowed it.
    void offer() {
        if (offers_) return;
        offers_ = open_ && next() < items_.size() && may_offer(next());
        if (!offers_) {
            stream_.withdraw();
            return;
        }
        stream_.staging() = items_[next()];
        stream_.put();
    }

    size_t next() const { return taken_.size(); }
    bool offers() const { return offers_; }
    bool done() const { return next() == items_.size(); }
    /// Cycle in which each item was taken.
    const std::vector<int64_t>& taken() const { return taken_; }

  private:
    Stream<T>& stream_;
    const std::vector<T> items_;
    Coin coin_;
    bool open_ = false;
    bool offers_ = false;
    std::vector<int64_t> taken_;
};

/// Takes whatever comes, when it is ready.
template <typename T>
class Sink {
  public:
    Sink(Stream<T>& stream, Coin coin) : stream_(stream), coin_(coin) {}

    void edge(int64_t cycle) {
        stalls_ += stream_.valid() && !stream_.ready();
        if (stream_.take()) {
            items_.push_back(stream_.peek());
            taken_.push_back(cycle - 1);
        }
        stream_.set_ready(coin_.flip());
    }

    const std::vector<T>& items() const { return items_; }
    /// Cycle in which each item was taken.
    const std::vector<int64_t>& taken() const { return taken_; }
    /// Cycles in which an item was offered and not taken.
    int64_t stalls() const { return stalls_; }

  private:
    Stream<T>& stream_;
    Coin coin_;
    int64_t stalls_ = 0;
    std::vector<T> items_;
    std::vector<int64_t> taken_;
};

/// The sequencer's part: issues jobs in order, each in the first cycle in which it may start.
template <typename Job>
class Issuer {
  public:
    Issuer(JobChannel<Job>& channel, std::vector<Job> jobs, Coin coin)
        : channel_(channel), jobs_(std::move(jobs)), coin_(coin) {}

    std::function<bool(size_t index)> may_issue = [](size_t) { return true; };
    std::function<void(size_t index)> on_issue = [](size_t) {};

    void edge(int64_t cycle) {
        cycle_ = cycle;
        open_ = coin_.flip();
        issue();
    }
    /// Again in the same cycle, when an event has become visible.
    void issue() {
        const size_t index = starts_.size();
        if (!open_ || index == jobs_.size() || !may_issue(index)) return;
        on_issue(index);
        channel_.issue(jobs_[index]);
        starts_.push_back(cycle_);
    }

    /// Cycle in which each job started.
    const std::vector<int64_t>& starts() const { return starts_; }

  private:
    JobChannel<Job>& channel_;
    const std::vector<Job> jobs_;
    Coin coin_;
    bool open_ = false;
    int64_t cycle_ = -1;
    std::vector<int64_t> starts_;
};

/// A clock, and the processes of the bench. One a process of the operating system.
class Bench {
  public:
    Clock clock{"clock", sc_core::sc_time(1, sc_core::SC_NS)};

    Bench() {
        sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
        react(clock.posedge_event(), [this] {
            ++cycle_;
            for (const auto& body : bodies_) body(cycle_);
        });
    }

    /// Calls `body` at every clock edge with the cycle that begins; bodies in the order given.
    void at_edge(std::function<void(int64_t cycle)> body) { bodies_.push_back(std::move(body)); }

    /// Calls `body` whenever the signal changes or the event is notified.
    template <typename Trigger>
    void react(const Trigger& trigger, std::function<void()> body) {
        processes_.push_back(std::make_unique<Process>(sc_core::sc_gen_unique_name("process"),
                                                       trigger, std::move(body)));
    }

    /// The cycles in which a counting signal reaches 1, 2, ...
    std::shared_ptr<std::vector<int64_t>> record(const sc_core::sc_signal<int64_t>& counter) {
        auto cycles = std::make_shared<std::vector<int64_t>>();
        react(counter, [this, &counter, cycles] {
            cycles->resize(static_cast<size_t>(counter.read()), cycle_);
        });
        return cycles;
    }

    /// Runs until `done`, then on for a while in which nothing more should happen.
    void run(const std::function<bool()>& done) {
        constexpr int64_t kLimit = 1'000'000, kAfterwards = 300;
        while (!done() && cycle_ < kLimit) sc_core::sc_start(clock.period());
        sc_core::sc_start(clock.period() * static_cast<double>(kAfterwards));
    }

    int64_t cycle() const { return cycle_; }

  private:
    class Process : public sc_core::sc_module {
      public:
        template <typename Trigger>
        Process(const sc_core::sc_module_name& name, const Trigger& trigger,
                std::function<void()> body)
            : sc_module(name), body_(std::move(body)) {
            SC_HAS_PROCESS(Process);
            SC_METHOD(run);
            sensitive << trigger;
            dont_initialize();
        }

      private:
        void run() { body_(); }
        std::function<void()> body_;
    };

    std::vector<std::unique_ptr<Process>> processes_;
    std::vector<std::function<void(int64_t)>> bodies_;
    int64_t cycle_ = -1;
};

/// A payload of a stream with this many lanes.
template <typename T>
void prepare_lanes(Stream<T>& stream, int lanes) {
    stream.prepare([lanes](T& payload) { payload.lanes.resize(static_cast<size_t>(lanes)); });
}

/// The lanes of a word, whichever of the two kinds it has.
inline std::vector<int64_t> lanes_of(const SumWord& word) {
    std::vector<int64_t> lanes(word.lanes.begin(), word.lanes.end());
    lanes.insert(lanes.end(), word.wide_lanes.begin(), word.wide_lanes.end());
    return lanes;
}

}  // namespace accelsim
