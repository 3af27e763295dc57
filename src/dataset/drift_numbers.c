/* drift_numbers.c: differences of a column of numbers.
 *
 * Values of both tables are sorted together; Kolmogorov and Smirnov's distance,
 * Wasserstein's first, and the moments come from one pass over all of them.
 * For the intervals they are cells, of equal values or, where there are too
 * many, of neighbours.
 *
 * Population stability index: sum (q - p) ln(q / p) over ten parts of equal
 * share of before, fewer where equal values do not let them; half a row is
 * added to each part so that none is empty. */
#include "dataset/drift.h"

#include "base/alloc.h"
#include "base/error.h"
#include "num/sort.h"

#include <math.h>
#include <stdio.h>

enum { PARTS = MIEN_DRIFT_PARTS };

/* Both tables' values that are finite, in ascending order: at is the table. */
static mien_status sort_values(const mi_drift_pair *p, mi_sort_pair **out,
                               int64_t *n, mien_error *err)
{
    size_t room = (size_t)(p->rows[0] + p->rows[1]) + 1;
    mi_sort_pair *v = mi_alloc_raw(room, sizeof *v);
    mi_sort_pair *spare = mi_alloc_raw(room, sizeof *spare);
    mien_status st = v && spare ? MIEN_OK : mi_no_memory(err);
    *n = 0;
    for (int s = 0; !st && s < 2; s++)
        for (int64_t i = 0; i < p->rows[s]; i++)
            if (isfinite(p->column[s].number[i]))
                v[(*n)++] =
                    (mi_sort_pair){mi_sort_key(p->column[s].number[i]), s};
    if (!st)
        mi_sort_pairs(*n, v, spare);
    mi_free(spare);
    if (st)
        mi_free(v);
    else
        *out = v;
    return st;
}

/* Means and deviations of samples. */
static void moments(const mi_drift_pair *p, mien_drift_column *c)
{
    for (int s = 0; s < 2; s++) {
        double sum = 0, square = 0, n = (double)c->values[s];
        for (int64_t i = 0; i < p->rows[s]; i++)
            if (isfinite(p->column[s].number[i]))
                sum += p->column[s].number[i];
        c->mean[s] = sum / n;
        for (int64_t i = 0; i < p->rows[s]; i++) {
            double from = p->column[s].number[i] - c->mean[s];
            if (isfinite(from))
                square += from * from;
        }
        c->deviation[s] = n > 1 ? sqrt(square / (n - 1)) : 0;
    }
}

/* Exact distances, from all values; wasserstein not yet in deviations. */
static void distances(int64_t n, const mi_sort_pair *v, mien_drift_column *c)
{
    double share[2] = {0}, distance = 0, area = 0;
    for (int64_t i = 0; i < n; i++) {
        share[v[i].at] += 1;
        if (i + 1 < n && v[i + 1].key == v[i].key)
            continue;
        double apart = fabs(share[1] / (double)c->values[1] -
                            share[0] / (double)c->values[0]);
        distance = fmax(distance, apart);
        if (i + 1 < n)
            area += apart *
                    (mi_sort_number(v[i + 1].key) - mi_sort_number(v[i].key));
    }
    c->distance.value = distance;
    c->wasserstein.value = area;
}

/* Values into at most MI_DRIFT_CELLS cells; how many. */
static int make_cells(int64_t n, const mi_sort_pair *v, mi_drift_cell *cell)
{
    int64_t different = 0, in = 0;
    int k = 0;
    for (int64_t i = 0; i < n; i++)
        different += i == 0 || v[i].key != v[i - 1].key;
    int64_t least = different <= MI_DRIFT_CELLS
                        ? 1
                        : (n + MI_DRIFT_CELLS - 1) / (MI_DRIFT_CELLS - 1);
    cell[0] = (mi_drift_cell){0};
    for (int64_t i = 0; i < n; i++) {
        cell[k].count[v[i].at]++;
        cell[k].at += mi_sort_number(v[i].key);
        in++;
        int last = i + 1 == n;
        if (!last && (in < least || v[i + 1].key == v[i].key))
            continue;
        cell[k++].at /= (double)in;
        in = 0;
        if (!last)
            cell[k] = (mi_drift_cell){0};
    }
    return k;
}

/* Ten parts of before and what of now is in them; those without a row are left
 * out. */
static void make_parts(int n, const mi_drift_cell *cell, mien_drift_column *c)
{
    double before = 0, all = (double)c->values[0];
    double count[2] = {0};
    for (int i = 0; i < n; i++) {
        for (int s = 0; s < 2; s++)
            count[s] += cell[i].count[s];
        before += cell[i].count[0];
        int last = i + 1 == n;
        int full = before >= (c->parts + 1) * all / PARTS;
        if (!last && (!full || c->parts + 1 == PARTS))
            continue;
        mien_drift_part *p = &c->part[c->parts++];
        snprintf(p->label, sizeof p->label, last && i ? "above" : "to %.4g",
                 cell[i].at);
        for (int s = 0; s < 2; s++) {
            p->share[s] = count[s] / (double)c->values[s];
            count[s] = 0;
        }
    }
}

/* The population stability index of the parts. */
static double stability(const mien_drift_column *c)
{
    double index = 0, share[2];
    for (int i = 0; i < c->parts; i++) {
        for (int s = 0; s < 2; s++) {
            double n = (double)c->values[s];
            share[s] = (c->part[i].share[s] * n + 0.5) / (n + 0.5 * c->parts);
        }
        index += (share[1] - share[0]) * log(share[1] / share[0]);
    }
    return index;
}

/* The shift of the means, where there is one. */
static double mean_shift(const mien_drift_column *c)
{
    double spread = sqrt((c->deviation[0] * c->deviation[0] +
                          c->deviation[1] * c->deviation[1]) /
                         2);
    return c->mean[0] == c->mean[1] ? 0 : (c->mean[1] - c->mean[0]) / spread;
}

mien_status mi_drift_numbers(const mi_drift_pair *p, mien_drift_column *c,
                             mien_error *err)
{
    mi_sort_pair *v = NULL;
    int64_t n = 0;
    mien_status st = sort_values(p, &v, &n, err);
    if (st)
        return st;
    for (int s = 0; s < 2; s++)
        c->infinite[s] = c->values[s];
    c->values[0] = c->values[1] = 0;
    for (int64_t i = 0; i < n; i++)
        c->values[v[i].at]++;
    for (int s = 0; s < 2; s++)
        c->infinite[s] -= c->values[s];
    if (!c->values[0] || !c->values[1]) {
        mi_free(v);
        return MIEN_OK;
    }
    mi_drift_cell *cell = mi_alloc(MI_DRIFT_CELLS + 1, sizeof *cell);
    moments(p, c);
    distances(n, v, c);
    /* A column that never changed before has no deviation: that of now. */
    double unit = c->deviation[0] > 0 ? c->deviation[0] : c->deviation[1];
    if (c->wasserstein.value > 0)
        c->wasserstein.value /= unit;
    c->mean_shift.value = mean_shift(c);
    c->p = mi_drift_ks_p(c->distance.value, c->values[0], c->values[1]);
    st = cell && !isnan(c->p) ? MIEN_OK : mi_no_memory(err);
    if (!st) {
        int cells = make_cells(n, v, cell);
        make_parts(cells, cell, c);
        c->stability = stability(c);
        st = mi_drift_intervals(p, cells, cell, 1, unit, c, err);
    }
    mi_free(cell);
    mi_free(v);
    return st;
}
