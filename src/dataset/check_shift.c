/* check_shift.c: columns whose end is not as their beginning.
 *
 * The first third of the sample, in the order of the file, against the last.
 * Numbers: the distance of Kolmogorov and Smirnov, the largest difference of
 * the two shares below a value; texts: half the sum of differences of the
 * shares of values (total variation).  Missing values count as one more value.
 * A shift is told where the distance is 0.1 and more and, over all columns,
 * larger than chance makes it once in a hundred tables (numbers: Smirnov 1948,
 * p = 2 exp(-2 D^2 m n / (m + n)); texts: chi-square with Wilson's and
 * Hilferty's root).  The population stability index, sum (p - q) ln(p / q) over
 * tenths of the first third, is told beside it (Siddiqi, Credit Risk
 * Scorecards, 2006: 0.25 and more is a large shift).  Columns that only rise or
 * only fall are orders of the file, and no shift.
 *
 * Neighbours.  Rows that follow each other and are alike (correlation of a
 * column with itself one row on) make near copies of test rows in training when
 * a split is random; told where a column has 0.3 and more, by six standard
 * errors 1 / sqrt(pairs), and a quarter of the columns of numbers do.
 *
 * Where: the row at which the sum of what is above the median, less the share
 * that should be, is largest (Pettitt, Applied Statistics 28, 1979). */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>
#include <stdlib.h>

enum { LEVELS = 64, LEAST = 90, TENTHS = 10, SHOWN = 5 };

typedef struct shift {
    double distance, chance, psi;
    double before, after; /* numbers: medians; else share missing */
    int64_t at;           /* the row where it changes, from 0 */
    double neighbours;    /* correlation with the next row; NaN: unknown */
    int by_missing, told, failed;
} shift;

typedef struct job {
    mien_dataset *d;
    shift *of; /* [columns] */
} job;

/* Numbers of rows from..to, sorted; how many. */
static int64_t sorted_part(const mien_column *c, int64_t from, int64_t to,
                           double *out, int *failed)
{
    int64_t n = 0;
    for (int64_t i = from; i < to; i++)
        if (!isnan(c->number[i]))
            out[n++] = c->number[i];
    *failed |= mien_sort(n, out, out, &n, NULL) != MIEN_OK;
    return n;
}

/* The largest difference of the shares below a value. */
static double ks_distance(int64_t m, const double *a, int64_t n,
                          const double *b)
{
    double most = 0;
    int64_t i = 0, k = 0;
    while (i < m && k < n) {
        double v = a[i] < b[k] ? a[i] : b[k];
        while (i < m && a[i] <= v)
            i++;
        while (k < n && b[k] <= v)
            k++;
        double gap = fabs((double)i / (double)m - (double)k / (double)n);
        most = gap > most ? gap : most;
    }
    return most;
}

/* Over tenths of the first part; half a row is added to each. */
static double stability(int64_t m, const double *a, int64_t n, const double *b)
{
    double sum = 0;
    int64_t i = 0, k = 0;
    for (int t = 1; t <= TENTHS; t++) {
        double edge = t < TENTHS
                          ? mien_quantile_sorted(m, a, (double)t / TENTHS)
                          : (double)INFINITY;
        int64_t i0 = i, k0 = k;
        while (i < m && a[i] <= edge)
            i++;
        while (k < n && b[k] <= edge)
            k++;
        if (i == i0 && k == k0)
            continue;
        double p = ((double)(i - i0) + .5) / ((double)m + .5 * TENTHS);
        double q = ((double)(k - k0) + .5) / ((double)n + .5 * TENTHS);
        sum += (p - q) * log(p / q);
    }
    return sum;
}

/* The place where ones and zeros change most. */
static int64_t change_at(int64_t n, const uint8_t *one)
{
    double share = 0, sum = 0, most = -1;
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++)
        share += one[i];
    share /= (double)n;
    for (int64_t i = 0; i + 1 < n; i++) {
        sum += one[i] - share;
        if (fabs(sum) > most) {
            most = fabs(sum);
            at = i + 1;
        }
    }
    return at;
}

/* The chance of a distance between shares p and q or more. */
static double chance_of_shares(double p, int64_t m, double q, int64_t n)
{
    double both = (p * (double)m + q * (double)n) / (double)(m + n);
    double error = sqrt(both * (1 - both) * (1 / (double)m + 1 / (double)n));
    return error > 0 ? erfc(fabs(p - q) / error / sqrt(2)) : 1;
}

/* Are more values missing at the end? */
static int try_missing(shift *s, const mien_column *c, int64_t n, uint8_t *one)
{
    int64_t third = n / 3, first = 0, last = 0;
    for (int64_t i = 0; i < n; i++) {
        one[i] = (uint8_t)(c->number ? isnan(c->number[i]) : c->text[i].n == 0);
        first += i < third && one[i];
        last += i >= n - third && one[i];
    }
    double p = (double)first / (double)third, q = (double)last / (double)third;
    if (fabs(p - q) < .1)
        return 0;
    s->distance = fabs(p - q);
    s->chance = chance_of_shares(p, third, q, third);
    s->before = p;
    s->after = q;
    s->at = change_at(n, one);
    return 1;
}

