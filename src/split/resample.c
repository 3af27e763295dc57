/* resample.c: rows left out, drawn again, or made between two rows. */
#include "mien/split.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

/* Rows of the two classes; which is smaller (equal: 1). */
typedef struct sizes {
    int64_t n[2];
    int small;
} sizes;

/* How many rows each class has, and which is the smaller. */
static mien_status count(int64_t n, const uint8_t *y, double ratio, sizes *out,
                         mien_error *err)
{
    sizes s = {{0, 0}, 1};
    for (int64_t i = 0; i < n; i++)
        s.n[y[i] != 0]++;
    if (!s.n[0] || !s.n[1])
        return mi_fail(err, MIEN_EARG,
                       "resample: all %lld rows are of one class",
                       (long long)n);
    if (!(ratio > 0 && ratio <= 1))
        return mi_fail(err, MIEN_EARG, "resample: ratio %g, wanted in (0, 1]",
                       ratio);
    s.small = s.n[1] <= s.n[0];
    *out = s;
    return MIEN_OK;
}

static mien_status count_for(int64_t n, const uint8_t *y, int64_t more,
                             sizes *out, mien_error *err)
{
    if (more < 0)
        return mi_fail(err, MIEN_EARG,
                       "resample: %lld rows more, wanted 0 or more",
                       (long long)more);
    return count(n, y, 1, out, err);
}

static mien_status too_low(mien_error *err, const sizes *s, double ratio)
{
    return mi_fail(err, MIEN_EARG,
                   "resample: ratio %g, but the classes have %lld and %lld "
                   "rows, %.6g already",
                   ratio, (long long)s->n[s->small], (long long)s->n[!s->small],
                   (double)s->n[s->small] / (double)s->n[!s->small]);
}

/* Rows of a class in order; how many. */
static int64_t rows_of(int64_t n, const uint8_t *y, int class, int64_t *out)
{
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++)
        if ((y[i] != 0) == class)
            out[k++] = i;
    return k;
}

mien_status mien_sample_under(int64_t n, const uint8_t *y, double ratio,
                              uint32_t seed, int64_t *out, int64_t *ret_count,
                              mien_error *err)
{
    sizes s;
    mien_status st = count(n, y, ratio, &s, err);
    if (st)
        return st;
    int64_t large = s.n[!s.small];
    double wanted = (double)s.n[s.small] / ratio;
    if (wanted >= (double)large + 1)
        return too_low(err, &s, ratio);
    int64_t keep = (int64_t)wanted;
    int64_t *rows = mi_alloc((size_t)large, 2 * sizeof *rows), at = 0;
    if (!rows)
        return mi_no_memory(err);
    mien_random r;
    mien_random_init(&r, seed);
    for (int class = 0; class < 2; class ++) {
        if (class == s.small) {
            at += rows_of(n, y, class, out + at);
            continue;
        }
        int64_t *order = rows + large;
        rows_of(n, y, class, rows);
        mien_random_permutation(&r, large, order);
        for (int64_t i = 0; i < keep; i++)
            out[at++] = rows[order[i]];
    }
    mi_free(rows);
    *ret_count = at;
    return MIEN_OK;
}

mien_status mien_sample_wanted(int64_t n, const uint8_t *y, double ratio,
                               int64_t *out, mien_error *err)
{
    sizes s;
    mien_status st = count(n, y, ratio, &s, err);
    if (st)
        return st;
    int64_t more = (int64_t)((double)s.n[!s.small] * ratio) - s.n[s.small];
    if (more < 0)
        return too_low(err, &s, ratio);
    *out = more;
    return MIEN_OK;
}

