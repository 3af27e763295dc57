/* cmd_table_describe.c: what the columns of a table hold. */
#include "cli/table.h"

#include <stdlib.h>

typedef struct values {
    const char *by;
    mien_correlation correlation;
    int json;
    cli_table_values table;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_ROW_TEXT(by, CLI_TEXT, "by", 0, "COLUMN",
                 "a table for each value of a column"),
    CLI_ROW_CHOICE(correlation, "correlation", 0, "KIND", "pearson,spearman",
                   "how columns of numbers go together: {choices}"),
    CLI_OPTION_JSON("a JSON object, all digits"),
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien table describe data.csv", "count, mean, deviation, quartiles"},
    {"mien table describe quartet.csv --by set --correlation pearson",
     "for each set"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("the table was described", "the table could not be read");

/* How the columns of some rows go together. */
static mien_status put_correlation(const cli_table *in, int64_t n,
                                   const int64_t *rows, mien_correlation kind,
                                   mien_buffer *out, mien_error *err)
{
    mien_table *part = NULL;
    mien_status st = mien_table_select_rows(in->t, n, rows, &part, err);
    if (!st)
        st = mien_table_correlation_text(part, kind, in->pool, out, err);
    mien_table_free(part);
    return st;
}

/* A table of text for each value of a column. */
static mien_status put_groups(const cli_args *a, const cli_table *in, int by,
                              mien_summary *s, mien_buffer *out,
                              mien_error *err)
{
    const values *v = a->values;
    mien_groups g;
    mien_status st = mien_table_group(in->t, by, MIEN_DESCRIBE_GROUPS, &g, err);
    if (st)
        return st;
    mien_column c = mien_table_column(in->t, by);
    for (int i = 0; !st && i < g.count; i++) {
        const int64_t *rows = g.rows + g.start[i];
        int64_t first = g.first[i], n = g.start[i + 1] - g.start[i];
        if (c.type == MIEN_COLUMN_TEXT)
            mien_buffer_printf(out, "%s%s = %.*s\n", i ? "\n" : "", c.name,
                               (int)c.text[first].n, c.text[first].at);
        else
            mien_buffer_printf(out, "%s%s = %g\n", i ? "\n" : "", c.name,
                               c.number[first] + 0.0);
        st = mien_table_describe(in->t, n, rows, in->pool, s, err);
        if (!st)
            mien_summary_text(in->t, s, out);
        if (!st && cli_given(a, &v->correlation))
            st = put_correlation(in, n, rows, v->correlation, out, err);
    }
    mien_groups_free(&g);
    return st;
}

/* Everything as text. */
static mien_status put_text(const cli_args *a, const cli_table *in,
                            mien_summary *s, mien_buffer *out, mien_error *err)
{
    const values *v = a->values;
    mien_status st = MIEN_OK;
    int by = mien_table_find(in->t, v->by ? v->by : "");
    if (by >= 0) {
        st = put_groups(a, in, by, s, out, err);
    } else {
        mien_buffer_printf(out, "%s: %lld rows, %d columns\n", a->operand[0],
                           (long long)mien_table_rows(in->t),
                           mien_table_columns(in->t));
        mien_summary_text(in->t, s, out);
        if (cli_given(a, &v->correlation))
            st = mien_table_correlation_text(in->t, v->correlation, in->pool,
                                             out, err);
    }
    return st ? st : mien_table_remarks(in->t, in->pool, out, err);
}

/* Everything as JSON. */
static mien_status put_json(const cli_args *a, const cli_table *in,
                            mien_buffer *out, mien_error *err)
{
    const values *v = a->values;
    mien_json j = mien_json_on(out, 2);
    const mien_describe_options o = {.by = v->by ? mien_table_find(in->t, v->by)
                                                 : -1,
                                     .correlate = cli_given(a, &v->correlation),
                                     .kind = v->correlation,
                                     .pool = in->pool};
    mien_status st = mien_table_description_json(in->t, &o, &j, err);
    mien_buffer_puts(out, "\n");
    return st;
}

/* Describe the table as text or JSON; the status to exit with. */
static int describe(const cli_args *a, const cli_table *in)
{
    mien_buffer out = {0};
    mien_error err = {0};
    const values *v = a->values;
    const char *by = v->by, *path = a->operand[0];
    if (by && cli_table_column(in->t, path, by) < 0)
        return CLI_NOTHING;
    mien_summary *s = calloc((size_t)mien_table_columns(in->t) + 1, sizeof *s);
    if (!s)
        return cli_error("out of memory"), CLI_NOTHING;
    mien_status st = MIEN_OK;
    if (!by && !v->json)
        st = mien_table_describe(in->t, 0, NULL, in->pool, s, &err);
    if (!st)
        st = v->json ? put_json(a, in, &out, &err)
                     : put_text(a, in, s, &out, &err);
    free(s);
    if (!st)
        return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
    cli_error("%s: %s", path, err.text);
    mien_buffer_free(&out);
    return CLI_NOTHING;
}

static int run(const cli_args *a)
{
    const values *v = a->values;
    cli_table in;
    if (!cli_table_open(a->operand[0], &v->table, NULL, &in))
        return in.status;
    int status = describe(a, &in);
    cli_table_close(&in);
    return status;
}

const cli_command cmd_table_describe = {
    .name = "table describe",
    .operands = "TABLE.csv",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "count, mean, deviation, quartiles of the columns of a table",
    .description =
        "Prints a line a column: count, mean, standard deviation (of a "
        "sample), least, quartiles, greatest, missing and distinct values; "
        "then what is odd: constant columns, copies, duplicate rows.",
    CLI_COMMAND_TABLES,
};
