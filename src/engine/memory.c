/* memory.c: where each value lies.
 *
 * A value is needed from the step that makes it to the last step that reads it
 * (inputs from the start, outputs to the end).  Values are placed largest first
 * at the lowest offset where nothing that lives at the same time lies: the
 * greedy-by-size rule of Pisarchyk & Lee, "Efficient memory management for deep
 * neural net inference", 2020. */
#include "engine/memory.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <stdlib.h>

/* LINE: floats to which offsets are rounded, one cache line.  MAX_FITTED:
 * values for which a gap is looked for, in time that grows with the square of
 * their number; smaller ones past that follow at the end. */
enum { LINE = 16, MAX_FITTED = 8192 };

/* The first and last step that needs the memory of each value. */
static void set_lifetimes(mien_plan *p)
{
    for (int v = 0; v < p->n_values; v++) {
        p->value[v].first = p->n_steps;
        p->value[v].last = -1;
    }
    for (int i = 0; i < p->n_steps; i++) {
        const mi_step *s = &p->step[i];
        for (int k = 0; k < s->n_out; k++) {
            mi_value *out = &p->value[mi_value_root(p, s->out[k])];
            out->first = i < out->first ? i : out->first;
            out->last = i > out->last ? i : out->last;
        }
        for (int k = 0; k < s->n_in; k++)
            p->value[mi_value_root(p, s->in[k])].last = i;
    }
    for (int i = 0; i < p->n_nodes; i++) {
        if (p->of[i].value < 0)
            continue;
        mi_value *v = &p->value[mi_value_root(p, p->of[i].value)];
        if (p->of[i].input) { /* filled even if nothing reads it */
            v->first = 0;
            v->last = v->last > 0 ? v->last : 0;
        }
        if (p->of[i].output)
            v->last = p->n_steps;
    }
    for (int v = 0; v < p->n_values; v++) /* parameters' are read afterwards */
        if (p->value[v].data && p->value[v].gradient >= 0)
            p->value[mi_value_root(p, p->value[v].gradient)].last = p->n_steps;
}

/* Let a step that works element by element write over its first input where
 * nobody reads that later. */
static void share_memory(mien_plan *p)
{
    for (int i = 0; i < p->n_steps; i++) {
        const mi_step *s = &p->step[i];
        if (!s->in_place)
            continue;
        int from = mi_value_root(p, s->in[0]), to = mi_value_root(p, s->out[0]);
        mi_value *x = &p->value[from], *y = &p->value[to];
        if (x->last != i || x->data || x->len != y->len || y->first != i)
            continue;
        y->same_as = from;
        x->last = y->last;
    }
}

static int larger_first(const void *a, const void *b)
{
    const mi_value *x = *(mi_value *const *)a, *y = *(mi_value *const *)b;
    if (x->len != y->len)
        return x->len < y->len ? 1 : -1;
    return x < y ? -1 : x > y;
}

static size_t rounded(size_t len) { return (len + LINE - 1) / LINE * LINE; }

/* The lowest offset for v among n placed values, sorted by offset. */
static size_t find_gap(const mi_value *v, mi_value *const *placed, int n)
{
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        const mi_value *o = placed[i];
        if (o->last < v->first || v->last < o->first)
            continue;
        if (o->offset >= at + rounded(v->len))
            break;
        size_t end = o->offset + rounded(o->len);
        at = end > at ? end : at;
    }
    return at;
}

/* Put v where it belongs among n placed values, sorted by offset. */
static void insert(mi_value *v, mi_value **placed, int n)
{
    for (; n > 0 && placed[n - 1]->offset > v->offset; n--)
        placed[n] = placed[n - 1];
    placed[n] = v;
}

/* A value that has no memory of its own: a view or a constant. */
static int is_placed(const mi_value *v) { return v->same_as < 0 && !v->data; }

/* Give each value an offset, largest first, in the gaps between lifetimes. */
static mien_status place(mien_plan *p, mien_error *err)
{
    mi_value **order = mi_plan_temp(p, (size_t)p->n_values, sizeof *order);
    mi_value **placed = mi_plan_temp(p, (size_t)p->n_values, sizeof *placed);
    if (!order || !placed)
        return mi_no_memory(err);
    int n = 0;
    for (int v = 0; v < p->n_values; v++)
        if (is_placed(&p->value[v]) && p->value[v].last >= p->value[v].first)
            order[n++] = &p->value[v];
    qsort(order, (size_t)n, sizeof *order, larger_first);
    for (int i = 0; i < n; i++) {
        int fit = i < MAX_FITTED;
        order[i]->offset = fit ? find_gap(order[i], placed, i) : p->memory_len;
        size_t end = order[i]->offset + rounded(order[i]->len);
        p->memory_len = end > p->memory_len ? end : p->memory_len;
        if (fit)
            insert(order[i], placed, i);
    }
    return MIEN_OK;
}

/* Allocate the block of all values and each lane's scratch. */
static mien_status take_memory(mien_plan *p, mien_error *err)
{
    for (int i = 0; i < p->n_steps; i++)
        if (p->step[i].scratch > p->scratch_each)
            p->scratch_each = p->step[i].scratch;
    p->scratch_each = (p->scratch_each + 63) & ~(size_t)63;
    size_t lanes = (size_t)mien_pool_size(p->pool);
    if (!mi_plan_may_hold(p, p->memory_len + LINE, sizeof *p->memory) ||
        !mi_plan_may_hold(p, lanes, p->scratch_each + 64))
        return mi_no_memory(err);
    p->memory = mi_alloc_raw(p->memory_len + LINE, sizeof *p->memory);
    p->scratch = mi_alloc(lanes, p->scratch_each + 64);
    if (!p->memory || !p->scratch)
        return mi_fail(err, MIEN_ENOMEM, "plan: %zu floats for tensors",
                       p->memory_len);
    return MIEN_OK;
}

mien_status mi_plan_layout(mien_plan *p, mien_error *err)
{
    set_lifetimes(p);
    share_memory(p);
    mien_status st = place(p, err);
    mi_plan_forget(p);
    if (st == MIEN_OK)
        st = take_memory(p, err);
    if (st != MIEN_OK)
        return st;
    for (int v = 0; v < p->n_values; v++)
        if (is_placed(&p->value[v]))
            p->value[v].data = p->memory + p->value[v].offset;
    for (int v = 0; v < p->n_values; v++)
        p->value[v].data =
            p->value[mi_value_root(p, v)].data + p->value[v].part_at;
    for (int i = 0; i < p->n_steps; i++)
        if (p->step[i].bind)
            p->step[i].bind(p, &p->step[i]);
    return MIEN_OK;
}
