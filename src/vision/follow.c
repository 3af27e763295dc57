/* follow.c: one window through all stages of a cascade. */
#include "vision/scan.h"

#include "base/alloc.h"
#include "base/error.h"
#include "kern/kern.h"

#include <assert.h>
#include <string.h>

/* Vote over all stages for one window; *passed: how many it passed. */
static void vote_stages(const mi_compiled *p, const mi_sums *s, double *sums,
                        int *passed)
{
    const mi_kern *kern = mi_kern_best();
    float norm[MI_WINDOWS] = {1};
    if (!p->votes.lbp)
        kern->window_norm_f32(&p->norm, s->sum, s->square, norm);
    int n = 0, all = norm[0] > 0;
    for (int i = 0; i < p->c->n_stages; i++) {
        double votes[MI_WINDOWS];
        all &=
            (int)kern->votes_f64(&p->votes, &p->stage[i], s->sum, norm, votes) &
            1;
        n += all;
        if (sums)
            sums[i] = votes[0];
    }
    *passed = n;
}

mien_status mien_cascade_follow(const mien_cascade *c, const mien_gray *window,
                                double *sums, int *passed, mien_error *err)
{
    assert(c && window && window->data && passed);
    if (window->w != c->w || window->h != c->h)
        return mi_fail(err, MIEN_EARG,
                       "cascade: a window of %d x %d, wanted %d x %d",
                       window->w, window->h, c->w, c->h);
    int tilted = mien_cascade_get_info(c).has_tilted;
    ptrdiff_t stride = mi_sums_stride(c->w);
    size_t n = mi_sums_count(stride, c->h, tilted);
    uint32_t *memory = mi_alloc(n, sizeof *memory);
    if (!memory)
        return mi_no_memory(err);
    mi_sums s = mi_sums_of(memory, stride, c->h, tilted, 1);
    mi_sums_fill(&s, window);
    mi_compiled p;
    mien_status st =
        mi_compile(c, stride, 1, tilted ? s.tilted - s.sum : 0, &p, err);
    if (st == MIEN_OK) {
        vote_stages(&p, &s, sums, passed);
        mi_compiled_free(&p);
    }
    mi_free(memory);
    return st;
}
