/* pair.c: a depthwise convolution and the pointwise one that alone reads it
 * become one step, which never writes what is between them. */
#include "engine/pair.h"

#include "engine/lower_conv.h"
#include "engine/uses.h"

#include "base/error.h"

typedef struct {
    mi_pair pair;
    const float *first, *second; /* packed */
    int add;                     /* value number, or -1 */
} pair_spec;

/* One task of a joined depthwise and pointwise convolution. */
static void run_pair(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    const pair_spec *v = s->spec;
    mi_pair_io io = {
        .x = mi_step_in(p, s, 0),
        .x_stride = mi_pixel_stride(&p->value[s->in[0]], v->pair.first.c),
        .first = v->first,
        .second = v->second,
        .add = v->add < 0 ? NULL : p->value[v->add].data,
        .add_stride = v->pair.second.oc,
        .y = mi_step_out(p, s, 0),
        .y_stride = v->pair.second.oc,
    };
    mi_pair_run(p->kern, &v->pair, &io, task, scratch);
}

/* The depthwise step whose result step s alone reads, or -1. */
static int partner_of(const mien_plan *p, const mi_step *s, const mi_use *of,
                      mi_pair *out)
{
    if (s->run != mi_run_conv)
        return -1;
    const mi_conv_spec *b = s->spec;
    int maker = of[s->in[0]].maker;
    if (maker < 0 || of[s->in[0]].readers != 1 || b->cv.depthwise ||
        s->tasks != b->tasks || p->step[maker].run != mi_run_conv)
        return -1;
    const mi_conv_spec *a = p->step[maker].spec;
    *out = (mi_pair){a->cv, b->cv};
    int fits = a->cv.depthwise && a->add < 0 && a->cv.oh == b->cv.h &&
               a->cv.ow == b->cv.w;
    return fits && mi_pair_pays(p->kern, out) ? maker : -1;
}

/* Make b do the work of a too, and a nothing. */
static mien_status join(mien_plan *p, mi_step *a, mi_step *b,
                        const mi_pair *pair, mien_error *err)
{
    pair_spec *v = mi_plan_alloc(p, 1, sizeof *v);
    if (!v)
        return mi_no_memory(err);
    const mi_conv_spec *first = a->spec, *second = b->spec;
    *v = (pair_spec){*pair, first->packed, second->packed, second->add};
    b->what = "pair";
    b->in[0] = a->in[0];
    b->tasks = mi_pair_tasks(p->kern, pair);
    b->scratch = mi_pair_scratch(p->kern, pair);
    b->work += a->work;
    b->spec = v;
    b->run = run_pair;
    a->run = NULL;
    return MIEN_OK;
}

mien_status mi_plan_pair(mien_plan *p, mien_error *err)
{
    mi_use *of = mi_plan_uses(p);
    if (!of)
        return mi_no_memory(err);
    for (int i = 0; i < p->n_steps; i++) {
        mi_pair pair;
        int maker = partner_of(p, &p->step[i], of, &pair);
        if (maker < 0)
            continue;
        mien_status st = join(p, &p->step[maker], &p->step[i], &pair, err);
        if (st != MIEN_OK)
            return st;
    }
    mi_plan_drop_steps(p);
    mi_plan_forget(p);
    return MIEN_OK;
}
