#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// How the DRAM of a case serves: `kVarying` by `uneven_service`.
enum class Service { kBandwidth, kVarying, kIdeal };

/// Random boxes of random tensors, loaded and stored, and what each must move.
class DmaCase {
  public:
    static constexpr int64_t kDramBytes = 4096;
    static constexpr size_t kJobs = 14;
    using Written = std::vector<std::pair<int64_t, int16_t>>;

    DramParams dram;
    ArrayParams array;
    std::vector<DmaTransfer> jobs;
    std::vector<int64_t> bytes;   ///< of each job
    std::vector<uint8_t> before;  ///< DRAM's content
    std::vector<uint8_t> after;
    std::map<DmaKind, Written> written;  ///< into the buffers
    std::map<DmaKind, int64_t> words, total_bytes;

    DmaCase(Service service, uint64_t seed) : random_(seed) {
        array.rows = draw(1, 9);
        array.cols = draw(1, 9);
        dram.model = service == Service::kIdeal ? DramModel::kIdeal : DramModel::kBandwidth;
        dram.bytes_per_cycle_numerator = draw(1, 40);
        dram.bytes_per_cycle_denominator = draw(1, 9);
        dram.latency_cycles = random_.chance(30) ? 0 : draw(0, 40);
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
    int32_t draw(int64_t first, int64_t last) {
        return static_cast<int32_t>(random_.between(first, last));
    }

    void add_job() {
        DmaTransfer job;
        job.kind = static_cast<DmaKind>(draw(0, 2));
        job.slot = draw(0, 1);
        job.format = {random_.chance(30) ? 8 : draw(2, 16), random_.chance(50)};
        job.map_width = draw(1, 6);
        job.map_channels = draw(1, 12);
        job.dram_address = draw(0, 500);
        const auto span = [&](int32_t extent, int32_t* first, int32_t* end) {
            *first = random_.chance(50) ? 0 : draw(0, extent - 1);
            *end = random_.chance(50) ? extent : draw(*first + 1, extent);
        };
        span(5, &job.box.y0, &job.box.y1);
        span(job.map_width, &job.box.x0, &job.box.x1);
        span(job.map_channels, &job.box.c0, &job.box.c1);
        if (job.kind == DmaKind::kStore && job.box.channels() > array.cols) {
            job.box.c1 = job.box.c0 + array.cols;
        }
        jobs.push_back(job);
        move(job);
    }

    /// Element by element: runs are consecutive elements, each moved as the bytes that cover it.
    void move(const DmaTransfer& job) {
        const Box& box = job.box;
        int64_t element = 0, run_first = -1, previous = -2, moved = 0;
        const auto close_run = [&] {
            if (run_first < 0) return;
            const int64_t bits = job.format.bits;
            moved += ((previous + 1) * bits + 7) / 8 - run_first * bits / 8;
        };
        for (int32_t y = box.y0; y < box.y1; ++y) {
            for (int32_t x = box.x0; x < box.x1; ++x) {
                for (int32_t c = box.c0; c < box.c1; ++c) {
                    const int64_t place = (int64_t{y} * job.map_width + x) * job.map_channels + c;
                    if (place != previous + 1) {
                        close_run();
                        run_first = place;
                    }
                    previous = place;
                    move_element(job, place, element++);
                }
            }
        }
        close_run();
        bytes.push_back(moved);
        total_bytes[job.kind] += moved;
        const int64_t input_words = (box.channels() + array.rows - 1) / array.rows;
        words[job.kind] += box.pixels() * (job.kind == DmaKind::kLoadInput ? input_words : 1);
    }

    void move_element(const DmaTransfer& job, int64_t place, int64_t element) {
        const int64_t first_bit = job.dram_address * 8 + place * job.format.bits;
        if (job.kind == DmaKind::kStore) {
            const int64_t pixel = element / job.box.channels(), lane = element % job.box.channels();
            const int16_t value =
                stored_element((int64_t{job.slot} << 32) + pixel * array.cols + lane);
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
        written[job.kind].emplace_back((int64_t{job.slot} << 32) + element,
                                       static_cast<int16_t>(value));
    }

    oracle::Random random_;
};

}  // namespace accelsim
