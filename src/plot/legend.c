/* legend.c: where the legend and the labels of reference lines cover least of
 * what is drawn, and the legend itself: in a corner that is free, else above
 * the panel's frame. */
#include "plot/draw.h"

#include <math.h>

enum { LINE_HIGH = 17, LABEL_HIGH = 14, EDGE = 8, AROUND = 4, MARK_WIDE = 30 };

/* ---- what a rectangle covers --------------------------------------------- */

/* What is left of from..to, a share of a segment, where start + share * step
 * lies in lo..hi. */
static void cut(double start, double step, double lo, double hi, double part[2])
{
    if (step == 0) {
        if (start < lo || start > hi)
            part[1] = part[0];
        return;
    }
    double a = (lo - start) / step, b = (hi - start) / step;
    part[0] = fmax(part[0], fmin(a, b));
    part[1] = fmin(part[1], fmax(a, b));
}

/* How long the part of a segment inside a rectangle is. */
static double length_inside(const double from[2], const double to[2],
                            const mi_rect *r)
{
    double dx = to[0] - from[0], dy = to[1] - from[1], part[2] = {0, 1};
    cut(from[0], dx, r->x, r->x + r->wide, part);
    cut(from[1], dy, r->y, r->y + r->high, part);
    double share = part[1] - part[0];
    return share > 0 ? share * hypot(dx, dy) : 0;
}

static double overlap(const mi_rect *a, const mi_rect *b)
{
    double w = fmin(a->x + a->wide, b->x + b->wide) - fmax(a->x, b->x);
    double h = fmin(a->y + a->high, b->y + b->high) - fmax(a->y, b->y);
    return w > 0 && h > 0 ? w * h : 0;
}

/* A line or steps by their length. */
static double line_covered(const mi_canvas *c, const mi_layer *l,
                           const mi_rect *r)
{
    double sum = 0, last[2] = {(double)NAN, (double)NAN};
    for (int64_t i = 0; i < l->n; i++) {
        double at[2] = {mi_place(&c->x, l->x[i]), mi_place(&c->y, l->y[i])};
        if (isfinite(at[0]) && isfinite(at[1]) && isfinite(last[0])) {
            double corner[2] = {at[0], last[1]};
            int steps = l->kind == MI_STEPS;
            if (steps)
                sum += length_inside(last, corner, r);
            sum += length_inside(steps ? corner : last, at, r);
        }
        last[0] = isfinite(at[1]) ? at[0] : (double)NAN;
        last[1] = at[1];
    }
    return sum / 10;
}

static double points_covered(const mi_canvas *c, const mi_layer *l,
                             const mi_rect *r)
{
    double sum = 0;
    for (int64_t i = 0; i < l->n; i++) {
        double x = mi_place(&c->x, l->x[i]), y = mi_place(&c->y, l->y[i]);
        sum += x > r->x && x < r->x + r->wide && y > r->y && y < r->y + r->high;
    }
    return sum;
}

/* Bars, or a box with its whiskers, by their area. */
static double area_covered(const mi_canvas *c, const mi_layer *l,
                           const mi_rect *r)
{
    double sum = 0;
    if (l->kind == MI_BOX) {
        double x = mi_place(&c->x, l->x[0] - .3), y = mi_place(&c->y, l->y[4]);
        mi_rect box = {x, y, mi_place(&c->x, l->x[0] + .3) - x,
                       mi_place(&c->y, l->y[0]) - y};
        return overlap(&box, r) / 100;
    }
    for (int64_t i = 0; i < l->n; i++) {
        double x = mi_place(&c->x, l->x[2 * i]), y = mi_place(&c->y, l->y[i]);
        mi_rect bar = {x, y, mi_place(&c->x, l->x[2 * i + 1]) - x,
                       c->bottom - y};
        sum += overlap(&bar, r) / 100;
    }
    return sum;
}

/* How much of the layers lies under a rectangle: as many points, or ten times
 * that of a line, or a hundred of an area. */
static double covered(const mi_canvas *c, const mi_rect *r)
{
    mi_rect wider = {r->x - AROUND, r->y - AROUND, r->wide + 2 * AROUND,
                     r->high + 2 * AROUND};
    double sum = 0;
    for (const mi_layer *l = c->p->first; l; l = l->next)
        switch (l->kind) {
        case MI_POINTS: sum += points_covered(c, l, &wider); break;
        case MI_LINE:
        case MI_STEPS: sum += line_covered(c, l, &wider); break;
        case MI_BARS:
        case MI_BOX: sum += area_covered(c, l, &wider); break;
        case MI_HLINE:
        case MI_VLINE: break;
        }
    return sum;
}

/* ---- labels of reference lines ------------------------------------------- */

mi_rect mi_label_place(const mi_canvas *c, const mi_layer *l)
{
    mi_rect best = {0, 0, 0, LABEL_HIGH};
    best.wide = fmin(mi_text_width(c->cr, l->name), c->right - c->left - 8);
    double least = HUGE_VAL;
    int across = l->kind == MI_HLINE;
    double at = across ? mi_place(&c->y, l->y[0]) : mi_place(&c->x, l->x[0]);
    if (!(across ? at > c->top && at < c->bottom
                 : at > c->left && at < c->right))
        return (mi_rect){0};
    for (int i = 0; i < 4; i++) {
        mi_rect r = best;
        if (across) {
            r.x = i / 2 ? c->left + 4 : c->right - 4 - r.wide;
            r.y = i % 2 ? at + 3 : at - 3 - LABEL_HIGH;
        } else {
            r.x = i % 2 ? at - 5 - r.wide : at + 5;
            r.y = i / 2 ? c->bottom - 4 - LABEL_HIGH : c->top + 4;
        }
        r.x = fmax(fmin(r.x, c->right - 2 - r.wide), c->left + 2);
        r.y = fmax(fmin(r.y, c->bottom - 2 - LABEL_HIGH), c->top + 2);
        int on_line = across ? r.y < at && at < r.y + LABEL_HIGH
                             : r.x < at && at < r.x + r.wide;
        double under = covered(c, &r) + 20 * on_line;
        if (under < least) {
            least = under;
            best = r;
        }
    }
    return best;
}

