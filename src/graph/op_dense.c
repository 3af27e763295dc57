/* op_dense.c: matrix products. */
#include "graph/op_util.h"

#include <string.h>

/* A matrix in memory: element (i, j) is at i * down + j * across. */
typedef struct {
    const float *at;
    int64_t down, across;
} matrix;

static double dot(const matrix *a, const matrix *b, int64_t i, int64_t j,
                  int64_t k)
{
    double sum = 0;
    for (int64_t l = 0; l < k; l++)
        sum += (double)a->at[i * a->down + l * a->across] *
               (double)b->at[l * b->down + j * b->across];
    return sum;
}

/* y = alpha A B + beta C; A is [m, k] or its transpose, B [k, n] or its, C is
 * broadcast to [m, n]. */
static const char *gemm_shape(mi_node *out)
{
    const mi_gemm_attr *attr = out->attr;
    const mien_shape *a = &out->in[0]->shape, *b = &out->in[1]->shape;
    const mi_node *c = mi_op_in(out, 2);
    const char *why = mi_want_floats(out);
    if (why)
        return why;
    if (a->rank != 2 || b->rank != 2)
        return "an input is not a matrix";
    int ta = attr->transA != 0, tb = attr->transB != 0;
    if (a->dim[1 - ta] != b->dim[tb])
        return "the inner sizes of the matrices differ";
    const mien_shape y = {2, {a->dim[ta], b->dim[1 - tb]}};
    if (c && c->shape.rank > 2)
        return "the sum's third input has too many dimensions";
    for (int d = 0; c && d < c->shape.rank; d++)
        if (c->shape.dim[d] != 1 &&
            c->shape.dim[d] != y.dim[d + 2 - c->shape.rank])
            return "the sum's third input cannot be broadcast to the result";
    return mi_set_floats(out, &y);
}

/* alpha op(a) op(b) + beta c, by the definition. */
static void gemm_eval(const mi_node *out)
{
    const mi_gemm_attr *attr = out->attr;
    const mi_node *c = mi_op_in(out, 2);
    int ta = attr->transA != 0, tb = attr->transB != 0;
    int64_t ka = out->in[0]->shape.dim[1], kb = out->in[1]->shape.dim[1];
    const matrix a = {out->in[0]->eval, ta ? 1 : ka, ta ? ka : 1};
    const matrix b = {out->in[1]->eval, tb ? 1 : kb, tb ? kb : 1};
    int64_t k = out->in[0]->shape.dim[1 - ta];
    int64_t len = mi_shape_len(&out->shape);
    mi_walk w = mi_walk_over(&out->shape);
    if (c)
        mi_walk_spread(&w, 0, &c->shape);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w)) {
        double y = (double)attr->alpha * dot(&a, &b, w.at[0], w.at[1], k);
        if (c)
            y += (double)attr->beta * (double)c->eval[w.offset[0]];
        out->eval[i] = (float)y;
    }
}

/* to += scale a b, where to is [m, n]; to.at NULL: not wanted. */
static void add_product(float *at, int64_t down, int64_t across, matrix a,
                        matrix b, const int64_t mnk[3], double scale)
{
    for (int64_t i = 0; at && i < mnk[0]; i++)
        for (int64_t j = 0; j < mnk[1]; j++)
            at[i * down + j * across] +=
                (float)(scale * dot(&a, &b, i, j, mnk[2]));
}

static matrix transposed(matrix a) { return (matrix){a.at, a.across, a.down}; }

/* The products that give the gradients of a and b, and sums for c. */
static void gemm_grad(const mi_node *out)
{
    const mi_gemm_attr *attr = out->attr;
    const mi_node *c = mi_op_in(out, 2);
    int ta = attr->transA != 0, tb = attr->transB != 0;
    int64_t ka = out->in[0]->shape.dim[1], kb = out->in[1]->shape.dim[1];
    const matrix a = {out->in[0]->eval, ta ? 1 : ka, ta ? ka : 1};
    const matrix b = {out->in[1]->eval, tb ? 1 : kb, tb ? kb : 1};
    int64_t m = out->shape.dim[0], n = out->shape.dim[1];
    int64_t k = out->in[0]->shape.dim[1 - ta], len = mi_shape_len(&out->shape);
    const matrix y = {out->grad, n, 1};
    add_product(out->in[0]->grad, a.down, a.across, y, transposed(b),
                (int64_t[]){m, k, n}, (double)attr->alpha);
    add_product(out->in[1]->grad, b.down, b.across, transposed(a), y,
                (int64_t[]){k, n, m}, (double)attr->alpha);
    if (!c || !c->grad)
        return;
    mi_walk w = mi_walk_over(&out->shape);
    mi_walk_spread(&w, 0, &c->shape);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w))
        c->grad[w.offset[0]] += attr->beta * out->grad[i];
}

