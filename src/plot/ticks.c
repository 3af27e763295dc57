/* ticks.c: round numbers along an axis.
 *
 * P. Heckbert, Nice numbers for graph labels, Graphics Gems, 1990. */
#include "plot/figure.h"

#include <math.h>
#include <stdio.h>

int mi_ticks(double lo, double hi, int most, double *first, double *step)
{
    double raw = (hi - lo) / (most > 1 ? most : 1);
    double unit = pow(10, floor(log10(raw)));
    double part = raw / unit;
    *step = unit * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
    *first = ceil(lo / *step - 1e-9) * *step;
    double count = floor((hi - *first) / *step + 1e-9) + 1;
    return count >= 1 && count < 1000 ? (int)count : 0;
}

void mi_tick_text(double v, double step, char out[32])
{
    double size = fabs(v);
    if (size < step * 1e-6)
        v = size = 0;
    int decimals = step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;
    if (size >= 1e6 || (size > 0 && decimals > 5)) {
        int digits = (int)ceil(log10(size / step) - 1e-9);
        snprintf(out, 32, "%.*e", digits < 0 ? 0 : digits > 8 ? 8 : digits, v);
    } else {
        snprintf(out, 32, "%.*f", decimals > 5 ? 5 : decimals, v);
    }
}
