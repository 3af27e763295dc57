/* agree_draw.c: how sure figures of agreement are, by drawing units again.
 *
 * A replicate draws as many units as there are, with replacement, from a
 * generator of its own, so that it does not matter which thread does which; the
 * interval lies between the percentiles 2.5 and 97.5 of the replicates, moved
 * as far as the figure itself lies from their middle (bias-corrected: B. Efron,
 * Can. J. Stat. 9, 1981). */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "mien/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REPLICATES = 1000, LEAST = 200 };

/* What a large table may cost in all. */
static const double budget = 1e8;

/* What the threads share. */
typedef struct drawing {
    const mi_agree_work *w;
    uint32_t seed;
    mi_agree_room *room; /* [lanes] */
    mien_random *random; /* [lanes] */
    double *drawn;       /* [replicates, MI_AGREE_FIGURES] */
} drawing;

/* A replicate, for the pool. */
static void run_replicate(void *arg, int i, int lane)
{
    const drawing *d = arg;
    const mi_agree_work *w = d->w;
    const mi_agree_room *room = &d->room[lane];
    mien_random *random = &d->random[lane];
    mien_random_init(random, d->seed + (uint32_t)i);
    memset(room->weight, 0, (size_t)w->n * sizeof *room->weight);
    for (int64_t k = 0; k < w->n; k++)
        room->weight[mien_random_below(random, (uint64_t)w->n)]++;
    mi_agree_measure(w, room, d->drawn + (size_t)i * MI_AGREE_FIGURES);
}

int mi_agree_replicates(const mi_agree_work *w, const mien_agree_options *o)
{
    double cost =
        (double)w->n + (double)w->r->runs[w->n] + (double)w->r->labels;
    if (w->r->level == MIEN_AGREE_RATIO)
        cost += (double)w->r->labels * w->r->labels;
    if (o->replicates)
        return o->replicates;
    return (int)fmax(LEAST, fmin(REPLICATES, budget / cost));
}

/* For qsort: ascending, NaN last. */
static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y);
    return (x > y) - (x < y);
}

void mi_agree_interval(mien_agree_figure *f, int n, double *drawn)
{
    int known = 0;
    double below = 0;
    qsort(drawn, (size_t)n, sizeof *drawn, by_value);
    while (known < n && !isnan(drawn[known])) {
        below +=
            drawn[known] < f->value ? 1 : (drawn[known] == f->value ? 0.5 : 0);
        known++;
    }
    if (isnan(f->value) || known < n * 9 / 10 || known < 20)
        return;
    double share = (below + 0.5) / (known + 1);
    double moved = 2 * mi_agree_normal_at(share), z = mi_agree_normal_at(0.975);
    double low = erfc(-(moved - z) / sqrt(2)) / 2;
    double high = erfc(-(moved + z) / sqrt(2)) / 2;
    f->low = fmin(f->value, mien_quantile_sorted(known, drawn, low));
    f->high = fmax(f->value, mien_quantile_sorted(known, drawn, high));
}

/* Room for every thread, and all replicates. */
static mien_status draw(drawing *d, int lanes, const mien_agree_options *o,
                        int replicates, mien_error *err)
{
    mien_status st = MIEN_OK;
    d->room = mi_alloc((size_t)lanes, sizeof *d->room);
    d->random = mi_alloc((size_t)lanes, sizeof *d->random);
    if (!d->room || !d->random)
        return mi_no_memory(err);
    for (int i = 0; !st && i < lanes; i++)
        st = mi_agree_room_new(d->w, &d->room[i], err);
    if (!st)
        mi_pool_run(o->pool, replicates, run_replicate, d);
    return st;
}

mien_status mi_agree_figures(const mi_agree_work *w,
                             const mien_agree_options *o, int replicates,
                             mien_agree_figure out[MI_AGREE_FIGURES],
                             mien_error *err)
{
    int lanes = mien_pool_size(o->pool);
    size_t n = (size_t)replicates;
    double value[MI_AGREE_FIGURES], *one = NULL;
    drawing d = {.w = w, .seed = o->seed};
    mi_agree_room once = {0};
    mien_status st = mi_agree_room_new(w, &once, err);
    if (st)
        return st;
    int64_t several = 0;
    for (int64_t k = 0; k < w->n; k++) {
        once.weight[k] = 1;
        several += mi_ratings_of(w->r, k) > 1;
    }
    mi_agree_measure(w, &once, value);
    mi_agree_room_free(&once);
    for (int f = 0; f < MI_AGREE_FIGURES; f++)
        out[f] = (mien_agree_figure){value[f], (double)NAN, (double)NAN, NULL};
    if (several < MIEN_AGREE_FEW)
        return MIEN_OK;
    d.drawn = mi_alloc(n + 1, (MI_AGREE_FIGURES + 1) * sizeof *d.drawn);
    st = d.drawn ? draw(&d, lanes, o, replicates, err) : mi_no_memory(err);
    for (int f = 0; !st && f < MI_AGREE_FIGURES; f++) {
        one = d.drawn + n * MI_AGREE_FIGURES;
        for (size_t i = 0; i < n; i++)
            one[i] = d.drawn[i * MI_AGREE_FIGURES + (size_t)f];
        mi_agree_interval(&out[f], replicates, one);
    }
    for (int i = 0; d.room && i < lanes; i++)
        mi_agree_room_free(&d.room[i]);
    mi_free(d.room);
    mi_free(d.random);
    mi_free(d.drawn);
    return st;
}
