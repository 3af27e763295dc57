/* axes.c: the range of the data, margins as wide as the labels need, a light
 * grid, round numbers along it. */
#include "plot/draw.h"

#include "image/font.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SMALL = 11, NORMAL = 12, RIGHT = 16 }; /* RIGHT: the margin */
#define SLANT .6
#define INK 0.2, 0.2, 0.2

/* As mi_text; bold 1: with a broader pen. */
static void put_text(cairo_t *cr, const char *s, int bold, const double at[4])
{
    cairo_matrix_t font;
    cairo_get_font_matrix(cr, &font);
    double high = (MI_FONT_ASCENT + MI_FONT_DESCENT) * font.yy;
    double x = at[0], y = at[1] + MI_FONT_ASCENT * font.yy - high * at[3];
    if (at[2] > 0)
        x -= mi_font_width(cr, s, bold) * at[2];
    mi_font_draw(cr, s, x, y, bold);
}

void mi_text(cairo_t *cr, const char *s, double x, double y, double across,
             double down)
{
    put_text(cr, s, 0, (double[]){x, y, across, down});
}

double mi_text_width(cairo_t *cr, const char *s)
{
    return mi_font_width(cr, s, 0);
}

void mi_text_cut(cairo_t *cr, const char *s, double room, char out[MI_TEXT])
{
    static const char ellipsis[] = "\342\200\246";
    size_t n = strlen(s);
    memcpy(out, s, n + 1);
    while (n && mi_text_width(cr, out) > room) {
        do
            n--;
        while (n && (s[n] & 0xc0) == 0x80);
        if (n + sizeof ellipsis <= MI_TEXT)
            memcpy(out + n, ellipsis, sizeof ellipsis);
    }
}

static double widest(cairo_t *cr, const mi_tick_list *t)
{
    double w = 0;
    for (int i = 0; i < t->n; i++)
        w = fmax(w, mi_text_width(cr, t->text[i]));
    return w;
}

/* Fewer until the labels have room. */
static void fit_x_ticks(cairo_t *cr, const mien_panel *p, const mi_axis_map *m,
                        mi_tick_list *t)
{
    for (int most = 9; most >= 1; most--) {
        if (p->ticks)
            mi_named_ticks(p, m, most, t);
        else
            mi_axis_ticks(m, most, t);
        if (t->n < 2 || widest(cr, t) + 12 <
                            fabs(mi_place(m, t->at[1]) - mi_place(m, t->at[0])))
            return;
    }
}

/* ---- drawing
 * -------------------------------------------------------------------- */

static void grid_line(cairo_t *cr, double x0, double y0, double x1, double y1)
{
    cairo_set_source_rgb(cr, .9, .9, .9);
    cairo_set_line_width(cr, 1);
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
    cairo_stroke(cr);
    cairo_set_source_rgb(cr, INK);
}

/* x of a text's middle, so that it ends inside the panel's cell. */
static double inside(const mi_canvas *c, const char *text, double x)
{
    return fmin(x, c->right + RIGHT - 1 - mi_text_width(c->cr, text) / 2);
}

static double widest_category(const mi_canvas *c)
{
    double most = 0;
    for (int i = 0; i < c->p->categories; i++)
        most = fmax(most, mi_text_width(c->cr, c->p->category[i]));
    return most;
}

/* The names below a categorical axis, all slanted where one does not fit. */
static void draw_categories(const mi_canvas *c)
{
    const mien_panel *p = c->p;
    double room = (c->right - c->left) / p->categories;
    int slanted = fmin(widest_category(c), c->longest) + 6 > room;
    for (int i = 0; i < p->categories; i++) {
        double x = mi_place(&c->x, i);
        char name[MI_TEXT];
        mi_text_cut(c->cr, p->category[i], c->longest, name);
        cairo_save(c->cr);
        cairo_set_source_rgb(c->cr, INK);
        if (!slanted) {
            mi_text(c->cr, name, x, c->bottom + 5, .5, 0);
        } else {
            cairo_translate(c->cr, x, c->bottom + 6);
            cairo_rotate(c->cr, -SLANT);
            mi_text(c->cr, name, 0, 0, 1, 0);
        }
        cairo_restore(c->cr);
    }
}

static void draw_x(const mi_canvas *c, const mi_tick_list *t)
{
    if (c->p->categories) {
        draw_categories(c);
        return;
    }
    for (int i = 0; i < t->n; i++) {
        double x = mi_place(&c->x, t->at[i]);
        grid_line(c->cr, x, c->top, x, c->bottom);
        mi_text(c->cr, t->text[i], inside(c, t->text[i], x), c->bottom + 5, .5,
                0);
    }
}

