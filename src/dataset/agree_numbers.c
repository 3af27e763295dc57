/* agree_numbers.c: how reliable measures are that were taken again.
 *
 * n units by k labellers, none missing; mean squares of units (B), labellers
 * (J), the rest (E), and within units (W):
 *
 *   ICC(1,1) = (B - W) / (B + (k-1) W)                ICC(1,k) = (B - W) / B
 *   ICC(2,1) = (B - E) / (B + (k-1) E + k (J - E) / n)
 *   ICC(2,k) = (B - E) / (B + (J - E) / n)
 *   ICC(3,1) = (B - E) / (B + (k-1) E)                ICC(3,k) = (B - E) / B
 *
 * Intervals of (1,.) from F = B / W on n - 1 and n (k-1) degrees of freedom, of
 * (3,.) from B / E on n - 1 and (n-1)(k-1); of (2,.) with degrees of freedom by
 * Satterthwaite (Shrout and Fleiss 1979; McGraw and Wong 1996, table 7).
 *
 * The standard error of measurement is the root of W, from all units with two
 * numbers or more; 1.96 sqrt 2 times it is what two measures of an unchanged
 * unit differ by once in twenty times (J. Bland and D. Altman, BMJ 313, 1996).
 * Limits of agreement of two labellers: mean difference +- 1.96 deviations,
 * their own standard error by Bland and Altman 1986. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

static const double no = (double)NAN, tail = 0.025;

/* Mean squares and how many units and labellers. */
typedef struct squares {
    double n, k, b, w, j, e;
} squares;

/* ---- intraclass correlations --------------------------------------------- */

/* The correlation of one measure of k, by how far F lies above 1. */
static double single(double above, double k) { return above / (above + k); }

/* That of the mean of k measures, by the one of one (Spearman and Brown). */
static double of_mean(double one, double k)
{
    double rest = 1 + (k - 1) * one;
    return rest > 0 ? k * one / rest : no;
}

/* One-way and two-way consistency, at single and at mean: from F. */
static void put_consistency(mien_agree_measures *m, int i, double f,
                            double freedom[2], double k)
{
    double low = f / mi_agree_f_at(1 - tail, freedom[0], freedom[1]);
    double high = f * mi_agree_f_at(1 - tail, freedom[1], freedom[0]);
    m->icc[i] = (mien_agree_figure){single(f - 1, k), single(low - 1, k),
                                    single(high - 1, k), NULL};
    m->icc[i + MIEN_ICC_1_K] =
        (mien_agree_figure){1 - 1 / f, 1 - 1 / low, 1 - 1 / high, NULL};
}

/* Two-way agreement. */
static void put_agreement(mien_agree_measures *m, const squares *s)
{
    double n = s->n, k = s->k;
    double icc =
        (s->b - s->e) / (s->b + (k - 1) * s->e + k * (s->j - s->e) / n);
    double a = k * icc / (n * (1 - icc));
    double b = 1 + k * icc * (n - 1) / (n * (1 - icc));
    double x = a * s->j, y = b * s->e;
    double v =
        (x + y) * (x + y) / (x * x / (k - 1) + y * y / ((n - 1) * (k - 1)));
    double f = mi_agree_f_at(1 - tail, n - 1, v);
    double g = mi_agree_f_at(1 - tail, v, n - 1);
    double rest = k * s->j + (k * n - k - n) * s->e;
    double low = n * (s->b - f * s->e) / (f * rest + n * s->b);
    double high = n * (g * s->b - s->e) / (rest + n * g * s->b);
    if (!isfinite(low) || !isfinite(high) || !(v > 0))
        low = high = no;
    m->icc[MIEN_ICC_2_1] = (mien_agree_figure){icc, low, high, NULL};
    m->icc[MIEN_ICC_2_K] =
        (mien_agree_figure){(s->b - s->e) / (s->b + (s->j - s->e) / n),
                            of_mean(low, k), of_mean(high, k), NULL};
}

/* All of them; where nothing varies there is no interval. */
static void put_icc(mien_agree_measures *m, const squares *s)
{
    double one_way[2] = {s->n - 1, s->n * (s->k - 1)};
    double two_way[2] = {s->n - 1, (s->n - 1) * (s->k - 1)};
    const char *equal = s->b > 0 ? NULL : "units do not differ";
    for (int i = 0; i < MIEN_ICCS; i++)
        m->icc[i] = (mien_agree_figure){equal ? no : 1, no, no, equal};
    if (equal || !(s->w > 0))
        return;
    put_consistency(m, MIEN_ICC_1_1, s->b / s->w, one_way, s->k);
    if (s->e > 0) {
        put_agreement(m, s);
        put_consistency(m, MIEN_ICC_3_1, s->b / s->e, two_way, s->k);
        return;
    }
    m->icc[MIEN_ICC_2_1].value = s->b / (s->b + s->k * s->j / s->n);
    m->icc[MIEN_ICC_2_K].value = s->b / (s->b + s->j / s->n);
}

