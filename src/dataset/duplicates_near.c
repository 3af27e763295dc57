/* duplicates_near.c: rows that are alike in all columns but one.
 *
 * The hash of a row is a sum over its columns; less one column's part it is the
 * hash of the rest, and equal rests stand side by side when sorted.  Rows that
 * are equal in all columns are not counted here.  How many pairs chance gives
 * is told by the chance of each column that two rows are equal in it, as if
 * columns were independent; found has to be ten times that.  Columns that
 * depend on each other make more pairs by chance than this says, so tables
 * whose rows are told apart by less than 40 bits beside the one column are
 * passed over. */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "num/sort.h"

#include <math.h>

/* What was found for one column. */
typedef struct near {
    int64_t pairs, first, second; /* rows of the sample */
    int failed;
} near;

typedef struct job {
    const mien_dataset *d;
    uint64_t *sum; /* [rows] */
    near *of;      /* [columns] */
    int64_t rows;
} job;

static uint64_t part_of(const mien_column *c, int64_t row, int column)
{
    uint64_t high = 0, h = 3;
    if (c->number && !isnan(c->number[row]))
        h = mi_hash_number(c->number[row]);
    else if (c->text && c->text[row].n)
        h = mi_hash_text(c->text[row], &high);
    return mi_dataset_mix(h ^ (uint64_t)(column + 1) * 0x9e3779b97f4a7c15);
}

/* Pairs that differ in one column alone. */
static void look(void *arg, int i, int lane)
{
    const job *j = arg;
    near *s = &j->of[i];
    mien_column c = mien_table_column(j->d->sample, i);
    (void)lane;
    mi_sort_pair *pair = mi_alloc_raw((size_t)j->rows, 2 * sizeof *pair);
    s->failed = !pair;
    if (!pair)
        return;
    for (int64_t r = 0; r < j->rows; r++)
        pair[r] = (mi_sort_pair){j->sum[r] - part_of(&c, r, i), r};
    mi_sort_pairs(j->rows, pair, pair + j->rows);
    for (int64_t r = 1; r < j->rows; r++) {
        int64_t a = pair[r - 1].at, b = pair[r].at;
        if (pair[r].key != pair[r - 1].key || j->sum[a] == j->sum[b])
            continue;
        if (!s->pairs++) {
            s->first = a;
            s->second = b;
        }
    }
    mi_free(pair);
}

/* Bits by which two rows are told apart, and those of each column. */
static double bits_of(const mien_dataset *d, double *column)
{
    double all = 0;
    for (int c = 0; c < d->columns; c++) {
        double chance = mi_summary_collision(&d->column[c]);
        column[c] = chance < 1 ? -log2(chance) : 0;
        all += column[c];
    }
    return all;
}

/* A finding about those pairs. */
static void say(mien_dataset *d, int column, const near *s)
{
    int64_t rows = mien_table_rows(d->sample);
    mi_finding *f = mi_finding_new(d, "near", MIEN_WEIGHT_QUESTION,
                                   (double)s->pairs / (double)rows);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, s->pairs, rows);
    mien_buffer_printf(&f->text,
                       "%lld of %lld rows are as another one in all columns "
                       "but this; the first: rows %lld and %lld.",
                       (long long)s->pairs, (long long)rows,
                       (long long)d->place[s->first] + 1,
                       (long long)d->place[s->second] + 1);
    mien_buffer_puts(&f->advice,
                     column == d->label
                         ? "The same row has two labels: one of them is "
                           "wrong, or what tells them apart was not measured."
                         : "The same case may be there twice, with a new "
                           "number or time: keep such rows on one side of a "
                           "split.");
}

mien_status mi_near_duplicates(mien_dataset *d, mien_error *err)
{
    int64_t rows = mien_table_rows(d->sample);
    job j = {d, mi_alloc((size_t)rows + 1, sizeof *j.sum),
             mi_alloc((size_t)d->columns + 1, sizeof *j.of), rows};
    double *bits = mi_alloc((size_t)d->columns + 1, sizeof *bits);
    int failed = !j.sum || !j.of || !bits;
    for (int c = 0; !failed && c < d->columns; c++) {
        mien_column is = mien_table_column(d->sample, c);
        for (int64_t r = 0; r < rows; r++)
            j.sum[r] += part_of(&is, r, c);
    }
    double all = failed ? 0 : bits_of(d, bits);
    if (!failed && d->columns > 2)
        mi_pool_run(d->o.csv.pool, d->columns, look, &j);
    for (int c = 0; !failed && c < d->columns; c++) {
        double rest = all - bits[c], n = (double)rows;
        double chance = n * n / 2 * exp2(-rest);
        failed |= j.of[c].failed;
        if (rest >= 40 && j.of[c].pairs >= 3 &&
            (double)j.of[c].pairs > 10 * chance)
            say(d, c, &j.of[c]);
    }
    mi_free(j.sum);
    mi_free(j.of);
    mi_free(bits);
    return failed || d->failed ? mi_no_memory(err) : MIEN_OK;
}
