/* net_random.h: small random networks of all operators, shapes of rank 0 to 6
 * and every attribute tried blindly: a node that its operator refuses is left
 * out.  For test_plan_random.c and test_learn_random.c. */
#ifndef NET_RANDOM_H
#define NET_RANDOM_H

#include "tests/nn_check.h"

enum { MOST = 40, MOST_ELEMENTS = 3000 };

/* A graph and its nodes' shapes so far. */
typedef struct {
    mien_graph *g;
    mi_node shape[MOST * 8]; /* by id */
    int n;
    int x[MOST]; /* ids of tensors of floats to read */
    int n_x;
    int rests; /* 1: no operator that draws random numbers */
} maker;

static mi_node *at(maker *m, int id) { return mi_graph_at(m->g, id); }

static int note(maker *m, mi_node *n)
{
    mi_node *s = &m->shape[m->n++];
    *s = *n;
    for (int k = 0; k < n->n_in; k++)
        s->in[k] = n->in[k] ? &m->shape[n->in[k]->id] : NULL;
    return n->id;
}

static int any(maker *m) { return m->x[between(0, m->n_x - 1)]; }

static const mien_shape *shape_of(const maker *m, int id)
{
    return &m->shape[id].shape;
}

static int floats(maker *m, const mien_shape *s, float lo, float hi)
{
    int64_t len = mi_shape_len(s);
    float *v = random_floats(len);
    for (int64_t i = 0; i < len; i++)
        v[i] = lo + (hi - lo) * (v[i] + 1) / 2;
    mi_node *n = mi_graph_constant(m->g, NULL, MI_F32, *s, v, MI_COPY);
    mi_free(v);
    return note(m, n);
}

static int list(maker *m, int n, const int64_t *v)
{
    const mien_shape s = {1, {n}};
    return note(m, mi_graph_constant(m->g, NULL, MI_I64, s, v, MI_COPY));
}

static int row(maker *m, int64_t n, float lo, float hi)
{
    const mien_shape s = {1, {n}};
    return floats(m, &s, lo, hi);
}

/* A node where its operator takes the inputs (-1: left out). */
static void add(maker *m, const mi_op *op, const int *in, int n_in,
                const void *attr)
{
    mi_node try = {.op = op, .n_in = n_in, .n_known = -1}, *real[MI_MAX_IN];
    unsigned char copy[768];
    if (op->attr_size)
        memcpy(copy, attr ? attr : op->attr_defaults, op->attr_size);
    try.attr = copy;
    for (int k = 0; k < n_in; k++) {
        try.in[k] = in[k] < 0 ? NULL : &m->shape[in[k]];
        real[k] = in[k] < 0 ? NULL : at(m, in[k]);
    }
    if (op->shape(&try) || mi_shape_len(&try.shape) > MOST_ELEMENTS)
        return;
    mi_node *n = mi_graph_node(m->g, op, real, n_in, attr, NULL);
    int id = note(m, n);
    CHECK(m->shape[id].op->shape(&m->shape[id]) == NULL);
    if (m->shape[id].type == MI_F32)
        m->x[m->n_x++] = id;
}

static void add_unary(maker *m)
{
    static const mi_op *const ops[] = {
        &mi_op_relu,    &mi_op_sigmoid,    &mi_op_tanh,
        &mi_op_dropout, &mi_op_leaky_relu, &mi_op_global_average_pool,
        &mi_op_cast,    &mi_op_identity,   &mi_op_relu};
    const mi_op *op = ops[between(0, 8)];
    const mi_cast_attr cast = {MI_F32};
    int x = any(m);
    if (op == &mi_op_dropout && m->rests)
        return;
    add(m, op, &x, 1, op == &mi_op_cast ? &cast : NULL);
}

static void add_silu(maker *m)
{
    int x = any(m), before = m->n_x;
    add(m, &mi_op_sigmoid, &x, 1, NULL);
    if (m->n_x == before)
        return;
    int in[2] = {x, m->x[m->n_x - 1]}, swap = between(0, 1);
    if (between(0, 3)) /* nothing else reads the sigmoid */
        m->n_x--;
    add(m, &mi_op_mul, (int[]){in[swap], in[1 - swap]}, 2, NULL);
}

