#pragma once

namespace accelsim {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
constexpr const char* kWhySkipped =
    "GCC's AddressSanitizer loses the stack when an exception follows an SC_THREAD";

}  // namespace accelsim
