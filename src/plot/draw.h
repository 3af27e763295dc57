/* draw.h: one panel on a cairo surface. */
#ifndef MI_PLOT_DRAW_H
#define MI_PLOT_DRAW_H

#include "plot/figure.h"

#include <cairo.h>

/* Where an axis lies: numbers lo..hi to places from..to. */
typedef struct mi_axis_map {
    double lo, hi, from, to;
    int log;
} mi_axis_map;

typedef struct mi_canvas {
    cairo_t *cr;
    const mien_panel *p;
    mi_axis_map x, y;
    double left, top, right, bottom; /* of the data's rectangle */
} mi_canvas;

/* The place of a number; NaN where it has none. */
double mi_place(const mi_axis_map *a, double v);
/* Colour k of the palette. */
void mi_colour(cairo_t *cr, int k, double alpha);
/* Text whose middle (across 0..1, down 0..1) is at x, y. */
void mi_text(cairo_t *cr, const char *s, double x, double y, double across,
             double down);
/* How wide a text is in the font that is set. */
double mi_text_width(cairo_t *cr, const char *s);

/* axes.c: margins, grid, ticks, labels; sets the maps. */
void mi_axes_draw(mi_canvas *c, double x, double y, double w, double h);
/* layers.c: what lies inside, and the legend. */
void mi_layers_draw(const mi_canvas *c);

#endif