static void add_exp(maker *m)
{
    int x = any(m), before = m->n_x;
    add(m, &mi_op_tanh, &x, 1, NULL);
    if (m->n_x > before)
        add(m, &mi_op_exp, &m->x[m->n_x - 1], 1, NULL);
}

/* A constant that can be spread over x. */
static int spread(maker *m, int x, float lo, float hi)
{
    mien_shape s = *shape_of(m, x);
    int drop = s.rank ? between(0, s.rank) : 0, keep = between(-2, s.rank - 1);
    s.rank -= drop;
    memmove(s.dim, s.dim + drop, (size_t)s.rank * sizeof *s.dim);
    for (int d = 0; d < s.rank; d++)
        if (keep >= -1 && d + drop != keep && between(0, 3))
            s.dim[d] = 1;
    return floats(m, &s, lo, hi);
}

static void add_pair(maker *m)
{
    static const mi_op *const ops[] = {&mi_op_add, &mi_op_sub, &mi_op_mul,
                                       &mi_op_div, &mi_op_add, &mi_op_prelu};
    const mi_op *op = ops[between(0, 5)];
    int x = any(m), in[2] = {x, any(m)};
    if (op == &mi_op_div || between(0, 1))
        in[1] = spread(m, x, 0.5f, 1.5f);
    if (op != &mi_op_div && between(0, 2) == 0) {
        in[0] = in[1];
        in[1] = x;
    }
    add(m, op, in, 2, NULL);
}

static void add_clip(maker *m)
{
    const mien_shape one = {between(0, 1), {1}};
    int in[3] = {any(m), -1, -1};
    if (between(0, 2))
        in[1] = between(0, 5) ? floats(m, &one, -1, 0.5f) : any(m);
    if (between(0, 2))
        in[2] = floats(m, &one, -0.5f, 1);
    add(m, &mi_op_clip, in, 3, NULL);
}

static void add_batch_norm(maker *m)
{
    int x = any(m);
    int64_t c = shape_of(m, x)->rank > 1 ? shape_of(m, x)->dim[1] : 1;
    int in[5] = {x, row(m, c, -1, 1), row(m, c, -1, 1), row(m, c, -1, 1),
                 row(m, c, 0.5f, 1)};
    add(m, &mi_op_batch_norm, in, 5, NULL);
}

static void add_group_norm(maker *m)
{
    int x = any(m);
    int64_t c = shape_of(m, x)->rank > 1 ? shape_of(m, x)->dim[1] : 1;
    const mi_group_norm_attr a = {0.01f, between(0, 2) ? 1 : between(1, 3), 1};
    int in[3] = {x, row(m, c, -1, 1), row(m, c, -1, 1)};
    add(m, &mi_op_group_norm, in, 3, &a);
}

static void add_concat(maker *m)
{
    int in[4], n = between(1, 4);
    const mi_concat_attr a = {between(-4, 3)};
    in[0] = any(m);
    for (int k = 1; k < n; k++)
        in[k] = between(0, 1) ? in[k - 1] : any(m);
    add(m, &mi_op_concat, in, n, &a);
}

static void put(mi_ints *out, int n, int lo, int hi)
{
    out->n = n;
    for (int i = 0; i < n; i++)
        out->v[i] = between(lo, hi);
}

static void put_text(char *to, const char *const *from, int n)
{
    snprintf(to, MI_ATTR_TEXT_LEN, "%s", from[between(0, n - 1)]);
}

static const char *const auto_pads[] = {"NOTSET", "NOTSET",     "NOTSET",
                                        "VALID",  "SAME_UPPER", "SAME_LOWER"};

