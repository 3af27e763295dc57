/* agree_alpha.c: how far labels agree, beyond what chance would give.
 *
 * Unit u has m labels, n_c of them c; N are the labels of all units with two or
 * more, N_c of them c.
 *
 *   observed agreement  P = mean over units of sum n_c (n_c - 1) / (m (m - 1))
 *   Krippendorff's      alpha = 1 - D_o / D_e,
 *     D_o = (1 / N) sum over units of sum_(c, k) n_c n_k d(c, k) / (m - 1)
 *     D_e = sum_(c, k) N_c N_k d(c, k) / (N (N - 1))
 *   Fleiss' kappa       (P - sum p_c^2) / (1 - sum p_c^2), p_c = N_c / N, where
 *                       every unit has m labels
 *   Gwet's AC1          (P - e) / (1 - e), e = sum q_c (1 - q_c) / (labels -
 * 1), q_c the mean over units of n_c / m
 *
 * d is 0 or 1 of nominal labels, (c - k)^2 of intervals, ((c - k) / (c + k))^2
 * of ratios.  Of ordinal labels it is the square of the sum of N_g from c to k
 * less half of both ends, which is the difference of their mean ranks; so both
 * sums of squares are 2 m (and 2 N) times those about the mean, and nothing of
 * labels squared is counted but for ratios.
 *
 * Source: Fleiss 1971; Krippendorff 2011; Gwet 2008. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

static const double no = (double)NAN;

double mi_agree_difference(mien_agree_level level, const double *at, int a,
                           int b)
{
    if (level <= MIEN_AGREE_NOMINAL)
        return a != b;
    double apart = at[a] - at[b];
    if (level == MIEN_AGREE_RATIO)
        apart = a == b ? 0 : apart / (at[a] + at[b]);
    return apart * apart;
}

void mi_agree_ranks(int labels, const double *count, double *at)
{
    double below = 0;
    for (int i = 0; i < labels; i++) {
        at[i] = below + count[i] / 2;
        below += count[i];
    }
}

void mi_agree_counts(const mi_agree_work *w, const int32_t *weight,
                     double *count)
{
    const mi_ratings *r = w->r;
    for (int i = 0; i < r->labels; i++)
        count[i] = 0;
    for (int64_t u = 0; u < w->n; u++) {
        int times = weight ? weight[u] : 1;
        if (times && mi_ratings_of(r, u) > 1)
            for (int64_t i = r->runs[u]; i < r->runs[u + 1]; i++)
                count[r->run[i].label] += times * (double)r->run[i].count;
    }
}

/* ---- a unit -------------------------------------------------------------- */

/* Pairs of its labels that are the same. */
static double same_pairs(const mi_ratings *r, int64_t u)
{
    double same = 0;
    for (int64_t i = r->runs[u]; i < r->runs[u + 1]; i++)
        same += (double)r->run[i].count * (r->run[i].count - 1);
    return same;
}

double mi_agree_apart(const mi_ratings *r, int64_t u, const double *at)
{
    double m = (double)mi_ratings_of(r, u), mean = 0, sum = 0;
    const mi_run *run = r->run + r->runs[u];
    int64_t n = r->runs[u + 1] - r->runs[u];
    if (n == 1)
        return 0;
    if (r->level == MIEN_AGREE_NOMINAL)
        return m * (m - 1) - same_pairs(r, u);
    if (r->level == MIEN_AGREE_RATIO) {
        for (int64_t i = 0; i < n; i++)
            for (int64_t k = 0; k < i; k++)
                sum += 2. * run[i].count * run[k].count *
                       mi_agree_difference(r->level, at, run[i].label,
                                           run[k].label);
        return sum;
    }
    for (int64_t i = 0; i < n; i++)
        mean += run[i].count * at[run[i].label] / m;
    for (int64_t i = 0; i < n; i++) {
        double from = at[run[i].label] - mean;
        sum += run[i].count * from * from;
    }
    return 2 * m * sum;
}

/* ---- all units ----------------------------------------------------------- */

/* Differences of all labels with all, in both orders. */
static double all_differences(const mi_ratings *r, const double *count,
                              double n, const double *at)
{
    double mean = 0, sum = 0;
    if (r->level == MIEN_AGREE_RATIO) {
        for (int i = 0; i < r->labels; i++)
            for (int k = 0; count[i] > 0 && k < i; k++)
                sum += 2 * count[i] * count[k] *
                       mi_agree_difference(r->level, at, i, k);
        return sum;
    }
    if (r->level == MIEN_AGREE_NOMINAL) {
        for (int i = 0; i < r->labels; i++)
            sum += count[i] * (n - count[i]);
        return sum;
    }
    for (int i = 0; i < r->labels; i++)
        mean += count[i] * at[i] / n;
    for (int i = 0; i < r->labels; i++)
        sum += count[i] * (at[i] - mean) * (at[i] - mean);
    return 2 * n * sum;
}

