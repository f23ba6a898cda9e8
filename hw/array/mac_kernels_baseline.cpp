#define ACCELSIM_MAC_TABLE baseline_mac_kernels
#include "hw/array/mac_kernels.inc"