static void add_conv(maker *m)
{
    mi_conv_attr a = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    int x = any(m), oc = between(1, 9), k = between(0, 1) ? 1 : between(1, 3);
    int64_t c = shape_of(m, x)->rank == 4 ? shape_of(m, x)->dim[1] : 1;
    int each = between(0, 3) == 0;
    if (each)
        a.group = c;
    if (each && between(0, 3))
        oc = (int)c;
    mien_shape w = {4, {oc, each ? 1 : c, k, between(0, 2) ? k : 2}};
    if (between(0, 1))
        put(&a.strides, 2, 1, 2);
    if (between(0, 3) == 0)
        put(&a.dilations, 2, 1, 3);
    if (between(0, 1))
        put(&a.pads, 4, 0, k - 1);
    put_text(a.auto_pad, auto_pads, 6);
    int in[3] = {x, between(0, 9) ? floats(m, &w, -1, 1) : any(m),
                 between(0, 1) ? row(m, oc, -1, 1) : -1};
    add(m, &mi_op_conv, in, 3, &a);
}

static void add_conv_transpose(maker *m)
{
    mi_conv_transpose_attr a = {.group = between(0, 4) ? 1 : 2,
                                .auto_pad = "NOTSET"};
    int x = any(m), oc = between(1, 5), k = between(1, 3);
    int64_t c = shape_of(m, x)->rank == 4 ? shape_of(m, x)->dim[1] : 1;
    mien_shape w = {4, {c, oc, k, between(0, 2) ? k : 2}};
    if (between(0, 3))
        put(&a.strides, 2, 1, 3);
    if (between(0, 3) == 0)
        put(&a.dilations, 2, 1, 3);
    if (between(0, 1))
        put(&a.pads, 4, 0, k);
    if (between(0, 2) == 0)
        put(&a.output_padding, 2, 0, 1);
    if (between(0, 5) == 0)
        put(&a.output_shape, 2, 1, 9);
    put_text(a.auto_pad, auto_pads, 6);
    int in[3] = {x, between(0, 9) ? floats(m, &w, -1, 1) : any(m),
                 between(0, 1) ? row(m, oc * a.group, -1, 1) : -1};
    add(m, &mi_op_conv_transpose, in, 3, &a);
}

static void add_pool(maker *m)
{
    const mi_op *op = between(0, 1) ? &mi_op_max_pool : &mi_op_average_pool;
    mi_pool_attr a = *(const mi_pool_attr *)op->attr_defaults;
    int x = any(m);
    put(&a.kernel_shape, 2, 1, 3);
    put(&a.strides, 2, 1, 3);
    if (between(0, 3) == 0)
        put(&a.dilations, 2, 1, 2);
    if (between(0, 1))
        put(&a.pads, 4, 0, 1);
    put_text(a.auto_pad, auto_pads, 6);
    a.ceil_mode = between(0, 1);
    a.count_include_pad = op == &mi_op_average_pool && between(0, 1);
    add(m, op, &x, 1, &a);
}

static void add_dense(maker *m)
{
    mi_gemm_attr a = {between(0, 1) ? 1 : 0.5f, between(0, 1) ? 1 : 2,
                      between(0, 4) == 0, between(0, 1)};
    int x = any(m), n = between(1, 9), rank = shape_of(m, x)->rank;
    int gemm = rank == 2 && between(0, 1);
    int64_t c =
        rank < 2 ? 1 : shape_of(m, x)->dim[rank - 1 - (gemm && a.transA)];
    mien_shape w = {2, {c, n}}, wt = {2, {n, c}}, b = {1, {n}};
    if (between(0, 3) == 0)
        b.dim[0] = 1;
    int y = floats(m, gemm && a.transB ? &wt : &w, -1, 1);
    int in[3] = {x, between(0, 9) ? y : any(m),
                 between(0, 1) ? floats(m, &b, -1, 1) : -1};
    if (gemm)
        add(m, &mi_op_gemm, in, 3, &a);
    else
        add(m, &mi_op_matmul, in, 2, NULL);
}

static void add_pad(maker *m)
{
    static const char *const modes[] = {"constant", "constant", "edge",
                                        "reflect"};
    const mien_shape one = {0, {0}};
    mi_pad_attr a;
    int64_t v[2 * MIEN_MAX_RANK];
    int x = any(m), rank = shape_of(m, x)->rank, least = between(0, 3) ? 0 : -1;
    put_text(a.mode, modes, 4);
    for (int i = 0; i < 2 * rank; i++)
        v[i] = between(0, 1) ? 0 : between(least, 2);
    int in[3] = {x, list(m, 2 * rank, v), -1};
    if (between(0, 1))
        in[2] = between(0, 2) ? floats(m, &one, -1, 1) : any(m);
    add(m, &mi_op_pad, in, 3, &a);
}

