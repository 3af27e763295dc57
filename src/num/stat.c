/* stat.c: moments and correlation of samples.
 *
 * The variance from sums of x and x^2 loses all digits when the mean is large
 * beside the deviation.  So values are first shifted by one of them, s, which
 * is exact for values near each other, then walked over twice:
 *
 *   mean  = s + sum (x - s) / n
 *   m_k   = sum d^k,  d = (x - s) - (mean - s)
 *   m2   -= (sum d)^2 / n                        what rounding left of the mean
 *
 * Sums run in eight chains over blocks, and blocks are added with Neumaier's
 * compensation, always in the same order.
 *
 * References: Chan, Golub, LeVeque 1983; Neumaier, Rundungsfehleranalyse
 * einiger Verfahren zur Summation endlicher Summen, 1974. */
#include "mien/num.h"

#include <math.h>
#include <string.h>

typedef double eight __attribute__((vector_size(64)));
typedef int64_t eight_masks __attribute__((vector_size(64)));

enum { BLOCK = 1024 };

/* A compensated sum. */
typedef struct {
    double sum, lost;
} total;

static void add(total *t, double x)
{
    double sum = t->sum + x;
    if (isfinite(sum))
        t->lost +=
            fabs(t->sum) >= fabs(x) ? (t->sum - sum) + x : (x - sum) + t->sum;
    t->sum = sum;
}

/* v where the mask is set, 0 elsewhere.  Not a function: vectors this wide are
 * not passed alike on all machines. */
#define WHERE(mask, v) ((eight)((mask) & (eight_masks)(v)))

