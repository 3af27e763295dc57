/* lower_resize.c: sampling along rows and columns, nearest or linear, forward
 * and backward.
 *
 * A row of the result is a sum of few rows of the input, each number of it a
 * sum of few in that row; backward each row of the input's gradient is such a
 * sum of the result's.  Both are the same step with other lists of taps, which
 * are those of the definition (src/graph/op_resize.c). */
#include "engine/gradient.h"
#include "engine/join.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/op_attr.h"

/* Of place i of an axis: the taps first[i] <= t < first[i + 1]. */
typedef struct {
    int n, of; /* places, and places of what they are made of */
    int most;  /* taps of a place */
    int *first, *at;
    float *weight;
} axis_taps;

/* One direction: down, across. */
typedef struct {
    axis_taps axis[2];
    int c;
} way_spec;

typedef struct {
    way_spec forward, back;
} resize_spec;

/* The scratch of a lane: a row of what is read, then pointers to taps. */
static size_t row_bytes(const way_spec *v)
{
    size_t bytes = (size_t)v->axis[1].of * (size_t)v->c * sizeof(float);
    return (bytes + 63) / 64 * 64;
}

static size_t scratch_of(const way_spec *v)
{
    int most = v->axis[0].most > v->axis[1].most + 1 ? v->axis[0].most
                                                     : v->axis[1].most + 1;
    return row_bytes(v) +
           (size_t)most * (sizeof(const float *) + sizeof(float));
}

/* The sum of the rows that make row i, in scratch; or that row itself. */
static const float *sum_rows(const mien_plan *p, const way_spec *v,
                             const float *x, int i, void *scratch)
{
    const axis_taps *a = &v->axis[0];
    const float **from =
        (const float **)(void *)((char *)scratch + row_bytes(v));
    int n = a->first[i + 1] - a->first[i], len = v->axis[1].of * v->c;
    const int *at = a->at + a->first[i];
    const float *weight = a->weight + a->first[i];
    if (n == 1 && weight[0] == 1)
        return x + (ptrdiff_t)at[0] * len;
    for (int t = 0; t < n; t++)
        from[t] = x + (ptrdiff_t)at[t] * len;
    p->kern->mix_f32(len, n, from, weight, scratch);
    return scratch;
}

/* in: x, or the result's gradient; out: the other.  A row a task. */
static void run_row(const mien_plan *p, const mi_step *s, int task,
                    void *scratch)
{
    const way_spec *v = s->spec;
    const axis_taps *a = &v->axis[1];
    int i = task % v->axis[0].n, image = task / v->axis[0].n;
    ptrdiff_t x_len = (ptrdiff_t)v->axis[0].of * a->of * v->c;
    const float *row =
        sum_rows(p, v, mi_step_in(p, s, 0) + image * x_len, i, scratch);
    float *to = mi_step_out(p, s, 0) + (ptrdiff_t)task * a->n * v->c;
    const float **from =
        (const float **)(void *)((char *)scratch + row_bytes(v));
    float *weight = (float *)(void *)(from + a->most + 1);
    for (int j = 0; j < a->n; j++, to += v->c) {
        int n = 0;
        for (int t = a->first[j]; t < a->first[j + 1]; t++, n++) {
            from[n] = row + (ptrdiff_t)a->at[t] * v->c;
            weight[n] = a->weight[t];
        }
        if (s->add) {
            from[n] = to;
            weight[n++] = 1;
        }
        p->kern->mix_f32(v->c, n, from, weight, to);
    }
}

/* ---- taps ------------------------------------------------------------------
 */

/* Room for the lists of n places made of others; 0 without memory. */
static int take_taps(mien_plan *p, axis_taps *a, int n, int of, int taps)
{
    *a = (axis_taps){.n = n, .of = of};
    a->first = mi_plan_alloc(p, (size_t)n + 1, sizeof *a->first);
    a->at = mi_plan_alloc(p, (size_t)taps, sizeof *a->at);
    a->weight = mi_plan_alloc(p, (size_t)taps, sizeof *a->weight);
    return a->first && a->at && a->weight;
}

static void set_most(axis_taps *a)
{
    for (int i = 0; i < a->n; i++) {
        int n = a->first[i + 1] - a->first[i];
        a->most = n > a->most ? n : a->most;
    }
}

/* The lists of an axis of the node's result, forward. */
static void fill_forward(const mi_node *n, int axis, axis_taps *a)
{
    int taps = 0;
    for (int i = 0; i < a->n; i++) {
        int64_t at[2];
        float far;
        mi_resize_sample(n, axis, i, at, &far);
        const float weight[2] = {1 - far, far};
        for (int t = 0; t < 2; t++)
            if (weight[t] != 0) {
                a->at[taps] = (int)at[t];
                a->weight[taps++] = weight[t];
            }
        a->first[i + 1] = taps;
    }
    set_most(a);
}

