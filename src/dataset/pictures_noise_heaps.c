/* pictures_noise_heaps.c: labels that were changed where classes lie apart.
 *
 * Where all pictures of a class look alike to a model, its scores lie in two
 * heaps, and there are no tails to tell changed labels from overlap: each says
 * that a tenth are labelled otherwise.  But then hardly any lie between, as
 * they would if classes overlapped: of two bells that err 1 in 1000 at their
 * middle, the middle third of the way holds 2 %.  So where it holds less than
 * that of the smaller heap, and the heaps lie 5 of their deviations apart, rows
 * in the other heap are labelled wrong.  The
 * gain is twice the log-likelihood of so many against 2 in 1000 (Poisson). */
#include "dataset/pictures_noise.h"

#include "base/alloc.h"
#include "mien/num.h"

#include <math.h>

static const double most_between = .02, expected = .002, apart = 5;

/* The median of the scores of one label. */
static mien_status middle_of(int64_t n, const double *score, const uint8_t *y,
                             int label, double *spare, double *out)
{
    for (int64_t i = 0; i < n; i++)
        spare[i] = y[i] == label ? score[i] : (double)NAN;
    return mien_median(n, spare, out, NULL);
}

/* Count those of each label in each heap, [heap][label].  Hardly any between,
 * and the heaps far apart? */
static int count_heaps(int64_t n, const double *score, const uint8_t *y,
                       double low, double high, double count[2][2])
{
    const double third = (high - low) / 3, middle = (low + high) / 2;
    double between = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) {
        const int heap = score[i] > middle;
        double off = score[i] - (heap ? high : low);
        between += score[i] > low + third && score[i] < high - third;
        squares += off * off;
        count[heap][y[i]]++;
    }
    return between <= most_between * fmin(count[0][0] + count[0][1],
                                          count[1][0] + count[1][1]) &&
           high - low >= apart * sqrt(squares / (double)n);
}

mien_status mi_noise_heaps(int64_t n, const double *score, const uint8_t *y,
                           mi_flips *flips, double error[2])
{
    double *spare = mi_alloc_raw((size_t)n, sizeof *spare), middle[2];
    double count[2][2] = {{0}};
    mien_status st = spare ? MIEN_OK : MIEN_ENOMEM;
    for (int label = 0; label < 2 && !st; label++)
        st = middle_of(n, score, y, label, spare, &middle[label]);
    mi_free(spare);
    if (st || !(middle[1] > middle[0]) ||
        !count_heaps(n, score, y, middle[0], middle[1], count))
        return st;
    double low = count[0][0] + count[0][1], high = count[1][0] + count[1][1];
    double wrong = count[0][1] + count[1][0], by_chance = expected * (double)n;
    if (wrong <= by_chance)
        return MIEN_OK;
    double gain = 2 * (wrong * log(wrong / by_chance) - wrong + by_chance);
    if (gain <= flips->gain)
        return MIEN_OK;
    double a = 20 / (middle[1] - middle[0]);
    *flips = (mi_flips){{count[0][1] / low, count[1][0] / high},
                        a,
                        -a * (middle[0] + middle[1]) / 2,
                        gain};
    for (int k = 0; k < 2; k++)
        error[k] = 1 / sqrt(fmax(count[k][!k], 1));
    return MIEN_OK;
}
