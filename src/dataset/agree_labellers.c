/* agree_labellers.c: each labeller beside the others.
 *
 * Of names and orders: how often a labeller says what the majority of the
 * others says, on the units where two others or more have one.  It stands apart
 * if that share lies below the one of all others together by 5 points or more,
 * and surely: so many differences, or more, would fall to it once in forty
 * times by chance (R. Fisher's exact test, 1935), as many labellers as are
 * looked at (Bonferroni).
 *
 * Of numbers: how far it lies from the mean of the others.  It stands apart if
 * that mean difference is surely not 0 (t, Bonferroni) and half a deviation
 * within units or more, or if its differences spread 1.5 times as far as those
 * of the others and surely so: the logarithm of the ratio of both variances, of
 * which the variance is 2 / (n - 1) + e / n each, e the excess kurtosis of all
 * differences (M. Layard, JASA 68, 1973). */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

static const double no = (double)NAN, points = 0.05, wide = 1.5, level = 0.05;

/* ---- names --------------------------------------------------------------- */

/* The most frequent labels of a unit: three of them tell the majority of those
 * that are left when one label is taken away. */
typedef struct top {
    mi_run of[3];
} top;

static top find_top(const mi_ratings *r, int64_t u)
{
    top t = {{{-1, 0}, {-1, 0}, {-1, 0}}};
    for (int64_t i = r->runs[u]; i < r->runs[u + 1]; i++) {
        mi_run run = r->run[i];
        for (int k = 0; k < 3; k++)
            if (run.count > t.of[k].count) {
                mi_run less = t.of[k];
                t.of[k] = run;
                run = less;
            }
    }
    return t;
}

/* The majority of the labels of a unit but one; -1: there is none. */
static int32_t majority_without(const top *t, int32_t label, int32_t count)
{
    mi_run best = {label, count - 1}, next = {-1, 0};
    for (int k = 0; k < 3; k++) {
        mi_run other = t->of[k];
        if (other.label == label || other.count <= next.count)
            continue;
        if (other.count > best.count) {
            next = best;
            best = other;
        } else {
            next = other;
        }
    }
    return best.count > next.count ? best.label : -1;
}

/* Count who says what the others say: agreed and asked [labellers]. */
static void count_majorities(const mi_ratings *r, int64_t *agreed,
                             int64_t *asked)
{
    for (int64_t u = 0; u < r->unit.n; u++) {
        if (mi_ratings_of(r, u) < 3)
            continue;
        top t = find_top(r, u);
        int64_t i = r->start[u];
        for (int64_t k = r->runs[u]; k < r->runs[u + 1]; k++) {
            mi_run run = r->run[k];
            int32_t others = majority_without(&t, run.label, run.count);
            for (int c = 0; c < run.count; c++, i++) {
                asked[r->entry[i].who] += others >= 0;
                agreed[r->entry[i].who] += others == run.label;
            }
        }
    }
}

/* Does a share lie surely below the one of the others, and by enough? */
static int is_below(const mien_share *s, double agreed, double asked,
                    double chance)
{
    double rest = asked - (double)s->of;
    if (rest < MIEN_AGREE_FEW ||
        (agreed - (double)s->count) / rest - s->value < points)
        return 0;
    return mi_agree_at_least((double)(s->of - s->count), (double)s->of,
                             asked - agreed, asked) <= chance;
}

/* What is known of labellers of names. */
static void judge_names(mien_agreement *a, const int64_t *agreed,
                        const int64_t *asked)
{
    double all[2] = {0};
    for (int i = 0; i < a->labellers; i++) {
        a->labeller[i].majority = mien_share_of(agreed[i], asked[i]);
        a->told += asked[i] >= MIEN_AGREE_FEW;
        all[0] += (double)agreed[i];
        all[1] += (double)asked[i];
    }
    double chance = level / 2 / fmax(a->told, 1);
    for (int i = 0; i < a->labellers; i++) {
        mien_agree_labeller *l = &a->labeller[i];
        if (asked[i] < MIEN_AGREE_FEW)
            l->verdict = MIEN_AGREE_UNSURE;
        else if (is_below(&l->majority, all[0], all[1], chance))
            l->verdict = MIEN_AGREE_APART;
    }
}

/* ---- numbers ------------------------------------------------------------- */

/* Differences of a labeller from the mean of the others. */
typedef struct sums {
    double n, mean, squares; /* about the mean */
    double second, fourth;   /* powers about 0, summed */
} sums;