/* Mean squares of a design without holes. */
static mien_status find_squares(const mi_ratings *r, squares *s,
                                mien_error *err)
{
    double *who = mi_alloc((size_t)r->who.n, sizeof *who);
    double mean = 0, total = 0, between = 0, labellers = 0;
    if (!who)
        return mi_no_memory(err);
    s->n = (double)r->unit.n;
    s->k = (double)r->who.n;
    for (int64_t i = 0; i < r->entries; i++)
        mean += r->entry[i].number / (double)r->entries;
    for (int64_t u = 0; u < r->unit.n; u++) {
        double sum = 0;
        for (int64_t i = r->start[u]; i < r->start[u + 1]; i++) {
            double from = r->entry[i].number - mean;
            sum += from / s->k;
            who[r->entry[i].who] += from / s->n;
        }
        for (int64_t i = r->start[u]; i < r->start[u + 1]; i++) {
            double from = r->entry[i].number - mean - sum;
            total += from * from;
        }
        between += s->k * sum * sum;
    }
    for (int64_t i = 0; i < r->who.n; i++)
        labellers += s->n * who[i] * who[i];
    mi_free(who);
    s->b = between / (s->n - 1);
    s->w = total / (s->n * (s->k - 1));
    s->j = labellers / (s->k - 1);
    s->e = fmax(0, total - labellers) / ((s->n - 1) * (s->k - 1));
    if (s->e < 1e-14 * s->w)
        s->e = 0;
    return MIEN_OK;
}

/* ---- errors -------------------------------------------------------------- */

/* Standard error of measurement, and coefficient of variation. */
static void put_errors(const mi_ratings *r, mien_agree_measures *m)
{
    double sum = 0, freedom = 0, shares = 0, units = 0;
    int positive = 1;
    for (int64_t u = 0; u < r->unit.n; u++) {
        double n = (double)mi_ratings_of(r, u), mean = 0, own = 0;
        for (int64_t i = r->start[u]; i < r->start[u + 1]; i++) {
            mean += r->entry[i].number / n;
            positive &= r->entry[i].number > 0;
        }
        if (n < 2)
            continue;
        for (int64_t i = r->start[u]; i < r->start[u + 1]; i++)
            own += (r->entry[i].number - mean) * (r->entry[i].number - mean);
        sum += own;
        freedom += n - 1;
        shares += own / (n - 1) / (mean * mean);
        units++;
    }
    m->within = sqrt(sum / freedom);
    m->detectable = mi_agree_normal_at(0.975) * sqrt(2) * m->within;
    m->variation = positive ? sqrt(shares / units) : no;
}

/* Limits of agreement: the second labeller less the first. */
static void put_limits(const mi_ratings *r, mien_agree_limits *l)
{
    double n = 0, mean = 0, sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t u = 0; u < r->unit.n; u++) {
            const mi_entry *e = r->entry + r->start[u];
            if (mi_ratings_of(r, u) != 2)
                continue;
            double d =
                (e[1].number - e[0].number) * (e[1].who > e[0].who ? 1 : -1);
            if (pass)
                sum += (d - mean / n) * (d - mean / n);
            else
                mean += d;
            n += !pass;
        }
    if (n < 2)
        return;
    double deviation = sqrt(sum / (n - 1)), z = mi_agree_normal_at(0.975);
    double t = mi_agree_t_at(0.975, n - 1), half = t * deviation / sqrt(n);
    double limit = z * deviation, wide = t * deviation * sqrt(3 / n);
    mean /= n;
    l->units = (int64_t)n;
    l->deviation = deviation;
    l->mean = (mien_agree_figure){mean, mean - half, mean + half, NULL};
    l->low = (mien_agree_figure){mean - limit, mean - limit - wide,
                                 mean - limit + wide, NULL};
    l->high = (mien_agree_figure){mean + limit, mean + limit - wide,
                                  mean + limit + wide, NULL};
}

mien_status mi_agree_numbers(const mi_ratings *r, mien_agreement *a,
                             mien_error *err)
{
    mien_agree_measures *m = &a->measures;
    squares s = {0};
    mien_status st = MIEN_OK;
    m->within = m->detectable = m->variation = no;
    for (int i = 0; i < MIEN_ICCS; i++)
        m->icc[i] = (mien_agree_figure){no, no, no, "labels are missing"};
    if (r->level < MIEN_AGREE_INTERVAL)
        return MIEN_OK;
    put_errors(r, m);
    if (r->votes) {
        for (int i = 0; i < MIEN_ICCS; i++)
            m->icc[i].why = "votes do not tell whose they are";
        return MIEN_OK;
    }
    if (r->who.n == 2)
        put_limits(r, &m->limits);
    m->complete = r->entries == r->unit.n * r->who.n;
    if (m->complete)
        st = find_squares(r, &s, err);
    if (!st && m->complete)
        put_icc(m, &s);
    return st;
}
