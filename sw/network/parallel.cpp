#include "sw/network/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace accelsim {

void SharedProgress::add(int64_t part) {
    if (!callback_) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ += part;
    callback_(done_, total_);
}

void for_each_index(int64_t count, int threads, const std::function<void(int64_t)>& body,
                    const ProgressCallback& progress) {
    std::atomic<int64_t> next{0};
    SharedProgress done(count, progress);
    std::mutex mutex;
    std::exception_ptr failure;
    const auto work = [&] {
        for (int64_t index = next++; index < count; index = next++) {
            try {
                body(index);
                done.add(1);
            } catch (...) {
                const std::lock_guard<std::mutex> lock(mutex);
                if (!failure) failure = std::current_exception();
                next = count;
                return;
            }
        }
    };
    std::vector<std::thread> helpers;
    for (int64_t i = 1; i < std::min<int64_t>(threads, count); ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace accelsim
