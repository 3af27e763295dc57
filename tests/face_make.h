/* face_make.h: small networks that answer what a test asks them to.
 *
 *   pixels [1, 3, h, w] -> mean of each channel [1, 3] -> times weights, plus
 *   bias [1, n] -> reshaped
 *
 * With weights of 0 the answer is the bias; otherwise it depends on the crop.
 */
#ifndef TESTS_FACE_MAKE_H
#define TESTS_FACE_MAKE_H

#include "graph/graph.h"
#include "graph/op_attr.h"
#include "mien/image.h"

#include "base/alloc.h"
#include "check.h"

#include <string.h>

typedef struct make_output {
    const char *name;
    mien_shape shape;
    const float *bias; /* NULL: 0 */
    float weight;      /* of every mean */
} make_output;

static inline mi_node *make_dense(mien_graph *g, mi_node *mean,
                                  const make_output *o)
{
    int64_t n = mi_shape_len(&o->shape);
    float *w = mi_alloc((size_t)(3 * n), sizeof *w);
    float *b = mi_alloc((size_t)n, sizeof *b);
    for (int64_t i = 0; i < 3 * n; i++)
        w[i] = o->weight * (1 + (float)(i % 7));
    if (o->bias)
        memcpy(b, o->bias, (size_t)n * sizeof *b);
    mi_node *in[] = {mean,
                     mi_graph_constant(g, NULL, MI_F32, (mien_shape){2, {3, n}},
                                       w, MI_COPY)};
    mi_node *sum[] = {
        mi_graph_node(g, &mi_op_matmul, in, 2, NULL, NULL),
        mi_graph_constant(g, NULL, MI_F32, (mien_shape){1, {n}}, b, MI_COPY)};
    mi_node *y = mi_graph_node(g, &mi_op_add, sum, 2, NULL, NULL);
    mi_free(w);
    mi_free(b);
    mi_node *shape[] = {y, mi_graph_constant(g, NULL, MI_I64,
                                             (mien_shape){1, {o->shape.rank}},
                                             o->shape.dim, MI_COPY)};
    return mi_graph_node(g, &mi_op_reshape, shape, 2, NULL, o->name);
}

/* A network of one input of that shape (rank 4). */
static inline mien_graph *make_network(mien_shape in, const make_output *out,
                                       int n)
{
    mien_graph *g = NULL;
    mien_error err = {0};
    CHECK(mi_graph_new(&g, &err) == MIEN_OK);
    mi_node *x = mi_graph_input(g, "pixels", in);
    x = mi_graph_node(g, &mi_op_global_average_pool, &x, 1, NULL, NULL);
    x = mi_graph_node(g, &mi_op_flatten, &x, 1, NULL, NULL);
    for (int i = 0; i < n; i++)
        mi_graph_output(g, make_dense(g, x, &out[i]), NULL);
    CHECK_MSG(mi_graph_check(g, &err) == MIEN_OK, "%s", err.text);
    return g;
}

/* A square RGB input of a side; -1: any. */
static inline mien_shape make_input(int side)
{
    return (mien_shape){4, {1, 3, side, side}};
}

/* An SSD that answers n boxes (top, left, bottom, right) and scores. */
static inline mien_graph *make_ssd(int n, const float *boxes,
                                   const float *scores)
{
    make_output out[] = {{"boxes", {3, {1, n, 4}}, boxes, 0},
                         {"scores", {2, {1, n}}, scores, 0}};
    return make_network(make_input(512), out, 2);
}

/* A photo of noise; free with mien_image_free. */
static inline mien_image make_photo(int w, int h, unsigned seed)
{
    mien_image im = {0};
    CHECK(mien_image_new(w, h, &im, NULL) == MIEN_OK);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < 3 * w; x++)
            im.data[y * im.stride + x] = (uint8_t)check_rand(&seed);
    return im;
}

#endif
