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

/* Everything of group g, whose units are listed. */
static mien_status measure(const mi_ratings *r, const mien_agree_options *o,
                           int g, int64_t *list, mien_agreement *a,
                           mien_error *err)
{
    mien_agree_group *group = &a->group[a->groups];
    mien_agree_figure f[MI_AGREE_FIGURES];
    int64_t n = 0;
    group->name = mi_text_copy(r->group.text[g]);
    if (!group->name)
        return mi_no_memory(err);
    a->groups++;
    for (int64_t u = 0; u < r->unit.n; u++)
        if (r->in[u] == g && mi_ratings_of(r, u) > 0)
            list[n++] = u;
    const mi_agree_work w = mi_agree_work_on(r, list, n);
    group->units = n;
    mien_status st =
        mi_agree_figures(&w, o, mi_agree_replicates(&w, o), f, err);
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
    int64_t *list = mi_alloc((size_t)r->unit.n + 1, sizeof *list);
    a->group = mi_alloc((size_t)r->group.n + 1, sizeof *a->group);
    mien_status st = list && a->group ? MIEN_OK : mi_no_memory(err);
    for (int g = 0; !st && g < r->group.n; g++)
        st = measure(r, o, g, list, a, err);
    mi_free(list);
    if (st)
        return st;
    qsort(a->group, (size_t)a->groups, sizeof *a->group, by_alpha);
    a->gap = find_gap(a);
    return MIEN_OK;
}
