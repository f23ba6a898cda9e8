#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace accelsim {

/// Memory that kernels use while they run. One for each thread; grows to what the largest layer
/// needs and is used again.
class KernelWorkspace {
  public:
    enum Use {
        kInput,       ///< an input map, or a strip of one, as the array's kernel reads it
        kSums,        ///< accumulators
        kStrip,       ///< values before fused pooling
        kValues,      ///< an output map before it is packed
        kOperands,    ///< a chunk of a residual map
        kChunk,       ///< values on their way through post-processing
        kScratchpad,  ///< of a library
        kUses
    };

    /// Uninitialised memory for `count` elements, until the next call for the same use.
    template <typename T>
    T* get(Use use, int64_t count) {
        return static_cast<T*>(bytes(use, static_cast<size_t>(count) * sizeof(T)));
    }

  private:
    struct Release {
        void operator()(void* memory) const;
    };
    struct Buffer {
        std::unique_ptr<void, Release> memory;
        size_t bytes = 0;
    };

    void* bytes(Use use, size_t count);

    Buffer buffers_[kUses];
};

}  // namespace accelsim