static int hides_label(const mi_canvas *c, const mi_rect *r)
{
    for (const mi_layer *l = c->p->first; l; l = l->next) {
        if ((l->kind != MI_HLINE && l->kind != MI_VLINE) || !l->name[0])
            continue;
        mi_rect label = mi_label_place(c, l);
        if (overlap(&label, r) > 0)
            return 1;
    }
    return 0;
}

/* ---- the legend ---------------------------------------------------------- */

static int is_named(const mi_layer *l)
{
    return l->name[0] && l->kind != MI_HLINE && l->kind != MI_VLINE;
}

/* How much room a name has. */
static double room_of(const mi_canvas *c)
{
    return c->right - c->left - MARK_WIDE;
}

static double name_wide(const mi_canvas *c, const mi_layer *l)
{
    return fmin(mi_text_width(c->cr, l->name), room_of(c));
}

/* How large it is as a column; high 0: nothing has a name. */
static mi_rect size_of(const mi_canvas *c)
{
    mi_rect r = {0};
    for (const mi_layer *l = c->p->first; l; l = l->next)
        if (is_named(l)) {
            r.wide = fmax(r.wide, name_wide(c, l) + MARK_WIDE + 6);
            r.high += LINE_HIGH;
        }
    if (r.high > 0)
        r.high += 6;
    return r;
}

/* Where the next entry of rows stands, wide as it is; the row may be a new one.
 */
static void next_entry(const mi_canvas *c, const mi_layer *l, double *x,
                       double *y, double *wide)
{
    if (*wide > 0)
        *x += *wide;
    *wide = name_wide(c, l) + MARK_WIDE + 12;
    if (*x > c->left - 6 && *x + *wide > c->right + 12) {
        *x = c->left - 6;
        *y += LINE_HIGH;
    }
}

/* How high it is as rows above the frame. */
static double rows_high(const mi_canvas *c)
{
    double x = c->left - 6, y = 0, wide = 0;
    for (const mi_layer *l = c->p->first; l; l = l->next)
        if (is_named(l))
            next_entry(c, l, &x, &y, &wide);
    return y + LINE_HIGH + 4;
}

int mi_legend_place(mi_canvas *c)
{
    mi_rect r = size_of(c);
    double least = HUGE_VAL;
    c->head = 0;
    c->legend = (mi_rect){0};
    if (!(r.high > 0))
        return 0;
    for (int i = 0; i < 6; i++) {
        double middle = (c->left + c->right - r.wide) / 2;
        r.x = i / 2 == 0   ? c->right - r.wide - EDGE
              : i / 2 == 1 ? c->left + EDGE
                           : middle;
        r.y = i % 2 ? c->bottom - r.high - EDGE : c->top + EDGE;
        double under = covered(c, &r) + (hides_label(c, &r) ? 1e9 : 0);
        if (under < least) {
            least = under;
            c->legend = r;
        }
    }
    int fits = r.wide + 2 * EDGE <= c->right - c->left &&
               r.high + 2 * EDGE <= c->bottom - c->top;
    if (fits && !(least > 0))
        return 0;
    c->head = rows_high(c);
    return 1;
}

/* The mark of a layer and its name. */
static void draw_entry(const mi_canvas *c, const mi_layer *l, int colour,
                       double x, double y)
{
    char name[MI_TEXT];
    mi_colour(c->cr, colour, 1);
    if (l->kind == MI_LINE || l->kind == MI_STEPS)
        cairo_rectangle(c->cr, x + 6, y - 1, 18, 2);
    else
        cairo_rectangle(c->cr, x + 11, y - 4, 8, 8);
    cairo_fill(c->cr);
    cairo_set_source_rgb(c->cr, .2, .2, .2);
    mi_text_cut(c->cr, l->name, room_of(c), name);
    mi_text(c->cr, name, x + MARK_WIDE, y, 0, .5);
}

void mi_legend_draw(const mi_canvas *c)
{
    int colour = 0, inside = !(c->head > 0);
    double x = inside ? c->legend.x : c->left - 6, wide = 0;
    double y = inside ? c->legend.y + 11 : c->top - c->head + LINE_HIGH / 2.;
    if (inside) {
        cairo_set_source_rgba(c->cr, 1, 1, 1, .85);
        cairo_rectangle(c->cr, x, c->legend.y, c->legend.wide, c->legend.high);
        cairo_fill(c->cr);
    }
    for (const mi_layer *l = c->p->first; l; l = l->next) {
        int coloured = l->kind != MI_HLINE && l->kind != MI_VLINE;
        if (is_named(l)) {
            if (!inside)
                next_entry(c, l, &x, &y, &wide);
            draw_entry(c, l, colour, x, y);
            y += inside ? LINE_HIGH : 0;
        }
        colour += coloured;
    }
}