/* The same taps by the place that they read. */
static void fill_back(const axis_taps *forward, axis_taps *a)
{
    int taps = 0;
    for (int i = 0; i < a->n; i++) {
        for (int j = 0; j < forward->n; j++)
            for (int t = forward->first[j]; t < forward->first[j + 1]; t++)
                if (forward->at[t] == i) {
                    a->at[taps] = j;
                    a->weight[taps++] = forward->weight[t];
                }
        a->first[i + 1] = taps;
    }
    set_most(a);
}

/* Both directions of a node. */
static mien_status describe(mien_plan *p, const mi_node *n, resize_spec *r,
                            mien_error *err)
{
    const int64_t *x = n->in[0]->shape.dim, *y = n->shape.dim;
    r->forward.c = r->back.c = (int)x[1];
    for (int d = 0; d < 2; d++) {
        axis_taps *forward = &r->forward.axis[d], *back = &r->back.axis[d];
        int in = (int)x[d + 2], out = (int)y[d + 2];
        if (!take_taps(p, forward, out, in, 2 * out) ||
            !take_taps(p, back, in, out, 2 * out))
            return mi_no_memory(err);
        fill_forward(n, d + 2, forward);
        if (p->of[n->id].flows)
            fill_back(forward, back);
    }
    return MIEN_OK;
}

/* Whether rows and columns alone are sampled, and not so many that the lists
 * backward cost more than a run. */
static int is_spatial(const mi_node *n)
{
    enum { MOST = 4096 };
    if (n->shape.rank != 4 || n->shape.dim[2] > MOST ||
        n->shape.dim[3] > MOST || n->in[0]->shape.dim[2] > MOST ||
        n->in[0]->shape.dim[3] > MOST)
        return 0;
    for (int d = 0; d < 2; d++) {
        if (n->shape.dim[d] != n->in[0]->shape.dim[d])
            return 0;
        for (int64_t i = 0; i < n->shape.dim[d]; i++) {
            int64_t at[2];
            float far;
            mi_resize_sample(n, d, i, at, &far);
            if (at[0] != i || far != 0)
                return 0;
        }
    }
    return 1;
}

int mi_resize_doubles(const mi_node *n)
{
    if (!is_spatial(n))
        return 0;
    for (int d = 2; d < 4; d++) {
        if (n->shape.dim[d] != 2 * n->in[0]->shape.dim[d])
            return 0;
        for (int64_t i = 0; i < n->shape.dim[d]; i++) {
            int64_t at[2];
            float far;
            mi_resize_sample(n, d, i, at, &far);
            if (at[0] != i / 2 || far != 0)
                return 0;
        }
    }
    return 1;
}

/* ---- steps -----------------------------------------------------------------
 */

/* What a step of one direction reads and does. */
static void set_way(mi_step *s, int from, way_spec *v, int images)
{
    mi_step_reads(s, from);
    s->tasks = images * v->axis[0].n;
    s->scratch = scratch_of(v);
    s->spec = v;
    s->run = run_row;
}

static mien_status back(mien_plan *p, const mi_step *s, mien_error *err)
{
    resize_spec *r = s->back_spec;
    int g = mi_gradient_of(p, s->out[0]),
        images = s->tasks / r->back.axis[0].of;
    mi_step *b = g < 0 ? NULL : mi_gradient_step(p, "sample", s->in[0]);
    if (!b)
        return mi_no_memory(err);
    set_way(b, g, &r->back, images);
    return MIEN_OK;
}

mien_status mi_lower_resize(mien_plan *p, mi_node *head, mien_error *err)
{
    if (!is_spatial(head))
        return mi_lower_eval(p, head, err);
    resize_spec *r = mi_plan_alloc(p, 1, sizeof *r);
    if (!r)
        return mi_no_memory(err);
    int from, to;
    mien_status st = describe(p, head, r, err);
    if (!st)
        st = mi_plan_use(p, head->in[0], 1, &from, err);
    if (!st)
        st = mi_plan_result(p, head, 1, &to, err);
    if (st)
        return st;
    mi_step *s = mi_plan_add_step(p, "sample", to);
    if (!s)
        return mi_no_memory(err);
    set_way(s, from, &r->forward, (int)head->shape.dim[0]);
    s->back_spec = r;
    s->back = p->value[to].flows ? back : NULL;
    return MIEN_OK;
}
