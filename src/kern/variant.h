/* variant.h: the body of variant_*.c: every vector kernel and their table.
 * Not an ordinary header: the includer sets MI_ISA, VBYTES, the rows of its
 * tiles and the target. */
#include "kern/back.h"
#include "kern/kern.h"
#include "kern/tile.h"
#include "kern/winograd.h"
#include "kern/words.h"
#include "kern/windows.h"
#include "kern/flow.h"
#include "kern/boost.h"

#include "kern/k_reduce.c"
#include "kern/k_search.c"
#include "kern/k_elementwise.c"
#include "kern/k_conv.c"
#include "kern/k_gemm.c"
#include "kern/k_words.c"
#include "kern/k_learn.c"
#include "kern/k_depthwise.c"
#include "kern/k_pool.c"
#include "kern/k_back.c"
#include "kern/k_winograd.c"
#include "kern/k_rows.c"
#include "kern/k_windows.c"
#include "kern/k_flow.c"
#include "kern/k_boost.c"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

/* The one table that a variant exports. */
extern const mi_kern JOIN(mi_kern_, MI_ISA);
const mi_kern JOIN(mi_kern_, MI_ISA) = {
    .isa = TEXT(MI_ISA),
    .lanes = VN,
    .rows = {ROWS1, ROWS2},
    .words = WORDS_PAY,
#define MI_KERN(name, result, params) .name = name,
#ifdef MIEN_NO_LEARN
#define MI_KERN_LEARN(name, result, params) .name = NULL,
#endif
#include "kern/kern_list.h"
#undef MI_KERN
};
