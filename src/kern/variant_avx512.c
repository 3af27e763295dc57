/* x86-64-v4: Skylake-X (2017), Ice Lake and Zen 4 on. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(                                               \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), \
    apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#endif
#define MI_ISA avx512
#define VBYTES 64
#define ROWS1 12
#define ROWS2 10 /* 12 would need more pointers than there are registers */
#define WORDS_PAY 0
#include "kern/variant.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
typedef int mi_not_x86; /* C wants a declaration in every file */
#endif
