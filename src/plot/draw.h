/* draw.h: one panel on a cairo surface. */
#ifndef MI_PLOT_DRAW_H
#define MI_PLOT_DRAW_H

#include "plot/figure.h"

#include <cairo.h>

typedef struct mi_rect {
    double x, y, wide, high;
} mi_rect;

typedef struct mi_canvas {
    cairo_t *cr;
    const mien_panel *p;
    mi_axis_map x, y;
    double left, top, right, bottom; /* of the data's rectangle */
    double longest; /* name of a row or a category, in pixels */
    double head;    /* of a legend above it; 0: the legend is inside */
    mi_rect legend; /* then */
} mi_canvas;

/* Colour k of the palette. */
void mi_colour(cairo_t *cr, int k, double alpha);
/* Text whose middle (across 0..1, down 0..1) is at x, y. */
void mi_text(cairo_t *cr, const char *s, double x, double y, double across,
             double down);
/* A text, or as much of its beginning as has room, and an ellipsis. */
void mi_text_cut(cairo_t *cr, const char *s, double room, char out[MI_TEXT]);
/* How wide a text is in the font that is set. */
double mi_text_width(cairo_t *cr, const char *s);

/* stroke.c: a line on pixels, in pieces. */
typedef struct mi_stroke {
    cairo_surface_t *mask; /* NULL: no pixels */
    unsigned char *data;
    int w, h, stride;
    double half; /* of the width */
} mi_stroke;
/* Begin a line; 0: no pixels are drawn to. */
int mi_stroke_begin(mi_stroke *s, cairo_t *cr, double wide);
/* Add a piece. */
void mi_stroke_segment(mi_stroke *s, const double from[2], const double to[2]);
/* Draw what was added, in the colour that is set.  Without memory the context
 * has an error then. */
void mi_stroke_end(mi_stroke *s, cairo_t *cr);

/* axes.c: margins, grid, ticks, labels; sets the maps and places the legend. */
void mi_axes_draw(mi_canvas *c, double x, double y, double w, double h);
/* legend.c: choose where the legend covers nothing; 1: above the frame, whose
 * top has to give way by head. */
int mi_legend_place(mi_canvas *c);
/* Draw it there. */
void mi_legend_draw(const mi_canvas *c);
/* Where the label of a reference line covers least; all 0: the line is not in
 * the frame. */
mi_rect mi_label_place(const mi_canvas *c, const mi_layer *l);
/* layers.c: what lies inside, and the legend. */
void mi_layers_draw(const mi_canvas *c);

#endif
