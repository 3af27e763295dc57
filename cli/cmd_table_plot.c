/* cmd_table_plot.c: columns of a table as a picture. */
#include "cli/cli_figure.h"
#include "cli/cli_fit_line.h"
#include "cli/cli_table.h"

#include "base/alloc.h"

#include <stdio.h>
#include <math.h>
#include <string.h>

enum {
    OPT_KIND,
    OPT_X,
    OPT_Y,
    OPT_BY,
    OPT_FIT,
    OPT_WIDTH,
    OPT_HEIGHT,
    OPT_OUTPUT,
    OPT_TABLE
};
enum { SCATTER, LINE, HIST, BOX, MATRIX, MOST_GROUPS = 9, MOST_MATRIX = 8 };

static const cli_option options[] = {
    {"kind", 'k', CLI_CHOICE, "KIND", "scatter,line,hist,box,matrix",
     "scatter (default when y is given), line, hist, box, or matrix: every "
     "column against every other"},
    {"x", 0, CLI_TEXT, "COLUMN", NULL, "along; line: default the row number"},
    {"y", 0, CLI_TEXT, "COLUMN", NULL, "up"},
    {"by", 0, CLI_TEXT, "COLUMN", NULL,
     "a panel (scatter, line) or a colour or box for each value, 9 at most"},
    {"fit", 0, CLI_LIST, "FIT,...", FIT_CHOICES,
     "scatter: lines through the points"},
    {"width", 0, CLI_NUMBER, "N", NULL, "pixels or points (default 900)"},
    {"height", 0, CLI_NUMBER, "N", NULL, "the same (default 640)"},
    {"output", 'o', CLI_FILE, "FILE", NULL, "a .svg, .png or .pdf"},
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien table plot data.csv --x x --y y --by set --fit linear,robust -o "
     "quartet.svg",
     "a panel for each set, with fitted lines"},
    {"mien table plot data.csv --x amount -k hist -o amount.png",
     "a histogram"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the picture was written"},
    {"2", "the command line is wrong"},
    {"3", "the table could not be read or drawn"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

typedef struct drawing {
    const cli_args *args;
    const mien_table *t;
    const char *path;
    int kind;
    unsigned fits;
    double width, height;
    const double *x, *y; /* of the whole table */
    const char *x_name, *y_name;
    mien_groups groups; /* count 0: none */
    mien_column by;
    double *px, *py; /* [rows] of a group */
} drawing;

static const double *numbers(const drawing *d, const char *name)
{
    int at = cli_table_column(d->t, d->path, name);
    if (at < 0)
        return NULL;
    mien_column c = mien_table_column(d->t, at);
    if (c.type == MIEN_COLUMN_TEXT)
        cli_error("%s: column %s holds texts, wanted numbers", d->path, name);
    return c.number;
}

/* The rows of group g (all, without groups) of x and y; how many. */
static int64_t rows_of(const drawing *d, int g)
{
    int64_t n = d->groups.count ? d->groups.start[g + 1] - d->groups.start[g]
                                : mien_table_rows(d->t);
    for (int64_t i = 0; i < n; i++) {
        int64_t row =
            d->groups.count ? d->groups.rows[d->groups.start[g] + i] : i;
        d->px[i] = d->x ? d->x[row] : (double)row;
        d->py[i] = d->y ? d->y[row] : 0;
    }
    return n;
}

static void name_group(const drawing *d, int g, char out[96])
{
    int64_t row = d->groups.count ? d->groups.first[g] : 0;
    if (!d->groups.count)
        out[0] = 0;
    else if (d->by.type == MIEN_COLUMN_TEXT)
        snprintf(out, 96, "%s %.*s", d->by.name,
                 (int)(d->by.text[row].n < 60 ? d->by.text[row].n : 60),
                 d->by.text[row].at);
    else
        snprintf(out, 96, "%s %g", d->by.name, d->by.number[row]);
}

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

static void draw_panels(const drawing *d, mien_figure *f, int columns)
{
    int64_t all = mien_table_rows(d->t);
    int panels = d->groups.count ? d->groups.count : 1;
    double x[2] = {-.5, (double)all}, y[2];
    char name[96];
    if (d->x)
        range_of(d->x, all, x);
    range_of(d->y, all, y);
    for (int g = 0; g < panels; g++) {
        mien_panel *p = mien_figure_panel(f, g / columns, g % columns);
        int64_t n = rows_of(d, g);
        name_group(d, g, name);
        mien_panel_labels(p, name, d->x_name, d->y_name);
        mien_panel_limits(p, x[0], x[1], y[0], y[1]);
        if (d->kind == LINE)
            mien_panel_line(p, NULL, n, d->px, d->py);
        else
            mien_panel_points(p, NULL, n, d->px, d->py);
        cli_fit_draw(p, d->fits, n, d->px, d->py, x);
    }
}

static void draw_one(const drawing *d, mien_figure *f)
{
    mien_panel *p = mien_figure_panel(f, 0, 0);
    int groups = d->groups.count ? d->groups.count : 1;
    char name[96];
    mien_panel_labels(p, NULL, d->kind == HIST ? d->x_name : "",
                      d->kind == HIST ? "rows" : d->x_name);
    for (int g = 0; g < groups; g++) {
        int64_t n = rows_of(d, g);
        name_group(d, g, name);
        if (d->kind == HIST)
            mien_panel_histogram(p, name, n, d->px, 0);
        else
            mien_panel_box(p, groups > 1 ? name : d->x_name, n, d->px);
    }
}

static int draw_matrix(const drawing *d, mien_figure **f, mien_error *err)
{
    int column[MOST_MATRIX], k = 0;
    for (int i = 0; i < mien_table_columns(d->t) && k < MOST_MATRIX; i++)
        if (mien_table_column(d->t, i).type == MIEN_COLUMN_NUMBER)
            column[k++] = i;
    if (k == 0 || mien_figure_new(k, k, d->width, d->height, f, err))
        return 0;
    for (int i = 0; i < k * k; i++) {
        mien_column x = mien_table_column(d->t, column[i % k]);
        mien_column y = mien_table_column(d->t, column[i / k]);
        mien_panel *p = mien_figure_panel(*f, i / k, i % k);
        mien_panel_labels(p, NULL, i / k == k - 1 ? x.name : "",
                          i % k == 0 ? y.name : "");
        if (i / k == i % k)
            mien_panel_histogram(p, NULL, mien_table_rows(d->t), x.number, 0);
        else
            mien_panel_points(p, NULL, mien_table_rows(d->t), x.number,
                              y.number);
    }
    return 1;
}

/* ---- the command
 * ------------------------------------------------------------------ */

static int read_columns(drawing *d)
{
    const cli_args *a = d->args;
    d->x_name = a->value[OPT_X] ? a->value[OPT_X] : "row";
    d->y_name = a->value[OPT_Y] ? a->value[OPT_Y] : "";
    d->kind = cli_choice(a, OPT_KIND, a->value[OPT_Y] ? SCATTER : HIST);
    d->fits = cli_list(a, OPT_FIT);
    if (d->kind == MATRIX)
        return 1;
    int wants_y = d->kind == SCATTER || d->kind == LINE;
    if ((wants_y && !a->value[OPT_Y]) ||
        (d->kind != LINE && !a->value[OPT_X])) {
        cli_error("wanted: --x COLUMN%s", wants_y ? " and --y COLUMN" : "");
        return 0;
    }
    if (a->value[OPT_X] && !(d->x = numbers(d, a->value[OPT_X])))
        return 0;
    return !wants_y || (d->y = numbers(d, a->value[OPT_Y])) != NULL;
}

static int read_groups(drawing *d)
{
    mien_error err = {0};
    size_t n = (size_t)mien_table_rows(d->t) + 1;
    d->px = mi_alloc_raw(n, sizeof *d->px);
    d->py = mi_alloc_raw(n, sizeof *d->py);
    if (!d->px || !d->py)
        return cli_error("out of memory"), 0;
    if (!d->args->value[OPT_BY])
        return 1;
    int at = cli_table_column(d->t, d->path, d->args->value[OPT_BY]);
    if (at < 0)
        return 0;
    d->by = mien_table_column(d->t, at);
    if (!mien_table_group(d->t, at, MOST_GROUPS, &d->groups, &err))
        return 1;
    cli_error("%s: %s", d->path, err.text);
    return 0;
}

static int make(const drawing *d, mien_figure **f, mien_error *err)
{
    int panels = d->groups.count ? d->groups.count : 1;
    if (d->kind == MATRIX)
        return draw_matrix(d, f, err);
    if (d->kind == HIST || d->kind == BOX)
        panels = 1;
    int columns = (int)ceil(sqrt(panels));
    int rows = (panels + columns - 1) / columns;
    if (mien_figure_new(rows, columns, d->width, d->height, f, err))
        return 0;
    if (d->kind == HIST || d->kind == BOX)
        draw_one(d, *f);
    else
        draw_panels(d, *f, columns);
    return 1;
}

static int write(const drawing *d)
{
    const char *path = d->args->value[OPT_OUTPUT];
    mien_figure *f = NULL;
    mien_error err = {0};
    int status = CLI_NOTHING;
    if (!cli_figure_path(path))
        return CLI_USAGE;
    if (make(d, &f, &err))
        status = cli_figure_save(f, path) ? CLI_OK : CLI_OUTPUT;
    else
        cli_error("%s", err.text[0] ? err.text : "no column of numbers");
    mien_figure_free(f);
    return status;
}

static int run(const cli_args *a)
{
    cli_table in;
    float width = 900, height = 640;
    int status = CLI_NOTHING;
    if (!cli_float(a, OPT_WIDTH, 100, MIEN_PLOT_MAX_SIDE, &width) ||
        !cli_float(a, OPT_HEIGHT, 100, MIEN_PLOT_MAX_SIDE, &height))
        return CLI_USAGE;
    if (!a->value[OPT_OUTPUT]) {
        cli_error("--output FILE is missing");
        return CLI_USAGE;
    }
    if (!cli_table_open(a->operand[0], a, OPT_TABLE, &in))
        return CLI_NOTHING;
    drawing d = {.args = a,
                 .t = in.t,
                 .path = a->operand[0],
                 .width = (double)width,
                 .height = (double)height};
    if (read_columns(&d) && read_groups(&d))
        status = write(&d);
    mien_groups_free(&d.groups);
    mi_free(d.px);
    mi_free(d.py);
    cli_table_close(&in);
    return status;
}

const cli_command cmd_table_plot = {
    .name = "table plot",
    .operands = "TABLE.csv",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "draw columns of a table",
    .description =
        "Draws points, lines, a histogram, boxes, or every column of numbers "
        "against every other (the first eight), as SVG, PNG or PDF.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
