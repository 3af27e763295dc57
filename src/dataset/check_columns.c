/* check_columns.c: what the counts of single columns say.
 *
 * Quantiles and the bars of a distribution come from the sample: exact while it
 * is the whole table; else a quantile's rank is wrong by less than
 * sqrt(ln(2 / 0.01) / (2 n)) with 99 % certainty, 0.64 % of 65,536 rows
 * (Dvoretzky, Kiefer, Wolfowitz 1956; Massart 1990). */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>
#include <stdlib.h>

enum { NAMES = 8 };

/* ---- quantiles ----------------------------------------------------------- */

/* Count sorted values between the least and the greatest. */
static void fill_bars(mi_summary *s, int64_t n, const double *sorted)
{
    enum { BARS = sizeof s->bar / sizeof *s->bar };
    double low = sorted[0], high = sorted[n - 1];
    /* a far value would leave one bar: cut at the hundredths, where the rest is
     * more than ten times as wide */
    double q1 = mien_quantile_sorted(n, sorted, .01);
    double q9 = mien_quantile_sorted(n, sorted, .99);
    if (q9 > q1 && high - low > 10 * (q9 - q1)) {
        low = q1;
        high = q9;
    }
    s->bar_from = low;
    s->bar_to = high;
    for (int64_t i = 0; i < n; i++) {
        if (sorted[i] < low || sorted[i] > high)
            continue;
        int at =
            high > low ? (int)((sorted[i] - low) / (high - low) * BARS) : 0;
        s->bar[at < BARS ? at : BARS - 1]++;
    }
}

/* Quantiles of a column of the sample. */
static void find_quantiles(void *arg, int i, int lane)
{
    static const double q[5] = {.05, .25, .5, .75, .95};
    mien_dataset *d = arg;
    mi_summary *s = &d->column[i];
    mien_column c = mien_table_column(d->sample, i);
    int64_t rows = mien_table_rows(d->sample), n = 0;
    (void)lane;
    for (int k = 0; k < 5; k++)
        s->quantile[k] = (double)NAN;
    if (!c.number)
        return;
    double *x = mi_alloc_raw((size_t)rows + 1, sizeof *x);
    for (int64_t r = 0; x && r < rows; r++)
        if (isfinite(c.number[r]))
            x[n++] = c.number[r];
    s->failed |= !x || mien_sort(n, x, x, &n, NULL) != MIEN_OK;
    for (int k = 0; !s->failed && k < 5; k++)
        s->quantile[k] = mien_quantile_sorted(n, x, q[k]);
    if (!s->failed && n)
        fill_bars(s, n, x);
    mi_free(x);
}

/* ---- findings that several columns share ----------------------------------
 */

/* Columns that have one thing in common. */
typedef struct shared {
    mi_finding *f;
    int n;
} shared;

/* Another column of a finding, which is made for the first one. */
static void add_shared(mien_dataset *d, shared *to, const char *check,
                       mien_weight weight, int column)
{
    if (!to->n++)
        to->f = mi_finding_new(d, check, weight, 0);
    /* findings move when others are made: none is, between calls for one */
    if (to->f && to->n <= NAMES)
        mi_finding_column(d, to->f, column);
}

/* Say what the columns have in common: of one column, or of more. */
static void end_shared(mien_dataset *d, shared *of, const char *one,
                       const char *more, const char *advice)
{
    mi_finding *f = of->f;
    if (!f)
        return;
    if (of->n > NAMES)
        mien_buffer_printf(&f->where, " and %d more", of->n - NAMES);
    if (of->n > 1)
        mien_buffer_printf(&f->text, "%d columns %s", of->n, more);
    else
        mien_buffer_puts(&f->text, one);
    mien_buffer_puts(&f->advice, advice);
    mi_finding_count(f, of->n, d->columns);
    f->rank = (double)of->n / d->columns;
}

static int is_constant(const mi_summary *s)
{
    return s->count > 0 && !s->missing && s->values.used == 1 && !s->sketch;
}