static void draw_y(const mi_canvas *c, const mi_tick_list *t)
{
    for (int i = 0; i < t->n; i++) {
        double y = mi_place(&c->y, t->at[i]);
        grid_line(c->cr, c->left, y, c->right, y);
        mi_text(c->cr, t->text[i], c->left - 6, y, 1, .5);
    }
    for (int i = 0; i < c->p->rows; i++) {
        char name[MI_TEXT];
        mi_text_cut(c->cr, c->p->row_name[i], c->longest, name);
        mi_text(c->cr, name, c->left - 6,
                c->top + (c->bottom - c->top) * (i + .5) / c->p->rows, 1, .5);
    }
}

/* The size that is set made smaller, down to 5, until a text has room. */
static void fit_size(cairo_t *cr, const char *text, int bold, double room)
{
    for (int size = NORMAL; size >= 5; size--) {
        cairo_set_font_size(cr, size);
        if (mi_font_width(cr, text, bold) <= room)
            return;
    }
}

/* The names of both axes and the panel's title, shrunk to fit. */
static void draw_names(const mi_canvas *c, const mi_rect *cell)
{
    cairo_t *cr = c->cr;
    double most = cell->wide - 8, half = 0;
    fit_size(cr, c->p->x, 0, most);
    half = mi_text_width(cr, c->p->x) / 2;
    double middle = fmax((c->left + c->right) / 2, cell->x + 4 + half);
    middle = fmin(middle, cell->x + cell->wide - 4 - half);
    mi_text(cr, c->p->x, middle, cell->y + cell->high - 4, .5, 1);
    fit_size(cr, c->p->y, 0, cell->high - 8);
    half = mi_text_width(cr, c->p->y) / 2;
    middle = fmax((c->top + c->bottom) / 2, cell->y + 4 + half);
    middle = fmin(middle, cell->y + cell->high - 4 - half);
    cairo_save(cr);
    cairo_translate(cr, cell->x + 4, middle);
    cairo_rotate(cr, -1.5707963267948966);
    mi_text(cr, c->p->y, 0, 0, .5, 0);
    cairo_restore(cr);
    fit_size(cr, c->p->title, 1, most);
    double wide = mi_font_width(cr, c->p->title, 1);
    double left = fmin(c->left, cell->x + cell->wide - 4 - wide);
    put_text(cr, c->p->title, 1, (double[]){left, cell->y + 6, 0, 0});
    cairo_set_font_size(cr, SMALL);
}

/* Room for categories: below the axis, and, where they are slanted, so much to
 * the left of it that the first one ends inside the cell. */
static double category_room(mi_canvas *c, const mi_rect *cell)
{
    double most = widest_category(c);
    if (!c->p->categories ||
        most + 6 <= (c->right - c->left) / c->p->categories)
        return 18;
    most = fmin(most, c->longest);
    /* The first one stands at this share of the axis. */
    double share = .6 / (c->p->categories + .2);
    double end = cell->x + SMALL + most * cos(SLANT);
    c->left = fmax(c->left, (end - c->right * share) / (1 - share));
    return 18 + most * sin(SLANT);
}

/* Set where the data lies, under a head, and the ticks beside it. */
static void place_data(mi_canvas *c, const mi_rect *cell, mi_tick_list *ty)
{
    const mien_panel *p = c->p;
    double names = widest(c->cr, ty);
    for (int i = 0; i < p->rows; i++)
        names = fmax(names, mi_text_width(c->cr, p->row_name[i]));
    c->longest = fmin(cell->wide * .4, cell->high * .6);
    names = p->rows ? fmin(names, c->longest) : names;
    c->left = cell->x + names + 14 + (p->y[0] ? 18 : 0);
    c->right = cell->x + cell->wide - RIGHT;
    c->top = cell->y + (p->title[0] ? 28 : 12) + c->head;
    c->bottom =
        cell->y + cell->high - category_room(c, cell) - (p->x[0] ? 22 : 6);
    c->x.from = c->left;
    c->x.to = c->right;
    c->y.from = c->bottom;
    c->y.to = c->top;
}

void mi_axes_draw(mi_canvas *c, double x, double y, double w, double h)
{
    const mien_panel *p = c->p;
    const mi_rect cell = {x, y, w, h};
    mi_tick_list tx = {0}, ty = {0};
    cairo_set_font_size(c->cr, SMALL);
    cairo_set_source_rgb(c->cr, INK);
    mi_axis_range(p, 0, &c->x);
    mi_axis_range(p, 1, &c->y);
    if (!p->rows)
        mi_axis_ticks(&c->y, (int)fmax(2, h / 45), &ty);
    place_data(c, &cell, &ty);
    if (mi_legend_place(c))
        place_data(c, &cell, &ty);
    fit_x_ticks(c->cr, p, &c->x, &tx);
    draw_y(c, &ty);
    draw_x(c, &tx);
    draw_names(c, &cell);
    cairo_set_source_rgb(c->cr, .55, .55, .55);
    cairo_set_line_width(c->cr, 1);
    cairo_rectangle(c->cr, c->left, c->top, c->right - c->left,
                    c->bottom - c->top);
    cairo_stroke(c->cr);
}
