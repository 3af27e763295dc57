/* table_figure.c: columns of a table as points, lines, histograms, boxes, or
 * every column against every other. */
#include "mien/report_table.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is drawn, and room for the rows of a group. */
typedef struct drawing {
    const mien_table *t;
    const mien_table_figure_options *o;
    int64_t rows;
    const double *x, *y; /* of the whole table; NULL: none */
    const char *x_name, *y_name;
    mien_dates dates[2]; /* of x and y, where they are dates */
    mien_groups groups;  /* count 0: all rows are one */
    double *px, *py;     /* [rows] of a group */
    double (*pair)[2];   /* [rows] of the same, while they are sorted */
    mien_buffer *remarks;
} drawing;

/* Points and lines are drawn over two columns. */
static int wants_y(const mien_table_figure_options *o)
{
    return o->kind == MIEN_PLOT_SCATTER || o->kind == MIEN_PLOT_LINE;
}

/* The numbers of a column, seconds of one of dates; -1 gives none. */
static mien_status numbers_of(drawing *d, int column, int axis,
                              const double **out, const char **name,
                              mien_error *err)
{
    mien_error why = {0};
    if (column < 0)
        return MIEN_OK;
    mien_column c = mien_table_column(d->t, column);
    *name = c.name;
    *out = c.number;
    if (c.number)
        return MIEN_OK;
    mien_status st =
        mien_dates_read(d->t, column, MIEN_DATE_ANY, &d->dates[axis], &why);
    *out = d->dates[axis].second;
    if (!st || st == MIEN_ENOMEM)
        return st ? mi_no_memory(err) : MIEN_OK;
    return mi_fail(err, MIEN_EARG,
                   "column %.60s holds texts, wanted numbers or dates; --types "
                   "'%.60s=number' says so, --na which are missing",
                   c.name, c.name);
}

/* The rows of group g of x and y; how many. */
static int64_t rows_of(const drawing *d, int g)
{
    const mien_groups *all = &d->groups;
    int64_t first = all->count ? all->start[g] : 0;
    int64_t n = all->count ? all->start[g + 1] - first : d->rows;
    for (int64_t i = 0; i < n; i++) {
        int64_t row = all->count ? all->rows[first + i] : i;
        d->px[i] = d->x ? d->x[row] : (double)row;
        d->py[i] = d->y ? d->y[row] : 0;
    }
    return n;
}

static void name_group(const drawing *d, int g, char out[96])
{
    out[0] = 0;
    if (!d->groups.count)
        return;
    int64_t row = d->groups.first[g];
    mien_column by = mien_table_column(d->t, d->o->by);
    if (by.type == MIEN_COLUMN_TEXT)
        snprintf(out, 96, "%s %.*s", by.name,
                 (int)(by.text[row].n < 60 ? by.text[row].n : 60),
                 by.text[row].at);
    else
        snprintf(out, 96, "%s %g", by.name, by.number[row]);
}

/* Limits with some air around the numbers. */
static void range_of(const double *v, int64_t n, double out[2])
{
    double lo = HUGE_VAL, hi = -HUGE_VAL;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(v[i])) {
            lo = v[i] < lo ? v[i] : lo;
            hi = v[i] > hi ? v[i] : hi;
        }
    double air = hi > lo ? (hi - lo) * .05 : 1;
    out[0] = lo - air;
    out[1] = hi + air;
}

/* Keep the pairs of px and py that lack nothing; how many. */
static int64_t whole_pairs(const drawing *d, int64_t n)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(d->px[i]) || !isfinite(d->py[i]))
            continue;
        d->px[kept] = d->px[i];
        d->py[kept++] = d->py[i];
    }
    return kept;
}

static int by_date(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return isnan(x) || isnan(y) ? isnan(x) - isnan(y) : (x > y) - (x < y);
}

/* A line over dates goes from the first to the last, whatever the order of the
 * rows. */
static void sort_by_date(const drawing *d, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        d->pair[i][0] = d->px[i];
        d->pair[i][1] = d->py[i];
    }
    qsort(d->pair, (size_t)n, sizeof *d->pair, by_date);
    for (int64_t i = 0; i < n; i++) {
        d->px[i] = d->pair[i][0];
        d->py[i] = d->pair[i][1];
    }
}

/* Name days, firsts of months or firsts of years along the x axis, whichever
 * are not too many; nothing where a day is too long. */
static void put_date_ticks(mien_panel *p, const double range[2])
{
    enum { MOST = 60, DAY = 86400 };
    static const int from[] = {0, 7, 4}; /* of "-01-01": any, months, years */
    double days = (range[1] - range[0]) / DAY, at[MOST];
    char text[MOST][MIEN_DATE_SIZE], date[MIEN_DATE_SIZE];
    const char *name[MOST];
    int unit = days < MOST ? 0 : days < 30 * MOST ? 1 : 2, n = 0;
    if (!(days >= 2 && days < 400 * MOST))
        return;
    for (int64_t day = (int64_t)ceil(range[0] / DAY);
         (double)day * DAY <= range[1] && n < MOST; day++) {
        mien_date_write((double)day * DAY, date);
        if (unit &&
            strcmp(date + from[unit], unit == 1 ? "-01" : "-01-01") != 0)
            continue;
        at[n] = (double)day * DAY;
        date[unit ? from[unit] : 10] = 0;
        memcpy(text[n], date, sizeof date);
        name[n] = text[n];
        n++;
    }
    if (n >= 2)
        mien_panel_ticks(p, n, at, name);
}

