/* agree_chance.c: the distributions that intervals of agreement need.
 *
 * F(x; a, b) below x is the incomplete beta function I_y(a/2, b/2) at
 * y = a x / (a x + b), by its continued fraction (Abramowitz and Stegun 26.5.8,
 * Lentz's way) where y is below its mean, else by 1 - I_(1-y)(b/2, a/2).  t
 * squared is F of 1 and as many degrees of freedom.  Where a share lies below
 * is found by halving.  Of marked things among all, some of which are drawn,
 * the hypergeometric distribution is summed from its term at `own` on. */
#include "dataset/agree.h"

#include <math.h>

enum { STEPS = 1000, HALVINGS = 200 };

/* I_x(a, b), x below (a + 1) / (a + b + 2). */
static double beta_below(double x, double a, double b)
{
    const double tiny = 1e-300;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) +
                       b * log1p(-x)) /
                   a;
    double c = 1, d = 1 / fmax(1 - (a + b) * x / (a + 1), tiny), h = d;
    for (int m = 1; m < STEPS; m++) {
        double up = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 + up * d;
        c = 1 + up / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        h *= d * (fabs(c) < tiny ? tiny : c);
        up = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + up * d;
        c = 1 + up / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        h *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return front * h;
}

double mi_agree_f_below(double x, double a, double b)
{
    if (!(x > 0))
        return 0;
    double y = a * x / (a * x + b), rest = b / (a * x + b);
    if (y < (a / 2 + 1) / (a / 2 + b / 2 + 2))
        return beta_below(y, a / 2, b / 2);
    return rest > 0 ? 1 - beta_below(rest, b / 2, a / 2) : 1;
}

double mi_agree_f_at(double p, double a, double b)
{
    double low = 0, high = 1;
    while (mi_agree_f_below(high, a, b) < p && high < 1e300)
        high *= 2;
    for (int i = 0; i < HALVINGS && high - low > 1e-14 * high; i++) {
        double x = (low + high) / 2;
        if (mi_agree_f_below(x, a, b) < p)
            low = x;
        else
            high = x;
    }
    return (low + high) / 2;
}

double mi_agree_t_at(double p, double freedom)
{
    return sqrt(mi_agree_f_at(2 * p - 1, 1, freedom));
}

double mi_agree_normal_at(double p)
{
    double low = -40, high = 40;
    for (int i = 0; i < HALVINGS; i++) {
        double z = (low + high) / 2;
        if (erfc(-z / sqrt(2)) / 2 < p)
            low = z;
        else
            high = z;
    }
    return (low + high) / 2;
}

double mi_agree_at_least(double own, double drawn, double marked, double all)
{
    double sum = 0, most = fmin(drawn, marked);
    own = fmax(own, drawn + marked - all); /* fewer cannot be */
    double term =
        exp(lgamma(marked + 1) - lgamma(own + 1) - lgamma(marked - own + 1) +
            lgamma(all - marked + 1) - lgamma(drawn - own + 1) -
            lgamma(all - marked - drawn + own + 1) - lgamma(all + 1) +
            lgamma(drawn + 1) + lgamma(all - drawn + 1));
    while (own <= most && term >= sum * 1e-12) {
        sum += term;
        term *= (marked - own) * (drawn - own) /
                ((own + 1) * (all - marked - drawn + own + 1));
        own++;
    }
    return sum;
}
