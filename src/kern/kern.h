/* kern.h: the table of inner loops, and the choice of one table at run time.
 *
 * ref.c says in plain loops what each kernel means.  k_*.c say it again on
 * vectors, and variant_*.c compile them once for each instruction set.  No
 * kernel allocates.  Where a kernel has a dst, it may be one of its sources. */
#ifndef MI_KERN_KERN_H
#define MI_KERN_KERN_H

#include <stddef.h>
#include <stdint.h>

struct mi_tile;         /* tile.h */
struct mi_words_row;    /* words.h */
struct mi_words_tile;   /* words.h */
struct mi_conv;         /* conv.h */
struct mi_conv_io;      /* conv.h */
struct mi_pool2d;       /* conv.h */
struct mi_pool2d_io;    /* tile.h */
struct mi_act;          /* conv.h */
struct mi_outer;        /* back.h */
struct mi_pool_back_io; /* back.h */
struct mi_flow_place;   /* flow.h */
struct mi_flow_patch;   /* flow.h */
struct mi_votes;        /* windows.h */
struct mi_vote_stage;   /* windows.h */
struct mi_window_norm;  /* windows.h */
struct mi_ranks;        /* boost.h */

/* A step of Adam: m and v are the moments of the gradient g, whose bias
 * `correct` and `rate` (of the first moment) have taken into account:
 *   m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g g
 *   w -= rate m / (sqrt(v) correct + epsilon)                            */
typedef struct mi_adam {
    float rate, beta1, beta2, epsilon, correct;
} mi_adam;

/* fma_chains_f32 keeps so many independent sums in registers. */
enum { MI_FMA_CHAINS = 12 };

/* The *_f64 kernels of rows read rows padded with zeros to ld columns, ld a
 * multiple of this. */
enum { MI_ROWS_PAD = 8 };

typedef struct mi_kern {
    const char *isa; /* "ref", "base", "avx2", ... */
    int lanes;       /* floats of a vector */
    int rows[2];     /* most rows of a tile one and two vectors wide */
    int words;       /* 1: sums of 16-bit integers are faster than of floats */
#define MI_KERN(name, result, params) result(*name) params;
#include "kern/kern_list.h"
#undef MI_KERN
} mi_kern;

/* 1 if a table has the kernels that training alone wants: known when a build
 * without any is compiled, so that what calls them is left out too. */
static inline int mi_kern_learns(const mi_kern *kern)
{
#ifdef MIEN_NO_LEARN
    (void)kern;
    return 0;
#else
    return kern->adam_f32 != NULL;
#endif
}

/* The fastest table this CPU can run.  MIEN_ISA=name in the environment
 * overrides the choice.  Thread-safe. */
const mi_kern *mi_kern_best(void);

/* Table i of those this CPU can run, slowest first (0 is "ref"), or NULL. */
const mi_kern *mi_kern_at(int i);

#endif
