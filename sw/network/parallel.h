#pragma once

#include <cstdint>
#include <functional>
#include <mutex>

namespace accelsim {

/// Called with how many of how many are done; never by two threads at once.
using ProgressCallback = std::function<void(int64_t done, int64_t total)>;

/// Adds up the parts of some work that threads say are done.
class SharedProgress {
  public:
    /// The callback outlives it; it may be empty.
    SharedProgress(int64_t total, const ProgressCallback& callback)
        : total_(total), callback_(callback) {}

    void add(int64_t part);

  private:
    const int64_t total_;
    const ProgressCallback& callback_;
    std::mutex mutex_;
    int64_t done_ = 0;
};

/// Calls `body` for 0..count-1 on up to `threads` threads; the first exception is thrown again
/// here. `body` must leave its result where no other index writes, so that the result does not
/// depend on the threads.
void for_each_index(int64_t count, int threads, const std::function<void(int64_t)>& body,
                    const ProgressCallback& progress = {});

}  // namespace accelsim
