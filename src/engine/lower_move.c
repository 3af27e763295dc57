/* lower_move.c: operators that move elements without changing them: views,
 * concatenation, padding. */
#include "engine/gradient.h"
#include "engine/infer.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/op_attr.h"

#include <string.h>

/* A result that lies in memory exactly as its input in ONNX's order. */
mien_status mi_lower_alias(mien_plan *p, mi_node *head, mien_error *err)
{
    mi_node *x = head->in[0];
    int same = mi_shape_equal(&head->shape, &x->shape);
    int last = same && mi_plan_lies_last(p, x), from, to;
    mien_status st = mi_plan_use(p, x, last, &from, err);
    if (st == MIEN_OK)
        st = mi_plan_result(p, head, last, &to, err);
    if (st != MIEN_OK)
        return st;
    p->value[to].same_as = from;
    return MIEN_OK;
}

static int is_perm(const mi_ints *perm, int a, int b, int c, int d)
{
    return perm->n == 4 && perm->v[0] == a && perm->v[1] == b &&
           perm->v[2] == c && perm->v[3] == d;
}

/* Between [n, c, h, w] and [n, h, w, c] nothing has to move if the memory
 * already is in the order that the result names. */
mien_status mi_lower_transpose(mien_plan *p, mi_node *head, mien_error *err)
{
    const mi_transpose_attr *attr = head->attr;
    int to_last = is_perm(&attr->perm, 0, 2, 3, 1);
    int to_first = is_perm(&attr->perm, 0, 3, 1, 2);
    if (!to_last && !to_first)
        return mi_lower_eval(p, head, err);
    int from, to;
    mien_status st = mi_plan_use(p, head->in[0], to_last, &from, err);
    if (st == MIEN_OK)
        st = mi_plan_result(p, head, to_first, &to, err);
    if (st != MIEN_OK)
        return st;
    p->value[to].same_as = from;
    return MIEN_OK;
}

/* In memory, every input of a concatenation is outer runs of inner floats. */
typedef struct {
    size_t outer;
    size_t inner[MI_MAX_IN];
} concat_spec;

static void run_concat(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)task;
    (void)scratch;
    const concat_spec *c = s->spec;
    float *to = mi_step_out(p, s, 0);
    for (size_t o = 0; o < c->outer; o++)
        for (int k = 0; k < s->n_in; k++) {
            const float *from = mi_step_in(p, s, k) + o * c->inner[k];
            memcpy(to, from, c->inner[k] * sizeof *to);
            to += c->inner[k];
        }
}

/* in: the result's gradient; out: that of input `part`. */
typedef struct {
    const concat_spec *whole;
    size_t before, row; /* floats of a run in front of the part; of a run */
    size_t part;
} concat_back_spec;

static void run_concat_back(const mien_plan *p, const mi_step *s, int task,
                            void *scratch)
{
    (void)task;
    (void)scratch;
    const concat_back_spec *b = s->spec;
    const float *from = mi_step_in(p, s, 0) + b->before;
    float *to = mi_step_out(p, s, 0);
    for (size_t o = 0; o < b->whole->outer; o++, from += b->row, to += b->part)
        if (s->add)
            p->kern->add_f32((int)b->part, to, from, to);
        else
            memcpy(to, from, b->part * sizeof *to);
}

/* Add a step for each input that copies its part of the gradient out. */
static mien_status concat_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    const concat_spec *c = s->spec;
    size_t row = 0, before = 0;
    int g = mi_gradient_of(p, s->out[0]);
    for (int i = 0; i < s->n_in; i++)
        row += c->inner[i];
    for (int i = 0; i < s->n_in; before += c->inner[i++]) {
        if (!p->value[s->in[i]].flows)
            continue;
        concat_back_spec *v = mi_plan_alloc(p, 1, sizeof *v);
        mi_step *b = mi_gradient_step(p, "part", s->in[i]);
        if (!v || !b)
            return mi_no_memory(err);
        *v = (concat_back_spec){c, before, row, c->inner[i]};
        mi_step_reads(b, g);
        b->spec = v;
        b->run = run_concat_back;
    }
    return MIEN_OK;
}

/* Position of ONNX axis a of a rank-4 shape in memory with channels last. */
static int place_of_axis(int a) { return a == 0 ? 0 : a == 1 ? 3 : a - 1; }

static size_t size_at(const mi_value *v, int place)
{
    static const int onnx_axis[4] = {0, 2, 3, 1};
    return (size_t)v->shape.dim[v->channels_last ? onnx_axis[place] : place];
}

