/* mien/plot.h: figures of panels, drawn through cairo to SVG, PNG and PDF.
 *
 *   mien_figure_new -> mien_figure_panel -> points, lines, bars, ...
 *     -> mien_figure_render -> bytes of a file
 *     -> mien_figure_json: ranges, ticks and layers as numbers
 *
 * Adding is sticky: the first failure is kept and given by mien_figure_render.
 * Numbers that are not finite are left out, and break a line.  Colours are
 * those of Okabe and Ito, which colour-blind people can tell apart.  In the
 * WebAssembly library figures are numbers only: mien_figure_render is not
 * there. */
#ifndef MIEN_PLOT_H
#define MIEN_PLOT_H

#include "mien/json.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mien_figure mien_figure;
typedef struct mien_panel mien_panel;

typedef enum mien_plot_format {
    MIEN_PLOT_SVG,
    MIEN_PLOT_PNG,
    MIEN_PLOT_PDF
} mien_plot_format;

#define MIEN_PLOT_MAX_SIDE 10000
#define MIEN_PLOT_MAX_PANELS 144
/* A series of more points is thinned: of neighbours on a line the extremes
 * stay; of points every so many, and one in each cell of a grid, so that none
 * that lies alone is lost. */
#define MIEN_PLOT_MAX_POINTS 20000

/* Begin a figure.
 *
 *   rows     of panels
 *   columns  of panels
 *   width    pixels or points, 100..MIEN_PLOT_MAX_SIDE
 *   height   the same
 *   out      owned by the caller; free with mien_figure_free
 *
 * Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_figure_new(int rows, int columns,
                                                  double width, double height,
                                                  mien_figure **out,
                                                  mien_error *err);

/* Release a figure.
 *
 *   f  NULL is allowed */
MIEN_API void mien_figure_free(mien_figure *f);

/* Give a figure a title.
 *
 *   f     a figure
 *   text  UTF-8, copied */
MIEN_API void mien_figure_title(mien_figure *f, const char *text);

/* One of a figure's panels; lives as long.
 *
 *   f       a figure
 *   row     0.., asserted
 *   column  0.., asserted */
MIEN_API mien_panel *mien_figure_panel(mien_figure *f, int row, int column);

/* Name a panel and its axes.
 *
 *   p      a panel
 *   title  UTF-8, copied; NULL: none
 *   x      of the horizontal axis
 *   y      of the vertical axis */
MIEN_API void mien_panel_labels(mien_panel *p, const char *title, const char *x,
                                const char *y);

/* Set the limits of a panel's axes; NaN takes what the data need.
 *
 *   p   a panel
 *   x0  left
 *   x1  right
 *   y0  bottom
 *   y1  top */
MIEN_API void mien_panel_limits(mien_panel *p, double x0, double x1, double y0,
                                double y1);

/* Make axes logarithmic; numbers of 0 and less are left out then.
 *
 *   p  a panel
 *   x  1: the horizontal one
 *   y  1: the vertical one */
MIEN_API void mien_panel_log(mien_panel *p, int x, int y);

/* Add points.
 *
 *   p     a panel
 *   name  for the legend, copied; NULL: none
 *   n     how many
 *   x     [n] copied
 *   y     [n] copied */
MIEN_API void mien_panel_points(mien_panel *p, const char *name, int64_t n,
                                const double *x, const double *y);

/* Add a line through points in their order.
 *
 *   p     a panel
 *   name  for the legend, copied; NULL: none
 *   n     how many
 *   x     [n] copied
 *   y     [n] copied */
MIEN_API void mien_panel_line(mien_panel *p, const char *name, int64_t n,
                              const double *x, const double *y);

/* Add a line that keeps its height until the next point.
 *
 *   p     a panel
 *   name  for the legend, copied; NULL: none
 *   n     how many
 *   x     [n] copied
 *   y     [n] copied */
MIEN_API void mien_panel_steps(mien_panel *p, const char *name, int64_t n,
                               const double *x, const double *y);

