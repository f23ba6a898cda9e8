#define ACCELSIM_MAC_TABLE avx512_mac_kernels
#include "hw/array/mac_kernels.inc"
