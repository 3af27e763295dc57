/* gemm.h: matrix products of floats, any side transposed.
 *
 *   c[m, n] = act(bias + op(a) op(b))   or   c += op(a) op(b)
 *
 * op(a) is [m, k] and op(b) [k, n].  b is packed into panels first; then tasks
 * may run on any thread in any order.  A task always computes the same outputs
 * in the same order, so the bits do not depend on the number of threads.
 * Nothing here allocates. */
#ifndef MI_KERN_GEMM_H
#define MI_KERN_GEMM_H

#include "kern/conv.h"

typedef struct mi_gemm {
    int m, n, k;
    const float *a; /* [m, k]; with ta [k, m] */
    ptrdiff_t lda;  /* floats from row to row of a as it lies */
    const float *b; /* [k, n]; with tb [n, k] */
    ptrdiff_t ldb;
    const float *bias; /* [n], or NULL; not with add */
    float *c;          /* [m, n]; overlaps nothing */
    ptrdiff_t ldc;
    int ta, tb;
    int add;    /* 1: to what is in c */
    mi_act act; /* not with add, nor sigmoid */
} mi_gemm;

/* Floats of packed panels; aligned to 64 bytes where speed matters. */
size_t mi_gemm_packed_len(const mi_kern *kern, const mi_gemm *g);
/* Lay b out in panels. */
void mi_gemm_pack(const mi_kern *kern, const mi_gemm *g, float *packed);
/* How many tasks the product is cut into. */
int mi_gemm_tasks(const mi_kern *kern, const mi_gemm *g);
/* Do one task. */
void mi_gemm_run(const mi_kern *kern, const mi_gemm *g, const float *packed,
                 int task);

#endif
