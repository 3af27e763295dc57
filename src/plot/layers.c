/* layers.c: points, lines, bars, boxes, tables of numbers, reference lines.
 *
 * Palette: M. Okabe, K. Ito, Color universal design, 2008. */
#include "plot/draw.h"

#include <math.h>
#include <stdio.h>

void mi_colour(cairo_t *cr, int k, double alpha)
{
    static const unsigned char rgb[8][3] = {
        {0, 114, 178}, {213, 94, 0},   {0, 158, 115}, {204, 121, 167},
        {230, 159, 0}, {86, 180, 233}, {0, 0, 0},     {148, 132, 20}};
    const unsigned char *c = rgb[k % 8];
    cairo_set_source_rgba(cr, c[0] / 255., c[1] / 255., c[2] / 255., alpha);
}

static void draw_points(const mi_canvas *c, const mi_layer *l, int colour)
{
    double r = l->n > 2000 ? 1.6 : l->n > 200 ? 2.4 : 3.6;
    mi_colour(c->cr, colour, l->n > 200 ? .55 : .85);
    for (int64_t i = 0; i < l->n; i++) {
        double x = mi_place(&c->x, l->x[i]), y = mi_place(&c->y, l->y[i]);
        if (!isfinite(x) || !isfinite(y))
            continue;
        cairo_new_sub_path(c->cr);
        cairo_arc(c->cr, x, y, r, 0, 6.283185307179586);
        cairo_fill(c->cr);
    }
}

/* A piece of a line. */
static void join(const mi_canvas *c, mi_stroke *s, const double from[2],
                 const double to[2])
{
    if (s->mask)
        mi_stroke_segment(s, from, to);
    else
        cairo_line_to(c->cr, to[0], to[1]);
}

/* A line or steps through the points, broken where one has no place. */
static void draw_line(const mi_canvas *c, const mi_layer *l, int colour)
{
    int on = 0;
    double last[2] = {0};
    mi_stroke s;
    mi_colour(c->cr, colour, 1);
    cairo_set_line_width(c->cr, 2);
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    int pixels = mi_stroke_begin(&s, c->cr, 2);
    for (int64_t i = 0; i < l->n; i++) {
        double at[2] = {mi_place(&c->x, l->x[i]), mi_place(&c->y, l->y[i])};
        if (!isfinite(at[0]) || !isfinite(at[1])) {
            on = 0;
            continue;
        }
        for (int k = 0; k < 2; k++)
            at[k] = fmin(fmax(at[k], -1e5), 1e5);
        double corner[2] = {at[0], last[1]};
        int steps = on && l->kind == MI_STEPS;
        if (!on && !pixels)
            cairo_move_to(c->cr, at[0], at[1]);
        if (steps)
            join(c, &s, last, corner);
        if (on)
            join(c, &s, steps ? corner : last, at);
        on = 1;
        last[0] = at[0];
        last[1] = at[1];
    }
    if (pixels)
        mi_stroke_end(&s, c->cr);
    else
        cairo_stroke(c->cr);
}

/* Bars from the axis (or the lower edge) to each height. */
static void draw_bars(const mi_canvas *c, const mi_layer *l, int colour)
{
    double zero = c->y.log ? c->bottom : mi_place(&c->y, 0);
    zero = fmin(fmax(zero, c->top), c->bottom);
    mi_colour(c->cr, colour, .6);
    for (int64_t i = 0; i < l->n; i++) {
        double x0 = mi_place(&c->x, l->x[2 * i]);
        double x1 = mi_place(&c->x, l->x[2 * i + 1]);
        double y = mi_place(&c->y, l->y[i]);
        if (!isfinite(y) || !isfinite(x0) || !isfinite(x1))
            continue;
        cairo_rectangle(c->cr, x0, fmin(y, zero), fmax(x1 - x0 - .5, .5),
                        fabs(y - zero));
    }
    cairo_fill(c->cr);
}

/* A box with its median, whiskers and the points beyond them. */
static void draw_box(const mi_canvas *c, const mi_layer *l)
{
    cairo_t *cr = c->cr;
    double y[5], x = mi_place(&c->x, l->x[0]);
    double half = fmin(mi_place(&c->x, l->x[0] + .3) - x, 40);
    for (int i = 0; i < 5; i++)
        y[i] = mi_place(&c->y, l->y[i]);
    mi_colour(cr, (int)l->x[0], .35);
    cairo_rectangle(cr, x - half, y[3], 2 * half, y[1] - y[3]);
    cairo_fill_preserve(cr);
    mi_colour(cr, (int)l->x[0], 1);
    cairo_set_line_width(cr, 1.5);
    cairo_stroke(cr);
    const double line[][4] = {{x, y[0], x, y[1]},
                              {x, y[3], x, y[4]},
                              {x - half / 2, y[0], x + half / 2, y[0]},
                              {x - half / 2, y[4], x + half / 2, y[4]},
                              {x - half, y[2], x + half, y[2]}};
    for (int i = 0; i < 5; i++) {
        cairo_set_line_width(cr, i == 4 ? 2.5 : 1.5);
        cairo_move_to(cr, line[i][0], line[i][1]);
        cairo_line_to(cr, line[i][2], line[i][3]);
        cairo_stroke(cr);
    }
    for (int64_t i = 5; i < l->n; i++) {
        cairo_new_sub_path(cr);
        cairo_arc(cr, x, mi_place(&c->y, l->y[i]), 2, 0, 6.283185307179586);
        cairo_fill(cr);
    }
}

