/* one_euro.c: a low-pass filter that opens when its input moves.
 *
 * A first-order low-pass of cutoff f at steps of T seconds weighs the new value
 * by 1 / (1 + 1 / (2 pi f T)); the cutoff grows with the smoothed speed:
 *     f = min_cutoff + beta |dx|. */
#include "mien/vision_track.h"

#include <assert.h>
#include <math.h>

static double weight(double cutoff, double seconds)
{
    const double two_pi = 6.283185307179586;
    return 1 / (1 + 1 / (two_pi * cutoff * seconds));
}

double mien_one_euro_next(mien_one_euro *f, double x, double seconds)
{
    assert(f && seconds > 0);
    if (!f->begun) {
        f->begun = 1;
        f->x = x;
        f->dx = 0;
        return x;
    }
    f->dx += weight(f->d_cutoff, seconds) * ((x - f->x) / seconds - f->dx);
    double cutoff = f->min_cutoff + f->beta * fabs(f->dx);
    f->x += weight(cutoff, seconds) * (x - f->x);
    return f->x;
}