/* One more difference (B. Welford, Technometrics 4, 1962). */
static void add(sums *s, double v)
{
    double from = v - s->mean;
    s->mean += from / ++s->n;
    s->squares += from * (v - s->mean);
    s->second += v * v;
    s->fourth += v * v * v * v;
}

/* Differences of all labellers; the sum of squares within units, and its
 * degrees of freedom. */
static void sum_differences(const mi_ratings *r, sums *s, double within[2])
{
    for (int64_t u = 0; u < r->unit.n; u++) {
        int64_t from = r->start[u], n = r->start[u + 1] - from;
        double mean = 0;
        for (int64_t i = 0; i < n; i++)
            mean += r->entry[from + i].number / (double)n;
        for (int64_t i = 0; i < n && n > 1; i++) {
            double apart = r->entry[from + i].number - mean;
            within[0] += apart * apart;
            if (n > 2) /* from the mean of the others */
                add(&s[r->entry[from + i].who],
                    apart * (double)n / (double)(n - 1));
        }
        within[1] += n > 1 ? (double)n - 1 : 0;
    }
}

/* The differences of all who can be judged. */
static sums add_up(const mien_agreement *a, const sums *s)
{
    sums all = {0};
    for (int i = 0; i < a->labellers; i++)
        if (s[i].n >= MIEN_AGREE_FEW) {
            all.n += s[i].n - 1;
            all.squares += s[i].squares;
            all.second += s[i].second;
            all.fourth += s[i].fourth;
        }
    return all;
}

/* Do the differences of one spread surely farther than those of the others? */
static int is_wide(const sums *s, const sums *all, double z)
{
    double rest = all->n - (s->n - 1);
    double own = s->squares / (s->n - 1);
    double others = (all->squares - s->squares) / rest;
    if (!(rest > 0) || !(others > 0) || own < wide * wide * others)
        return 0;
    double excess =
        fmax(0, all->n * all->fourth / (all->second * all->second) - 3);
    return log(own / others) >
           z * sqrt(2 / (s->n - 1) + 2 / rest + excess * (1 / s->n + 1 / rest));
}

/* What is known of labellers of numbers. */
static void judge_numbers(mien_agreement *a, const sums *s, double within)
{
    sums all = add_up(a, s);
    for (int i = 0; i < a->labellers; i++)
        a->told += s[i].n >= MIEN_AGREE_FEW;
    double p = 1 - level / 2 / fmax(a->told, 1), z = mi_agree_normal_at(p);
    for (int i = 0; i < a->labellers; i++) {
        mien_agree_labeller *l = &a->labeller[i];
        l->bias = (mien_agree_figure){no, no, no, "no unit of three labellers"};
        l->spread = s[i].n > 1 ? sqrt(s[i].squares / (s[i].n - 1)) : no;
        l->verdict = MIEN_AGREE_UNSURE;
        if (s[i].n > 0)
            l->bias = (mien_agree_figure){s[i].mean, no, no, NULL};
        if (s[i].n < MIEN_AGREE_FEW)
            continue;
        double error = l->spread / sqrt(s[i].n), mean = s[i].mean;
        double half = mi_agree_t_at(0.975, s[i].n - 1) * error;
        l->bias.low = mean - half;
        l->bias.high = mean + half;
        int sure = fabs(mean) > mi_agree_t_at(p, s[i].n - 1) * error;
        l->verdict =
            (sure && fabs(mean) >= within / 2) || is_wide(&s[i], &all, z)
                ? MIEN_AGREE_APART
                : MIEN_AGREE_WITH;
    }
}

/* ---- all ----------------------------------------------------------------- */

mien_status mi_agree_labellers(const mi_ratings *r, mien_agreement *a,
                               mien_error *err)
{
    size_t n = (size_t)a->labellers;
    double within[2] = {0};
    if (!n)
        return MIEN_OK;
    int64_t *count = mi_alloc(n, 2 * sizeof *count);
    sums *s = mi_alloc(n, sizeof *s);
    mien_status st = count && s ? MIEN_OK : mi_no_memory(err);
    for (size_t i = 0; i < n; i++) {
        a->labeller[i].bias =
            (mien_agree_figure){no, no, no, "of numbers alone"};
        a->labeller[i].spread = no;
        a->labeller[i].majority = mien_share_of(0, 0);
    }
    if (!st && r->level <= MIEN_AGREE_ORDINAL) {
        count_majorities(r, count, count + n);
        judge_names(a, count, count + n);
    } else if (!st) {
        sum_differences(r, s, within);
        judge_numbers(a, s, within[1] > 0 ? sqrt(within[0] / within[1]) : 0);
    }
    mi_free(count);
    mi_free(s);
    return st;
}
