#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace accelsim {

/// Memory that starts with a cache line: vector instructions that straddle two lines cost twice.
template <typename T>
struct CacheLineAllocator {
    using value_type = T;  // NOLINT(readability-identifier-naming): the library asks for it
    static constexpr std::align_val_t kAlignment{64};

    CacheLineAllocator() = default;
    template <typename U>
    CacheLineAllocator(const CacheLineAllocator<U>&) {}

    T* allocate(size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
    }
    void deallocate(T* memory, size_t) { ::operator delete(memory, kAlignment); }
    template <typename U>
    bool operator==(const CacheLineAllocator<U>&) const {
        return true;
    }
    template <typename U>
    bool operator!=(const CacheLineAllocator<U>&) const {
        return false;
    }
};

template <typename T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

}  // namespace accelsim
