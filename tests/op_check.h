/* op_check.h: build one node of constants, and check or run it. */
#ifndef OP_CHECK_H
#define OP_CHECK_H

#include "base/alloc.h"
#include "graph/graph.h"
#include "graph/op_attr.h"
#include "tests/check.h"

#include <string.h>

/* What a test does with a node that has run. */
#ifndef AFTER_RUN
#define AFTER_RUN(n) ((void)(n))
#endif

static mien_graph *graph;
static float *results[256];
static int n_results;

/* A shape, a list of inputs, an attribute struct that differs from defaults. */
#define DIMS(...) \
    ((mien_shape){sizeof((int64_t[]){__VA_ARGS__}) / 8, {__VA_ARGS__}})
#define SCALAR ((mien_shape){0})
#define LIST(...) \
    ((mi_ints){sizeof((int64_t[]){__VA_ARGS__}) / 8, {__VA_ARGS__}})
#define IN(...)                   \
    ((mi_node *[]){__VA_ARGS__}), \
        (int)(sizeof((mi_node *[]){__VA_ARGS__}) / sizeof(mi_node *))
#define FLOATS(shape, ...) floats(shape, (float[]){__VA_ARGS__})
#define INTS(...) \
    ints(DIMS(sizeof((int64_t[]){__VA_ARGS__}) / 8), (int64_t[]){__VA_ARGS__})
#define WANT(node, shape, ...) \
    want(__LINE__, node, shape, (double[]){__VA_ARGS__})
#define WANT_INTS(node, ...)                                        \
    want_ints(__LINE__, node, sizeof((int64_t[]){__VA_ARGS__}) / 8, \
              (int64_t[]){__VA_ARGS__})
#define REFUSED(reason, op, attr, ...) \
    refused(__LINE__, reason, op, attr, __VA_ARGS__)

static inline void set_text(char to[MI_ATTR_TEXT_LEN], const char *text)
{
    snprintf(to, MI_ATTR_TEXT_LEN, "%s", text);
}

static void begin(void)
{
    mien_error err = {0};
    CHECK_EQ(mi_graph_new(&graph, &err), MIEN_OK);
}

static void end(void)
{
    mien_graph_free(graph);
    while (n_results > 0)
        mi_free(results[--n_results]);
}

static float *room(const mien_shape *s)
{
    size_t len = (size_t)mi_shape_len(s);
    float *p = mi_alloc(len, sizeof *p);
    for (size_t i = 0; i < len; i++)
        p[i] = NAN;
    results[n_results++] = p;
    return p;
}

static inline mi_node *floats(mien_shape shape, const float *v)
{
    mi_node *n = mi_graph_constant(graph, NULL, MI_F32, shape, v, MI_COPY);
    n->eval = room(&shape);
    memcpy(n->eval, v, (size_t)mi_shape_len(&shape) * sizeof *v);
    return n;
}

/* start, start + 1, ... */
static inline mi_node *counting(mien_shape shape, float start)
{
    float v[4096];
    for (int64_t i = 0; i < mi_shape_len(&shape); i++)
        v[i] = start + (float)i;
    return floats(shape, v);
}

static inline mi_node *noise(mien_shape shape, unsigned *seed)
{
    float v[4096];
    for (int64_t i = 0; i < mi_shape_len(&shape); i++)
        v[i] = (float)(check_rand(seed) % 2001) / 1000 - 1;
    return floats(shape, v);
}

static inline mi_node *ints(mien_shape shape, const int64_t *v)
{
    return mi_graph_constant(graph, NULL, MI_I64, shape, v, MI_COPY);
}

static inline mi_node *bytes(mien_shape shape, const uint8_t *v)
{
    return mi_graph_constant(graph, NULL, MI_U8, shape, v, MI_COPY);
}

static inline mi_node *make(const mi_op *op, const void *attr,
                            mi_node *const *in, int n_in)
{
    mien_error err = {0};
    mi_node *n = mi_graph_node(graph, op, in, n_in, attr, NULL);
    CHECK_MSG(mi_graph_check(graph, &err) == MIEN_OK, "%s", err.text);
    return n;
}

/* Shape it and, if it is of floats, run it. */
static inline mi_node *run(const mi_op *op, const void *attr,
                           mi_node *const *in, int n_in)
{
    mi_node *n = make(op, attr, in, n_in);
    const char *why = op->shape(n);
    CHECK_MSG(!why, "%s: %s", op->name, why ? why : "");
    if (!why && n->type == MI_F32) {
        n->eval = room(&n->shape);
        op->eval(n);
        AFTER_RUN(n);
    }
    return n;
}

static inline void refused(int line, const char *reason, const mi_op *op,
                           const void *attr, mi_node *const *in, int n_in)
{
    mi_node *n = make(op, attr, in, n_in);
    const char *why = op->shape(n);
    CHECK_MSG(why && strcmp(why, reason) == 0, "line %d: %s: %s", line,
              op->name, why ? why : "accepted");
}

static inline int same_dims(const mien_shape *a, const mien_shape *b)
{
    return a->rank == b->rank &&
           memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) == 0;
}

static inline void want(int line, const mi_node *n, mien_shape shape,
                        const double *v)
{
    CHECK_MSG(n->type == MI_F32 && n->n_known == -1 && n->eval &&
                  same_dims(&n->shape, &shape),
              "line %d: %s: another type or shape", line, n->op->name);
    if (!n->eval || !same_dims(&n->shape, &shape))
        return;
    for (int64_t i = 0; i < mi_shape_len(&shape); i++)
        CHECK_MSG(fabs((double)n->eval[i] - v[i]) <= 1e-5 * (1 + fabs(v[i])),
                  "line %d: %s: element %d is %g, want %g", line, n->op->name,
                  (int)i, (double)n->eval[i], v[i]);
}

static inline void want_ints(int line, const mi_node *n, int64_t count,
                             const int64_t *v)
{
    CHECK_MSG(n->type == MI_I64 && n->n_known == count &&
                  mi_shape_len(&n->shape) == count,
              "line %d: %s: %d integers known", line, n->op->name, n->n_known);
    for (int64_t i = 0; i < count && i < n->n_known; i++)
        CHECK_MSG(n->known[i] == v[i], "line %d: %s: integer %d is %lld", line,
                  n->op->name, (int)i, (long long)n->known[i]);
}

#endif
