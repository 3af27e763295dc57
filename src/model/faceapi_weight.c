/* Weights of a manifest as constants of a graph.
 *
 * A quantised weight is byte * scale + min.  ONNX's DequantizeLinear is
 * (byte - zero) * scale with a whole zero point, which says the same when
 * -min / scale is whole and fits a byte; where not, min is added behind it. */
#include "model/faceapi.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void show_shape(const mien_shape *s, char out[64])
{
    size_t n = 0;
    for (int i = 0; i < s->rank && n < 48; i++)
        n += (size_t)snprintf(out + n, 64 - n, "%s%lld", i ? "," : "",
                              (long long)s->dim[i]);
    out[n] = 0;
}

const mi_weight *mi_net_weight(mi_net *n, const char *name,
                               const mien_shape *want)
{
    const mi_weight *w = NULL;
    for (int i = 0; i < n->weights->n && !w; i++)
        if (strcmp(n->weights->weight[i].name, name) == 0)
            w = &n->weights->weight[i];
    if (n->wrong.status != MIEN_OK)
        return NULL;
    if (!w || !w->is_float) {
        mi_fail(&n->wrong, MIEN_EFORMAT, "face-api: no float weight '%s'",
                name);
        return NULL;
    }
    if (w->shape.rank != want->rank ||
        memcmp(w->shape.dim, want->dim,
               (size_t)want->rank * sizeof *want->dim) != 0) {
        char have[64], wanted[64];
        show_shape(&w->shape, have);
        show_shape(want, wanted);
        mi_fail(&n->wrong, MIEN_EFORMAT,
                "face-api: weight '%s' is [%s], wanted [%s]", name, have,
                wanted);
        return NULL;
    }
    return w;
}

/* Something to return when the weights are wrong. */
static mi_node *nothing(mi_net *n) { return mi_net_scalar(n, 0); }

static mi_node *no_memory(mi_net *n)
{
    mi_fail(&n->wrong, MIEN_ENOMEM, "face-api: no memory for weights");
    return nothing(n);
}

/* How a stored tensor [d0, d1, d2, d3] becomes a constant: axis i of the
 * constant is axis perm[i] of what is stored. */
typedef struct layout {
    mien_shape stored, shape;
    int perm[4];
} layout;

static layout layout_of(const int64_t stored[4], const int perm[4])
{
    layout l = {.stored = {.rank = 4}, .shape = {.rank = 4}};
    for (int i = 0; i < 4; i++) {
        l.stored.dim[i] = stored[i];
        l.perm[i] = perm[i];
        l.shape.dim[i] = stored[perm[i]];
    }
    return l;
}

/* Elements of `size` bytes. */
static void reorder(const layout *l, const uint8_t *in, size_t size,
                    uint8_t *out)
{
    int64_t step[4] = {0};
    for (int i = 0; i < 4; i++) {
        step[i] = 1;
        for (int k = l->perm[i] + 1; k < 4; k++)
            step[i] *= l->stored.dim[k];
    }
    const int64_t *d = l->shape.dim;
    int64_t n = d[0] * d[1] * d[2] * d[3];
    for (int64_t i = 0; i < n; i++) {
        int64_t from = i % d[3] * step[3] + i / d[3] % d[2] * step[2] +
                       i / d[3] / d[2] % d[1] * step[1] +
                       i / d[3] / d[2] / d[1] * step[0];
        memcpy(out + (size_t)i * size, in + (size_t)from * size, size);
    }
}

/* DequantizeLinear behind uint8 elements that are in the graph's order. */
static mi_node *dequantized(mi_net *n, const mi_weight *w, mien_shape shape,
                            const uint8_t *bytes)
{
    double zero = w->scale != 0 ? -w->min / w->scale : 0;
    double whole = nearbyint(zero);
    int fits = fabs(zero - whole) < 1e-6 && whole >= 0 && whole <= 255;
    uint8_t point = fits ? (uint8_t)whole : 0;
    float scale = (float)w->scale, min = (float)w->min;
    mien_shape one = {.rank = 0};

    mi_name q = mi_name_of("%.110s:bytes", w->name);
    mi_name s = mi_name_of("%.110s:scale", w->name);
    mi_name z = mi_name_of("%.110s:zero", w->name);
    mi_name m = mi_name_of("%.110s:steps", w->name);
    mi_node *in[] = {
        mi_graph_constant(n->g, q.text, MI_U8, shape, bytes, MI_COPY),
        mi_graph_constant(n->g, s.text, MI_F32, one, &scale, MI_COPY),
        mi_graph_constant(n->g, z.text, MI_U8, one, &point, MI_COPY)};
    mi_node *x = mi_graph_node(n->g, &mi_op_dequantize, in, 3, NULL,
                               fits ? w->name : m.text);
    if (fits)
        return x;
    mi_node *sum[] = {x, mi_net_scalar(n, min)};
    return mi_graph_node(n->g, &mi_op_add, sum, 2, NULL, w->name);
}

/* A weight in ONNX's order: floats, or bytes with a DequantizeLinear. */
static mi_node *constant(mi_net *n, const char *name, const layout *l)
{
    const mi_weight *w = mi_net_weight(n, name, &l->stored);
    if (!w)
        return nothing(n);
    int floats = n->float32 || w->packed != MIEN_PACKED_U8;
    float *values = floats ? mi_alloc_raw(w->len, sizeof *values) : NULL;
    uint8_t *moved = mi_alloc_raw(w->len, floats ? sizeof *values : 1);
    mi_node *out;
    if ((floats && !values) || !moved) {
        out = no_memory(n);
    } else if (floats) {
        mi_weight_floats(w, values);
        reorder(l, (const uint8_t *)values, sizeof *values, moved);
        out = mi_graph_constant(n->g, name, MI_F32, l->shape, moved, MI_COPY);
    } else {
        reorder(l, w->data, 1, moved);
        out = dequantized(n, w, l->shape, moved);
        out->shape = l->shape; /* for the convolution that is built on it */
    }
    mi_free(values);
    mi_free(moved);
    return out;
}

mi_node *mi_net_filters(mi_net *n, const char *name, int64_t size, int64_t in,
                        int64_t out)
{
    layout l = layout_of((const int64_t[4]){size, size, in, out},
                         (const int[4]){3, 2, 0, 1});
    return constant(n, name, &l);
}

mi_node *mi_net_depth_filters(mi_net *n, const char *name, int64_t size,
                              int64_t channels)
{
    layout l = layout_of((const int64_t[4]){size, size, channels, 1},
                         (const int[4]){2, 3, 0, 1});
    return constant(n, name, &l);
}

/* Tensors that keep their order, as floats. */
static mi_node *as_stored(mi_net *n, const char *name, mien_shape shape)
{
    const mi_weight *w = mi_net_weight(n, name, &shape);
    if (!w)
        return nothing(n);
    float *values = mi_alloc_raw(w->len, sizeof *values);
    if (!values)
        return no_memory(n);
    mi_weight_floats(w, values);
    mi_node *out =
        mi_graph_constant(n->g, name, MI_F32, shape, values, MI_COPY);
    mi_free(values);
    return out;
}

mi_node *mi_net_vector(mi_net *n, const char *name, int64_t len)
{
    return as_stored(n, name, (mien_shape){.rank = 1, .dim = {len}});
}

mi_node *mi_net_matrix(mi_net *n, const char *name, int64_t in, int64_t out)
{
    return as_stored(n, name, (mien_shape){.rank = 2, .dim = {in, out}});
}
