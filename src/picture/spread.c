/* spread.c: what the trials of a comparison tell: means, spreads, differences
 * seed by seed. */
#include "mien/picture_compare.h"

#include <assert.h>
#include <math.h>

/* Mean and standard deviation of a sample. */
static mien_picture_spread spread_of(int n, const double *x)
{
    mien_picture_spread s = {n, 0, 0};
    for (int i = 0; i < n; i++)
        s.mean += x[i];
    s.mean = n ? s.mean / n : (double)NAN;
    for (int i = 0; i < n; i++)
        s.spread += (x[i] - s.mean) * (x[i] - s.mean);
    s.spread = n > 1 ? sqrt(s.spread / (n - 1)) : (double)NAN;
    return s;
}

mien_picture_spread
mien_picture_comparison_spread(const mien_picture_comparison *c, int variant,
                               int measure)
{
    double x[MIEN_COMPARE_SEEDS] = {0};
    int n = 0;
    assert(variant >= 0 && variant < c->variants && measure >= 0 &&
           measure < c->measures);
    for (int i = 0; i < c->trials; i++)
        if (c->trial[i].variant == variant &&
            isfinite(c->trial[i].measure[measure]))
            x[n++] = c->trial[i].measure[measure];
    return spread_of(n, x);
}

/* The 97.5 % point of Student's t distribution; beyond 30 degrees of freedom
 * that of 30, which makes intervals a little too wide.
 *
 * Source: Student, The probable error of a mean, 1908; values of the usual
 * tables. */
static double student(int freedom)
{
    static const double t[] = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
        2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
        2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    enum { MOST = sizeof t / sizeof *t };
    return t[(freedom < MOST ? freedom : MOST) - 1];
}

mien_picture_paired
mien_picture_comparison_paired(const mien_picture_comparison *c, int variant,
                               int measure)
{
    double x[MIEN_COMPARE_SEEDS] = {0};
    int n = 0, lower = 0;
    assert(variant >= 0 && variant < c->variants && measure >= 0 &&
           measure < c->measures);
    for (int i = 0; i + c->variants <= c->trials; i += c->variants) {
        double d = c->trial[i + variant].measure[measure] -
                   c->trial[i + c->variants - 1].measure[measure];
        if (!isfinite(d))
            continue;
        lower += d < 0;
        x[n++] = d;
    }
    mien_picture_spread s = spread_of(n, x);
    double half = n > 1 ? student(n - 1) * s.spread / sqrt(n) : (double)NAN;
    return (mien_picture_paired){n,        lower,         s.mean,
                                 s.spread, s.mean - half, s.mean + half};
}
