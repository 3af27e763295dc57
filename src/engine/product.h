/* product.h: matrix products as steps. */
#ifndef MI_ENGINE_PRODUCT_H
#define MI_ENGINE_PRODUCT_H

#include "engine/steps.h"
#include "kern/gemm.h"

/* The values of a product's matrices, and floats into them. */
typedef struct mi_factors {
    int a, b, bias, c; /* bias -1: none */
    size_t at_a, at_c;
} mi_factors;

/* Add the steps of a product: g says all but where its matrices lie. */
mien_status mi_product_add(mien_plan *p, const mi_gemm *g, const mi_factors *f,
                           mien_error *err);
/* The same whose result is the gradient of the value c, put or added. */
mien_status mi_product_gradient(mien_plan *p, const mi_gemm *g,
                                const mi_factors *f, mien_error *err);

/* The step that packs b into a new value, and the one that multiplies with it,
 * for products that share a packed matrix. */
mien_status mi_product_pack(mien_plan *p, const mi_gemm *g, int b, int bias,
                            int *packed, mien_error *err);
/* c is written; add is g's. */
mien_status mi_product_run(mien_plan *p, const mi_gemm *g, const mi_factors *f,
                           int packed, mien_error *err);

#endif
