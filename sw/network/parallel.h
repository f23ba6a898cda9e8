#pragma once

#include <cstdint>
#include <functional>

namespace accelsim {

/// Called with how many of how many are done; never by two threads at once.
using ProgressCallback = std::function<void(int64_t done, int64_t total)>;

/// Calls `body` for 0..count-1 on up to `threads` threads; the first exception is thrown again
/// here. `body` must leave its result where no other index writes, so that the result does not
/// depend on the threads.
void for_each_index(int64_t count, int threads, const std::function<void(int64_t)>& body,
                    const ProgressCallback& progress = {});

}  // namespace accelsim