/* Gwet's chance of agreement; share [labels] is free to use. */
static double gwet_chance(const mi_agree_work *w, const int32_t *weight,
                          double *share)
{
    const mi_ratings *r = w->r;
    double units = 0, chance = 0;
    for (int i = 0; i < r->labels; i++)
        share[i] = 0;
    for (int64_t u = 0; u < w->n; u++) {
        int64_t m = mi_ratings_of(r, u);
        int times = weight ? weight[u] : 1;
        if (!times || !m)
            continue;
        units += times;
        for (int64_t i = r->runs[u]; i < r->runs[u + 1]; i++)
            share[r->run[i].label] += times * r->run[i].count / (double)m;
    }
    for (int i = 0; i < r->labels; i++)
        chance += share[i] / units * (1 - share[i] / units);
    return chance / (r->labels - 1);
}

static double beyond(double observed, double chance)
{
    return chance < 1 ? (observed - chance) / (1 - chance) : no;
}

void mi_agree_measure(const mi_agree_work *w, const mi_agree_room *room,
                      double out[MI_AGREE_FIGURES])
{
    const mi_ratings *r = w->r;
    const double *at = r->at;
    double n = 0, units = 0, observed = 0, apart = 0, squares = 0;
    mi_agree_counts(w, room->weight, room->count);
    for (int i = 0; i < r->labels; i++)
        n += room->count[i];
    if (r->level == MIEN_AGREE_ORDINAL) {
        mi_agree_ranks(r->labels, room->count, room->at);
        at = room->at;
    }
    for (int64_t u = 0; u < w->n; u++) {
        int times = room->weight ? room->weight[u] : 1;
        double m = (double)mi_ratings_of(r, u);
        if (!times || m < 2)
            continue;
        units += times;
        observed += times * same_pairs(r, u) / (m * (m - 1));
        apart += times * mi_agree_apart(r, u, at) / (m - 1);
    }
    double all = n > 0 ? all_differences(r, room->count, n, at) : 0;
    observed = units > 0 ? observed / units : no;
    out[MI_AGREE_OBSERVED] = observed;
    out[MI_AGREE_ALPHA] = all > 0 ? 1 - apart * (n - 1) / all : no;
    out[MI_AGREE_FLEISS] = out[MI_AGREE_AC1] = no;
    if (r->level > MIEN_AGREE_ORDINAL || !(units > 0))
        return;
    for (int i = 0; i < r->labels; i++)
        squares += room->count[i] / n * (room->count[i] / n);
    if (w->constant)
        out[MI_AGREE_FLEISS] = all > 0 ? beyond(observed, squares) : no;
    if (r->labels > 1)
        out[MI_AGREE_AC1] =
            beyond(observed, gwet_chance(w, room->weight, room->share));
}

/* ---- memory -------------------------------------------------------------- */

mi_agree_work mi_agree_work_on(const mi_ratings *r, int64_t n)
{
    mi_agree_work w = {.r = r, .n = n};
    int64_t least = INT64_MAX, most = 0;
    for (int64_t u = 0; u < n; u++) {
        int64_t m = mi_ratings_of(r, u);
        if (!m)
            continue;
        least = m < least ? m : least;
        most = m > most ? m : most;
    }
    w.constant = least == most ? (int)most : 0;
    return w;
}

mien_status mi_agree_room_new(const mi_agree_work *w, mi_agree_room *out,
                              mien_error *err)
{
    size_t labels = (size_t)w->r->labels + 1;
    mi_agree_room room = {0};
    room.count = mi_alloc(labels, 3 * sizeof *room.count);
    room.weight = mi_alloc((size_t)w->n + 1, sizeof *room.weight);
    if (!room.count || !room.weight) {
        mi_agree_room_free(&room);
        return mi_no_memory(err);
    }
    room.share = room.count + labels;
    room.at = room.share + labels;
    *out = room;
    return MIEN_OK;
}

void mi_agree_room_free(mi_agree_room *room)
{
    mi_free(room->count);
    mi_free(room->weight);
    *room = (mi_agree_room){0};
}