mien_status mi_lower_concat(mien_plan *p, mi_node *head, mien_error *err)
{
    int rank = head->shape.rank, last = rank == 4;
    for (int k = 0; k < head->n_in; k++)
        last = last && mi_plan_lies_last(p, head->in[k]);
    int64_t axis = ((const mi_concat_attr *)head->attr)->axis;
    int a = (int)(axis < 0 ? axis + rank : axis);
    int at = last ? place_of_axis(a) : a;

    concat_spec *c = mi_plan_alloc(p, 1, sizeof *c);
    int in[MI_MAX_IN], out;
    for (int k = 0; k < head->n_in; k++) {
        mien_status st = mi_plan_use(p, head->in[k], last, &in[k], err);
        if (st != MIEN_OK)
            return st;
    }
    mien_status st = mi_plan_result(p, head, last, &out, err);
    if (st != MIEN_OK)
        return st;
    mi_step *s = mi_plan_add_step(p, "concat", out);
    if (!c || !s)
        return mi_no_memory(err);
    c->outer = 1;
    for (int d = 0; d < at; d++)
        c->outer *= size_at(&p->value[out], d);
    for (int k = 0; k < head->n_in; k++) {
        mi_step_reads(s, in[k]);
        c->inner[k] = p->value[in[k]].len / c->outer;
    }
    s->spec = c;
    s->run = run_concat;
    s->back = p->value[out].flows ? concat_back : NULL;
    return MIEN_OK;
}

/* Constant padding of an image that lies with its channels together. */
typedef struct {
    size_t h, w, c, oh, ow, oc, top, left, front;
    float value;
} pad_spec;

static void run_pad(const mien_plan *p, const mi_step *s, int task,
                    void *scratch)
{
    (void)scratch;
    const pad_spec *d = s->spec;
    const float *x = mi_step_in(p, s, 0) + (size_t)task * d->h * d->w * d->c;
    float *y = mi_step_out(p, s, 0) + (size_t)task * d->oh * d->ow * d->oc;
    for (size_t i = 0; i < d->oh * d->ow * d->oc; i++)
        y[i] = d->value;
    for (size_t i = 0; i < d->h; i++)
        for (size_t j = 0; j < d->w; j++)
            memcpy(y + ((i + d->top) * d->ow + j + d->left) * d->oc + d->front,
                   x + (i * d->w + j) * d->c, d->c * sizeof *y);
}

/* The pads of a node if they are what run_pad does; else 0. */
static int is_plain_pad(const mien_plan *p, const mi_node *n)
{
    const mi_pad_attr *attr = n->attr;
    const mi_node *pads = n->in[1];
    if (n->shape.rank != 4 || strcmp(attr->mode, "constant") != 0 ||
        !mi_plan_lies_last(p, n->in[0]) || pads->n_known != 8 ||
        pads->known[0] != 0 || pads->known[4] != 0)
        return 0;
    for (int i = 0; i < 8; i++)
        if (pads->known[i] < 0)
            return 0;
    return (n->n_in < 4 || !n->in[3]) &&
           (n->n_in < 3 || !n->in[2] || p->of[n->in[2]->id].constant);
}

mien_status mi_lower_pad(mien_plan *p, mi_node *head, mien_error *err)
{
    if (!is_plain_pad(p, head))
        return mi_lower_eval(p, head, err);
    const mi_node *x = head->in[0];
    const int64_t *pads = head->in[1]->known;
    pad_spec *d = mi_plan_alloc(p, 1, sizeof *d);
    const float *value = NULL;
    int from, to;
    mien_status st = mi_plan_use(p, head->in[0], 1, &from, err);
    if (st == MIEN_OK && head->n_in > 2 && head->in[2])
        st = mi_plan_floats(p, head->in[2], &value, err);
    if (st == MIEN_OK)
        st = mi_plan_result(p, head, 1, &to, err);
    if (st != MIEN_OK)
        return st;
    mi_step *s = mi_plan_add_step(p, "pad", to);
    if (!d || !s)
        return mi_no_memory(err);
    *d = (pad_spec){.h = (size_t)x->shape.dim[2],
                    .w = (size_t)x->shape.dim[3],
                    .c = (size_t)x->shape.dim[1],
                    .oh = (size_t)head->shape.dim[2],
                    .ow = (size_t)head->shape.dim[3],
                    .oc = (size_t)head->shape.dim[1],
                    .top = (size_t)pads[2],
                    .left = (size_t)pads[3],
                    .front = (size_t)pads[1],
                    .value = value ? *value : 0};
    mi_step_reads(s, from);
    s->tasks = (int)head->shape.dim[0];
    s->spec = d;
    s->run = run_pad;
    return MIEN_OK;
}