static void add_mean(maker *m)
{
    mi_reduce_mean_attr a = {.keepdims = between(0, 1)};
    int x = any(m), rank = shape_of(m, x)->rank;
    if (rank && between(0, 1))
        put(&a.axes, between(0, rank < 2 ? rank : 2), -rank, rank - 1);
    else if (rank == 4)
        a.axes = (mi_ints){2, {-1, 2}};
    add(m, &mi_op_reduce_mean, &x, 1, &a);
}

static void add_reshape(maker *m)
{
    int x = any(m), in[2] = {x, -1}, rank = shape_of(m, x)->rank;
    int64_t v[4] = {0, -1, between(1, 3), between(1, 2)};
    const mi_flatten_attr flat = {between(-2, 4)};
    if (between(0, 1)) { /* the shape of another */
        int y = any(m), before = m->n;
        add(m, &mi_op_shape, &y, 1, NULL);
        in[1] = m->n > before ? m->n - 1 : -1;
    } else if (rank) {
        int from = between(0, 1);
        in[1] = list(m, between(1, 4 - from), v + from);
    }
    if (in[1] >= 0)
        add(m, &mi_op_reshape, in, 2, NULL);
    if (between(0, 1))
        add(m, &mi_op_flatten, &x, 1, &flat);
}

static void add_axes(maker *m)
{
    int64_t v[2] = {between(-3, 3), between(-3, 3)};
    int in[2] = {any(m), list(m, between(1, 2), v)};
    if (between(0, 1))
        add(m, &mi_op_unsqueeze, in, 2, NULL);
    else
        add(m, &mi_op_squeeze, in, between(1, 2), NULL);
}

static void add_transpose(maker *m)
{
    static const mi_ints known[] = {
        {4, {0, 2, 3, 1}}, {4, {0, 3, 1, 2}}, {0, {0}}};
    int x = any(m), rank = shape_of(m, x)->rank;
    mi_transpose_attr a = {known[between(0, 2)]};
    if (between(0, 1)) {
        a.perm.n = rank;
        for (int i = 0; i < rank; i++) {
            int j = between(0, i);
            a.perm.v[i] = a.perm.v[j];
            a.perm.v[j] = i;
        }
    }
    add(m, &mi_op_transpose, &x, 1, &a);
}

static void add_resize(maker *m)
{
    static const char *const places[] = {
        "asymmetric",         "asymmetric",           "half_pixel",
        "pytorch_half_pixel", "tf_half_pixel_for_nn", "align_corners"};
    static const char *const nearest[] = {
        "floor", "floor", "ceil", "round_prefer_floor", "round_prefer_ceil"};
    static const char *const modes[] = {"nearest", "nearest", "linear"};
    mi_resize_attr a = *(const mi_resize_attr *)mi_op_resize.attr_defaults;
    int x = any(m), rank = shape_of(m, x)->rank, in[4] = {x, -1, -1, -1};
    put_text(a.coordinate_transformation_mode, places, 6);
    put_text(a.nearest_mode, nearest, 5);
    put_text(a.mode, modes, 3);
    if (between(0, 1)) {
        float v[MIEN_MAX_RANK];
        const mien_shape s = {1, {rank}};
        for (int d = 0; d < rank; d++)
            v[d] = d < 2 ? 1 : (float)between(2, 6) * 0.5f;
        in[2] = note(m, mi_graph_constant(m->g, NULL, MI_F32, s, v, MI_COPY));
    } else {
        int64_t v[MIEN_MAX_RANK];
        for (int d = 0; d < rank; d++)
            v[d] = shape_of(m, x)->dim[d] * (d < 2 ? 1 : between(1, 2));
        in[3] = list(m, rank, v);
    }
    add(m, &mi_op_resize, in, in[3] < 0 ? 3 : 4, &a);
}