/* A dashed line across or down the panel, with its name. */
static void draw_reference(const mi_canvas *c, const mi_layer *l)
{
    static const double dash[] = {6, 4};
    cairo_t *cr = c->cr;
    int across = l->kind == MI_HLINE;
    double at = across ? mi_place(&c->y, l->y[0]) : mi_place(&c->x, l->x[0]);
    if (!isfinite(at))
        return;
    cairo_set_source_rgb(cr, .75, .1, .1);
    cairo_set_line_width(cr, 1.5);
    cairo_set_dash(cr, dash, 2, 0);
    cairo_move_to(cr, across ? c->left : at, across ? at : c->top);
    cairo_line_to(cr, across ? c->right : at, across ? at : c->bottom);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

/* The labels of reference lines, on plates, over all that is drawn. */
static void draw_labels(const mi_canvas *c)
{
    char name[MI_TEXT];
    for (const mi_layer *l = c->p->first; l; l = l->next) {
        if ((l->kind != MI_HLINE && l->kind != MI_VLINE) || !l->name[0])
            continue;
        mi_rect r = mi_label_place(c, l);
        if (!(r.wide > 0))
            continue;
        cairo_set_source_rgba(c->cr, 1, 1, 1, .75);
        cairo_rectangle(c->cr, r.x - 1, r.y, r.wide + 2, r.high);
        cairo_fill(c->cr);
        cairo_set_source_rgb(c->cr, .75, .1, .1);
        mi_text_cut(c->cr, l->name, r.wide, name);
        mi_text(c->cr, name, r.x, r.y + r.high / 2, 0, .5);
    }
}

/* 1 or 0: white or black, whichever stands out from the colour that is set, as
 * that is laid on white: 4.58 to 1 at least.
 *
 * Source: relative luminance and contrast of W3C's WCAG 2.1. */
static double ink_on_colour(cairo_t *cr)
{
    static const double weight[] = {.2126, .7152, .0722};
    double colour[3] = {0}, alpha = 0, light = 0;
    cairo_pattern_get_rgba(cairo_get_source(cr), &colour[0], &colour[1],
                           &colour[2], &alpha);
    for (int i = 0; i < 3; i++) {
        double v = 1 - alpha * (1 - colour[i]);
        light +=
            weight[i] * (v > .04045 ? pow((v + .055) / 1.055, 2.4) : v / 12.92);
    }
    return 1.05 / (light + .05) > (light + .05) / .05;
}

/* Cells shaded by their share of the largest, with their numbers. */
static void draw_matrix(const mi_canvas *c)
{
    const mien_panel *p = c->p;
    double w = (c->right - c->left) / p->columns;
    double h = (c->bottom - c->top) / p->rows, most = 0;
    char text[32];
    for (int i = 0; i < p->rows * p->columns; i++)
        most = isfinite(p->value[i]) ? fmax(most, fabs(p->value[i])) : most;
    cairo_set_font_size(c->cr, fmin(18, fmin(h * .5, w * .25)));
    for (int i = 0; i < p->rows * p->columns; i++) {
        double v = p->value[i];
        int row = i / p->columns, column = i % p->columns;
        double x = c->left + column * w, y = c->top + row * h;
        double dark = most > 0 && isfinite(v) ? sqrt(fabs(v) / most) : 0;
        mi_colour(c->cr, 0, .05 + .95 * dark);
        double ink = ink_on_colour(c->cr);
        cairo_rectangle(c->cr, x + 1, y + 1, w - 2, h - 2);
        cairo_fill(c->cr);
        snprintf(text, sizeof text,
                 fabs(v) < 1e9 && v == floor(v) ? "%.0f" : "%.3g", v);
        cairo_set_source_rgb(c->cr, ink, ink, ink);
        mi_text(c->cr, isfinite(v) ? text : "-", x + w / 2, y + h / 2, .5, .5);
    }
    cairo_set_font_size(c->cr, 11);
}

void mi_layers_draw(const mi_canvas *c)
{
    int colour = 0;
    cairo_save(c->cr);
    cairo_rectangle(c->cr, c->left, c->top, c->right - c->left,
                    c->bottom - c->top);
    cairo_clip(c->cr);
    if (c->p->rows)
        draw_matrix(c);
    for (const mi_layer *l = c->p->first; l; l = l->next) {
        if (l->kind == MI_HLINE || l->kind == MI_VLINE)
            draw_reference(c, l);
        else if (l->kind == MI_POINTS)
            draw_points(c, l, colour++);
        else if (l->kind == MI_BARS)
            draw_bars(c, l, colour++);
        else if (l->kind == MI_BOX)
            draw_box(c, l);
        else
            draw_line(c, l, colour++);
    }
    if (!c->p->first && !c->p->rows) {
        cairo_set_source_rgb(c->cr, .5, .5, .5);
        mi_text(c->cr, "no data", (c->left + c->right) / 2,
                (c->top + c->bottom) / 2, .5, .5);
    }
    draw_labels(c);
    cairo_restore(c->cr);
    if (!c->p->rows)
        mi_legend_draw(c);
}