/* Points or lines: a panel for each group, all with the same limits. */
static void draw_panels(const drawing *d, mien_figure *f, int columns)
{
    int panels = d->groups.count ? d->groups.count : 1;
    double x[2] = {-.5, (double)d->rows}, y[2];
    char name[96];
    if (d->x)
        range_of(d->x, d->rows, x);
    range_of(d->y, d->rows, y);
    for (int g = 0; g < panels; g++) {
        mien_panel *p = mien_figure_panel(f, g / columns, g % columns);
        int64_t n = rows_of(d, g);
        name_group(d, g, name);
        mien_panel_labels(p, name, d->x_name, d->y_name);
        mien_panel_limits(p, x[0], x[1], y[0], y[1]);
        if (d->o->kind == MIEN_PLOT_LINE && d->dates[0].second)
            sort_by_date(d, n);
        if (d->o->kind == MIEN_PLOT_LINE)
            mien_panel_line(p, NULL, n, d->px, d->py);
        else
            mien_panel_points(p, NULL, n, d->px, d->py);
        if (d->dates[0].second)
            put_date_ticks(p, x);
        n = whole_pairs(d, n);
        mien_panel_fitted(p, d->o->fitted, n, d->px, d->py, x, d->remarks);
    }
}

/* Histograms or boxes: all groups in one panel. */
static void draw_one(const drawing *d, mien_figure *f)
{
    mien_panel *p = mien_figure_panel(f, 0, 0);
    int groups = d->groups.count ? d->groups.count : 1;
    int bars = d->o->kind == MIEN_PLOT_HISTOGRAM;
    char name[96];
    mien_panel_labels(p, NULL, bars ? d->x_name : "",
                      bars ? "rows" : d->x_name);
    if (bars && groups > 1)
        mien_panel_bins(p, d->rows, d->x);
    if (bars && d->dates[0].second) {
        double range[2];
        range_of(d->x, d->rows, range);
        put_date_ticks(p, range);
    }
    for (int g = 0; g < groups; g++) {
        int64_t n = rows_of(d, g);
        name_group(d, g, name);
        if (bars)
            mien_panel_histogram(p, name, n, d->px, 0);
        else
            mien_panel_box(p, groups > 1 ? name : d->x_name, n, d->px);
    }
}

/* The figure, its panels drawn. */
static mien_status make_panels(const drawing *d, mien_figure **f,
                               mien_error *err)
{
    int together = !wants_y(d->o);
    int panels = together || !d->groups.count ? 1 : d->groups.count;
    int columns = (int)ceil(sqrt(panels));
    mien_status st = mien_figure_new((panels + columns - 1) / columns, columns,
                                     d->o->width, d->o->height, f, err);
    if (!st && together)
        draw_one(d, *f);
    else if (!st)
        draw_panels(d, *f, columns);
    for (int i = panels; !st && i % columns; i++)
        mien_panel_hide(mien_figure_panel(*f, i / columns, i % columns));
    return st;
}

/* Columns against each other; a histogram on the diagonal. */
static mien_status make_matrix(const mien_table *t,
                               const mien_table_figure_options *o,
                               mien_figure **f, mien_error *err)
{
    int column[MIEN_PLOT_MAX_MATRIX], n = 0;
    for (int i = 0; i < mien_table_columns(t) && n < MIEN_PLOT_MAX_MATRIX; i++)
        if (mien_table_column(t, i).type == MIEN_COLUMN_NUMBER)
            column[n++] = i;
    if (n == 0)
        return mi_fail(err, MIEN_EARG, "no column of numbers");
    mien_status st = mien_figure_new(n, n, o->width, o->height, f, err);
    for (int i = 0; !st && i < n * n; i++) {
        mien_column x = mien_table_column(t, column[i % n]);
        mien_column y = mien_table_column(t, column[i / n]);
        mien_panel *p = mien_figure_panel(*f, i / n, i % n);
        mien_panel_labels(p, NULL, i / n == n - 1 ? x.name : "",
                          i % n == 0 ? y.name : "");
        if (i / n == i % n)
            mien_panel_histogram(p, NULL, mien_table_rows(t), x.number, 0);
        else
            mien_panel_points(p, NULL, mien_table_rows(t), x.number, y.number);
    }
    return st;
}