static void add_slice(maker *m)
{
    int64_t v[4][2];
    for (int i = 0; i < 2; i++) {
        v[0][i] = between(-3, 3);
        v[1][i] = between(-4, 6);
        v[2][i] = between(-3, 3);
        v[3][i] = between(0, 2) ? 1 : between(-2, 2);
    }
    int n = between(1, 2), in[5] = {any(m)};
    for (int k = 0; k < 4; k++)
        in[k + 1] = list(m, n, v[k]);
    add(m, &mi_op_slice, in, between(3, 5), NULL);
}

static void add_gather(maker *m)
{
    const mi_gather_attr a = {between(-2, 3)};
    int64_t v[3] = {between(-2, 2), between(-1, 1), 0};
    int in[2] = {any(m), list(m, between(1, 3), v)};
    add(m, &mi_op_gather, in, 2, &a);
}

static void add_softmax(maker *m)
{
    const mi_softmax_attr a = {between(-3, 3)};
    int x = any(m);
    add(m, &mi_op_softmax, &x, 1, &a);
}

/* Weights kept as bytes. */
static void add_bytes(maker *m)
{
    uint8_t v[12];
    const mi_dequantize_attr a = {0};
    mien_shape s = {between(1, 2), {4, 3}};
    for (int i = 0; i < 12; i++)
        v[i] = (uint8_t)between(0, 255);
    mi_node *bytes = mi_graph_constant(m->g, NULL, MI_U8, s, v, MI_COPY);
    int in[2] = {note(m, bytes), row(m, between(0, 1) ? 4 : 1, 0.001f, 0.01f)};
    add(m, &mi_op_dequantize, in, 2, &a);
}

static void add_inputs(maker *m)
{
    for (int i = between(0, 1); i >= 0; i--) {
        mien_shape s = {between(0, 2) ? 4 : between(0, 6), {0}};
        for (int d = 0; d < s.rank; d++)
            s.dim[d] = d || between(0, 3) == 0 ? between(1, 5) : 1;
        char name[2] = {(char)('a' + i), 0};
        m->x[m->n_x++] = note(m, mi_graph_input(m->g, name, s));
    }
}

static void random_graph(maker *m, int rests)
{
    static void (*const adds[])(maker *) = {
        add_unary,   add_unary,          add_pair,
        add_pair,    add_pair,           add_exp,
        add_clip,    add_concat,         add_batch_norm,
        add_conv,    add_conv,           add_conv,
        add_conv,    add_pool,           add_dense,
        add_pad,     add_mean,           add_axes,
        add_reshape, add_transpose,      add_resize,
        add_slice,   add_gather,         add_softmax,
        add_bytes,   add_conv_transpose, add_conv_transpose,
        add_silu,    add_group_norm};
    const int kinds = (int)(sizeof adds / sizeof *adds);
    memset(m, 0, sizeof *m);
    m->rests = rests;
    CHECK_EQ(mi_graph_new(&m->g, NULL), MIEN_OK);
    add_inputs(m);
    for (int tries = between(2, MOST - 4); tries > 0 && m->n_x < MOST - 3;
         tries--)
        adds[between(0, kinds - 1)](m);
    for (int tries = between(1, 4); tries > 0; tries--) {
        mi_node *n = at(m, tries == 1 ? m->x[m->n_x - 1] : any(m));
        int twice = 0;
        for (int i = 0; i < mien_graph_outputs(m->g); i++)
            twice |= mi_graph_output_node(m->g, i) == n;
        if (!twice)
            mi_graph_output(m->g, n, NULL);
    }
}

/* The largest number anywhere; large ones make small differences large. */
static double largest(const reference *r)
{
    double most = 0;
    for (int i = 0; i < r->n; i++) {
        const mi_node *n = &r->node[i];
        for (int64_t k = 0; n->eval && k < mi_shape_len(&n->shape); k++) {
            double v = fabs((double)n->eval[k]);
            most = v <= most ? most : v;
            if (!isfinite(v))
                return HUGE_VAL;
        }
    }
    return most;
}

#endif
