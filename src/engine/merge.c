/* merge.c: narrow pointwise convolutions that read one tensor become one.
 *
 * A detector's heads have 1, 4 or 10 channels each; a vector has 8 or 16 lanes.
 * Their weights are put side by side, the one step writes [h, w, sum of
 * channels], and each head's value becomes a view of some of the channels. Only
 * where convolutions alone read the heads: they can step over the rest. */
#include "engine/merge.h"

#include "engine/lower_conv.h"
#include "engine/uses.h"

#include "base/error.h"

#include <string.h>

/* How many steps on a sibling is looked for. */
enum { WINDOW = 256 };

static int same_act(const mi_act *a, const mi_act *b)
{
    return a->kind == b->kind && a->lo == b->lo && a->hi == b->hi;
}

/* How often a convolution reads each value as its input. */
static int *count_convolutions(mien_plan *p)
{
    int *n = mi_plan_temp(p, (size_t)p->n_values, sizeof *n);
    for (int i = 0; n && i < p->n_steps; i++)
        if (p->step[i].run == mi_run_conv)
            n[p->step[i].in[0]]++;
    return n;
}

typedef struct {
    const mi_use *of;
    const int *convolutions;
} readers;

static int may_merge(const mi_step *s, const readers *r)
{
    if (s->run != mi_run_conv)
        return 0;
    const mi_conv_spec *v = s->spec;
    return v->weights && v->add < 0 && s->tasks == v->tasks &&
           r->convolutions[s->out[0]] > 0 &&
           r->convolutions[s->out[0]] == r->of[s->out[0]].readers;
}

/* The steps from first on that may join it, itself included. */
static int find_siblings(const mien_plan *p, int first, const readers *r,
                         int *found)
{
    const mi_step *s = &p->step[first];
    if (!may_merge(s, r))
        return 0;
    const mi_conv_spec *v = s->spec;
    int n = 0, channels = 0;
    int end = p->n_steps - first < WINDOW ? p->n_steps : first + WINDOW;
    for (int i = first; i < end && n < MI_MAX_IN; i++) {
        const mi_step *o = &p->step[i];
        if (o->in[0] != s->in[0] || !may_merge(o, r))
            continue;
        const mi_conv_spec *w = o->spec;
        if (channels + w->cv.oc > 2 * MI_NARROW ||
            !same_act(&v->cv.act, &w->cv.act))
            continue;
        channels += w->cv.oc;
        found[n++] = i;
    }
    return n;
}

/* Weights and biases of all siblings, one after the other, packed as one. */
static mien_status pack_all(mien_plan *p, mi_conv_spec *all, const int *found,
                            int n, mien_error *err)
{
    size_t c = (size_t)all->cv.c, oc = (size_t)all->cv.oc, at = 0;
    float *w = mi_plan_temp_raw(p, c * oc), *b = mi_plan_temp_raw(p, oc);
    all->packed = mi_plan_keep_raw(p, mi_conv_packed_len(p->kern, &all->cv));
    if (!w || !b || !all->packed)
        return mi_no_memory(err);
    for (int i = 0; i < n; i++) {
        const mi_conv_spec *v = p->step[found[i]].spec;
        size_t m = (size_t)v->cv.oc;
        memcpy(w + at * c, v->weights, m * c * sizeof *w);
        memcpy(b + at, v->bias, m * sizeof *b);
        at += m;
    }
    mi_conv_pack(p->kern, &all->cv, w, b, all->packed);
    return MIEN_OK;
}

/* Make one step of n convolutions, whose results become views of its own. */
static mien_status merge(mien_plan *p, const int *found, int n, mien_error *err)
{
    mi_conv_spec *all = mi_plan_alloc(p, 1, sizeof *all);
    if (!all)
        return mi_no_memory(err);
    *all = *(const mi_conv_spec *)p->step[found[0]].spec;
    all->weights = all->bias = NULL;
    all->cv.oc = 0;
    for (int i = 0; i < n; i++)
        all->cv.oc += ((const mi_conv_spec *)p->step[found[i]].spec)->cv.oc;
    all->tasks = mi_conv_tasks(p->kern, &all->cv);
    all->y_len = (size_t)all->cv.oh * (size_t)all->cv.ow * (size_t)all->cv.oc;
    mien_status st = pack_all(p, all, found, n, err);
    if (st != MIEN_OK)
        return st;
    const mien_shape shape = {4, {1, all->cv.oc, all->cv.oh, all->cv.ow}};
    int wide = mi_plan_add_value(p, &shape, 1), at = 0;
    if (wide < 0)
        return mi_no_memory(err);
    for (int i = 0; i < n; i++) {
        mi_step *s = &p->step[found[i]];
        mi_value *v = &p->value[s->out[0]];
        v->same_as = wide;
        v->part_at = at;
        v->part_of = all->cv.oc;
        at += ((const mi_conv_spec *)s->spec)->cv.oc;
        s->run = NULL;
    }
    mi_step *s = &p->step[found[0]];
    s->out[0] = wide;
    s->tasks = all->tasks;
    s->scratch = mi_conv_scratch(p->kern, &all->cv);
    s->work = (double)all->y_len * all->cv.c;
    s->spec = all;
    s->run = mi_run_conv;
    return MIEN_OK;
}

mien_status mi_plan_merge(mien_plan *p, mien_error *err)
{
    readers r = {mi_plan_uses(p), count_convolutions(p)};
    if (!r.of || !r.convolutions)
        return mi_no_memory(err);
    for (int i = 0; i < p->n_steps; i++) {
        int found[MI_MAX_IN], n = find_siblings(p, i, &r, found);
        mien_status st = n > 1 ? merge(p, found, n, err) : MIEN_OK;
        if (st != MIEN_OK)
            return st;
    }
    mi_plan_drop_steps(p);
    mi_plan_forget(p);
    return MIEN_OK;
}
