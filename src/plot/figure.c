/* figure.c: panels and what is added to them. */
#include "plot/figure.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that are no UTF-8, and control characters, become question marks; what
 * is too long ends in three points. */
static void put_text(char to[MI_TEXT], const char *text)
{
    size_t n = 0;
    for (const unsigned char *s = (const unsigned char *)text; text && *s;) {
        int more = *s < 0x80       ? 0
                   : *s >> 5 == 6  ? 1
                   : *s >> 4 == 14 ? 2
                   : *s >> 3 == 30 ? 3
                                   : -1;
        int good = more >= 0 && *s >= 0x20 && *s != 0x7f;
        for (int k = 1; good && k <= more; k++)
            good = s[k] >> 6 == 2;
        size_t len = good ? (size_t)more + 1 : 1;
        if (n + len + 4 > MI_TEXT) {
            memcpy(to + n, "...", 3);
            n += 3;
            break;
        }
        if (good)
            memcpy(to + n, s, len);
        else
            to[n] = '?';
        n += len;
        s += len;
    }
    to[n] = 0;
}

mien_status mien_figure_new(int rows, int columns, double width, double height,
                            mien_figure **out, mien_error *err)
{
    if (rows < 1 || columns < 1 || rows > MIEN_PLOT_MAX_PANELS ||
        columns > MIEN_PLOT_MAX_PANELS ||
        rows * columns > MIEN_PLOT_MAX_PANELS || !(width >= 100) ||
        !(height >= 100) || width > MIEN_PLOT_MAX_SIDE ||
        height > MIEN_PLOT_MAX_SIDE)
        return mi_fail(err, MIEN_EARG,
                       "figure: %d x %d panels of %g x %g: wanted up to %d, "
                       "sides from 100 to %d",
                       rows, columns, width, height, MIEN_PLOT_MAX_PANELS,
                       MIEN_PLOT_MAX_SIDE);
    mien_figure *f = mi_alloc(1, sizeof *f);
    if (!f)
        return mi_no_memory(err);
    *f = (mien_figure){rows, columns, width, height, "", NULL, 0};
    f->panel = mi_alloc((size_t)rows * (size_t)columns, sizeof *f->panel);
    if (!f->panel) {
        mien_figure_free(f);
        return mi_no_memory(err);
    }
    for (int i = 0; i < rows * columns; i++) {
        f->panel[i].figure = f;
        for (int k = 0; k < 4; k++)
            f->panel[i].limit[k] = (double)NAN;
    }
    *out = f;
    return MIEN_OK;
}

static void panel_done(mien_panel *p)
{
    for (mi_layer *l = p->first, *next; l; l = next) {
        next = l->next;
        mi_free(l->x);
        mi_free(l->y);
        mi_free(l);
    }
    mi_free(p->category);
    mi_free(p->row_name);
    mi_free(p->value);
    mi_free(p->tick);
    mi_free(p->tick_name);
}

void mien_figure_free(mien_figure *f)
{
    if (!f)
        return;
    for (int i = 0; f->panel && i < f->rows * f->columns; i++)
        panel_done(&f->panel[i]);
    mi_free(f->panel);
    mi_free(f);
}

void mien_figure_title(mien_figure *f, const char *text)
{
    put_text(f->title, text);
}

mien_panel *mien_figure_panel(mien_figure *f, int row, int column)
{
    assert(row >= 0 && row < f->rows && column >= 0 && column < f->columns);
    return &f->panel[row * f->columns + column];
}

void mien_panel_labels(mien_panel *p, const char *title, const char *x,
                       const char *y)
{
    put_text(p->title, title);
    put_text(p->x, x);
    put_text(p->y, y);
}

void mien_panel_limits(mien_panel *p, double x0, double x1, double y0,
                       double y1)
{
    const double limit[] = {x0, x1, y0, y1};
    memcpy(p->limit, limit, sizeof limit);
}

void mien_panel_log(mien_panel *p, int x, int y)
{
    p->log[0] = x;
    p->log[1] = y;
}

/* ---- layers
 * -------------------------------------------------------------------- */

/* A layer behind the others, with room for nx and ny numbers, or NULL. */
static mi_layer *add(mien_panel *p, mi_layer_kind kind, const char *name,
                     int64_t nx, int64_t ny)
{
    mi_layer *l = mi_alloc(1, sizeof *l);
    if (l) {
        l->kind = kind;
        put_text(l->name, name);
        l->x = mi_alloc((size_t)nx + 1, sizeof *l->x);
        l->y = mi_alloc((size_t)ny + 1, sizeof *l->y);
    }
    if (!l || !l->x || !l->y) {
        p->figure->failed = 1;
        mi_free(l ? l->x : NULL);
        mi_free(l ? l->y : NULL);
        mi_free(l);
        return NULL;
    }
    if (p->last)
        p->last->next = l;
    else
        p->first = l;
    p->last = l;
    return l;
}

