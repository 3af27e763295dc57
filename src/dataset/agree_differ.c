/* agree_differ.c: which labels stand beside each other, and on which units
 * labellers differ most.
 *
 * The coincidences of two labels are the pairs of them in a unit, those of a
 * unit with m labels divided by m - 1, so that a unit counts as often as it has
 * labels (Krippendorff 2011). */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- labels -------------------------------------------------------------- */

/* Fill the table of coincidences. */
static void count_coincidences(const mi_ratings *r, double *table)
{
    for (int64_t u = 0; u < r->unit.n; u++) {
        double m = (double)mi_ratings_of(r, u);
        if (m < 2)
            continue;
        for (int64_t i = r->runs[u]; i < r->runs[u + 1]; i++)
            for (int64_t k = r->runs[u]; k < r->runs[u + 1]; k++) {
                mi_run a = r->run[i], b = r->run[k];
                table[(int64_t)a.label * r->labels + b.label] +=
                    (double)a.count * (b.count - (i == k)) / (m - 1);
            }
    }
}

/* Put the pairs of labels that stand together most into the answer. */
static void find_mixed(int labels, const double *table, mien_agreement *a)
{
    double all = 0;
    for (int i = 0; i < labels; i++)
        for (int k = i + 1; k < labels; k++) {
            mien_agree_mixed m = {i, k, table[(int64_t)i * labels + k], 0};
            all += m.count;
            int at = a->mixes;
            while (at > 0 && a->mixed[at - 1].count < m.count)
                at--;
            if (!(m.count > 0) || at == MIEN_AGREE_SHOWN)
                continue;
            if (a->mixes < MIEN_AGREE_SHOWN)
                a->mixes++;
            for (int s = a->mixes - 1; s > at; s--)
                a->mixed[s] = a->mixed[s - 1];
            a->mixed[at] = m;
        }
    for (int i = 0; i < a->mixes; i++)
        a->mixed[i].share = a->mixed[i].count / all;
}

/* ---- units --------------------------------------------------------------- */

/* A unit, and how far its labels differ. */
typedef struct differing {
    int64_t unit, labels;
    double by;
} differing;

/* Those that differ most; of equal ones those with more labels, then the
 * earlier. */
static int is_before(const differing *x, const differing *y)
{
    if (x->by != y->by)
        return x->by > y->by;
    return x->labels > y->labels;
}

/* The units that differ most, the most first; how many. */
static int find_units(const mi_ratings *r, const double *at,
                      differing top[MIEN_AGREE_SHOWN])
{
    int n = 0;
    for (int64_t u = 0; u < r->unit.n; u++) {
        differing d = {u, mi_ratings_of(r, u), 0};
        if (r->runs[u + 1] - r->runs[u] < 2)
            continue;
        double m = (double)d.labels;
        d.by = mi_agree_apart(r, u, at) / (m * (m - 1));
        int place = n;
        while (place > 0 && is_before(&d, &top[place - 1]))
            place--;
        if (place == MIEN_AGREE_SHOWN)
            continue;
        if (n < MIEN_AGREE_SHOWN)
            n++;
        for (int s = n - 1; s > place; s--)
            top[s] = top[s - 1];
        top[place] = d;
    }
    return n;
}

/* For qsort: the most frequent first. */
static int by_count(const void *a, const void *b)
{
    const mi_run *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
                                : x->label - y->label;
}

/* "sad 2, happy 1"; at most so many as are shown. */
static mien_status name_labels(const mi_ratings *r, int64_t u, char **out,
                               mien_error *err)
{
    int64_t n = r->runs[u + 1] - r->runs[u];
    mi_run *run = mi_alloc((size_t)n + 1, sizeof *run);
    mien_buffer b = {0};
    if (!run)
        return mi_no_memory(err);
    memcpy(run, r->run + r->runs[u], (size_t)n * sizeof *run);
    if (r->level <= MIEN_AGREE_ORDINAL)
        qsort(run, (size_t)n, sizeof *run, by_count);
    for (int64_t i = 0; i < n && i < MIEN_AGREE_SHOWN; i++) {
        mien_buffer_puts(&b, i ? ", " : "");
        if (r->label.n)
            mien_buffer_puts(&b, r->label.text[run[i].label]);
        else
            mien_buffer_printf(&b, "%.6g", r->at[run[i].label]);
        if (r->label.n || run[i].count > 1)
            mien_buffer_printf(&b, r->label.n ? " %d" : " (%d)", run[i].count);
    }
    mien_buffer_puts(&b, n > MIEN_AGREE_SHOWN ? ", ..." : "");
    mien_buffer_put(&b, "", 1);
    *out = b.failed ? NULL : mi_text_copy((const char *)b.data);
    mien_buffer_free(&b);
    mi_free(run);
    return *out ? MIEN_OK : mi_no_memory(err);
}

/* Copies of the texts of the units that differ most. */
static mien_status name_units(const mi_ratings *r, int n, const differing *top,
                              mien_agreement *a, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < n; i++) {
        mien_agree_unit *unit = &a->unit[a->differing++];
        unit->difference = top[i].by;
        unit->name = mi_text_copy(r->unit.text[top[i].unit]);
        st = unit->name ? name_labels(r, top[i].unit, &unit->labels, err)
                        : mi_no_memory(err);
    }
    return st;
}

mien_status mi_agree_differ(const mi_ratings *r, mien_agreement *a,
                            mien_error *err)
{
    mi_agree_work w = mi_agree_work_on(r, r->unit.n);
    differing top[MIEN_AGREE_SHOWN];
    size_t labels = (size_t)r->labels + 1;
    double *count = mi_alloc(labels, 2 * sizeof *count), *at = r->at;
    if (!count)
        return mi_no_memory(err);
    if (r->level == MIEN_AGREE_ORDINAL) {
        at = count + labels;
        mi_agree_counts(&w, NULL, count);
        mi_agree_ranks(r->labels, count, at);
    }
    mien_status st = name_units(r, find_units(r, at, top), top, a, err);
    mi_free(count);
    if (st || r->level > MIEN_AGREE_ORDINAL)
        return st;
    a->coincidence = mi_alloc(labels * labels, sizeof *a->coincidence);
    if (!a->coincidence)
        return mi_no_memory(err);
    count_coincidences(r, a->coincidence);
    find_mixed(r->labels, a->coincidence, a);
    return MIEN_OK;
}