/* Let later histograms have the same bins: those that some numbers need.
 *
 *   p  a panel
 *   n  how many
 *   x  [n] NaN is left out */
MIEN_API void mien_panel_bins(mien_panel *p, int64_t n, const double *x);

/* Name places along the horizontal axis, instead of round numbers; of names
 * that have no room beside each other some are left out.
 *
 *   p      a panel
 *   n      how many
 *   at     [n] ascending, copied
 *   names  [n] copied */
MIEN_API void mien_panel_ticks(mien_panel *p, int n, const double *at,
                               const char *const *names);

/* Leave the place of a panel empty.
 *
 *   p  a panel */
MIEN_API void mien_panel_hide(mien_panel *p);

/* Add a histogram.
 *
 *   p     a panel
 *   name  for the legend, copied; NULL: none
 *   n     how many
 *   x     [n]
 *   bins  0: as many as Freedman and Diaconis advise, 1000 at most */
MIEN_API void mien_panel_histogram(mien_panel *p, const char *name, int64_t n,
                                   const double *x, int bins);

/* Add a box plot beside those there are: quartiles, Tukey's whiskers (the last
 * numbers within 1.5 boxes), and what lies beyond as points.
 *
 *   p     a panel
 *   name  below the box, copied
 *   n     how many
 *   x     [n] */
MIEN_API void mien_panel_box(mien_panel *p, const char *name, int64_t n,
                             const double *x);

/* Add bars.
 *
 *   p        a panel
 *   n        how many
 *   names    [n] below the bars, copied
 *   heights  [n] copied */
MIEN_API void mien_panel_bars(mien_panel *p, int n, const char *const *names,
                              const double *heights);

/* Add a dashed horizontal line.
 *
 *   p      a panel
 *   y      its height
 *   label  copied; NULL: none */
MIEN_API void mien_panel_hline(mien_panel *p, double y, const char *label);

/* Add a dashed vertical line.
 *
 *   p      a panel
 *   x      its place
 *   label  copied; NULL: none */
MIEN_API void mien_panel_vline(mien_panel *p, double x, const char *label);

/* Fill a panel with a table of numbers, larger ones darker.
 *
 *   p             a panel
 *   rows          of the table
 *   columns       of the table
 *   row_names     [rows] copied
 *   column_names  [columns] copied
 *   values        [rows, columns] copied */
MIEN_API void mien_panel_matrix(mien_panel *p, int rows, int columns,
                                const char *const *row_names,
                                const char *const *column_names,
                                const double *values);

/* Tell the format that a file's name ends in.
 *
 *   path  ends in .svg, .png or .pdf, in letters of either case
 *
 * A mien_plot_format; -1: another ending. */
MIEN_API int mien_plot_format_of(const char *path);

/* Draw a figure.
 *
 *   f       a figure
 *   format  of the file
 *   out     its bytes; free with mien_bytes_free
 *
 * The same figure gives the same PNG and PDF; in an SVG cairo numbers its parts
 * on from figure to figure of one process.
 * Fails with ENOMEM, EUNSUP (cairo could not draw it). */
MIEN_API MIEN_CHECKED mien_status mien_figure_render(const mien_figure *f,
                                                     mien_plot_format format,
                                                     mien_bytes *out,
                                                     mien_error *err);

/* Write a figure as JSON: for each panel its title, its axes {"name", "from",
 * "to", "log", "ticks": [{"at", "text"}], "names" of categories} and its layers
 * {"kind", "name", "x", "y"}, first drawn first.
 *
 *   f    a figure
 *   key  of the object, or NULL
 *   j    a text being written
 *
 * Kinds are points, line, steps, bars (x: the left and right edge of each),
 * box (x: its place among the names; y: low, quartile, median, quartile, high,
 * then what lies beyond), hline and vline; "matrix" has a matrix's values.
 * Numbers that are not finite are null.
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_figure_json(const mien_figure *f,
                                                   const char *key,
                                                   mien_json *j,
                                                   mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
