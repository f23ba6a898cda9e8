#include "sw/kernels/workspace.h"

#include <new>

namespace accelsim {
namespace {

constexpr std::align_val_t kCacheLine{64};

}  // namespace

void KernelWorkspace::Release::operator()(void* memory) const {
    ::operator delete(memory, kCacheLine);
}

void* KernelWorkspace::bytes(Use use, size_t count) {
    Buffer& buffer = buffers_[use];
    if (count > buffer.bytes) {
        buffer = {};  // before its successor, so that never both are held
        buffer.memory.reset(::operator new(count, kCacheLine));
        buffer.bytes = count;
    }
    return buffer.memory.get();
}

}  // namespace accelsim
