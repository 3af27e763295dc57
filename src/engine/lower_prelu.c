/* lower_prelu.c: a slope of each channel below 0, where nothing learns. */
#include "engine/fuse.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"

#include <string.h>

/* y[i, c] = x[i, c], below 0 times slope[c], for rows of c floats. */
typedef struct {
    int c, rows; /* rows a task does */
    size_t all;  /* rows in all */
    const float *slope;
} prelu_spec;

enum { WIDE = 4 };
typedef float wide __attribute__((vector_size(WIDE * sizeof(float))));
typedef int32_t bits __attribute__((vector_size(WIDE * sizeof(int32_t))));

/* WIDE of them without a branch, which random signs would mislead. */
static inline void bend(const float *x, const float *slope, float *y)
{
    wide v, a;
    memcpy(&v, x, sizeof v);
    memcpy(&a, slope, sizeof a);
    bits below = v < (wide){0};
    v = (wide)(((bits)(v * a) & below) | ((bits)v & ~below));
    memcpy(y, &v, sizeof v);
}

/* A task: some rows. */
static void run_prelu(const mien_plan *p, const mi_step *s, int task,
                      void *scratch)
{
    (void)scratch;
    const prelu_spec *a = s->spec;
    size_t c = (size_t)a->c, at = (size_t)task * (size_t)a->rows;
    size_t end = at + (size_t)a->rows < a->all ? at + (size_t)a->rows : a->all;
    const float *x = mi_step_in(p, s, 0);
    float *y = mi_step_out(p, s, 0);
    for (; at < end; at++) {
        size_t i = at * c, k = 0;
        for (; k + WIDE <= c; i += WIDE, k += WIDE)
            bend(x + i, a->slope + k, y + i);
        for (; k < c; i++, k++)
            y[i] = x[i] < 0 ? x[i] * a->slope[k] : x[i];
    }
}

/* The slope of each channel of x; NULL: other shapes or slopes that are not
 * finite, which are evaluated as defined, or no memory. */
static float *slopes_of(mien_plan *p, const mi_node *head)
{
    const mi_node *slope = head->in[1];
    const mien_shape *x = &head->shape, *a = &slope->shape;
    int64_t c = mi_channels(x), n = mi_shape_len(a);
    int axis = mi_channel_axis(x) - (x->rank - a->rank);
    int each = axis >= 0 && a->dim[axis] == c && n == c;
    if (!slope->value || !p->of[slope->id].constant || c < 1 ||
        !(each || n == 1))
        return NULL;
    float *out = mi_plan_alloc(p, (size_t)c, sizeof *out);
    const float *v = slope->value;
    for (int64_t i = 0; out && i < c; i++)
        out[i] = v[each ? i : 0];
    return out;
}

mien_status mi_lower_prelu(mien_plan *p, mi_node *head, mien_error *err)
{
    int in, out;
    const float *slope = slopes_of(p, head);
    if (!slope)
        return mi_lower_eval(p, head, err);
    mien_status st = mi_plan_use(p, head->in[0], 1, &in, err);
    if (st == MIEN_OK)
        st = mi_plan_result(p, head, 1, &out, err);
    if (st != MIEN_OK)
        return st;
    size_t c = (size_t)mi_channels(&head->shape);
    prelu_spec *a = mi_plan_alloc(p, 1, sizeof *a);
    mi_step *s = mi_plan_add_step(p, "PRelu", out);
    if (!a || !s)
        return mi_no_memory(err);
    *a = (prelu_spec){.c = (int)c,
                      .rows = c < MI_CHUNK ? (int)(MI_CHUNK / c) : 1,
                      .all = (size_t)mi_shape_len(&head->shape) / c,
                      .slope = slope};
    mi_step_reads(s, in);
    s->tasks = (int)((a->all + (size_t)a->rows - 1) / (size_t)a->rows);
    s->spec = a;
    s->in_place = 1;
    s->run = run_prelu;
    return MIEN_OK;
}
