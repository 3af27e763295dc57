/* agree_consensus.c: one label a unit, as a table. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

static const double no = (double)NAN;

enum { MOST_COLUMNS = 5 };

/* A table being made, of the units that have labels. */
typedef struct making {
    const mi_ratings *r;
    int64_t rows;
    mien_text *text;  /* [3, rows] unit, label, tied */
    double *number;   /* [4, rows] */
    mien_buffer tied; /* names of labels that are tied, apart by bars */
} making;

/* Of names: the most frequent label, its share, and what is as frequent.  Where
 * the names of tied labels lie is filled in when all are there: n alone now. */
static void choose(making *m, int64_t row, int64_t u)
{
    const mi_ratings *r = m->r;
    double all = (double)mi_ratings_of(r, u);
    int32_t most = 0, tied = 0, label = 0;
    for (int64_t i = r->runs[u]; i < r->runs[u + 1]; i++) {
        const mi_run *run = &r->run[i];
        if (run->count > most) {
            most = run->count;
            label = run->label;
            tied = 1;
        } else if (run->count == most) {
            tied++;
        }
    }
    const char *name = tied == 1 ? r->label.text[label] : "";
    size_t before = m->tied.n;
    m->text[m->rows + row] = (mien_text){name, strlen(name)};
    m->number[row] = most / all;
    m->number[m->rows + row] = all;
    for (int64_t i = r->runs[u]; tied > 1 && i < r->runs[u + 1]; i++)
        if (r->run[i].count == most) {
            mien_buffer_puts(&m->tied, m->tied.n > before ? "|" : "");
            mien_buffer_puts(&m->tied, r->label.text[r->run[i].label]);
        }
    m->text[2 * m->rows + row].n = m->tied.n - before;
}

/* Of numbers: mean, median, deviation, how many. */
static void average(making *m, int64_t row, int64_t u)
{
    const mi_ratings *r = m->r;
    const mi_entry *e = r->entry + r->start[u];
    int64_t n = mi_ratings_of(r, u);
    double mean = 0, squares = 0;
    for (int64_t i = 0; i < n; i++)
        mean += e[i].number / (double)n;
    for (int64_t i = 0; i < n; i++)
        squares += (e[i].number - mean) * (e[i].number - mean);
    double number[] = {mean, (e[(n - 1) / 2].number + e[n / 2].number) / 2,
                       n > 1 ? sqrt(squares / (double)(n - 1)) : no, (double)n};
    for (int k = 0; k < 4; k++)
        m->number[k * m->rows + row] = number[k];
}

/* The columns of what was made. */
static int list_columns(const making *m, mien_column c[MOST_COLUMNS])
{
    static const char *const measured[] = {"mean", "median", "deviation",
                                           "labels"};
    const mien_column text = {.type = MIEN_COLUMN_TEXT};
    const mien_column number = {.type = MIEN_COLUMN_NUMBER};
    int names = m->r->level <= MIEN_AGREE_ORDINAL;
    for (int i = 0; i < MOST_COLUMNS; i++)
        c[i] = i == 0 || (names && (i == 1 || i == 4)) ? text : number;
    c[0].name = "unit";
    c[0].text = m->text;
    for (int k = 0; !names && k < 4; k++) {
        c[k + 1].name = measured[k];
        c[k + 1].number = m->number + k * m->rows;
    }
    if (!names)
        return MOST_COLUMNS;
    c[1].name = "label";
    c[1].text = m->text + m->rows;
    c[2].name = "share";
    c[2].number = m->number;
    c[3].name = "labels";
    c[3].number = m->number + m->rows;
    c[4].name = "tied";
    c[4].text = m->text + 2 * m->rows;
    return MOST_COLUMNS;
}

/* Let the texts of ties begin where they lie. */
static void place_ties(making *m)
{
    const char *at = m->tied.n ? (const char *)m->tied.data : "";
    for (int64_t i = 0; i < m->rows; i++) {
        mien_text *t = &m->text[2 * m->rows + i];
        t->at = at;
        at += t->n;
    }
}

mien_status mien_agreement_consensus(const mien_agreement *a, mien_table **out,
                                     mien_error *err)
{
    const mi_ratings *r = a->ratings;
    making m = {.r = r, .rows = a->units};
    mien_column c[MOST_COLUMNS];
    int64_t row = 0;
    m.text = mi_alloc((size_t)m.rows + 1, 3 * sizeof *m.text);
    m.number = mi_alloc((size_t)m.rows + 1, 4 * sizeof *m.number);
    mien_status st = m.text && m.number ? MIEN_OK : mi_no_memory(err);
    for (int64_t u = 0; !st && u < r->unit.n; u++) {
        if (!mi_ratings_of(r, u))
            continue;
        m.text[row] = (mien_text){r->unit.text[u], strlen(r->unit.text[u])};
        if (r->level <= MIEN_AGREE_ORDINAL)
            choose(&m, row, u);
        else
            average(&m, row, u);
        row++;
    }
    if (!st && m.tied.failed)
        st = mi_no_memory(err);
    if (!st) {
        place_ties(&m);
        st = mien_table_new(m.rows, list_columns(&m, c), c, out, err);
    }
    mi_free(m.text);
    mi_free(m.number);
    mien_buffer_free(&m.tied);
    return st;
}
