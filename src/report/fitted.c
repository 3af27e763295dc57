/* fitted.c: curves fitted to points: least squares, a parabola, and Theil and
 * Sen's line. */
#include "mien/learn.h"
#include "mien/report.h"

#include <math.h>
#include <stdio.h>

enum { STEPS = 100 };

static void draw_curve(mien_panel *p, const char *name,
                       const mien_polynomial *f, const double range[2])
{
    double x[STEPS + 1], y[STEPS + 1];
    for (int i = 0; i <= STEPS; i++) {
        x[i] = range[0] + (range[1] - range[0]) * i / STEPS;
        y[i] = mien_polynomial_at(f, x[i]);
    }
    mien_panel_line(p, name, STEPS + 1, x, y);
}

/* Fit one kind of curve, and name it by its formula. */
static mien_status fit(unsigned curve, int64_t n, const double *x,
                       const double *y, mien_polynomial *f, char name[96],
                       mien_error *err)
{
    mien_status st;
    *f = (mien_polynomial){.degree = 1};
    if (curve == MIEN_FITTED_ROBUST)
        st = mien_theil_sen(n, x, y, 0, &f->coef[1], &f->coef[0], err);
    else
        st = mien_polynomial_fit(n, x, y, curve == MIEN_FITTED_LINE ? 1 : 2, f,
                                 err);
    char sign = f->coef[1] < 0 ? '-' : '+';
    if (curve == MIEN_FITTED_LINE)
        snprintf(name, 96, "%.3g %c %.3g x, r\302\262 %.2f", f->coef[0], sign,
                 fabs(f->coef[1]), f->r2);
    else if (curve == MIEN_FITTED_PARABOLA)
        snprintf(name, 96, "%.3g %c %.3g x %c %.3g x\302\262", f->coef[0], sign,
                 fabs(f->coef[1]), f->coef[2] < 0 ? '-' : '+',
                 fabs(f->coef[2]));
    else
        snprintf(name, 96, "robust: %.3g %c %.3g x", f->coef[0], sign,
                 fabs(f->coef[1]));
    return st;
}

void mien_panel_fitted(mien_panel *p, unsigned curves, int64_t n,
                       const double *x, const double *y, const double range[2],
                       mien_buffer *remarks)
{
    static const char *const words[] = {"linear", "quadratic", "robust"};
    for (int i = 0; i < 3; i++) {
        mien_error err = {0};
        mien_polynomial f;
        char name[96];
        if (!(curves & 1u << i))
            continue;
        if (!fit(1u << i, n, x, y, &f, name, &err))
            draw_curve(p, name, &f, range);
        else if (remarks)
            mien_buffer_printf(remarks, "%s fit: %s\n", words[i], err.text);
    }
}
