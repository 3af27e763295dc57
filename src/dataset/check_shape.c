/* check_shape.c: numbers that were rounded, units that were mixed, numbers that
 * mean "not there".
 *
 * Heaping.  Of a smooth distribution of whole numbers a multiple of m has a
 * share 1 / m of what lies within m / 2 of it.  What multiples have, over what
 * their neighbourhoods give them, is Whipple's index over 100 (United Nations,
 * Methods of appraisal of quality of basic data, 1955), without the
 * neighbourhood of zero.  It is told from 1.5 on, with six standard errors.
 *
 * Units.  Logarithms of a column in two units are the same distribution twice,
 * log r apart.  The cut that parts them best (Otsu, IEEE Trans. SMC 9, 1979),
 * or the widest gap, has to leave two parts that are apart (Ashman's D > 3.6;
 * Ashman, Bird, Zepf, Astron. J. 108, 1994), of like spread, with medians whose
 * ratio is that of a pair of units.  And there has to be a valley: in a window
 * as wide as the smaller part's deviation, somewhere between the medians, less
 * than three tenths of what the same window has at that part's median, ten
 * values at least.  A tail, which falls all the way, has none.
 *
 * Sentinels.  99, 999, 9999, .. with either sign, as the least or greatest
 * value, three times at least, further from the rest than the rest is wide. */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>

/* What was found in one column. */
typedef struct shape {
    int64_t n;
    int heap; /* multiples of it; 0: none */
    double heap_share, heap_ratio, heap_size;
    const char *units; /* NULL: one unit */
    double ratio, low, high;
    int64_t fewer; /* values of the smaller part */
    int fewer_high;
    double sentinel;
    int64_t sentinels;
    int failed;
} shape;

typedef struct job {
    mien_dataset *d;
    shape *of; /* [columns] */
} job;

static const struct {
    double ratio;
    const char *units;
} pairs[] = {
    {1000, "a unit and its thousandth"},
    {100, "a unit and its hundredth"},
    {60, "minutes and hours, or seconds and minutes"},
    {30.48, "feet and centimetres"},
    {28.3495, "ounces and grams"},
    {25.4, "inches and millimetres"},
    {24, "days and hours"},
    {12, "years and months, or feet and inches"},
    {10, "a decimal place"},
    {7, "weeks and days"},
    {4.184, "calories and joules"},
    {3.78541, "gallons and litres"},
    {3.28084, "metres and feet"},
    {2.54, "inches and centimetres"},
    {2.20462, "kilograms and pounds"},
    {1.609344, "miles and kilometres"},
};

/* ---- heaping ------------------------------------------------------------- */

/* How many of the sorted values are below v. */
static int64_t below(int64_t n, const double *x, double v)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (x[middle] < v)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What multiples of m have, and should have: a value is near one of them, and
 * of those near a multiple one in m should be on it.  Zero is left out, with
 * what is near it: "none" is no rounded number. */
static void count_multiples(int64_t n, const double *x, int m, double *has,
                            double *should)
{
    *has = *should = 0;
    for (int64_t i = 0; i < n; i++) {
        double near = m * rint(x[i] / m);
        *has += near == x[i] && near != 0;
        *should += near != 0;
    }
    *should /= m;
}

/* The multiples that are most in excess. */
static void find_heaps(shape *s, int64_t n, const double *x)
{
    static const int multiple[] = {5, 10, 50, 100, 1000};
    int64_t distinct = 0;
    double most = 0;
    for (int64_t i = 0; i < n; i++)
        distinct += i == 0 || x[i] != x[i - 1];
    for (int k = 0; k < 5 && distinct >= 20; k++) {
        int m = multiple[k];
        double has, should;
        if (x[n - 1] - x[0] < 4. * m)
            break;
        count_multiples(n, x, m, &has, &should);
        double error = sqrt(should * (1 - 1. / m));
        if (should < 5 || has < 1.5 * should || has - should < 6 * error ||
            has - should <= most || has > .995 * (double)n)
            continue;
        most = has - should;
        s->heap = m;
        s->heap_share = has / (double)n;
        s->heap_ratio = has / should;
        s->heap_size = should / (double)n;
    }
}

/* ---- units --------------------------------------------------------------- */

typedef struct part {
    double mean, deviation, median;
} part;

/* Of sums of x and x^2 in sorted logarithms. */
static part part_of(const double *sum, const double *square, const double *x,
                    int64_t from, int64_t to)
{
    double n = (double)(to - from);
    double mean = (sum[to] - sum[from]) / n;
    double variance = (square[to] - square[from]) / n - mean * mean;
    return (part){mean, sqrt(variance > 0 ? variance : 0),
                  mien_quantile_sorted(to - from, x + from, .5)};
}

