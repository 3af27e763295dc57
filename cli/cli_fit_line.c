/* cli_fit_line.c: least squares, a parabola, and Theil and Sen's line. */
#include "cli/cli_fit_line.h"

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

static void draw_polynomial(mien_panel *p, int degree, int64_t n,
                            const double *x, const double *y,
                            const double range[2])
{
    mien_polynomial f;
    mien_error err = {0};
    char name[96];
    if (mien_polynomial_fit(n, x, y, degree, &f, &err)) {
        cli_error("%s fit: %s", degree == 1 ? "linear" : "quadratic", err.text);
        return;
    }
    if (degree == 1)
        snprintf(name, sizeof name, "%.3g + %.3g x, r\302\262 %.2f", f.coef[0],
                 f.coef[1], f.r2);
    else
        snprintf(name, sizeof name, "%.3g %+.3g x %+.3g x\302\262", f.coef[0],
                 f.coef[1], f.coef[2]);
    draw_curve(p, name, &f, range);
}

void cli_fit_draw(mien_panel *p, unsigned fits, int64_t n, const double *x,
                  const double *y, const double range[2])
{
    mien_error err = {0};
    char name[96];
    if (fits & FIT_LINEAR)
        draw_polynomial(p, 1, n, x, y, range);
    if (fits & FIT_QUADRATIC)
        draw_polynomial(p, 2, n, x, y, range);
    if (!(fits & FIT_ROBUST))
        return;
    mien_polynomial f = {.degree = 1};
    if (mien_theil_sen(n, x, y, 0, &f.coef[1], &f.coef[0], &err)) {
        cli_error("robust fit: %s", err.text);
        return;
    }
    snprintf(name, sizeof name, "robust: %.3g + %.3g x", f.coef[0], f.coef[1]);
    draw_curve(p, name, &f, range);
}
