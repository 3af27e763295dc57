/* drift_test.c: how sure a difference is.
 *
 * Kolmogorov and Smirnov: the statistic d is a multiple of 1 / (n m).  Exactly,
 * for small tables: of all paths from (0, 0) to (n, m), each as likely, those
 * that stay where |i/n - j/m| < d (J. Hodges, Arkiv for Matematik 3, 1958); of
 * values that are tied the true chance is smaller.  Otherwise
 * Q(l) = 2 sum (-1)^(k-1) exp(-2 k^2 l^2) with
 * l = (sqrt e + 0.12 + 0.11 / sqrt e) d, e = n m / (n + m) (M. Stephens,
 * J. R. Statist. Soc. B 32, 1970).
 *
 * Chi-square: the incomplete gamma function Q(k/2, x/2), by its series below
 * k/2 + 1, by its continued fraction above (Abramowitz and Stegun 6.5.29 and
 * 6.5.31, Lentz's way).
 *
 * All at once: the i-th smallest of m chances times m / i, the least of these
 * from there on (Y. Benjamini and Y. Hochberg 1995). */
#include "dataset/drift.h"

#include "base/alloc.h"
#include "base/error.h"
#include "dataset/ranked.h"

#include <math.h>
#include <stdlib.h>

enum { EXACT = 10000, TERMS = 100, STEPS = 500 };

/* ---- Kolmogorov and Smirnov ---------------------------------------------- */

/* The chance that a path stays below d; NaN when memory ended. */
static double path_share(double d, int n, int m)
{
    double scale = (double)n * m, most = (floor(d * scale + 0.5) - 0.5) / scale;
    double *u = mi_alloc((size_t)m + 1, sizeof *u);
    if (!u)
        return (double)NAN;
    for (int j = 0; j <= m; j++)
        u[j] = (double)j / m > most ? 0 : 1;
    for (int i = 1; i <= n; i++) {
        double w = (double)i / (i + m);
        u[0] = (double)i / n > most ? 0 : w * u[0];
        for (int j = 1; j <= m; j++)
            u[j] = fabs((double)i / n - (double)j / m) > most
                       ? 0
                       : w * u[j] + u[j - 1];
    }
    double share = u[m];
    mi_free(u);
    return share;
}

double mi_drift_ks_p(double d, int64_t n, int64_t m)
{
    if (n > 0 && m > 0 && n <= EXACT / m)
        return 1 - path_share(d, (int)(n > m ? n : m), (int)(n > m ? m : n));
    double e = sqrt((double)n / (double)(n + m) * (double)m);
    double l = (e + 0.12 + 0.11 / e) * d, sum = 0, sign = 1;
    if (l < 0.2) /* the sum is 1 there to 1e-10 */
        return 1;
    for (int k = 1; k <= TERMS; k++) {
        sum += sign * exp(-2 * k * k * l * l);
        sign = -sign;
    }
    return fmin(1, fmax(0, 2 * sum));
}

/* ---- chi-square ---------------------------------------------------------- */

double mi_drift_chi_p(double x, double k)
{
    double a = k / 2, y = x / 2;
    if (!(y > 0))
        return 1;
    double scale = exp(a * log(y) - y - lgamma(a));
    if (y < a + 1) {
        double term = 1 / a, sum = term;
        for (int i = 1; i < STEPS && term > sum * 1e-16; i++)
            sum += term *= y / (a + i);
        return fmax(0, 1 - scale * sum);
    }
    double b = y + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int i = 1; i < STEPS; i++) {
        double an = -i * (i - a);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return scale * h;
}

double mi_drift_normal_p(double z) { return erfc(z / sqrt(2)) / 2; }

/* ---- shares -------------------------------------------------------------- */

double mi_drift_share_shift(const int64_t part[2], const int64_t whole[2])
{
    double at[2];
    for (int s = 0; s < 2; s++)
        at[s] = whole[s] ? 2 * asin(sqrt((double)part[s] / (double)whole[s]))
                         : (double)NAN;
    return at[1] - at[0];
}

/* Pearson's chi-square of two times two, without correction. */
double mi_drift_share_p(const int64_t part[2], const int64_t whole[2])
{
    double n = (double)(whole[0] + whole[1]);
    double share = (double)(part[0] + part[1]) / n, x = 0;
    for (int s = 0; s < 2; s++) {
        double want = share * (double)whole[s], got = (double)part[s];
        double rest = (double)whole[s] - want;
        if (want > 0 && rest > 0)
            x += (got - want) * (got - want) * (1 / want + 1 / rest);
    }
    return mi_drift_chi_p(x, 1);
}

/* ---- all at once --------------------------------------------------------- */

mien_status mi_drift_adjust(int n, const double *p, double *out,
                            mien_error *err)
{
    mi_ranked *r = mi_alloc((size_t)n + 1, sizeof *r);
    int m = 0;
    double least = 1;
    if (!r)
        return mi_no_memory(err);
    for (int i = 0; i < n; i++) {
        out[i] = p[i];
        if (!isnan(p[i]))
            r[m++] = (mi_ranked){p[i], i};
    }
    qsort(r, (size_t)m, sizeof *r, mi_ranked_order);
    for (int i = 0; i < m; i++) {
        least = fmin(least, r[i].value * m / (m - i));
        out[r[i].at] = least;
    }
    mi_free(r);
    return MIEN_OK;
}