/* The cut with the least variance inside its two parts, and the widest gap. */
static void find_cuts(int64_t n, const double *x, const double *sum,
                      int64_t least, int64_t cut[2])
{
    double best = -1, gap = -1;
    for (int64_t i = least; i <= n - least; i++) {
        double a = (double)i, b = (double)(n - i);
        double apart = sum[i] / a - (sum[n] - sum[i]) / b;
        double between = a * b * apart * apart;
        if (between > best) {
            best = between;
            cut[0] = i;
        }
        if (x[i] - x[i - 1] > gap) {
            gap = x[i] - x[i - 1];
            cut[1] = i;
        }
    }
}

static double smaller(double a, double b) { return a < b ? a : b; }

/* Is there a valley between two parts of sorted values? */
static int has_valley(int64_t n, const double *x, const part *few,
                      const part *many)
{
    enum { STEPS = 64 };
    double wide = few->deviation, apart = many->median - few->median;
    int64_t there = below(n, x, few->median + wide / 2) -
                    below(n, x, few->median - wide / 2);
    int64_t least = there;
    for (int k = 1; k < STEPS; k++) {
        double at = few->median + apart * k / STEPS;
        int64_t here = below(n, x, at + wide / 2) - below(n, x, at - wide / 2);
        least = here < least ? here : least;
    }
    return there >= 10 && (double)least < .3 * (double)there;
}

/* Is the cut one between two units? */
static int try_cut(shape *s, int64_t n, const double *x, const double *sum,
                   const double *square, int64_t cut)
{
    part a = part_of(sum, square, x, 0, cut);
    part b = part_of(sum, square, x, cut, n);
    double spread = sqrt(a.deviation * a.deviation + b.deviation * b.deviation);
    double apart = b.median - a.median;
    if (!(apart * sqrt(2) > 3.6 * spread) || a.deviation > 1.7 * b.deviation ||
        b.deviation > 1.7 * a.deviation ||
        !has_valley(n, x, cut < n - cut ? &a : &b, cut < n - cut ? &b : &a))
        return 0;
    double error = 1.25 * sqrt(a.deviation * a.deviation / (double)cut +
                               b.deviation * b.deviation / (double)(n - cut));
    double within = smaller(.01 + 3 * error, .06);
    double low = exp(a.median), high = exp(b.median);
    s->fewer_high = n - cut < cut;
    s->fewer = s->fewer_high ? n - cut : cut;
    s->low = low;
    s->high = high;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (fabs(apart - log(pairs[i].ratio)) <= within) {
            s->units = pairs[i].units;
            s->ratio = pairs[i].ratio;
            return 1;
        }
    if (low < 60 && fabs(high - (1.8 * low + 32)) <= within * high) {
        s->units = "degrees Celsius and Fahrenheit";
        s->ratio = 1.8;
    }
    return s->units != NULL;
}

/* Are sorted numbers two heaps, a pair of units apart? */
static void find_units(shape *s, int64_t n, const double *sorted)
{
    int64_t from = below(n, sorted, 5e-324), count = n - from;
    int64_t least = count / 200 > 8 ? count / 200 : 8, cut[2] = {0, 0};
    if (count < 50 || from * 100 > n)
        return;
    double *x = mi_alloc_raw(3 * (size_t)count + 2, sizeof *x);
    if (!x) {
        s->failed = 1;
        return;
    }
    double *sum = x + count, *square = sum + count + 1;
    sum[0] = square[0] = 0;
    for (int64_t i = 0; i < count; i++) {
        x[i] = log(sorted[from + i]);
        sum[i + 1] = sum[i] + x[i];
        square[i + 1] = square[i] + x[i] * x[i];
    }
    find_cuts(count, x, sum, least, cut);
    if (!try_cut(s, count, x, sum, square, cut[0]))
        try_cut(s, count, x, sum, square, cut[1]);
    mi_free(x);
}

/* ---- sentinels ----------------------------------------------------------- */

static int is_nines(double v)
{
    int64_t nines = 99;
    while (nines < 9999999999 && fabs(v) > (double)nines)
        nines = nines * 10 + 9;
    return fabs(v) == (double)nines;
}