/* Of each run of neighbours the lowest and the highest stay. */
static void thin(mi_layer *l, int64_t n, const double *x, const double *y)
{
    int64_t runs = MIEN_PLOT_MAX_POINTS / 2;
    for (int64_t r = 0; r < runs; r++) {
        int64_t lo = r * n / runs, hi = lo;
        for (int64_t i = lo; i < (r + 1) * n / runs; i++) {
            if (y[i] < y[lo])
                lo = i;
            if (y[i] > y[hi])
                hi = i;
        }
        const int64_t two[] = {lo < hi ? lo : hi, lo < hi ? hi : lo};
        for (int k = 0; k < 2; k++) {
            l->x[l->n] = x[two[k]];
            l->y[l->n++] = y[two[k]];
        }
    }
}

enum { SIDE = 100 }; /* cells of a grid, each way */

/* Lowest and highest finite number. */
static void ends_of(int64_t n, const double *v, double out[2])
{
    out[0] = HUGE_VAL;
    out[1] = -HUGE_VAL;
    for (int64_t i = 0; i < n; i++)
        if (fabs(v[i]) < 1e300) {
            out[0] = fmin(out[0], v[i]);
            out[1] = fmax(out[1], v[i]);
        }
}

/* The cell of a number; -1: it is not finite. */
static int cell_of(double v, const double ends[2])
{
    if (!(fabs(v) < 1e300))
        return -1;
    double place = (v - ends[0]) / (ends[1] - ends[0]) * SIDE;
    return place < SIDE ? (int)fmax(place, 0) : SIDE - 1;
}

/* Points keep how dense they are by every so many of them, and their outline by
 * the first one of each cell of a grid. */
static void thin_points(mi_layer *l, int64_t n, const double *x,
                        const double *y)
{
    uint8_t seen[SIDE * SIDE] = {0};
    double across[2], up[2];
    int64_t even = MIEN_PLOT_MAX_POINTS - SIDE * SIDE;
    ends_of(n, x, across);
    ends_of(n, y, up);
    for (int64_t i = 0; i < n; i++) {
        int cx = cell_of(x[i], across), cy = cell_of(y[i], up);
        if (cx < 0 || cy < 0)
            continue;
        uint8_t *cell = &seen[cy * SIDE + cx];
        if (*cell && i * even / n == (i + 1) * even / n)
            continue;
        *cell = 1;
        l->x[l->n] = x[i];
        l->y[l->n++] = y[i];
    }
}

static void add_series(mien_panel *p, mi_layer_kind kind, const char *name,
                       int64_t n, const double *x, const double *y)
{
    int64_t room = n < MIEN_PLOT_MAX_POINTS ? n : MIEN_PLOT_MAX_POINTS;
    mi_layer *l = add(p, kind, name, room, room);
    if (!l)
        return;
    if (n > MIEN_PLOT_MAX_POINTS) {
        (kind == MI_POINTS ? thin_points : thin)(l, n, x, y);
        return;
    }
    memcpy(l->x, x, (size_t)n * sizeof *x);
    memcpy(l->y, y, (size_t)n * sizeof *y);
    l->n = n;
}

void mien_panel_points(mien_panel *p, const char *name, int64_t n,
                       const double *x, const double *y)
{
    add_series(p, MI_POINTS, name, n, x, y);
}

void mien_panel_line(mien_panel *p, const char *name, int64_t n,
                     const double *x, const double *y)
{
    add_series(p, MI_LINE, name, n, x, y);
}

