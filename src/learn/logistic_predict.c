/* logistic_predict.c: what a logistic model says of rows, and of other rates.
 *
 * Prior correction.  Where the rows of label 1 were sampled at another rate
 * than those of label 0, Bayes' rule changes the odds by a constant factor,
 *   logit p = logit p' + logit(true rate) - logit(sample rate),
 * which is the only change if the two classes themselves are the same
 * (King, Zeng 2001; Elkan 2001; Saerens, Latinne, Decaestecker 2002). */
#include "mien/learn.h"

#include "num/linalg.h"

#include <assert.h>
#include <math.h>

void mien_logistic_decide(const mien_logistic *m, int64_t n, const double *x,
                          double *eta)
{
    for (int64_t i = 0; i < n; i++)
        eta[i] = m->intercept + mi_dot(m->p, x + i * m->p, m->coef);
}

/* 1 / (1 + e^-t) without overflow. */
static double sigmoid(double t)
{
    double u = exp(-fabs(t));
    return (t < 0 ? u : 1) / (1 + u);
}

void mien_logistic_predict(const mien_logistic *m, int64_t n, const double *x,
                           double *probability)
{
    mien_logistic_decide(m, n, x, probability);
    for (int64_t i = 0; i < n; i++)
        probability[i] = sigmoid(probability[i]);
}

void mien_logistic_contributions(const mien_logistic *m, int64_t n,
                                 const double *x, double *out)
{
    for (int64_t i = 0; i < n; i++)
        for (int j = 0; j < m->p; j++, x++, out++)
            *out = m->coef[j] * (*x - m->mean[j]);
}

static double logit(double p) { return log(p) - log1p(-p); }

double mien_prior_offset(double sample_rate, double true_rate)
{
    assert(sample_rate > 0 && sample_rate < 1);
    assert(true_rate > 0 && true_rate < 1);
    return logit(true_rate) - logit(sample_rate);
}

double mien_prior_correct(double probability, double sample_rate,
                          double true_rate)
{
    double offset = mien_prior_offset(sample_rate, true_rate);
    if (!(probability > 0 && probability < 1))
        return probability;
    return sigmoid(logit(probability) + offset);
}

void mien_logistic_correct(mien_logistic *m, double true_rate)
{
    m->intercept += mien_prior_offset(m->rate, true_rate);
    m->rate = true_rate;
}

mien_baseline mien_baseline_of(int64_t n, const uint8_t *y,
                               const double *weight)
{
    assert(n > 0);
    double sum[2] = {0, 0};
    for (int64_t i = 0; i < n; i++)
        sum[y[i] != 0] += weight ? weight[i] : 1;
    double all = sum[0] + sum[1];
    mien_baseline b = {.majority = sum[1] > sum[0], .rate = sum[1] / all};
    b.accuracy = sum[b.majority] / all;
    for (int c = 0; c < 2; c++)
        if (sum[c] > 0)
            b.loss -= sum[c] / all * log(sum[c] / all);
    return b;
}
