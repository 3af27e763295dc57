/* agree_pairs.c: Cohen's kappa of two labellers.
 *
 *   kappa = 1 - sum w_ab n_ab / n / (sum w_ab r_a c_b / n^2)
 *
 * of the units that both labelled, n_ab of them a by one and b by the other,
 * r_a and c_b in all; w_ab is 0 or 1, and of ordinal labels also the distance
 * of their places (linear) or its square (quadratic), whose expected values
 * follow from sums along the order.  Intervals draw the count of each cell
 * again from Poisson's distribution, which is what drawing units comes to (N.
 * Chamandy et al., Estimating Uncertainty for Massive Data Streams, Google,
 * 2012).
 *
 * Source: J. Cohen 1960 and 1968. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "dataset/drift.h"
#include "dataset/ranked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 3, REPLICATES = 1000 };
static const double no = (double)NAN;

/* Units with one label by one labeller, another by the other. */
typedef struct cell {
    int32_t a, b;
    double count;
} cell;

/* What the threads share. */
typedef struct work {
    const mi_ratings *r;
    const mien_agree_options *o;
    mien_agreement *a;
    int32_t *label;      /* [chosen, units] of those who are paired; -1: none */
    const int *place;    /* [labellers] in label; -1: not paired */
    mien_status *status; /* [pairs] */
} work;

/* ---- kappa --------------------------------------------------------------- */

/* Differences as chance would give them, of both labellers' counts. */
static void expected(int labels, const double *rows, const double *columns,
                     double n, double out[KINDS])
{
    double below[2] = {0}, mean[2] = {0}, square = 0, same = 0, steps = 0;
    for (int i = 0; i < labels; i++) {
        double r = rows[i] / n, c = columns[i] / n;
        same += r * c;
        mean[0] += i * r;
        mean[1] += i * c;
        below[0] += r;
        below[1] += c;
        steps += below[0] * (1 - below[1]) + below[1] * (1 - below[0]);
    }
    for (int i = 0; i < labels; i++)
        square += (i - mean[0]) * (i - mean[0]) * rows[i] / n +
                  (i - mean[1]) * (i - mean[1]) * columns[i] / n;
    out[0] = 1 - same;
    out[1] = steps;
    out[2] = square + (mean[0] - mean[1]) * (mean[0] - mean[1]);
}

/* The kappas of cells; room [2, labels].  The share of equal labels. */
static double measure(int labels, int64_t cells, const cell *c, double *room,
                      double out[KINDS])
{
    double *rows = room, *columns = room + labels, n = 0;
    double apart[KINDS] = {0}, chance[KINDS];
    memset(room, 0, 2 * (size_t)labels * sizeof *room);
    for (int64_t i = 0; i < cells; i++) {
        double step = abs(c[i].a - c[i].b);
        rows[c[i].a] += c[i].count;
        columns[c[i].b] += c[i].count;
        n += c[i].count;
        apart[0] += (step > 0) * c[i].count;
        apart[1] += step * c[i].count;
        apart[2] += step * step * c[i].count;
    }
    expected(labels, rows, columns, n, chance);
    for (int k = 0; k < KINDS; k++)
        out[k] = n > 0 && chance[k] > 1e-12 ? 1 - apart[k] / n / chance[k] : no;
    return n > 0 ? 1 - apart[0] / n : no;
}

/* Intervals of the kappas, by drawing cells again. */
static mien_status draw(const work *w, uint32_t seed, int64_t n, const cell *c,
                        mien_agree_figure *const figure[KINDS])
{
    int labels = w->r->labels;
    int replicates = w->o->replicates ? w->o->replicates : REPLICATES;
    size_t most = (size_t)replicates;
    cell *again = mi_alloc((size_t)n + 1, sizeof *again);
    double *room = mi_alloc((size_t)labels + 1, 2 * sizeof *room);
    double *drawn = mi_alloc(most, KINDS * sizeof *drawn);
    mien_random *random = mi_alloc(1, sizeof *random);
    int there = again && room && drawn && random;
    if (there)
        mien_random_init(random, seed);
    for (size_t i = 0; there && i < most; i++) {
        double out[KINDS];
        for (int64_t k = 0; k < n; k++) {
            again[k] = c[k];
            again[k].count = mi_drift_poisson(random, c[k].count);
        }
        measure(labels, n, again, room, out);
        for (int k = 0; k < KINDS; k++)
            drawn[(size_t)k * most + i] = out[k];
    }
    for (int k = 0; there && k < KINDS; k++)
        mi_agree_interval(figure[k], replicates, drawn + (size_t)k * most);
    mi_free(again);
    mi_free(room);
    mi_free(drawn);
    mi_free(random);
    return there ? MIEN_OK : MIEN_ENOMEM;
}

/* ---- a pair -------------------------------------------------------------- */

/* For qsort: by both labels. */
static int by_labels(const void *a, const void *b)
{
    const cell *x = a, *y = b;
    return x->a != y->a ? (x->a > y->a) - (x->a < y->a)
                        : (x->b > y->b) - (x->b < y->b);
}

/* The cells of a pair; how many. */
static int64_t count_cells(const work *w, const mien_agree_pair *p, cell *c)
{
    int64_t units = w->r->unit.n, n = 0, cells = 0;
    const int32_t *x = w->label + w->place[p->a] * units;
    const int32_t *y = w->label + w->place[p->b] * units;
    for (int64_t u = 0; u < units; u++)
        if (x[u] >= 0 && y[u] >= 0)
            c[n++] = (cell){x[u], y[u], 1};
    qsort(c, (size_t)n, sizeof *c, by_labels);
    for (int64_t i = 0; i < n; i++)
        if (cells && by_labels(&c[cells - 1], &c[i]) == 0)
            c[cells - 1].count++;
        else
            c[cells++] = c[i];
    return cells;
}