void mien_panel_steps(mien_panel *p, const char *name, int64_t n,
                      const double *x, const double *y)
{
    add_series(p, MI_STEPS, name, n, x, y);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The finite numbers in ascending order; NULL, noted, without memory. */
static double *sorted(mien_panel *p, int64_t n, const double *x, int64_t *count)
{
    double *s = mi_alloc((size_t)n + 1, sizeof *s);
    *count = 0;
    if (!s)
        p->figure->failed = 1;
    for (int64_t i = 0; s && i < n; i++)
        if (fabs(x[i]) < 1e300)
            s[(*count)++] = x[i];
    if (s)
        qsort(s, (size_t)*count, sizeof *s, compare);
    return s;
}

static double quantile(const double *s, int64_t n, double q)
{
    double at = q * (double)(n - 1);
    int64_t i = (int64_t)at;
    return i + 1 < n ? s[i] + (at - (double)i) * (s[i + 1] - s[i]) : s[n - 1];
}

/* The bins of m sorted numbers: where the first begins, how wide each is; how
 * many.  Source: Freedman, Diaconis 1981. */
static int bins_of(const double *s, int64_t m, int bins, double out[2])
{
    double lo = s[0], range = s[m - 1] - lo;
    double width =
        2 * (quantile(s, m, .75) - quantile(s, m, .25)) / cbrt((double)m);
    if (bins <= 0)
        bins = width > 0 && range / width < 1000 ? (int)ceil(range / width)
                                                 : (int)ceil(sqrt((double)m));
    bins = bins < 1 ? 1 : bins > 1000 ? 1000 : bins;
    if (!(range > 0))
        bins = 1;
    out[0] = range > 0 ? lo : lo - .5;
    out[1] = range > 0 ? range / bins : 1;
    return bins;
}

void mien_panel_bins(mien_panel *p, int64_t n, const double *x)
{
    int64_t m;
    double *s = sorted(p, n, x, &m);
    if (s && m > 0)
        p->bins = bins_of(s, m, 0, p->bin);
    mi_free(s);
}

void mien_panel_ticks(mien_panel *p, int n, const double *at,
                      const char *const *names)
{
    mi_free(p->tick);
    mi_free(p->tick_name);
    p->tick = mi_alloc((size_t)n + 1, sizeof *p->tick);
    p->tick_name = mi_alloc((size_t)n + 1, sizeof *p->tick_name);
    p->ticks = p->tick && p->tick_name ? n : 0;
    p->figure->failed |= !p->tick || !p->tick_name;
    for (int i = 0; i < p->ticks; i++) {
        p->tick[i] = at[i];
        put_text(p->tick_name[i], names[i]);
    }
}

void mien_panel_hide(mien_panel *p) { p->hidden = 1; }

void mien_panel_histogram(mien_panel *p, const char *name, int64_t n,
                          const double *x, int bins)
{
    int64_t m;
    double *s = sorted(p, n, x, &m);
    if (s && m > 0) {
        double bin[2] = {p->bin[0], p->bin[1]};
        bins = p->bins ? p->bins : bins_of(s, m, bins, bin);
        mi_layer *l = add(p, MI_BARS, name, 2 * (int64_t)bins, bins);
        for (int b = 0; l && b < bins; b++) {
            double *edge = l->x + (ptrdiff_t)2 * b;
            edge[0] = bin[0] + bin[1] * b;
            edge[1] = edge[0] + bin[1];
        }
        for (int64_t i = 0; l && i < m; i++) {
            int b = (int)((s[i] - bin[0]) / bin[1]);
            l->y[b < 0 ? 0 : b < bins ? b : bins - 1]++;
        }
        if (l)
            l->n = bins;
    }
    mi_free(s);
}

/* The place of a new name along x, or -1. */
static int add_category(mien_panel *p, const char *name)
{
    char(*more)[MI_TEXT] =
        mi_alloc((size_t)p->categories + 1, sizeof *p->category);
    if (!more) {
        p->figure->failed = 1;
        return -1;
    }
    if (p->categories)
        memcpy(more, p->category, (size_t)p->categories * sizeof *more);
    put_text(more[p->categories], name);
    mi_free(p->category);
    p->category = more;
    return p->categories++;
}

void mien_panel_box(mien_panel *p, const char *name, int64_t n, const double *x)
{
    int64_t m;
    double *s = sorted(p, n, x, &m);
    int at = s ? add_category(p, name) : -1;
    if (at >= 0 && m > 0) {
        double q1 = quantile(s, m, .25), q3 = quantile(s, m, .75);
        int64_t lo = 0, hi = m - 1, out = 5;
        while (s[lo] < q1 - 1.5 * (q3 - q1))
            lo++;
        while (s[hi] > q3 + 1.5 * (q3 - q1))
            hi--;
        int64_t beyond = lo + m - 1 - hi;
        mi_layer *l = add(p, MI_BOX, NULL, 1, 5 + beyond);
        const double five[] = {s[lo], q1, quantile(s, m, .5), q3, s[hi]};
        if (l) {
            l->x[0] = at;
            memcpy(l->y, five, sizeof five);
            for (int64_t i = 0; i < m; i++)
                if (i < lo || i > hi)
                    l->y[out++] = s[i];
            l->n = out;
        }
    }
    mi_free(s);
}

void mien_panel_bars(mien_panel *p, int n, const char *const *names,
                     const double *heights)
{
    mi_layer *l = add(p, MI_BARS, NULL, 2 * (int64_t)n, n);
    for (int i = 0; l && i < n; i++) {
        int at = add_category(p, names[i]);
        double *edge = l->x + (ptrdiff_t)2 * i;
        edge[0] = at - .4;
        edge[1] = at + .4;
        l->y[i] = heights[i];
        l->n = i + 1;
    }
}

void mien_panel_hline(mien_panel *p, double y, const char *label)
{
    add_series(p, MI_HLINE, label, 1, &y, &y);
}

void mien_panel_vline(mien_panel *p, double x, const char *label)
{
    add_series(p, MI_VLINE, label, 1, &x, &x);
}

void mien_panel_matrix(mien_panel *p, int rows, int columns,
                       const char *const *row_names,
                       const char *const *column_names, const double *values)
{
    size_t n = (size_t)rows * (size_t)columns;
    assert(rows > 0 && columns > 0 && p->rows == 0);
    p->row_name = mi_alloc((size_t)rows, sizeof *p->row_name);
    p->value = mi_alloc(n, sizeof *p->value);
    if (!p->row_name || !p->value) {
        p->figure->failed = 1;
        return;
    }
    for (int i = 0; i < rows; i++)
        put_text(p->row_name[i], row_names[i]);
    for (int i = 0; i < columns; i++)
        add_category(p, column_names[i]);
    memcpy(p->value, values, n * sizeof *values);
    p->rows = rows;
    p->columns = columns;
}
