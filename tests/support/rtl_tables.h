#pragma once

/// Cycle tables of real RTL.
namespace accelsim {

/// Arjun0170/Systolic-Tensors 18f6a20eeb5444df4dc883a49d02e3926358adf5 (MIT licence), weight
/// stationary: an n x n int8 array with 4 pipeline stages a PE; M x K by K x n, K = k_tiles * n.
/// Clock edges of the RTL, counted from the first one that loads weights.
struct SystolicTensorsRow {
    int array_n, m, k_tiles, first_token, first_out, last_out;
};

inline constexpr SystolicTensorsRow kSystolicTensors[] = {
    {16, 1, 1, 16, 80, 95},   {16, 1, 2, 16, 80, 191},  {16, 1, 4, 16, 80, 383},
    {16, 4, 1, 16, 80, 98},   {16, 4, 2, 16, 80, 197},  {16, 4, 4, 16, 80, 395},
    {16, 8, 1, 16, 80, 102},  {16, 8, 2, 16, 80, 205},  {16, 8, 4, 16, 80, 411},
    {16, 16, 1, 16, 80, 110}, {16, 16, 2, 16, 80, 221}, {16, 16, 4, 16, 80, 443},
    {16, 36, 1, 16, 80, 130}, {16, 36, 2, 16, 80, 261}, {16, 36, 4, 16, 80, 523},
    {16, 64, 1, 16, 80, 158}, {16, 64, 2, 16, 80, 317}, {16, 64, 4, 16, 80, 635},
    {4, 1, 1, 4, 20, 23},     {4, 1, 2, 4, 20, 47},     {4, 1, 4, 4, 20, 95},
    {4, 4, 1, 4, 20, 26},     {4, 4, 2, 4, 20, 53},     {4, 4, 4, 4, 20, 107},
    {4, 8, 1, 4, 20, 30},     {4, 8, 2, 4, 20, 61},     {4, 8, 4, 4, 20, 123},
    {4, 16, 1, 4, 20, 38},    {4, 16, 2, 4, 20, 77},    {4, 16, 4, 4, 20, 155},
    {4, 36, 1, 4, 20, 58},    {4, 36, 2, 4, 20, 117},   {4, 36, 4, 4, 20, 235},
    {4, 64, 1, 4, 20, 86},    {4, 64, 2, 4, 20, 173},   {4, 64, 4, 4, 20, 347},
};

/// The same project, output stationary: an n x n array, n x K by K x n. Clock edges from the first
/// one that samples operands until the first and the last PE hold their final sums.
struct SystolicTensorsOsRow {
    int array_n, k, first_final, last_final;
};

inline constexpr SystolicTensorsOsRow kSystolicTensorsOs[] = {
    {16, 1, 4, 34},   {16, 4, 7, 37},   {16, 8, 11, 41}, {16, 16, 19, 49},
    {16, 32, 35, 65}, {16, 64, 67, 97}, {4, 1, 4, 10},   {4, 4, 7, 13},
    {4, 8, 11, 17},   {4, 16, 19, 25},  {4, 32, 35, 41}, {4, 64, 67, 73},
};

/// inQuitiVe/ECE284-Final-VLSI-Scream 80d034908d21832965c58330482ad9e58d7951af, Part3, mode
/// vanilla: the founding 8 x 8 array, 4-bit, 36 beats for each of the nine kernel positions.
/// Measured with Icarus Verilog; clock edges. An end is the edge after the last value.
struct FoundingRow {
    int wload_first, exec_first, psum_col0_first, psum_col7_first, exec_end, psum_col7_end,
        sfu_acc_end;
};

inline constexpr FoundingRow kFounding[] = {
    {73, 82, 93, 100, 118, 136, 139},    {171, 180, 191, 198, 216, 234, 237},
    {269, 278, 289, 296, 314, 332, 335}, {367, 376, 387, 394, 412, 430, 433},
    {465, 474, 485, 492, 510, 528, 531}, {563, 572, 583, 590, 608, 626, 629},
    {661, 670, 681, 688, 706, 724, 727}, {759, 768, 779, 786, 804, 822, 825},
    {857, 866, 877, 884, 902, 920, 923},
};

/// The same array, mode act_2b: 2-bit activations, two weights a PE.
inline constexpr FoundingRow kFoundingTwoBits[] = {
    {81, 98, 109, 116, 134, 152, 155},         {195, 212, 223, 230, 248, 266, 269},
    {309, 326, 337, 344, 362, 380, 383},       {423, 440, 451, 458, 476, 494, 497},
    {537, 554, 565, 572, 590, 608, 611},       {651, 668, 679, 686, 704, 722, 725},
    {765, 782, 793, 800, 818, 836, 839},       {879, 896, 907, 914, 932, 950, 953},
    {993, 1010, 1021, 1028, 1046, 1064, 1067},
};

/// The same array, modes os_vanilla and os_2b (equal): the start and the end of the last burst of
/// beats, and the drain behind it.
struct FoundingOsRow {
    int last_burst, exec_end, psum_col0_first, psum_col7_end;
};

inline constexpr FoundingOsRow kFoundingOs = {252, 261, 266, 281};

}  // namespace accelsim
