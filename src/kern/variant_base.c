/* Whatever the build's own flags allow: SSE2, NEON, wasm simd128. */
#define MI_ISA base
#define ROWS1 8
#define ROWS2 4
#include "kern/variant.h"