/* Nines at either end, far from the rest. */
static void find_sentinel(shape *s, int64_t n, const double *x)
{
    for (int top = 0; top < 2; top++) {
        double v = top ? x[n - 1] : x[0];
        int64_t from = below(n, x, v), to = n;
        while (!top && from < n && x[from] == v)
            from++;
        int64_t count = top ? n - from : from;
        if (top)
            to = from, from = 0;
        if (!is_nines(v) || count < 3 || to - from < 10 || count > n / 2)
            continue;
        double wide = x[to - 1] - x[from];
        double far = top ? v - x[to - 1] : x[from] - v;
        if (far > wide) {
            s->sentinel = v;
            s->sentinels = count;
        }
    }
}

/* ---- all of it ----------------------------------------------------------- */

/* All of it for one column. */
static void look(void *arg, int i, int lane)
{
    const job *j = arg;
    shape *s = &j->of[i];
    mien_column c = mien_table_column(j->d->sample, i);
    int64_t rows = mien_table_rows(j->d->sample), n = 0, whole = 0;
    (void)lane;
    if (!c.number || i == j->d->label)
        return;
    double *x = mi_alloc_raw((size_t)rows + 1, sizeof *x);
    for (int64_t r = 0; x && r < rows; r++)
        if (isfinite(c.number[r])) {
            x[n++] = c.number[r];
            whole +=
                fabs(c.number[r]) < 1e9 && rint(c.number[r]) == c.number[r];
        }
    s->failed = !x || mien_sort(n, x, x, &n, NULL) != MIEN_OK;
    s->n = n;
    if (!s->failed && n >= 50) {
        find_sentinel(s, n, x);
        find_units(s, n, x);
        if (whole == n)
            find_heaps(s, n, x);
    }
    mi_free(x);
}

/* A finding about rounded numbers. */
static void say_heaps(mien_dataset *d, int column, const shape *s)
{
    mi_finding *f = s->heap ? mi_finding_new(d, "heaping", MIEN_WEIGHT_QUESTION,
                                             s->heap_share - s->heap_size)
                            : NULL;
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, (int64_t)(s->heap_share * (double)s->n + .5), s->n);
    mi_finding_size(f, s->heap_ratio, "times what neighbours give");
    mien_buffer_printf(&f->text,
                       "%.1f %% of the values are multiples of %d, %.1f times "
                       "what their neighbours give: numbers were rounded or "
                       "guessed.",
                       100 * s->heap_share, s->heap, s->heap_ratio);
    mien_buffer_puts(&f->advice, "Do not trust differences below the rounding; "
                                 "ask how it was measured, and of whom.");
}

/* A finding about two units. */
static void say_units(mien_dataset *d, int column, const shape *s)
{
    mi_finding *f = s->units ? mi_finding_new(d, "units", MIEN_WEIGHT_WRONG,
                                              (double)s->fewer / (double)s->n)
                             : NULL;
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, s->fewer, s->n);
    mi_finding_size(f, s->high / s->low, "ratio of the medians");
    mien_buffer_printf(
        &f->text,
        "The values are two heaps of one form, around %.4g and %.4g, as if in "
        "two units: %s. ",
        s->low, s->high, s->units);
    mi_put_share(&f->text, s->fewer, s->n);
    mien_buffer_printf(&f->text, " values are in the %s one.",
                       s->fewer_high ? "upper" : "lower");
    mien_buffer_puts(&f->advice, "Find out which rows are in which unit (a "
                                 "source, a time), and convert them.");
}

/* A finding about numbers that mean "not there". */
static void say_sentinel(mien_dataset *d, int column, const shape *s)
{
    mi_finding *f = s->sentinels
                        ? mi_finding_new(d, "sentinel", MIEN_WEIGHT_WRONG,
                                         (double)s->sentinels / (double)s->n)
                        : NULL;
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, s->sentinels, s->n);
    mi_put_share(&f->text, s->sentinels, s->n);
    mien_buffer_printf(&f->text,
                       " values are %.9g, far from all others: a mark for "
                       "\"not there\", it seems.",
                       s->sentinel);
    mien_buffer_printf(&f->advice, "Read it as missing: --na %.9g.",
                       s->sentinel);
}

mien_status mi_check_shape(mien_dataset *d, mien_error *err)
{
    int failed = 0;
    job j = {d, mi_alloc((size_t)d->columns + 1, sizeof *j.of)};
    if (!j.of)
        return mi_no_memory(err);
    mi_pool_run(d->o.csv.pool, d->columns, look, &j);
    for (int c = 0; c < d->columns; c++) {
        failed |= j.of[c].failed;
        say_sentinel(d, c, &j.of[c]);
        say_units(d, c, &j.of[c]);
        say_heaps(d, c, &j.of[c]);
    }
    mi_free(j.of);
    return failed || d->failed ? mi_no_memory(err) : MIEN_OK;
}
