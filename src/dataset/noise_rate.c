/* noise_rate.c: how many labels were changed, told from the tails.
 *
 * Where classes overlap, labels that disagree with a model are no errors.  What
 * tells errors from overlap are the rows of which a model is sure: with the
 * log-odds of the true class a s + b,
 *
 *     P(label 1 | s) = r0 + (1 - r0 - r1) / (1 + exp(-a s - b)),
 *
 * r0 of class 0 labelled 1 and r1 the other way, does not reach 0 and 1.  The
 * four parameters are fitted by expectation and maximisation over the true
 * class, and the gain of twice the log-likelihood over r0 = r1 = 0 says whether
 * they are needed.
 * Source: Bootkrajang, Kaban, Label-noise robust logistic regression, ECML
 * 2012; Rousseeuw, Christmann, Robustness against separation and outliers in
 * logistic regression, 2003. */
#include "dataset/noise_rate.h"

#include "num/linalg.h"

#include <math.h>

enum { ROUNDS = 300, FITTED = 4 };

static double logistic(double v) { return 1 / (1 + exp(-v)); }

/* A Newton step of a logistic regression on one score, of the share
 * target(s, y) that is 1; the gain of information is damped, so that separated
 * rows do not make it run away. */
typedef struct sums {
    double g[2], h[3];
} sums;

static void add_row(sums *s, double score, double p, double target)
{
    double w = p * (1 - p), r = target - p;
    s->g[0] += r * score;
    s->g[1] += r;
    s->h[0] += w * score * score;
    s->h[1] += w * score;
    s->h[2] += w;
}

static void step(const sums *s, double *a, double *b)
{
    double aa = s->h[0] + 1e-3, bb = s->h[2] + 1e-3, ab = s->h[1];
    double det = aa * bb - ab * ab;
    double da = (bb * s->g[0] - ab * s->g[1]) / det;
    double db = (aa * s->g[1] - ab * s->g[0]) / det;
    double most = fmax(fabs(da), fabs(db)), cut = most > 1 ? 1 / most : 1;
    *a += da * cut;
    *b += db * cut;
}

/* The chance that the true class is 1, given the label. */
static double truly_one(const mi_flips *f, double p, int label)
{
    double one = label ? (1 - f->rate[1]) * p : f->rate[1] * p;
    double zero = label ? f->rate[0] * (1 - p) : (1 - f->rate[0]) * (1 - p);
    return one + zero > 0 ? one / (one + zero) : p;
}

static double likelihood(const mi_flips *f, int64_t n, const double *score,
                         const uint8_t *y)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double p = logistic(f->a * score[i] + f->b);
        double one = f->rate[0] + (1 - f->rate[0] - f->rate[1]) * p;
        sum += log(fmax(y[i] ? one : 1 - one, 1e-300));
    }
    return sum;
}

/* Rounds of expectation and maximisation; flips 0: none are allowed. */
static void fit(mi_flips *f, int flips, int64_t n, const double *score,
                const uint8_t *y)
{
    for (int round = 0; round < ROUNDS; round++) {
        sums s = {{0}, {0}};
        double ones = 0, zeros = 0, from1 = 0, from0 = 0;
        double a = f->a, b = f->b;
        for (int64_t i = 0; i < n; i++) {
            double p = logistic(f->a * score[i] + f->b);
            double q = flips ? truly_one(f, p, y[i]) : y[i];
            add_row(&s, score[i], p, q);
            ones += q;
            zeros += 1 - q;
            from1 += y[i] ? 0 : q;
            from0 += y[i] ? 1 - q : 0;
        }
        step(&s, &f->a, &f->b);
        double change = fabs(f->a - a) + fabs(f->b - b);
        if (flips) {
            double r0 = zeros > 0 ? from0 / zeros : 0;
            double r1 = ones > 0 ? from1 / ones : 0;
            change += 10 * (fabs(r0 - f->rate[0]) + fabs(r1 - f->rate[1]));
            f->rate[0] = fmin(r0, .45);
            f->rate[1] = fmin(r1, .45);
        }
        if (change < 1e-6)
            break;
    }
}

double mi_flips_score(double probability)
{
    double p = fmin(fmax(probability, 1e-6), 1 - 1e-6);
    return log(p / (1 - p));
}

mi_flips mi_flips_fit(int64_t n, const double *score, const uint8_t *y)
{
    mi_flips none = {.a = 1}, some;
    fit(&none, 0, n, score, y);
    some = none;
    some.rate[0] = some.rate[1] = .05;
    fit(&some, 1, n, score, y);
    some.gain =
        2 * (likelihood(&some, n, score, y) - likelihood(&none, n, score, y));
    return some;
}

double mi_flips_wrong(const mi_flips *f, double score, int y)
{
    double p = logistic(f->a * score + f->b);
    double right = y ? (1 - f->rate[1]) * p : (1 - f->rate[0]) * (1 - p);
    double flip = y ? f->rate[0] * (1 - p) : f->rate[1] * p;
    return right + flip > 0 ? flip / (right + flip) : 0;
}

/* What one row tells of a, b, ln r0 and ln r1. */
static void add_information(const mi_flips *f, double score, double *h)
{
    double p = logistic(f->a * score + f->b);
    double rest = 1 - f->rate[0] - f->rate[1];
    double one = f->rate[0] + rest * p, v = fmax(one * (1 - one), 1e-12);
    double slope = rest * p * (1 - p);
    const double d[FITTED] = {slope * score, slope, f->rate[0] * (1 - p),
                              -f->rate[1] * p};
    for (int i = 0; i < FITTED; i++)
        mi_axpy(FITTED, d[i] / v, d, h + (ptrdiff_t)i * FITTED);
}

void mi_flips_error(const mi_flips *f, int64_t n, const double *score,
                    double error[2])
{
    double h[FITTED * FITTED] = {0}, inverse[FITTED * FITTED];
    static const int at[2] = {2 * FITTED + 2, 3 * FITTED + 3};
    mi_flips told = *f;
    /* a rate of no label at all lies at its edge: it is left out */
    for (int k = 0; k < 2; k++)
        if (f->rate[k] * (double)n < 1e-6)
            told.rate[k] = 0;
    for (int64_t i = 0; i < n; i++)
        add_information(&told, score[i], h);
    for (int k = 0; k < 2; k++)
        if (told.rate[k] <= 0)
            h[at[k]] = 1;
    int known = mi_cholesky(FITTED, FITTED, h);
    if (known)
        mi_cholesky_inverse(FITTED, FITTED, h, inverse);
    for (int k = 0; k < 2; k++)
        error[k] = known && told.rate[k] > 0 ? sqrt(inverse[at[k]]) : HUGE_VAL;
}
