/* drift_cells.c: differences of counted values, and where they may lie.
 *
 * An interval draws both tables again, two hundred times: the count of each
 * cell anew from Poisson's distribution with that mean, which is what drawing
 * rows with replacement comes to for many rows, and takes time by cells, not
 * by rows (N. Chamandy et al., Estimating Uncertainty for Massive Data Streams,
 * Google, 2012).
 *
 * A distance cannot be negative, and drawing again moves it up: the percentile
 * interval lies too high, the basic one, 2 d - d', too low (A. Davison and
 * D. Hinkley, Bootstrap Methods, 1997, 5.2).  Told are the lower end of the
 * basic and the upper end of the percentile interval, which errs to the safe
 * side at both. */
#include "dataset/drift.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_MEAN = 30 };

mi_drift_measures mi_drift_measure(int n, const mi_drift_cell *cell,
                                   double deviation)
{
    double all[2] = {0}, sum[2] = {0}, square[2] = {0}, share[2] = {0};
    mi_drift_measures m = {0};
    for (int s = 0; s < 2; s++) {
        for (int i = 0; i < n; i++) {
            all[s] += cell[i].count[s];
            sum[s] += cell[i].count[s] * cell[i].at;
        }
        sum[s] /= all[s];
        for (int i = 0; i < n; i++) {
            double from = cell[i].at - sum[s];
            square[s] += cell[i].count[s] * from * from;
        }
        square[s] /= all[s] > 1 ? all[s] - 1 : 1;
    }
    double spread = sqrt((square[0] + square[1]) / 2);
    m.mean_shift = sum[1] == sum[0] ? 0 : (sum[1] - sum[0]) / spread;
    for (int i = 0; i < n; i++) {
        for (int s = 0; s < 2; s++)
            share[s] += cell[i].count[s] / all[s];
        double apart = fabs(share[1] - share[0]);
        m.distance = fmax(m.distance, apart);
        if (i + 1 < n)
            m.wasserstein += apart * (cell[i + 1].at - cell[i].at);
    }
    if (m.wasserstein > 0)
        m.wasserstein /= deviation;
    return m;
}

double mi_drift_variation(int n, const mi_drift_cell *cell)
{
    double all[2] = {0}, apart = 0;
    for (int i = 0; i < n; i++)
        for (int s = 0; s < 2; s++)
            all[s] += cell[i].count[s];
    for (int i = 0; i < n; i++)
        apart += fabs(cell[i].count[1] / all[1] - cell[i].count[0] / all[0]);
    return apart / 2;
}

/* ---- drawing again ------------------------------------------------------- */

double mi_drift_poisson(mien_random *r, double mean)
{
    if (mean >= SMALL_MEAN)
        return fmax(0, floor(mean + sqrt(mean) * mien_random_normal(r) + 0.5));
    double k = 0, product = mien_random_unit(r), least = exp(-mean);
    while (product > least) {
        product *= mien_random_unit(r);
        k++;
    }
    return k;
}

/* Both counts of each cell; 0: a table came out empty. */
static int draw(mien_random *r, int n, const mi_drift_cell *from,
                mi_drift_cell *to)
{
    double all[2] = {0};
    for (int i = 0; i < n; i++) {
        to[i].at = from[i].at;
        for (int s = 0; s < 2; s++) {
            to[i].count[s] = from[i].count[s] > 0
                                 ? mi_drift_poisson(r, from[i].count[s])
                                 : 0;
            all[s] += to[i].count[s];
        }
    }
    return all[0] > 0 && all[1] > 0;
}

/* For qsort: ascending. */
static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The interval of a figure by n replicates, which are sorted; base: the figure
 * of the cells themselves; one_sided: it is a distance. */
static void interval(mien_drift_figure *f, int n, double *drawn, double base,
                     int one_sided)
{
    if (n < 2 || !isfinite(f->value))
        return;
    qsort(drawn, (size_t)n, sizeof *drawn, by_value);
    double low = drawn[(int)(0.025 * (n - 1))];
    double high = drawn[(int)ceil(0.975 * (n - 1))];
    f->high = fmax(f->value, f->value + high - base);
    f->low = one_sided ? fmax(0, f->value - (high - base))
                       : fmin(f->value, f->value + low - base);
}

mien_status mi_drift_intervals(const mi_drift_pair *p, int n,
                               const mi_drift_cell *cell, int numbers,
                               double deviation, mien_drift_column *c,
                               mien_error *err)
{
    size_t most = (size_t)p->o->replicates;
    mi_drift_cell *again = mi_alloc((size_t)n + 1, sizeof *again);
    double *drawn = mi_alloc(most + 1, 3 * sizeof *drawn);
    mien_random *r = mi_alloc(1, sizeof *r);
    mien_status st = again && drawn && r ? MIEN_OK : mi_no_memory(err);
    mi_drift_measures base = {0}, m = {0};
    int done = 0;
    if (!st) {
        mien_random_init(r, p->seed);
        base = mi_drift_measure(n, cell, deviation);
        if (!numbers)
            base.distance = mi_drift_variation(n, cell);
    }
    for (size_t i = 0; !st && i < most; i++) {
        if (!draw(r, n, cell, again))
            continue;
        m = mi_drift_measure(n, again, deviation);
        drawn[done] = numbers ? m.distance : mi_drift_variation(n, again);
        drawn[most + (size_t)done] = m.mean_shift;
        drawn[2 * most + (size_t)done++] = m.wasserstein;
    }
    if (!st) {
        interval(&c->distance, done, drawn, base.distance, 1);
        c->distance.high = fmin(1, c->distance.high);
        if (numbers) {
            interval(&c->mean_shift, done, drawn + most, base.mean_shift, 0);
            interval(&c->wasserstein, done, drawn + 2 * most, base.wasserstein,
                     1);
        }
    }
    mi_free(again);
    mi_free(drawn);
    mi_free(r);
    return st;
}