/* Why kappas are not defined. */
static const char *why_not(const mien_agree_pair *p)
{
    return p->units ? "both gave one and the same label" : "no unit in common";
}

/* Everything of a pair. */
static mien_status compare(const work *w, int i)
{
    mien_agree_pair *p = &w->a->pair[i];
    mien_agree_figure *const figure[KINDS] = {&p->kappa, &p->linear,
                                              &p->quadratic};
    int ordinal = w->r->level == MIEN_AGREE_ORDINAL;
    double value[KINDS];
    cell *c = mi_alloc((size_t)w->r->unit.n + 1, sizeof *c);
    double *room = mi_alloc((size_t)w->r->labels + 1, 2 * sizeof *room);
    mien_status st = c && room ? MIEN_OK : MIEN_ENOMEM;
    if (!st) {
        int64_t n = count_cells(w, p, c);
        for (int64_t k = 0; k < n; k++)
            p->units += (int64_t)c[k].count;
        p->observed = measure(w->r->labels, n, c, room, value);
        for (int k = 0; k < KINDS; k++) {
            *figure[k] = (mien_agree_figure){value[k], no, no, NULL};
            if (isnan(value[k]))
                figure[k]->why = why_not(p);
            if (k && !ordinal)
                *figure[k] =
                    (mien_agree_figure){no, no, no, "of ordinal labels alone"};
        }
        if (p->units >= MIEN_AGREE_FEW)
            st = draw(w, w->o->seed + (uint32_t)i, n, c, figure);
    }
    mi_free(c);
    mi_free(room);
    return st;
}

/* For the pool. */
static void run_pair(void *arg, int i, int lane)
{
    const work *w = arg;
    (void)lane;
    w->status[i] = compare(w, i);
}

/* ---- who is paired ------------------------------------------------------- */

/* Places of those who are paired, of the busiest; how many; -1: no memory. */
static int choose(const mien_agreement *a, int *place)
{
    mi_ranked *b = mi_alloc((size_t)a->labellers, sizeof *b);
    int n = a->labellers < MIEN_AGREE_MAX_PAIRED ? a->labellers
                                                 : MIEN_AGREE_MAX_PAIRED;
    if (!b)
        return -1;
    for (int i = 0; i < a->labellers; i++) {
        b[i] = (mi_ranked){(double)a->labeller[i].labels, i};
        place[i] = -1;
    }
    qsort(b, (size_t)a->labellers, sizeof *b, mi_ranked_order);
    for (int i = 0; i < n; i++)
        place[b[i].at] = i;
    mi_free(b);
    return n;
}

/* For qsort: the lowest kappa first; of few units, or not defined, last. */
static int by_kappa(const void *a, const void *b)
{
    const mien_agree_pair *x = a, *y = b;
    double p = x->kappa.value, q = y->kappa.value;
    int few[2] = {x->units < MIEN_AGREE_FEW, y->units < MIEN_AGREE_FEW};
    if (few[0] != few[1])
        return few[0] - few[1];
    if (isnan(p) != isnan(q))
        return isnan(p) - isnan(q);
    if (p != q && !isnan(p))
        return p < q ? -1 : 1;
    return x->a != y->a ? x->a - y->a : x->b - y->b;
}

/* The pairs, empty. */
static void list_pairs(mien_agreement *a, const int *place)
{
    for (int i = 0; i < a->labellers; i++)
        for (int k = i + 1; k < a->labellers && place[i] >= 0; k++)
            if (place[k] >= 0)
                a->pair[a->pairs++] = (mien_agree_pair){.a = i, .b = k};
}

/* The labels of those who are paired, by unit. */
static void spread_labels(const mi_ratings *r, const int *place, int chosen,
                          int32_t *label)
{
    for (int64_t i = 0; i < chosen * r->unit.n; i++)
        label[i] = -1;
    for (int64_t i = 0; i < r->entries; i++) {
        const mi_entry *e = &r->entry[i];
        if (place[e->who] >= 0)
            label[place[e->who] * r->unit.n + e->unit] = e->label;
    }
}

mien_status mi_agree_pairs(const mi_ratings *r, const mien_agree_options *o,
                           mien_agreement *a, mien_error *err)
{
    a->all_pairs = (int64_t)a->labellers * (a->labellers - 1) / 2;
    if (!a->labellers || r->level > MIEN_AGREE_ORDINAL)
        return MIEN_OK;
    int *place = mi_alloc((size_t)a->labellers, sizeof *place);
    int chosen = place ? choose(a, place) : -1;
    size_t pairs = chosen > 0 ? (size_t)chosen * (size_t)(chosen - 1) / 2 : 0;
    work w = {.r = r, .o = o, .a = a, .place = place};
    if (chosen > 0) {
        w.label = mi_alloc((size_t)chosen * (size_t)r->unit.n, sizeof *w.label);
        w.status = mi_alloc(pairs + 1, sizeof *w.status);
        a->pair = mi_alloc(pairs + 1, sizeof *a->pair);
    }
    mien_status st =
        w.label && w.status && a->pair ? MIEN_OK : mi_no_memory(err);
    if (!st) {
        spread_labels(r, place, chosen, w.label);
        list_pairs(a, place);
        mi_pool_run(o->pool, a->pairs, run_pair, &w);
    }
    for (int i = 0; !st && i < a->pairs; i++)
        if (w.status[i])
            st = mi_no_memory(err);
    if (!st)
        qsort(a->pair, (size_t)a->pairs, sizeof *a->pair, by_kappa);
    mi_free(place);
    mi_free(w.label);
    mi_free(w.status);
    return st;
}