/* Is the end of a column of numbers as its beginning? */
static void try_numbers(shift *s, const mien_column *c, int64_t n, uint8_t *one)
{
    int64_t third = n / 3;
    double *a = mi_alloc_raw((size_t)n + 1, sizeof *a);
    if (!a) {
        s->failed = 1;
        return;
    }
    double *b = a + third;
    int64_t m = sorted_part(c, 0, third, a, &s->failed);
    int64_t k = sorted_part(c, n - third, n, b, &s->failed);
    if (m >= LEAST / 3 && k >= LEAST / 3) {
        double mk = (double)m * (double)k / (double)(m + k);
        s->distance = ks_distance(m, a, k, b);
        s->chance = 2 * exp(-2 * s->distance * s->distance * mk);
        s->psi = stability(m, a, k, b);
        s->before = mien_quantile_sorted(m, a, .5);
        s->after = mien_quantile_sorted(k, b, .5);
        double middle = (s->before + s->after) / 2;
        if (s->before == s->after) /* of another spread, perhaps */
            middle = mien_quantile_sorted(k, b, .75);
        for (int64_t i = 0; i < n; i++)
            one[i] = c->number[i] > middle;
        s->at = change_at(n, one);
    }
    mi_free(a);
}

/* Shares of the frequent values, all others in the last place. */
static void try_texts(shift *s, const mi_summary *of, const mien_column *c,
                      int64_t n, uint8_t *one)
{
    const mi_value *top[LEVELS];
    int levels = mi_summary_top(of, LEVELS, top), most = 0, used = 0;
    int64_t third = n / 3;
    double first[LEVELS + 1] = {0}, last[LEVELS + 1] = {0}, chi = 0, gap = 0;
    for (int64_t i = 0; i < n; i++) {
        uint64_t high = 0, hash = mi_hash_text(c->text[i], &high);
        int k = 0;
        while (k < levels && top[k]->hash != hash)
            k++;
        one[i] = (uint8_t)k;
        first[k] += i < third;
        last[k] += i >= n - third;
    }
    for (int k = 0; k <= levels; k++) {
        double d = first[k] - last[k], sum = first[k] + last[k];
        gap += fabs(d) / 2 / (double)third;
        chi += sum > 0 ? d * d / sum : 0;
        used += sum > 0;
        most = fabs(d) > fabs(first[most] - last[most]) ? k : most;
    }
    double df = used > 1 ? used - 1 : 1;
    double z = (cbrt(chi / df) - 1 + 2 / (9 * df)) / sqrt(2 / (9 * df));
    s->distance = gap;
    s->chance = .5 * erfc(z / sqrt(2));
    s->before = first[most] / (double)third;
    s->after = last[most] / (double)third;
    for (int64_t i = 0; i < n; i++)
        one[i] = one[i] == most;
    s->at = change_at(n, one);
}

/* How a column goes together with itself, one row of the file on. */
static double correlate_neighbours(const mien_dataset *d, const double *x,
                                   int64_t n, int *failed)
{
    double r = (double)NAN, *a = mi_alloc_raw((size_t)n, 2 * sizeof *a);
    int64_t pairs = 0;
    *failed |= !a;
    for (int64_t i = 0; a && i + 1 < n; i++) {
        if (d->place[i + 1] != d->place[i] + 1 || !isfinite(x[i]) ||
            !isfinite(x[i + 1]))
            continue;
        a[pairs] = x[i];
        a[n + pairs++] = x[i + 1];
    }
    if (a && pairs >= LEAST)
        r = mien_pearson(pairs, a, a + n);
    mi_free(a);
    return r >= .3 && r * sqrt((double)pairs) > 6 ? r : (double)NAN;
}

/* All of it for one column. */
static void look(void *arg, int i, int lane)
{
    const job *j = arg;
    shift *s = &j->of[i];
    mien_column c = mien_table_column(j->d->sample, i);
    const mi_summary *of = &j->d->column[i];
    int64_t n = mien_table_rows(j->d->sample);
    (void)lane;
    s->chance = 1;
    s->neighbours = (double)NAN;
    if (c.number && n >= LEAST && i != j->d->label && !of->rises && !of->falls)
        s->neighbours = correlate_neighbours(j->d, c.number, n, &s->failed);
    if (n < LEAST || (c.number && (of->rises || of->falls)))
        return;
    uint8_t *one = mi_alloc_raw((size_t)n, 1);
    if (!one)
        s->failed = 1;
    else if (try_missing(s, &c, n, one))
        s->by_missing = 1;
    else if (c.number)
        try_numbers(s, &c, n, one);
    else if (!of->sketch && (int64_t)of->values.used * 5 <= of->count &&
             !mi_is_dates(j->d, i))
        try_texts(s, of, &c, n, one);
    mi_free(one);
}

static int is_shift(const mien_dataset *d, const shift *s)
{
    return s->distance >= .1 && s->chance * d->columns <= .01;
}

