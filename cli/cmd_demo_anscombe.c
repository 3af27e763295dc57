/* cmd_demo_anscombe.c: four tables whose summaries agree and whose pictures do
 * not. */
#include "cli/shell/shell.h"

typedef struct values {
    const char *output;
} values;
static const values defaults = {"anscombe"};

static const cli_option options[] = {
    CLI_ROW_TEXT(
        output, CLI_FOLDER, "output", 'o', "DIR",
        "write quartet.svg, quartet.csv and index.html there (default {})"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien demo anscombe -o quartet/",
     "the table, and a page with the picture"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PRINTED("the page was written");

/* The picture, the page around it and the rows. */
static mien_status write_all(const char *folder, mien_error *err)
{
    mien_bytes svg = {0};
    mien_buffer rows = {0}, page = {0};
    mien_status st = mien_folder_make(folder, err);
    if (!st)
        st = mien_anscombe_page(&page, &svg, err);
    if (!st)
        st = mien_folder_save(folder, "quartet.svg", svg.data, svg.n, err);
    mien_anscombe_rows(&rows);
    if (!st)
        st = cli_folder_put(folder, "quartet.csv", &rows, err);
    if (!st)
        st = cli_folder_put(folder, "index.html", &page, err);
    mien_buffer_free(&rows);
    mien_buffer_free(&page);
    mien_bytes_free(&svg);
    return st;
}

static int run(const cli_args *a)
{
    mien_buffer out = {0};
    mien_error err = {0};
    const values *v = a->values;
    const char *folder = v->output;
    if (write_all(folder, &err))
        return cli_unsaved(&err);
    mien_anscombe_summary(&out);
    mien_buffer_printf(
        &out, "written to %s: index.html, quartet.svg, quartet.csv\n", folder);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

const cli_command cmd_demo_anscombe = {
    .name = "demo anscombe",
    .operands = "",
    .min_operands = 0,
    .max_operands = 0,
    .summary = "four tables that agree until they are drawn",
    .description =
        "Prints the summaries of Anscombe's quartet, which agree, and writes a "
        "page with the pictures, which do not.",
    CLI_COMMAND_TABLES,
};
