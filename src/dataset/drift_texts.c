/* drift_texts.c: differences of a column of texts.
 *
 * Texts of both tables are sorted together and counted.  Cramer's V is
 * sqrt(chi-square / n) of the table of two rows and a column a text (H. Cramer
 * 1946), where texts that are expected fewer than five times in either table
 * are one, so that the chance of chi-square holds (W. Cochran, Biometrics 10,
 * 1954). */
#include "dataset/drift.h"

#include "base/alloc.h"
#include "base/error.h"
#include "table/level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SHOWN = 60, DIFFERENT = 20 }; /* all of fewer may be different */
static const double LEAST_EXPECTED = 5;

/* A text of one of the tables. */
typedef struct placed {
    mien_text text;
    int table;
} placed;

/* A text that is counted. */
typedef struct counted {
    mien_text text;
    int64_t count[2];
} counted;

/* For qsort: by their bytes. */
static int by_text(const void *a, const void *b)
{
    return mi_text_compare(((const placed *)a)->text,
                           ((const placed *)b)->text);
}

/* For qsort: the most frequent first, of equal ones by their bytes. */
static int by_count(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    int64_t n = x->count[0] + x->count[1], m = y->count[0] + y->count[1];
    return n != m ? (n < m) - (n > m) : mi_text_compare(x->text, y->text);
}

/* Count the texts of both tables, the most frequent first. */
static mien_status count_texts(const mi_drift_pair *p, counted **out,
                               int64_t *count, mien_error *err)
{
    size_t room = (size_t)(p->rows[0] + p->rows[1]) + 1;
    placed *all = mi_alloc_raw(room, sizeof *all);
    counted *of = mi_alloc(room, sizeof *of);
    int64_t n = 0, k = 0;
    if (!all || !of) {
        mi_free(all);
        mi_free(of);
        return mi_no_memory(err);
    }
    for (int s = 0; s < 2; s++)
        for (int64_t i = 0; i < p->rows[s]; i++)
            if (p->column[s].text[i].n)
                all[n++] = (placed){p->column[s].text[i], s};
    qsort(all, (size_t)n, sizeof *all, by_text);
    for (int64_t i = 0; i < n; i++) {
        if (!k || mi_text_compare(of[k - 1].text, all[i].text) != 0)
            of[k++].text = all[i].text;
        of[k - 1].count[all[i].table]++;
    }
    mi_free(all);
    qsort(of, (size_t)k, sizeof *of, by_count);
    *out = of;
    *count = k;
    return MIEN_OK;
}

/* As many bytes of a text as are asked for, not in the middle of a character.
 */
static size_t cut(mien_text text, size_t most)
{
    size_t n = text.n < most ? text.n : most;
    while (n && n < text.n && ((unsigned char)text.at[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* Texts that one table alone has. */
static mien_status only_in(int s, int64_t n, const counted *of,
                           mien_drift_texts *out, mien_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        if (!of[i].count[s] || of[i].count[1 - s])
            continue;
        out->count++;
        out->rows += of[i].count[s];
        if (out->shown == MIEN_DRIFT_TEXTS)
            continue;
        size_t length = cut(of[i].text, TEXT_SHOWN);
        char *copy = mi_alloc(length + 1, 1);
        if (!copy)
            return mi_no_memory(err);
        memcpy(copy, of[i].text.at, length);
        out->text[out->shown++] = copy;
    }
    return MIEN_OK;
}

/* Chi-square of two rows of cells; k: its degrees of freedom. */
static double chi_square(const mi_drift_cell *cell, int n, const int64_t all[2],
                         double *k)
{
    double x = 0, rare[2] = {0}, total = (double)(all[0] + all[1]);
    double fewer = (double)(all[0] < all[1] ? all[0] : all[1]);
    int kept = 0;
    for (int i = 0; i <= n; i++) {
        const double *got = i < n ? cell[i].count : rare;
        double both = got[0] + got[1];
        if (i < n && both * fewer / total < LEAST_EXPECTED) {
            rare[0] += got[0];
            rare[1] += got[1];
            continue;
        }
        for (int s = 0; both > 0 && s < 2; s++) {
            double want = both * (double)all[s] / total;
            x += (got[s] - want) * (got[s] - want) / want;
        }
        kept += both > 0;
    }
    *k = kept - 1;
    return x;
}

/* Counted texts as cells, those past the most in the last. */
static int make_cells(int64_t n, const counted *of, mi_drift_cell *cell)
{
    int k = 0;
    for (int64_t i = 0; i < n; i++) {
        if (k < MI_DRIFT_CELLS)
            cell[k++] = (mi_drift_cell){0};
        cell[k - 1].count[0] += (double)of[i].count[0];
        cell[k - 1].count[1] += (double)of[i].count[1];
    }
    return k;
}

/* The most frequent texts, and the others together. */
static void make_parts(int64_t n, const counted *of, mien_drift_column *c)
{
    for (int64_t i = 0; i < n; i++) {
        int own = i + 1 < MIEN_DRIFT_PARTS || n == MIEN_DRIFT_PARTS;
        mien_drift_part *p = &c->part[own ? i : MIEN_DRIFT_PARTS - 1];
        if (own)
            memcpy(p->label, of[i].text.at,
                   cut(of[i].text, sizeof p->label - 1));
        c->parts = own ? (int)i + 1 : MIEN_DRIFT_PARTS;
        for (int s = 0; s < 2; s++)
            p->share[s] += (double)of[i].count[s] / (double)c->values[s];
    }
}

/* What the counts tell; nearly all different: nothing. */
static mien_status compare_counts(const mi_drift_pair *p, int64_t n,
                                  const counted *of, mien_drift_column *c,
                                  mien_error *err)
{
    double freedom = 0, apart = 0;
    const int64_t *all = c->values;
    mi_drift_cell *cell = mi_alloc(MI_DRIFT_CELLS + 1, sizeof *cell);
    if (!cell)
        return mi_no_memory(err);
    int cells = make_cells(n, of, cell);
    make_parts(n, of, c);
    for (int64_t i = 0; i < n; i++) {
        double before = (double)of[i].count[0], now = (double)of[i].count[1];
        double b = (before + 0.5) / ((double)all[0] + 0.5 * (double)n);
        double q = (now + 0.5) / ((double)all[1] + 0.5 * (double)n);
        apart += fabs(now / (double)all[1] - before / (double)all[0]);
        c->stability += (q - b) * log(q / b);
    }
    c->distance.value = apart / 2;
    double x = chi_square(cell, cells, all, &freedom);
    c->association = sqrt(x / (double)(all[0] + all[1]));
    c->p = freedom > 0 ? mi_drift_chi_p(x, freedom) : 1;
    mien_status st = mi_drift_intervals(p, cells, cell, 0, 1, c, err);
    mi_free(cell);
    return st;
}

mien_status mi_drift_texts(const mi_drift_pair *p, mien_drift_column *c,
                           mien_error *err)
{
    counted *of = NULL;
    int64_t n = 0;
    mien_status st = count_texts(p, &of, &n, err);
    if (st)
        return st;
    c->stability = 0;
    int64_t all = c->values[0] + c->values[1];
    if (n > all / 2 && n > DIFFERENT)
        c->why = "nearly all texts are different";
    if (!*c->why)
        st = only_in(1, n, of, &c->fresh, err);
    if (!st && !*c->why)
        st = only_in(0, n, of, &c->gone, err);
    if (!st && !*c->why && c->values[0] && c->values[1])
        st = compare_counts(p, n, of, c, err);
    mi_free(of);
    return st;
}
