#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// How the DRAM of a case serves: `kVarying` by `uneven_service`.
enum class Service { kBandwidth, kVarying, kIdeal };

constexpr int kDmaKinds = 4;
inline size_t index_of(DmaKind kind) { return static_cast<size_t>(kind); }

/// Random boxes of random tensors, loaded and stored, and what each must move. Stores go to DRAM or
/// to the input buffer, all alike: so does a layer's output.
class DmaCase {
  public:
    static constexpr int64_t kDramBytes = 4096;
    static constexpr size_t kJobs = 14;
    /// Elements written to an on-chip buffer, by address, in order.
    using Written = std::vector<std::pair<int64_t, int16_t>>;

    DramParams dram;
    ArrayParams array;
    bool stores_stay = false;  ///< on chip
    std::vector<DmaTransfer> jobs;
    std::vector<int64_t> bytes;          ///< through DRAM, of each job
    std::vector<int64_t> on_chip_words;  ///< of each job: the same of stores that stay
    std::vector<uint8_t> before;         ///< DRAM's content
    std::vector<uint8_t> after;
    std::array<Written, kDmaKinds> written;  ///< by kind; stores: those that stay
    std::array<int64_t, kDmaKinds> total_bytes{};
    int64_t input_words = 0, weight_words = 0;

    DmaCase(Service service, uint64_t seed) : random_(seed) {
        array.rows = draw(1, 9);
        array.cols = draw(1, 9);
        array.macs_per_pe = draw(1, 2);
        array.dataflow = random_.pick(
            {Dataflow::kWeightStationary, Dataflow::kOutputStationary, Dataflow::kInputStationary});
        dram.model = service == Service::kIdeal ? DramModel::kIdeal : DramModel::kBandwidth;
        dram.bytes_per_cycle_numerator = draw(1, 40);
        dram.bytes_per_cycle_denominator = draw(1, 9);
        dram.latency_cycles = random_.chance(30) ? 0 : draw(0, 40);
        stores_stay = random_.chance(40);
        for (int64_t i = 0; i < kDramBytes; ++i)
            before.push_back(static_cast<uint8_t>(draw(0, 255)));
        after = before;
        for (size_t i = 0; i < kJobs; ++i) add_job();
    }

    /// What the output buffer holds at an address: any 16 bits.
    static int16_t stored_element(int64_t address) {
        return static_cast<int16_t>(oracle::Random(static_cast<uint64_t>(address)).next());
    }

  private:
    static int64_t ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }

    int32_t draw(int64_t first, int64_t last) {
        return static_cast<int32_t>(random_.between(first, last));
    }

    void add_job() {
        DmaTransfer job;
        job.kind = static_cast<DmaKind>(draw(0, kDmaKinds - 1));
        job.slot = draw(0, 1);
        job.format = {random_.chance(30) ? 8 : draw(2, 16), random_.chance(50)};
        job.map_width = draw(1, 6);
        job.map_channels = draw(1, 24);
        job.dram_address = draw(0, 500);
        const auto span = [&](int32_t extent, int32_t* first, int32_t* end) {
            *first = random_.chance(50) ? 0 : draw(0, extent - 1);
            *end = random_.chance(50) ? extent : draw(*first + 1, extent);
        };
        span(5, &job.box.y0, &job.box.y1);
        span(job.map_width, &job.box.x0, &job.box.x1);
        span(job.map_channels, &job.box.c0, &job.box.c1);
        if (job.kind == DmaKind::kStore) {
            // In the input-stationary array a block has more channels than the array columns.
            if (!array.is_input_stationary() && job.box.channels() > array.cols) {
                job.box.c1 = job.box.c0 + array.cols;
            }
            job.pitch = job.box.channels() + draw(0, 3);
            job.on_chip = stores_stay;
            job.on_chip_slot = draw(0, 1);
        }
        jobs.push_back(job);
        bytes.push_back(0);
        on_chip_words.push_back(0);
        if (job.on_chip) {
            stay(job);
        } else {
            move(job);
        }
        count_words(job);
    }

    /// Calls f(element of the box, place in the map) for every element in order.
    template <typename F>
    static void for_each_element(const DmaTransfer& job, F f) {
        const Box& box = job.box;
        int64_t element = 0;
        for (int32_t y = box.y0; y < box.y1; ++y) {
            for (int32_t x = box.x0; x < box.x1; ++x) {
                for (int32_t c = box.c0; c < box.c1; ++c) {
                    f(element++, (int64_t{y} * job.map_width + x) * job.map_channels + c);
                }
            }
        }
    }

    /// Element by element: runs are consecutive elements, each moved as the bytes that cover it.
    void move(const DmaTransfer& job) {
        int64_t run_first = -1, previous = -2;
        const auto close_run = [&] {
            if (run_first < 0) return;
            const int64_t bits = job.format.bits;
            bytes.back() += ((previous + 1) * bits + 7) / 8 - run_first * bits / 8;
        };
        for_each_element(job, [&](int64_t element, int64_t place) {
            if (place != previous + 1) {
                close_run();
                run_first = place;
            }
            previous = place;
            move_element(job, place, element);
        });
        close_run();
        total_bytes[index_of(job.kind)] += bytes.back();
    }

    void stay(const DmaTransfer& job) {
        for_each_element(job, [&](int64_t element, int64_t place) {
            written[index_of(job.kind)].emplace_back((int64_t{job.on_chip_slot} << 32) + place,
                                                     stored(job, element));
        });
        on_chip_words.back() = job.box.pixels() * ceil_divide(job.box.channels(), array.cols);
    }

    static int16_t stored(const DmaTransfer& job, int64_t element) {
        const int64_t pixel = element / job.box.channels(), channel = element % job.box.channels();
        return stored_element((int64_t{job.slot} << 32) + pixel * job.pitch + channel);
    }

    /// "Counters" of docs/TIMING.md.
    void count_words(const DmaTransfer& job) {
        const Box& box = job.box;
        const int64_t words = ceil_divide(box.channels(), array.word_channels());
        if (job.kind == DmaKind::kLoadInput || job.on_chip) input_words += box.pixels() * words;
        if (job.kind == DmaKind::kLoadWeights) {
            weight_words += box.pixels() * (array.is_input_stationary() ? words : 1);
        }
    }

    void move_element(const DmaTransfer& job, int64_t place, int64_t element) {
        const int64_t first_bit = job.dram_address * 8 + place * job.format.bits;
        if (job.kind == DmaKind::kStore) {
            const int16_t value = stored(job, element);
            for (int64_t bit = 0; bit < job.format.bits; ++bit) {
                uint8_t& byte = after[static_cast<size_t>((first_bit + bit) / 8)];
                const auto mask = static_cast<uint8_t>(1 << (first_bit + bit) % 8);
                byte = static_cast<uint8_t>((value >> bit) & 1 ? byte | mask : byte & ~mask);
            }
            return;
        }
        int64_t value = 0;
        for (int64_t bit = 0; bit < job.format.bits; ++bit) {
            const int64_t one =
                after[static_cast<size_t>((first_bit + bit) / 8)] >> (first_bit + bit) % 8 & 1;
            const bool is_sign = job.format.is_signed && bit + 1 == job.format.bits;
            value += (is_sign ? -one : one) * (int64_t{1} << bit);
        }
        written[index_of(job.kind)].emplace_back((int64_t{job.slot} << 32) + element,
                                                 static_cast<int16_t>(value));
    }

    oracle::Random random_;
};

}  // namespace accelsim
