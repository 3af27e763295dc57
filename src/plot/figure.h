/* figure.h: what a figure holds. */
#ifndef MI_PLOT_FIGURE_H
#define MI_PLOT_FIGURE_H

#include "mien/plot.h"

typedef enum mi_layer_kind {
    MI_POINTS,
    MI_LINE,
    MI_STEPS,
    MI_BARS, /* x: left and right edge of each (2n), y: heights (n) */
    MI_BOX,  /* y: low, quartile, median, quartile, high, then outliers */
    MI_HLINE,
    MI_VLINE
} mi_layer_kind;

enum { MI_TEXT = 96 };

typedef struct mi_layer {
    mi_layer_kind kind;
    char name[MI_TEXT]; /* "": none */
    int64_t n;
    double *x, *y;
    struct mi_layer *next;
} mi_layer;

struct mien_panel {
    mien_figure *figure;
    char title[MI_TEXT], x[MI_TEXT], y[MI_TEXT];
    double limit[4]; /* x0 x1 y0 y1; NaN: from the data */
    int log[2], hidden;
    int ticks; /* along x, as they were given; 0: round numbers */
    double *tick;
    char (*tick_name)[MI_TEXT];
    double bin[2]; /* of all histograms: where the first begins, how wide each
                      is */
    int bins;      /* 0: each histogram has its own */
    mi_layer *first, *last;
    int categories; /* names along x: boxes and bars */
    char (*category)[MI_TEXT];
    int rows, columns; /* of a matrix; 0: none */
    char (*row_name)[MI_TEXT];
    double *value;
};

struct mien_figure {
    int rows, columns;
    double width, height;
    char title[MI_TEXT];
    mien_panel *panel;
    int failed; /* memory ended */
};

/* Where an axis lies: numbers lo..hi to places from..to. */
typedef struct mi_axis_map {
    double lo, hi, from, to;
    int log;
} mi_axis_map;

enum { MI_MOST_TICKS = 40 };

/* Places along an axis, with their labels. */
typedef struct mi_tick_list {
    int n;
    double at[MI_MOST_TICKS];
    char text[MI_MOST_TICKS][32];
} mi_tick_list;

/* The place of a number; NaN where it has none. */
double mi_place(const mi_axis_map *a, double v);
/* Set lo, hi and log of an axis (0: x, 1: y): its limits, or what the data
 * need with some air; numbers all alike get a range of their size. */
void mi_axis_range(const mien_panel *p, int axis, mi_axis_map *m);
/* Round numbers from lo to hi, at most so many steps. */
void mi_axis_ticks(const mi_axis_map *m, int most, mi_tick_list *t);
/* Every so many of the places along x that were named, of those in sight. */
void mi_named_ticks(const mien_panel *p, const mi_axis_map *m, int most,
                    mi_tick_list *t);

/* Nice numbers from lo to hi, at most `most` steps of 1, 2 or 5 times a power
 * of ten: the first in *first; how many. */
int mi_ticks(double lo, double hi, int most, double *first, double *step);
/* A number as a label: no more digits than the step needs. */
void mi_tick_text(double v, double step, char out[32]);

#endif