static const mi_gemm_attr gemm_defaults = {1, 1, 0, 0};
static const mi_attr gemm_attrs[] = {
    MI_ROW(mi_gemm_attr, FLOAT, alpha), MI_ROW(mi_gemm_attr, FLOAT, beta),
    MI_ROW(mi_gemm_attr, INT, transA), MI_ROW(mi_gemm_attr, INT, transB),
    MI_ROWS_END};
const mi_op mi_op_gemm = {.name = "Gemm",
                          .min_in = 2,
                          .max_in = 3,
                          MI_ATTRS(gemm),
                          .shape = gemm_shape,
                          .eval = gemm_eval,
                          .grad = gemm_grad};

/* [.., m, k] [.., k, n]; the axes in front are broadcast. */
static const char *matmul_shape(mi_node *out)
{
    const mien_shape *a = &out->in[0]->shape, *b = &out->in[1]->shape;
    const char *why = mi_want_floats(out);
    if (why)
        return why;
    if (a->rank < 2 || b->rank < 2)
        return "an input has less than two dimensions";
    if (a->dim[a->rank - 1] != b->dim[b->rank - 2])
        return "the inner sizes of the matrices differ";
    const mien_shape *more = a->rank >= b->rank ? a : b;
    const mien_shape *less = more == a ? b : a;
    mien_shape y = *more;
    for (int d = 0; d < less->rank - 2; d++) {
        int64_t *to = &y.dim[d + more->rank - less->rank];
        if (*to != less->dim[d] && *to != 1 && less->dim[d] != 1)
            return "the axes before the matrices cannot be broadcast";
        *to = *to == 1 ? less->dim[d] : *to;
    }
    y.dim[y.rank - 2] = a->dim[a->rank - 2];
    y.dim[y.rank - 1] = b->dim[b->rank - 1];
    return mi_set_floats(out, &y);
}

/* The axes before the matrices, with the strides of whole matrices. */
static void spread_matrices(mi_walk *w, int side, const mien_shape *x)
{
    int64_t stride[MIEN_MAX_RANK];
    mi_row_major(x, stride);
    for (int d = 0; d < x->rank - 2; d++)
        if (x->dim[d] != 1)
            w->stride[side][d + w->rank + 2 - x->rank] = stride[d];
}

/* The product of each pair of matrices, leading axes broadcast. */
static void matmul_eval(const mi_node *out)
{
    const mien_shape *a = &out->in[0]->shape, *b = &out->in[1]->shape;
    int64_t m = a->dim[a->rank - 2], k = a->dim[a->rank - 1];
    int64_t n = b->dim[b->rank - 1];
    mien_shape front = out->shape;
    front.rank -= 2;
    mi_walk w = mi_walk_over(&front);
    spread_matrices(&w, 0, a);
    spread_matrices(&w, 1, b);
    float *y = out->eval;
    for (int64_t f = mi_shape_len(&front); f > 0; f--, mi_walk_next(&w)) {
        const matrix left = {out->in[0]->eval + w.offset[0], k, 1};
        const matrix right = {out->in[1]->eval + w.offset[1], n, 1};
        for (int64_t i = 0; i < m; i++)
            for (int64_t j = 0; j < n; j++)
                *y++ = (float)dot(&left, &right, i, j, k);
    }
}

/* The gradients of each pair, added where an axis was broadcast. */
static void matmul_grad(const mi_node *out)
{
    const mi_node *x = out->in[0], *y = out->in[1];
    int64_t m = x->shape.dim[x->shape.rank - 2];
    int64_t k = x->shape.dim[x->shape.rank - 1];
    int64_t n = y->shape.dim[y->shape.rank - 1];
    mien_shape front = out->shape;
    front.rank -= 2;
    mi_walk w = mi_walk_over(&front);
    spread_matrices(&w, 0, &x->shape);
    spread_matrices(&w, 1, &y->shape);
    int64_t matrices = mi_shape_len(&front);
    for (int64_t f = 0; f < matrices; f++, mi_walk_next(&w)) {
        const matrix a = {x->eval + w.offset[0], k, 1};
        const matrix b = {y->eval + w.offset[1], n, 1};
        const matrix g = {out->grad + f * m * n, n, 1};
        add_product(x->grad ? x->grad + w.offset[0] : NULL, k, 1, g,
                    transposed(b), (int64_t[]){m, k, n}, 1);
        add_product(y->grad ? y->grad + w.offset[1] : NULL, n, 1, transposed(a),
                    g, (int64_t[]){k, n, m}, 1);
    }
}

const mi_op mi_op_matmul = {.name = "MatMul",
                            .min_in = 2,
                            .max_in = 2,
                            .shape = matmul_shape,
                            .eval = matmul_eval,
                            .grad = matmul_grad};
