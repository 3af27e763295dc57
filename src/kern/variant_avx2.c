/* x86-64-v3: Haswell (2013) and Zen (2017) on. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), \
                             apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define MI_ISA avx2
#define VBYTES 32
#define ROWS1 12
#define ROWS2 6
#define WORDS_PAY 0
#include "kern/variant.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
typedef int mi_not_x86; /* C wants a declaration in every file */
#endif
