/* range.c: what an axis reaches over, and the numbers along it. */
#include "plot/figure.h"

#include <math.h>
#include <stdio.h>

double mi_place(const mi_axis_map *a, double v)
{
    if (a->log) {
        if (!(v > 0))
            return (double)NAN;
        return a->from + (log10(v) - log10(a->lo)) /
                             (log10(a->hi) - log10(a->lo)) * (a->to - a->from);
    }
    return a->from + (v - a->lo) / (a->hi - a->lo) * (a->to - a->from);
}

/* ---- ranges
 * --------------------------------------------------------------------- */

static void widen(double *lo, double *hi, double v, int logarithmic)
{
    if (!(fabs(v) < 1e300) || (logarithmic && !(v > 0)))
        return;
    *lo = v < *lo ? v : *lo;
    *hi = v > *hi ? v : *hi;
}

/* Widen lo..hi to what the layers of a panel show along an axis. */
static void range_of(const mien_panel *p, int axis, double *lo, double *hi)
{
    int logarithmic = p->log[axis];
    for (const mi_layer *l = p->first; l; l = l->next) {
        int64_t n = l->kind == MI_BARS && axis == 0 ? 2 * l->n : l->n;
        if ((l->kind == MI_BOX && axis == 0) ||
            (l->kind == MI_HLINE && axis == 0) ||
            (l->kind == MI_VLINE && axis == 1))
            continue;
        for (int64_t i = 0; i < n; i++)
            widen(lo, hi, axis ? l->y[i] : l->x[i], logarithmic);
        if (l->kind == MI_BARS && axis == 1 && !logarithmic)
            widen(lo, hi, 0, 0);
    }
    if (axis == 0 && p->categories) {
        *lo = -.6;
        *hi = p->categories - .4;
    }
}

/* Some air around the data; numbers all alike get a range of their size. */
void mi_axis_range(const mien_panel *p, int axis, mi_axis_map *m)
{
    double lo = HUGE_VAL, hi = -HUGE_VAL;
    int bars = p->first && p->first->kind == MI_BARS && axis == 1;
    m->log = p->log[axis];
    range_of(p, axis, &lo, &hi);
    if (!(lo <= hi)) {
        lo = m->log ? 1 : 0;
        hi = m->log ? 10 : 1;
    }
    if (m->log) {
        double air = hi > lo ? pow(hi / lo, .04) : 2;
        lo = fmax(lo / air, 1e-300);
        hi = fmin(hi * air, 1e300);
    } else if (!(axis == 0 && p->categories)) {
        double air =
            hi > lo ? (hi / 2 - lo / 2) * .08 : fmax(fabs(lo) * .05, 1e-12);
        lo = bars && lo == 0 ? 0 : fmax(lo - air, -1e300);
        hi = fmin(hi + air, 1e300);
    }
    const double *limit = p->limit + (axis ? 2 : 0);
    m->lo = isfinite(limit[0]) && !(m->log && limit[0] <= 0) ? limit[0] : lo;
    m->hi = isfinite(limit[1]) && limit[1] > m->lo ? limit[1]
            : hi > m->lo                           ? hi
                                                   : m->lo + 1;
}

/* ---- ticks
 * ---------------------------------------------------------------------- */

static void log_ticks(const mi_axis_map *m, int most, mi_tick_list *t)
{
    int lo = (int)ceil(log10(m->lo) - 1e-9);
    int hi = (int)floor(log10(m->hi) + 1e-9);
    int step = (hi - lo) / (most > 1 ? most : 1) + 1;
    for (int e = lo; e <= hi && t->n < MI_MOST_TICKS; e += step) {
        double v = pow(10, e);
        t->at[t->n] = v;
        snprintf(t->text[t->n++], 32, e >= -3 && e <= 4 ? "%.*f" : "%.*e",
                 e < 0 && e >= -3 ? -e : 0, v);
    }
}

void mi_axis_ticks(const mi_axis_map *m, int most, mi_tick_list *t)
{
    double first, step;
    t->n = 0;
    if (m->log)
        log_ticks(m, most, t);
    if (t->n >= 2)
        return;
    t->n = mi_ticks(m->lo, m->hi, most, &first, &step);
    t->n = t->n < MI_MOST_TICKS ? t->n : MI_MOST_TICKS;
    for (int i = 0; i < t->n; i++) {
        t->at[i] = first + step * i;
        mi_tick_text(t->at[i], step, t->text[i]);
    }
}

/* Every so many of the places that were named, of those in sight. */
void mi_named_ticks(const mien_panel *p, const mi_axis_map *m, int most,
                    mi_tick_list *t)
{
    int each = (p->ticks + most - 1) / most;
    t->n = 0;
    for (int i = 0; i < p->ticks && t->n < MI_MOST_TICKS; i += each) {
        if (p->tick[i] < m->lo || p->tick[i] > m->hi)
            continue;
        t->at[t->n] = p->tick[i];
        snprintf(t->text[t->n++], sizeof t->text[0], "%.31s", p->tick_name[i]);
    }
}
