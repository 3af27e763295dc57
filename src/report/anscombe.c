/* anscombe.c: four tables whose summaries agree and whose pictures do not.
 *
 * Source: F. Anscombe, Graphs in statistical analysis, American Statistician
 * 27, 1973. */
#include "mien/num.h"
#include "mien/report.h"

#include <stdio.h>

enum { SETS = 4, ROWS = 11 };

static const char *const names[SETS] = {"I", "II", "III", "IV"};
static const double xs[SETS][ROWS] = {{10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                                      {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                                      {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5},
                                      {8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8}};
static const double ys[SETS][ROWS] = {
    {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68},
    {9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74},
    {7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73},
    {6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89}};

void mien_anscombe_summary(mien_buffer *out)
{
    mien_buffer_puts(out, "Set  mean(X)  sd(X)  mean(Y)  sd(Y)  cor(X,Y)\n");
    for (int i = 0; i < SETS; i++) {
        mien_moments x = mien_moments_compute(ROWS, xs[i]);
        mien_moments y = mien_moments_compute(ROWS, ys[i]);
        mien_buffer_printf(out, "%3d  %7.3g  %5.3g  %7.2g  %5.3g  %8.3f\n",
                           i + 1, x.mean, mien_moments_deviation(&x, 1), y.mean,
                           mien_moments_deviation(&y, 1),
                           mien_pearson(ROWS, xs[i], ys[i]));
    }
}

/* Four panels with their fitted lines. */
static void draw(mien_figure *f)
{
    static const double range[2] = {3, 20};
    char title[64];
    mien_figure_title(f, "Anscombe's quartet: the same summary, four pictures");
    for (int i = 0; i < SETS; i++) {
        mien_panel *p = mien_figure_panel(f, i / 2, i % 2);
        snprintf(title, sizeof title, "Set %s", names[i]);
        mien_panel_labels(p, title, "x", "y");
        mien_panel_limits(p, 3, 20, 2, 14);
        mien_panel_points(p, NULL, ROWS, xs[i], ys[i]);
        mien_panel_fitted(p,
                          MIEN_FITTED_LINE | (i < 3 ? MIEN_FITTED_ROBUST : 0),
                          ROWS, xs[i], ys[i], range, NULL);
    }
}

void mien_anscombe_rows(mien_buffer *out)
{
    mien_buffer_puts(out, "set,x,y\n");
    for (int i = 0; i < SETS; i++)
        for (int k = 0; k < ROWS; k++)
            mien_buffer_printf(out, "%s,%g,%g\n", names[i], xs[i][k], ys[i][k]);
}

/* The page around the picture. */
static void put_page(mien_buffer *out, const mien_bytes *svg)
{
    mien_buffer_puts(
        out, "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
             "<title>Anscombe's quartet</title>\n<style>body{font:16px/1.5 "
             "system-ui,sans-serif;max-width:56rem;margin:2rem auto;"
             "padding:0 1rem}pre{background:#f5f5f2;padding:1rem}"
             "svg{max-width:100%;height:auto}</style>\n"
             "<h1>Anscombe's quartet</h1>\n<p>Four tables of eleven rows. "
             "Their means, deviations and correlations agree:</p>\n<pre>");
    mien_anscombe_summary(out);
    mien_buffer_puts(
        out, "</pre>\n<p>Their pictures do not. In the first the line "
             "says what there is to say; the second is a curve; in the "
             "third one row bends the line that all others agree on, and a "
             "robust fit does not follow it; in the fourth one row makes "
             "the whole correlation.</p>\n");
    mien_page_svg(out, svg);
    mien_buffer_puts(out, "</html>\n");
}

mien_status mien_anscombe_page(mien_buffer *out, mien_bytes *svg,
                               mien_error *err)
{
    mien_figure *f = NULL;
    mien_bytes picture = {0};
    mien_status st = mien_figure_new(2, 2, 900, 720, &f, err);
    if (!st) {
        draw(f);
        st = mien_figure_render(f, MIEN_PLOT_SVG, &picture, err);
    }
    mien_figure_free(f);
    if (st)
        return st;
    put_page(out, &picture);
    *svg = picture;
    return MIEN_OK;
}