static void say_constant(mien_dataset *d)
{
    shared of = {NULL, 0};
    for (int c = 0; c < d->columns && d->rows > 1; c++)
        if (is_constant(&d->column[c]))
            add_shared(d, &of, "constant", MIEN_WEIGHT_QUESTION, c);
    end_shared(d, &of, "It has one value in all rows.",
               "have one value each in all rows.",
               "Drop what says nothing, or find out whether it was measured "
               "at all.");
}

static void say_empty(mien_dataset *d)
{
    shared of = {NULL, 0};
    for (int c = 0; c < d->columns; c++)
        if (!d->column[c].count)
            add_shared(d, &of, "missing", MIEN_WEIGHT_WRONG, c);
    end_shared(d, &of, "No value is there.", "have no value at all.",
               "Drop them, or find out where the values were lost.");
}

/* A column that is a copy of an earlier one. */
static void say_copies(mien_dataset *d)
{
    for (int c = 1; c < d->columns; c++) {
        const mi_summary *s = &d->column[c];
        int of = -1;
        for (int e = 0; e < c && of < 0; e++)
            if (d->column[e].digest == s->digest &&
                d->column[e].count == s->count)
                of = e;
        if (of < 0 || !s->count || is_constant(s))
            continue;
        mi_finding *f =
            mi_finding_new(d, "copy", MIEN_WEIGHT_QUESTION, 1. / d->columns);
        if (!f)
            return;
        mi_finding_column(d, f, c);
        mien_buffer_printf(&f->text, "It holds the values of %s.",
                           d->column[of].name);
        mien_buffer_puts(&f->advice, "Keep one of the two: a copy counts twice "
                                     "in what a model weighs.");
    }
}

/* ---- findings of one column ------------------------------------------------
 */

/* Values that are not there, from one in twenty on. */
static void say_missing(mien_dataset *d, int column)
{
    const mi_summary *s = &d->column[column];
    double share = (double)s->missing / (double)d->rows;
    if (!s->count || share < .05)
        return;
    mi_finding *f = mi_finding_new(
        d, "missing", share < .2 ? MIEN_WEIGHT_NOTE : MIEN_WEIGHT_QUESTION,
        share);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, s->missing, d->rows);
    mi_put_share(&f->text, s->missing, d->rows);
    mien_buffer_puts(&f->text, " values are missing.");
    mien_buffer_puts(&f->advice,
                     "Ask why: values that are missing for a reason are not "
                     "replaced by a mean; --group shows for whom they are.");
}

/* Numbers that are infinite. */
static void say_infinite(mien_dataset *d, int column)
{
    const mi_summary *s = &d->column[column];
    if (!s->infinite)
        return;
    mi_finding *f = mi_finding_new(d, "infinite", MIEN_WEIGHT_WRONG,
                                   (double)s->infinite / (double)s->count);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, s->infinite, s->count);
    mi_put_share(&f->text, s->infinite, s->count);
    mien_buffer_puts(&f->text, " numbers are infinite.");
    mien_buffer_puts(&f->advice, "Most come from a division by zero upstream: "
                                 "mend it there, or make them missing.");
}

/* Few values below zero in a column that is above it, one as far from zero as a
 * quarter of the values are: the tail of a bell that reaches zero is not. */
static void say_negative(mien_dataset *d, int column)
{
    const mi_summary *s = &d->column[column];
    int64_t finite = s->count - s->infinite;
    if (!s->negative || s->negative * 1000 > finite ||
        !(s->quantile[0] > 0
              ? -s->min >= s->quantile[1]
              : s->quantile[0] == 0 && -s->min >= s->quantile[2]))
        return;
    mi_finding *f = mi_finding_new(d, "negative", MIEN_WEIGHT_QUESTION,
                                   (double)s->negative / (double)finite);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, s->negative, finite);
    mi_put_share(&f->text, s->negative, finite);
    mien_buffer_printf(&f->text,
                       " numbers are below zero, down to %.6g; all others are "
                       "not.",
                       s->min);
    mien_buffer_puts(&f->advice, "Can it be below zero? If not, these are "
                                 "errors of sign or marks of something else.");
}