/* A finding about one column that shifts. */
static void say(mien_dataset *d, int column, const shift *s)
{
    int texts = d->column[column].type == MIEN_COLUMN_TEXT;
    mi_finding *f =
        mi_finding_new(d, "shift", MIEN_WEIGHT_QUESTION, s->distance);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_size(f, s->distance,
                    texts || s->by_missing ? "difference of shares"
                                           : "Kolmogorov-Smirnov distance");
    mien_buffer_puts(&f->text, "The last third of the file is not as the "
                               "first: ");
    if (s->by_missing)
        mien_buffer_printf(&f->text, "%.1f %% missing, then %.1f %%",
                           100 * s->before, 100 * s->after);
    else if (texts)
        mien_buffer_printf(&f->text,
                           "values have other shares by %.1f %%, one %.1f %% "
                           "and then %.1f %%",
                           100 * s->distance, 100 * s->before, 100 * s->after);
    else
        mien_buffer_printf(&f->text,
                           "median %.4g, then %.4g (distance %.2f, stability "
                           "index %.2f)",
                           s->before, s->after, s->distance, s->psi);
    mien_buffer_printf(&f->text, "; most of it near row %lld.",
                       (long long)d->place[s->at] + 1);
    mien_buffer_puts(&f->advice,
                     column == d->label
                         ? "The label's rate changes along the file: split in "
                           "this order (mien table split --time), or a random "
                           "test tells of a past that will not come again."
                         : "Ask what happened there: another source, machine, "
                           "unit or rule. Split in this order to see what a "
                           "model is worth afterwards.");
}

/* The columns that shift most, one by one, the label in any case; all others
 * together. */
static void say_shifts(mien_dataset *d, shift *of)
{
    int64_t all = 0;
    double least = 0;
    for (int c = 0; c < d->columns; c++)
        all += is_shift(d, &of[c]);
    /* the distance that SHOWN columns have */
    for (int k = 0; k < SHOWN && all > SHOWN; k++) {
        double below = k ? least : 2;
        least = 0;
        for (int c = 0; c < d->columns; c++)
            if (is_shift(d, &of[c]) && of[c].distance < below)
                least = fmax(least, of[c].distance);
    }
    int shown = 0, rest = 0;
    for (int c = 0; c < d->columns; c++) {
        of[c].told = is_shift(d, &of[c]) && of[c].distance >= least &&
                     (shown++ < SHOWN || c == d->label);
        if (of[c].told)
            say(d, c, &of[c]);
    }
    if (all <= SHOWN)
        return;
    mi_finding *f =
        mi_finding_new(d, "shift", MIEN_WEIGHT_QUESTION, least - 1e-6);
    if (!f)
        return;
    for (int c = 0; c < d->columns; c++)
        if (is_shift(d, &of[c]) && !of[c].told && rest++ < 12)
            mi_finding_column(d, f, c);
    if (rest > 12)
        mien_buffer_printf(&f->where, " and %d more", rest - 12);
    mi_finding_count(f, all, d->columns);
    mien_buffer_printf(&f->text,
                       "%lld of %d columns change along the file, these less "
                       "than the ones above.",
                       (long long)all, d->columns);
    mien_buffer_puts(&f->advice, "The file is of several times or sources: a "
                                 "test of random rows asks about the past "
                                 "only.");
}

/* A finding about rows that are like the ones before. */
static void say_neighbours(mien_dataset *d, const shift *of)
{
    int64_t n = 0, numbers = 0;
    int most = -1;
    for (int c = 0; c < d->columns; c++) {
        numbers += d->column[c].type == MIEN_COLUMN_NUMBER;
        if (isnan(of[c].neighbours))
            continue;
        n++;
        if (most < 0 || of[c].neighbours > of[most].neighbours)
            most = c;
    }
    mi_finding *f = n && n * 4 >= numbers
                        ? mi_finding_new(d, "neighbours", MIEN_WEIGHT_QUESTION,
                                         1 + (double)n / d->columns)
                        : NULL;
    if (!f)
        return;
    mi_finding_column(d, f, most);
    if (n > 1)
        mien_buffer_printf(&f->where, " and %lld more", (long long)n - 1);
    mi_finding_count(f, n, d->columns);
    mi_finding_size(f, of[most].neighbours, "correlation with the next row");
    mien_buffer_printf(&f->text,
                       "In %lld of %d columns a row is like the one before it "
                       "(correlation up to %.2f): in a random split most test "
                       "rows have a near copy in training.",
                       (long long)n, d->columns, of[most].neighbours);
    mien_buffer_puts(&f->advice,
                     "Split in this order, with rows left out between the "
                     "parts (mien table split --time COLUMN --purge N).");
}

mien_status mi_check_shift(mien_dataset *d, mien_error *err)
{
    int failed = 0;
    job j = {d, mi_alloc((size_t)d->columns + 1, sizeof *j.of)};
    if (!j.of)
        return mi_no_memory(err);
    mi_pool_run(d->o.csv.pool, d->columns, look, &j);
    for (int c = 0; c < d->columns; c++)
        failed |= j.of[c].failed;
    say_shifts(d, j.of);
    say_neighbours(d, j.of);
    mi_free(j.of);
    return failed || d->failed ? mi_no_memory(err) : MIEN_OK;
}