static double across(const eight *v)
{
    const eight s = *v;
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/* The next eight of n values; NaN behind the end. */
static void load(eight *v, int64_t n, const double *x)
{
    if (n < 8)
        *v = (eight){0} + (double)NAN;
    memcpy(v, x, (size_t)(n < 8 ? n : 8) * sizeof *x);
}

/* The first finite value, else the first that is not NaN, else NaN. */
static double origin(int64_t n, const double *x)
{
    double found = (double)NAN;
    for (int64_t i = 0; i < n; i++) {
        if (isfinite(x[i]))
            return x[i];
        if (isnan(found))
            found = x[i];
    }
    return isnan(found) ? found : 0;
}

/* Counts, sums of x - shift, extremes. */
static double first_walk(int64_t n, const double *x, double shift,
                         mien_moments *m)
{
    total t = {0, 0};
    eight least = (eight){0} + HUGE_VAL, most = -least;
    eight_masks values = {0};
    for (int64_t b = 0; b < n; b += BLOCK) {
        int64_t end = n - b < BLOCK ? n : b + BLOCK;
        eight sum = {0};
        for (int64_t i = b; i < end; i += 8) {
            eight v;
            load(&v, end - i, x + i);
            eight_masks here = v <= HUGE_VAL, less = v<least, more = v> most;
            values -= here;
            sum += WHERE(here, v - shift);
            least = WHERE(less, v) + WHERE(~less, least);
            most = WHERE(more, v) + WHERE(~more, most);
        }
        add(&t, across(&sum));
    }
    m->min = HUGE_VAL;
    m->max = -HUGE_VAL;
    for (int l = 0; l < 8; l++) {
        m->count += values[l];
        m->min = fmin(m->min, least[l]);
        m->max = fmax(m->max, most[l]);
    }
    return t.sum + t.lost;
}

mien_moments mien_moments_compute(int64_t n, const double *x)
{
    const double none = (double)NAN;
    mien_moments m = {0, n, none, 0, 0, 0, none, none};
    double shift = origin(n, x);
    if (isnan(shift))
        return m;
    double off = first_walk(n, x, shift, &m) / (double)m.count;
    m.missing = n - m.count;
    m.mean = shift + off;
    total t[4] = {{0, 0}};
    for (int64_t b = 0; b < n; b += BLOCK) {
        int64_t end = n - b < BLOCK ? n : b + BLOCK;
        eight sum[4] = {{0}};
        for (int64_t i = b; i < end; i += 8) {
            eight v;
            load(&v, end - i, x + i);
            eight d = WHERE(v <= HUGE_VAL, (v - shift) - off);
            sum[0] += d;
            sum[1] += d * d;
            sum[2] += d * d * d;
            sum[3] += d * d * (d * d);
        }
        for (int k = 0; k < 4; k++)
            add(&t[k], across(&sum[k]));
    }
    double left = t[0].sum + t[0].lost;
    m.m2 = fmax(t[1].sum + t[1].lost - left * left / (double)m.count, 0);
    m.m3 = t[2].sum + t[2].lost;
    m.m4 = t[3].sum + t[3].lost;
    if (isnan(t[1].sum))
        m.m2 = none;
    return m;
}

double mien_moments_variance(const mien_moments *m, int ddof)
{
    if (m->count <= ddof)
        return (double)NAN;
    return m->m2 / (double)(m->count - ddof);
}

double mien_moments_deviation(const mien_moments *m, int ddof)
{
    return sqrt(mien_moments_variance(m, ddof));
}

double mien_moments_skewness(const mien_moments *m)
{
    double n = (double)m->count;
    if (m->count < 3)
        return (double)NAN;
    if (m->m2 == 0)
        return 0;
    return n * sqrt(n - 1) / (n - 2) * (m->m3 / (m->m2 * sqrt(m->m2)));
}

double mien_moments_kurtosis(const mien_moments *m)
{
    double n = (double)m->count;
    if (m->count < 4)
        return (double)NAN;
    if (m->m2 == 0)
        return 0;
    double above = n * (n + 1) * (n - 1) * (m->m4 / (m->m2 * m->m2));
    return (above - 3 * (n - 1) * (n - 1)) / ((n - 2) * (n - 3));
}

/* Sums of products of the deviations of the pairs without NaN. */
typedef struct {
    int64_t count;
    double xx, xy, yy;
} products;

/* Centred sums of squares and products over the pairs that are whole. */
static products multiply(int64_t n, const double *x, const double *y)
{
    products p = {0, 0, 0, 0};
    total mean[2] = {{0, 0}}, t[5] = {{0, 0}};
    int64_t first = 0;
    while (first < n && (!isfinite(x[first]) || !isfinite(y[first])))
        first++;
    double sx = first < n ? x[first] : 0, sy = first < n ? y[first] : 0;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i]))
            continue;
        p.count++;
        add(&mean[0], x[i] - sx);
        add(&mean[1], y[i] - sy);
    }
    double count = (double)p.count;
    double mx = (mean[0].sum + mean[0].lost) / count;
    double my = (mean[1].sum + mean[1].lost) / count;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(x[i]) || isnan(y[i]))
            continue;
        double dx = (x[i] - sx) - mx, dy = (y[i] - sy) - my;
        const double term[5] = {dx, dy, dx * dx, dx * dy, dy * dy};
        for (int k = 0; k < 5; k++)
            add(&t[k], term[k]);
    }
    p.xx = t[2].sum + t[2].lost - t[0].sum * t[0].sum / count;
    p.xy = t[3].sum + t[3].lost - t[0].sum * t[1].sum / count;
    p.yy = t[4].sum + t[4].lost - t[1].sum * t[1].sum / count;
    return p;
}

double mien_covariance(int64_t n, const double *x, const double *y, int ddof)
{
    products p = multiply(n, x, y);
    return p.count > ddof ? p.xy / (double)(p.count - ddof) : (double)NAN;
}

double mien_pearson(int64_t n, const double *x, const double *y)
{
    products p = multiply(n, x, y);
    if (p.count < 2 || !(p.xx > 0) || !(p.yy > 0))
        return (double)NAN;
    double r = p.xy / (sqrt(p.xx) * sqrt(p.yy));
    return r > 1 ? 1 : r < -1 ? -1 : r;
}
