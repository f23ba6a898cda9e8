#define ACCELSIM_MAC_TABLE avx2_mac_kernels
#include "hw/array/mac_kernels.inc"
