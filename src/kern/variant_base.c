/* Whatever the build's own flags allow: SSE2, NEON, wasm simd128. */
#define MI_ISA base
#define ROWS1 8
#if defined(__wasm__)
#define ROWS2 6 /* engines make three-address AVX of it */
#define WORDS_PAY 1
#else
#define ROWS2 4
#define WORDS_PAY 0
#endif
#include "kern/variant.h"
