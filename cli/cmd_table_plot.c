/* cmd_table_plot.c: columns of a table as a picture. */
#include "cli/figure.h"
#include "cli/shell/files.h"
#include "cli/table.h"

typedef struct values {
    const char *x, *y, *by, *output;
    int kind;
    unsigned fit;
    mien_table_figure_options figure;
    cli_table_values table;
} values;
static const values defaults = {.figure = MIEN_TABLE_FIGURE_DEFAULTS};

static const cli_option options[] = {
    CLI_ROW_CHOICE(kind, "kind", 'k', "KIND", "scatter,line,hist,box,matrix",
                   "scatter (default when y is given), line, hist, box, or "
                   "matrix: every column against every other"),
    CLI_ROW_TEXT(x, CLI_TEXT, "x", 0, "COLUMN",
                 "along; line: default the row number"),
    CLI_ROW_TEXT(y, CLI_TEXT, "y", 0, "COLUMN", "up"),
    CLI_ROW_TEXT(by, CLI_TEXT, "by", 0, "COLUMN",
                 "a panel (scatter, line) or a colour or box for each value, 9 "
                 "at most"),
    CLI_ROW_LIST(fit, "fit", 0, "FIT,...", "linear,quadratic,robust",
                 "scatter: lines through the points: {choices}"),
    CLI_ROW_REAL(figure.width, "width", 0, "N", 100, MIEN_PLOT_MAX_SIDE,
                 "pixels or points (default {})"),
    CLI_ROW_REAL(figure.height, "height", 0, "N", 100, MIEN_PLOT_MAX_SIDE,
                 "the same (default {})"),
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "a .svg, .png or .pdf; a .json has its numbers"),
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

static const cli_row exits[] = CLI_EXITS(
    "the picture was written", "the table could not be read or drawn");

/* A column named by an option; -1 without.  0, and a report. */
static int column_of(const mien_table *t, const char *path, const char *name,
                     int *out)
{
    *out = name ? cli_table_column(t, path, name) : -1;
    return !name || *out >= 0;
}

/* Which columns are drawn, and how; the status to exit with, reported. */
static int read_columns(const cli_args *a, const mien_table *t,
                        mien_table_figure_options *o)
{
    const values *v = a->values;
    const char *path = a->operand[0];
    o->kind = v->y ? MIEN_PLOT_SCATTER : MIEN_PLOT_HISTOGRAM;
    if (cli_given(a, &v->kind))
        o->kind = (mien_table_plot)v->kind;
    o->fitted = v->fit;
    int wants_y = o->kind == MIEN_PLOT_SCATTER || o->kind == MIEN_PLOT_LINE;
    int wants_x = o->kind != MIEN_PLOT_LINE && o->kind != MIEN_PLOT_MATRIX;
    if ((wants_y && !v->y) || (wants_x && !v->x)) {
        cli_error("table plot: wanted --x COLUMN%s",
                  wants_y ? " and --y COLUMN" : "");
        return CLI_USAGE;
    }
    int good =
        o->kind == MIEN_PLOT_MATRIX ||
        (column_of(t, path, v->x, &o->x) && column_of(t, path, v->y, &o->y) &&
         column_of(t, path, v->by, &o->by));
    return good ? CLI_OK : CLI_NOTHING;
}

/* Save the figure as numbers. */
static int write_numbers(const cli_args *a, const mien_table *t,
                         const mien_table_figure_options *o)
{
    const values *v = a->values;
    mien_buffer out = {0};
    mien_error err = {0};
    mien_json j = mien_json_on(&out, 0);
    if (mien_table_figure_json(t, o, &j, &err)) {
        cli_error("%s: %s", a->operand[0], err.text);
        mien_buffer_free(&out);
        return CLI_NOTHING;
    }
    mien_buffer_puts(&out, "\n");
    return cli_deliver(v->output, &out);
}

/* Draw the figure that was asked for, and save it. */
static int draw(const cli_args *a, const mien_table *t,
                const mien_table_figure_options *o)
{
    const values *v = a->values;
    mien_figure *f = NULL;
    mien_buffer remarks = {0};
    mien_error err = {0};
    int status = CLI_NOTHING;
    if (mien_table_figure(t, o, &f, &remarks, &err))
        cli_error("%s: %s", a->operand[0], err.text);
    else
        status = cli_figure_save(f, v->output) ? CLI_OK : CLI_OUTPUT;
    cli_error_lines(&remarks);
    mien_figure_free(f);
    return status;
}

/* Check the output's name, read the table and draw it. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_table_figure_options o = v->figure;
    cli_table in;
    if (!v->output) {
        cli_error("--output FILE is missing");
        return CLI_USAGE;
    }
    if (!cli_is_json(v->output) && !cli_figure_path(v->output))
        return CLI_USAGE;
    if (!cli_table_open(a->operand[0], &v->table, NULL, &in))
        return in.status;
    int status = read_columns(a, in.t, &o);
    if (!status)
        status = cli_is_json(v->output) ? write_numbers(a, in.t, &o)
                                        : draw(a, in.t, &o);
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
        "against every other (the first eight), as SVG, PNG or PDF, or what "
        "such a picture is drawn from as JSON.",
    CLI_COMMAND_TABLES,
};
