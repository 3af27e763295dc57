/* noise_rate.h: how many labels of two classes were changed. */
#ifndef MI_DATASET_NOISE_RATE_H
#define MI_DATASET_NOISE_RATE_H

#include <stdint.h>

/* How labels that two classes have, given a score of each row, can be explained
 * by labels that were changed at random. */
typedef struct mi_flips {
    double rate[2]; /* of class 0 that are labelled 1, and the other way */
    double a, b;    /* log-odds of the true class: a score + b */
    double gain;    /* twice the log-likelihood beyond that of no flips */
} mi_flips;
/* The score of a row to which a model gives a probability: its log-odds, held
 * within 1 in a million. */
double mi_flips_score(double probability);
/* Score [n] and y [n], 0 or 1. */
mi_flips mi_flips_fit(int64_t n, const double *score, const uint8_t *y);
/* The chance that a label y, 0 or 1, of a row with a score is wrong. */
double mi_flips_wrong(const mi_flips *f, double score, int y);
/* Standard errors of the logarithms of both rates, from the expected
 * information; HUGE_VAL where there is none. */
void mi_flips_error(const mi_flips *f, int64_t n, const double *score,
                    double error[2]);

#endif