mien_status mien_sample_over(int64_t n, const uint8_t *y, int64_t more,
                             uint32_t seed, int64_t *out, mien_error *err)
{
    sizes s;
    mien_status st = count_for(n, y, more, &s, err);
    if (st)
        return st;
    int64_t small = s.n[s.small];
    int64_t *rows = mi_alloc((size_t)small, sizeof *rows);
    if (!rows)
        return mi_no_memory(err);
    mien_random r;
    mien_random_init(&r, seed);
    rows_of(n, y, s.small, rows);
    for (int64_t i = 0; i < n; i++)
        out[i] = i;
    for (int64_t i = 0; i < more; i++)
        out[n + i] = rows[mien_random_below(&r, (uint64_t)small)];
    mi_free(rows);
    return MIEN_OK;
}

/* ---- SMOTE ------------------------------------------------------------ */

typedef struct neighbours {
    int64_t n; /* rows of the class */
    int p, k;
    const double *x;
    const int64_t *row; /* [n] in x */
    int64_t *near;      /* [n, k] */
    double *distance;   /* [k + 1] of the row looked at */
    int64_t *place;     /* [k + 1] */
} neighbours;

static double distance(const neighbours *b, int64_t i, int64_t j)
{
    const double *u = b->x + b->row[i] * b->p, *v = b->x + b->row[j] * b->p;
    double sum = 0;
    for (int k = 0; k < b->p; k++)
        sum += (u[k] - v[k]) * (u[k] - v[k]);
    return sum;
}

/* The k + 1 nearest in ascending order; the first is the row itself. */
static void find_neighbours(const neighbours *b, int64_t i)
{
    int found = 0;
    for (int64_t j = 0; j < b->n; j++) {
        double d = j == i ? -1 : distance(b, i, j);
        if (found == b->k + 1 && d >= b->distance[found - 1])
            continue;
        int at = found <= b->k ? found++ : found - 1;
        for (; at > 0 && b->distance[at - 1] > d; at--) {
            b->distance[at] = b->distance[at - 1];
            b->place[at] = b->place[at - 1];
        }
        b->distance[at] = d;
        b->place[at] = j;
    }
    memcpy(b->near + i * b->k, b->place + 1, (size_t)b->k * sizeof *b->near);
}

static void make_rows(const neighbours *b, int64_t more, uint32_t seed,
                      int64_t *pick, double *out)
{
    mien_random r;
    mien_random_init(&r, seed);
    for (int64_t i = 0; i < more; i++)
        pick[i] = mien_random_below(&r, (uint64_t)(b->n * b->k));
    for (int64_t i = 0; i < more; i++) {
        const double *from = b->x + b->row[pick[i] / b->k] * b->p;
        const double *to = b->x + b->row[b->near[pick[i]]] * b->p;
        double step = mien_random_unit(&r);
        for (int k = 0; k < b->p; k++)
            out[i * b->p + k] = from[k] + step * (to[k] - from[k]);
    }
}

mien_status mien_sample_smote(int64_t n, int p, const double *x,
                              const uint8_t *y, const mien_smote *how,
                              double *out, mien_error *err)
{
    int k = how->k;
    int64_t more = how->more;
    sizes s;
    mien_status st = count_for(n, y, more, &s, err);
    if (st)
        return st;
    int64_t small = s.n[s.small];
    if (k < 1 || small <= k || small > INT64_C(0xffffffff) / k)
        return mi_fail(err, MIEN_EARG,
                       "resample: %d neighbours of %lld rows: wanted fewer "
                       "than the smaller class has rows",
                       k, (long long)small);
    int64_t *rows = mi_alloc((size_t)small, (size_t)(k + 1) * sizeof *rows);
    int64_t *pick = mi_alloc((size_t)more + 1, sizeof *pick);
    double *far = mi_alloc((size_t)k + 1, sizeof *far);
    int64_t *place = mi_alloc((size_t)k + 1, sizeof *place);
    if (rows && pick && far && place) {
        neighbours b = {small, p, k, x, rows, rows + small, far, place};
        rows_of(n, y, s.small, rows);
        for (int64_t i = 0; i < small; i++)
            find_neighbours(&b, i);
        make_rows(&b, more, how->seed, pick, out);
    } else {
        st = mi_no_memory(err);
    }
    mi_free(rows);
    mi_free(pick);
    mi_free(far);
    mi_free(place);
    return st;
}
