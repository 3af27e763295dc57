/* agree_groups.c: alpha of each group of units, and how far groups lie apart.
 *
 * The interval of a gap takes each alpha's interval for that of a normal
 * distribution, and is as wide as looking at all pairs of groups asks for
 * (Bonferroni). */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double no = (double)NAN;

/* For qsort: the lowest alpha first, those that have none last. */
static int by_alpha(const void *a, const void *b)
{
    const mien_agree_group *x = a, *y = b;
    double p = x->alpha.value, q = y->alpha.value;
    if (isnan(p) != isnan(q))
        return isnan(p) - isnan(q);
    if (p != q && !isnan(p))
        return p < q ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* The standard error that an interval tells. */
static double error_of(const mien_agree_figure *f)
{
    return (f->high - f->low) / (2 * mi_agree_normal_at(0.975));
}

/* The surest gap, else the largest; groups are in the order of alpha. */
static mien_group_gap find_gap(const mien_agreement *a)
{
    mien_group_gap best = {-1, -1, 0, no, no, no};
    int enough = 0;
    for (int i = 0; i < a->groups; i++)
        enough += !isnan(a->group[i].alpha.low);
    double z =
        mi_agree_normal_at(1 - 0.025 / fmax(enough * (enough - 1) / 2., 1));
    for (int i = 0; i < a->groups; i++)
        for (int k = i + 1; k < a->groups; k++) {
            const mien_agree_figure *low = &a->group[i].alpha;
            const mien_agree_figure *high = &a->group[k].alpha;
            if (isnan(low->low) || isnan(high->low))
                continue;
            double half = z * hypot(error_of(low), error_of(high));
            double gap = high->value - low->value;
            int surer = fmax(gap - half, 0) > fmax(best.low, 0);
            if (best.highest < 0 || surer ||
                (gap <= half && best.low <= 0 && gap > best.value))
                best = (mien_group_gap){k, i, 0, gap, gap - half, gap + half};
        }
    best.groups = enough;
    return best;
}

/* Is a unit with labels in group g? */
static int is_in(const mi_ratings *r, int64_t u, int g)
{
    return r->in[u] == g && mi_ratings_of(r, u) > 0;
}

/* The units of group g with the labels that they have alone, in their order, so
 * that many groups cost no more than all units; to [labels] is free to use. */
static mien_status part_of(const mi_ratings *r, int g, int32_t *to,
                           mi_ratings *part, int64_t *n, mien_error *err)
{
    int64_t units = 0, runs = 0;
    memset(to, 0, (size_t)r->labels * sizeof *to);
    for (int64_t u = 0; u < r->unit.n; u++)
        if (is_in(r, u, g)) {
            for (int64_t i = r->runs[u]; i < r->runs[u + 1]; i++, runs++)
                to[r->run[i].label] = 1;
            units++;
        }
    part->level = r->level;
    part->start = mi_alloc((size_t)units + 1, sizeof *part->start);
    part->runs = mi_alloc((size_t)units + 1, sizeof *part->runs);
    part->run = mi_alloc((size_t)runs + 1, sizeof *part->run);
    part->at = mi_alloc((size_t)runs + 1, sizeof *part->at);
    if (!part->start || !part->runs || !part->run || !part->at)
        return mi_no_memory(err);
    for (int i = 0; i < r->labels; i++)
        if (to[i]) {
            part->at[part->labels] = r->at ? r->at[i] : 0;
            to[i] = part->labels++;
        }
    units = runs = 0;
    for (int64_t u = 0; u < r->unit.n; u++)
        if (is_in(r, u, g)) {
            for (int64_t i = r->runs[u]; i < r->runs[u + 1]; i++)
                part->run[runs++] =
                    (mi_run){to[r->run[i].label], r->run[i].count};
            part->start[units + 1] = part->start[units] + mi_ratings_of(r, u);
            part->runs[++units] = runs;
        }
    *n = units;
    return MIEN_OK;
}

/* Everything of group g; to [labels] is free to use. */
static mien_status measure(const mi_ratings *r, const mien_agree_options *o,
                           int g, int32_t *to, mien_agreement *a,
                           mien_error *err)
{
    mien_agree_group *group = &a->group[a->groups];
    mien_agree_figure f[MI_AGREE_FIGURES];
    mi_ratings part = {0};
    group->name = mi_text_copy(r->group.text[g]);
    if (!group->name)
        return mi_no_memory(err);
    a->groups++;
    mien_status st = part_of(r, g, to, &part, &group->units, err);
    if (!st) {
        const mi_agree_work w = mi_agree_work_on(&part, group->units);
        st = mi_agree_figures(&w, o, mi_agree_replicates(&w, o), f, err);
    }
    mi_ratings_free(&part);
    if (st)
        return st;
    group->observed = f[MI_AGREE_OBSERVED];
    group->alpha = f[MI_AGREE_ALPHA];
    if (isnan(group->alpha.value))
        group->alpha.why = isnan(group->observed.value)
                               ? "no unit with two labels"
                               : "all labels are equal";
    return MIEN_OK;
}

mien_status mi_agree_groups(const mi_ratings *r, const mien_agree_options *o,
                            mien_agreement *a, mien_error *err)
{
    a->gap = (mien_group_gap){-1, -1, 0, no, no, no};
    if (!r->in)
        return MIEN_OK;
    int32_t *to = mi_alloc((size_t)r->labels + 1, sizeof *to);
    a->group = mi_alloc((size_t)r->group.n + 1, sizeof *a->group);
    mien_status st = to && a->group ? MIEN_OK : mi_no_memory(err);
    for (int g = 0; !st && g < r->group.n; g++)
        st = measure(r, o, g, to, a, err);
    mi_free(to);
    if (st)
        return st;
    qsort(a->group, (size_t)a->groups, sizeof *a->group, by_alpha);
    a->gap = find_gap(a);
    return MIEN_OK;
}
