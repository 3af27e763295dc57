/* agree_figure.c: which labels stand beside which, or how far numbers of one
 * unit lie apart, as a figure. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"
#include "dataset/ranked.h"

#include <math.h>
#include <stdlib.h>

enum { DRAWN = 12 };

/* Which labels stand beside which: shares of a row, of the most frequent. */
static mien_status draw_matrix(const mien_agreement *a, mien_panel *p,
                               mien_error *err)
{
    int n = a->labels < DRAWN ? a->labels : DRAWN;
    mi_ranked *f = mi_alloc((size_t)a->labels + 1, sizeof *f);
    const char *names[DRAWN];
    double share[DRAWN * DRAWN];
    if (!f)
        return mi_no_memory(err);
    for (int i = 0; i < a->labels; i++) {
        f[i].at = i;
        for (int k = 0; k < a->labels; k++)
            f[i].value += a->coincidence[(int64_t)i * a->labels + k];
    }
    qsort(f, (size_t)a->labels, sizeof *f, mi_ranked_order);
    qsort(f, (size_t)n, sizeof *f, mi_ranked_place);
    for (int i = 0; i < n; i++) {
        names[i] = a->label[f[i].at];
        for (int k = 0; k < n; k++) {
            double count =
                a->coincidence[(int64_t)f[i].at * a->labels + f[k].at];
            share[i * n + k] =
                f[i].value > 0 ? round(100 * count / f[i].value) : 0;
        }
    }
    mi_free(f);
    mien_panel_labels(p, "Of 100 labels beside a row's label in one unit",
                      a->labels > DRAWN
                          ? "label beside it, of the 12 most frequent"
                          : "label beside it",
                      "label");
    mien_panel_matrix(p, n, n, names, names, share);
    return MIEN_OK;
}

/* Differences against means: of two labellers, the second less the first; of
 * more, each number less the mean of its unit. */
static mien_status draw_differences(const mien_agreement *a, mien_panel *p,
                                    mien_error *err)
{
    const mi_ratings *r = a->ratings;
    const mien_agree_limits *l = &a->measures.limits;
    double *x = mi_alloc((size_t)r->entries + 1, 2 * sizeof *x);
    double *y = x ? x + r->entries + 1 : NULL;
    int64_t n = 0;
    if (!x)
        return mi_no_memory(err);
    for (int64_t u = 0; u < r->unit.n; u++) {
        const mi_entry *e = r->entry + r->start[u];
        int64_t m = mi_ratings_of(r, u);
        double mean = 0;
        for (int64_t i = 0; i < m; i++)
            mean += e[i].number / (double)m;
        for (int64_t i = 0; i < m && m > 1; i++) {
            x[n] = mean;
            y[n++] = e[i].number - mean;
        }
        if (l->units && m == 2) {
            n--; /* one point a unit */
            y[n - 1] =
                (e[1].number - e[0].number) * (e[1].who > e[0].who ? 1 : -1);
        }
    }
    mien_panel_labels(p,
                      l->units ? "Limits of agreement"
                               : "Numbers and the mean of their unit",
                      "mean of the unit",
                      l->units ? "second less first" : "number less mean");
    mien_panel_points(p, NULL, n, x, y);
    mi_free(x);
    if (!l->units)
        return MIEN_OK;
    mien_panel_hline(p, l->mean.value, "mean");
    mien_panel_hline(p, l->low.value, "lower limit");
    mien_panel_hline(p, l->high.value, "upper limit");
    return MIEN_OK;
}

mien_status mi_agree_draw(const mien_agreement *a, mien_panel *p,
                          mien_error *err)
{
    return a->coincidence ? draw_matrix(a, p, err)
                          : draw_differences(a, p, err);
}