/* Find the columns and groups of a drawing, and room for its rows. */
static mien_status open_drawing(drawing *d, mien_error *err)
{
    const mien_table_figure_options *o = d->o;
    int y = wants_y(o);
    if ((y && o->y < 0) || (o->kind != MIEN_PLOT_LINE && o->x < 0))
        return mi_fail(err, MIEN_EARG, "a picture of this kind wants x%s",
                       y ? " and y" : "");
    mien_status st = numbers_of(d, o->x, 0, &d->x, &d->x_name, err);
    if (!st && y)
        st = numbers_of(d, o->y, 1, &d->y, &d->y_name, err);
    d->px = mi_alloc_raw((size_t)d->rows + 1, sizeof *d->px);
    d->py = mi_alloc_raw((size_t)d->rows + 1, sizeof *d->py);
    d->pair = mi_alloc_raw((size_t)d->rows + 1, sizeof *d->pair);
    if (!st && !(d->px && d->py && d->pair))
        st = mi_no_memory(err);
    if (!st && o->by >= 0)
        st = mien_table_group(d->t, o->by, MIEN_PLOT_MAX_GROUPS, &d->groups,
                              err);
    return st;
}

static void close_drawing(drawing *d)
{
    mien_groups_free(&d->groups);
    mien_dates_free(&d->dates[0]);
    mien_dates_free(&d->dates[1]);
    mi_free(d->px);
    mi_free(d->py);
    mi_free(d->pair);
}

static drawing drawing_of(const mien_table *t,
                          const mien_table_figure_options *options,
                          mien_buffer *remarks)
{
    return (drawing){.t = t,
                     .o = options,
                     .rows = mien_table_rows(t),
                     .x_name = "row",
                     .y_name = "",
                     .remarks = remarks};
}

mien_status mien_table_figure(const mien_table *t,
                              const mien_table_figure_options *options,
                              mien_figure **out, mien_buffer *remarks,
                              mien_error *err)
{
    drawing d = drawing_of(t, options, remarks);
    if (options->kind == MIEN_PLOT_MATRIX)
        return make_matrix(t, options, out, err);
    mien_status st = open_drawing(&d, err);
    if (!st)
        st = make_panels(&d, out, err);
    close_drawing(&d);
    return st;
}

/* ---- as numbers ---------------------------------------------------------- */

/* How x and y of a group go together. */
static mien_status put_fit(const drawing *d, int g, mien_json *j,
                           mien_error *err)
{
    char name[96];
    mien_polynomial f = {.r2 = (double)NAN, .deviation = (double)NAN};
    int64_t n = whole_pairs(d, rows_of(d, g));
    double rank = (double)NAN;
    mien_status st = mien_spearman(n, d->px, d->py, &rank, err);
    if (st)
        return st;
    st = mien_polynomial_fit(n, d->px, d->py, 1, &f, NULL);
    if (st == MIEN_ENOMEM)
        return mi_no_memory(err);
    if (st)
        f.coef[0] = f.coef[1] = (double)NAN;
    name_group(d, g, name);
    mien_json_object(j, NULL);
    mien_json_text(j, "group", name[0] ? name : NULL);
    mien_json_int(j, "rows", n);
    mien_json_real(j, "r", mien_pearson(n, d->px, d->py), 0);
    mien_json_real(j, "rank_r", rank, 0);
    mien_json_real(j, "intercept", f.coef[0], 0);
    mien_json_real(j, "slope", f.coef[1], 0);
    mien_json_real(j, "r2", f.r2, 0);
    mien_json_real(j, "deviation", f.deviation, 0);
    mien_json_close(j);
    return MIEN_OK;
}

/* The same for each panel, where there are two columns. */
static mien_status put_fits(const mien_table *t,
                            const mien_table_figure_options *o, mien_json *j,
                            mien_error *err)
{
    drawing d = drawing_of(t, o, NULL);
    mien_status st = MIEN_OK;
    mien_json_array(j, "fits");
    if (wants_y(o) && o->x >= 0) {
        st = open_drawing(&d, err);
        int n = d.groups.count ? d.groups.count : 1;
        for (int g = 0; !st && g < n; g++)
            st = put_fit(&d, g, j, err);
        close_drawing(&d);
    }
    mien_json_close(j);
    return st;
}

/* Lines of text as an array. */
static void put_lines(mien_json *j, const char *key, mien_buffer *lines)
{
    mien_buffer_put(lines, "", 1);
    char *s = lines->failed ? NULL : (char *)lines->data;
    mien_json_array(j, key);
    for (char *end; s && (end = strchr(s, '\n')); s = end + 1) {
        *end = 0;
        mien_json_text(j, NULL, s);
    }
    mien_json_close(j);
    j->out->failed |= lines->failed;
}

mien_status mien_table_figure_json(const mien_table *t,
                                   const mien_table_figure_options *options,
                                   mien_json *j, mien_error *err)
{
    mien_figure *f = NULL;
    mien_buffer remarks = {0};
    mien_status st = mien_table_figure(t, options, &f, &remarks, err);
    mien_json_object(j, NULL);
    if (!st)
        st = mien_figure_json(f, "figure", j, err);
    if (!st)
        st = put_fits(t, options, j, err);
    put_lines(j, "remarks", &remarks);
    mien_json_close(j);
    mien_figure_free(f);
    mien_buffer_free(&remarks);
    return st;
}
