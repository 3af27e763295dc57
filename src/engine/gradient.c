#include "engine/gradient.h"

#include "base/error.h"

#include <string.h>

int mi_gradient_of(mien_plan *p, int v)
{
    if (p->value[v].gradient >= 0)
        return p->value[v].gradient;
    int same_as = -1;
    if (p->value[v].same_as >= 0) {
        same_as = mi_gradient_of(p, p->value[v].same_as);
        if (same_as < 0)
            return -1;
    }
    mien_shape shape = p->value[v].shape;
    int g = mi_plan_add_value(p, &shape, p->value[v].channels_last);
    if (g < 0)
        return -1;
    p->value[g].same_as = same_as;
    p->value[g].len = p->value[v].len;
    p->value[v].gradient = g;
    return g;
}

/* 1 if something is in the gradient already; from now on there is. */
static int begin(mien_plan *p, int g)
{
    mi_value *root = &p->value[mi_value_root(p, g)];
    int begun = root->begun;
    root->begun = 1;
    return begun;
}

mi_step *mi_gradient_step(mien_plan *p, const char *what, int v)
{
    int g = mi_gradient_of(p, v);
    mi_step *s = g < 0 ? NULL : mi_plan_add_step(p, what, g);
    if (s)
        s->add = begin(p, g);
    return s;
}

int mi_gradient_also(mien_plan *p, mi_step *s, int v)
{
    int g = mi_gradient_of(p, v);
    if (g < 0)
        return -1;
    mi_step_writes(s, g);
    return begin(p, g);
}

static void run_pass(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    int n;
    size_t at = mi_chunk_at(task, p->value[s->out[0]].len, &n);
    const float *from = mi_step_in(p, s, 0) + at;
    float *to = mi_step_out(p, s, 0) + at;
    if (s->add)
        p->kern->add_f32(n, to, from, to);
    else
        memcpy(to, from, (size_t)n * sizeof *to);
}

mien_status mi_gradient_pass(mien_plan *p, int g, int v, mien_error *err)
{
    const mi_value *to = &p->value[v];
    if (to->readers == 1 && to->gradient < 0 && to->same_as < 0 && !to->data) {
        int same = mi_gradient_of(p, v);
        if (same < 0)
            return mi_no_memory(err);
        p->value[same].same_as = g;
        return MIEN_OK;
    }
    mi_step *s = mi_gradient_step(p, "pass", v);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, g);
    s->tasks = mi_chunks(p->value[g].len);
    s->run = run_pass;
    return MIEN_OK;
}

static void run_before(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)scratch;
    int n;
    size_t at = mi_chunk_at(task, p->value[s->out[0]].len, &n);
    p->kern->act_grad_f32(n, s->spec, mi_step_in(p, s, 1) + at,
                          mi_step_in(p, s, 0) + at, mi_step_out(p, s, 0) + at);
}

mien_status mi_gradient_before(mien_plan *p, const mi_step *s,
                               const mi_act *act, int *out, mien_error *err)
{
    int g = mi_gradient_of(p, s->out[0]);
    *out = g;
    if (g < 0)
        return mi_no_memory(err);
    if (act->kind == MI_ACT_NONE)
        return MIEN_OK;
    mien_shape shape = p->value[g].shape;
    int before = mi_plan_add_value(p, &shape, p->value[g].channels_last);
    mi_step *b = before < 0 ? NULL : mi_plan_add_step(p, "slope", before);
    mi_act *spec = mi_plan_alloc(p, 1, sizeof *spec);
    if (!b || !spec)
        return mi_no_memory(err);
    *spec = *act;
    mi_step_reads(b, g);
    mi_step_reads(b, s->out[0]);
    b->tasks = mi_chunks(p->value[before].len);
    b->in_place = 1;
    b->spec = spec;
    b->run = run_before;
    p->value[before].begun = 1;
    *out = before;
    return MIEN_OK;
}

/* How often each value is read, views included. */
static void count_readers(mien_plan *p)
{
    for (int i = 0; i < p->n_steps; i++)
        for (int k = 0; k < p->step[i].n_in; k++)
            p->value[p->step[i].in[k]].readers++;
    for (int v = 0; v < p->n_values; v++)
        if (p->value[v].same_as >= 0)
            p->value[p->value[v].same_as].readers++;
}

mien_status mi_plan_backward(mien_plan *p, mien_error *err)
{
    p->n_forward = p->n_steps;
    if (p->learns)
        count_readers(p);
    for (int i = p->n_forward - 1; p->learns && i >= 0; i--) {
        const mi_step s = p->step[i];
        int g = p->value[s.out[0]].gradient;
        int begun = g >= 0 && p->value[mi_value_root(p, g)].begun;
        if (!s.back || (!begun && !s.begins))
            continue;
        mien_status st = s.back(p, &s, err);
        mi_plan_forget(p);
        if (st != MIEN_OK)
            return st;
    }
    return MIEN_OK;
}