/* Texts among numbers. */
static void say_types(mien_dataset *d, int column)
{
    const mi_summary *s = &d->column[column];
    int64_t texts = s->count - s->numeric;
    if (s->type != MIEN_COLUMN_TEXT || !texts || !s->numeric ||
        s->numeric < s->count / 20 * 19)
        return;
    mi_finding *f = mi_finding_new(d, "type", MIEN_WEIGHT_WRONG,
                                   (double)texts / (double)s->count);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, texts, s->count);
    mien_buffer_puts(&f->text, "Among numbers, ");
    mi_put_share(&f->text, texts, s->count);
    mien_buffer_puts(&f->text, " values are texts");
    if (s->bad_row[0] >= 0)
        mien_buffer_printf(&f->text, "; the first in row %lld",
                           (long long)s->bad_row[0] + 1);
    mien_buffer_puts(&f->text, ".");
    mien_buffer_puts(&f->advice,
                     "Every reader takes the column for texts because of "
                     "them. If they mean that nothing is there, --na names "
                     "them.");
}

/* Texts of another encoding than the others. */
static void say_encoding(mien_dataset *d, int column)
{
    int64_t beyond = 0;
    const mi_summary *s = &d->column[column];
    int64_t n = s->broken + s->doubled;
    if (!n)
        return;
    mi_finding *f = mi_finding_new(d, "encoding", MIEN_WEIGHT_WRONG,
                                   (double)n / (double)s->count);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, n, s->count);
    if (s->broken)
        mien_buffer_printf(&f->text,
                           "%lld texts are no UTF-8, the first in row %lld.",
                           (long long)s->broken, (long long)s->bad_row[1] + 1);
    if (s->doubled)
        mien_buffer_printf(&f->text,
                           "%s%lld texts hold letters that were encoded twice "
                           "(\xc3\x83\xc2\xa9 for \xc3\xa9), the first in row "
                           "%lld.",
                           s->broken ? " " : "", (long long)s->doubled,
                           (long long)s->bad_row[2] + 1);
    for (int c = 0; c < d->columns; c++)
        beyond += d->column[c].beyond;
    mien_buffer_puts(&f->advice,
                     beyond ? "Parts of the file came through programs of "
                              "different encodings: write each part anew as "
                              "UTF-8 from where it was right."
                            : "The whole file seems to have another encoding: "
                              "--encoding cp1252 reads it, if that is it.");
}

/* Texts with blanks at their ends. */
static void say_blanks(mien_dataset *d, int column)
{
    const mi_summary *s = &d->column[column];
    if (!s->blank || s->blank > s->count / 2)
        return;
    mi_finding *f = mi_finding_new(d, "blanks", MIEN_WEIGHT_QUESTION,
                                   (double)s->blank / (double)s->count);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, s->blank, s->count);
    mi_put_share(&f->text, s->blank, s->count);
    mien_buffer_puts(&f->text, " texts begin or end with a blank.");
    mien_buffer_puts(&f->advice, "Take the blanks off: with them the same "
                                 "word is another value.");
}

mien_status mi_check_columns(mien_dataset *d, mien_error *err)
{
    mi_pool_run(d->o.csv.pool, d->columns, find_quantiles, d);
    for (int c = 0; c < d->columns; c++)
        if (d->column[c].failed)
            return mi_no_memory(err);
    say_constant(d);
    say_empty(d);
    say_copies(d);
    for (int c = 0; c < d->columns; c++) {
        say_missing(d, c);
        say_infinite(d, c);
        say_types(d, c);
        if (d->column[c].type == MIEN_COLUMN_NUMBER) {
            say_negative(d, c);
            continue;
        }
        say_encoding(d, c);
        say_blanks(d, c);
        mi_check_spelling(d, c);
        mi_check_dates(d, c);
    }
    return d->failed ? mi_no_memory(err) : MIEN_OK;
}
