/* cmd_table_plot.c: columns of a table as a picture. */
#include "cli/cli_figure.h"
#include "cli/cli_table.h"

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

static const cli_option options[] = {
    {"kind", 'k', CLI_CHOICE, "KIND", "scatter,line,hist,box,matrix",
     "scatter (default when y is given), line, hist, box, or matrix: every "
     "column against every other"},
    {"x", 0, CLI_TEXT, "COLUMN", NULL, "along; line: default the row number"},
    {"y", 0, CLI_TEXT, "COLUMN", NULL, "up"},
    {"by", 0, CLI_TEXT, "COLUMN", NULL,
     "a panel (scatter, line) or a colour or box for each value, 9 at most"},
    {"fit", 0, CLI_LIST, "FIT,...", "linear,quadratic,robust",
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

/* A column named by an option; -1 without.  0, and a report. */
static int column_of(const cli_args *a, const mien_table *t, int option,
                     int *out)
{
    *out = -1;
    if (!a->value[option])
        return 1;
    *out = cli_table_column(t, a->operand[0], a->value[option]);
    return *out >= 0;
}

/* Which columns are drawn, and how; 0, and a report. */
static int read_columns(const cli_args *a, const mien_table *t,
                        mien_table_figure_options *o)
{
    o->kind = (mien_table_plot)cli_choice(
        a, OPT_KIND, a->value[OPT_Y] ? MIEN_PLOT_SCATTER : MIEN_PLOT_HISTOGRAM);
    o->fitted = cli_list(a, OPT_FIT);
    int wants_y = o->kind == MIEN_PLOT_SCATTER || o->kind == MIEN_PLOT_LINE;
    int wants_x = o->kind != MIEN_PLOT_LINE && o->kind != MIEN_PLOT_MATRIX;
    if ((wants_y && !a->value[OPT_Y]) || (wants_x && !a->value[OPT_X])) {
        cli_error("wanted: --x COLUMN%s", wants_y ? " and --y COLUMN" : "");
        return 0;
    }
    return o->kind == MIEN_PLOT_MATRIX ||
           (column_of(a, t, OPT_X, &o->x) && column_of(a, t, OPT_Y, &o->y) &&
            column_of(a, t, OPT_BY, &o->by));
}

static int draw(const cli_args *a, const mien_table *t,
                const mien_table_figure_options *o)
{
    mien_figure *f = NULL;
    mien_buffer remarks = {0};
    mien_error err = {0};
    int status = CLI_NOTHING;
    if (mien_table_figure(t, o, &f, &remarks, &err))
        cli_error("%s: %s", a->operand[0], err.text);
    else
        status = cli_figure_save(f, a->value[OPT_OUTPUT]) ? CLI_OK : CLI_OUTPUT;
    cli_error_lines(&remarks);
    mien_figure_free(f);
    return status;
}

static int run(const cli_args *a)
{
    mien_table_figure_options o = MIEN_TABLE_FIGURE_DEFAULTS;
    cli_table in;
    if (!cli_double(a, OPT_WIDTH, 100, MIEN_PLOT_MAX_SIDE, &o.width) ||
        !cli_double(a, OPT_HEIGHT, 100, MIEN_PLOT_MAX_SIDE, &o.height))
        return CLI_USAGE;
    if (!a->value[OPT_OUTPUT]) {
        cli_error("--output FILE is missing");
        return CLI_USAGE;
    }
    if (!cli_figure_path(a->value[OPT_OUTPUT]))
        return CLI_USAGE;
    if (!cli_table_open(a->operand[0], a, OPT_TABLE, &in))
        return CLI_NOTHING;
    int status = read_columns(a, in.t, &o) ? draw(a, in.t, &o) : CLI_NOTHING;
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
